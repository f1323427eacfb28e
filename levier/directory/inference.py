"""What a supplier does, deduced when nobody says it: from its NAF code, its name, its words, the contracts it won.

Pure: values in, sectors and confidence out. How often it is right: `python -m benchmarks.activities`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from levier.directory.kinds import kind_of
from levier.reference.naf import NAF_2025, NAF_REV2
from levier.reference.name_sectors import sectors_for_name
from levier.reference.sectors import SectorGuess, sectors_for_naf, sectors_for_text

# An activity code declared to INSEE says the main activity, not everything a structure sells.
NAF_CONFIDENCE = 0.7
# Below this a word of a name is a coincidence too often to be published.
LEAST_CONFIDENCE = 0.5
MOST_SECTORS = 5
# One contract may be a subcontractor's, or coded too wide; three of one trade are a trade.
WON_CONFIDENCE = (0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class WonContracts:
    """Contracts of one sector that one establishment won, and the day of the last one."""

    sector: str
    contracts: int
    last_on: date

    @property
    def confidence(self) -> float:
        """How surely they make it a trade of the establishment, 0 to 1."""
        return WON_CONFIDENCE[min(self.contracts, len(WON_CONFIDENCE)) - 1]


@dataclass(frozen=True, slots=True)
class Deduction:
    """Sectors, the surest first, each with its confidence (0 to 1); and from what, in French."""

    ranked: tuple[tuple[float, str], ...]
    origins: tuple[str, ...]


def deduce(
    values: Mapping[str, Any],
    kind: str,
    naf_links: Mapping[str, tuple[str, ...]] | None = None,
    won: Sequence[WonContracts] = (),
) -> Deduction:
    """What a supplier does, from its NAF, its name, its words and the contracts it won.

    The NAF of those who make people available says temporary work, whatever the trade: only words and contracts
    count then.
    """
    naf = values.get("naf")
    slugs: tuple[str, ...] = ()
    if naf and kind_of(kind).shelf == "work":
        slugs = _naf_sectors(naf["code"], naf["nomenclature"])
        if not slugs and naf["nomenclature"] == NAF_2025:
            former = (naf_links or {}).get(naf["code"], ())
            slugs = tuple(dict.fromkeys(slug for code in former for slug in _naf_sectors(code, NAF_REV2)))
    description = values.get("description", "")
    return _weighed(
        naf["code"] if naf and slugs else "",
        slugs,
        _name_sectors(f"{values['name']} . {values.get('brand', '')}"),
        _text_sectors(description) if description else (),
        tuple(won),
    )


@lru_cache(maxsize=20_000)
def _weighed(
    naf: str,
    naf_slugs: tuple[str, ...],
    named: tuple[tuple[str, float], ...],
    described: tuple[tuple[str, float], ...],
    won: tuple[WonContracts, ...],
) -> Deduction:
    """What these clues say together; many suppliers share theirs."""
    doubt = dict.fromkeys(naf_slugs, 1 - NAF_CONFIDENCE)
    origins = [f"code NAF {naf[:2]}.{naf[2:]}"] if naf_slugs else []
    for found, origin in ((named, "nom"), (described, "présentation")):
        if found:
            origins.append(origin)
        for slug, confidence in found:
            doubt[slug] = doubt.get(slug, 1.0) * (1 - confidence)
    for one in won:
        doubt[one.sector] = doubt.get(one.sector, 1.0) * (1 - one.confidence)
    if won:
        origins.append(_won_words(won))
    ranked = sorted(
        ((round(1 - left, 3), slug) for slug, left in doubt.items()), key=lambda one: (-one[0], one[1])
    )
    return Deduction(tuple(ranked[:MOST_SECTORS]), tuple(origins))


def inferred_activity(
    values: Mapping[str, Any],
    kind: str,
    naf_links: Mapping[str, tuple[str, ...]] | None = None,
    won: Sequence[WonContracts] = (),
) -> dict[str, Any] | None:
    """The group « activity » of a record that states none; None when nothing is sure enough."""
    return activity_of(deduce(values, kind, naf_links, won))


def activity_of(found: Deduction) -> dict[str, Any] | None:
    """A deduction as the group « activity »; None when nothing is sure enough."""
    if not found.ranked:
        return None
    return {
        "sectors": [slug for _, slug in found.ranked], "status": "inferred",
        "origin": f"déduites : {', '.join(found.origins)}", "confidence": found.ranked[0][0],
    }  # fmt: skip


def _won_words(won: Sequence[WonContracts]) -> str:
    """« marchés remportés (3, dernier en 2024) »."""
    count, last = sum(one.contracts for one in won), max(one.last_on for one in won).year
    return f"marchés remportés ({count}, dernier en {last})" if count > 1 else f"marché remporté en {last}"


@lru_cache(maxsize=5_000)
def _naf_sectors(code: str, nomenclature: str) -> tuple[str, ...]:
    return tuple(found.slug for found in sectors_for_naf(code, nomenclature=nomenclature))


@lru_cache(maxsize=20_000)
def _name_sectors(name: str) -> tuple[tuple[str, float], ...]:
    return _sure_enough(sectors_for_name(name))


@lru_cache(maxsize=20_000)
def _text_sectors(text: str) -> tuple[tuple[str, float], ...]:
    return _sure_enough(sectors_for_text(text))


def _sure_enough(guesses: Iterable[SectorGuess]) -> tuple[tuple[str, float], ...]:
    return tuple(
        (guess.sector.slug, guess.confidence) for guess in guesses if guess.confidence >= LEAST_CONFIDENCE
    )
