"""Turns the rows of the territory tables into places, territories getting the centre of their people."""

import csv
import gzip
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from levier.reference import tables
from levier.reference.distances import landmass
from levier.reference.places.place import Place

FRANCE = "FR"
CORSE_REGION = "94"


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """One row of the commune table; `parent` is set for an arrondissement."""

    code: str
    name: str
    parent: str
    departement: str
    region: str
    epci: str
    postal_codes: tuple[str, ...]
    population: int
    latitude: float
    longitude: float
    precision: str


@dataclass
class _Area:
    """Sums over the communes of a territory."""

    people: float = 0.0
    population: int = 0
    latitude: float = 0.0
    longitude: float = 0.0
    departements: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)

    def add(self, row: CommuneRow) -> None:
        # One person at least: the Terres australes have no inhabitant but do have a place.
        weight = max(row.population, 1)
        self.people += weight
        self.population += row.population
        self.latitude += weight * row.latitude
        self.longitude += weight * row.longitude
        self.departements[row.departement] += weight
        self.regions[row.region] += weight


def places_from_rows(
    *,
    regions: Mapping[str, str],
    departements: Mapping[str, tuple[str, str]],
    epcis: Mapping[str, str],
    communes: Iterable[CommuneRow],
) -> list[Place]:
    """Every place: `regions` and `epcis` map a code to a name, `departements` to (name, région)."""
    rows = list(communes)
    areas: dict[tuple[str, str], _Area] = defaultdict(_Area)
    for row in rows:
        if not row.parent:
            for key in (
                ("departement", row.departement),
                ("region", row.region),
                ("epci", row.epci),
                ("pays", ""),
            ):
                areas[key].add(row)
    former = _former_names()
    places = [_commune(row, departements, tuple(former.get(row.code, ()))) for row in rows]
    for code, name in epcis.items():
        if area := areas.get(("epci", code)):
            departement = area.departements.most_common(1)[0][0]
            places.append(_territory("epci", code, name, area, departement, departements))
    for code, (name, _) in departements.items():
        if area := areas.get(("departement", code)):
            places.append(_territory("departement", code, name, area, code, departements))
    for code, name in regions.items():
        if area := areas.get(("region", code)):
            only = next(iter(area.departements)) if len(area.departements) == 1 else ""
            places.append(_territory("region", code, name, area, only, departements))
    if area := areas.get(("pays", "")):
        places.append(_territory("pays", FRANCE, "France", area, "", departements))
    return places


def packaged_places() -> list[Place]:
    """Places read from the tables in the package, without any database."""
    departements = {row["code"]: (row["name"], row["region"]) for row in _rows(tables.DEPARTEMENTS)}
    return places_from_rows(
        regions={row["code"]: row["name"] for row in _rows(tables.REGIONS)},
        departements=departements,
        epcis={row["code"]: row["name"] for row in _rows(tables.EPCI)},
        communes=(
            CommuneRow(
                code=row["code"],
                name=row["name"],
                parent=row["parent"],
                departement=row["departement"],
                region=row["region"],
                epci=row["epci"],
                postal_codes=tuple(code for code in row["postal_codes"].split("|") if code),
                population=int(row["population"] or 0),
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                precision=row["precision"],
            )
            for row in _rows(tables.COMMUNES)
        ),
    )


def _former_names() -> dict[str, list[str]]:
    """Names of the communes merged into each, by its code; the package alone knows them."""
    path = tables.DATA / "territories" / "former_communes.csv.gz"
    names: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(io.StringIO(gzip.decompress(path.read_bytes()).decode())):
        names[row["commune"]].append(row["name"])
    return names


def _rows(table: tables.PackagedTable) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(table.content.decode()))


def _commune(
    row: CommuneRow, departements: Mapping[str, tuple[str, str]], former_names: tuple[str, ...]
) -> Place:
    return Place(
        kind="arrondissement" if row.parent else "commune",
        code=row.code,
        name=row.name,
        departement=row.departement,
        departement_name=departements[row.departement][0],
        region=row.region,
        epci=row.epci,
        postal_codes=row.postal_codes,
        population=row.population,
        latitude=row.latitude,
        longitude=row.longitude,
        precision=row.precision,
        landmass=landmass(row.departement),
        former_names=former_names,
    )


def _territory(
    kind: str,
    code: str,
    name: str,
    area: _Area,
    departement: str,
    departements: Mapping[str, tuple[str, str]],
) -> Place:
    if kind == "pays":
        land = ""
    elif kind == "region" and not departement:
        land = "corse" if code == CORSE_REGION else "mainland"
    else:
        land = landmass(departement)
    return Place(
        kind=kind,  # type: ignore[arg-type]
        code=code,
        name=name,
        departement=departement,
        departement_name=departements[departement][0] if departement else "",
        region="" if kind == "pays" else code if kind == "region" else area.regions.most_common(1)[0][0],
        epci=code if kind == "epci" else "",
        postal_codes=(),
        population=area.population,
        latitude=round(area.latitude / area.people, 4),
        longitude=round(area.longitude / area.people, 4),
        precision=kind,
        landmass=land,
    )
