"""One calibration of a lot with the values of the structure that studies it, kept whole so that it replays."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from levier.clauses.models import OwnValue, StudyVersion
from levier.purchasing.lot_facts import lot_need, weeks_of
from levier.purchasing.models import Lot
from levier.rulebook import parameters, readings
from levier.rulebook.calibration import (
    CalibrationError,
    LotCalibration,
    LotNeed,
    Rounding,
    Trade,
    lot_calibration,
    trade,
    trade_for_cpv,
)
from levier.rulebook.parameters import Parameter

# What a study may change in the lot, and the two values of its trade.
LOT_FIELDS = (
    "method", "trade", "amount_ht", "months", "takeover_hours", "total_hours", "headcount", "posts", "weeks",
    "tranche_amount", "trigger_amount", "retroactive", "rate", "minimum_hours", "programme_part",
)  # fmt: skip
# Where a value comes from when it is not the rule book's: its domain in what a study keeps.
CHOSEN, OWN = "study", "structure"
VALUES = {"labour_share": "Part de main-d’œuvre", "hourly_cost": "Coût horaire"}


@dataclass(frozen=True, slots=True)
class Change:
    """A value somebody put instead of the one that was there, and why."""

    name: str
    value: float | str | bool
    reason: str


@dataclass(frozen=True, slots=True)
class Calculated:
    """A calibration and all it stands on: nothing is saved yet."""

    need: LotNeed
    result: LotCalibration
    read: tuple[Parameter, ...]
    changes: tuple[Change, ...]


def calculate(
    lot: Lot, *, changes: Iterable[Change] = (), own: Iterable[OwnValue] = (), today: date
) -> Calculated:
    """Calibrate a lot. `own`: the values of the structure that studies it; `changes` come before them.

    Raises CalibrationError, with a French sentence naming the field, for a lot that cannot be calibrated, and
    for a change of something a study does not change.
    """
    asked = tuple(changes)
    need = _changed(lot_need(lot, on=today), asked)
    if not need.trade and not need.cpv:
        raise CalibrationError(
            "trade",
            "Le lot n’a pas encore de code CPV : donnez-le au lot, ou choisissez un métier pour cette étude.",
        )
    chosen = trade(need.trade) if need.trade else trade_for_cpv(need.cpv)
    with ExitStack() as stack:
        stack.enter_context(readings.using(own_parameters(own, need.territory, need.on)))
        stack.enter_context(readings.using(_values_of(asked, chosen, need)))
        read = stack.enter_context(readings.recorded())
        result = lot_calibration(**_facts(need))
    return Calculated(need, result, tuple(read.values()), asked)


def _changed(need: LotNeed, changes: Iterable[Change]) -> LotNeed:
    given: dict[str, Any] = {}
    for change in changes:
        if change.name in VALUES:
            continue
        if change.name not in LOT_FIELDS:
            raise CalibrationError(change.name, f"Une étude ne change pas « {change.name} ».")
        given[change.name] = change.value
    if "takeover_hours" in given:
        given["takeover_known"] = True
    changed = replace(need, **given)
    if changed.posts is not None and changed.weeks is None and changed.months is not None:
        # As for a lot: a crew without weeks is there the whole length.
        return replace(changed, weeks=weeks_of(changed.months))
    return changed


def _values_of(changes: Iterable[Change], chosen: Trade, need: LotNeed) -> list[Parameter]:
    rows = []
    for change in changes:
        if change.name not in VALUES:
            continue
        if chosen.is_goods:
            raise CalibrationError(change.name, f"{chosen.label} : pas de clause en heures. {chosen.note}")
        present = parameters.get(change.name, getattr(chosen, change.name), need.on)
        rows.append(
            replace(
                present, domain=CHOSEN, value=float(change.value), low=None, high=None, status="confirmed", author="",
                source=f"choisie pour cette étude : {change.reason}", note="", valid_from=need.on, valid_to=None,
            )
        )  # fmt: skip
    return rows


def own_parameters(own: Iterable[OwnValue], territory: str, on: date) -> list[Parameter]:
    """The values of a structure that count on a territory that day, as rows of the rule book.

    A value for the département comes before one for everywhere; the newest counts; an emptied one is skipped.
    """
    best: dict[tuple[str, str], OwnValue] = {}
    for value in own:
        if value.valid_from > on or value.departement_code not in {"", territory}:
            continue
        known = best.get((value.name, value.key))
        if known is None or _rank(value) > _rank(known):
            best[value.name, value.key] = value
    # The people a territory expects are no parameter of a calculation: they bound it (`limiting`).
    return [
        as_parameter(value)
        for value in best.values()
        if value.value is not None and parameters.has(value.name, value.key)
    ]


def _rank(value: OwnValue) -> tuple[bool, date, int]:
    return bool(value.departement_code), value.valid_from, value.pk


def as_parameter(value: OwnValue) -> Parameter:
    """A value of one's own as a row of the rule book: its unit, name and kind are those of the national one."""
    dated = [row for row in parameters.all_parameters() if (row.name, row.key) == (value.name, value.key)]
    assert value.value is not None
    where = f", département {value.departement_code}" if value.departement_code else ""
    own: dict[str, Any] = {
        "domain": OWN, "value": value.value, "low": value.low, "high": value.high,
        "source": f"valeur de la structure{where} : {value.reason}",
        "status": "confirmed" if value.is_confirmed else "to_confirm",
        "valid_from": value.valid_from, "valid_to": None, "author": "", "note": "",
    }  # fmt: skip
    return replace(dated[-1], **own)


def _facts(need: LotNeed) -> dict[str, Any]:
    return {field.name: getattr(need, field.name) for field in fields(need)}


def kept(need: LotNeed) -> dict[str, Any]:
    """The lot as a study keeps it, in plain values."""
    return asdict(need) | {"on": need.on.isoformat()}


def given_back(values: Mapping[str, Any]) -> LotNeed:
    """The reverse of ``kept``. A field that a later edition dropped is left aside."""
    known = {field.name for field in fields(LotNeed)}
    given = {name: value for name, value in values.items() if name in known}
    return LotNeed(
        **given | {"on": date.fromisoformat(given["on"]), "rounding": Rounding(**given["rounding"])}
    )


def replayed(version: StudyVersion) -> LotCalibration:
    """The calculation made again with the values of that day. Raises CalibrationError."""
    rows = [Parameter.from_dict(row) for row in version.readings]
    with readings.pinned(rows):
        return lot_calibration(**_facts(given_back(version.given)))
