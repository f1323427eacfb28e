"""Ranks CPV codes for a free French text: labels, lexicon, and the vote of a learnt model if any."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from levier.reference.cpv.index import CpvIndex, Floats, Query
from levier.reference.cpv.model import CpvModel
from levier.reference.cpv.tables import BUILDING_TRADES, cpv_entries, facilities, lexicon_entries
from levier.reference.cpv.text import fold

# Floors under which neither voter can bury what the other proposes (tuned on buyers never used for figures).
_MODEL_FLOOR = 1e-4
_LABEL_FLOOR = 1e-3
_GROUP_FLOOR = 1e-2
_DIVISION_POWER = 3.0
# What the model's vote and the labels weigh once contracts are learnt (by folds of buyers never used for figures).
_MODEL_WEIGHT = 0.85
_LABEL_WEIGHT = 0.3
# The model speaks of divisions and groups; inside a group only the labels and the lexicon decide.
_CODE_POWER = 4.0
# How far a code that is said whole stands above the next one.
_SAID_WHOLE = 1.2
# « travaux » says that something is built, and « école » what.
_ANY_WORKS = "45000000"
# The places where something is done, said after it.
_FACILITY = re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in facilities())})(?:s|x)?\b")


@dataclass(frozen=True, slots=True)
class CpvMatch:
    """A CPV code for a text: score (comparable inside one answer), share of belief (0 to 1), and why."""

    code: str
    label: str
    score: float
    share: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DivisionMatch:
    """A CPV division for a text, with its share of belief (0 to 1)."""

    division: str
    label: str
    share: float


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one text gives: scores of the entries and of the codes, and the probabilities of the model."""

    entries: Floats
    scores: Floats
    votes: tuple[dict[str, float], dict[str, float]] | None
    whole: int | None


