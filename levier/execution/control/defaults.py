"""Writes of a default: opened, moved step by step by a person, closed. The order is `rulebook.default_steps`; nothing moves by itself."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.core.typography import euros
from levier.execution.control import telling
from levier.execution.control.penalties import Excuse, as_facts, clause_of, proposal_for, terms_of
from levier.execution.errors import RefusedError
from levier.execution.models import Contract, DefaultProcedure, DefaultStep, PenaltyClause, StepKind
from levier.execution.policies import Side
from levier.execution.queries.balances import balances, total
from levier.rulebook.default_steps import Step, refusal
from levier.rulebook.penalties import PenaltyError

MOST_OBSERVATIONS = 10
OUTCOMES = {"appliquee": "Pénalité appliquée", "reduite": "Pénalité réduite", "levee": "Pénalité levée"}


@transaction.atomic
def write_penalties(
    *, by: User, contract: Contract, rules: Sequence[dict[str, Any]], **terms: Any
) -> PenaltyClause:
    """What the contract writes about penalties; checked by the rule book before it is kept. Raises RefusedError."""
    made = PenaltyClause.objects.filter(contract=contract).first() or PenaltyClause(contract=contract)
    made.rules, made.written_by = list(rules), by
    for name, value in terms.items():
        setattr(made, name, value)
    try:
        terms_of(made)
    except PenaltyError as problem:
        raise RefusedError(str(problem)) from None
    made.save()
    audit.record(verb="execution.write_penalties", **_about(by.as_actor(), contract))
    return made


@transaction.atomic
def open_default(
    *, by: User, contract: Contract, sides: frozenset[Side], text: str, deadline: date | None = None
) -> DefaultProcedure:
    """Open a procedure by a reminder. Raises RefusedError when one is open."""
    Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if contract.defaults.filter(closed_at=None).exists():
        raise RefusedError("Une procédure est déjà ouverte sur ce contrat : reprenez-la.")
    made = DefaultProcedure.objects.create(contract=contract, opened_by=by)
    _move(
        made,
        StepKind.REMINDER,
        by=by,
        label=_signed(by, contract, sides),
        sides=sides,
        text=text,
        deadline=deadline,
    )
    return made


@transaction.atomic
def move(
    *,
    by: User,
    procedure: DefaultProcedure,
    kind: str,
    sides: frozenset[Side],
    text: str = "",
    deadline: date | None = None,
) -> DefaultStep:
    """A reminder, a meeting, a formal notice, the close. Raises RefusedError when it is not the time or not this side."""
    if kind == StepKind.NOTICE and (deadline is None or deadline <= timezone.localdate()):
        raise RefusedError("Donnez au titulaire un délai pour répondre : une date à venir.")
    if not text.strip():
        raise RefusedError("Écrivez ce qui est dit : c’est gardé tel quel.")
    own = _open(procedure)
    made = _move(
        own, kind, by=by, label=_signed(by, own.contract, sides), sides=sides, text=text, deadline=deadline
    )
    if kind == StepKind.CLOSED:
        own.closed_at = timezone.now()
        own.save(update_fields=["closed_at"])
    return made


@transaction.atomic
def observe(
    *, procedure: DefaultProcedure, name: str, role: str, text: str, all_means: bool, by: User | None = None
) -> DefaultStep:
    """What the contractor answers, by its link or its account, before the deadline. Raises RefusedError."""
    if not name.strip() or not role.strip():
        raise RefusedError("Écrivez votre nom et votre qualité : vos observations sont signées.")
    if not text.strip():
        raise RefusedError("Écrivez vos observations.")
    own = _open(procedure)
    # The link asks for no account: it must not fill the table.
    if own.steps.filter(kind=StepKind.OBSERVATIONS).count() >= MOST_OBSERVATIONS:
        raise RefusedError(f"{MOST_OBSERVATIONS} observations sont déjà reçues : écrivez à l’acheteur.")
    return _move(
        own, StepKind.OBSERVATIONS, by=by, label=_named(name, role), text=text,
        sides=frozenset({"company"}), facts={"all_means": all_means},
    )  # fmt: skip


@transaction.atomic
def propose_penalty(
    *, by: User, procedure: DefaultProcedure, sides: frozenset[Side], excuse: Excuse, text: str = ""
) -> DefaultStep:
    """Freeze what the contract's penalties come to today, for the buyer to decide. Raises RefusedError."""
    own, today = _open(procedure), timezone.localdate()
    clause = clause_of(own.contract)
    proposal = proposal_for(own, excuse, today=today)
    assert clause is not None
    facts = as_facts(proposal, excuse, clause, is_running=today <= own.contract.ends_on)
    return _move(
        own,
        StepKind.PROPOSAL,
        by=by,
        label=_signed(by, own.contract, sides),
        sides=sides,
        text=text,
        facts=facts,
    )


