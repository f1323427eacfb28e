"""What is not known yet of a purchase and decides something: the questions left open, each tied to its lot. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from levier.core.typography import euros
from levier.purchasing.models import Lot, Purchase, PurchaseSide
from levier.reference.cpv import detect_need_kind
from levier.rulebook.levers.facts import TAKEOVER_CPV

# Below, works are often let to one company: no question on posts.
POSTS_FROM_HT = 100_000


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One question, and the lot it is about (None: the purchase)."""

    text: str
    lot: Lot | None = None


def open_points(purchase: Purchase, lots: Sequence[Lot]) -> tuple[OpenPoint, ...]:
    """The questions that change a lever or its hours, the purchase's first."""
    points = []
    is_public = purchase.side == PurchaseSide.PUBLIC
    if is_public and purchase.launch_on is None:
        points.append(
            OpenPoint("Quand la consultation sera-t-elle lancée ? Les règles sont celles de ce jour.")
        )
    if not purchase.place_code:
        points.append(
            OpenPoint("Où le marché sera-t-il exécuté ? Le lieu décide du facilitateur et des structures.")
        )
    if is_public and not purchase.contract_kind:
        points.append(OpenPoint("Travaux, fournitures ou services ? Les seuils en dépendent."))
    if is_public and not purchase.buyer_kind:
        points.append(OpenPoint("De quelle nature est l’acheteur ? Les seuils en dépendent."))
    if is_public and purchase.amount_ht is None and any(lot.amount_ht is None for lot in lots):
        points.append(
            OpenPoint("Quel est le montant du besoin entier, hors taxes ? Les seuils se lisent sur lui.")
        )
    twice = [
        OpenPoint(
            "porte-t-il encore le besoin entier ? Donnez-lui son objet et son montant, ou retirez-le : son montant "
            "compterait deux fois.",
            lot,
        )
        for lot in lots
        if len(lots) > 1
        and lot.title == purchase.title
        and lot.amount_ht is not None
        and lot.amount_ht == purchase.amount_ht
    ]
    points += twice or _lots_over_the_whole(purchase, lots)
    for lot in lots:
        points += [OpenPoint(text, lot) for text in _of_lot(purchase, lot)]
    return tuple(points)


def _lots_over_the_whole(purchase: Purchase, lots: Sequence[Lot]) -> list[OpenPoint]:
    """Lots that add up to more than the need they are part of: a threshold would be read on too little."""
    total = sum((lot.amount_ht for lot in lots if lot.amount_ht is not None), Decimal())
    if purchase.amount_ht is None or total <= purchase.amount_ht:
        return []
    return [
        OpenPoint(
            f"Les lots font ensemble {euros(total)}, plus que le besoin entier ({euros(purchase.amount_ht)}) : lequel "
            "corriger ? Les seuils se lisent sur le besoin entier."
        )
    ]


def _of_lot(purchase: Purchase, lot: Lot) -> list[str]:
    found = []
    if not lot.cpv:
        found.append("quel code CPV ? Il donne le métier, donc les heures et les structures.")
    if lot.amount_ht is None:
        what = "quel montant de commandes estimez-vous" if lot.is_framework else "quel montant estimé"
        found.append(f"{what}, hors taxes ?")
    if lot.is_framework and lot.max_amount_ht is None and purchase.max_amount_ht is None:
        found.append("quel est le maximum de l’accord-cadre ? Les seuils se lisent sur lui.")
    if lot.months is None and purchase.months is None:
        found.append("quelle durée, en mois ? Trop court, un marché ne porte pas un parcours.")
    if lot.cpv.startswith(TAKEOVER_CPV) and not lot.takeover_known:
        found.append("y a-t-il du personnel à reprendre, et pour combien d’heures par mois ?")
    is_large = lot.amount_ht is not None and lot.amount_ht >= POSTS_FROM_HT
    if lot.cpv and detect_need_kind(lot.cpv) == "travaux" and is_large and lot.posts is None:
        found.append("combien de personnes sur le chantier ? Cela borne les heures possibles.")
    return found
