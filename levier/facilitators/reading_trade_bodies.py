"""Reads the file of professional bodies: our documented CSV, one body a row; what a trade or a territory may be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from levier.facilitators.models import TradeBodyKind
from levier.facilitators.reading import Places, area_of, pieces_of
from levier.facilitators.reading_table import RejectedRowError, table_rows
from levier.reference.sectors import all_groups, find_sector, is_known_naf

COLUMNS = ("name", "kind", "trades", "territories", "contact_page", "email", "source", "confirmed")
_REQUIRED = {"name", "trades", "source"}
_YES = {"oui", "1", "true", "vrai", "x"}


@dataclass(frozen=True, kw_only=True)
class TradeBodyValues:
    """A professional body as typed or read; `trades` and `territories` already checked."""

    name: str
    trades: tuple[str, ...]
    source: str
    kind: str = TradeBodyKind.FEDERATION.value
    territories: tuple[str, ...] = ()
    contact_page: str = ""
    email: str = ""
    is_confirmed: bool = False


def trade_of(text: str) -> str:
    """« proprete », « nettoyage-locaux », « cpv:909 », « naf:81.21Z » as it is kept. Raises RejectedRowError."""
    word = text.strip().casefold()
    kind, _, code = word.partition(":")
    digits = code.strip().upper().replace(".", "").replace("-", "")
    if kind == "cpv" and digits.isdigit() and 2 <= len(digits) <= 8:
        return f"cpv:{digits}"
    if kind == "naf" and is_known_naf(digits):
        return f"naf:{digits}"
    if find_sector(word) or any(group.slug == word for group in all_groups()):
        return word
    raise RejectedRowError(
        f"Métier « {text} » inconnu : donnez une famille (« proprete »), un secteur (« nettoyage-locaux »), "
        "« cpv:909 » ou « naf:81.21Z »."
    )


def bodies_in(path: Path, places: Places) -> Iterator[tuple[str, TradeBodyValues | str]]:
    """(« ligne 3 », body) or (« ligne 3 », reason of the rejection). Raises UnreadableFileError."""
    for where, cells in table_rows(path, required=_REQUIRED, columns=COLUMNS):
        try:
            if isinstance(cells, str):
                raise RejectedRowError(cells)
            yield where, _body(cells, places)
        except RejectedRowError as reason:
            yield where, str(reason)


def _body(cells: Mapping[str, str | None], places: Places) -> TradeBodyValues:
    values = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    kind = values["kind"] or TradeBodyKind.FEDERATION.value
    if kind not in TradeBodyKind.values:
        raise RejectedRowError(f"Nature « {kind} » inconnue : {', '.join(TradeBodyKind.values)}.")
    for name, what in (("name", "Le nom"), ("trades", "Le métier"), ("source", "La source")):
        if not values[name]:
            raise RejectedRowError(f"{what} est absent.")
    areas = [area_of("territories", one, places) for one in pieces_of(values["territories"])]
    return TradeBodyValues(
        name=values["name"][:160],
        kind=kind,
        trades=tuple(dict.fromkeys(trade_of(one) for one in pieces_of(values["trades"]))),
        territories=tuple(f"{scope}:{code}" for scope, code in areas if scope != "pays"),
        contact_page=_valid(values["contact_page"], URLValidator(["http", "https"]), "La page de contact"),
        email=_valid(values["email"].lower(), validate_email, "L’adresse"),
        source=values["source"][:200],
        is_confirmed=values["confirmed"].casefold() in _YES,
    )


def _valid(text: str, validator: Callable[[str], None], what: str) -> str:
    try:
        if text:
            validator(text)
    except ValidationError:
        raise RejectedRowError(f"{what} « {text} » est fausse : corrigez-la ou laissez-la vide.") from None
    return text
