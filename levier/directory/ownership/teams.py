"""Free teams as a card carries them: read with the card, in the same query."""

import json
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


def free_teams(text: str | None) -> tuple[FreeTeams, ...]:
    """From the JSON of the card's query: [sector, area, month, quantity, unit, day it was said]."""
    return tuple(
        FreeTeams(sector, area, date.fromisoformat(month), quantity, unit, date.fromisoformat(stated_on))
        for sector, area, month, quantity, unit, stated_on in json.loads(text or "[]")
    )
