"""A compact linear model learnt from contracts: a text gives probabilities over CPV divisions and groups."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from levier.reference.cpv.sparse import Floats, Integers, SparseRows, fit_softmax, softmax
from levier.reference.cpv.tables import cpv_entries, lexicon_entries, repair_code
from levier.reference.cpv.text import fold, stems

FORMAT = 1
# Under this many usable contracts the model knows less than the labels: callers keep the labels alone.
FEWEST_SAMPLES = 200
_NOT_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the model learns, tuned on buyers that the printed figures never use."""

    penalty: float = 1.5e-5
    steps: int = 40
    lexicon_weight: float = 0.5
    label_weight: float = 0.15
    fewest_documents: int = 2
    group_penalty: float = 3e-5
    group_steps: int = 30


@dataclass(frozen=True, slots=True)
class Sample:
    """One contract: what was bought, in the buyer's words, and its CPV code on 8 digits."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class CleanSamples:
    """Usable contracts, and how many were left out because of their code, their text, or a repetition."""

    samples: tuple[Sample, ...]
    without_code: int
    without_text: int
    repeated: int


class ModelError(ValueError):
    """The model cannot be trained or read; the message is a French sentence."""


def clean_samples(pairs: Iterable[tuple[str, str]]) -> CleanSamples:
    """Return (text, code) pairs with their code repaired, without empty texts and without repeated ones."""
    seen: dict[str, Sample] = {}
    counts: Counter[str] = Counter()
    for text, raw in pairs:
        code = repair_code(raw)
        key = _NOT_WORD.sub(" ", fold(text)).strip()
        if code is None:
            counts["code"] += 1
        elif not key:
            counts["text"] += 1
        elif key in seen:
            counts["repeated"] += 1
        else:
            seen[key] = Sample(text, code)
    return CleanSamples(tuple(seen.values()), counts["code"], counts["text"], counts["repeated"])


def features(tokens: Sequence[str]) -> list[str]:
    """Return the stems and the pairs of neighbouring stems."""
    return [*tokens, *(f"{left} {right}" for left, right in pairwise(tokens))]


class CpvModel:
    """Probabilities of divisions, and of groups inside a division, for a list of stems."""

    def __init__(
        self,
        *,
        vocabulary: Sequence[str],
        rarity: Floats,
        divisions: Sequence[str],
        groups: Sequence[str],
        division_weights: Floats,
        division_offsets: Floats,
        group_weights: Floats,
        group_offsets: Floats,
    ) -> None:
        """Hold the learnt arrays; use `train` or `load` to obtain a model."""
        self.divisions = tuple(divisions)
        self.groups = tuple(groups)
        self._vocabulary = tuple(vocabulary)
        self._positions = {feature: at for at, feature in enumerate(self._vocabulary)}
        self._rarity = rarity
        self._division_weights = division_weights
        self._division_offsets = division_offsets
        self._group_weights = group_weights
        self._group_offsets = group_offsets
        self._spans = _spans(self.divisions, self.groups)

    def knows(self, token: str) -> bool:
        """Tell whether the model has seen this stem."""
        return token in self._positions

    def probabilities(self, tokens: Sequence[str]) -> tuple[dict[str, float], dict[str, float]] | None:
        """Return (division → probability, group → probability inside it); None if no stem is known."""
        row = _weigh(features(tokens), self._positions, self._rarity)
        if not row:
            return None
        places = np.fromiter(row, np.int64, len(row))
        values = np.fromiter(row.values(), np.float32, len(row))
        values /= np.sqrt(np.sum(values * values))
        by_division = softmax(values @ self._division_weights[places] + self._division_offsets)
        scores = values @ self._group_weights[places] + self._group_offsets
        by_group: dict[str, float] = {}
        for start, end in self._spans:
            inside = softmax(scores[start:end])
            by_group.update(zip(self.groups[start:end], map(float, inside), strict=True))
        return dict(zip(self.divisions, map(float, by_division), strict=True)), by_group

    def save(self, path: Path) -> None:
        """Write the model as one compressed .npz file (half precision), replacing the former one at once."""
        held = np.nonzero(self._group_weights)
        draft = path.with_name(f"{path.stem}.part.npz")
        np.savez_compressed(
            draft,
            format=np.array([FORMAT]),
            vocabulary=np.frombuffer("\n".join(self._vocabulary).encode(), np.uint8),
            names=np.frombuffer("\n".join((*self.divisions, "", *self.groups)).encode(), np.uint8),
            rarity=self._rarity.astype(np.float16),
            division_weights=self._division_weights.astype(np.float16),
            division_offsets=self._division_offsets,
            group_places=np.ravel_multi_index(held, self._group_weights.shape).astype(np.int32),
            group_values=self._group_weights[held].astype(np.float16),
            group_offsets=self._group_offsets,
        )
        draft.replace(path)

    @classmethod
    def load(cls, path: Path) -> CpvModel:
        """Return the model written at `path`; raise ModelError when absent or of another format."""
        try:
            with np.load(path, allow_pickle=False) as data:
                if int(data["format"][0]) != FORMAT:
                    raise KeyError("format")
                vocabulary = bytes(data["vocabulary"]).decode().split("\n")
                divisions, _, groups = bytes(data["names"]).decode().partition("\n\n")
                group_names = groups.split("\n")
                group_weights = np.zeros(len(vocabulary) * len(group_names), np.float32)
                group_weights[data["group_places"]] = data["group_values"]
                return cls(
                    vocabulary=vocabulary,
                    rarity=data["rarity"].astype(np.float32),
                    divisions=divisions.split("\n"),
                    groups=group_names,
                    division_weights=data["division_weights"].astype(np.float32),
                    division_offsets=data["division_offsets"],
                    group_weights=group_weights.reshape(len(vocabulary), len(group_names)),
                    group_offsets=data["group_offsets"],
                )
        except (OSError, KeyError, ValueError) as error:
            message = (
                f"Le modèle CPV « {path.name} » est absent ou illisible : relancez l’import des marchés."
            )
            raise ModelError(message) from error


def train(samples: Sequence[Sample], settings: Settings | None = None) -> CpvModel:
    """Return the model learnt from contracts, from our lexicon and from the official labels (a few seconds).

    The result does not depend on the order of `samples`. Raise ModelError below FEWEST_SAMPLES contracts.
    """
    chosen = settings or Settings()
    if len(samples) < FEWEST_SAMPLES:
        message = (
            f"Il faut au moins {FEWEST_SAMPLES} marchés pour apprendre les CPV : {len(samples)} fournis."
        )
        raise ModelError(message)
    documents = [(sample.text, sample.code, 1.0) for sample in sorted(samples, key=_order)]
    documents += [(entry.expression, entry.code, chosen.lexicon_weight) for entry in lexicon_entries()]
    documents += [(entry.label, entry.code, chosen.label_weight) for entry in cpv_entries()]
    tokens = [stems(text) for text, _, _ in documents]
    vocabulary, rarity = _vocabulary(tokens, chosen.fewest_documents)
    positions = {feature: at for at, feature in enumerate(vocabulary)}
    rows = [_weigh(features(found), positions, rarity) for found in tokens]
    codes = [code for _, code, _ in documents]
    weights = np.array([weight for _, _, weight in documents], np.float32)
    divisions = sorted({code[:2] for code in codes})
    groups = sorted({code[:3] for code in codes})
    division_weights, division_offsets = fit_softmax(
        SparseRows(rows, len(vocabulary)),
        _numbers([code[:2] for code in codes], divisions),
        weights,
        count=len(divisions),
        penalty=chosen.penalty,
        steps=chosen.steps,
    )
    group_weights, group_offsets = _train_groups(
        rows, codes, weights, divisions, groups, len(vocabulary), chosen
    )
    return CpvModel(
        vocabulary=vocabulary,
        rarity=rarity,
        divisions=divisions,
        groups=groups,
        division_weights=division_weights,
        division_offsets=division_offsets,
        group_weights=group_weights,
        group_offsets=group_offsets,
    )


def _train_groups(
    rows: Sequence[dict[int, float]],
    codes: Sequence[str],
    weights: Floats,
    divisions: Sequence[str],
    groups: Sequence[str],
    width: int,
    chosen: Settings,
) -> tuple[Floats, Floats]:
    """Return one small regression per division, side by side, learnt on its own documents."""
    matrix = np.zeros((width, len(groups)), np.float32)
    offsets = np.zeros(len(groups), np.float32)
    for name, (start, end) in zip(divisions, _spans(divisions, groups), strict=True):
        inside = [at for at, code in enumerate(codes) if code.startswith(name)]
        # Only the features these documents hold: the others would keep their weight of zero at every step.
        held = sorted({feature for at in inside for feature in rows[at]})
        places = {feature: place for place, feature in enumerate(held)}
        narrow = [{places[feature]: value for feature, value in rows[at].items()} for at in inside]
        matrix[held, start:end], offsets[start:end] = fit_softmax(
            SparseRows(narrow, len(held)),
            _numbers([codes[at][:3] for at in inside], groups[start:end]),
            weights[inside],
            count=end - start,
            penalty=chosen.group_penalty,
            steps=chosen.group_steps,
        )
    # Weights too small to count are dropped, so that the file stays small.
    matrix[np.abs(matrix) < 0.05] = 0.0
    return matrix, offsets


def _order(sample: Sample) -> tuple[str, str]:
    return (sample.text, sample.code)


def _numbers(names: Sequence[str], known: Sequence[str]) -> Integers:
    places = {name: at for at, name in enumerate(known)}
    return np.array([places[name] for name in names], np.int64)


def _spans(divisions: Sequence[str], groups: Sequence[str]) -> tuple[tuple[int, int], ...]:
    counts = Counter(group[:2] for group in groups)
    ends = np.cumsum([counts[division] for division in divisions])
    return tuple((int(end) - counts[name], int(end)) for name, end in zip(divisions, ends, strict=True))


def _vocabulary(documents: Sequence[Sequence[str]], fewest: int) -> tuple[list[str], Floats]:
    counts: Counter[str] = Counter()
    for tokens in documents:
        counts.update(set(features(tokens)))
    kept = sorted(feature for feature, count in counts.items() if count >= fewest)
    rarity = np.array([math.log(len(documents) / counts[feature]) for feature in kept], np.float32)
    return kept, rarity


def _weigh(found: Sequence[str], positions: dict[str, int], rarity: Floats) -> dict[int, float]:
    counts = Counter(positions[feature] for feature in found if feature in positions)
    return {place: (1.0 + math.log(count)) * float(rarity[place]) for place, count in counts.items()}
