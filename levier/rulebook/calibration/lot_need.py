"""What is known of one lot before its hours are calculated, and what such a lot cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from levier.rulebook.calibration.quantities import (
    AMOUNT,
    HEADCOUNT,
    INSERTION_RATE,
    MINIMUM_HOURS,
    MONTHS,
    NEAREST_HOUR,
    POSTS,
    TAKEOVER,
    TOTAL_HOURS,
    WEEKS,
    Rounding,
    quantity,
)
from levier.rulebook.calibration.result import CalibrationError


@dataclass(frozen=True, slots=True)
class LotNeed:
    """What is known of one lot: euros excluding tax, months, CPV code, and the answers already given.

    ``amount_ht`` is the estimate (of the orders for a framework contract), ``max_amount_ht`` the maximum of
    the framework. ``method`` is one of CHOICES when somebody chose it, else the trade decides; ``total_hours`` are
    the hours worked on the lot, for a percentage of them; ``trade`` a key of the trades, else the CPV gives it.
    ``takeover_known`` with no ``takeover_hours`` means: the question was asked, nobody is to
    be taken over. ``rate`` is the insertion rate when the buyer already chose it. ``territory`` is a
    département code (« 976 »); ``programme_part`` the rule of the programme (works, gup).
    """

    cpv: str
    on: date
    amount_ht: float | None = None
    months: float | None = None
    takeover_hours: float | None = None
    takeover_known: bool = False
    is_framework: bool = False
    max_amount_ht: float | None = None
    programme: str | None = None
    programme_part: str = "works"
    rate: float | None = None
    method: str = ""
    trade: str = ""
    total_hours: float | None = None
    headcount: float | None = None
    posts: float | None = None
    weeks: float | None = None
    territory: str = ""
    minimum_hours: float | None = None
    rounding: Rounding = NEAREST_HOUR


FIELDS: Final = {
    "amount_ht": AMOUNT,
    "max_amount_ht": replace(AMOUNT, name="max_amount_ht", label="Maximum de l'accord-cadre HT"),
    "months": MONTHS,
    "takeover_hours": TAKEOVER,
    "rate": replace(INSERTION_RATE, name="rate"),
    "total_hours": TOTAL_HOURS,
    "headcount": HEADCOUNT,
    "posts": POSTS,
    "weeks": WEEKS,
    "minimum_hours": MINIMUM_HOURS,
}


def check(need: LotNeed) -> None:
    """Raises CalibrationError, with a French sentence naming the field, for a lot that cannot be."""
    for name, field in FIELDS.items():
        value = getattr(need, name)
        if value is not None and quantity(field, value).likely.ndim:
            raise CalibrationError(name, f"Le champ « {name} » demande un seul nombre pour un lot.")
    for name, amount in (("amount_ht", need.amount_ht), ("max_amount_ht", need.max_amount_ht)):
        if amount == 0:
            raise CalibrationError(name, "Le montant vaut 0 : donnez le montant estimé, hors taxes.")
    if need.amount_ht is None and not need.is_framework and need.method not in ("percentage", "headcount"):
        raise CalibrationError("amount_ht", "Le montant manque : donnez le montant estimé, hors taxes.")
    if (need.posts is None) != (need.weeks is None):
        raise CalibrationError("posts", "La borne physique demande les postes et les semaines ensemble.")
