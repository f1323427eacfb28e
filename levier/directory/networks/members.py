"""The members of a network as its pages show them: searched, filtered, scored; and what needs the network today."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from levier.directory.models import AwaitedMember, Claim, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks.queries import covers, gathered_suppliers, membership_dates, suppliers_in_state
from levier.directory.networks.vouching import (
    VouchToCheck,
    facts_of_members,
    standing_vouches,
    vouches_to_check,
)
from levier.directory.ownership.freshness import STALE_MONTHS, Freshness, freshness_of
from levier.directory.ownership.parts import Sheet
from levier.directory.ownership.queries import Statement, claims_to_review
from levier.directory.ownership.scoring import Score, score_sheet
from levier.organisations.identifiers import clean_digits

PER_PAGE = 50
# Facts proposed on one page: beyond, a person ticks without reading.
MOST_PROPOSED = 60

FILTERS: dict[str, str] = {
    "tenues": "Fiche tenue",
    "a-inviter": "Fiche que personne ne tient",
    "anciennes": "Sans confirmation depuis un an",
    "sans-metier": "Sans métier connu",
    "a-attester": "Fait utile à attester",
    "a-reverifier": "Attestation à revérifier",
    "disparues": "Plus dans l’annuaire",
}


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One member: its membership, who keeps its sheet, how fresh and complete it is, facts vouched for."""

    member: NetworkMember
    supplier: Supplier
    is_claimed: bool
    confirmed_on: date | None
    freshness: Freshness | None
    score: Score
    vouched: int
    to_check: int

    @property
    def name(self) -> str:
        """The brand when there is one, else the legal name."""
        return self.supplier.brand or self.supplier.name


def members_found(network: ReviewingNetwork, text: str = "", kept: str = "") -> QuerySet[Supplier]:
    """The members whose name, town or number holds a text, narrowed by one of FILTERS (an unknown one narrows nothing)."""
    found = gathered_suppliers(network.organisation_id)
    if words := text.strip():
        digits = clean_digits(words)
        named = Q(name__icontains=words) | Q(brand__icontains=words) | Q(city__icontains=words)
        found = found.filter(named | Q(siret__startswith=digits) if len(digits) >= 3 else named)
    today = timezone.localdate()
    match kept:
        case "tenues":
            found = found.filter(is_claimed=True)
        case "a-inviter":
            found = found.filter(is_claimed=False, is_listed=True)
        case "anciennes":
            limit = _a_year_before(today)
            found = found.filter(Q(confirmed_on__lte=limit) | Q(confirmed_on=None))
        case "sans-metier":
            found = found.filter(sectors=[])
        case "a-attester":
            found = found.filter(pk__in=_worth_vouching(network))
        case "a-reverifier":
            found = found.filter(
                pk__in=[one.supplier.pk for one in vouches_to_check(network.organisation_id)]
            )
        case "disparues":
            found = found.filter(is_listed=False)
    return found


