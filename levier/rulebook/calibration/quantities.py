"""The checked inputs of a calibration (value, plausible bounds, origin) and the rounding of its hours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

import numpy as np

from levier.rulebook.calibration.result import (
    CalibrationError,
    Floats,
    Integers,
    MixedDivisor,
    TraceLine,
    TraceStatus,
    scalar_or_array,
)
from levier.rulebook.figures import french_number, lower_first
from levier.rulebook.parameters import DivisorKind, Parameter

# A number, an array-like of numbers or a dated parameter of the rule book.
Value = Any
AMOUNT_MAXIMUM: Final = 1e13
HOURS_MAXIMUM: Final = 1e12
_KIND_NAMES: Final = {"cost": "un coût", "selling_price": "un prix de vente"}


@dataclass(frozen=True, slots=True)
class Field:
    """What one input must be: its French name, unit and admitted bounds."""

    name: str
    label: str
    unit: str
    minimum: float = 0.0
    maximum: float = AMOUNT_MAXIMUM
    is_minimum_excluded: bool = False


AMOUNT: Final = Field("amount_ht", "Montant HT", "€")
LABOUR_SHARE: Final = Field("labour_share", "Part de main-d’œuvre", "part", maximum=1)
INSERTION_RATE: Final = Field("insertion_rate", "Taux d’insertion", "part", maximum=1)
# Below one euro an hour the figure is a slip of the keyboard, and the division explodes.
HOURLY_COST: Final = Field("hourly_cost", "Coût horaire", "€/h", minimum=1, maximum=10_000)
MONTHS: Final = Field("months", "Durée", "mois", maximum=1200, is_minimum_excluded=True)
TAKEOVER: Final = Field("takeover_hours", "Heures mensuelles à reprendre", "h/mois", maximum=HOURS_MAXIMUM)
TOTAL_HOURS: Final = Field("total_hours", "Heures travaillées", "h", maximum=HOURS_MAXIMUM)
HEADCOUNT: Final = Field("headcount", "Emplois d’insertion, en équivalent temps plein", "ETP", maximum=1e6)
ANNUAL_HOURS: Final = Field("annual_hours", "Heures par an", "h/an", minimum=1, maximum=8784)
TRANCHE: Final = Field("tranche_amount", "Montant d’une tranche", "€", minimum=1)
TRIGGER: Final = Field("trigger_amount", "Seuil de déclenchement", "€")
PER_100K: Final = Field("hours_per_100k", "Heures par 100 000 € commandés", "h", maximum=100_000)
POSTS: Final = Field("posts", "Postes sur le chantier", "postes", maximum=1e6)
WEEKS: Final = Field("weeks", "Semaines sur place", "semaines", maximum=5200)
WEEKLY_HOURS: Final = Field("weekly_hours", "Durée hebdomadaire", "h/semaine", maximum=168)
MINIMUM_HOURS: Final = Field("minimum_hours", "Volume minimal", "h", maximum=HOURS_MAXIMUM)
FTE_BASE: Final = Field("fte_base", "Base de l’équivalent temps plein", "h/an", minimum=1, maximum=8784)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One checked input: likely, low and high values as arrays (of no dimension for a single lot)."""

    field: Field
    likely: Floats
    low: Floats
    high: Floats
    label: str
    source: str
    date: date | None
    status: TraceStatus
    kind: DivisorKind | None
    note: str

    @property
    def is_precise(self) -> bool:
        """False when the value is to confirm or known only within an interval."""
        return self.status != "to_confirm" and bool(np.all(self.low == self.high))

    def line(self) -> TraceLine:
        """The trace line of this input."""
        has_bounds = bool(np.any(self.low != self.high))
        return TraceLine(
            label=self.label,
            value=scalar_or_array(self.likely),
            unit=self.field.unit,
            source=self.source,
            date=self.date,
            status=self.status,
            low=scalar_or_array(self.low) if has_bounds else None,
            high=scalar_or_array(self.high) if has_bounds else None,
            note=self.note,
        )

    def fixed(self) -> Quantity:
        """The same input without its interval."""
        return replace(self, low=self.likely, high=self.likely)


def quantity(field: Field, value: Value, kind: DivisorKind | None = None) -> Quantity:
    """Checks one input, a number, an array or a parameter, and keeps where it comes from.

    Raises CalibrationError, naming the field, for a value that is missing, not a number or out of bounds.
    """
    if isinstance(value, Quantity):
        return value
    if isinstance(value, Parameter):
        low, high = value.bounds
        likely = _checked(field, value.value)
        return Quantity(
            field=field,
            likely=likely,
            low=_checked(field, low),
            high=_checked(field, high),
            label=value.label,
            source=value.source if not value.author else f"{value.source} (auteur : {value.author})",
            date=value.valid_from,
            status=value.status,
            kind=value.divisor_kind,
            note=value.note,
        )
    likely = _checked(field, value)
    return Quantity(field, likely, likely, likely, field.label, "saisi", None, "given", kind, "")


