"""The gestures a purchase waits for before its next step, one by one, each with the page where it is made. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from levier.purchasing.models import ContactSide, PurchaseState
from levier.purchasing.queries.purchases import WholePurchase
from levier.purchasing.timeline import MOVES, Move, Requirement


@dataclass(frozen=True, slots=True)
class Gesture:
    """One thing to do: in words, whether it is done, where; `verb` is the button that opens it."""

    text: str
    is_done: bool
    verb: str
    url: str


def gestures(whole: WholePurchase) -> tuple[Gesture, ...]:
    """What the next move needs, in order, for the side that makes it; empty for the other side."""
    move = _next_move(whole)
    if move is None or move.side not in whole.sides:
        return ()
    return tuple(one for need in move.needs if (one := _MAKERS[need](whole)) is not None)


def _next_move(whole: WholePurchase) -> Move | None:
    """The move that goes forward: the one without a reason to give."""
    ahead = (one for one in MOVES if whole.purchase.state in one.before and not one.needs_note)
    return next(ahead, None)


def _lots(whole: WholePurchase) -> Gesture | None:
    count = len(whole.lots)
    if whole.purchase.state != PurchaseState.DRAFT:
        # Only its buyer adds a lot; the word box of the same page asks for it.
        return (
            None
            if count
            else Gesture("Au moins un lot : l’acheteur l’ajoute", False, "Le lui demander", "#mot")
        )
    said = f"Décrire les lots : {count} lot{'s' if count > 1 else ''}" if count else "Décrire au moins un lot"
    return Gesture(
        said, bool(count), "Ajouter un lot", reverse("purchasing:new_lot", args=[whole.purchase.pk])
    )


def _contacts(whole: WholePurchase, side: ContactSide) -> Gesture | None:
    if side == ContactSide.FACILITATOR and whole.purchase.is_in_house:
        return None
    is_done = all(place.person for place in whole.places(side))
    return Gesture(
        "Nommer vos deux contacts", is_done, "Nommer les contacts",
        reverse("purchasing:purchase_contacts", args=[whole.purchase.pk, side.value]),
    )  # fmt: skip


def _of_each_lot(whole: WholePurchase, *, signed: bool) -> Gesture | None:
    """How many lots are proposed, or signed; the button opens the first that is not."""
    waiting, url = 0, ""
    for lot in whole.lots:
        lines = whole.lines.get(lot.pk, ())
        if any(one.is_signed if signed else one.is_proposed for one in lines):
            continue
        waiting += 1
        url = url or next((one.url for one in lines if one.url), "")
    if not whole.lines:
        return None
    done = len(whole.lots) - waiting
    what, verb = ("Signer chaque lot", "Lire et signer") if signed else ("Étudier chaque lot", "Étudier")
    first = next(
        (lot for lot in whole.lots if any(one.url == url for one in whole.lines.get(lot.pk, ()))), None
    )
    return Gesture(
        f"{what} : {done} sur {len(whole.lots)}", not waiting,
        f"{verb} le lot {first.number}" if first else verb, url,
    )  # fmt: skip


_MAKERS: dict[Requirement, Callable[[WholePurchase], Gesture | None]] = {
    "lots": _lots,
    "buyer_contacts": lambda whole: _contacts(whole, ContactSide.BUYER),
    "facilitator_contacts": lambda whole: _contacts(whole, ContactSide.FACILITATOR),
    "studied": lambda whole: _of_each_lot(whole, signed=False),
    "signed": lambda whole: _of_each_lot(whole, signed=True),
    # Asked in the form of the move itself.
    "launch": lambda _: None,
}
