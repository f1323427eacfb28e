"""The reference set of the search: reads `tests/gold/search.yaml` and grades a supplier by its facts alone.

Nothing here knows the search engine, its index or its sectors: a grade comes from the words of a supplier, its NAF
code, its kind and its place, by the rules written at the head of the file.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

GOLD = Path(__file__).resolve().parent.parent / "tests" / "gold" / "search.yaml"
HALVES = ("tune", "held_out")
DEFAULT_KM = 30.0
# « Un peu plus loin »: twice the radius around a commune, this far from the centre of a département.
NEAR_DEPARTEMENT_KM = 80.0
ESS_AT_LARGE = "ESS"
# Codes that say who an organisation is, and nothing of what it does.
SILENT_NAF = (
    "",
    "8899B",
    "9499Z",
    "8810B",
    "8810C",
    "8790",
    "8411Z",
    "8413Z",
    "7010Z",
    "7810Z",
    "7820Z",
    "7830Z",
    "7830",
)

Where = Literal["in", "near", "out"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What the sources say of a supplier. Degrees; codes as text; empty when unknown."""

    id: int
    siret: str
    siren: str
    kind: str
    text: str
    naf: str
    departement: str
    region: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Trade:
    """A trade: words of a text, beginnings of NAF codes, and the names of neighbouring trades."""

    words: re.Pattern[str]
    excepted: re.Pattern[str] | None
    naf: tuple[str, ...]
    close: tuple[str, ...] = ()

    def is_written(self, text: str) -> bool:
        """Whether the trade stands in a folded text."""
        return bool(self.words.search(self.excepted.sub(" ", text) if self.excepted else text))

    def is_declared(self, naf: str) -> bool:
        return bool(naf) and naf.startswith(self.naf) if self.naf else False


