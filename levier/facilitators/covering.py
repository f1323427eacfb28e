"""The desks that work on an area, with what each covers: a list for a page, where the resolver picks one for a need."""

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
    desks = [one for one in resolver().structures if one.has_desk]
    met = _met(area, [code for one in desks for scope, code in one.coverage if scope == Scope.COMMUNE])
    found = [one for one in desks if met.intersection(one.coverage)]
    found.sort(key=lambda one: (min(map(_size, one.coverage)), one.name, one.id))
    return tuple(CoveringDesk(one, tuple(map(_name, one.coverage))) for one in found)


def _met(area: areas.Area, communes: list[str]) -> frozenset[Area]:
    """(scope, code) of every territory that shares a commune with the area."""
    met: set[Area] = set()
    triples = area.inside().order_by().values_list("region_id", "departement_id", "epci_id").distinct()
    for region, departement, epci in triples:
        met |= {(Scope.REGION, region), (Scope.DEPARTEMENT, departement), (Scope.EPCI, epci or "")}
    if communes:
        own = Commune.objects.filter(Q(code__in=communes) & Q(pk__in=area.inside().values("pk")))
        met |= {(Scope.COMMUNE, code) for code in own.values_list("code", flat=True)}
    return frozenset((str(scope), code) for scope, code in met if code)


def _size(covered: Area) -> int:
    return _SIZES.index(covered[0]) if covered[0] in _SIZES else -1


def _name(covered: Area) -> str:
    scope, code = covered
    place = place_by_code(scope, code)
    return place.label if place else code
