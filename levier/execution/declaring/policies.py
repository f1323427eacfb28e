"""Who types and who decides declared hours: loads and checks in one step, closed by default.

The facilitator of the following structure types for everybody and decides. A member of the company named in the contract types its own people,
and learns no reason. A buyer has totals on the page of the contract, and opens nothing here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import User
from levier.execution import policies
from levier.execution.models import Commitment, Contract, DeclarationLine, HoursStatement, StaffChange
from levier.execution.people.scope import acting, followed_by
from levier.execution.policies import Reader

_FACILITATOR_ONLY = "seuls les facilitateurs de la structure qui suit ce contrat voient ses personnes"
_COMPANY_ONLY = "seule l’entreprise qui tient ce contrat déclare ses heures ici"


@dataclass(frozen=True, slots=True)
class Desk:
    """For whom an account works on the hours of a contract; `organisations`: the structure, or the companies, it acts for."""

    contract: Contract
    is_facilitator: bool
    organisations: frozenset[int]
    # It declares its own part of a contract it does not see.
    is_subcontractor: bool = False

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Inside the block, the people of these organisations are seen."""
        if self.is_facilitator:
            with acting(followers=self.organisations):
                yield
        else:
            with acting(companies=self.organisations):
                yield


def facilitator_desk(user: Reader, pk: int) -> Desk:
    """The grid of a contract one follows. Raises Http404, PermissionDenied."""
    contract = policies.get_contract_for(user, pk, to="count")
    following = contract.facilitator_id or contract.buyer_id
    # In-house, a buyer decides hours of the ledger; only a facilitator sees people.
    if not user.is_authenticated or following not in followed_by(user):
        raise PermissionDenied(_FACILITATOR_ONLY)
    return Desk(contract, True, frozenset({following}))


def company_desk(user: Reader, pk: int) -> Desk:
    """The months of a contract one's company carries out, as holder, co-contractor or subcontractor. Raises Http404, PermissionDenied."""
    firms = policies.firms_named(user, pk) if isinstance(user, User) and user.is_active else frozenset()
    if not firms:
        policies.get_contract_for(user, pk)
        raise PermissionDenied(_COMPANY_ONLY)
    contract = Contract.objects.with_parties().select_related("lot").get(pk=pk)
    try:
        sides = policies.sides_for(user, contract)
    except Http404:
        sides = frozenset()
    # Named, and without a side: it is a subcontractor there, and sees its own part alone.
    if sides and "company" not in sides:
        raise PermissionDenied(_COMPANY_ONLY)
    return Desk(contract, False, firms, is_subcontractor=not sides)


def commitment_of(desk: Desk, asked: str) -> tuple[Commitment, tuple[Commitment, ...]]:
    """The commitment asked for by key, the first by default, and those one may choose. Raises Http404."""
    found = tuple(desk.contract.commitments.select_related("head", "contractor"))
    if not desk.is_facilitator:
        found = tuple(one for one in found if one.contractor_id in desk.organisations) or found
    chosen = next((one for one in found if not asked or str(one.pk) == asked), None)
    if chosen is None:
        raise Http404("Cet engagement n’existe pas dans ce contrat.")
    return chosen, found


def unknown() -> Http404:
    """The answer to whoever may not know that a contract is there."""
    return Http404(policies.UNKNOWN)


def line_desk(user: Reader, pk: int) -> tuple[Desk, DeclarationLine]:
    """A line one decides. Raises Http404, PermissionDenied."""
    line = DeclarationLine.objects.select_related("declaration__commitment").filter(pk=pk).first()
    if line is None:
        raise Http404(policies.UNKNOWN)
    return facilitator_desk(user, line.declaration.commitment.contract_id), line


def statement_desk(user: Reader, pk: int) -> tuple[Desk, HoursStatement]:
    """A statement of hours one follows. Raises Http404, PermissionDenied."""
    found = HoursStatement.objects.select_related("declaration__commitment").filter(pk=pk).first()
    if found is None:
        raise Http404(policies.UNKNOWN)
    return facilitator_desk(user, found.declaration.commitment.contract_id), found


def change_desk(user: Reader, pk: int) -> tuple[Desk, StaffChange]:
    """An arrival or a departure told by a company one follows. Raises Http404: row-level security hides the others."""
    mine = followed_by(user) if isinstance(user, User) else []
    with acting(followers=mine):
        found = StaffChange.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(policies.UNKNOWN)
    return facilitator_desk(user, found.contract_id), found
