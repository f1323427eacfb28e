"""What a signature tells to who sells: a lot reserved, to whom, or open to all with hours; pushed to `purchasing`."""

from django.utils import timezone

from levier.clauses.models import LotChoice
from levier.clauses.publication import CLAUSE, publication_fields
from levier.core.audit import Actor
from levier.purchasing.actions.open_lots import OpenLotValues, tell_open_lot
from levier.purchasing.models import Lot
from levier.purchasing.reservations import is_reservation, reserved_by
from levier.rulebook.levers import lever


def tell_signed_lot(*, by: Actor, lot: Lot, choice: LotChoice) -> None:
    """Push a decision of the buyer; one that neither reserves the lot nor binds the holder to a clause is withdrawn."""
    tell_open_lot(by=by, lot=lot, values=open_lot_of(lot, choice))


def open_lot_of(lot: Lot, choice: LotChoice) -> OpenLotValues | None:
    """What may be told of a decision: the levers and the hours, never an amount."""
    reserved = next((reserved_by(code) for code in choice.levers if is_reservation(code)), None)
    has_clause = CLAUSE in publication_fields(choice.levers, is_concession=lot.purchase.is_concession).decp
    if reserved is None and not has_clause and not choice.hours and not choice.hours_per_100k:
        return None
    kinds, words = reserved or ((), "")
    return OpenLotValues(
        lever=", ".join(lever(code).title for code in choice.levers)[:200],
        signed_on=timezone.localdate(choice.at),
        reserved_kinds=kinds,
        reserved_to=words,
        hours=choice.hours,
        hours_per_100k=choice.hours_per_100k,
    )
