"""Official labels and our lexicon as one weighted index: a text gives one score per CPV code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from levier.reference.cpv.spelling import Speller
from levier.reference.cpv.tables import CpvEntry, LexiconEntry, place_words
from levier.reference.cpv.text import proper_names, stem, words

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Settings of the score, tuned on buyers that the printed figures never use."""

    lexicon: float = 1.4
    coverage: float = 1.0
    decay: float = 0.94
    floor: float = 0.35
    power: float = 3.0
    from_parent: float = 0.05


@dataclass(frozen=True, slots=True)
class Query:
    """A text read for the index: its known stems with the weight of their place, and all its words."""

    stems: tuple[str, ...]
    weights: tuple[float, ...]
    words: tuple[str, ...]


class CpvIndex:
    """Scores every CPV code for a query by the stems that labels and expressions share with it."""

    def __init__(
        self, codes: Sequence[CpvEntry], lexicon: Sequence[LexiconEntry], weights: Weights | None = None
    ) -> None:
        """Build postings from the labels and the expressions (about a second for the whole nomenclature)."""
        self.weights = weights or Weights()
        self.codes = tuple(entry.code for entry in codes)
        self.labels = {entry.code: entry.label for entry in codes}
        self._positions = position = {code: at for at, code in enumerate(self.codes)}
        self._parents = np.array([position.get(entry.parent, at) for at, entry in enumerate(codes)], np.int32)
        texts = [(position[entry.code], entry.label, "") for entry in codes]
        texts += [(position[entry.code], entry.expression, entry.expression) for entry in lexicon]
        texts.sort(key=lambda text: text[0])
        self._expressions = tuple(expression for _, _, expression in texts)
        self._owner = np.array([owner for owner, _, _ in texts], np.int32)
        self._starts = np.searchsorted(self._owner, np.arange(len(self.codes))).astype(np.int64)
        self._boost = np.array([self.weights.lexicon if text[2] else 1.0 for text in texts], np.float32)
        self._fill([words(text) for _, text, _ in texts])

    def _fill(self, documents: list[list[str]]) -> None:
        vocabulary = {word for document in documents for word in document}
        self.speller = Speller(vocabulary, place_words())
        sets = [frozenset(stem(word) for word in document) for document in documents]
        where: dict[str, list[int]] = {}
        for at, found in enumerate(sets):
            for token in found:
                where.setdefault(token, []).append(at)
        # A stem is rare when few codes use it, however many expressions repeat it.
        self.rarity = {
            token: float(np.log(1.0 + len(self.codes) / len({int(self._owner[at]) for at in places})))
            for token, places in where.items()
        }
        self._postings = {token: np.array(places, np.int32) for token, places in where.items()}
        self._whole: dict[frozenset[str], set[int]] = {}
        for at, found in enumerate(sets):
            self._whole.setdefault(found, set()).add(int(self._owner[at]))
        self._mass = np.array(
            [sum(self.rarity[token] for token in found) or 1.0 for found in sets], np.float32
        )

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The stems that labels and expressions use."""
        return frozenset(self._postings)

    def read(self, text: str, also: Callable[[str], bool] | None = None) -> Query:
        """Return the stems of `text`; a word known neither here nor by `also` is corrected if it can be.

        The first words of a need name it and the last ones only place it, so the weight falls along the text.
        """
        known: dict[str, float] = {}
        spelled: list[str] = []
        names = proper_names(text)
        place = 1.0
        for raw in words(text):
            word, token = raw, stem(raw)
            if token not in self._postings and not (also and also(token)) and word not in names:
                word = self.speller.correct(word) or word
                token = stem(word)
            spelled.append(word)
            if token in self._postings:
                known.setdefault(token, max(place, self.weights.floor))
                place *= self.weights.decay
        return Query(tuple(known), tuple(known.values()), tuple(spelled))

    def entry_scores(self, query: Query) -> Floats:
        """Return the score of each label and expression: rarity of the stems shared times part covered."""
        shared = np.zeros(len(self._owner), np.float32)
        matched = np.zeros(len(self._owner), np.float32)
        for token, weight in zip(query.stems, query.weights, strict=True):
            places = self._postings[token]
            shared[places] += self.rarity[token] * weight
            matched[places] += self.rarity[token]
        covered = matched / self._mass
        return np.asarray(shared * covered**self.weights.coverage * self._boost, np.float32)

    def named_whole(self, query: Query) -> tuple[int, ...]:
        """Return the places of the codes that a label or an expression of exactly these stems names."""
        return tuple(sorted(self._whole.get(frozenset(query.stems), ())))

    def said_whole(self, query: Query) -> int | None:
        """Return the place of the only code that is named so, if any."""
        owners = self.named_whole(query)
        return owners[0] if len(owners) == 1 else None

    def has_part_in(self, at: int, query: Query) -> bool:
        """Whether a label or an expression of the code at that place has one of these stems."""
        end = self._starts[at + 1] if at + 1 < len(self.codes) else len(self._owner)
        return any(
            bool(((places >= self._starts[at]) & (places < end)).any())
            for places in (self._postings[token] for token in query.stems)
        )

    def code_scores(self, entries: Floats) -> Floats:
        """Return one score per code, in the order of `codes`: its best entries count most."""
        power = self.weights.power
        summed = np.add.reduceat(entries**power, self._starts)
        own = summed ** (1.0 / power)
        return np.asarray(own + self.weights.from_parent * own[self._parents], np.float32)

    def reasons(self, entries: Floats, code: str, limit: int = 3) -> tuple[str, ...]:
        """Return what made `code` score: our expressions, else the words shared with its label."""
        at = self._positions[code]
        start = int(self._starts[at])
        end = int(self._starts[at + 1]) if at + 1 < len(self.codes) else len(self._owner)
        scores = entries[start:end]
        best = [start + int(place) for place in np.argsort(-scores, kind="stable") if scores[int(place)] > 0]
        found = [self._expressions[place] or self.labels[code] for place in best[:limit]]
        return tuple(dict.fromkeys(found))