class CpvRanker:
    """Answers "which CPV?" for a text; holds no state that changes, so one instance serves every thread."""

    def __init__(self, index: CpvIndex, model: CpvModel | None = None) -> None:
        """Use `from_package` unless you bring your own index."""
        self.index = index
        self.model = model
        codes = np.array(index.codes)
        self._divisions, self._division_starts = np.unique([code[:2] for code in codes], return_index=True)
        self._groups, self._group_starts = np.unique([code[:3] for code in codes], return_index=True)

    @classmethod
    def from_package(cls) -> CpvRanker:
        """Return the ranker of the packaged labels and lexicon, without a model (built once per process)."""
        return cls(_packaged_index())

    def with_model(self, model: CpvModel) -> CpvRanker:
        """Return a ranker on the same index, with the vote of `model`."""
        return CpvRanker(self.index, model)

    def divisions(self, text: str, limit: int = 5) -> list[DivisionMatch]:
        """Return the likeliest divisions of `text`, the likeliest first; empty when no word is understood."""
        read = self._read(text)
        if read is None:
            return []
        beliefs = self._division_beliefs(read)
        order = sorted(beliefs, key=lambda name: (-beliefs[name], name))[:limit]
        labels = self.index.labels
        return [
            DivisionMatch(name, labels[name.ljust(8, "0")], round(beliefs[name], 6))
            for name in order
            if beliefs[name] > 0
        ]

    def rank(self, text: str, limit: int = 10) -> list[CpvMatch]:
        """Return the likeliest codes of `text`, the likeliest first; empty when no word is understood.

        A place, an amount or a duration in the text changes nothing.
        """
        read = self._read(text)
        if read is None:
            return []
        belief = self._code_beliefs(read)
        if read.whole is not None:
            # « travaux », « nettoyage »: what is said whole needs no vote, which would make it more precise than it is.
            belief[read.whole] = max(belief[read.whole], float(belief.max()) * _SAID_WHOLE)
        else:
            bought = self._bought(text, int(belief.argmax()))
            if bought is not None:
                belief[bought] = float(belief.max()) * _SAID_WHOLE
        order = np.argsort(-belief, kind="stable")[:limit]
        total = float(belief.sum()) or 1.0
        return [
            CpvMatch(
                code=self.index.codes[at],
                label=self.index.labels[self.index.codes[at]],
                score=round(float(belief[at]), 6),
                share=round(float(belief[at]) / total, 4),
                why=self._reasons(read, at),
            )
            for at in map(int, order)
            if belief[at] > 1e-6
        ]

    def _read(self, text: str) -> _Reading | None:
        known = self.model.knows if self.model else None
        query = self.index.read(text, also=known)
        votes = self.model.probabilities(query.words) if self.model else None
        if votes is None and not query.stems:
            return None
        entries = self.index.entry_scores(query)
        whole = self.index.said_whole(query)
        return _Reading(
            entries, self.index.code_scores(entries), votes, whole if whole is not None else self._meant(text)
        )

    def _meant(self, text: str) -> int | None:
        """The code said whole before « pour »: « un traiteur pour un séminaire » is a caterer; « travaux pour… » says no trade."""
        meant, separator, _ = text.partition(" pour ")
        return self._said_whole(self.index.read(meant)) if separator else None

    def _said_whole(self, query: Query) -> int | None:
        """The only code named so, unless it is a whole division: « travaux » says no trade."""
        whole = self.index.said_whole(query)
        return None if whole is None or self.index.codes[whole].endswith("000000") else whole

    def _same_division(self, one: int, other: int) -> bool:
        return self.index.codes[one][:2] == self.index.codes[other][:2]

    def _bought(self, text: str, winner: int) -> int | None:
        """What a text says is bought: named whole before its place, or when `winner` comes only from the place.

        « peinture école maternelle » builds no school, « nettoyage de la mairie » no town hall, « toiture crèche » minds no children.
        """
        place = _FACILITY.search(fold(text))
        head = self.index.read(text[: place.start()]) if place else None
        if head is None or not head.stems:
            return None
        whole = self._said_whole(head)
        if whole is not None and len(head.stems) > 1 and not self._same_division(whole, winner):
            return whole
        if self.index.has_part_in(winner, head):
            return None
        for size in range(len(head.words), 0, -1):
            query = self.index.read(" ".join(head.words[:size]))
            named = [at for at in self.index.named_whole(query) if self.index.codes[at] != _ANY_WORKS]
            if named:
                trades = [at for at in named if self.index.codes[at].startswith(BUILDING_TRADES)]
                scores = self.index.code_scores(self.index.entry_scores(query))
                return max(trades or named, key=lambda at: float(scores[at]))
        return None

    def _division_beliefs(self, reading: _Reading) -> dict[str, float]:
        scores, votes = reading.scores, reading.votes
        power = _DIVISION_POWER
        summed = np.add.reduceat(scores**power, self._division_starts) ** (1.0 / power)
        labels = summed / (float(summed.sum()) or 1.0)
        names = [str(name) for name in self._divisions]
        if votes is None:
            return _normal({name: float(share) ** 2 for name, share in zip(names, labels, strict=True)})
        return _normal(
            {
                name: (votes[0].get(name, 0.0) + _MODEL_FLOOR) ** _MODEL_WEIGHT
                * (float(share) + _LABEL_FLOOR) ** _LABEL_WEIGHT
                for name, share in zip(names, labels, strict=True)
            }
        )

    def _code_beliefs(self, reading: _Reading) -> Floats:
        scores, votes = reading.scores, reading.votes
        divisions = self._division_beliefs(reading)
        strength = np.add.reduceat(scores**_DIVISION_POWER, self._group_starts) ** (1.0 / _DIVISION_POWER)
        inside: dict[str, dict[str, float]] = {}
        for name, value in zip(map(str, self._groups), strength, strict=True):
            inside.setdefault(name[:2], {})[name] = float(value)
        belief = np.zeros(len(scores), np.float32)
        ends = [*self._group_starts[1:], len(scores)]
        where = {
            str(n): (int(s), int(e)) for n, s, e in zip(self._groups, self._group_starts, ends, strict=True)
        }
        likely = sorted(divisions, key=lambda name: -divisions[name])[:12]
        for name in likely:
            total = sum(inside[name].values()) or 1.0
            shares = {group: value / total for group, value in inside[name].items()}
            if votes is not None:
                learnt = votes[1]
                shares = {
                    g: (learnt.get(g, 0.0) + _GROUP_FLOOR) * (v + _GROUP_FLOOR) for g, v in shares.items()
                }
            for group, share in _normal(shares).items():
                start, end = where[group]
                part = scores[start:end] ** _CODE_POWER
                mass = float(part.sum())
                if mass > 0:
                    belief[start:end] = part / mass * (share * divisions[name])
                else:
                    # No word of ours points inside the group: its head stands for it.
                    belief[start] = share * divisions[name]
        return belief

    def _reasons(self, reading: _Reading, at: int) -> tuple[str, ...]:
        found = self.index.reasons(reading.entries, self.index.codes[at]) if reading.scores[at] > 0 else ()
        return found or ("marchés semblables",)


def _normal(values: dict[str, float]) -> dict[str, float]:
    total = math.fsum(values.values())
    return {name: value / total for name, value in values.items()} if total > 0 else values


@cache
def _packaged_index() -> CpvIndex:
    return CpvIndex(cpv_entries(), lexicon_entries())
