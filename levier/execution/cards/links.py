"""The address of a card: the key of its row, signed; nothing is stored that would open it."""

from django.conf import settings
from django.urls import reverse

from levier.core.signed_rows import key_signed, sign_key
from levier.execution.models import PersonCard

_SALT = "execution.person_card"
UNKNOWN = "Cette carte n’ouvre rien, ou plus rien. Demandez-en une autre à la structure qui vous suit."


def address_of(card: PersonCard) -> str:
    """The whole address of a card."""
    return settings.SITE_URL.rstrip("/") + reverse("card:open", args=[sign_key(card.pk, salt=_SALT)])


def card_key(signed: str) -> int:
    """The key of the card behind an address. Raises Http404."""
    return key_signed(signed, salt=_SALT, refusal=UNKNOWN)
