"""The whole of a search as CSV, XLSX or JSON: read slice by slice, so that memory stays flat."""

import csv
import json
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from levier.directory import index
from levier.directory.coming import coming_query
from levier.directory.labels import is_over
from levier.directory.ownership.wording import turnover_words, written_lines
from levier.directory.profile import profile_rows
from levier.directory.queries import SupplierCard
from levier.directory.search import SupplierQuery
from levier.directory.territory import TERRITORIES, territories_of
from levier.reference.places import Place

SLICE = 1_000
# A workbook is written whole before it leaves, and the reader waits; the CSV streams and has no limit.
MOST_XLSX_ROWS = 20_000
# A reader that reads slowly holds a thread of the server, which has four: the other pages keep the rest.
MOST_AT_ONCE = 2
_places = threading.BoundedSemaphore(MOST_AT_ONCE)

COLUMNS = (
    ("nom", "Nom"), ("raison_sociale", "Raison sociale"), ("type", "Type"), ("type_libelle", "Type en clair"),
    ("siret", "SIRET"), ("activites", "Activités"), ("etat_activites", "État des activités"),
    ("presentation", "Présentation"), ("adresse", "Adresse"), ("code_postal", "Code postal"),
    ("commune", "Commune"), ("departement", "Département"), ("distance_km", "Distance (km)"),
    ("vient_d_ailleurs", "Vient d’ailleurs"), ("lieu_approximatif", "Lieu approximatif"), ("site", "Site"), ("formes", "Formes de la prestation"),
    ("etat_formes", "État des formes"), ("taille", "Taille"), ("personnes", "Personnes"),
    ("chiffre_affaires", "Chiffre d’affaires"), ("offres", "Offres"), ("references", "Références clients"),
    ("zones", "Zones d’intervention"), ("labels", "Labels et agréments"), ("certificats", "Certificats"), ("territoires", "Territoires"),
    ("eligible_clause", "Salariés comptés d’office"), ("convention", "Convention"),
    ("convention_fin", "Fin de convention"), ("places", "Places"), ("sources", "Sources"), ("vu_le", "Vu le"),
)  # fmt: skip
# A person may stand behind a number or an address: whole lists of them go to people who have signed in.
CONTACT_COLUMNS = (
    ("telephone", "Téléphone"),
    ("courriel", "Courriel"),
    ("interlocuteurs", "Interlocuteurs"),
)
Columns = tuple[tuple[str, str], ...]

