"""What two known tables say of an amount, beside the calibration: they help to picture a lot, and calibrate nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from levier.core.typography import figure, hours
from levier.purchasing.models import Lot
from levier.rulebook.calibration import CalibrationError, Settings, calibrate

# Placements (M4) ask for a contract of a year.
LEAST_MONTHS = 12
# Below, an inclusive purchase is told in hours; above, in months of a full-time job.
MOST_IN_HOURS = 3_699


def landmarks(lot: Lot, *, on: date, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences on the amount in view: unpaid placements, jobs a direct inclusive purchase pays for.

    `given`: the values of the calculation shown, which may be another amount or duration than those of the lot.
    Empty without an amount.
    """
    amount, settings = float(given.get("amount_ht") or lot.amount_ht or 0), Settings(on=on)
    if not amount:
        return ()
    found = []
    try:
        months = float(given.get("months") or lot.months or lot.purchase.months or 0)
        if months >= LEAST_MONTHS:
            placed = calibrate("bracket", amount_ht=amount, settings=settings)
            found.append(
                f"Clause sociale de formation (stages non rémunérés, barème de l’Éducation nationale) : "
                f"{figure(placed.months)} mois et {hours(placed.hours)} au plus. Ce ne sont pas des heures d’insertion."
            )
        paid = calibrate("inclusive-purchase", amount_ht=amount, settings=settings)
        said = (
            hours(paid.hours)
            if amount <= MOST_IN_HOURS
            else f"{figure(paid.months)} mois d’un emploi à temps plein"
        )
        found.append(
            f"Acheté directement à une structure inclusive, ce montant paierait environ {said} (estimation du "
            "Marché de l’inclusion, qui ne se déclare pas)."
        )  # fmt: skip
    except CalibrationError:
        return tuple(found)
    return tuple(found)
