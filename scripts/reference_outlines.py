"""Draws département outlines from the points of their communes: Voronoi cells joined, cut along the coast."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import Any

import shapely
from shapely.geometry import MultiPoint, mapping

KM = 1 / 111.2  # degrees of latitude in one kilometre
# How far apart located communes may stand on one land: the closing joins them, and rounds bays as it grows.
CLOSING_KM = {"mainland": 20.0, "corsica": 32.0, "973": 250.0, "974": 32.0}
CLOSING_OVERSEAS_KM = 14.0
# No commune has its town in the south of Guyane: the corners of its border, (longitude, latitude).
CORNERS = {"973": [(-54.55, 2.35), (-52.95, 2.20)]}
COAST_KM = 3.5
TOLERANCE_KM = 2.0
COLLECTIVITIES = {"975", "977", "978", "984", "986", "987", "988", "989"}


def departement_outlines(
    communes: Sequence[Mapping[str, Any]],
    centres: Mapping[str, tuple[float, float, str]],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """A GeoJSON collection of the 101 départements at their true place, in degrees.

    Collectivities (Polynésie, Nouvelle-Calédonie…) are left out: a hull of their islands would draw sea.
    """
    points: dict[str, dict[str, tuple[float, float]]] = {"mainland": {}, "corsica": {}}
    for commune in communes:
        departement = commune["departement"]
        latitude, longitude, precision = centres[commune["code"]]
        if departement in COLLECTIVITIES or precision in {"epci", "departement"}:
            continue
        block = _block(departement)
        points.setdefault(block, {})[commune["code"]] = (longitude, latitude)
    departement_of = {commune["code"]: commune["departement"] for commune in communes}
    features = []
    for block in sorted(points):
        features += _block_features(block, points[block], departement_of, names)
    features.sort(key=lambda feature: feature["properties"]["code"])
    return {"type": "FeatureCollection", "features": features}


def _block(departement: str) -> str:
    if departement in {"2A", "2B"}:
        return "corsica"
    return departement if departement.startswith("97") else "mainland"


def _block_features(
    block: str,
    points: Mapping[str, tuple[float, float]],
    departement_of: Mapping[str, str],
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    # Longitudes are shrunk so that a circle is a circle on the ground.
    shrink = cos(radians(sum(latitude for _, latitude in points.values()) / len(points)))
    flat: dict[tuple[float, float], str] = {}
    for code in sorted(points):
        longitude, latitude = points[code]
        flat.setdefault((round(longitude * shrink, 6), round(latitude, 6)), departement_of[code])
    corners = [(longitude * shrink, latitude) for longitude, latitude in CORNERS.get(block, ())]
    land = _land([*flat, *corners], CLOSING_KM.get(block, CLOSING_OVERSEAS_KM) * KM)
    cells = shapely.voronoi_polygons(MultiPoint(list(flat)), extend_to=land.buffer(1)).geoms
    tree = shapely.STRtree(list(cells))
    parts: dict[str, list[Any]] = defaultdict(list)
    for position, departement in flat.items():
        parts[departement].append(cells[int(tree.query(shapely.Point(position), "within")[0])])
    codes = sorted(parts)
    shapes = [_largest(shapely.unary_union(parts[code])) for code in codes]
    shapes = list(shapely.coverage_simplify([_clip(shape, land) for shape in shapes], TOLERANCE_KM * KM))
    return [
        {
            "type": "Feature",
            "properties": {"code": code, "name": names[code]},
            "geometry": _rounded(mapping(_unshrunk(shape, shrink))),
        }
        for code, shape in zip(codes, shapes, strict=True)
    ]


def _land(positions: list[tuple[float, float]], closing: float) -> Any:
    """The land around the points: discs joined, holes filled, then drawn back to the coast."""
    land = MultiPoint(positions).buffer(closing).buffer(COAST_KM * KM - closing)
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(land)])


def _clip(shape: Any, land: Any) -> Any:
    return _largest(shapely.intersection(shape, land))


def _largest(shape: Any) -> Any:
    """The main part, with any other part of more than a fifth of it: misplaced points leave crumbs."""
    parts = sorted(shapely.get_parts(shape), key=shapely.area, reverse=True)
    return shapely.union_all([part for part in parts if part.area > 0.2 * parts[0].area])


def _unshrunk(shape: Any, shrink: float) -> Any:
    return shapely.transform(shape, lambda xy: xy / [shrink, 1.0])


def _rounded(geometry: Any) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 3)
        return [rounded(item) for item in value]

    return {"type": geometry["type"], "coordinates": rounded(geometry["coordinates"])}