_ELIGIBLE = {True: "oui", False: "non", None: "à vérifier"}
# A spreadsheet runs a cell that begins so: a name from an open list must stay a name.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Stream:
    """The pieces of one export, which holds one of the few places until it is read or given up."""

    def __init__(self, lines: Iterator[str] | Iterator[bytes]) -> None:
        self._lines = lines
        self._is_held = True

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> str | bytes:
        try:
            return next(self._lines)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place back, once, and let the pieces clean up after themselves."""
        if self._is_held:
            self._is_held = False
            _places.release()
            if isinstance(self._lines, Generator):
                self._lines.close()

    __del__ = close


def stream(lines: Iterator[str] | Iterator[bytes]) -> Stream | None:
    """The pieces with a place of their own; None when too many exports are being read."""
    return Stream(lines) if _places.acquire(blocking=False) else None


def refused(request: HttpRequest, sentence: str, status: int = 422) -> HttpResponse:
    """The page of an export that cannot be had, with the sentence that says why."""
    context = {"title": "Export impossible", "sentence": sentence}
    return render(request, "core/error.html", context, status=status)


def busy(request: HttpRequest) -> HttpResponse:
    """The page shown when too many exports are being read."""
    response = refused(request, "D’autres exports sont en cours : réessayez dans une minute.", status=503)
    response["Retry-After"] = "60"
    return response


def rows(query: SupplierQuery, place: Place | None = None) -> Iterator[dict[str, Any]]:
    """Every supplier of the search at this place, in its order, then who comes there from elsewhere."""
    yield from _rows_of(query, is_coming=False)
    coming = coming_query(query, place)
    if coming is not None:
        yield from _rows_of(coming, is_coming=True)


def count(query: SupplierQuery, place: Place | None) -> int:
    """How many lines `rows` gives."""
    coming = coming_query(query, place)
    return index.count(query) + (index.count(coming) if coming else 0)


def _rows_of(query: SupplierQuery, *, is_coming: bool) -> Iterator[dict[str, Any]]:
    offset = 0
    while True:
        page, found = index.search(replace(query, offset=offset, limit=SLICE, facets=()))
        yield from (export_row(each.card, each.hit.distance_km, is_coming=is_coming) for each in found)
        offset += SLICE
        if offset >= page.total:
            return


def export_row(
    card: SupplierCard, distance: float | None = None, *, is_coming: bool | None = None
) -> dict[str, Any]:
    """One supplier under the names of COLUMNS and CONTACT_COLUMNS; ``distance`` in km.

    ``is_coming``: outside of the place asked for, where it says it works; None when nothing was asked.
    """
    return {
        "nom": card.display_name,
        "raison_sociale": card.name,
        "type": card.kind.code,
        "type_libelle": card.kind.name,
        "siret": card.siret or "",
        "activites": ", ".join(tag.label for tag in card.sectors),
        "etat_activites": card.activity_label,
        "presentation": card.description,
        "adresse": card.address,
        "code_postal": card.postal_code,
        "commune": card.commune_name or card.city,
        "departement": card.departement_code,
        "distance_km": None if distance is None else round(distance, 1),
        "vient_d_ailleurs": "" if is_coming is None else "oui" if is_coming else "non",
        "lieu_approximatif": "oui" if card.is_place_approximate else "non",
        "site": card.website,
        "formes": card.ways.words,
        "etat_formes": "" if not card.ways.codes else "déclarées" if card.ways.is_stated else "déduites",
        "taille": card.size_label,
        "personnes": card.people_words,
        "chiffre_affaires": turnover_words(card.profile),
        "offres": _titles(card, "offers", "title"),
        "references": _titles(card, "references", "client"),
        "zones": " ; ".join(f"{one.trade} : {one.area}" for one in written_lines(card.profile) if one.area),
        "certificats": ", ".join(
            str(one["name"])
            for one in profile_rows(card.profile, "certificates", "name", "until")
            if not is_over(one, timezone.localdate())
        ),
        "labels": ", ".join(held.label.name for held in card.labels if not held.is_over),
        "territoires": ", ".join(TERRITORIES[code] for code in territories_of(card.qpv_code, card.is_frr)),
        "eligible_clause": _ELIGIBLE[card.kind.counts_for_clause],
        "convention": card.convention_label,
        "convention_fin": card.convention_until.isoformat() if card.convention_until else "",
        "places": card.places,
        "sources": ", ".join(card.sources or ()),
        "vu_le": card.seen_on.isoformat() if card.seen_on else "",
        "telephone": card.phone,
        "courriel": card.email,
        "interlocuteurs": " ; ".join(map(_person, card.people)),
    }


def _titles(card: SupplierCard, group: str, name: str) -> str:
    return " ; ".join(str(one[name]) for one in profile_rows(card.profile, group, name))


def _person(one: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (one["name"], one["position"], one["phone"], one["email"])))


def columns(*, with_contacts: bool) -> Columns:
    """The columns of an export; the contacts come last."""
    return COLUMNS + CONTACT_COLUMNS if with_contacts else COLUMNS


def harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


class _Line:
    """What csv.writer writes to: gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def as_csv(lines: Iterable[dict[str, Any]], columns: Columns) -> Iterator[str]:
    """UTF-8 with its mark and semicolons: opens by a double click in a French Excel."""
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff"
    yield writer.writerow([title for _, title in columns])
    for line in lines:
        yield writer.writerow([harmless(_in_french(line[name])) for name, _ in columns])


def _in_french(value: object) -> object:
    return str(value).replace(".", ",") if isinstance(value, float) else value


def as_json(lines: Iterable[dict[str, Any]], columns: Columns) -> Iterator[str]:
    """One array of objects, a supplier a line."""
    yield "["
    for number, line in enumerate(lines):
        kept = {name: line[name] for name, _ in columns}
        yield (",\n" if number else "\n") + json.dumps(kept, ensure_ascii=False)
    yield "\n]\n"


def as_xlsx(lines: Iterable[dict[str, Any]], columns: Columns) -> IO[bytes]:
    """An open temporary file. Texts are written as texts: nothing is read as a formula or a link."""
    handle = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book = xlsxwriter.Workbook(handle, {"constant_memory": True})
    sheet = book.add_worksheet("Fournisseurs")
    bold = book.add_format({"bold": True})
    for column, (_, title) in enumerate(columns):
        sheet.write_string(0, column, title, bold)
    sheet.freeze_panes(1, 1)
    for row, line in enumerate(lines, start=1):
        for column, (name, _) in enumerate(columns):
            value = line[name]
            if isinstance(value, int | float):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, str(value))
    book.close()
    handle.seek(0)
    return handle
