"""What the templates need beside the dossier itself: the chips, the map, the texts as HTML."""

from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import QueryDict
from django.urls import reverse

from levier.clauses.showing import as_html
from levier.core.typography import counted, day, euros, figure
from levier.directory.results import slug_of
from levier.dossier.forms import NeedForm
from levier.dossier.need import BUYER_KINDS, PROGRAMMES, Need
from levier.dossier.result import Dossier, Shelf, SupplierLine

# Folded together unless a question waits there.
MINOR = frozenset(
    {
        "buyer_kind",
        "buyer_siren",
        "is_framework",
        "is_concession",
        "posts",
        "programme",
        "lot_count",
        "launch_date",
    }
)
# Levers shown below the chosen one before « les autres ».
LEVERS_IN_SIGHT = 4
# A longer text comes when asked: the page stays under its weight.
SHORT_TEXT = 1_600


@dataclass(frozen=True)
class Chip:
    """One part of the need as understood, and the field that corrects it."""

    name: str
    label: str
    value: str
    field: BoundField
    is_missing: bool = False
    is_asked: bool = False
    is_minor: bool = False
    help: str = ""

    @property
    def is_open(self) -> bool:
        """Shown unfolded: a question waits there, or what was typed is refused."""
        return self.is_asked or bool(self.field.errors)


@dataclass(frozen=True)
class ClauseText:
    """One document of the clause, as HTML to read and copy; empty while the page only names it."""

    code: str
    title: str
    html: str
    is_main: bool
    own: str = ""


def chips_of(form: NeedForm, dossier: Dossier | None) -> tuple[Chip, ...]:
    """The left column: every part of the need, understood or still to say."""
    asked = {question.field: question for question in dossier.questions} if dossier else {}
    values = values_understood(dossier.need) if dossier else {}
    chips = []
    for name in _order(dossier):
        value = values.get(name, "")
        # « 2 personnes, heures à dire »: something is said, and what decides is not.
        is_said = bool(value) and (dossier is None or getattr(dossier.need, name) is not None)
        chips.append(
            Chip(
                name=name,
                label=str(form.fields[name].label),
                value=value,
                field=form[name],
                is_missing=not value,
                is_asked=name in asked and not is_said,
                is_minor=name in MINOR and name not in asked and not form[name].errors,
                help=asked[name].text if name in asked else "",
            )
        )
    return tuple(chips)


def _order(dossier: Dossier | None) -> list[str]:
    names = ["cpv", "place", "amount_ht", "months", "buyer_side", "launch_date"]
    if dossier is None:
        return names
    need = dossier.need
    if need.buyer_side == "public":
        names.insert(5, "buyer_kind")
        names.append("buyer_siren")
    is_takeover_trade = dossier.calibration is not None and dossier.calibration.trade.takeover_possible
    if is_takeover_trade or need.takeover_hours is not None:
        names.insert(4, "takeover_hours")
    names += ["is_framework", "is_concession"] if need.buyer_side == "public" else ["is_framework"]
    if need.is_framework:
        names.append("max_amount_ht")
    if need.contract_kind == "travaux":
        names += ["lot_count", "posts", "programme"]
    return names


def values_understood(need: Need) -> dict[str, str]:
    """Each part of the need in French words, by field name; empty when unknown."""
    sides = {"public": "public", "private": "privé"}
    return {
        "cpv": f"{need.cpv.label} ({need.cpv.code})" if need.cpv else "",
        "place": need.place.label if need.place else "",
        "amount_ht": euros(need.amount_ht) if need.amount_ht is not None else "",
        "max_amount_ht": euros(need.max_amount_ht) if need.max_amount_ht is not None else "",
        "months": f"{figure(need.months, 1)} mois" if need.months is not None else "",
        "takeover_hours": _takeover(need),
        "buyer_side": sides[need.buyer_side],
        "buyer_kind": BUYER_KINDS.get(need.buyer_kind or "", ""),
        "buyer_siren": need.buyer_siren,
        "is_framework": "oui" if need.is_framework else "non",
        "is_concession": "oui" if need.is_concession else "non",
        "lot_count": figure(need.lot_count) if need.lot_count else "",
        "posts": figure(need.posts) if need.posts else "",
        "programme": PROGRAMMES.get(need.programme, "aucun"),
        "launch_date": _launch(need),
    }


