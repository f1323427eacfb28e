"""A small index with generated rows, and the distances computed the plain way."""

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from levier.core.search import (
    GeoField,
    IndexSchema,
    IntegerField,
    KeywordField,
    Query,
    TantivyEngine,
    TextField,
)

SCHEMA = IndexSchema(
    name="essai",
    version=1,
    text=(TextField("name", weight=3, exact=True), TextField("offer", weight=1)),
    keywords=(
        KeywordField("kind", facet=True),
        KeywordField("sector", facet=True),
        KeywordField("naf"),
        KeywordField("landmass", facet=True),
        KeywordField("siret", identifier=True),
        KeywordField("siren", identifier=True),
    ),
    integers=(IntegerField("staff"),),
    geo=GeoField(landmass="landmass"),
    sort_name="name",
)
WORDS = ["nettoyage", "peinture", "maçonnerie", "espaces", "verts", "traiteur", "menuiserie", "voirie"]
WORDS += ["blanchisserie", "école"]
Row = dict[str, Any]


def make_rows(count: int, seed: int = 1) -> list[Row]:
    rng = random.Random(seed)
    rows: list[Row] = []
    for key in range(1, count + 1):
        is_placed = rng.random() > 0.05
        overseas = rng.random() < 0.1
        siren = f"{100_000_000 + key}"
        rows.append(
            {
                "key": key,
                "name": f"Atelier {rng.choice('ABCDEF')}{rng.choice('éeo')} {rng.choice(WORDS)}",
                "offer": " ".join(rng.sample(WORDS, 3)),
                "kind": rng.choice(["EI", "ACI", "ESAT", "GEIQ"]),
                "sector": rng.sample(
                    ["batiment", "proprete", "espaces-verts", "restauration"], rng.choice([0, 1, 2])
                ),
                "naf": rng.choice(["8121Z", "4334Z"]),
                "landmass": "mayotte" if overseas else "metropole",
                "siret": siren + "00018",
                "siren": siren,
                "staff": rng.randrange(100),
                "latitude": (rng.uniform(-13, -12.6) if overseas else rng.uniform(42.5, 51))
                if is_placed
                else None,
                "longitude": (rng.uniform(45, 45.3) if overseas else rng.uniform(-4.5, 8))
                if is_placed
                else None,
            }
        )
    return rows


def haversine(lat: float, lon: float, row: Row) -> float | None:
    if row["latitude"] is None:
        return None
    a, b = math.radians(lat), math.radians(row["latitude"])
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(row["longitude"] - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def small(tmp_path: Path, *rows: Row) -> TantivyEngine:
    built = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    built.rebuild(rows)
    return built


def every_key(engine: TantivyEngine, query: Query) -> list[int | str]:
    return list(engine.search(replace(query, limit=10_000)).keys)
