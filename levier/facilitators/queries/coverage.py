"""Where there is a desk, and where there is none: by département and by EPCI."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from levier.facilitators.models import Coverage, Scope
from levier.facilitators.queries.resolving import resolver
from levier.reference.models import Commune, Departement

State = Literal["full", "part", "far", "none"]
STATE_WORDS: dict[State, str] = {
    "full": "Couvert en entier",
    "part": "Couvert en partie",
    "far": "Guichet régional seulement",
    "none": "Aucun guichet connu",
}


@dataclass(frozen=True, slots=True)
class Hole:
    """An EPCI (or the communes of none) without a desk of its own, of a commune or of its département."""

    code: str
    name: str

    @property
    def called(self) -> str:
        """The name that the search of places knows: without the members or the acronym behind it."""
        return self.name.partition(" (")[0]


@dataclass(frozen=True, slots=True)
class DepartementCoverage:
    """One département: its state, how many EPCI have a desk, and those that have none."""

    code: str
    name: str
    region_code: str
    region_name: str
    state: State
    epci_count: int
    holes: tuple[Hole, ...]

    @property
    def state_word(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]

    @property
    def covered(self) -> int:
        """How many EPCI have a desk nearer than the région."""
        return self.epci_count - len(self.holes)


def coverage_by_departement(region: str = "") -> list[DepartementCoverage]:
    """Every département (of a région when given), in the order of codes, in three queries.

    An EPCI counts as covered when a desk names it, names its département, or names each of its communes:
    a desk of one commune leaves the others without anybody.
    """
    desks = _desks()
    departements = Departement.objects.select_related("region").order_by("code")
    communes = Commune.objects.whole().exclude(epci=None)
    if region:
        departements = departements.filter(region_id=region)
        communes = communes.filter(region_id=region)
    inside: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = communes.values_list("departement_id", "epci_id", "epci__name", "code")
    for departement, epci, name, commune in rows:
        inside[departement][str(epci), str(name)].add(commune)
    return [_of(one, inside[one.code], desks) for one in departements]


def _desks() -> dict[str, set[str]]:
    """Scope → codes that a desk, shown to the public, names."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = Coverage.objects.filter(structure__in=resolver().shown_ids, structure__has_desk=True)
    for scope, code in rows.values_list("scope", "code"):
        found[scope].add(code)
    return found


def _of(
    one: Departement, epcis: dict[tuple[str, str], set[str]], desks: dict[str, set[str]]
) -> DepartementCoverage:
    is_whole = one.code in desks[Scope.DEPARTEMENT]
    holes = tuple(
        Hole(code, name)
        for (code, name), communes in sorted(epcis.items(), key=lambda item: item[0][1])
        if not is_whole and code not in desks[Scope.EPCI] and not communes <= desks[Scope.COMMUNE]
    )
    is_far = one.region_id in desks[Scope.REGION] or bool(desks[Scope.COUNTRY])
    return DepartementCoverage(
        code=one.code,
        name=one.name,
        region_code=one.region_id,
        region_name=one.region.name,
        state=_state(is_whole, len(epcis), len(holes), is_far),
        epci_count=len(epcis),
        holes=holes,
    )


def _state(is_whole: bool, epcis: int, holes: int, is_far: bool) -> State:
    if is_whole or (epcis and not holes):
        return "full"
    if epcis and holes < epcis:
        return "part"
    return "far" if is_far else "none"


@dataclass(frozen=True, slots=True)
class RegionCoverage:
    """One région: how many of its départements are in each state, how many EPCI have no desk."""

    code: str
    name: str
    counts: dict[str, int]

    @property
    def departements(self) -> int:
        """How many départements it has."""
        return sum(self.counts[state] for state in STATE_WORDS)


def by_region(found: Iterable[DepartementCoverage]) -> list[RegionCoverage]:
    """The régions, those with the most EPCI without a desk first."""
    inside: dict[tuple[str, str], list[DepartementCoverage]] = defaultdict(list)
    for one in found:
        inside[one.region_code, one.region_name].append(one)
    rows = [RegionCoverage(code, name, totals(rows)) for (code, name), rows in inside.items()]
    return sorted(rows, key=lambda row: (-row.counts["holes"], row.name))


def totals(found: Iterable[DepartementCoverage]) -> dict[str, int]:
    """State → how many départements, and « holes »: how many EPCI without a desk."""
    counts: dict[str, int] = dict.fromkeys(STATE_WORDS, 0)
    # An EPCI over two départements is a hole of both, and one EPCI.
    holes: set[str] = set()
    for one in found:
        counts[one.state] += 1
        holes.update(hole.code for hole in one.holes)
    return counts | {"holes": len(holes)}
