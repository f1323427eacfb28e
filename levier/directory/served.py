"""Where a supplier says it works, by trade, as the index keeps it and as a search asks for it.

A circle around its address is left out: its distance is what a search measures already.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from levier.reference.places import Place

EVERYWHERE = "fr"
_PREFIXES = {"departements": "d", "regions": "r"}


def served_areas(lines: Any) -> tuple[str, ...]:
    """« d59 », « r53 », « fr » of the lines of activity, alone and with their trade (« blanchisserie@r53 »).

    Read with care: a list may give another shape.
    """
    found: dict[str, None] = {}
    for line in lines if isinstance(lines, list) else ():
        area = line.get("area") if isinstance(line, Mapping) else None
        for code in _codes(area) if isinstance(area, Mapping) else ():
            found |= {code: None, f"{line.get('sector')}@{code}": None}
    return tuple(found)


def _codes(area: Mapping[str, Any]) -> list[str]:
    kind = area.get("kind")
    if kind == "france":
        return [EVERYWHERE]
    return [f"{_PREFIXES[kind]}{code}" for code in area.get("codes") or ()] if kind in _PREFIXES else []


def areas_that_serve(place: Place, sectors: Iterable[str]) -> tuple[str, ...]:
    """What the index holds of whoever serves the whole of this place for one of these trades; for any when none is asked."""
    codes = [EVERYWHERE]
    codes += [f"r{place.region}"] if place.region else []
    codes += [f"d{place.departement}"] if place.departement and place.kind != "region" else []
    trades = tuple(sectors)
    return tuple(f"{trade}@{code}" for trade in trades for code in codes) if trades else tuple(codes)
