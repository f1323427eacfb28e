"""How large a supplier is, in four bands of people, from what is known of it: its own word, its places, SIRENE."""

from collections.abc import Mapping
from typing import Any

from levier.core.typography import NO_BREAK, figure
from levier.directory.ownership.wording import workforce_words
from levier.directory.profile import profile_text

# The bounds of French and European statistics, 10, 50 and 250, which are also bounds of SIRENE's bands.
SIZES: dict[str, str] = {
    "micro": "Moins de 10 personnes",
    "petite": "10 à 49 personnes",
    "moyenne": "50 à 249 personnes",
    "grande": "250 personnes et plus",
}
# « NN » is absent: an establishment « présumé non employeur » may well have fifty people who are no employees.
_OF_BAND = {
    **dict.fromkeys(("00", "01", "02", "03"), "micro"),
    **dict.fromkeys(("11", "12"), "petite"),
    **dict.fromkeys(("21", "22", "31"), "moyenne"),
    **dict.fromkeys(("32", "41", "42", "51", "52", "53"), "grande"),
}


def size_of(workforce: Any, places: int | None, band: str) -> str:
    """A key of SIZES, empty when nothing says it.

    ``workforce``: the owner's statement, {insertion, permanent}; ``places``: authorised places, whose holders are no
    employees for SIRENE; ``band``: SIRENE's code. The owner is believed first, then the places.
    """
    people = _stated(workforce) or places or 0
    return _size_of_people(people) if people > 0 else _OF_BAND.get(band, "")


def people_words(profile: Mapping[str, Any], places: int | None) -> str:
    """« 24 personnes en insertion, 6 permanents », « 40 places », « 20 à 49 salariés (2024) »; empty when nothing says it."""
    stated = workforce_words(profile) if isinstance(profile.get("workforce"), Mapping) else ""
    if stated:
        return stated
    if places:
        return f"{figure(places)}{NO_BREAK}place{'s' if places > 1 else ''}"
    return profile_text("headcount", profile["headcount"]) if _band(profile) in _OF_BAND else ""


def size_in(profile: Mapping[str, Any], places: int | None) -> str:
    """The same, from the profile of a card."""
    return size_of(profile.get("workforce"), places, _band(profile))


def _band(profile: Mapping[str, Any]) -> str:
    headcount = profile.get("headcount")
    return str(headcount.get("band", "")) if isinstance(headcount, Mapping) else ""


def _stated(workforce: Any) -> int:
    """People in insertion and permanent staff together; 0 for another shape, which a list may give."""
    if not isinstance(workforce, Mapping):
        return 0
    counts = (workforce.get("insertion"), workforce.get("permanent"))
    return sum(count for count in counts if isinstance(count, int))


def _size_of_people(people: int) -> str:
    if people < 10:
        return "micro"
    if people < 50:
        return "petite"
    return "moyenne" if people < 250 else "grande"
