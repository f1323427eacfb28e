"""A compact model learnt from contracts: a text gives probabilities over CPV divisions and groups."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from levier.reference.cpv.network import Network, NetworkSettings, fit_network
from levier.reference.cpv.sparse import Floats, Integers, SparseRows, fit_softmax, softmax
from levier.reference.cpv.tables import cpv_entries, lexicon_entries, repair_code
from levier.reference.cpv.text import fold, stem, words

FORMAT = 2
# Under this many usable contracts the model knows less than the labels: callers keep the labels alone.
FEWEST_SAMPLES = 200
# Length of the pieces of words; shares of the network and of the pieces in the vote on divisions (by folds of
# buyers, like Settings), and the floor under which neither buries what the other proposes.
_PIECE = 4
_NETWORK_SHARE, _PIECES_SHARE = 0.6, 0.4
_FLOOR = 1e-4
_NOT_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the model learns, tuned on buyers that the printed figures never use."""

    network: NetworkSettings = field(default_factory=NetworkSettings)
    penalty: float = 1.5e-5
    steps: int = 40
    lexicon_weight: float = 0.5
    label_weight: float = 0.15
    fewest_documents: int = 2
    fewest_with_piece: int = 3
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


def marked_features(tokens: Sequence[str]) -> list[str]:
    """Return `features`, and the first stem marked as such: it often names what is bought."""
    return [*features(tokens), *(f"^{token}" for token in tokens[:1])]


def pieces(found: Sequence[str]) -> list[str]:
    """Return the runs of four characters of each word, its ends marked: they join words of one family."""
    marked = [f"<{word}>" for word in found]
    return [word[at : at + _PIECE] for word in marked for at in range(len(word) - _PIECE + 1)]


@dataclass(frozen=True, slots=True)
class Terms:
    """Known features with their rarity: what turns a list of features into a weighted row."""

    names: tuple[str, ...]
    rarity: Floats
    places: dict[str, int]

    @classmethod
    def of(cls, names: Sequence[str], rarity: Floats) -> Terms:
        """Return the terms `names`, numbered in their order."""
        return cls(tuple(names), rarity, {name: at for at, name in enumerate(names)})

    @classmethod
    def learnt(cls, documents: Sequence[Sequence[str]], fewest: int) -> Terms:
        """Return the features that at least `fewest` documents hold."""
        counts: Counter[str] = Counter()
        for found in documents:
            counts.update(set(found))
        kept = sorted(feature for feature, count in counts.items() if count >= fewest)
        return cls.of(
            kept, np.array([math.log(len(documents) / counts[feature]) for feature in kept], np.float32)
        )

    def row(self, found: Sequence[str]) -> dict[int, float]:
        """Return place → weight of the known features among `found`."""
        counts = Counter(self.places[feature] for feature in found if feature in self.places)
        return {place: (1.0 + math.log(count)) * float(self.rarity[place]) for place, count in counts.items()}

    def unit_row(self, found: Sequence[str]) -> tuple[Integers, Floats]:
        """Return the same as (places, weights), at unit length."""
        row = self.row(found)
        values = np.fromiter(row.values(), np.float32, len(row))
        norm = float(np.sqrt(np.sum(values * values))) or 1.0
        return np.fromiter(row, np.int64, len(row)), np.asarray(values / norm, np.float32)


