"""Gives every commune a centre: a populated place of the same name, else a mean of its neighbours."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

Centre = tuple[float, float, str]
Point = tuple[float, float]
Candidate = tuple[Point, int]

# GeoNames gives the overseas territories their own country code.
DEPARTEMENT_OF_COUNTRY = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976",
    "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
# Places that GeoNames does not list as towns, from general knowledge of geography.
CENTRES_WITHOUT_TOWN = {
    "97352": (3.62, -53.21),  # Saül
    "97356": (3.17, -52.33),  # Camopi
    "97358": (4.82, -53.28),  # Saint-Élie
    "97362": (3.81, -54.15),  # Papaichton
    "98411": (-38.28, 77.55),  # Saint-Paul and Amsterdam
    "98412": (-49.35, 69.22),  # Kerguelen
    "98413": (-46.43, 51.86),  # Crozet
    "98414": (-66.66, 140.00),  # Terre-Adélie
    "98415": (-17.05, 42.75),  # Îles Éparses
    "98901": (10.30, -109.22),  # Clipperton
}
# A homonym far from the other communes of its EPCI is another place of the same name (a hamlet, a quarter).
MAX_KM_FROM_EPCI = 35.0
# So is one of a wholly different size: both ratio and gap must be large, for published counts differ by year.
MAX_POPULATION_RATIO = 5
MIN_POPULATION_GAP = 500


def fold(name: str) -> str:
    """Lower case, no accents, one space between words, « st » read as « saint »."""
    text = name.lower().replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def commune_centres(
    communes: Sequence[Mapping[str, Any]], places: Mapping[str, Mapping[str, Any]]
) -> dict[str, Centre]:
    """Centre of each commune in WGS84 degrees, with its precision.

    `communes` are rows of the administrative division (code, nom, departement, region, epci, codesPostaux);
    `places` the towns of GeoNames. Precision is commune, postal_code, epci or departement.
    """
    named = _candidates_by_name(places)
    candidates = {c["code"]: _candidates(c, named) for c in communes}
    arrondissements = _arrondissement_points(places)
    found: dict[str, Point] = {c["code"]: p for c in communes if (p := _single(c, candidates)) is not None}
    found.update(arrondissements)
    found = _without_strays(communes, found)
    means = _group_means(communes, found)
    for commune in communes:
        options = candidates[commune["code"]]
        near = means["epci"].get(commune["epci"]) or means["departement"].get(commune["departement"])
        if commune["code"] in found or not options or near is None:
            continue
        point = min(options, key=lambda option: distance_km(option, near))
        if distance_km(point, near) <= MAX_KM_FROM_EPCI:
            found[commune["code"]] = point
    return _fill(communes, found, _overseas_means(places))


def distance_km(one: Point, other: Point) -> float:
    """Flat-earth distance, right to a few per cent at the scale of a département."""
    x = (other[1] - one[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 111.2 * math.hypot(x, other[0] - one[0])


def _candidates_by_name(places: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], list[Candidate]]:
    """Points and populations by (région or overseas département, folded name); official names first."""
    official: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    alternate: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for key in sorted(places, key=int):
        place = places[key]
        country = place["countrycode"]
        if country != "FR" and country not in DEPARTEMENT_OF_COUNTRY:
            continue
        area = DEPARTEMENT_OF_COUNTRY.get(country) or place["admin1code"]
        candidate = ((place["latitude"], place["longitude"]), place["population"])
        name = fold(place["name"])
        official[area, name].append(candidate)
        for other in sorted({fold(a) for a in place.get("alternatenames", ())} - {name, ""}):
            alternate[area, other].append(candidate)
    return {key: official.get(key) or alternate[key] for key in {**alternate, **official}}


def _candidates(commune: Mapping[str, Any], named: Mapping[tuple[str, str], list[Candidate]]) -> list[Point]:
    overseas = commune["departement"].startswith(("97", "98"))
    area = commune["departement"] if overseas else commune["region"]
    name = fold(commune["nom"])
    bare = re.sub(r"^(la|le|les|l) ", "", name)
    options = named.get((area, name)) or (named.get((area, bare), []) if overseas else [])
    return [point for point, population in options if _same_size(population, commune.get("population"))]


def _same_size(one: int, other: int | None) -> bool:
    if not one or not other:
        return True
    small, large = sorted((one, other))
    return large <= MAX_POPULATION_RATIO * small or large - small <= MIN_POPULATION_GAP


def _single(commune: Mapping[str, Any], candidates: Mapping[str, list[Point]]) -> Point | None:
    options = candidates[commune["code"]]
    return options[0] if len(options) == 1 else None


def _arrondissement_points(places: Mapping[str, Mapping[str, Any]]) -> dict[str, Point]:
    """GeoNames calls them « Paris 13 Gobelins », « Lyon 03 », « Marseille 14 »."""
    first_code = {"Paris": 75100, "Lyon": 69380, "Marseille": 13200}
    points: dict[str, Point] = {}
    for key in sorted(places, key=int):
        place = places[key]
        match = re.match(r"(Paris|Lyon|Marseille) (\d\d)\b", place["name"])
        if place["countrycode"] == "FR" and match:
            code = str(first_code[match[1]] + int(match[2]))
            points.setdefault(code, (place["latitude"], place["longitude"]))
    return points


def _without_strays(communes: Sequence[Mapping[str, Any]], found: dict[str, Point]) -> dict[str, Point]:
    """Drops points far from the median of their EPCI, and a point claimed by several communes."""
    groups: dict[str, list[Point]] = defaultdict(list)
    for commune in communes:
        if commune["code"] in found:
            groups[commune["epci"] or commune["departement"]].append(found[commune["code"]])
    centre = {key: _median_point(points) for key, points in groups.items()}
    claims = Counter(found.values())
    kept = {}
    for commune in communes:
        code = commune["code"]
        if code not in found:
            continue
        overseas = commune["departement"].startswith(("97", "98"))
        stray = distance_km(found[code], centre[commune["epci"] or commune["departement"]]) > MAX_KM_FROM_EPCI
        if (overseas or not stray) and (claims[found[code]] == 1 or commune.get("commune")):
            kept[code] = found[code]
    return kept


def _group_means(
    communes: Sequence[Mapping[str, Any]], found: Mapping[str, Point]
) -> dict[str, dict[str, Point]]:
    groups: dict[str, dict[str, list[Point]]] = {
        k: defaultdict(list) for k in ("postal", "epci", "departement")
    }
    for commune in communes:
        point = found.get(commune["code"])
        if point is None:
            continue
        for postal in commune.get("codesPostaux", ()):
            # A few postal codes cross a département line: the mean stays on the commune's own side.
            groups["postal"][postal + commune["departement"]].append(point)
        if commune["epci"]:
            groups["epci"][commune["epci"]].append(point)
        groups["departement"][commune["departement"]].append(point)
    return {kind: {key: _mean(points) for key, points in group.items()} for kind, group in groups.items()}


def _overseas_means(places: Mapping[str, Mapping[str, Any]]) -> dict[str, Point]:
    """Mean of all towns of a territory, for the one whose only commune is no town (Saint-Barthélemy)."""
    towns: dict[str, list[Point]] = defaultdict(list)
    for place in places.values():
        if place["countrycode"] in DEPARTEMENT_OF_COUNTRY:
            point = (place["latitude"], place["longitude"])
            towns[DEPARTEMENT_OF_COUNTRY[place["countrycode"]]].append(point)
    return {departement: _mean(sorted(points)) for departement, points in towns.items()}


def _fill(
    communes: Sequence[Mapping[str, Any]], found: Mapping[str, Point], overseas: Mapping[str, Point]
) -> dict[str, Centre]:
    means = _group_means(communes, found)
    means["departement"] = {**overseas, **means["departement"]}
    centres: dict[str, Centre] = {}
    for commune in communes:
        code, departement = commune["code"], commune["departement"]
        postal = [
            means["postal"][postal + departement]
            for postal in commune.get("codesPostaux", ())
            if postal + departement in means["postal"]
        ]
        if code in found:
            point, precision = found[code], "commune"
        elif code in CENTRES_WITHOUT_TOWN:
            point, precision = CENTRES_WITHOUT_TOWN[code], "commune"
        elif postal:
            point, precision = _mean(postal), "postal_code"
        elif commune["epci"] in means["epci"]:
            point, precision = means["epci"][commune["epci"]], "epci"
        else:
            point, precision = means["departement"][departement], "departement"
        centres[code] = (point[0], point[1], precision)
    return centres


def _mean(points: Iterable[Point]) -> Point:
    points = list(points)
    return fmean(p[0] for p in points), fmean(p[1] for p in points)


def _median_point(points: Sequence[Point]) -> Point:
    return median(p[0] for p in points), median(p[1] for p in points)
