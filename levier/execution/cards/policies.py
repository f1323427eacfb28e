"""Who opens what on the side of the person: the card gives its own pages, the following structure what the person asks and sends.

Loads and checks in one step. The person has no account: its card, then its day of birth, open a short session.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from levier.accounts.models import User
from levier.execution.cards.links import UNKNOWN, card_key
from levier.execution.cards.proving import doubt_of
from levier.execution.errors import RefusedError
from levier.execution.models import (
    AccessPurpose,
    MonthAnswer,
    Notice,
    Participant,
    PersonCard,
    PersonProof,
    PersonRequest,
)
from levier.execution.people.actions import note_access
from levier.execution.people.policies import Reader
from levier.execution.people.scope import acting, followed_by
from levier.organisations.models import Organisation

Row = TypeVar("Row", MonthAnswer, PersonRequest, PersonProof)
MOST_TRIES = 5
LOCK = timedelta(hours=1)
# How long the pages stay open on a phone that nobody touches.
SESSION = timedelta(minutes=30)
NOT_YOURS = "Cette demande n’existe pas, ou la personne n’est pas suivie par votre structure."
_OTHER_ROLE = "seuls les facilitateurs de la structure qui suit les personnes lisent leurs demandes"
_LOCKED = "Trop d’essais : cette carte est fermée pendant une heure. Besoin d’aide ? Appelez la structure qui vous suit."


@dataclass(frozen=True, slots=True)
class Own:
    """A person on its own pages. `is_proved`: it came by the link that its own mail received, and nobody doubts that this mail is hers.

    `by_mail`: it came by that link, whatever is known of the address.
    """

    card: PersonCard
    participant: Participant
    is_proved: bool = False
    by_mail: bool = False


def card_behind(signed: str) -> PersonCard:
    """The card behind an address, still in force. Raises Http404, the same for a lost, an old or an invented one."""
    return _in_force(card_key(signed)[0])


def open_card(signed: str, birth_on: date, *, now: datetime) -> PersonCard:
    """The card, once the day of birth is right. Five wrong ones close it for an hour. Raises Http404, RefusedError."""
    key = card_behind(signed).pk
    with transaction.atomic():
        card = PersonCard.objects.select_for_update().get(pk=key)
        if card.locked_until and card.locked_until > now:
            raise RefusedError(_LOCKED)
        with acting(person=card.participant_id):
            is_right = Participant.objects.filter(pk=card.participant_id, birth_on=birth_on).exists()
        card.wrong_tries = 0 if is_right else card.wrong_tries + 1
        card.opened_at = now if is_right else card.opened_at
        card.locked_until = None
        if card.wrong_tries >= MOST_TRIES:
            card.wrong_tries, card.locked_until = 0, now + LOCK
        card.save(update_fields=["wrong_tries", "opened_at", "locked_until"])
        if is_right:
            purpose = AccessPurpose.CARD_BY_MAIL if card_key(signed)[1] else AccessPurpose.CARD
            note_access(by=None, participant_id=card.participant_id, purpose=purpose)
    # Outside of the transaction: a wrong try stays counted.
    if not is_right:
        raise RefusedError(
            _LOCKED
            if card.locked_until
            else "Ce n’est pas la bonne date. Vérifiez le jour, le mois et l’année."
        )
    return card


def own_pages(key: int, *, by_mail: bool = False) -> Own:
    """The person whose card opened this session; a card cancelled since closes it. Raises Http404."""
    card = _in_force(key)
    with acting(person=card.participant_id):
        found = (
            Participant.objects.select_related("follower")
            .filter(pk=card.participant_id, anonymised_at=None)
            .first()
        )
    if found is None:
        raise Http404(UNKNOWN)
    return Own(card, found, is_proved=by_mail and doubt_of(found) is None, by_mail=by_mail)


def month_answer_for(user: Reader, pk: int) -> MonthAnswer:
    """A dispute that one's structure answers. Raises Http404, PermissionDenied."""
    rows = MonthAnswer.objects.select_related(
        "participant__follower", "line__declaration__commitment__contract", "line__entry__company"
    )
    return _row_for(user, rows, pk)


def request_for(user: Reader, pk: int) -> PersonRequest:
    """A correction or an erasure that one's structure answers. Raises Http404, PermissionDenied."""
    return _row_for(user, PersonRequest.objects.select_related("participant__follower"), pk)


def proof_for(user: Reader, pk: int) -> PersonProof:
    """A file the person sent to one's structure. Raises Http404, PermissionDenied."""
    return _row_for(user, PersonProof.objects.select_related("participant__follower"), pk)


def _row_for(user: Reader, rows: QuerySet[Row], pk: int) -> Row:
    """What a person said, asked or sent, for the structure that follows it; read inside its scope."""
    followed = _followed(user)
    with acting(followers=followed):
        found = rows.filter(pk=pk, follower__in=followed).first()
    if found is None:
        raise Http404(NOT_YOURS)
    return found


def structure_of_notice(user: Reader, pk: int) -> Organisation:
    """The structure whose notice one writes. Raises Http404, PermissionDenied."""
    if pk not in _followed(user):
        raise Http404("Cette structure n’existe pas, ou vous n’y êtes pas facilitateur.")
    return Organisation.objects.get(pk=pk)


def last_notice(follower: Organisation) -> Notice | None:
    """The version in force, without writing one."""
    return Notice.objects.filter(follower=follower).first()


def _followed(user: Reader) -> list[int]:
    if not user.is_authenticated or not user.is_active:
        raise Http404(NOT_YOURS)
    assert isinstance(user, User)
    followed = followed_by(user)
    if not followed:
        raise PermissionDenied(_OTHER_ROLE)
    return followed


def _in_force(key: int) -> PersonCard:
    found = PersonCard.objects.filter(pk=key, revoked_at=None, expires_on__gte=timezone.localdate()).first()
    if found is None:
        raise Http404(UNKNOWN)
    return found
