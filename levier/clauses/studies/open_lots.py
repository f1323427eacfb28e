"""What a signature tells to who sells: a lot reserved, to whom, or open to all with hours; pushed to `purchasing`."""

from django.utils import timezone

from levier.clauses.models import LotChoice
from levier.clauses.publication import CLAUSE, publication_fields
from levier.core.audit import Actor
from levier.directory.kinds import kinds_for_reservation
from levier.purchasing.actions.open_lots import OpenLotValues, tell_open_lot
from levier.purchasing.models import Lot
from levier.rulebook.levers import lever

# Lever of reservation → the articles of the directory's kinds, and the same in words after « réservé ».
_INCLUSIVE = (
    ("L2113-12", "L2113-13"),
    "aux entreprises adaptées, aux ESAT et aux structures d’insertion",
)
_RESERVED: dict[str, tuple[tuple[str, ...], str]] = {
    "L2113-12": (("L2113-12",), "aux entreprises adaptées et aux ESAT"),
    "L2113-13": (("L2113-13",), "aux structures d’insertion"),
    "L2113-13-1": (("L2113-13-1",), "au travail en établissement pénitentiaire"),
    "L2113-14": _INCLUSIVE,
    "L2113-15": (("L2113-15",), "aux entreprises de l’économie sociale et solidaire"),
    "L3113-1": _INCLUSIVE,
}


def tell_signed_lot(*, by: Actor, lot: Lot, choice: LotChoice) -> None:
    """Push a decision of the buyer; one that neither reserves the lot nor binds the holder to a clause is withdrawn."""
    tell_open_lot(by=by, lot=lot, values=open_lot_of(lot, choice))


def open_lot_of(lot: Lot, choice: LotChoice) -> OpenLotValues | None:
    """What may be told of a decision: the levers and the hours, never an amount."""
    reserved = next((_RESERVED[code] for code in choice.levers if code in _RESERVED), None)
    has_clause = CLAUSE in publication_fields(choice.levers, is_concession=lot.purchase.is_concession).decp
    if reserved is None and not has_clause and not choice.hours and not choice.hours_per_100k:
        return None
    articles, words = reserved or ((), "")
    kinds = {kind.code for article in articles for kind in kinds_for_reservation(article)}
    return OpenLotValues(
        lever=", ".join(lever(code).title for code in choice.levers)[:200],
        signed_on=timezone.localdate(choice.at),
        reserved_kinds=tuple(sorted(kinds)),
        reserved_to=words,
        hours=choice.hours,
        hours_per_100k=choice.hours_per_100k,
    )
