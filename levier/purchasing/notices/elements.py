"""Small readings of the elements of a notice: texts, codes, days."""

import re
from datetime import date
from xml.etree.ElementTree import Element

from levier.purchasing.notices.trees import NAMESPACES

NO_SPACE = re.compile(r"\s")


def codes(element: Element | None, path: str, listed: str) -> list[str]:
    """The codes at this path that belong to the list of this name."""
    if element is None:
        return []
    return [clean(one.text) for one in all_of(element, path) if one.get("listName") == listed]


def all_of(element: Element, path: str) -> list[Element]:
    """The elements at this path, with the usual prefixes."""
    return element.findall(path, NAMESPACES)


def text_of(element: Element | None, path: str) -> str:
    """The text at this path, French first when it is written in several languages; empty without any."""
    found = all_of(element, path) if element is not None else []
    french = next((one for one in found if one.get("languageID") == "FRA"), None)
    chosen = french if french is not None else next(iter(found), None)
    return "" if chosen is None else clean(chosen.text)


def clean(text: str | None) -> str:
    """One line, without the characters no text holds (NUL, halves of characters)."""
    return " ".join((text or "").replace("\x00", "").encode("utf-8", "ignore").decode().split())


def day_of(text: str) -> date | None:
    """The day a dated text begins with; None when it is no date, or none of this century."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def is_web_address(text: str) -> bool:
    """Whether a page may link to it."""
    return text.startswith(("https://", "http://")) and len(text) <= 500 and not NO_SPACE.search(text)
