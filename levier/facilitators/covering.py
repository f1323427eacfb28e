"""The desks that work on an area, with what each covers: a list for a page, where the resolver picks one for a need."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from levier.facilitators.answers import Area, KnownStructure
from levier.facilitators.models import Scope
from levier.facilitators.queries import resolver
from levier.reference import areas
from levier.reference.models import Commune
from levier.reference.queries import place_by_code

_SIZES = [scope.value for scope in (Scope.REGION, Scope.DEPARTEMENT, Scope.EPCI, Scope.COMMUNE)]


@dataclass(frozen=True)
class CoveringDesk:
    """A structure with a desk of the social clause, and the names of the territories it covers."""

    structure: KnownStructure
    covers: tuple[str, ...]

    @property
    def kind_label(self) -> str:
        """« Maison de l’emploi »…"""
        return str(self.structure.kind.label)


def desks_over(area: areas.Area) -> tuple[CoveringDesk, ...]:
    """The desks whose remit meets the area, the widest first. Two queries at most, and the state of the tables."""
    if area.is_nowhere:
        return ()
    desks = _every_desk()
    met = _met(area, desks)
    return _shown(desks, {one for territories in met.values() for one in territories})


def desks_of_departements(codes: Sequence[str]) -> dict[str, tuple[CoveringDesk, ...]]:
    """Département → the desks whose remit meets it, the widest first, each under the first that it meets.

    In the order given. Two queries at most, whatever their number, and the state of the tables.
    """
    desks = _every_desk()
    met = _met(areas.Area(departements=tuple(codes)), desks) if codes else {}
    found: dict[str, tuple[CoveringDesk, ...]] = {}
    named: set[int] = set()
    for code in codes:
        found[code] = tuple(one for one in _shown(desks, met[code]) if one.structure.id not in named)
        named.update(one.structure.id for one in found[code])
    return found


def _every_desk() -> list[KnownStructure]:
    return [one for one in resolver().structures if one.has_desk]


def _shown(desks: Iterable[KnownStructure], met: set[Area]) -> tuple[CoveringDesk, ...]:
    found = [one for one in desks if met.intersection(one.coverage)]
    found.sort(key=lambda one: (min(map(_size, one.coverage)), one.name, one.id))
    return tuple(CoveringDesk(one, tuple(map(_name, one.coverage))) for one in found)


def _met(area: areas.Area, desks: Iterable[KnownStructure]) -> dict[str, set[Area]]:
    """Département → (scope, code) of every territory that shares with the area a commune of it."""
    met: dict[str, set[Area]] = defaultdict(set)
    triples = area.inside().order_by().values_list("region_id", "departement_id", "epci_id").distinct()
    for region, departement, epci in triples:
        met[departement] |= {(str(Scope.REGION), region), (str(Scope.DEPARTEMENT), departement)}
        if epci:
            met[departement].add((str(Scope.EPCI), epci))
    communes = [code for one in desks for scope, code in one.coverage if scope == Scope.COMMUNE]
    if communes:
        own = Commune.objects.filter(Q(code__in=communes) & Q(pk__in=area.inside().values("pk")))
        for departement, code in own.values_list("departement_id", "code"):
            met[departement].add((str(Scope.COMMUNE), code))
    return met


def _size(covered: Area) -> int:
    return _SIZES.index(covered[0]) if covered[0] in _SIZES else -1


def _name(covered: Area) -> str:
    scope, code = covered
    place = place_by_code(scope, code)
    return place.label if place else code
