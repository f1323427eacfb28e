"""Contracts with their commitments, and hours worked."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from levier.accounts.models import Role, User
from levier.execution import actions
from levier.execution.models import Commitment, Contract, PersonMonth
from levier.organisations.models import Organisation
from tests.factories.accounts import member, organisation, user

MONTH = date(2026, 3, 1)


def values(**changes: Any) -> actions.ContractValues:
    """A contract of two years."""
    fields: dict[str, Any] = {
        "title": "Entretien des bureaux",
        "notified_on": date(2026, 1, 5),
        "starts_on": date(2026, 2, 1),
        "ends_on": date(2028, 1, 31),
        "departement_code": "59",
    }
    return actions.ContractValues(**fields | changes)


def contract(
    *,
    buyer: Organisation | None = None,
    holder: Organisation | None = None,
    facilitator: Organisation | None = None,
    by: User | None = None,
    commitments: list[actions.CommitmentValues] | None = None,
    members: list[actions.Member] | None = None,
    **changes: Any,
) -> Contract:
    """A contract that owes 480 hours, unless said otherwise."""
    return actions.open_contract(
        by=by or user(),
        buyer=buyer or organisation(),
        holder=holder or organisation(),
        facilitator=facilitator,
        values=values(**changes),
        commitments=commitments or [actions.CommitmentValues(hours=Decimal(480))],
        members=members or [],
    )


def commitment(**fields: Any) -> Commitment:
    """The only commitment of a new contract."""
    return contract(**fields).commitments.get()


def month(
    worked: Any = 151,
    *,
    employer: Organisation | None = None,
    on: date = MONTH,
    participant: UUID | None = None,
) -> PersonMonth:
    """What somebody worked in a month."""
    return actions.record_month(
        by=user(), participant_id=participant or uuid4(), employer=employer or organisation(), month=on,
        worked=Decimal(worked),
    )  # fmt: skip


def contractor(of: Organisation) -> User:
    """A member of the company that holds a contract."""
    return member(of, role=Role.CONTRACTOR).user
