"""The values a lot is calibrated with: those of its trade, its territory and its programme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from levier.rulebook import parameters, programmes
from levier.rulebook.calibration.quantities import (
    HOURLY_COST,
    INSERTION_RATE,
    LABOUR_SHARE,
    PER_100K,
    Quantity,
    quantity,
)
from levier.rulebook.calibration.result import CalibrationError, Floats
from levier.rulebook.calibration.trades import Trade
from levier.rulebook.calibration.volumes import SLICE
from levier.rulebook.figures import french_percent, lower_first

PACE_STEP: Final = 5


@dataclass(frozen=True, slots=True)
class LotValues:
    """Labour share, hourly cost and insertion rate of a lot, ready for the methods.

    ``is_rate_open`` says that the rate is not set: its interval is then a choice, not a doubt. ``notes`` are
    French sentences on where special values come from.
    """

    share: Quantity
    cost: Quantity
    rate: Quantity
    is_rate_open: bool
    notes: tuple[str, ...] = ()

    def central(self) -> LotValues:
        """The same with labour share and cost at their central value."""
        return replace(self, share=self.share.fixed(), cost=self.cost.fixed())


def lot_values(
    trade: Trade,
    *,
    on: date,
    territory: str = "",
    rate: float | None = None,
    programme: str | None = None,
    programme_part: str = "works",
) -> LotValues:
    """The dated values of a trade, corrected for an overseas territory and a programme.

    In: a day, a département code, an insertion rate (0 to 1) when it is already chosen, a programme key.
    Raises CalibrationError when no value was in force that day, or for an impossible rate or programme.
    """
    if trade.is_goods:
        raise CalibrationError("cpv", f"{trade.label} : pas de clause en heures. {trade.note}")
    try:
        share = quantity(LABOUR_SHARE, parameters.get("labour_share", trade.labour_share, on))
        cost = quantity(HOURLY_COST, parameters.get("hourly_cost", trade.hourly_cost, on))
        notes: tuple[str, ...] = ()
        if parameters.has("overseas_cost_factor", territory):
            cost = _overseas(cost, parameters.get("overseas_cost_factor", territory, on))
            notes = (f"{cost.label} : {lower_first(cost.note)}",)
        if rate is not None:
            return LotValues(share, cost, quantity(INSERTION_RATE, rate), False, notes)
        if programme is None:
            usual = parameters.get("insertion_rate", "premiere_estimation", on)
            return LotValues(share, cost, quantity(INSERTION_RATE, usual), True, notes)
    except parameters.UnknownParameter as error:
        raise CalibrationError("on", str(error)) from error
    asked, said = _programme_rate(programme, programme_part, on)
    return LotValues(share, cost, asked, bool(asked.low < asked.high), (*notes, *said))


def _programme_rate(key: str, part: str, on: date) -> tuple[Quantity, tuple[str, ...]]:
    try:
        found = programmes.programme(key)
        rule = found.rule(part)
        asked = rule.rate(on) if rule.unit == "hours" else None
    except programmes.UnknownProgramme as error:
        raise CalibrationError("programme", str(error)) from error
    if asked is None:
        raise CalibrationError(
            "programme_part",
            f"« {found.label} » compte ici des {rule.label}, pas des heures : fixez le volume à part.",
        )
    low, high = asked.bounds
    share = f"de {french_percent(low)} à" if low < high else "au moins"
    said = [f"{found.label} : {share} {french_percent(high)} des {rule.label}."]
    if not asked.is_confirmed:
        said.append(f"{found.label} : {lower_first(asked.note) or 'règle à confirmer.'}")
    return quantity(INSERTION_RATE, asked), tuple(said)


def _overseas(cost: Quantity, factor: parameters.Parameter) -> Quantity:
    low, high = factor.bounds
    return replace(
        cost,
        likely=np.asarray(cost.likely * factor.value),
        low=np.asarray(cost.low * low),
        high=np.asarray(cost.high * high),
        label=f"{cost.label} × {lower_first(factor.label)}",
        source=f"{cost.source} ; {factor.source}",
        date=factor.valid_from,
        status="to_confirm",
        note=factor.note,
    )


def ordered_pace(values: LotValues) -> Quantity:
    """Hours for 100,000 € ordered, cut to the multiple of 5 below, so that a contractor can bear them."""
    share, cost, rate = values.share, values.cost, values.rate
    return Quantity(
        field=PER_100K,
        likely=_pace(share.likely, cost.likely, rate.likely),
        low=_pace(share.low, cost.high, rate.low),
        high=_pace(share.high, cost.low, rate.high),
        label="Heures par 100 000 € commandés",
        source="Calculé : 100 000 € × part de main-d’œuvre / coût horaire × taux, aux 5 h inférieures",
        date=None,
        status="to_confirm",
        kind=None,
        note="Un marché lu (21_BAM_048) demande 50 h par 100 000 €.",
    )


def _pace(share: Floats, cost: Floats, rate: Floats) -> Floats:
    hours = np.round(SLICE * share / cost * rate, 6)
    return np.asarray(np.where(hours >= PACE_STEP, np.floor(hours / PACE_STEP) * PACE_STEP, np.floor(hours)))