def _a_year_before(today: date) -> date:
    try:
        return today.replace(year=today.year - STALE_MONTHS // 12)
    except ValueError:
        return today.replace(year=today.year - STALE_MONTHS // 12, day=28)


def _worth_vouching(network: ReviewingNetwork) -> list[int]:
    suppliers = list(gathered_suppliers(network.organisation_id))
    facts = facts_of_members(network.organisation_id, suppliers)
    return [one for one, said in facts.items() if any(fact.is_worth for fact in said)]


def member_lines(network: ReviewingNetwork, suppliers: Sequence[Supplier]) -> list[MemberLine]:
    """These members, in their order. A constant number of SQL queries."""
    memberships = membership_dates(network.organisation_id, suppliers)
    standing = standing_vouches(suppliers)
    own = Counter(one.supplier.pk for one in vouches_to_check(network.organisation_id))
    today = timezone.localdate()
    return [
        _line(memberships[one.pk], one, len(standing.get(one.pk, ())), own[one.pk], today)
        for one in suppliers
        if one.pk in memberships
    ]


def _line(member: NetworkMember, supplier: Supplier, vouched: int, to_check: int, today: date) -> MemberLine:
    confirmed_on: date | None = supplier.confirmed_on  # type: ignore[attr-defined]
    published = Sheet(supplier, Statement({}, confirmed_on)).published
    return MemberLine(
        member=member,
        supplier=supplier,
        is_claimed=supplier.is_claimed,  # type: ignore[attr-defined]
        confirmed_on=confirmed_on,
        freshness=freshness_of(confirmed_on, today),
        score=score_sheet(published, confirmed_on, today, vouched=vouched),
        vouched=vouched,
        to_check=to_check,
    )


@dataclass(frozen=True, slots=True)
class Proposed:
    """One fact worth the network's word, with the value its tick stands for: « key|fact|hash »."""

    supplier: Supplier
    label: str
    words: str
    reason: str
    value: str


def facts_to_vouch(network: ReviewingNetwork) -> tuple[list[Proposed], int]:
    """The facts to propose, those to say again first, and how many there are in all. Four SQL queries."""
    suppliers = list(gathered_suppliers(network.organisation_id).filter(is_listed=True))
    facts = facts_of_members(network.organisation_id, suppliers)
    found = [
        (said.vouch is None, Proposed(one, said.fact.label, said.words,
                                      "à revérifier" if said.vouch else said.reason, tick_of(one, said.fact.slug,
                                                                                           said.value_hash)))
        for one in suppliers
        for said in facts[one.pk]
        if said.is_worth
    ]  # fmt: skip
    found.sort(key=lambda pair: pair[0])
    return [proposed for _, proposed in found[:MOST_PROPOSED]], len(found)


def tick_of(supplier: Supplier, fact: str, value_hash: str) -> str:
    """What the box of one fact sends."""
    return f"{supplier.key}|{fact}|{value_hash}"


@dataclass(frozen=True, slots=True)
class Figures:
    """The network in figures. ``insertion``: people in insertion, as the ``saying`` sheets publish it."""

    members: int
    claimed: int
    fresh: int
    without_trade: int
    insertion: int
    saying: int


def figures_of(network: ReviewingNetwork) -> Figures:
    """Counts over every member of the directory. One SQL query."""
    limit = _a_year_before(timezone.localdate())
    rows = gathered_suppliers(network.organisation_id).filter(is_listed=True)
    values = list(rows.values_list("is_claimed", "confirmed_on", "sectors", "profile__workforce"))
    said = [count for *_, workforce in values if (count := _in_insertion(workforce)) is not None]
    return Figures(
        members=len(values),
        claimed=sum(bool(is_claimed) for is_claimed, *_ in values),
        fresh=sum(confirmed_on is not None and confirmed_on > limit for _, confirmed_on, *_ in values),
        without_trade=sum(not sectors for _, _, sectors, _ in values),
        insertion=sum(said),
        saying=len(said),
    )


def _in_insertion(workforce: Any) -> int | None:
    """A list may give another shape: only a plain number counts."""
    count = workforce.get("insertion") if isinstance(workforce, Mapping) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


@dataclass(frozen=True, slots=True)
class NetworkDay:
    """What needs the network today, the most pressing first."""

    figures: Figures
    requests: list[tuple[NetworkMember, Supplier]]
    to_check: list[VouchToCheck]
    documents: list[Claim]
    disowned: list[tuple[NetworkMember, Supplier]]
    gone: list[Supplier]
    to_invite: int
    worth: int
    awaited: int


def day_of(network: ReviewingNetwork) -> NetworkDay:
    """The network's home. A constant number of SQL queries."""
    identity, members = network.organisation_id, gathered_suppliers(network.organisation_id)
    return NetworkDay(
        figures=figures_of(network),
        requests=suppliers_in_state(identity, NetworkMember.State.ASKED),
        to_check=vouches_to_check(identity),
        documents=[one for one in claims_to_review() if covers(network, one.supplier)][:50],
        disowned=suppliers_in_state(identity, NetworkMember.State.DISOWNED),
        gone=list(members.filter(is_listed=False)[:50]),
        to_invite=members.filter(is_listed=True, is_claimed=False).count(),
        worth=facts_to_vouch(network)[1],
        awaited=AwaitedMember.objects.filter(network_id=identity).count(),
    )
