"""Values that go in and out of the resolver: a territory, a known structure, a referral, the whole answer."""

from dataclasses import dataclass, replace
from datetime import date

from levier.facilitators.models import Scope, StructureKind
from levier.facilitators.slugs import slug_of

Area = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a purchase is performed, with the codes and names of what contains it; unknown ones are empty.

    `parent_code`: the whole commune of an arrondissement of Paris, Lyon or Marseille.
    """

    commune_code: str = ""
    commune_name: str = ""
    parent_code: str = ""
    epci_code: str = ""
    epci_name: str = ""
    departement_code: str = ""
    departement_name: str = ""
    region_code: str = ""
    region_name: str = ""

    @property
    def areas(self) -> tuple[Area, ...]:
        """(scope, code) of every territory that contains the place, from the narrowest."""
        listed = (
            (Scope.COMMUNE.value, self.commune_code),
            (Scope.COMMUNE.value, self.parent_code),
            (Scope.EPCI.value, self.epci_code),
            (Scope.DEPARTEMENT.value, self.departement_code),
            (Scope.REGION.value, self.region_code),
            (Scope.COUNTRY.value, "FR"),
        )
        return tuple(area for area in listed if area[1])

    def area_label(self, area: Area) -> str:
        """« Roubaix », « Métropole Européenne de Lille », « Nord (59) »…"""
        scope, code = area
        names = {
            Scope.COMMUNE.value: self.commune_name,
            Scope.EPCI.value: self.epci_name,
            Scope.DEPARTEMENT.value: f"{self.departement_name} ({code})" if self.departement_name else "",
            Scope.REGION.value: self.region_name,
            Scope.COUNTRY.value: "toute la France",
        }
        return names[scope] or code

    @property
    def label(self) -> str:
        """The narrowest name known."""
        return self.area_label(self.areas[0])


@dataclass(frozen=True, slots=True)
class KnownStructure:
    """A row of the structures' table with its coverage; `is_assumed`: remit deduced from the seat."""

    id: int
    kind: StructureKind
    name: str
    coverage: tuple[Area, ...]
    has_desk: bool
    private_clients: bool = False
    is_demo: bool = False
    is_assumed: bool = False
    email: str = ""
    phone: str = ""
    website: str = ""
    address: str = ""
    verified_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Referral:
    """Someone to call and why. `is_known`: a structure of the table; otherwise general advice.

    `step`: convention, programme, guichet_commune, guichet_epci, guichet_departement, guichet_region,
    guichet_pays, chef_de_file, repli or conseil. `ask`: what to ask; `call`: whom to look for or call.
    """

    step: str
    kind: str
    kind_label: str
    name: str
    reason: str
    ask: str
    call: str
    is_known: bool
    is_demo: bool = False
    structure_id: int | None = None
    email: str = ""
    phone: str = ""
    website: str = ""
    address: str = ""
    verified_on: date | None = None
    source: str = ""

    @property
    def slug(self) -> str:
        """The end of the address of its page; empty for general advice."""
        return slug_of(self.structure_id, self.name) if self.structure_id is not None else ""

    def with_reason(self, reason: str) -> "Referral":
        """The same referral, explained otherwise."""
        return replace(self, reason=reason)


@dataclass(frozen=True, slots=True)
class FacilitatorAnswer:
    """Who to call first, who else, and what to do when nobody answers.

    `by_territory`: on several territories, the first contact of each; `primary` is then the lead.
    """

    primary: Referral
    alternatives: tuple[Referral, ...]
    escalation: str
    by_territory: tuple[tuple[str, Referral], ...] = ()

    @property
    def is_reasoned_fallback(self) -> bool:
        """Whether no desk is known here, and the answer is the best of the local players."""
        return self.primary.step in {"repli", "conseil"}
