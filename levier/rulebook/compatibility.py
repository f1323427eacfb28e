"""Owns the matrix that says which levers may stand together, on the same lot or in the same contract."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any, Literal

import yaml

from levier.rulebook.levers.ranking import LEVERS
from levier.rulebook.levers.wording import spaced

Scope = Literal["lot", "marche"]
Verdict = Literal["ok", "warn", "block"]
SCOPES = ("lot", "marche")
VERDICTS = ("ok", "warn", "block")
_FIELDS = {"pair", "scope", "verdict", "status", "reason", "source"}


class CompatibilityError(ValueError):
    """A lever that does not exist, or a matrix file that is badly written."""


@dataclass(frozen=True, slots=True)
class Compatibility:
    """What the matrix says of two levers; `is_stated` is false when no row speaks of the pair."""

    codes: tuple[str, str]
    scope: Scope
    verdict: Verdict
    reason: str
    source: str
    status: str
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class Supply:
    """Competition left by a reservation, read on the suppliers of the trade within reach."""

    verdict: Verdict
    reason: str


def compatibility(first: str, second: str, *, scope: Scope = "lot") -> Compatibility:
    """Return the verdict for two lever codes, in either order; « ok » without a reason when no row speaks.

    Raises CompatibilityError (French sentence) for an unknown code or scope.
    """
    for code in (first, second):
        if code not in _codes():
            raise CompatibilityError(f"Le levier « {code} » n’existe pas.")
    if scope not in SCOPES:
        raise CompatibilityError(f"La portée « {scope} » n’existe pas : dites « lot » ou « marche ».")
    stated = _matrix().get((frozenset((first, second)), scope)) or _of_their_parts(first, second, scope)
    if stated:
        return stated
    return Compatibility((first, second), scope, "ok", "", "", "to_confirm", is_stated=False)


def _of_their_parts(first: str, second: str, scope: Scope) -> Compatibility | None:
    """The severest row on the parts of a lever made of two (« L2112-2_R2152-7 »); None when no row speaks of them."""
    pairs = (frozenset((one, other)) for one in first.split("_") for other in second.split("_"))
    rows = [found for pair in pairs if (found := _matrix().get((pair, scope)))]
    if not rows:
        return None
    severest = max(rows, key=lambda row: VERDICTS.index(row.verdict))
    return replace(severest, codes=(first, second))


def check_levers(codes: Iterable[str], *, scope: Scope = "lot") -> tuple[Compatibility, ...]:
    """Return what the matrix states of every pair among `codes`, the blocking pairs first."""
    found = (
        compatibility(first, second, scope=scope) for first, second in combinations(dict.fromkeys(codes), 2)
    )
    stated = (pair for pair in found if pair.is_stated)
    return tuple(sorted(stated, key=lambda pair: -VERDICTS.index(pair.verdict)))


def supply_for_reservation(suppliers: int | None) -> Supply:
    """Say whether a reservation leaves competition, from the number of suppliers of the trade within reach.

    A hint taken from the State's inclusive purchasing platform (more than 30, 10 and 1): it never says to
    reserve everything. Raises CompatibilityError for a negative count.
    """
    if suppliers is None:
        return Supply("warn", "Offre inconnue : faites un sourcing avant de réserver (R2111-1).")
    if suppliers < 0:
        raise CompatibilityError("Le nombre de structures à portée ne peut pas être négatif.")
    if suppliers <= 1:
        return Supply("block", "Une structure au plus à portée : réserver supprimerait la concurrence.")
    if suppliers <= 10:
        return Supply("warn", "Peu de structures à portée : un petit lot, après sourcing, ou une clause.")
    return Supply("ok", "Offre suffisante pour un lot réservé.")


def parse_matrix(rows: Iterable[dict[str, Any]]) -> dict[tuple[frozenset[str], str], Compatibility]:
    """Turn the rows of the file into a matrix, or raise CompatibilityError naming the row."""
    matrix: dict[tuple[frozenset[str], str], Compatibility] = {}
    for number, row in enumerate(rows, start=1):
        where = f"Matrice de compatibilité, ligne {number}"
        if set(row) != _FIELDS:
            odd = ", ".join(sorted(set(row) ^ _FIELDS))
            raise CompatibilityError(f"{where} : champ en trop ou manquant ({odd}).")
        first, second = row["pair"]
        unknown = {first, second} - _codes()
        if unknown:
            raise CompatibilityError(f"{where} : levier inconnu ({', '.join(sorted(unknown))}).")
        if (
            row["scope"] not in SCOPES
            or row["verdict"] not in VERDICTS
            or not row["reason"]
            or not row["source"]
        ):
            raise CompatibilityError(f"{where} : portée, verdict, raison ou source à revoir.")
        key = (frozenset((first, second)), row["scope"])
        if key in matrix:
            raise CompatibilityError(f"{where} : la paire {first} et {second} est déjà décrite.")
        matrix[key] = Compatibility(
            (first, second), row["scope"], row["verdict"], spaced(row["reason"]), row["source"], row["status"]
        )
    return matrix


@cache
def _matrix() -> dict[tuple[frozenset[str], str], Compatibility]:
    path = files("levier.rulebook") / "compatibility.yaml"
    return parse_matrix(yaml.safe_load(path.read_text(encoding="utf-8"))["pairs"])


@cache
def _codes() -> frozenset[str]:
    return frozenset(lever.code for lever in LEVERS)