@transaction.atomic
def decide(
    *,
    by: User,
    procedure: DefaultProcedure,
    sides: frozenset[Side],
    outcome: str,
    amount: Decimal | None,
    reason: str,
    name: str,
    role: str,
) -> DefaultStep:
    """The buyer applies, reduces or waives what is proposed: signed by name and role, with its reason, frozen. Raises RefusedError."""
    own = _open(procedure)
    proposed = own.steps.filter(kind=StepKind.PROPOSAL).last()
    if proposed is None:
        raise RefusedError("Rien n’est encore proposé.")
    whole = Decimal(proposed.facts["total"])
    if outcome not in OUTCOMES:
        raise RefusedError("Choisissez d’appliquer, de réduire ou de lever la pénalité.")
    if not (reason.strip() and name.strip() and role.strip()):
        raise RefusedError("Une décision est signée : votre nom, votre qualité et votre motif.")
    decided = {"appliquee": whole, "levee": Decimal()}.get(outcome, amount or Decimal())
    if outcome == "reduite" and not whole:
        raise RefusedError(
            "Le montant proposé est nul : il ne se réduit pas. Levez la pénalité, ou faites refaire le calcul."
        )
    if outcome == "reduite" and not 0 < decided < whole:
        raise RefusedError(f"Une pénalité réduite est entre zéro et {euros(whole, 2)}.")
    return _move(
        own, StepKind.DECISION, by=by, label=_named(name, role), sides=sides, text=reason,
        facts={"outcome": outcome, "amount": str(decided), "proposed": str(whole), "proposal": proposed.pk},
    )  # fmt: skip


def figures_of(contract: Contract, known_at: datetime | None = None) -> tuple[Decimal, Decimal]:
    """Hours due and done of a contract, as they are known now, or were at an instant: a letter quotes those of its day."""
    whole = total(balances(by="commitment", contract=contract.pk, known_at=known_at))
    return whole.due, whole.done


def notice_deadline(steps: Sequence[DefaultStep]) -> date | None:
    """The last day for the observations of the contractor."""
    return next((one.deadline for one in reversed(steps) if one.kind == StepKind.NOTICE), None)


def _open(procedure: DefaultProcedure) -> DefaultProcedure:
    """The procedure under its lock: two moves wait for each other. Raises RefusedError once closed."""
    own = DefaultProcedure.objects.select_for_update(of=("self",)).select_related(
        "contract__buyer", "contract__holder"
    ).get(pk=procedure.pk)  # fmt: skip
    if own.closed_at is not None:
        raise RefusedError("Cette procédure est close.")
    return own


def _move(
    procedure: DefaultProcedure, kind: str, *, label: str, sides: frozenset[Side], by: User | None, text: str,
    deadline: date | None = None, facts: dict[str, Any] | None = None,
) -> DefaultStep:  # fmt: skip
    steps = list(procedure.steps.all())
    done = [cast(Step, one.kind) for one in steps]
    told = refusal(
        done, cast(Step, kind), sides, notice_deadline=notice_deadline(steps), today=timezone.localdate()
    )
    if told:
        raise RefusedError(told)
    made = DefaultStep.objects.create(
        procedure=procedure,
        kind=kind,
        by=by,
        by_label=label,
        text=text.strip(),
        deadline=deadline,
        facts=(facts or {})
        | dict(zip(("due", "done"), map(str, figures_of(procedure.contract)), strict=True)),
    )
    actor = by.as_actor() if by else Actor.machine("lien du titulaire")
    audit.record(verb="execution.move_default", **_about(actor, procedure.contract, step=made.pk))
    telling.tell(made)
    return made


def _named(name: str, role: str) -> str:
    return f"{' '.join(name.split())[:90]}, {' '.join(role.split())[:90]}"


def _signed(by: User, contract: Contract, sides: frozenset[Side]) -> str:
    """« Camille Exemple, Maison de l’emploi du Val »: for whom the person acts."""
    organisation = contract.buyer if "buyer" in sides else contract.facilitator or contract.buyer
    return _named(str(by), organisation.name)


def _about(by: Actor, contract: Contract, **details: int) -> dict[str, Any]:
    """Who, which contract, keys of rows; never a value."""
    return {"by": by, "object_type": "contract", "object_key": str(contract.pk), "details": details}
