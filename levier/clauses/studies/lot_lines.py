"""What the page of a purchase says of each lot's study: filled from here, since purchasing knows no clause."""

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse

from levier.accounts.models import User
from levier.clauses.models import ChoiceKind, LotChoice, Scenario
from levier.clauses.studies import queries
from levier.core.typography import day, hours
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import ContactSide, Lot, Purchase, PurchaseState
from levier.purchasing.policies import sides_for
from levier.rulebook.levers.wording import with_article

LONGEST_REASON = 120
_NOT_YET, _UNDER_WAY = "Pas encore étudié.", "Étude commencée, pas encore proposée."


def lines_of(purchase: Purchase, lots: Sequence[Lot], reader: User | None) -> Iterable[LotLine]:
    """One line a lot: what is proposed or signed, and where the reader works on it."""
    choices = queries.last_choices(lots)
    sides = sides_for(reader, purchase) if reader is not None and not purchase.is_draft else frozenset()
    calculated = _calculated(lot for lot in lots if not choices.get(lot.pk))
    for lot in lots:
        found = choices.get(lot.pk, {})
        yield LotLine(
            lot_id=lot.pk,
            lines=_said(found) or (_UNDER_WAY if lot.pk in calculated else _NOT_YET,),
            url="" if purchase.is_draft else reverse("clauses:study", kwargs={"lot_pk": lot.pk}),
            url_label=_verb(purchase, found, sides),
            is_proposed=queries.is_studied(found),
            is_signed=queries.is_signed(found),
            links=() if purchase.is_draft else _links(lot, found),
        )


def _said(found: Mapping[str, LotChoice]) -> tuple[str, ...]:
    """The proposal, then the signature; a proposal signed as it stands is said once."""
    proposal, decision = found.get(ChoiceKind.PROPOSAL), found.get(ChoiceKind.DECISION)
    said = []
    is_signed_so = (
        proposal is not None
        and decision is not None
        and decision.at >= proposal.at
        and in_words(decision) == in_words(proposal)
    )
    for choice, word in ((proposal, "Proposé"), (decision, "Signé")):
        if choice is not None and not (choice is proposal and is_signed_so):
            said.append(f"{word} le {day(choice.at)} : {in_words(choice)}")
    return tuple(said)


def _calculated(lots: Iterable[Lot]) -> set[int]:
    """Those of the lots that hold a calculation somebody kept. One SQL query, none for no lot."""
    asked = [one.pk for one in lots]
    if not asked:
        return set()
    kept = Scenario.objects.filter(lot__in=asked, removed_at=None)
    return set(kept.values_list("lot", flat=True))


def _verb(purchase: Purchase, found: Mapping[str, LotChoice], sides: frozenset[ContactSide]) -> str:
    if purchase.state == PurchaseState.TO_STUDY and ContactSide.FACILITATOR in sides:
        return "Revoir l’étude" if queries.is_studied(found) else "Étudier ce lot"
    if (
        purchase.state == PurchaseState.PROPOSED
        and ContactSide.BUYER in sides
        and not queries.is_signed(found)
    ):
        return "Lire et signer"
    return "Voir l’étude" if found else "Voir le premier calcul"


def _links(lot: Lot, found: Mapping[str, LotChoice]) -> tuple[tuple[str, str], ...]:
    last = found.get(ChoiceKind.DECISION) or found.get(ChoiceKind.PROPOSAL)
    links = [("Offre d’insertion", reverse("clauses:offer", kwargs={"lot_pk": lot.pk}))]
    if last is not None and last.levers:
        links.insert(0, ("Textes à exporter", reverse("clauses:lot_texts", kwargs={"lot_pk": lot.pk})))
    return tuple(links)


def in_words(choice: LotChoice) -> str:
    """« Clause sociale d’insertion (L2112-2), 480 h d’insertion », « aucun levier : … »."""
    if not choice.levers:
        return levers_in_words(choice)
    counted = (
        f"{hours(choice.hours)} d’insertion"
        if choice.hours
        else choice.slice.in_words
        if choice.slice
        else ""
    )
    return ", ".join(filter(None, (levers_in_words(choice), counted)))


def levers_in_words(choice: LotChoice) -> str:
    """« Clause sociale d’insertion (L2112-2) », « aucun levier (raison) »."""
    if not choice.levers:
        return f"aucun levier ({choice.why_none[:LONGEST_REASON]})"
    return ", ".join(with_article(one.title, one.article) for one in choice.named_levers)


def hours_in_words(choice: LotChoice) -> str:
    """« 480 h », the slice of a framework, « sans heures »: for a cell that says them alone."""
    return hours(choice.hours) if choice.hours else choice.slice.in_words if choice.slice else "sans heures"
