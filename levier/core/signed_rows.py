"""The key of a row inside an address: signed, not stored, and of no use under another salt."""

from django.core import signing
from django.http import Http404


def sign_key(key: int, *, salt: str) -> str:
    """What an address carries: the key of a row, signed; nothing else is said in it."""
    return signing.Signer(salt=salt).sign_object(key)


def key_signed(text: str, *, salt: str, refusal: str) -> int:
    """The key behind an address of ours. Raises Http404 with this French sentence for a text that we did not sign."""
    try:
        key: int = signing.Signer(salt=salt).unsign_object(text)
    except (signing.BadSignature, ValueError):
        raise Http404(refusal) from None
    return key
