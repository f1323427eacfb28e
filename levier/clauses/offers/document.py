"""The offer as a document to hand over: posts, structures, prescribers, routes. No person is named."""

from collections.abc import Mapping, Sequence
from typing import Any

from levier.clauses.models import ChoiceKind, InsertionOffer
from levier.clauses.offers.proposing import chosen
from levier.clauses.recipes import is_promised_by_offers
from levier.clauses.studies.lot_lines import in_words
from levier.clauses.studies.queries import last_choices
from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import day, figure, hours
from levier.purchasing.models import ContactSide, Lot

FORMATS = {
    "pdf": (to_pdf, "application/pdf"),
    "docx": (to_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "odt": (to_odt, "application/vnd.oasis.opendocument.text"),
}


def written(offer: InsertionOffer, form: str) -> tuple[bytes, str]:
    """The file and its media type. `form` is a key of FORMATS. Raises KeyError, DocumentError."""
    maker, media_type = FORMATS[form]
    return maker(as_markdown(offer), title=f"Offre d’insertion, lot {offer.lot.number}"), media_type


def as_markdown(offer: InsertionOffer) -> str:
    """The document; everything somebody typed is escaped."""
    lot, purchase = offer.lot, offer.lot.purchase
    parts = [
        f"# Offre d’insertion : {escape(lot.title)}",
        f"{escape(purchase.title)}, lot {lot.number}. Acheteur : {escape(str(purchase.organisation))}.",
        "Cette offre vous aide ; elle n’impose rien : vous choisissez librement comment faire les heures.",
    ]
    parts += _asked_and_whom_to_call(lot)
    if offer.state == InsertionOffer.State.HANDED:
        parts.append(f"Remise à {escape(offer.handed_to)} le {day(offer.handed_on)}.")
    if offer.posts:
        parts += ["## Les postes", _posts_table(offer.posts)]
    cards, prescribers = chosen(offer)
    if cards:
        lines = [
            f"- {escape(card.display_name)}, {escape(card.kind.name)}, {escape(card.place_label)}"
            + (f", {escape(card.phone)}" if card.phone else "")
            for card in cards
        ]
        parts += ["## Les structures à appeler", "\n".join(lines)]
    if prescribers or offer.expected_people:
        parts.append("## Les personnes et ceux qui les accompagnent")
        if offer.expected_people:
            parts.append(f"{figure(offer.expected_people)} personnes déjà repérées pour ces postes.")
        parts.append(
            "\n".join(
                f"- {escape(one.name)}" + (f", {escape(one.phone)}" if one.phone else "")
                for one in prescribers
            )
        )
    if offer.routes:
        parts += [
            "## Les parcours possibles",
            "\n".join(f"- **{label}** : {why}" for label, why in offer.route_lines),
        ]
        if offer.routes_note:
            parts.append(escape(offer.routes_note))
    if offer.note:
        parts += ["## À savoir", escape(offer.note)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _posts_table(posts: Sequence[Mapping[str, Any]]) -> str:
    """The posts; a column nobody filled is left out. The dashes give each column its share of the page."""
    columns: list[tuple[str, str, list[str]]] = [
        ("Poste", f":{'-' * 30}", [escape(post["label"]) for post in posts]),
        ("Code ROME", f":{'-' * 14}", [post["rome"] for post in posts]),
        ("Personnes", f"{'-' * 13}:", [figure(post["people"]) for post in posts]),
        ("Heures", f"{'-' * 11}:", [hours(post["hours"]) if post["hours"] else "" for post in posts]),
        ("Tâches accessibles", f":{'-' * 44}", [escape(post["tasks"]) for post in posts]),
    ]
    kept = [one for one in columns if any(one[2])]
    lines = [[title for title, _, _ in kept], [dashes for _, dashes, _ in kept]]
    lines += [[cells[row] for _, _, cells in kept] for row in range(len(posts))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _asked_and_whom_to_call(lot: Lot) -> list[str]:
    """What the clause asks, as decided or proposed, and the facilitator with its people."""
    parts = []
    purchase = lot.purchase
    choices = last_choices([lot]).get(lot.pk, {})
    choice = choices.get(ChoiceKind.DECISION) or choices.get(ChoiceKind.PROPOSAL)
    if choice is not None and choice.levers:
        more = (
            " Votre offre en promet plus ? C’est ce nombre qui est dû."
            if is_promised_by_offers(choice.levers)
            else ""
        )
        parts.append(f"**Ce qui est demandé.** {escape(in_words(choice))}.{more}")
    callers = [one for one in purchase.contacts.all() if one.side == ContactSide.FACILITATOR]
    if purchase.facilitator is not None:
        people = " ; ".join(", ".join(filter(None, (one.name, one.phone, one.email))) for one in callers)
        who = f"{purchase.facilitator.name}{' : ' + people if people else ''}"
        parts.append(f"**Qui appeler.** {escape(who)}.")
    return parts
