"""Groups of suppliers for one need: who could join, why each, and how the work could be split."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from levier.core.typography import euros, kilometres, percent
from levier.directory.ownership.wording import TURNOVER_LOWS
from levier.directory.queries import SupplierCard, supplier_cards
from levier.purchasing.groups import MOST_CANDIDATES, Group, Partner, best_group
from levier.purchasing.matching import Candidate, distance_of, found_around, match
from levier.purchasing.models import Answer, PublishedNeed
from levier.reference.sectors import sector, sector_for_cpv
from levier.rulebook import parameters


@dataclass(frozen=True)
class Member:
    """One member of a proposed group. `share`: 0 to 1, to be discussed; `why`: short French reasons."""

    card: SupplierCard
    distance_km: float | None
    capacity_ht: float | None
    share: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A group and what it rests on; without members, `problem` says why."""

    members: tuple[Member, ...] = ()
    is_volume_checked: bool = False
    yearly_amount_ht: float | None = None
    dependence: parameters.Parameter | None = None
    considered: int = 0
    problem: str = ""

    @property
    def kilometres(self) -> float:
        """Total distance of the members whose place is known."""
        return sum(one.distance_km or 0.0 for one in self.members)


def sectors_of(need: PublishedNeed) -> tuple[str, ...]:
    """The sectors asked for; those of the CPV code when the buyer gave only that."""
    if need.sectors:
        return tuple(need.sectors)
    found = sector_for_cpv(need.cpv) if need.cpv else None
    return (found.slug,) if found else ()


def propose(
    need: PublishedNeed, *, today: date, lead: int | None = None, without: tuple[int, ...] = ()
) -> Proposal:
    """The best group for a need, with `lead` (a supplier id) in it when given, never with those `without`.

    The nearest thirty candidates are considered. Never raises: `problem` is a sentence.
    """
    wanted = sectors_of(need)
    if not wanted:
        return Proposal(
            problem="Ce besoin ne dit pas de secteur d’achat : un groupement ne peut être proposé."
        )
    rate = parameters.get("dependence_rate", on=today)
    candidates = _candidates(need, lead, without)
    if lead is not None and all(one.card.id != lead for one in candidates):
        return Proposal(problem="Votre fiche n’est pas, ou n’est plus, dans l’annuaire.")
    partners = [
        Partner(
            one.card.id,
            frozenset(tag.slug for tag in one.card.sectors),
            capacity_of(one.card.profile, rate.value),
            one.distance_km,
        )
        for one in candidates
    ]
    amount = need.yearly_amount_ht
    found = best_group(partners, sectors=frozenset(wanted), yearly_amount_ht=amount, lead=lead)
    if found is None:
        return Proposal(
            considered=len(candidates), dependence=rate, yearly_amount_ht=amount,
            problem="Aucun groupement de six membres au plus ne réunit tous les secteurs demandés et le volume : "
            "élargissez le périmètre du besoin, ou divisez-le en lots.",
        )  # fmt: skip
    return Proposal(
        members=_members(found, candidates, partners, wanted, amount, rate.value),
        is_volume_checked=found.is_volume_checked,
        yearly_amount_ht=amount,
        dependence=rate,
        considered=len(candidates),
    )


def _candidates(need: PublishedNeed, lead: int | None, without: tuple[int, ...]) -> list[Candidate]:
    """For the buyer, its recipients who have not declined; for a supplier, whoever the search finds.

    A supplier must learn neither whom the buyer consulted or took out, nor who declined.
    """
    if lead is not None:
        found = [one for one in found_around(need) if one.card.id != lead]
        found += [
            Candidate(card, distance_of(need, card)) for card in supplier_cards([lead]) if card.is_listed
        ]
    else:
        kept = need.recipients.exclude(answer=Answer.DECLINED).values_list("supplier_id", "distance_km")
        distances = dict(kept)
        found = [Candidate(card, distances[card.id]) for card in supplier_cards(list(distances))]
        found = [one for one in found if one.card.is_listed] or list(match(need).all)
    shut = set(without) - {lead}
    kept_apart = [one for one in found if one.card.id not in shut]
    kept_apart.sort(
        key=lambda one: (one.card.id != lead, one.distance_km is None, one.distance_km or 0, one.card.id)
    )
    return kept_apart[:MOST_CANDIDATES]


def capacity_of(profile: dict[str, Any], rate: float) -> float | None:
    """The most one contract should weigh in a year, from the turnover a sheet tells; None when it does not.

    A band counts for its bottom: the caution is for the supplier.
    """
    told = profile.get("turnover")
    bracket = told.get("bracket", "") if isinstance(told, dict) else ""
    low = TURNOVER_LOWS.get(bracket)
    return None if low is None else low * rate


def _members(
    found: Group,
    candidates: list[Candidate],
    partners: list[Partner],
    wanted: tuple[str, ...],
    amount: float | None,
    rate: float,
) -> tuple[Member, ...]:
    by_key = {one.card.id: one for one in candidates}
    chosen = [one for one in partners if one.key in found.keys]
    shares = shares_of(chosen, amount)
    members = []
    for partner, share in zip(chosen, shares, strict=True):
        candidate = by_key[partner.key]
        others = frozenset[str]().union(*(one.sectors for one in chosen if one is not partner))
        why = _reasons(partner, others, wanted, share, amount, rate)
        members.append(Member(candidate.card, candidate.distance_km, partner.capacity_ht, share, why))
    return tuple(members)


def shares_of(members: list[Partner], amount: float | None) -> list[float]:
    """Shares that add up to 1: in proportion of the capacities when all are known, else equal."""
    capacities = [one.capacity_ht for one in members]
    known = [value for value in capacities if value is not None]
    if amount and len(known) == len(members) and sum(known) > 0:
        return [value / sum(known) for value in known]
    return [1 / len(members)] * len(members)


def _reasons(
    partner: Partner,
    others: frozenset[str],
    wanted: tuple[str, ...],
    share: float,
    amount: float | None,
    rate: float,
) -> tuple[str, ...]:
    own = [slug for slug in wanted if slug in partner.sectors]
    alone = [sector(slug).label.lower() for slug in own if slug not in others]
    reasons = []
    if alone:
        reasons.append(f"seul à apporter : {', '.join(alone)}")
    elif own:
        reasons.append(f"renforce : {', '.join(sector(slug).label.lower() for slug in own)}")
    if partner.capacity_ht is None:
        reasons.append("chiffre d’affaires inconnu : demandez s’il peut porter cette part")
    elif amount:
        reasons.append(
            f"peut porter {euros(partner.capacity_ht)} par an sans dépasser {percent(rate, 0)} de son activité"
        )
    if partner.distance_km is not None:
        reasons.append(f"à {kilometres(partner.distance_km)}")
    return tuple(reasons)
