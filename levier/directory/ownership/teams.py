"""Free teams as a card carries them: read with the card, in the same query."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from levier.directory.ownership.wording import capacity_words


@dataclass(frozen=True, slots=True)
class FreeTeams:
    """Teams or people free in a month, as the supplier said; only what still counts."""

    sector: str
    area: str
    month: date
    quantity: int
    unit: str
    stated_on: date

    @property
    def words(self) -> str:
        """« 2 équipes libres en mars (dit le 3 février) »."""
        return capacity_words(self)


def nearest_free(
    teams: Iterable[FreeTeams], *, months: Collection[str] = (), sectors: Collection[str] = ()
) -> FreeTeams | None:
    """The free teams of a month asked for (« 2027-03 »), else the nearest ones; never those kept for another trade."""
    useful = [one for one in teams if not one.sector or not sectors or one.sector in sectors]
    asked = (one for one in useful if f"{one.month:%Y-%m}" in months)
    return next(asked, next(iter(useful), None))


def free_teams(text: str | None) -> tuple[FreeTeams, ...]:
    """From the JSON of the card's query: [sector, area, month, quantity, unit, day it was said]."""
    return tuple(
        FreeTeams(sector, area, date.fromisoformat(month), quantity, unit, date.fromisoformat(stated_on))
        for sector, area, month, quantity, unit, stated_on in json.loads(text or "[]")
    )
