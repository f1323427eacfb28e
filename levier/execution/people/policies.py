"""Who may open whom: each function loads and checks in one step, inside the scope of the account. Closed by default.

The facilitator of the following structure sees names and reasons. A company sees the names of those it declares, « éligible jusqu’au », and
no reason. A buyer sees nobody: it has totals.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Manager, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from levier.accounts.models import User
from levier.core import mail_returns
from levier.execution.incoming.sheets import folded
from levier.execution.models import (
    AccessPurpose,
    Contract,
    Entry,
    EntryReason,
    EntryState,
    EntryTerritory,
    Participant,
)
from levier.execution.people.actions import note_access
from levier.execution.people.publics import YearOfPublics, by_year
from levier.execution.people.scope import acting, followed_by
from levier.organisations.models import Organisation

UNKNOWN = "Cette personne n’existe pas, ou elle n’est pas suivie par votre structure."
_OTHER_ROLE = "seuls les facilitateurs de la structure qui suit les personnes ouvrent leur fiche"

Reader = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person with its entries; their reasons, and where it lived that day, by key of entry."""

    participant: Participant
    entries: tuple[Entry, ...]
    reasons: dict[int, EntryReason]
    territories: dict[int, EntryTerritory]


@dataclass(frozen=True, slots=True)
class Followed:
    """A person in the list. `waiting`: entries to decide; `returned_at`: since when its mails come back."""

    person: Participant
    waiting: int
    returned_at: datetime | None


# Each read filters by itself as well: row-level security does not bind a database whose owner is the application.
def open_sheet(user: Reader, key: UUID, *, purpose: str = AccessPurpose.FOLLOW) -> Sheet:
    """The sheet of somebody one's structure follows; writes who opened it. Raises Http404, PermissionDenied."""
    with _as_facilitator(user) as (account, followed):
        participant = (
            Participant.objects.select_related("follower").filter(pk=key, follower__in=followed).first()
        )
        if participant is None:
            raise Http404(UNKNOWN)
        entries = tuple(_followed(participant.entries, followed).select_related("contract", "company"))
        reasons = {
            one.pk: one for one in EntryReason.objects.filter(entry__in=entries, follower__in=followed)
        }
        territories = {
            one.pk: one for one in EntryTerritory.objects.filter(entry__in=entries, follower__in=followed)
        }
        note_access(by=account, participant_id=participant.pk, purpose=purpose)
    return Sheet(participant, entries, reasons, territories)


# People shown in one list: past this, a name is looked for.
MOST_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class PeopleList:
    """People followed, those to decide first; `count`: how many there are, shown or not; `publics`: year by year, small counts hidden."""

    people: tuple[Followed, ...]
    count: int
    publics: tuple[YearOfPublics, ...]


def followed_people(user: Reader, *, words: str = "") -> PeopleList:
    """Those that one's structures follow, with the entries that wait and whose mails come back. `words`: of a name. Raises Http404,
    PermissionDenied.
    """
    with _as_facilitator(user) as (_, followed):
        rows = Participant.objects.filter(anonymised_at=None, pseudonymised_at=None, follower__in=followed)
        if words.strip():
            rows = rows.filter(pk__in=_named(rows, words))
        people = list(
            rows.annotate(waiting=Count("entries", filter=Q(entries__state=EntryState.WAITING))).order_by(
                "-waiting", "family_name", "given_name", "pk"
            )[: MOST_PEOPLE + 1]
        )
        count = len(people) if len(people) <= MOST_PEOPLE else rows.count()
        publics = by_year(followed)
    gone = mail_returns.given_up(one.email for one in people[:MOST_PEOPLE])
    return PeopleList(
        tuple(Followed(one, one.waiting, gone.get(one.email)) for one in people[:MOST_PEOPLE]), count, publics
    )


def _named(rows: QuerySet[Participant], words: str) -> list[UUID]:
    """Those whose name holds all these words, whatever the accents and capitals."""
    wanted = folded(words).split()[:6]
    names = rows.order_by().values_list("pk", "given_name", "family_name")
    return [
        key for key, given, family in names if all(word in folded(f"{given} {family}") for word in wanted)
    ]


def followers_for(user: Reader) -> tuple[Organisation, ...]:
    """The structures this account may make somebody known to; at least one. Raises Http404, PermissionDenied."""
    with _as_facilitator(user) as (_, followed):
        return tuple(Organisation.objects.filter(pk__in=followed).order_by("name", "pk"))


def contracts_followed(user: Reader, person: Participant) -> tuple[Contract, ...]:
    """The contracts that the structure of this person follows, with who carries them out. Raises Http404, PermissionDenied."""
    with _as_facilitator(user):
        return tuple(
            Contract.objects.annotate(following=Coalesce("facilitator_id", "buyer_id"))
            .filter(following=person.follower_id, removed_at=None)
            .select_related("holder")
            .prefetch_related("parties__organisation")
        )


def get_entry_for(user: Reader, pk: int) -> Entry:
    """An entry one's structure decides. Raises Http404, PermissionDenied."""
    with _as_facilitator(user) as (_, followed):
        found = (
            _followed(Entry.objects, followed)
            .select_related("participant__follower", "contract", "company")
            .filter(pk=pk)
            .first()
        )
        if found is None:
            raise Http404(UNKNOWN)
        return found


@contextmanager
def _as_facilitator(user: Reader) -> Iterator[tuple[User, list[int]]]:
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    followed = followed_by(user)
    if not followed:
        raise PermissionDenied(_OTHER_ROLE)
    with acting(followers=followed):
        yield user, followed


def _followed(entries: Manager[Entry], followed: list[int]) -> QuerySet[Entry]:
    """The entries in contracts that these structures follow; the buyer follows when nobody else does."""
    return entries.annotate(following=Coalesce("contract__facilitator_id", "contract__buyer_id")).filter(
        following__in=followed
    )
