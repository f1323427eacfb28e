"""The other party to an hour says whether it is right: the holder of what its subcontractors declare, a structure of the hours it sold.

What is confirmed before the facilitator accepts it is posted « confirmée par un tiers ». Nobody sees more of a person than a first name and an
initial; never a reason.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.execution.actions import reallocate
from levier.execution.actions.posting import locked
from levier.execution.declaring import letters
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Confirmation,
    ConfirmationState,
    DeclarationLine,
    DeclarationState,
    Evidence,
    LineState,
    PartyKind,
)
from levier.execution.people.scope import acting
from levier.organisations.models import Organisation
from levier.rulebook.months import add_months, first_of

# Hours somebody else than the company that declares pays the person for.
_BOUGHT = ("etti", "ai", "geiq", "sous-traitance", "cotraitance")
_OPEN = (LineState.WAITING, LineState.QUESTIONED)
_WEAKER = (Evidence.DECLARED, Evidence.DOCUMENTED)


@dataclass(frozen=True, slots=True)
class LineToConfirm:
    """A declared line as the other party sees it. `answer`: what was said of these very hours; empty while nothing was."""

    pk: int
    person: str
    month: date
    hours: Decimal
    company: str
    modality: str
    answer: str
    asked: tuple[str, ...] = ()


def lines_to_confirm(desk: Desk) -> tuple[LineToConfirm, ...]:
    """What a company's desk may confirm: its subcontractors' lines for the holder, and those it was asked about. Three SQL queries."""
    own = desk.organisations
    wanted = Q(confirmations__organisation__in=own)
    if desk.contract.holder_id in own:
        subcontractors = desk.contract.parties.filter(kind=PartyKind.SUBCONTRACTOR).values("organisation")
        wanted |= Q(declaration__company__in=subcontractors)
    rows = _sent(desk).filter(wanted).exclude(declaration__company__in=own).distinct()
    return _shown(rows, own)


def accepted_to_confirm(desk: Desk) -> tuple[LineToConfirm, ...]:
    """What the facilitator accepted of the same lines within a year, and that no third party confirmed: a word of the other party still counts."""
    own, since = desk.organisations, add_months(first_of(timezone.localdate()), -12)
    wanted = Q(confirmations__organisation__in=own)
    if desk.contract.holder_id in own:
        subcontractors = desk.contract.parties.filter(kind=PartyKind.SUBCONTRACTOR).values("organisation")
        wanted |= Q(declaration__company__in=subcontractors)
    rows = DeclarationLine.objects.filter(
        wanted, declaration__commitment__contract=desk.contract, declaration__month__gte=since, state=LineState.ACCEPTED,
        posting__reversed_by=None, posting__evidence__in=_WEAKER,
    )  # fmt: skip
    return _shown(rows.exclude(declaration__company__in=own).distinct(), own)


def lines_to_ask(desk: Desk) -> tuple[LineToConfirm, ...]:
    """What the desk declared of hours it bought, open, for another party to confirm."""
    rows = _sent(desk).filter(declaration__company__in=desk.organisations, modality__in=_BOUGHT)
    return _shown(rows, frozenset())


def others(desk: Desk) -> tuple[Organisation, ...]:
    """The other parties of the contract, whom one may ask: those somebody here may answer for."""
    parties = desk.contract.parties.exclude(organisation__in=desk.organisations).exclude(email="")
    return tuple(Organisation.objects.filter(pk__in=parties.values("organisation")).order_by("name", "pk"))


@transaction.atomic
def ask(*, by: User, desk: Desk, line: int, organisation: int) -> Confirmation:
    """Ask a party of the contract to confirm a line one declared. Raises RefusedError."""
    own = _line(desk, line)
    if own.declaration.company_id not in desk.organisations:
        raise RefusedError("Seule l’entreprise qui a déclaré ces heures les fait confirmer.")
    other = next((one for one in others(desk) if one.pk == organisation), None)
    if other is None:
        raise RefusedError("Choisissez une entreprise de ce contrat, dont l’adresse est connue.")
    made, _ = Confirmation.objects.get_or_create(
        line=own, organisation=other, defaults={"hours": own.hours, "asked_by": by}
    )
    audit.record(
        by=by.as_actor(),
        verb="execution.ask_confirmation",
        object_type="declaration_line",
        object_key=str(own.pk),
    )
    letters.ask_to_confirm(desk.contract, asker=own.declaration.company, other=other)
    return made


@transaction.atomic
def answer(*, by: User, desk: Desk, line: int, seen: Decimal, is_right: bool) -> Confirmation:
    """Say of a line, as it was read (`seen` hours), whether it is right; once accepted it may still be confirmed. Raises RefusedError."""
    if DeclarationLine.objects.filter(pk=line, state=LineState.ACCEPTED).exists():
        return _confirm_accepted(by, desk, line, seen, is_right)
    own = _line(desk, line)
    if own.hours != seen:
        raise RefusedError("Ces heures viennent de changer : relisez-les avant de répondre.")
    if line not in {one.pk for one in lines_to_confirm(desk)}:
        raise RefusedError("Ces heures ne sont pas à confirmer par votre entreprise.")
    return _said(by, desk, own, ConfirmationState.CONFIRMED if is_right else ConfirmationState.DISPUTED)


def _confirm_accepted(by: User, desk: Desk, pk: int, seen: Decimal, is_right: bool) -> Confirmation:
    """Hours accepted already get the proof of a third party: a reversal, then a new posting of the same hours."""
    if not is_right:
        raise RefusedError(
            "Ces heures sont déjà acceptées : dites au facilitateur ce qui ne va pas, il les corrigera."
        )
    if pk not in {one.pk for one in accepted_to_confirm(desk)}:
        raise RefusedError("Ces heures ne sont pas à confirmer par votre entreprise, ou le sont déjà.")
    found = DeclarationLine.objects.select_related("declaration__commitment").get(pk=pk)
    locked(found.declaration.commitment)
    own = DeclarationLine.objects.select_related("posting__commitment", "declaration").get(pk=pk)
    if own.hours != seen or own.posting is None:
        raise RefusedError("Ces heures viennent de changer : relisez-les avant de répondre.")
    *_, proved = reallocate(
        by=by, posting=own.posting, to=own.posting.commitment, evidence=Evidence.THIRD_PARTY
    )
    DeclarationLine.objects.filter(pk=pk).update(posting=proved)
    return _said(by, desk, own, ConfirmationState.CONFIRMED)


def _said(by: User, desk: Desk, line: DeclarationLine, state: ConfirmationState) -> Confirmation:
    asked = line.confirmations.filter(organisation__in=desk.organisations).first()
    speaker = asked.organisation_id if asked else desk.contract.holder_id
    made, _ = Confirmation.objects.update_or_create(
        line=line, organisation_id=speaker,
        defaults={"state": state, "hours": line.hours, "answered_by": by, "answered_at": timezone.now()},
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="execution.answer_confirmation", object_type="declaration_line",
        object_key=str(line.pk), details={"state": state.value},
    )  # fmt: skip
    return made


def _line(desk: Desk, pk: int) -> DeclarationLine:
    """An open line of the contract, under its lock. Raises RefusedError."""
    found = (
        DeclarationLine.objects.select_for_update(of=("self",))
        .select_related("declaration")
        .filter(pk=pk, declaration__commitment__contract=desk.contract, state__in=_OPEN)
        .first()
    )
    if found is None:
        raise RefusedError("Ces heures sont déjà décidées, ou elles ne sont pas de ce contrat.")
    return found


def _sent(desk: Desk) -> QuerySet[DeclarationLine]:
    return DeclarationLine.objects.filter(
        declaration__commitment__contract=desk.contract, state__in=_OPEN
    ).exclude(declaration__state=DeclarationState.DRAFT)


def _shown(rows: QuerySet[DeclarationLine], speakers: frozenset[int]) -> tuple[LineToConfirm, ...]:
    keys = list(rows.values_list("pk", "declaration__company"))
    # The names of people are those of the companies that declare them: read here, cut to a first name and an initial at once.
    with acting(companies={company for _, company in keys}):
        found = (
            DeclarationLine.objects.filter(pk__in=[pk for pk, _ in keys])
            .select_related("declaration__company", "entry__participant")
            .prefetch_related("confirmations__organisation")
            .order_by("declaration__month", "pk")
        )
        return tuple(_seen(one, speakers) for one in found)


def _seen(line: DeclarationLine, speakers: frozenset[int]) -> LineToConfirm:
    who = line.entry.participant
    said = [one for one in line.confirmations.all() if one.hours == line.hours]
    own = next((one for one in said if one.organisation_id in speakers and one.answered_at), None)
    return LineToConfirm(
        pk=line.pk, person=f"{who.given_name} {who.family_name[:1]}.".strip(), month=line.declaration.month,
        hours=line.hours, company=line.declaration.company.name, modality=line.modality,
        answer=own.get_state_display() if own else "",
        asked=tuple(f"{one.organisation.name} : {one.get_state_display().lower()}" for one in said),
    )  # fmt: skip
