"""Whether the winner of a contract is worth a call from a supplier: for its own trade, for people it lends, for a part of the work."""

from collections.abc import Iterable
from dataclasses import dataclass

from levier.directory.fitting import LENDING, fit_of
from levier.directory.kinds import kind_of
from levier.purchasing.queries.reaching import Sheet
from levier.reference.sectors import sector, sector_for_cpv

# Its winner has others do the painting, the floors, the fences: every trade of its family is called upon.
_ALL_TRADES = "construction-generale"


@dataclass(frozen=True, slots=True)
class Call:
    """Why to call, as a sentence, empty when it is the supplier's own trade; `sector`: the trade whose area counts, empty: any."""

    why: str
    sector: str


def call_for(cpv: str, sheet: Sheet) -> Call | None:
    """What a contract of this CPV code may bring to a supplier; None when nothing. A supplier that says no trade is told all."""
    trade = sector_for_cpv(cpv) if cpv else None
    slug = trade.slug if trade is not None else ""
    if not sheet.sectors or slug in sheet.sectors:
        return Call("", slug)
    if _lends_people(sheet, slug):
        return Call("Vous mettez des personnes à disposition : son titulaire peut en chercher.", "")
    if slug == _ALL_TRADES:
        of_family = [one for one in sheet.sectors if sector(one).group == sector(slug).group]
        if of_family:
            return Call(
                "Publié comme travaux de bâtiment, sans métier plus précis : une part peut être pour vous.",
                of_family[0],
            )
    return None


def trades_called(sheets: Iterable[Sheet]) -> tuple[str, ...]:
    """The trades whose contracts may bring something to one of these suppliers; empty for every trade."""
    family = sector(_ALL_TRADES).group
    wanted: set[str] = set()
    for sheet in sheets:
        if not sheet.sectors or LENDING in sheet.sectors or kind_of(sheet.kind).shelf == "people":
            return ()
        wanted.update(sheet.sectors)
        if any(sector(one).group == family for one in sheet.sectors):
            wanted.add(_ALL_TRADES)
    return tuple(sorted(wanted))


def _lends_people(sheet: Sheet, slug: str) -> bool:
    if kind_of(sheet.kind).shelf != "people":
        return LENDING in sheet.sectors
    return fit_of(sheet, [slug] if slug else []) != "other"
