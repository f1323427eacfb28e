"""Where a supplier says it works, by trade: the one rule, read on a sheet, kept in the index, asked by a search.

« Dans toute la France » stops at the sea, as a circle does: whoever crosses it names the département or the région.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from levier.core.search import Reach
from levier.reference.distances import landmass
from levier.reference.places import Place

_FIELD = "serves"
_PREFIXES = {"departements": "d", "regions": "r"}


@dataclass(frozen=True, slots=True)
class Area:
    """How far a supplier goes for one trade, as it said. `kind`: a key of `directory.ownership.wording.AREAS`."""

    sector: str
    kind: str
    km: float = 0
    codes: tuple[str, ...] = ()

    def holds(self, spot: "Spot", home: str) -> bool:
        """Whether a place is inside, for a supplier of the département `home`."""
        match self.kind:
            case "radius":
                is_near = spot.distance_km is not None and spot.distance_km <= self.km
                return is_near and landmass(home) == spot.land
            case "departements":
                return spot.departement in self.codes
            case "regions":
                return spot.region in self.codes
            case "france":
                return landmass(home) == spot.land
        return False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where work is done. Codes the place has not are empty; `distance_km`: from the supplier, None when not known."""

    departement: str
    region: str
    land: str
    distance_km: float | None = None

    @classmethod
    def of(cls, place: Place, distance_km: float | None = None) -> "Spot":
        """The whole of a place. A circle is compared with its centre; with that of a région it would say nothing."""
        is_region = place.kind == "region"
        return cls(
            "" if is_region else place.departement, place.region, place.landmass, None if is_region else distance_km
        )  # fmt: skip


def areas_of(lines: Any) -> tuple[Area, ...]:
    """The areas of the lines of activity of a profile, read with care: a list may give another shape."""
    found = []
    for line in lines if isinstance(lines, list) else ():
        said = line.get("area") if isinstance(line, Mapping) else None
        if isinstance(said, Mapping) and isinstance(line.get("sector"), str):
            codes = tuple(map(str, said.get("codes") or ()))
            found.append(Area(line["sector"], str(said.get("kind", "")), float(said.get("km") or 0), codes))
    return tuple(found)


def comes_to(areas: Iterable[Area], home: str, spot: Spot, sectors: Iterable[str]) -> bool:
    """Whether a supplier of the département `home` says it works there, for one of these trades; for any when none is asked."""
    trades = set(sectors)
    return any(area.holds(spot, home) for area in areas if not trades or area.sector in trades)


def served_areas(areas: Iterable[Area], home: str) -> tuple[str, ...]:
    """The areas as the index keeps them, alone and with their trade.

    « d59 », « r53 », « mainland » for the whole land of the supplier, « mainland/40 » for a circle of 40 km: « blanchisserie@r53 ».
    """
    found: dict[str, None] = {}
    for area in areas:
        for code in _codes(area, landmass(home)):
            found |= {code: None, f"{area.sector}@{code}": None}
    return tuple(found)


def _codes(area: Area, land: str) -> list[str]:
    match area.kind:
        case "france":
            return [land]
        case "radius":
            return [f"{land}/{area.km:g}"]
    return [f"{_PREFIXES[area.kind]}{code}" for code in area.codes] if area.kind in _PREFIXES else []


def areas_that_serve(place: Place, sectors: Iterable[str], *, beyond_km: float = 0) -> Reach:
    """What to ask of the index: whoever `comes_to` this place for one of these trades, from farther than `beyond_km`."""
    spot = Spot.of(place)
    codes = (
        [spot.land]
        + [f"r{spot.region}"] * bool(spot.region)
        + [f"d{spot.departement}"] * bool(spot.departement)
    )
    circles = [] if place.kind == "region" else [f"{spot.land}/"]
    trades = [f"{trade}@" for trade in sectors] or [""]
    return Reach(
        _FIELD,
        tuple(f"{trade}{code}" for trade in trades for code in codes),
        tuple(f"{trade}{circle}" for trade in trades for circle in circles),
        beyond_km,
    )
