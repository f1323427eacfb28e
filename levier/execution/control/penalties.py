"""What the penalties of a contract would come to: its written terms and what happened, given to the rule book. Proposes, never decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from levier.execution.candidates.queries import dry_days
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Contract,
    DefaultProcedure,
    DefaultStep,
    DifficultyCause,
    EvidenceKind,
    PenaltyClause,
    Presence,
    StepKind,
)
from levier.execution.queries.balances import balances, total
from levier.execution.queries.contracts import declared_hours
from levier.rulebook.penalties import (
    LABELS,
    Decided,
    Default,
    Late,
    PenaltyError,
    PenaltyKind,
    PenaltyRule,
    PenaltyTerms,
    Proposal,
    hours_without_candidate,
    propose,
)

_DAYS_IN_WEEK = 7
_KINDS = {label: kind for kind, label in LABELS.items()}
STILL_RUNNING = (
    "Le contrat court encore : les heures qui manquent ne se comptent qu’à la fin. Seuls les justificatifs, le bilan et les "
    "réunions comptent aujourd’hui."
)


@dataclass(frozen=True, slots=True)
class Excuse:
    """What the facilitator holds out of the count. Hours in hours; `all_means`: None while nobody has said."""

    hours: Decimal = Decimal()
    reason: str = ""
    all_means: bool | None = None


def terms_of(clause: PenaltyClause) -> PenaltyTerms:
    """The written terms, as the rule book reads them. Raises PenaltyError."""
    return PenaltyTerms(
        rules=tuple(_rule(one) for one in clause.rules),
        source=clause.article,
        cap_rate=clause.cap_rate,
        cap_base=clause.cap_base,
        excuse_all_means=clause.excuse_all_means,
        is_optional=clause.is_optional,
    )


def _rule(row: Mapping[str, Any]) -> PenaltyRule:
    return PenaltyRule(
        kind=row["kind"],
        amount=_decimal(row.get("amount")),
        multiple=_decimal(row.get("multiple")),
        reference=row.get("reference", ""),
        requires_notice=row["requires_notice"],
        grace_days=row.get("grace_days", 0),
        days=row.get("days", "calendar"),
    )


def clause_of(contract: Contract) -> PenaltyClause | None:
    """What the contract writes; None while nobody has said."""
    return PenaltyClause.objects.filter(contract=contract).first()


def proposal_for(procedure: DefaultProcedure, excuse: Excuse, *, today: date) -> Proposal:
    """What the contract's penalties would come to today. Raises RefusedError when it says none, or for figures that cannot be."""
    clause = clause_of(procedure.contract)
    if clause is None or not clause.rules:
        raise RefusedError("Écrivez d’abord les pénalités que prévoit le contrat.")
    try:
        return propose(terms_of(clause), _default(procedure, clause, excuse, today))
    except PenaltyError as problem:
        raise RefusedError(str(problem)) from None


def _default(procedure: DefaultProcedure, clause: PenaltyClause, excuse: Excuse, today: date) -> Default:
    contract = procedure.contract
    applied, decided = _decided_before(contract)
    whole = total(balances(by="commitment", contract=contract.pk))
    is_over = today > contract.ends_on
    notice = procedure.steps.filter(kind=StepKind.NOTICE).last()
    asked = list(contract.evidence_requests.all())
    finals = [one for one in asked if one.kind == EvidenceKind.FINAL]
    return Default(
        on=today,
        hours_due=whole.due if is_over else Decimal(),
        hours_done=whole.done if is_over else Decimal(),
        hours_questioned=declared_hours(contract) if is_over else Decimal(),
        hours_not_attributable=excuse.hours,
        not_attributable_reason=excuse.reason,
        notice_on=timezone.localdate(notice.at) if notice else None,
        notice_until=notice.deadline if notice else None,
        proofs=tuple(Late(one.what, one.due_on, one.received_on) for one in asked if one not in finals),
        final_report=Late(finals[-1].what, finals[-1].due_on, finals[-1].received_on) if finals else None,
        meetings_missed=contract.meetings.filter(company=Presence.ABSENT).count(),
        all_means_shown=excuse.all_means,
        applied_before=applied,
        decided=decided,
        cap_base_amount_ht=clause.cap_base_amount_ht,
    )


def _decided_before(contract: Contract) -> tuple[Decimal, dict[PenaltyKind, Decided]]:
    """Euros applied by earlier procedures, and what they were decided for: a line that could not run then was not. Two SQL queries."""
    steps = DefaultStep.objects.filter(procedure__contract=contract)
    decisions = list(steps.filter(kind=StepKind.DECISION))
    found: dict[PenaltyKind, Decided] = {}
    for proposal in steps.filter(pk__in=[one.facts["proposal"] for one in decisions]).order_by("pk"):
        for line in proposal.facts["lines"]:
            if not line["blocked_by"]:
                # Each proposal leaves out what was decided before it: quantities add up.
                kind = _KINDS[line["label"]]
                before = found[kind].quantity if kind in found else Decimal()
                found[kind] = Decided(before + Decimal(line["quantity"]), timezone.localdate(proposal.at))
    return sum((Decimal(one.facts["amount"]) for one in decisions), Decimal()), found


def suggested_excuse(contract: Contract, *, today: date) -> Excuse:
    """The weeks without a candidate, seen on the posts or told, each day once, as hours; to be read again by whoever proposes."""
    until = min(today, contract.ends_on)
    days = set(dry_days(contract, until))
    for one in contract.difficulties.filter(cause=DifficultyCause.NO_CANDIDATE):
        last = min(one.until_on or until, until)
        days |= {one.since_on + timedelta(days=rank) for rank in range(1, (last - one.since_on).days + 1)}
    weeks = sum(day >= contract.starts_on for day in days) // _DAYS_IN_WEEK
    if not weeks:
        return Excuse()
    due = total(balances(by="commitment", contract=contract.pk)).due
    hours, reason = hours_without_candidate(
        weeks, due=due, starts_on=contract.starts_on, ends_on=contract.ends_on
    )
    return Excuse(hours, reason)


def as_facts(
    proposal: Proposal, excuse: Excuse, clause: PenaltyClause, *, is_running: bool
) -> dict[str, Any]:
    """The proposal as it is frozen in its step: figures as text, marks, the way there."""
    return {
        "total": str(proposal.total),
        "before_cap": str(proposal.before_cap),
        "cap": None if proposal.cap is None else str(proposal.cap),
        "article": clause.article,
        "waived_by": proposal.waived_by,
        "questions": [*([STILL_RUNNING] if is_running else []), *proposal.questions],
        "trace": list(proposal.trace),
        "reminder": proposal.reminder,
        "excused_hours": str(excuse.hours),
        "excused_reason": excuse.reason,
        "lines": [
            {
                "label": one.label, "quantity": str(one.quantity), "unit_amount": str(one.unit_amount),
                "amount": str(one.amount), "blocked_by": one.blocked_by, "trace": list(one.trace),
                "is_to_confirm": one.reference is not None and not one.reference.is_confirmed,
            }
            for one in proposal.lines
        ],
    }  # fmt: skip


def _decimal(value: str | float | None) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))
