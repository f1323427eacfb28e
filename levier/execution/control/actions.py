"""Writes of the facts of control: difficulties, globalisation, meetings, complaints, proofs asked for, seen and drawn."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Min, Model
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.core.typography import day, figure
from levier.execution.closing import teaching
from levier.execution.control import telling
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Account,
    AnswerState,
    Complaint,
    Contract,
    ControlMeeting,
    DifficultyCause,
    DifficultyNotice,
    EvidenceKind,
    EvidenceRequest,
    GlobalisationAnswer,
    GlobalisationRequest,
    LedgerPosting,
    PersonMonth,
    ProofSample,
)
from levier.rulebook.sampling import SamplingError, Unit, draw

_Row = TypeVar("_Row", bound=Model)
MOST_DRAWN = 30
_ANSWER_DAYS = 15
# Beyond, the lines drawn are told by their number alone.
_LONGEST_NAMED = 160


@transaction.atomic
def tell_difficulty(
    *, by: User | None, label: str, contract: Contract, cause: str, since_on: date, until_on: date | None = None,
    note: str = "",
) -> DifficultyNotice:  # fmt: skip
    """The contractor, or somebody for it, tells a difficulty. `by` None: by its link, `label` says who. Raises RefusedError."""
    if cause not in DifficultyCause.values:
        raise RefusedError("Choisissez la cause de la difficulté.")
    if since_on > timezone.localdate():
        raise RefusedError("La difficulté a commencé au plus tard aujourd’hui : corrigez la date.")
    if until_on is not None and until_on < since_on:
        raise RefusedError("La difficulté finit avant de commencer : corrigez l’une des deux dates.")
    made = DifficultyNotice.objects.create(
        contract=contract, cause=cause, since_on=since_on, until_on=until_on, note=note.strip(), told_by=by,
        told_by_label=" ".join(label.split())[:120],
    )  # fmt: skip
    actor = by.as_actor() if by else Actor.machine("lien du titulaire")
    audit.record(verb="execution.tell_difficulty", **_about(actor, contract, difficulty=made.pk))
    return made


@transaction.atomic
def decide_difficulty(*, by: User, notice: DifficultyNotice, outcome: str, note: str) -> DifficultyNotice:
    """The buyer says what becomes of the clause; hours move by an amendment only. Raises RefusedError."""
    own = _locked(DifficultyNotice, notice.pk)
    if own.decided_at is not None:
        raise RefusedError("La suite de cette difficulté est déjà décidée.")
    if not note.strip():
        raise RefusedError("Dites pourquoi : le titulaire et le facilitateur le liront.")
    own.outcome, own.outcome_note = outcome, note.strip()
    own.decided_by, own.decided_at = by, timezone.now()
    own.save()
    audit.record(verb="execution.decide_difficulty", **_about(by.as_actor(), own.contract, difficulty=own.pk))
    telling.tell_outcome(own)
    return own


@transaction.atomic
def ask_globalisation(
    *, by: User, contract: Contract, others: Iterable[Contract], note: str
) -> GlobalisationRequest:
    """The holder asks to carry out the hours of several of its contracts together. Raises RefusedError."""
    covered = {contract.pk: contract} | {one.pk: one for one in others}
    if len(covered) < 2:
        raise RefusedError("Choisissez au moins un autre contrat de la même entreprise.")
    if {one.holder_id for one in covered.values()} != {contract.holder_id}:
        raise RefusedError("Une globalisation réunit des contrats du même titulaire.")
    if not note.strip():
        raise RefusedError("Dites ce qui est demandé, et pourquoi.")
    made = GlobalisationRequest.objects.create(holder_id=contract.holder_id, note=note.strip(), asked_by=by)
    GlobalisationAnswer.objects.bulk_create(
        [GlobalisationAnswer(request=made, contract=one) for one in covered.values()]
    )
    audit.record(
        verb="execution.ask_globalisation", **_about(by.as_actor(), contract, contracts=len(covered))
    )
    return made


@transaction.atomic
def answer_globalisation(*, by: User, answer: GlobalisationAnswer, is_accepted: bool) -> GlobalisationAnswer:
    """The buyer of one contract answers for it alone. Raises RefusedError."""
    own = _locked(GlobalisationAnswer, answer.pk)
    if own.state != AnswerState.WAITING:
        raise RefusedError("Cette demande a déjà sa réponse.")
    own.state = AnswerState.ACCEPTED if is_accepted else AnswerState.REFUSED
    own.decided_by, own.decided_at = by, timezone.now()
    own.save()
    audit.record(verb="execution.answer_globalisation", **_about(by.as_actor(), own.contract, answer=own.pk))
    telling.tell_globalisation(own)
    return own


@transaction.atomic
def plan_meeting(
    *, by: User, contract: Contract, kind: str, held_on: date, place: str = ""
) -> ControlMeeting:
    """A meeting or a visit to come, or held already."""
    made = ControlMeeting.objects.create(
        contract=contract, kind=kind, held_on=held_on, place=" ".join(place.split())[:200], convened_by=by
    )
    audit.record(verb="execution.plan_meeting", **_about(by.as_actor(), contract, meeting=made.pk))
    telling.tell_meeting(made)
    return made


@transaction.atomic
def note_meeting(
    *, by: User, meeting: ControlMeeting, buyer: str, facilitator: str, company: str, conclusions: str
) -> ControlMeeting:
    """Who came, by side, and what was said. Raises RefusedError before the day, or a second time."""
    own = _locked(ControlMeeting, meeting.pk)
    if own.noted_at is not None:
        raise RefusedError("Le compte rendu de cette réunion est déjà écrit.")
    if own.held_on > timezone.localdate():
        raise RefusedError(f"Cette réunion a lieu le {day(own.held_on)} : notez-la ensuite.")
    own.buyer, own.facilitator, own.company = buyer, facilitator, company
    own.conclusions, own.noted_by, own.noted_at = conclusions.strip(), by, timezone.now()
    own.save()
    audit.record(verb="execution.note_meeting", **_about(by.as_actor(), own.contract, meeting=own.pk))
    teaching.note_meeting(by=by, meeting=own)
    return own


@transaction.atomic
def note_complaint(*, by: User, contract: Contract, origin: str, received_on: date, text: str) -> Complaint:
    """What somebody complains about."""
    made = Complaint.objects.create(
        contract=contract, origin=origin, received_on=received_on, text=text.strip(), noted_by=by
    )
    audit.record(verb="execution.note_complaint", **_about(by.as_actor(), contract, complaint=made.pk))
    return made


@transaction.atomic
def close_complaint(*, by: User, complaint: Complaint, answer: str) -> Complaint:
    """What was done about it. Raises RefusedError."""
    own = _locked(Complaint, complaint.pk)
    if own.closed_at is not None:
        raise RefusedError("Cette réclamation est déjà close.")
    if not answer.strip():
        raise RefusedError("Dites ce qui a été fait.")
    own.answer, own.closed_by, own.closed_at = answer.strip(), by, timezone.now()
    own.save()
    audit.record(verb="execution.close_complaint", **_about(by.as_actor(), own.contract, complaint=own.pk))
    return own


@transaction.atomic
def ask_evidence(
    *,
    by: User,
    contract: Contract,
    kind: str,
    due_on: date,
    label: str = "",
    sample: ProofSample | None = None,
) -> EvidenceRequest:
    """Ask the contractor for a paper before a day. Raises RefusedError."""
    if sample is None and due_on < timezone.localdate():
        raise RefusedError("Donnez une date limite à venir.")
    made = EvidenceRequest.objects.create(
        contract=contract,
        kind=kind,
        label=" ".join(label.split())[:200],
        due_on=due_on,
        sample=sample,
        asked_by=by,
    )
    audit.record(verb="execution.ask_evidence", **_about(by.as_actor(), contract, evidence=made.pk))
    telling.tell_evidence(made)
    return made


@transaction.atomic
def see_evidence(*, by: User, evidence: EvidenceRequest, on: date) -> EvidenceRequest:
    """« Vu le…, par… »: the paper itself is not kept. Raises RefusedError."""
    own = _locked(EvidenceRequest, evidence.pk)
    if own.received_on is not None:
        raise RefusedError("Cette pièce est déjà notée comme vue.")
    if on > timezone.localdate():
        raise RefusedError("La pièce a été vue au plus tard aujourd’hui.")
    own.received_on, own.seen_by = on, by
    own.save()
    audit.record(verb="execution.see_evidence", **_about(by.as_actor(), own.contract, evidence=own.pk))
    return own


def units_of(contract: Contract) -> list[Unit]:
    """The hours done that could be drawn: lines of the ledger not reversed, by key; the first month of each employer is marked."""
    lines = LedgerPosting.objects.filter(
        commitment__contract=contract,
        account=Account.DONE,
        hours__gt=0,
        reversed_by=None,
        person_month__isnull=False,
    ).select_related("person_month")
    firsts: dict[int, date] = dict(
        PersonMonth.objects.filter(pk__in=lines.values("person_month"))
        .order_by()
        .values_list("employer")
        .annotate(first=Min("month"))
    )
    return [
        Unit(
            key=str(one.pk), hours=float(one.hours), level=one.evidence,
            is_first=one.person_month is not None and one.person_month.month == firsts[one.person_month.employer_id],
        )
        for one in lines
    ]  # fmt: skip


@transaction.atomic
def draw_sample(*, by: User, contract: Contract, size: int, seed: str) -> ProofSample:
    """Draw lines to be proved and ask the company for their statements, in fifteen days. Raises RefusedError.

    A draw of the same seed on the same lines gives the same picks: it is kept with its weights.
    """
    if not 1 <= size <= MOST_DRAWN:
        raise RefusedError(f"Tirez entre 1 et {MOST_DRAWN} lignes.")
    today = timezone.localdate()
    try:
        found = draw(units_of(contract), size=size, seed=seed.strip()[:32], on=today)
    except SamplingError as problem:
        raise RefusedError(str(problem)) from None
    made = ProofSample.objects.create(
        contract=contract, seed=found.seed, content=found.as_json(), drawn_by=by
    )
    rows = LedgerPosting.objects.filter(pk__in=[one.key for one in found.picked]).values_list(
        "commitment__number", "number", "person_month__month", "hours"
    )
    picked = sorted(rows)
    named = ", ".join(
        f"{one}.{number} ({month:%m/%Y}, {figure(hours, 2)} h)" for one, number, month, hours in picked
    )
    if len(named) > _LONGEST_NAMED:
        named = ", ".join(f"{one}.{number}" for one, number, _, _ in picked)
    ask_evidence(
        by=by, contract=contract, kind=EvidenceKind.STATEMENT, due_on=today + timedelta(days=_ANSWER_DAYS),
        label=f"écritures tirées au hasard : {named}", sample=made,
    )  # fmt: skip
    audit.record(verb="execution.draw_sample", **_about(by.as_actor(), contract, sample=made.pk))
    return made


def _locked(model: type[_Row], pk: Any) -> _Row:
    return model._default_manager.select_for_update(of=("self",)).select_related("contract").get(pk=pk)


def _about(by: Actor, contract: Contract, **details: int | Decimal) -> dict[str, Any]:
    """Who, which contract, keys of rows; never a value."""
    return {"by": by, "object_type": "contract", "object_key": str(contract.pk), "details": details}
