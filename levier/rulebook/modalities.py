"""The ways of doing the hours of a clause, compared for one volume: people, cost, lead time, what counts.

The contractor chooses freely: nothing here is imposed, and a cost is an order of magnitude to confirm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from levier.rulebook import parameters
from levier.rulebook.figures import french_number
from levier.rulebook.parameters import Parameter

Shelf = Literal["", "work", "people"]
WEEKS_PER_MONTH = 52 / 12


@dataclass(frozen=True, slots=True)
class Modality:
    """One way of doing the hours. `kinds`: structures to call; `shelf`: « work » when they must be of the trade.

    `tutor`: who looks after the person, in a few words; `tutoring` says it whole.
    """

    key: str
    label: str
    kinds: tuple[str, ...]
    shelf: Shelf
    principle: str
    good_for: str
    tutoring: str
    tutor: str
    counts: str
    proof: str
    least_months: float


@dataclass(frozen=True, slots=True)
class Way:
    """A modality for one volume. Euros; `people`: the fewest who can do it; `cautions`: French sentences.

    `call_by`: the last day to call so that the first hour falls on the first day; None when no start is known.
    """

    modality: Modality
    people: int
    cost_low: float
    cost_likely: float
    cost_high: float
    lead: Parameter
    coefficient: Parameter
    call_by: date | None
    cautions: tuple[str, ...]

    @property
    def is_fit(self) -> bool:
        """Whether nothing speaks against it for this volume and length."""
        return not self.cautions


@cache
def modalities() -> tuple[Modality, ...]:
    """Every way, in the order they are shown."""
    text = resources.files("levier.rulebook").joinpath("modalities.yaml").read_text(encoding="utf-8")
    return tuple(Modality(**row | {"kinds": tuple(row["kinds"])}) for row in yaml.safe_load(text))


def ways(
    *, hours: float, months: float | None, on: date, starts_on: date | None = None, territory: str = ""
) -> tuple[Way, ...]:
    """Each way of doing these hours over these months (None: unknown). Raises ValueError when hours are not positive.

    The cost is hours × hourly minimum wage × a coefficient, all dated parameters; Mayotte has its own wage.
    """
    if not hours > 0:
        raise ValueError("Donnez un nombre d’heures supérieur à zéro.")
    wage = hourly_wage(territory, on)
    return tuple(_way(one, hours, months, on, starts_on, wage) for one in modalities())


def hourly_wage(territory: str, on: date) -> float:
    """The minimum wage of an hour, in euros, in a département that day."""
    return parameters.get("smic_hourly", "976" if territory == "976" else "", on).value


def _way(
    modality: Modality, hours: float, months: float | None, on: date, starts_on: date | None, wage: float
) -> Way:
    lead = parameters.get("lead_weeks", modality.key, on)
    coefficient = parameters.get("hour_coefficient", modality.key, on)
    low, high = coefficient.bounds
    people = _people(modality, hours, months, on)
    return Way(
        modality=modality,
        people=people,
        cost_low=hours * wage * low,
        cost_likely=hours * wage * coefficient.value,
        cost_high=hours * wage * high,
        lead=lead,
        coefficient=coefficient,
        call_by=starts_on - timedelta(weeks=lead.value) if starts_on else None,
        cautions=_cautions(modality, hours, months, on, starts_on, lead),
    )


def _people(modality: Modality, hours: float, months: float | None, on: date) -> int:
    """The fewest people: full time all along, and under the ceiling of an association intermédiaire."""
    fewest = 1
    if months:
        weekly = parameters.get("weekly_hours", "", on).value
        fewest = max(1, math.ceil(hours / (months * WEEKS_PER_MONTH * weekly) - 1e-9))
    if modality.key == "ai":
        fewest = max(fewest, math.ceil(hours / parameters.get("ai_ceiling_hours", "", on).value - 1e-9))
    return fewest


def _cautions(
    modality: Modality, hours: float, months: float | None, on: date, starts_on: date | None, lead: Parameter
) -> tuple[str, ...]:
    found = []
    if months is not None and months < modality.least_months:
        found.append(
            f"Le marché dure {french_number(months, 1)} mois : court pour cette voie "
            f"({french_number(modality.least_months)} mois au moins)."
        )
    weekly = parameters.get("weekly_hours", "", on).value
    if modality.key == "alternance" and hours < 6 * WEEKS_PER_MONTH * weekly:
        found.append("Le volume ne remplit pas six mois d’alternance.")
    if modality.key == "ai":
        ceiling = parameters.get("ai_ceiling_hours", "", on).value
        if hours > 3 * ceiling:
            found.append(
                f"Une association intermédiaire ne dépasse pas {french_number(ceiling)} h par personne sur 24 mois "
                "en entreprise : il faudrait plusieurs personnes."
            )
    if starts_on and starts_on - timedelta(weeks=lead.bounds[0]) < on:
        found.append("Le démarrage est trop proche pour le délai habituel de cette voie.")
    return tuple(found)
