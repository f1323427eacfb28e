"""From a CPV code to the trade that gives the labour share, the hourly cost and the method."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from levier.rulebook import parameters
from levier.rulebook.calibration.result import CalibrationError

_FILE: Final = parameters.FOLDER / "calibration" / "cpv_trades.yaml"
_METHODS: Final = frozenset({"amount", "pact", "headcount", "none"})


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade: where its values stand, and what is known of it.

    ``method`` is the one a facilitator prefers when its inputs are known. ``takeover_possible`` says that
    the branch foresees the transfer of staff. ``no_reference`` says that no source gives a labour share for
    this trade. ``is_goods`` marks supplies, where no clause by hours makes sense.
    """

    key: str
    label: str
    prefixes: tuple[str, ...]
    method: str
    labour_share: str
    hourly_cost: str
    takeover_possible: bool
    no_reference: bool
    is_goods: bool
    note: str


def trade_for_cpv(cpv: str) -> Trade:
    """The trade of a CPV code (2 to 8 digits, check digit accepted); the longest prefix wins.

    Raises CalibrationError, with a French sentence, for a text that is no CPV code.
    """
    code = re.sub(r"-\d$", "", str(cpv).strip())
    if not re.fullmatch(r"[0-9]{2,8}", code):
        raise CalibrationError(
            "cpv",
            f"« {str(cpv)[:20]} » n’est pas un code CPV : donnez de 2 à 8 chiffres, par exemple 45214200.",
        )
    prefixes = _prefixes()
    for length in range(len(code), 1, -1):
        trade = prefixes.get(code[:length])
        if trade is not None:
            return trade
    raise CalibrationError("cpv", f"La division CPV « {code[:2]} » n’existe pas ; vérifiez le code.")


def all_trades() -> tuple[Trade, ...]:
    """Every trade, in the order of the file."""
    return _trades()


def trade(key: str) -> Trade:
    """The trade of that key. Raises CalibrationError, with a French sentence, when there is none."""
    for item in _trades():
        if item.key == key:
            return item
    raise CalibrationError(
        "trade",
        f"Le métier « {key} » est inconnu ; métiers connus : {', '.join(item.key for item in _trades())}.",
    )


@lru_cache(maxsize=1)
def _trades() -> tuple[Trade, ...]:
    return tuple(_read(row) for row in parameters.read_yaml(_FILE)["trades"])


def _read(row: dict[str, Any]) -> Trade:
    if row["method"] not in _METHODS:
        raise parameters.ParameterError(
            f"{_FILE.name}, ligne {row['__line__']} : la méthode « {row['method']} » est inconnue."
        )
    found = Trade(
        key=row["key"],
        label=row["label"],
        prefixes=tuple(row["prefixes"]),
        method=row["method"],
        labour_share=row.get("labour_share", ""),
        hourly_cost=row.get("hourly_cost", ""),
        takeover_possible=row.get("takeover_possible", False),
        no_reference=row.get("no_reference", False),
        is_goods=row.get("is_goods", False),
        note=row.get("note", ""),
    )
    for name, key in (("labour_share", found.labour_share), ("hourly_cost", found.hourly_cost)):
        if not found.is_goods and not parameters.has(name, key):
            raise parameters.ParameterError(
                f"{_FILE.name}, ligne {row['__line__']} : « {key} » n’existe pas dans {name}.yaml."
            )
    return found


@lru_cache(maxsize=1)
def _prefixes() -> dict[str, Trade]:
    prefixes: dict[str, Trade] = {}
    for item in _trades():
        for prefix in item.prefixes:
            if prefix in prefixes:
                raise parameters.ParameterError(
                    f"{_FILE.name} : le préfixe « {prefix} » est écrit deux fois."
                )
            prefixes[prefix] = item
    return prefixes
