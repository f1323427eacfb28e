"""Draws hours to be proved, at random, the riskier the likelier; anybody with the seed draws the same again. Pure.

Weighted draw without replacement of Efraimidis and Spirakis (2006): each unit gets u^(1/weight), u read from SHA-256 of the seed
and of its key, and the highest are kept. The order of the units changes nothing, and no state of a generator is needed.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from math import log
from typing import Any, Final

from levier.rulebook import parameters

METHOD: Final = "efraimidis-spirakis-sha256/1"
_LEVELS: Final = {"declared": "weight_declared", "documented": "weight_documented"}
_BITS: Final = 64


class SamplingError(ValueError):
    """A draw that cannot be made; the French sentence says why."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Hours that can be drawn: `key` of its line, hours, level of proof, whether it is in an employer's first month."""

    key: str
    hours: float
    level: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A unit with its weight and its rank key (nearer to 0 is drawn first: the logarithm of u^(1/weight))."""

    key: str
    weight: float
    score: float


@dataclass(frozen=True, slots=True)
class Draw:
    """A whole draw: the picks in order, then every unit that could have been. `on`: the day of the weights."""

    seed: str
    size: int
    on: date
    picked: tuple[Drawn, ...]
    others: tuple[Drawn, ...]
    method: str = METHOD

    def as_json(self) -> dict[str, Any]:
        """What is kept: everything one needs to draw again."""
        return asdict(self) | {"on": self.on.isoformat()}


def weight(unit: Unit, on: date) -> float:
    """Hours × what their proof lacks × two for an employer's first month; parameters of `follow_up`."""
    level = parameters.get("follow_up", _LEVELS.get(unit.level, "weight_confirmed"), on).value
    first = parameters.get("follow_up", "weight_first", on).value if unit.is_first else 1
    return round(unit.hours * float(level) * float(first), 4)


def draw(units: Iterable[Unit], *, size: int, seed: str, on: date) -> Draw:
    """Draw `size` units, all of them when there are fewer. Raises SamplingError for an empty seed, size or list."""
    listed = [one for one in units if one.hours > 0]
    if not seed.strip():
        raise SamplingError("Donnez une graine au tirage : n’importe quel mot, à garder.")
    if size < 1:
        raise SamplingError("Tirez au moins une ligne.")
    if not listed:
        raise SamplingError("Aucune heure faite n’est à prouver pour l’instant.")
    scored = []
    for one in listed:
        heavy = weight(one, on)
        scored.append(Drawn(one.key, heavy, round(_uniform_log(seed, one.key) / heavy, 12)))
    scored.sort(key=lambda one: (-one.score, one.key))
    return Draw(seed, size, on, tuple(scored[:size]), tuple(scored[size:]))


def _uniform_log(seed: str, key: str) -> float:
    """log(u), u in ]0, 1[ from the digest; never 0."""
    digest = sha256(f"{seed}\x1f{key}".encode()).digest()
    return log((int.from_bytes(digest[: _BITS // 8], "big") + 0.5) / 2**_BITS)
