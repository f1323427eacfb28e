"""The queries of the search benchmark: twelve families, drawn once from the generated rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from levier.core.search import french
from levier.directory.search import SupplierRow

FAMILIES = (
    "text", "text + place", "text + facets", "typo", "stems, no accents", "geo, by distance", "text + geo",
    "facet counts", "deep page", "prefix", "match-all facets", "one sentence",
)  # fmt: skip
COUNTED = ("kind", "family", "sector", "departement", "activity")


@dataclass(frozen=True)
class Asked:
    """One query, in terms both engines can answer."""

    family: str
    text: str = ""
    departement: str = ""
    kind: str = ""
    sector: str = ""
    point: tuple[float, float] | None = None
    radius_km: float | None = None
    by_distance: bool = False
    is_prefix: bool = False
    is_typo: bool = False
    is_sentence: bool = False
    facets: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 20
    tags: tuple[str, ...] = field(default=())


def mistyped(rng: random.Random, word: str) -> str:
    """One edit inside the word: a letter lost, doubled, swapped or replaced."""
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            word[:at] + rng.choice("aeiourstln") + word[at + 1 :],
        )
    )


def draw(rows: Sequence[SupplierRow], per_family: int, seed: int = 7) -> list[Asked]:
    """`per_family` queries of each family."""
    rng = random.Random(seed)
    offers = [row for row in rng.sample(rows, min(len(rows), 20_000)) if row.offer and row.latitude]
    asked: list[Asked] = []
    for family in FAMILIES:
        for _ in range(per_family):
            row = rng.choice(offers)
            asked.append(_one(rng, family, row, rng.choice(offers)))
    return asked


def _one(rng: random.Random, family: str, row: SupplierRow, other: SupplierRow) -> Asked:
    text = rng.choice(row.offer)
    point = (row.latitude or 0.0, row.longitude or 0.0)
    elsewhere = (other.latitude or 0.0, other.longitude or 0.0)
    radius = rng.choice((10.0, 20.0, 30.0, 50.0, 100.0))
    long_words = [word for word in french.words(text) if len(word) > 5] or ["nettoyage"]
    word = rng.choice(long_words)
    known_facets = rng.sample(COUNTED, 3)
    match family:
        case "text":
            return Asked(family, text=rng.choice((text, row.name)))
        case "text + place":
            return Asked(family, text=text, departement=other.departement)
        case "text + facets":
            return Asked(
                family, text=text, kind=rng.choice(("EI", "ACI", "ESAT")), facets=tuple(known_facets)
            )
        case "typo":
            return Asked(family, text=mistyped(rng, word), is_typo=True)
        case "stems, no accents":
            plain = " ".join(french.words(text))
            return Asked(family, text=plain if plain.endswith("s") else f"{plain}s")
        case "geo, by distance":
            return Asked(family, point=elsewhere, radius_km=radius, by_distance=True)
        case "text + geo":
            return Asked(family, text=text, point=elsewhere, radius_km=radius)
        case "facet counts":
            if rng.random() < 0.5:
                return Asked(family, sector=rng.choice(row.sectors), facets=tuple(known_facets))
            return Asked(family, departement=other.departement, point=point, facets=tuple(known_facets))
        case "deep page":
            return Asked(family, text=word, offset=rng.randrange(500, 4_980))
        case "prefix":
            return Asked(family, text=word[: rng.choice((4, 5, 6))], is_prefix=True)
        case "one sentence":
            place = rng.choice((other.commune_name, f"près de {other.commune_name}", other.departement))
            kind = rng.choice(("", "", "ESAT ", "entreprise d'insertion "))
            return Asked(family, text=f"{kind}{text} {place}", is_sentence=True, facets=COUNTED)
        case _:
            return Asked(family, facets=COUNTED)
