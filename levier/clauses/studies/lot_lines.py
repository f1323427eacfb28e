"""What the page of a purchase says of each lot's study: filled from here, since purchasing knows no clause."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from levier.accounts.models import User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.clauses.studies import queries
from levier.core.typography import day, figure, hours
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import Lot, Purchase


def lines_of(purchase: Purchase, lots: Sequence[Lot], reader: User | None) -> Iterable[LotLine]:
    """One line a lot: what is proposed and signed, and the address of its study."""

    choices = queries.last_choices(lots)
    for lot in lots:
        found = choices.get(lot.pk, {})
        said = []
        for kind, word in ((ChoiceKind.PROPOSAL, "Proposé"), (ChoiceKind.DECISION, "Signé")):
            if kind in found:
                said.append(f"{word} le {day(found[kind].at)} : {in_words(found[kind])}")
        yield LotLine(
            lot_id=lot.pk,
            lines=tuple(said) or ("Pas encore étudié.",),
            url="" if purchase.is_draft else reverse("clauses:study", kwargs={"lot_pk": lot.pk}),
            url_label="Ouvrir l’étude" if said else "Étudier ce lot",
            is_proposed=queries.is_studied(found),
            is_signed=queries.is_signed(found),
        )


def in_words(choice: LotChoice) -> str:
    """« L2112-2, 480 h d’insertion », « aucun levier : … »."""
    if not choice.levers:
        return f"aucun levier ({choice.why_none[:120]})"
    levers = ", ".join(choice.levers)
    if choice.hours:
        return f"{levers}, {hours(choice.hours)} d’insertion"
    if choice.hours_per_100k:
        return f"{levers}, {figure(choice.hours_per_100k)} h par 100 000 € commandés"
    return levers
