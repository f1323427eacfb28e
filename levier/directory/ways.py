"""How a supplier may serve: services, works, goods, people, co-contracting; as it says, else as its kind and trades suggest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from levier.directory.kinds import kind_of
from levier.reference.sectors import cpv_prefixes_of

WAYS: dict[str, str] = {
    "services": "prestation de services",
    "works": "travaux",
    "supplies": "fournitures",
    "staffing": "mise à disposition",
    "joint": "co-traitance",
}
_WORKS_DIVISION, _FIRST_SERVICE_DIVISION = 45, 50


@dataclass(frozen=True, slots=True)
class Ways:
    """Codes of WAYS in their order, and whether the supplier itself states them."""

    codes: tuple[str, ...] = ()
    is_stated: bool = False

    @property
    def words(self) -> str:
        """« prestation de services, travaux »; empty when nothing says it."""
        return ", ".join(WAYS[code] for code in self.codes)


def ways_of(lines: Any, kind: str, sectors: Iterable[str]) -> Ways:
    """From the owner's lines of activity, else inferred.

    A kind that lends people lends people; another does what its trades are in the nomenclature of contracts: works
    (division 45), services (from 50), goods (the rest). Without a trade nothing is inferred. Nobody is taken for a
    co-contractor who did not say so.
    """
    stated = _stated(lines)
    if stated:
        return Ways(_in_order(stated), is_stated=True)
    return _inferred(kind, tuple(sectors))


@lru_cache(maxsize=4_096)
def _inferred(kind: str, sectors: tuple[str, ...]) -> Ways:
    if kind_of(kind).shelf == "people":
        return Ways(("staffing",))
    return Ways(_in_order({way for slug in sectors for way in _ways_of_sector(slug)}))


def _stated(lines: Any) -> set[str]:
    """The ways of the lines, read with care: a list may give another shape."""
    rows = [line for line in lines if isinstance(line, Mapping)] if isinstance(lines, list) else []
    return {way for line in rows for way in (line.get("ways") or ()) if way in WAYS}


def _in_order(codes: set[str]) -> tuple[str, ...]:
    return tuple(code for code in WAYS if code in codes)


@cache
def _ways_of_sector(slug: str) -> frozenset[str]:
    divisions = {int(prefix[:2]) for prefix in cpv_prefixes_of(slug)}
    # Reuse, waste-yard keeping and the like have no division of their own: all of them are services.
    return frozenset(map(_way_of_division, divisions)) or frozenset({"services"})


def _way_of_division(division: int) -> str:
    if division == _WORKS_DIVISION:
        return "works"
    return "services" if division >= _FIRST_SERVICE_DIVISION else "supplies"
