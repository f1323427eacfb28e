"""The public pages of structures: the list of a département, the sheet of one, the conventions it shows."""

from dataclasses import dataclass

from levier.facilitators.models import Facilitator, Mission, Structure, StructureVerification
from levier.facilitators.queries.areas import area_names
from levier.facilitators.queries.resolving import resolver


@dataclass(frozen=True, slots=True)
class Listed:
    """A structure in a list. `areas`: names of what it covers, the widest first. `distance_km`: of its commune, in a list around a place."""

    structure: Structure
    areas: tuple[str, ...]
    distance_km: float | None = None

    @property
    def is_assumed(self) -> bool:
        """Whether its remit is deduced from its seat; its coverage is prefetched."""
        return any(one.is_assumed for one in self.structure.coverages.all())


@dataclass(frozen=True, slots=True)
class PublicPerson:
    """Somebody who agreed to be named; contact empty unless it was ticked too."""

    name: str
    rank: str
    missions: tuple[str, ...]
    languages: tuple[str, ...]
    employer: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class StructureSheet:
    """What everybody may read of a structure. `people_count`: those who work there, named or not."""

    structure: Structure
    areas: tuple[str, ...]
    is_assumed: bool
    missions: tuple[str, ...]
    people: tuple[PublicPerson, ...]
    people_count: int
    last_check: StructureVerification | None


def may_be_shown(structure: Structure) -> bool:
    """Whether the public pages show it: active, and not a fictitious one among real ones."""
    return structure.pk in resolver().shown_ids


def structures_of_departement(code: str) -> list[Listed]:
    """The structures whose remit reaches a département: desks first, by name."""
    shown = (
        Structure.objects.in_departement(code)
        .filter(pk__in=resolver().shown_ids)
        .prefetch_related("coverages")
        .order_by("-has_desk", "kind", "name", "pk")
    )
    return with_areas(list(shown))


def with_areas(structures: list[Structure]) -> list[Listed]:
    """The structures with the names of what they cover; their coverage is prefetched."""
    names = area_names((one.scope, one.code) for structure in structures for one in structure.coverages.all())
    return [
        Listed(structure, tuple(sorted(names[one.scope, one.code] for one in structure.coverages.all())))
        for structure in structures
    ]


def structure_sheet(structure: Structure) -> StructureSheet:
    """The public sheet of a structure."""
    covered = list(structure.coverages.all())
    names = area_names((one.scope, one.code) for one in covered)
    people = list(Facilitator.objects.filter(structure=structure, is_active=True))
    return StructureSheet(
        structure=structure,
        areas=tuple(sorted(names.values())),
        is_assumed=any(one.is_assumed for one in covered),
        missions=_missions(structure.missions),
        people=tuple(_public(person) for person in people if person.is_name_public),
        people_count=len(people),
        last_check=structure.verifications.first(),
    )


def _missions(keys: list[str]) -> tuple[str, ...]:
    return tuple(str(Mission(key).label) for key in keys if key in Mission.values)


def _public(person: Facilitator) -> PublicPerson:
    return PublicPerson(
        name=person.full_name,
        rank=person.get_rank_display(),
        missions=_missions(person.missions),
        languages=tuple(person.languages),
        employer=person.employer,
        email=person.email if person.is_contact_public else "",
        phone=person.phone if person.is_contact_public else "",
    )
