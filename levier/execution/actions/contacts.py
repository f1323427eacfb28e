"""Who answers for a contract: two people on each side, and who declares the part of each firm."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.execution.buyer_letter import tell_named_buyer
from levier.execution.errors import RefusedError
from levier.execution.models import Contract, ContractContact, ContractParty, ContractSide
from levier.purchasing.models import ContactRank


@dataclass(frozen=True, kw_only=True)
class ContactPerson:
    """Somebody to call: a name, and an address or a number. The address of the holder's opens the contract to it."""

    name: str
    email: str = ""
    phone: str = ""


@transaction.atomic
def set_party_email(*, by: User, party: ContractParty, email: str) -> None:
    """Who declares the part of a co-contractor or subcontractor; empty: nobody does without an account."""
    party.email = email.strip().lower()
    party.save(update_fields=["email"])
    mail_returns.try_again(party.email)
    audit.record(
        by=by.as_actor(), verb="execution.set_party_email", object_type="contract",
        object_key=str(party.contract_id), details={"party": party.pk},
    )  # fmt: skip


@transaction.atomic
def set_contacts(*, by: User, contract: Contract, side: str, people: Mapping[str, ContactPerson]) -> None:
    """The two people of one side, by rank; a rank left out is emptied. Raises RefusedError.

    A buyer's contact named on a contract that a structure took over is told of it.
    """
    before = set(contract.contacts.filter(side=side).values_list("email", flat=True))
    contract.contacts.filter(side=side).delete()
    for rank, person in people.items():
        name_contact(contract, side, rank, person)
    if side == ContractSide.BUYER:
        tell_named_buyer(contract, {one.email.strip().lower() for one in people.values()} - before)
    audit.record(
        by=by.as_actor(), verb="execution.set_contacts", object_type="contract", object_key=str(contract.pk),
        details={"side": str(side), "people": len(people)},
    )  # fmt: skip


def name_contact(contract: Contract, side: str, rank: str, person: ContactPerson) -> None:
    """One more person of a side, at its rank. Raises RefusedError."""
    if rank not in ContactRank.values or side not in ContractSide.values:
        raise RefusedError("Ce contact n’a pas de place dans le contrat.")
    if not person.name.strip() or not (person.email or person.phone):
        raise RefusedError("Donnez à chaque contact un nom, et une adresse électronique ou un téléphone.")
    ContractContact.objects.create(
        contract=contract, side=side, rank=rank, name=person.name.strip()[:120], email=person.email.strip().lower(),
        phone=person.phone[:30],
    )  # fmt: skip