def _checked(field: Field, value: Value) -> Floats:
    name = f"« {field.name} » ({lower_first(field.label)})"
    if value is None:
        raise CalibrationError(field.name, f"Le champ {name} manque : donnez une valeur en {field.unit}.")
    try:
        if isinstance(value, str):
            # « 1,5 » or « 1.500 » would be refused or read wrongly: texts are parsed before they come here.
            raise TypeError
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CalibrationError(
            field.name, f"Le champ {name} doit être un nombre, pas « {str(value)[:40]} »."
        ) from error
    if isinstance(value, bool) or not np.all(np.isfinite(array)):
        raise CalibrationError(field.name, f"Le champ {name} doit être un nombre fini.")
    too_low = array <= field.minimum if field.is_minimum_excluded else array < field.minimum
    wrong = too_low | (array > field.maximum)
    if np.any(wrong):
        first = float(array[wrong].flat[0])
        least = "plus de" if field.is_minimum_excluded else "au moins"
        raise CalibrationError(
            field.name,
            f"Le champ {name} vaut {french_number(first, 4)} ; il faut {least} "
            f"{french_number(field.minimum)} et au plus {french_number(field.maximum)} ({field.unit}).",
        )
    return array


def check_one_kind(share: Quantity, divisor: Quantity) -> None:
    """Raises MixedDivisor when the share is measured on cost and the hour on selling price, or the reverse.

    The gap is large: Batiprix 2014 gives 26.83 € (cost) and 38.90 € (selling price) for one hour.
    """
    if share.kind is None or divisor.kind is None or share.kind == divisor.kind:
        return
    raise MixedDivisor(
        divisor.field.name,
        f"La part de main-d’œuvre se mesure sur {_KIND_NAMES[share.kind]} et la valeur de l’heure est "
        f"{_KIND_NAMES[divisor.kind]} : prenez deux valeurs de même nature.",
    )


def common_shape(*quantities: Quantity) -> None:
    """Raises CalibrationError when arrays of different lengths are given together."""
    try:
        np.broadcast_shapes(*(item.likely.shape for item in quantities))
    except ValueError as error:
        sizes = ", ".join(
            f"« {item.field.name} » {item.likely.size}" for item in quantities if item.likely.ndim
        )
        raise CalibrationError(
            quantities[0].field.name, f"Les listes n’ont pas la même longueur : {sizes}."
        ) from error


def spread(
    formula: Callable[..., Floats], rising: Sequence[Quantity], falling: Sequence[Quantity] = ()
) -> tuple[Floats, Floats, Floats]:
    """Low, likely and high results of a formula that rises with some inputs and falls with the others."""
    common_shape(*rising, *falling)
    low = formula(*(item.low for item in rising), *(item.high for item in falling))
    likely = formula(*(item.likely for item in rising), *(item.likely for item in falling))
    high = formula(*(item.high for item in rising), *(item.low for item in falling))
    return low, likely, high


@dataclass(frozen=True, slots=True)
class Rounding:
    """How hours become whole: to the nearest multiple of ``step`` (half up), or cut off as some guides do."""

    step: int = 1
    mode: Literal["half_up", "truncate"] = "half_up"

    def __post_init__(self) -> None:
        if self.step < 1 or self.step > 1000 or self.step != int(self.step):
            raise CalibrationError(
                "rounding",
                f"Le pas d’arrondi vaut {self.step} ; donnez un entier de 1 à 1000 (1, 5, 7, 35…).",
            )
        if self.mode not in ("half_up", "truncate"):
            raise CalibrationError(
                "rounding", f"L’arrondi « {self.mode} » est inconnu ; choisissez half_up ou truncate."
            )

    def apply(self, hours: Floats) -> Integers:
        """Whole hours, multiples of the step."""
        # Six decimals first: 72 computed as 71.9999999 must not be cut to 71.
        steps = np.round(hours / self.step, 6)
        whole = np.floor(steps + 0.5) if self.mode == "half_up" else np.floor(steps)
        return np.asarray(whole * self.step, dtype=np.int64)

    @property
    def label(self) -> str:
        """The rounding in French."""
        how = "au plus proche" if self.mode == "half_up" else "par défaut"
        return f"arrondi {how}" + ("" if self.step == 1 else f", multiple de {self.step}")


NEAREST_HOUR: Final = Rounding()