def _launch(need: Need) -> str:
    launch = day(need.launch_date) + (" (supposé)" if need.is_launch_assumed else "")
    return f"{launch}, pour commencer {need.starts_said}" if need.starts_said else launch


def _takeover(need: Need) -> str:
    if need.takeover_hours is not None:
        return f"{figure(need.takeover_hours)} h par mois"
    return f"{counted(need.takeover_staff, 'personne')}, heures à dire" if need.takeover_staff else ""


def answer_context(dossier: Dossier, *, is_frozen: bool = False) -> dict[str, Any]:
    """The answer's extra values: shelves in order, the map, the clause as HTML.

    A frozen page holds every text; a live one only the short ones, and brings the others when asked.
    """
    shelves = dossier.suppliers
    others = [advice for advice in dossier.retained_levers if advice != dossier.chosen]
    return {
        "shelves": [
            {"shelf": shelf, "search": search_address(shelf, dossier)}
            for shelf in (shelves.work, shelves.people, shelves.unknown)
        ],
        "other_levers": others[:LEVERS_IN_SIGHT],
        "more_levers": others[LEVERS_IN_SIGHT:],
        "ess_search": f"{search_address(shelves.work, dossier)}&ess=on" if dossier.need.place else "",
        "map_points": map_points(dossier),
        "clause_texts": clause_texts(dossier, longest=None if is_frozen else SHORT_TEXT),
        "is_frozen": is_frozen,
    }


def search_address(shelf: Shelf, dossier: Dossier) -> str:
    """The same shelf in the directory: the query of its results page."""
    query = QueryDict(mutable=True)
    place = dossier.need.place
    if place:
        query["lieu"] = place.label
    if shelf.radius_km:
        query["rayon"] = f"{shelf.radius_km:.0f}"
    query["role"] = "people" if shelf.code == "people" else "work"
    if shelf.code == "unknown":
        query["activite"] = "unknown"
    elif shelf.code == "work":
        query.setlist("secteur", list(shelf.sectors))
    return query.urlencode()


def clause_texts(dossier: Dossier, *, longest: int | None = None) -> tuple[ClauseText, ...]:
    """The documents of the first clause text but the extracts, rendered; those over ``longest`` signs only named."""
    if dossier.clause is None:
        return ()
    return tuple(
        ClauseText(
            document.code,
            document.title,
            "" if longest is not None and len(document.markdown) > longest else as_html(document.markdown),
            document.is_main,
            document.own,
        )
        for document in dossier.clause.documents
        if not document.is_extract
    )


def map_points(dossier: Dossier) -> dict[str, Any]:
    """The suppliers of the shelves on the map, around the place of performance."""
    place = dossier.need.place
    points = [
        _point(line, shelf)
        for shelf in (dossier.suppliers.work, dossier.suppliers.people, dossier.suppliers.unknown)
        for line in shelf.lines
        if line.card.latitude is not None and line.card.longitude is not None
    ]
    centre = {"lat": place.latitude, "lon": place.longitude, "name": place.name} if place else None
    return {"points": points, "centre": centre}


def _point(line: SupplierLine, shelf: Shelf) -> dict[str, Any]:
    card = line.card
    return {
        "lat": card.latitude,
        "lon": card.longitude,
        "name": card.display_name,
        "note": f"{card.kind.name} — {shelf.title.lower()}",
        "url": reverse("directory:sheet", args=[slug_of(card.key)]),
    }
