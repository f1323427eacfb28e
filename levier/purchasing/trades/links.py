"""The personal link of a participant: signed, not stored, open until a quarter after the deadline."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from levier.core.signed_rows import key_signed, sign_key
from levier.purchasing.models import TradeParty

_SALT = "levier.purchasing.trades"
CLOSED = "Ce lien n’existe pas, ou n’est plus ouvert."


def address_of(party: TradeParty) -> str:
    """The address of one participant: the same in each of its mails. No account is needed."""
    return settings.SITE_URL + reverse("purchasing:trade_answer", args=[token_of(party)])


def token_of(party: TradeParty) -> str:
    """What the address carries: the participant's number, signed; no address of anybody stands in an address."""
    return sign_key(party.pk, salt=_SALT)


def party_of(token: str) -> TradeParty:
    """The participant behind a link. Raises Http404 when it is not ours or its time has passed, without saying which."""
    pk = key_signed(token, salt=_SALT, refusal=CLOSED)
    found = (
        TradeParty.objects.select_related("consultation__purchase__organisation", "consultation__lot")
        .filter(pk=pk)
        .first()
    )
    if found is None or timezone.localdate() > found.consultation.links_until:
        raise Http404(CLOSED)
    return found
