"""Those who present candidates on a territory, by network, and where they are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from django.db.models import Q

from levier.facilitators.models import Structure, StructureKind
from levier.facilitators.queries.listing import Listed, with_areas
from levier.facilitators.queries.resolving import resolver
from levier.reference.areas import Area
from levier.reference.distances import haversine_km
from levier.reference.models import Commune
from levier.reference.places import Place

_FIELDS = {
    "commune": "communes",
    "arrondissement": "communes",
    "epci": "epci",
    "departement": "departements",
    "region": "regions",
}


@dataclass(frozen=True, slots=True)
class Network:
    """One network of prescribers. `mark`: its letters on a map; `tone`: its colour in the style sheet."""

    kind: StructureKind
    mark: str
    tone: str

    @property
    def label(self) -> str:
        """« Mission locale »…"""
        return str(self.kind.label)


NETWORKS = (
    Network(StructureKind.FRANCE_TRAVAIL, "FT", "blue"),
    Network(StructureKind.MISSION_LOCALE, "ML", "teal"),
    Network(StructureKind.CAP_EMPLOI, "CE", "plum"),
    Network(StructureKind.PLIE, "PL", "brown"),
    Network(StructureKind.E2C, "E2", "olive"),
    Network(StructureKind.EPIDE, "EP", "slate"),
)


@dataclass(frozen=True, slots=True)
class NetworkList:
    """The structures of one network on a territory: the nearest first around a commune, by name in a larger one."""

    network: Network
    listed: tuple[Listed, ...]


@dataclass(frozen=True)
class Prescribers:
    """Who presents candidates on a place. `absent`: the networks of which nobody is known there, which proves nothing."""

    place: Place
    by_network: tuple[NetworkList, ...]

    @property
    def total(self) -> int:
        return sum(len(one.listed) for one in self.by_network)

    @property
    def absent(self) -> tuple[str, ...]:
        known = {one.network for one in self.by_network}
        return tuple(one.label for one in NETWORKS if one not in known)

    @property
    def has_assumed(self) -> bool:
        """Whether the remit of some is only deduced from their seat."""
        return any(one.is_assumed for each in self.by_network for one in each.listed)

    @property
    def unplaced(self) -> int:
        """Those whose commune is not known: in the list only."""
        return sum(one.structure.commune is None for each in self.by_network for one in each.listed)

    @property
    def map_points(self) -> dict[str, Any]:
        """Each at the centre of the commune of its seat: nothing closer is known."""
        points = [
            _point(each.network, one.structure)
            for each in self.by_network
            for one in each.listed
            if one.structure.commune
        ]
        legend = "Chaque marque est au centre de la commune du siège."
        if self.unplaced:
            written = "structure est" if self.unplaced == 1 else "structures sont"
            legend += f" {self.unplaced} {written} sans commune connue : dans la liste seulement."
        return {"points": points, "legend": legend}


def prescribers_of(place: Place) -> Prescribers:
    """The structures of the six networks whose remit meets a place. A number of SQL queries that does not depend on how many."""
    found = with_areas(list(_meeting(place)))
    if place.kind in {"commune", "arrondissement"}:
        found = sorted(
            (replace(one, distance_km=_distance(place, one.structure)) for one in found),
            key=lambda one: inf if one.distance_km is None else one.distance_km,
        )
    return Prescribers(
        place,
        tuple(
            NetworkList(network, listed)
            for network in NETWORKS
            if (listed := tuple(one for one in found if one.structure.kind == network.kind))
        ),
    )


def _meeting(place: Place) -> Iterable[Structure]:
    if place.kind not in _FIELDS:
        return ()
    codes = [place.code]
    if _FIELDS[place.kind] == "communes":
        # A whole commune with its arrondissements, and each with it.
        relatives = Commune.objects.filter(Q(parent_id=place.code) | Q(arrondissements=place.code))
        codes += relatives.values_list("code", flat=True)
    return (
        Structure.objects.over(Area(**{_FIELDS[place.kind]: tuple(codes)}))
        .filter(kind__in=[one.kind for one in NETWORKS], pk__in=resolver().shown_ids)
        .select_related("commune")
        .prefetch_related("coverages")
        .order_by("name", "pk")
    )


def _distance(place: Place, structure: Structure) -> float | None:
    commune = structure.commune
    if commune is None:
        return None
    return haversine_km(place.latitude, place.longitude, commune.latitude, commune.longitude)


def _point(network: Network, structure: Structure) -> dict[str, Any]:
    """Its line in the list says its name and its address."""
    commune = structure.commune
    assert commune is not None
    return {
        "lat": round(commune.latitude, 4),
        "lon": round(commune.longitude, 4),
        "line": f"s{structure.pk}",
        "note": f"{network.label}, {commune.name}",
        "mark": network.mark,
        "tone": network.tone,
    }