@dataclass(frozen=True)
class GoldQuery:
    """One sentence, what its author wants, and how to judge an answer."""

    text: str
    intent: str
    family: str
    half: str
    trade: str = ""
    area: Mapping[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    kind_words: re.Pattern[str] | None = None
    keys: Mapping[str, int] = field(default_factory=dict)
    ess: bool = False

    @property
    def is_known_item(self) -> bool:
        return bool(self.keys)


def fold(text: str) -> str:
    """Lower case, no accent, words one space apart."""
    lowered = text.lower().replace("œ", "oe").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def half_of(text: str) -> str:
    """The half of a query, drawn from its text alone: nobody chooses what is held out."""
    return HALVES[int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2]


def pattern(expressions: Sequence[str]) -> re.Pattern[str]:
    """Any of the expressions as whole words, plural allowed; « * » is any end of a word."""
    parts = []
    for expression in expressions:
        words = expression.replace("'", " ").replace("-", " ").split()
        ends = ("[a-z0-9]*" if word.endswith("*") else "[sx]?" for word in words)
        parts.append(" ".join(re.escape(fold(word)) + end for word, end in zip(words, ends, strict=True)))
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def read(path: Path = GOLD) -> tuple[dict[str, Trade], list[GoldQuery]]:
    """Trades by name, then the queries in order."""
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    trades = {
        name: Trade(
            words=pattern(row["words"]),
            excepted=pattern(row["except"]) if row.get("except") else None,
            naf=tuple(str(code) for code in row["naf"]),
            close=tuple(row.get("close", ())),
        )
        for name, row in content["trades"].items()
    }
    queries = [
        GoldQuery(
            text=row["text"], intent=row["intent"], family=row["family"], half=row["half"],
            trade=row.get("trade", ""), area=row.get("area", {}), kinds=tuple(row.get("kinds", ())),
            kind_words=pattern(row["kind_words"]) if row.get("kind_words") else None,
            keys=row.get("keys", {}), ess=row.get("ess", False),
        )
        for row in content["queries"]
    ]  # fmt: skip
    return trades, queries


class Judge:
    """Grades suppliers. `centres`: (« commune » or « departement », code) → degrees."""

    def __init__(
        self, trades: Mapping[str, Trade], centres: Mapping[tuple[str, str], tuple[float, float]]
    ) -> None:
        self._trades = trades
        self._centres = centres

    def grades(self, query: GoldQuery, facts: Iterable[Fact]) -> dict[int, int]:
        """Grade of every supplier worth more than nothing, by id."""
        facts = list(facts)
        if query.keys:
            return self._known_items(query, facts)
        found = {fact.id: self._grade(query, fact) for fact in facts}
        return {key: grade for key, grade in found.items() if grade}

    @staticmethod
    def _known_items(query: GoldQuery, facts: list[Fact]) -> dict[int, int]:
        kin = {key[:9] for key in query.keys}
        found: dict[int, int] = {}
        for fact in facts:
            grade = query.keys.get(fact.siret) or query.keys.get(fact.siren)
            if grade or fact.siren in kin:
                found[fact.id] = grade or 1
        return found

    def _grade(self, query: GoldQuery, fact: Fact) -> int:
        if fact.kind == ESS_AT_LARGE and not query.ess:
            return 0
        where = self._where(query.area, fact)
        if where == "out":
            return 0
        inside, right = where == "in", self._is_kind(query, fact)
        if not query.trade:
            return (3 if inside else 1) if right else 0
        trade = self._trades[query.trade]
        if trade.is_written(fact.text):
            # Without a kind in the sentence every kind is right.
            return (3 if inside else 2) if right else int(inside)
        if trade.is_declared(fact.naf):
            return (2 if inside else 1) if right else int(inside)
        if right and inside:
            if any(self._does(self._trades[name], fact) for name in trade.close):
                return 1
            return int(bool(query.kinds) and self._is_silent(fact))
        return 0

    @staticmethod
    def _does(trade: Trade, fact: Fact) -> bool:
        return trade.is_written(fact.text) or trade.is_declared(fact.naf)

    def _is_silent(self, fact: Fact) -> bool:
        """Nothing says what it does."""
        is_mute = fact.naf in SILENT_NAF or fact.naf.startswith("8790")
        return is_mute and not any(trade.is_written(fact.text) for trade in self._trades.values())

    @staticmethod
    def _is_kind(query: GoldQuery, fact: Fact) -> bool:
        if not query.kinds and query.kind_words is None:
            return True
        return fact.kind in query.kinds or bool(query.kind_words and query.kind_words.search(fact.text))

    def _where(self, area: Mapping[str, Any], fact: Fact) -> Where:
        if not area:
            return "in"
        if "region" in area:
            return "in" if fact.region == area["region"] else "out"
        if "departements" in area:
            return "in" if fact.departement in area["departements"] else "out"
        if "departement" in area:
            if fact.departement == area["departement"]:
                return "in"
            away = self._km(("departement", area["departement"]), fact)
            return "near" if away is not None and away <= NEAR_DEPARTEMENT_KM else "out"
        away, limit = self._km(("commune", area["commune"]), fact), float(area.get("km", DEFAULT_KM))
        if away is None or away > 2 * limit:
            return "out"
        return "in" if away <= limit else "near"

    def _km(self, place: tuple[str, str], fact: Fact) -> float | None:
        if fact.latitude is None or fact.longitude is None:
            return None
        latitude, longitude = self._centres[place]
        north, east = math.radians(fact.latitude), math.radians(fact.longitude - longitude)
        cosine = math.sin(math.radians(latitude)) * math.sin(north)
        cosine += math.cos(math.radians(latitude)) * math.cos(north) * math.cos(east)
        return 6371.0 * math.acos(max(-1.0, min(1.0, cosine)))


def ndcg(shown: Sequence[int], grades: Mapping[int, int], depth: int = 10) -> float:
    """Normalised discounted gain of the first `depth` ids shown; gain 2^grade − 1. 0 when nothing is good."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(key, 0) for key in shown[:depth]]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))
