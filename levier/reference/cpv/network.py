"""A small network of one hidden layer on rows of a few weighted features, trained with NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from levier.reference.cpv.sparse import Floats, Integers, softmax


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How the network learns, tuned on buyers that the printed figures never use."""

    hidden: int = 64
    rounds: int = 8
    rate: float = 0.05
    batch: int = 256
    dropped: float = 0.3
    penalty: float = 1e-5
    # Networks learnt from as many draws and joined: a dozen expressions added to the lexicon moved one alone by a point.
    members: int = 2


@dataclass(frozen=True, slots=True)
class Network:
    """Learnt arrays: features × hidden with its offsets, then hidden × classes with its offsets."""

    inner: Floats
    inner_offsets: Floats
    outer: Floats
    outer_offsets: Floats

    def probabilities(self, places: Integers, values: Floats) -> Floats:
        """Return the probability of each class for one row of features, given at unit length."""
        hidden = np.tanh(values @ self.inner[places] + self.inner_offsets)
        return softmax(hidden @ self.outer + self.outer_offsets)


class _Adagrad:
    """Steps that shrink as slopes add up, so that rare features move as far as frequent ones."""

    def __init__(self, parameter: Floats) -> None:
        self.parameter = parameter
        self._squares = np.full_like(parameter, 1e-10)

    def move(self, slope: Floats, rate: float, rows: Integers | slice = slice(None)) -> None:
        """Move `rows` of the parameter (all of them unless told) against their slope."""
        squares = self._squares[rows] + slope * slope
        self._squares[rows] = squares
        self.parameter[rows] -= np.float32(rate) * slope / np.sqrt(squares)


class _Ragged:
    """Rows of unit length laid end to end; rows without a feature are left out."""

    def __init__(self, rows: Sequence[dict[int, float]]) -> None:
        self.kept = np.array([at for at, row in enumerate(rows) if row], np.int64)
        self._sizes = np.array([len(rows[at]) for at in self.kept], np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes
        total = int(self._sizes.sum())
        self._places = np.fromiter((place for row in rows for place in row), np.int64, total)
        values = np.fromiter((value for row in rows for value in row.values()), np.float32, total)
        norms = np.sqrt(np.add.reduceat(values * values, self._starts))
        self._values = values / np.repeat(norms, self._sizes)

    def take(self, which: Integers) -> tuple[Integers, Integers, Floats]:
        """Return (place in `which`, feature, value) of each entry of these rows, in order of row."""
        sizes = self._sizes[which]
        owners = np.repeat(np.arange(len(which)), sizes)
        at = np.arange(len(owners)) + np.repeat(self._starts[which] - np.cumsum(sizes) + sizes, sizes)
        return owners, self._places[at], self._values[at]


def fit_network(
    rows: Sequence[dict[int, float]],
    classes: Integers,
    weights: Floats,
    *,
    width: int,
    count: int,
    settings: NetworkSettings,
) -> Network:
    """Return the network learnt from rows of features below `width`; the same input gives the same network.

    `classes` holds one class number below `count` per row, `weights` the importance of each row. Features and
    hidden units are dropped at random while learning, so that no single word decides.
    """
    ragged = _Ragged(rows)
    return _joined(
        [_learnt(ragged, classes, weights, width, count, settings, seed) for seed in range(settings.members)]
    )


def _joined(members: Sequence[Network]) -> Network:
    """One network that answers with the mean of what these would, before the softmax."""
    return Network(
        np.concatenate([each.inner for each in members], axis=1),
        np.concatenate([each.inner_offsets for each in members]),
        np.concatenate([each.outer for each in members]) / np.float32(len(members)),
        np.mean([each.outer_offsets for each in members], axis=0),
    )


def _learnt(
    ragged: _Ragged,
    classes: Integers,
    weights: Floats,
    width: int,
    count: int,
    settings: NetworkSettings,
    seed: int,
) -> Network:
    """One member, from its own draw."""
    random = np.random.default_rng(seed)
    spread = np.float32(0.5 / settings.hidden**0.5)
    inner = _Adagrad(random.standard_normal((width, settings.hidden), np.float32) * spread)
    inner_offsets = _Adagrad(np.zeros(settings.hidden, np.float32))
    outer = _Adagrad(np.zeros((settings.hidden, count), np.float32))
    outer_offsets = _Adagrad(np.zeros(count, np.float32))
    classes, share = classes[ragged.kept], (weights / weights.mean())[ragged.kept].astype(np.float32)
    kept = np.float32(1.0 - settings.dropped)
    penalty = np.float32(settings.penalty)
    starts = range(0, len(ragged.kept), settings.batch)
    for turn in range(settings.rounds):
        order = random.permutation(len(ragged.kept))
        for number, start in enumerate(starts):
            rate = settings.rate * (1.0 - (turn + number / len(starts)) / settings.rounds)
            which = order[start : start + settings.batch]
            owners, places, values = ragged.take(which)
            values = values * (random.random(len(values), np.float32) < kept).astype(np.float32) / kept
            mask = (random.random((len(which), settings.hidden), np.float32) < kept).astype(np.float32) / kept
            parts = values[:, None] * inner.parameter[places]
            gathered = np.add.reduceat(parts, np.searchsorted(owners, np.arange(len(which))), axis=0)
            hidden = np.tanh(gathered + inner_offsets.parameter)
            passed = hidden * mask
            error = softmax(passed @ outer.parameter + outer_offsets.parameter)
            error[np.arange(len(which)), classes[which]] -= 1.0
            error *= (share[which] / np.float32(len(which)))[:, None]
            back = (error @ outer.parameter.T) * mask * (1.0 - hidden * hidden)
            touched, slope = _by_feature(places, np.asarray(values[:, None] * back[owners], np.float32))
            inner.move(slope + penalty * inner.parameter[touched], rate, touched)
            inner_offsets.move(back.sum(axis=0), rate)
            outer.move(passed.T @ error + penalty * outer.parameter, rate)
            outer_offsets.move(error.sum(axis=0), rate)
    return Network(inner.parameter, inner_offsets.parameter, outer.parameter, outer_offsets.parameter)


def _by_feature(places: Integers, slopes: Floats) -> tuple[Integers, Floats]:
    """Return the features of a batch, each once, and the sum of their slopes."""
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    return places[order][starts], np.add.reduceat(slopes[order], starts, axis=0)
