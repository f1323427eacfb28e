"""What the end of a contract may say of people: names and counts to the facilitator of the following structure, nothing to others (DOMAIN 0.13)."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from levier.accounts.models import User
from levier.execution import policies
from levier.execution.models import (
    AccessPurpose,
    Contract,
    Entry,
    EntryReason,
    EntryState,
    EntryTerritory,
    PersonSituation,
    Sex,
    Situation,
    SituationMoment,
)
from levier.execution.people.actions import note_table
from levier.execution.people.scope import acting, followed_by
from levier.execution.policies import Reader
from levier.rulebook.eligibility import CATEGORIES
from levier.rulebook.modalities import modalities
from levier.rulebook.months import add_months
from levier.rulebook.small_cells import hidden_below

_QPV = {True: "oui", False: "non", None: "non dit"}
_FACILITATOR_ONLY = "seuls les facilitateurs de la structure qui suit ce contrat voient ses personnes"
_AFTER = {SituationMoment.EXIT: 0, SituationMoment.SIX_MONTHS: 6, SituationMoment.TWELVE_MONTHS: 12}
# Past this, nobody is asked any more.
_LONGEST = timedelta(days=550)
# DOMAIN 4.4: the bands a regional observatory publishes.
_BANDS = ((26, "moins de 26 ans"), (41, "26 à 40 ans"), (51, "41 à 50 ans"), (200, "51 ans et plus"))


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut of the people of a contract; a count is None when it would tell of somebody."""

    label: str
    counts: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """Who, in numbers. `people` None and no cut when fewer than five: the hours alone are said."""

    people: int | None
    cuts: tuple[Cut, ...]


def people_counts(user: Reader, contract: Contract) -> PeopleCounts | None:
    """Counts of one contract, for a facilitator of the following structure alone: never a name, never a small cell. None for others."""
    if not _follows(user, contract):
        return None
    with _followed(contract) as follower:
        entries = list(_valid(contract).select_related("participant"))
        why = {
            one.pk: CATEGORIES.get(one.category, one.category)
            for one in EntryReason.objects.filter(entry__in=entries)
        }
        lived = {one.pk: one.is_qpv for one in EntryTerritory.objects.filter(entry__in=entries)}
        found = list(PersonSituation.objects.filter(entry__contract=contract, follower=follower))
    people = {one.participant_id: one for one in entries}
    labels = {one.key: one.label for one in modalities()}
    cuts = [
        _cut("Femmes et hommes", people.values(), lambda one: _word(Sex, one.participant.sex)),
        _cut("Âge à l’entrée", people.values(), _band),
        _cut("Publics", people.values(), lambda one: why.get(one.pk, "motif parti ou non dit")),
        _cut("Habitants d’un QPV à l’entrée", people.values(), lambda one: _QPV[lived.get(one.pk)]),
        _cut("Comment", people.values(), lambda one: labels.get(one.modality, one.modality)),
    ]
    for moment in SituationMoment:
        at = Counter(one.get_situation_display() for one in found if one.moment == moment)
        shown = hidden_below(dict(at))
        if shown and people:
            cuts.append(Cut(f"Situation : {moment.label.lower()}", tuple(shown.items())))
    known = hidden_below({"all": len(people)})
    if not people or known is None:
        return PeopleCounts(None, ())
    return PeopleCounts(len(people), tuple(one for one in cuts if one is not None))


def _cut(label: str, entries: object, name: Callable[[Entry], str]) -> Cut | None:
    shown = hidden_below(dict(Counter(name(one) for one in entries)))  # type: ignore[attr-defined]
    return Cut(label, tuple(sorted(shown.items()))) if shown else None


def _band(entry: Entry) -> str:
    age = entry.entered_on.year - entry.participant.birth_year
    return next(label for below, label in _BANDS if age < below)


def _word(choices: type[Sex], value: str) -> str:
    return choices(value).label if value else "non dit"


@dataclass(frozen=True, slots=True)
class Situations:
    """The people of a contract by name, with what is known at each moment."""

    contract: Contract
    follower_id: int
    rows: tuple[tuple[Entry, tuple[tuple[SituationMoment, str], ...]], ...]


def situations_of(user: Reader, pk: int) -> Situations:
    """The table of situations, for a facilitator of the following structure. Raises Http404, PermissionDenied."""
    contract = policies.get_contract_for(user, pk, to="count")
    if not _follows(user, contract):
        raise PermissionDenied(_FACILITATOR_ONLY)
    assert isinstance(user, User)
    with _followed(contract) as following:
        entries = list(_valid(contract).select_related("participant"))
        note_table(by=user, people=[one.participant_id for one in entries], purpose=AccessPurpose.FOLLOW)
        known = {
            (one.entry_id, one.moment): one.situation
            for one in PersonSituation.objects.filter(entry__in=entries, follower=following)
        }
    rows = tuple(
        (one, tuple((moment, known.get((one.pk, moment), "")) for moment in SituationMoment))
        for one in entries
    )
    return Situations(contract, following, rows)


def situations_to_ask(user: User, today: date) -> list[tuple[Contract, int, date]]:
    """Contracts where a situation is to ask, of how many people, and since when; counts alone leave the scope."""
    followed = followed_by(user)
    if not followed:
        return []
    with acting(followers=followed):
        return situations_among(followed, today)


def situations_among(followed: Sequence[int], today: date) -> list[tuple[Contract, int, date]]:
    """The same, of these structures, inside their scope. One SQL query, one more when somebody left."""
    entries = list(
        Entry.objects.annotate(
            following=Coalesce("contract__facilitator_id", "contract__buyer_id"),
            out_on=Coalesce("left_on", "contract__ends_on"),
        )
        .filter(following__in=followed, state=EntryState.VALID, out_on__range=(today - _LONGEST, today))
        .select_related("contract__buyer", "contract__holder", "contract__facilitator")
    )
    known = set(PersonSituation.objects.filter(entry__in=entries).values_list("entry", "moment"))
    asked: dict[int, list[date]] = {}
    contracts = {one.contract_id: one.contract for one in entries}
    for one in entries:
        # The latest moment that has come is the one to ask; an older one that nobody noted is gone.
        due = [(m, add_months(one.out_on, after)) for m, after in _AFTER.items()]
        moment, on = [pair for pair in due if pair[1] <= today][-1]
        if (one.pk, moment.value) not in known:
            asked.setdefault(one.contract_id, []).append(on)
    return [(contracts[key], len(days), min(days)) for key, days in asked.items()]


def situation_choices() -> list[tuple[str, str]]:
    """The answers, an empty one first."""
    return [("", "À demander"), *Situation.choices]


def _valid(contract: Contract) -> QuerySet[Entry]:
    return Entry.objects.filter(contract=contract, state=EntryState.VALID).order_by(
        "participant__family_name", "participant__given_name", "pk"
    )


def _follows(user: Reader, contract: Contract) -> bool:
    return user.is_authenticated and (contract.facilitator_id or contract.buyer_id) in followed_by(user)


@contextmanager
def _followed(contract: Contract) -> Iterator[int]:
    following = contract.facilitator_id or contract.buyer_id
    with acting(followers=[following]):
        yield following
