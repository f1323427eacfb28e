"""People in a clause, with their structure, its facilitator and a contract."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from levier.accounts.models import Role, User
from levier.execution.models import Contract, Entry, Participant
from levier.execution.people import actions
from levier.organisations.models import Organisation
from levier.rulebook.eligibility import Facts, ProofSeen
from tests.factories import execution as make
from tests.factories.accounts import member, organisation

GIVEN, FAMILY = "Zéphirine", "Quatrevingts-Dupontel"
ENTRY = date(2026, 3, 2)


@dataclass(frozen=True)
class Place:
    """A contract, who follows it, who carries it out, who buys it."""

    structure: Organisation
    contract: Contract
    facilitator: User
    company: User
    buyer: User


def place() -> Place:
    structure, buyer, holder = organisation(), organisation(), organisation()
    return Place(
        structure,
        make.contract(buyer=buyer, holder=holder, facilitator=structure),
        member(structure, role=Role.FACILITATOR).user,
        member(holder, role=Role.CONTRACTOR).user,
        member(buyer, role=Role.BUYER).user,
    )


def participant(where: Place, **fields: Any) -> Participant:
    """Somebody the structure follows."""
    values: dict[str, Any] = {
        "given_name": GIVEN, "family_name": FAMILY, "birth_on": date(1990, 5, 4),
        "email": "zephirine@personne.invalid", "is_own_address": True,
    }  # fmt: skip
    return actions.add_participant(by=where.facilitator, follower=where.structure, **values | fields)


def rsa(**fields: Any) -> Facts:
    """Somebody who gets the RSA, with its proof."""
    proof = ProofSeen("caf_rsa", issued_on=date(2026, 1, 15), seen_on=date(2026, 2, 20))
    return Facts(**{"entry_on": ENTRY, "allocations": frozenset({"rsa"}), "proofs": (proof,)} | fields)


def entry(where: Place, who: Participant | None = None, **fields: Any) -> Entry:
    """An entry that waits for its decision."""
    made, _ = actions.enter(
        **{
            "by": where.facilitator, "participant": who or participant(where), "contract": where.contract,
            "company": where.contract.holder, "facts": rsa(), "rules": "ccag_2021", "employer_kind": "DIRECT",
            "modality": "embauche",
        } | fields
    )  # fmt: skip
    return made
