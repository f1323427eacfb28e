"""Where a contract stands and where it goes: due, done, expected, forecast with a range, and a light with its reasons. Pure.

The forecast prolongs the mean of the last whole months, six at most. Its range supposes that the months to come vary like those,
independently of one another: about eight cases in ten. With fewer than three whole months it says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from statistics import mean, stdev
from typing import Final, Literal

from levier.rulebook import parameters
from levier.rulebook.figures import french_number
from levier.rulebook.months import add_months, first_of, full_months

Light = Literal["green", "amber", "red", "none"]
FEWEST_MONTHS: Final = 3
MOST_MONTHS: Final = 6
_DAYS_IN_MONTH: Final = 365.25 / 12
_ZERO: Final = Decimal()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Hours done at the end of the contract if the pace goes on; `low` and `high` bound about eight cases in ten.

    `per_month`: the mean of the `months` whole months read, hours.
    """

    end: Decimal
    low: Decimal
    high: Decimal
    per_month: Decimal
    months: int

    @property
    def assumes(self) -> str:
        """What the method takes for granted, in a French sentence."""
        return (
            f"La moyenne des {self.months} derniers mois entiers ({french_number(float(self.per_month), 1)} h par mois), prolongée jusqu’à la fin. "
            "La fourchette suppose que les mois à venir varient comme ceux-là, sans lien entre eux : environ 8 cas sur 10. Elle ne sait rien "
            "des congés, des saisons ni d’une embauche prévue."
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """Hours in hours. `expected`: done by today at an even pace. `reasons`: French sentences, the first one decides the light."""

    due: Decimal
    done: Decimal
    expected: Decimal
    forecast: Forecast | None
    light: Light
    reasons: tuple[str, ...]

    @property
    def missing_at_end(self) -> Decimal:
        """Hours the forecast leaves undone; 0 when it reaches what is due or says nothing."""
        return max(self.due - self.forecast.end, _ZERO) if self.forecast else _ZERO


def forecast(
    monthly: Mapping[date, Decimal], *, done: Decimal, starts_on: date, ends_on: date, today: date
) -> Forecast | None:
    """Prolong the pace. `monthly`: hours done by first day of month, empty months absent. None before three whole months, or at the end."""
    if today >= ends_on:
        return None
    this_month = first_of(today)
    first = first_of(starts_on) if starts_on.day == 1 else add_months(first_of(starts_on), 1)
    whole = [add_months(this_month, -back) for back in range(1, MOST_MONTHS + 1)]
    read = [float(monthly.get(month, _ZERO)) for month in whole if month >= first]
    if len(read) < FEWEST_MONTHS:
        return None
    pace, spread = mean(read), stdev(read)
    # The running month is not whole: what it already counts is part of what it will count.
    left = ((ends_on - this_month).days + 1) / _DAYS_IN_MONTH
    base = float(done - monthly.get(this_month, _ZERO))
    width = float(parameters.get("follow_up", "forecast_spread", today).value)
    # The mean itself is known from a few months only: hence the second term.
    margin = width * spread * sqrt(left + left**2 / len(read))
    return Forecast(
        end=_hours(max(base + pace * left, float(done))),
        low=_hours(max(base + pace * left - margin, float(done))),
        high=_hours(max(base + pace * left + margin, float(done))),
        per_month=_hours(pace),
        months=len(read),
    )


def progress(
    *,
    due: Decimal,
    monthly: Mapping[date, Decimal],
    starts_on: date,
    ends_on: date,
    today: date,
    waiting: Decimal = _ZERO,
) -> Progress:
    """The whole judgement. `waiting`: hours declared and not decided yet: named, never counted."""
    done = sum(monthly.values(), _ZERO)
    length = (ends_on - starts_on).days + 1
    gone = min(max((today - starts_on).days, 0), length)
    expected = round(max(due, _ZERO) * gone / length, 2)
    seen = forecast(monthly, done=done, starts_on=starts_on, ends_on=ends_on, today=today)
    light, reasons = _light(due, done, expected, seen, gone / length, today > ends_on, today)
    silent = _silent_months(monthly, starts_on, today)
    if due > done and today <= ends_on and silent >= _value("silent_months", today):
        light = "amber" if light in ("green", "none") else light
        reasons.append(f"Aucune heure faite depuis {silent} mois entiers.")
    if waiting:
        reasons.append(f"{_h(waiting)} déclarées attendent une décision : elles ne sont pas comptées ici.")
    return Progress(due, done, expected, seen, light, tuple(reasons))


def _light(
    due: Decimal,
    done: Decimal,
    expected: Decimal,
    seen: Forecast | None,
    gone: float,
    is_over: bool,
    today: date,
) -> tuple[Light, list[str]]:
    if due <= 0:
        return "none", ["Rien n’est dû pour l’instant."]
    if done >= due:
        return "green", ["Toutes les heures dues sont faites."]
    if is_over:
        return "red", [f"Le contrat est fini : il manque {_h(due - done)}."]
    if gone < _value("early_rate", today):
        return "none", ["Le contrat commence : il est trop tôt pour juger."]
    if seen is not None:
        if done <= 0:
            return "red", [
                f"Aucune heure n’est faite, pour {_h(expected)} attendues à ce jour à un rythme égal."
            ]
        if seen.high < due:
            return "red", [
                f"À ce rythme, même dans le haut de la fourchette ({_h(seen.high)}), les {_h(due)} dues ne sont pas faites."
            ]
        if seen.low >= due:
            return "green", [f"À ce rythme, les {_h(due)} dues sont faites avant la fin."]
        if seen.end >= due:
            return _behind(
                "green", done, expected, today, "À ce rythme, les heures dues sont faites, de justesse."
            )
        return "amber", [f"À ce rythme, il manquerait {_h(due - seen.end)} à la fin."]
    return _behind("green", done, expected, today, "Les heures suivent le rythme attendu.")


def _behind(
    best: Light, done: Decimal, expected: Decimal, today: date, words: str
) -> tuple[Light, list[str]]:
    rate = float(done / expected) if expected else 1.0
    told = f"{_h(done)} faites, pour {_h(expected)} attendues à ce jour à un rythme égal."
    if rate < _value("far_behind_rate", today):
        return "red", [told]
    if rate < _value("behind_rate", today):
        return "amber", [told]
    return best, [words]


def _silent_months(monthly: Mapping[date, Decimal], starts_on: date, today: date) -> int:
    """Whole months without an hour, up to the last one."""
    last = max((month for month, hours in monthly.items() if hours > 0), default=None)
    since = add_months(last, 1) if last else starts_on
    return full_months(since, first_of(today)) if since < first_of(today) else 0


def even_line(due: Decimal, *, starts_on: date, ends_on: date) -> tuple[tuple[date, Decimal], ...]:
    """The two ends of the line of an even pace."""
    return (starts_on, _ZERO), (ends_on + timedelta(days=1), due)


def _value(key: str, today: date) -> float:
    return float(parameters.get("follow_up", key, today).value)


def _hours(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))


def _h(hours: Decimal) -> str:
    return f"{french_number(float(hours), 1)}\u00a0h"
