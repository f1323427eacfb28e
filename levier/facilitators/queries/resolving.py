"""The territory of a place, the resolver of this process, who to call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

from django.db import connection
from django.utils import timezone

from levier.facilitators.answers import FacilitatorAnswer, KnownStructure, Territory
from levier.facilitators.models import (
    Convention,
    ConventionKind,
    ConventionState,
    ProgrammeDesk,
    Structure,
    StructureKind,
)
from levier.facilitators.resolver import PUBLIC, FacilitatorResolver
from levier.reference.models import Commune, Departement, Epci, Region
from levier.reference.places import Place

# An ended convention keeps its dates: it was in force until them.
_STANDING = (ConventionState.SIGNED, ConventionState.ENDED)
_STAMP = """
    SELECT (SELECT concat(count(*), '/', max(updated_at)) FROM facilitators_structure),
           (SELECT concat(count(*), '/', max(id)) FROM facilitators_coverage),
           (SELECT concat(count(*), '/', max(id), '/', max(updated_at)) FROM facilitators_convention),
           (SELECT concat(count(*), '/', max(id)) FROM facilitators_programmedesk)
"""
_COMMUNE_FIELDS = (
    "code",
    "name",
    "parent_id",
    "epci_id",
    "epci__name",
    "departement_id",
    "departement__name",
    "region_id",
    "region__name",
)


def facilitator_for(
    *,
    place: Place | None = None,
    commune_code: str = "",
    departement_code: str = "",
    other_places: Sequence[Place] = (),
    buyer_siren: str | None = None,
    programme: str | None = None,
    buyer_side: str = PUBLIC,
    on: date | None = None,
) -> FacilitatorAnswer:
    """Who to call for a purchase performed at a place; never nobody, each with its reason.

    Give a `place` of the place finder, or a `commune_code`, or a `departement_code`; an unknown code or no
    place gives the general advice. `other_places`: the other territories of one operation. `buyer_side`:
    « public » or « private ». `on`: the day the conventions are read at (today).
    """
    territories = [territory_of(place=place, commune_code=commune_code, departement_code=departement_code)]
    territories += [territory_of(place=other) for other in other_places]
    return resolver().resolve(
        territories,
        on=on or timezone.localdate(),
        buyer_siren=buyer_siren,
        programme=programme,
        buyer_side=buyer_side,
    )


def territory_of(
    *, place: Place | None = None, commune_code: str = "", departement_code: str = ""
) -> Territory:
    """The territory with its names, in one query; empty when the code is unknown."""
    if place is not None and place.kind in {"commune", "arrondissement"}:
        commune_code = place.code
    elif place is not None:
        return _larger_territory(place)
    if commune_code:
        found = Commune.objects.filter(code=commune_code).values_list(*_COMMUNE_FIELDS).first()
        if found:
            return _territory(found)
    return _departement_territory(departement_code)


def _territory(row: tuple[str | None, ...]) -> Territory:
    code, name, parent, epci, epci_name, departement, departement_name, region, region_name = (
        value or "" for value in row
    )
    return Territory(code, name, parent, epci, epci_name, departement, departement_name, region, region_name)


def _departement_territory(code: str) -> Territory:
    found = Departement.objects.filter(code=code).select_related("region").first() if code else None
    if found is None:
        return Territory()
    return Territory(
        departement_code=found.code,
        departement_name=found.name,
        region_code=found.region_id,
        region_name=found.region.name,
    )


def _larger_territory(place: Place) -> Territory:
    """An EPCI (with the département of its place), a département, a région, or the country."""
    if place.kind == "departement":
        return _departement_territory(place.code)
    if place.kind == "region":
        name = Region.objects.filter(code=place.code).values_list("name", flat=True).first()
        return Territory(region_code=place.code, region_name=name or place.name)
    if place.kind != "epci":
        return Territory()
    around = _departement_territory(place.departement)
    name = Epci.objects.filter(code=place.code).values_list("name", flat=True).first()
    return Territory(
        epci_code=place.code,
        epci_name=name or place.name,
        departement_code=around.departement_code,
        departement_name=around.departement_name,
        region_code=around.region_code or place.region,
        region_name=around.region_name,
    )


def all_territories() -> Iterator[Territory]:
    """Every commune and arrondissement, in one query: to check that all get an answer."""
    for row in Commune.objects.order_by("code").values_list(*_COMMUNE_FIELDS):
        yield _territory(row)


@dataclass
class _Held:
    """The resolver of this process and the state of the tables it was built from."""

    resolver: FacilitatorResolver | None = None
    stamp: tuple[str, ...] = ()


_held = _Held()
_lock = Lock()


def resolver() -> FacilitatorResolver:
    """The resolver over the present tables, built again only when they changed."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        stamp = cursor.fetchone()
    with _lock:
        if _held.resolver is None or _held.stamp != stamp:
            _held.resolver, _held.stamp = build_resolver(), stamp
        return _held.resolver


def build_resolver() -> FacilitatorResolver:
    """A resolver read from the database, in four queries."""
    return FacilitatorResolver(
        known_structures(),
        # An imported convention is on the word of its list; one written here counts once every party signed.
        Convention.objects.filter(kind=ConventionKind.BUYER, state__in=_STANDING)
        .exclude(buyer_siren="")
        .order_by("id")
        .values_list("structure_id", "buyer_siren", "valid_from", "valid_to", "is_lead"),
        ProgrammeDesk.objects.order_by("id").values_list("programme", "structure_id", "scope", "code"),
    )


def known_structures() -> list[KnownStructure]:
    """Every active structure with its coverage."""
    structures = Structure.objects.filter(is_active=True).prefetch_related("coverages").order_by("id")
    return [_known(structure) for structure in structures]


def _known(structure: Structure) -> KnownStructure:
    covered = list(structure.coverages.all())
    address = " ".join(filter(None, [structure.address, structure.postal_code, structure.city]))
    return KnownStructure(
        id=structure.pk,
        kind=StructureKind(structure.kind),
        name=structure.name,
        coverage=tuple((item.scope, item.code) for item in covered),
        has_desk=structure.has_desk,
        private_clients=structure.private_clients,
        is_demo=structure.is_demo,
        is_assumed=any(item.is_assumed for item in covered),
        email=structure.email,
        phone=structure.phone,
        website=structure.website,
        address=address,
        verified_on=structure.verified_on,
        source=structure.source,
    )
