"""Which lots a supplier reaches: by the area it says for the trade (radius, départements, régions, country), else by its département."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

from django.db.models import Count, Q

from levier.directory.served import Area, Spot
from levier.reference.distances import haversine_km, landmass
from levier.reference.models import Commune, Departement

_KM_PER_DEGREE = 111.2
# A place known by its département alone may be within a radius when this part of its communes is.
_LEAST_SHARE = 0.1
Point = tuple[float, float]
Circle = tuple[Point, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One listed supplier: where it is, what it does (empty: not known), what it is (a key of `directory.kinds`).

    `point`: its latitude and longitude in degrees, None when nothing says them. `areas`: empty when it said none.
    """

    departement: str
    sectors: tuple[str, ...]
    kind: str
    point: Point | None = None
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class LotPlace:
    """Where a lot is performed. `point`: of its commune, None when only a larger territory is said."""

    departements: tuple[str, ...]
    point: Point | None = None
    is_country: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Why a place is within reach, as a sentence; `distance_km` from the sheet, None when one end is not known."""

    why: str
    distance_km: float | None = None


@dataclass(frozen=True)
class Reach:
    """What these sheets reach together. `departements`: where to look, None for the whole country.

    `shares`: for each radius said, which part (0 to 1) of the communes of each département it holds.
    """

    sheets: tuple[Sheet, ...]
    departements: frozenset[str] | None
    regions: Mapping[str, str]
    shares: Mapping[Circle, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, sheets: Sequence[Sheet]) -> "Reach":
        """Two SQL queries at most, none without sheets."""
        if not sheets:
            return cls((), None, {})
        regions = dict(Departement.objects.values_list("code", "region_id"))
        shares = _shares(sheets)
        return cls(tuple(sheets), _departements(sheets, regions, shares), regions, shares)

    def of_region(self, code: str) -> tuple[str, ...]:
        """The départements of a région."""
        return tuple(one for one, region in self.regions.items() if region == code)

    def reached(self, sheet: Sheet, sector: str, place: LotPlace) -> Reached | None:
        """Why a lot of this trade (empty: any) performed there is for this sheet; None when it is out of reach."""
        distance = _distance(sheet, place)
        said = [one for one in sheet.areas if not sector or one.sector == sector]
        for area in said:
            if why := self._why(sheet, area, place, distance):
                return Reached(why, distance)
        if place.is_country:
            return Reached("Le lot s’exécute dans toute la France.")
        # An area is the supplier's word: its département stands in only where that word cannot be compared.
        is_measured = place.point is not None and sheet.point is not None
        is_unsure = not is_measured and any(one.kind == "radius" for one in said)
        if sheet.departement in place.departements and (is_unsure or not said):
            why = f"Dans votre département ({sheet.departement})"
            return Reached(f"{why}, sans lieu plus précis." if said else f"{why}.", distance)
        return self._perhaps(sheet, said, place) if is_unsure else None

    def _perhaps(self, sheet: Sheet, said: Iterable[Area], place: LotPlace) -> Reached | None:
        """Near the border of its département: a circle that holds a fair part of another, the only place said."""
        for area in said:
            if area.kind != "radius" or sheet.point is None:
                continue
            shares = self.shares.get((sheet.point, area.km), {})
            near = [code for code in place.departements if shares.get(code, 0) >= _LEAST_SHARE]
            if near:
                return Reached(
                    f"Peut-être dans les {area.km:.0f}\u00a0km que vous servez : seul le département est dit ({', '.join(near)})."
                )
        return None

    def _why(self, sheet: Sheet, area: Area, place: LotPlace, distance: float | None) -> str:
        # A place without département is taken to be on the land of the sheet.
        spots = [
            Spot(code, self.regions.get(code, ""), landmass(code), distance) for code in place.departements
        ] or [Spot("", "", landmass(sheet.departement), distance)]
        held = [spot.departement for spot in spots if area.holds(spot, sheet.departement)]
        if not held:
            return ""
        match area.kind:
            case "radius":
                return f"Dans les {area.km:.0f}\u00a0km que vous servez."
            case "departements":
                return f"Dans un département que vous servez ({', '.join(held)})."
            case "regions":
                return "Dans une région que vous servez."
        return "Vous servez toute la France."


def _distance(sheet: Sheet, place: LotPlace) -> float | None:
    """Kilometres; None too when the sea lies between."""
    if sheet.point is None or place.point is None:
        return None
    lands = {landmass(code) for code in place.departements}
    if sheet.departement and lands and landmass(sheet.departement) not in lands:
        return None
    return haversine_km(*sheet.point, *place.point)


def _departements(
    sheets: Iterable[Sheet], regions: Mapping[str, str], shares: Mapping[Circle, Mapping[str, float]]
) -> frozenset[str] | None:
    there = {code for held in shares.values() for code in held}
    for sheet in sheets:
        there.add(sheet.departement)
        for area in sheet.areas:
            if area.kind == "france":
                return None
            there.update(_of_zone(area, regions))
    return frozenset(there - {""})


def _shares(sheets: Iterable[Sheet]) -> dict[Circle, dict[str, float]]:
    """One SQL query when a radius is said from a known point, none otherwise."""
    circles = list(
        dict.fromkeys(
            (sheet.point, area.km)
            for sheet in sheets
            for area in sheet.areas
            if area.kind == "radius" and sheet.point is not None
        )
    )
    if not circles:
        return {}
    held = {f"held_{rank}": Count("pk", filter=_box(*circle)) for rank, circle in enumerate(circles)}
    counted = Commune.objects.order_by().values("departement_id").annotate(whole=Count("pk"), **held)
    rows: list[dict[str, Any]] = [{**row} for row in counted]
    return {
        circle: {row["departement_id"]: row[name] / row["whole"] for row in rows if row[name]}
        for circle, name in zip(circles, held, strict=True)
    }


def _of_zone(area: Area, regions: Mapping[str, str]) -> Collection[str]:
    if area.kind == "departements":
        return area.codes
    return [one for one, region in regions.items() if region in area.codes] if area.kind == "regions" else ()


def _box(point: Point, km: float) -> Q:
    """A square a little larger than the circle."""
    latitude, longitude = point
    high = km / _KM_PER_DEGREE
    wide = km / (_KM_PER_DEGREE * max(cos(radians(latitude)), 0.1))
    return Q(
        latitude__range=(latitude - high, latitude + high),
        longitude__range=(longitude - wide, longitude + wide),
    )
