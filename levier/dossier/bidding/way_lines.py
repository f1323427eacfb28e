"""Each way of doing the hours with who can help near the place: of the trade first, then of any, the nearest first."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict

from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.directory import index
from levier.directory.around import around_place
from levier.directory.coming import coming_page
from levier.directory.fitting import FITS, fit_of
from levier.directory.index import FoundSupplier
from levier.directory.search import SupplierHit, SupplierPage, SupplierQuery
from levier.dossier.need import Need
from levier.dossier.result import SupplierLine
from levier.dossier.suppliers import sectors_of_group, sectors_wanted
from levier.reference.places import Place
from levier.reference.sectors import sector
from levier.rulebook.modalities import Way, ways

REACH_KM = 50.0
SUPPLIERS_PER_WAY = 3
# Read by distance, then ranked by trade: the right GEIQ may be the thirtieth structure away.
_POOL = 200
# « Plâtrerie – peinture », « carrelage, faïence », « plomberie / chauffage ».
_PARTS = re.compile(r"\s*[–—/,;+]\s*|\s+-\s+|\s+et\s+")
_MOST_PARTS = 5


@dataclass(frozen=True)
class WayLine:
    """One way with who can help: how many structures stand within reach (None: not counted) and the nearest.

    When they are few, then those from farther who say they work there; when there is none, those of a neighbouring
    trade (`near_trade`). `unsaid`: how many within reach never said what they do. `search`: the query of the directory.
    """

    way: Way
    reach: int | None
    suppliers: tuple[SupplierLine, ...]
    near_trade: tuple[SupplierLine, ...] = ()
    unsaid: int = 0
    search: str = ""
    unsaid_search: str = ""

    @property
    def is_fit(self) -> bool:
        """Whether nothing speaks against it here."""
        return self.way.is_fit and (self.reach != 0 or bool(self.suppliers))


def sectors_named(need: Need, sector_of: Callable[[str], str]) -> tuple[str, ...]:
    """The trades of a lot that names several: « Plâtrerie – peinture ». `sector_of`: the trade of a few words, or nothing.

    Only trades of the same family: « espaces verts des écoles et crèches » is no childcare.
    """
    first = sectors_wanted(need)
    if not need.sector:
        return first
    family = sector(need.sector).group
    parts = _PARTS.split(need.object)[:_MOST_PARTS]
    others = [sector_of(part) for part in parts if len(part) > 3] if len(parts) > 1 else []
    return tuple(dict.fromkeys((*first, *(slug for slug in others if slug and sector(slug).group == family))))


def way_lines(
    need: Need, sectors: tuple[str, ...], hours: float, months: float | None, *, is_won: bool, starts_on: date | None,
    today: date,
) -> tuple[WayLine, ...]:  # fmt: skip
    """The ways compared for these hours; once the contract is won, it is too late to bid together."""
    territory = need.place.departement if need.place else ""
    compared = ways(hours=hours, months=months, on=today, starts_on=starts_on, territory=territory)
    return tuple(
        _with_suppliers(way, need.place, sectors)
        for way in compared
        if not (is_won and way.modality.key == "cotraitance")
    )


def _with_suppliers(way: Way, place: Place | None, sectors: tuple[str, ...]) -> WayLine:
    is_of_trade = way.modality.shelf == "work"
    if not way.modality.kinds or place is None or (is_of_trade and not sectors):
        return WayLine(way, None, ())
    query = around_place(SupplierQuery(kinds=way.modality.kinds, sort="distance"), place, REACH_KM)
    try:
        if is_of_trade:
            return _of_trade(way, query, place, sectors)
        return _of_people(way, query, place, sectors)
    except (IndexMissingError, IndexOutdatedError):
        return WayLine(way, None, ())


def _of_people(way: Way, query: SupplierQuery, place: Place, sectors: tuple[str, ...]) -> WayLine:
    """Who supplies people for this trade first; a GEIQ of another branch is left out."""
    page = index.find(replace(query, limit=_POOL))
    fitting = [
        (FITS.index(fit_of(hit, sectors)), hit) for hit in page.hits if fit_of(hit, sectors) != "other"
    ]
    first = [hit for _, hit in sorted(fitting, key=lambda one: one[0])][:SUPPLIERS_PER_WAY]
    reach = len(fitting) + page.total - len(page.hits)
    found = _Found(first, _coming(query, place, sectors, page), ())
    return found.line(way, reach, place, sectors, _search(query, place))


def _of_trade(way: Way, query: SupplierQuery, place: Place, sectors: tuple[str, ...]) -> WayLine:
    asked = replace(query, sectors=sectors, limit=SUPPLIERS_PER_WAY)
    page = index.find(asked)
    coming = _coming(asked, place, sectors, page)
    near: tuple[SupplierHit, ...] = ()
    if not page.total and not coming:
        wider = tuple(dict.fromkeys(slug for one in sectors for slug in sectors_of_group(one)))
        near = index.find(replace(asked, sectors=wider)).hits
    found = _Found(list(page.hits), coming, near)
    unknown = replace(query, activities=("unknown",))
    line = found.line(way, page.total, place, sectors, _search(asked, place))
    return replace(line, unsaid=index.count(unknown), unsaid_search=_search(unknown, place))


def _coming(
    query: SupplierQuery, place: Place, sectors: tuple[str, ...], page: SupplierPage
) -> tuple[SupplierHit, ...]:
    """From farther, saying that they work here: only when the near ones are few."""
    if page.total >= SUPPLIERS_PER_WAY:
        return ()
    hits = coming_page(query, place, limit=SUPPLIERS_PER_WAY).hits
    return tuple(hit for hit in hits if fit_of(hit, sectors) != "other")[: SUPPLIERS_PER_WAY - page.total]


@dataclass(frozen=True)
class _Found:
    first: list[SupplierHit]
    coming: tuple[SupplierHit, ...]
    near_trade: tuple[SupplierHit, ...]

    def line(self, way: Way, reach: int, place: Place, sectors: tuple[str, ...], search: str) -> WayLine:
        """The line with its cards, read in one query."""
        first, coming, near = index.carded(self.first, self.coming, self.near_trade)
        lines = [_line(one, place, _why(one, sectors)) for one in first]
        lines += [
            _line(one, place, f"{_why(one, sectors)}, établie ailleurs, dit intervenir ici") for one in coming
        ]
        other = tuple(_line(one, place, f"métier proche : {_trade(one.hit.sectors)}") for one in near)
        return WayLine(way, reach, tuple(lines), other, search=search if reach > len(lines) else "")


def _why(found: FoundSupplier, sectors: tuple[str, ...]) -> str:
    matched = _trade([slug for slug in found.hit.sectors if slug in sectors])
    if matched:
        return matched
    if fit_of(found.hit, sectors) == "unknown":
        return "demandez les métiers de ses adhérents"
    return "met des personnes à disposition, tous métiers"


def _trade(slugs: tuple[str, ...] | list[str]) -> str:
    return sector(slugs[0]).label.lower() if slugs else ""


def _line(found: FoundSupplier, place: Place, why: str) -> SupplierLine:
    is_rough = found.card.is_place_approximate or place.is_approximate
    return SupplierLine(found.card, found.hit.distance_km, is_rough, why)


def _search(query: SupplierQuery, place: Place) -> str:
    """The same structures on the results page of the directory."""
    address = QueryDict(mutable=True)
    address["lieu"] = place.label
    if query.radius_km:
        address["rayon"] = f"{query.radius_km:.0f}"
    address.setlist("type", list(query.kinds))
    address.setlist("secteur", list(query.sectors))
    address.setlist("activite", list(query.activities))
    return address.urlencode()
