"""What a place is, and what a search for one gives back."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from levier.reference.distances import haversine_km

# Why a place answers to the name of a commune that was merged into it.
FORMER_NAME = "nom d’une commune déléguée"

PlaceKind = Literal["commune", "arrondissement", "epci", "departement", "region", "pays"]


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, an arrondissement of Paris, Lyon or Marseille, or a larger territory.

    `latitude` and `longitude` are degrees (WGS84); for a territory, the mean of its communes weighted by
    their people. `precision` says what the centre is the centre of. Codes the kind has not are empty.
    """

    kind: PlaceKind
    code: str
    name: str
    departement: str
    departement_name: str
    region: str
    epci: str
    postal_codes: tuple[str, ...]
    population: int
    latitude: float
    longitude: float
    precision: str
    landmass: str
    # The communes that live on inside this one, under a name people still use: « Conques » in Conques-en-Rouergue.
    former_names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name with what tells it from its homonyms: « Saint-Denis (Seine-Saint-Denis) »."""
        if self.kind in {"commune", "arrondissement"} and self.departement_name != self.name:
            return f"{self.name} ({self.departement_name})"
        if self.kind == "departement":
            return f"{self.name} ({self.code})"
        return self.name

    @property
    def is_approximate(self) -> bool:
        """Whether a distance from this centre must be shown as « environ »."""
        return self.precision != "commune"


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place that answers a text. `score` goes from 0 to 1; `why` is a French phrase."""

    place: Place
    score: float
    why: str


class PlaceInText(NamedTuple):
    """The place a sentence names, where it stands, the place and its rivals when the name is ambiguous."""

    match: PlaceMatch | None
    span: tuple[int, int] | None
    candidates: tuple[PlaceMatch, ...]
    # Other places the same text names, that nothing sets aside.
    others: tuple[PlaceMatch, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return len(self.candidates) > 1


def distance_km(place: Place, other: Place) -> float:
    """Kilometres between two centres, as the crow flies."""
    return haversine_km(place.latitude, place.longitude, other.latitude, other.longitude)


def same_landmass(place: Place, other: Place) -> bool:
    """Whether no sea lies between: a radius never crosses it. The whole country touches every land."""
    return "" in (place.landmass, other.landmass) or place.landmass == other.landmass