class CpvModel:
    """Probabilities of divisions, and of groups inside a division, for the words of a text."""

    def __init__(
        self,
        *,
        terms: Terms,
        pieces_terms: Terms,
        divisions: Sequence[str],
        groups: Sequence[str],
        network: Network,
        pieces_weights: Floats,
        pieces_offsets: Floats,
        group_weights: Floats,
        group_offsets: Floats,
    ) -> None:
        """Hold the learnt arrays; use `train` or `load` to obtain a model."""
        self.divisions = tuple(divisions)
        self.groups = tuple(groups)
        self._terms = terms
        self._pieces_terms = pieces_terms
        self._network = network
        self._pieces_weights = pieces_weights
        self._pieces_offsets = pieces_offsets
        self._group_weights = group_weights
        self._group_offsets = group_offsets
        self._spans = _spans(self.divisions, self.groups)

    def knows(self, token: str) -> bool:
        """Tell whether the model has seen this stem."""
        return token in self._terms.places

    def probabilities(self, found: Sequence[str]) -> tuple[dict[str, float], dict[str, float]] | None:
        """Return (division → probability, group → probability inside it) for folded words.

        None if no stem is known.
        """
        places, values = self._terms.unit_row(marked_features([stem(word) for word in found]))
        if not len(places):
            return None
        piece_places, piece_values = self._pieces_terms.unit_row(pieces(found))
        by_pieces = softmax(piece_values @ self._pieces_weights[piece_places] + self._pieces_offsets)
        by_words = self._network.probabilities(places, values)
        by_division = (by_words + _FLOOR) ** _NETWORK_SHARE * (by_pieces + _FLOOR) ** _PIECES_SHARE
        by_division /= by_division.sum()
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
            vocabulary=_packed(self._terms.names),
            rarity=self._terms.rarity.astype(np.float16),
            pieces=_packed(self._pieces_terms.names),
            pieces_rarity=self._pieces_terms.rarity.astype(np.float16),
            names=_packed((*self.divisions, "", *self.groups)),
            inner=self._network.inner.astype(np.float16),
            inner_offsets=self._network.inner_offsets,
            outer=self._network.outer,
            outer_offsets=self._network.outer_offsets,
            pieces_weights=self._pieces_weights.astype(np.float16),
            pieces_offsets=self._pieces_offsets,
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
                terms = Terms.of(_unpacked(data["vocabulary"]), data["rarity"].astype(np.float32))
                divisions, _, groups = "\n".join(_unpacked(data["names"])).partition("\n\n")
                group_names = groups.split("\n")
                group_weights = np.zeros(len(terms.names) * len(group_names), np.float32)
                group_weights[data["group_places"]] = data["group_values"]
                return cls(
                    terms=terms,
                    pieces_terms=Terms.of(
                        _unpacked(data["pieces"]), data["pieces_rarity"].astype(np.float32)
                    ),
                    divisions=divisions.split("\n"),
                    groups=group_names,
                    network=Network(
                        data["inner"].astype(np.float32),
                        data["inner_offsets"],
                        data["outer"],
                        data["outer_offsets"],
                    ),
                    pieces_weights=data["pieces_weights"].astype(np.float32),
                    pieces_offsets=data["pieces_offsets"],
                    group_weights=group_weights.reshape(len(terms.names), len(group_names)),
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
    codes = [code for _, code, _ in documents]
    weights = np.array([weight for _, _, weight in documents], np.float32)
    spelled = [words(text) for text, _, _ in documents]
    features_found = [marked_features([stem(word) for word in found]) for found in spelled]
    parts = [pieces(found) for found in spelled]
    terms = Terms.learnt(features_found, chosen.fewest_documents)
    pieces_terms = Terms.learnt(parts, chosen.fewest_with_piece)
    rows = [terms.row(found) for found in features_found]
    divisions = sorted({code[:2] for code in codes})
    groups = sorted({code[:3] for code in codes})
    classes = _numbers([code[:2] for code in codes], divisions)
    pieces_weights, pieces_offsets = fit_softmax(
        SparseRows([pieces_terms.row(found) for found in parts], len(pieces_terms.names)),
        classes,
        weights,
        count=len(divisions),
        penalty=chosen.penalty,
        steps=chosen.steps,
    )
    network = fit_network(
        rows, classes, weights, width=len(terms.names), count=len(divisions), settings=chosen.network
    )
    group_weights, group_offsets = _train_groups(
        rows, codes, weights, divisions, groups, len(terms.names), chosen
    )
    return CpvModel(
        terms=terms,
        pieces_terms=pieces_terms,
        divisions=divisions,
        groups=groups,
        network=network,
        pieces_weights=pieces_weights,
        pieces_offsets=pieces_offsets,
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


def _packed(names: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def _unpacked(data: npt.NDArray[np.uint8]) -> list[str]:
    return bytes(data).decode().split("\n")
