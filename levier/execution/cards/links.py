"""The two addresses of a card: the key of its row, signed; nothing is stored that would open it.

One is printed, and whoever prints it reads it. The other is only ever sent to the person's own mail: what is confirmed from there is its word.
"""

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from levier.core.signed_rows import key_signed, sign_key
from levier.execution.models import PersonCard

_PRINTED, _MAILED = "execution.person_card", "execution.person_card.mailed"
UNKNOWN = "Cette carte n’ouvre rien, ou plus rien. Demandez-en une autre à la structure qui vous suit."


def address_of(card: PersonCard, *, by_mail: bool = False) -> str:
    """The whole address of a card. `by_mail`: the one that no page shows, for the body of a mail to the person alone."""
    signed = sign_key(card.pk, salt=_MAILED if by_mail else _PRINTED)
    return settings.SITE_URL.rstrip("/") + reverse("card:open", args=[signed])


def card_key(signed: str) -> tuple[int, bool]:
    """The key of the card behind an address, and whether that address came by mail. Raises Http404."""
    try:
        return key_signed(signed, salt=_MAILED, refusal=UNKNOWN), True
    except Http404:
        return key_signed(signed, salt=_PRINTED, refusal=UNKNOWN), False
