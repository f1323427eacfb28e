"""Who may open which contract: each function loads and checks in one step, closed by default.

Buyer: what is due, decisions, totals of what is done. Facilitator: its portfolio, hours done and their proof. Company: the contracts it
holds or shares. Anybody else gets the answer of an address that does not exist; a colleague of another role, a refusal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.execution.models import (
    Amendment,
    Commitment,
    Contract,
    ContractContact,
    ContractParty,
    ContractSide,
    LedgerPosting,
    PartyKind,
    PurchaseOrder,
)
from levier.organisations.models import Organisation

Reader = User | AnonymousUser
Side = Literal["buyer", "facilitator", "company"]
# « edit »: orders, contacts, subcontractors (buyer, facilitator). « decide »: what is due (buyer alone). « count »: what is done.
Power = Literal["see", "edit", "decide", "count"]

UNKNOWN = "Ce contrat n’existe pas, ou il n’est pas partagé avec votre organisation."
_OTHER_ROLE = (
    "seuls les acheteurs, les facilitateurs et les membres « entreprise titulaire » de ce contrat le voient"
)
_REFUSALS: dict[Power, str] = {
    "edit": "seuls l’acheteur et le facilitateur complètent ce contrat",
    "decide": "seul l’acheteur décide de ce qui est dû",
    "count": "seul le facilitateur compte les heures faites",
}
_MAY: dict[Power, frozenset[Side]] = {
    "edit": frozenset({"buyer", "facilitator"}),
    "decide": frozenset({"buyer"}),
    "count": frozenset({"facilitator"}),
}


_Known = Mapping[int, set[str]]


# Who speaks for a firm that carries out: its contractors, or, of an inclusive supplier, those who proved to be of it.
FIRM_ROLES = (Role.CONTRACTOR, Role.SUPPLIER)
# Role → organisation → addresses that open its contracts to the account.
Known = Mapping[Role, Mapping[int, set[str]]]


def _firms_known(found: Mapping[Role, _Known]) -> _Known:
    """The firms of an account, of `_known_by_role`; an address counts alike in either role."""
    return {firm: addresses for role in FIRM_ROLES for firm, addresses in found[role].items()}


def _own_firms_known(user: User) -> _Known:
    return _firms_known(_known_by_role(user, *FIRM_ROLES))


def known_by_role(user: User) -> Known:
    """Every role that opens contracts, read once for the sources of one page. One SQL query."""
    return _known_by_role(user, Role.BUYER, *FIRM_ROLES)


def _known_by_role(user: User, *roles: Role) -> dict[Role, dict[int, set[str]]]:
    """The organisations where this account has each of these roles, and the addresses that open their contracts to it.

    Anybody may open the space of a SIREN: a firm sees a contract only when whoever wrote it named the account, or somebody who manages
    the firm's space here, as its contact. One SQL query.
    """
    rows = (
        Membership.objects.filter(user=user, role__in=roles)
        .order_by()
        .values_list(
            "role",
            "organisation_id",
            ArraySubquery(
                Membership.objects.filter(organisation=OuterRef("organisation"), is_admin=True)
                .order_by()
                .values("user__email")
            ),
        )
    )
    found: dict[Role, dict[int, set[str]]] = {role: {} for role in roles}
    for role, firm, managers in rows:
        found[Role(role)][firm] = {user.email, *managers}
    return found


def bought_by(user: User, known: _Known | None = None) -> Q:
    """The contracts this account buys: those its organisation opened, and those a structure took over that name it.

    A taking over writes any SIREN as the buyer, and anybody may open the space of a SIREN. One SQL query.
    """
    known = _known_by_role(user, Role.BUYER)[Role.BUYER] if known is None else known
    found = Q(pk__in=[])
    for buyer, addresses in known.items():
        named = ContractContact.objects.filter(side=ContractSide.BUYER, email__in=addresses)
        found |= Q(buyer=buyer) & (
            Q(incoming=None) | Q(incoming__organisation=buyer) | Q(pk__in=named.values("contract"))
        )
    return found


def _carried_out(user: User, known: _Known | None = None) -> Q:
    """The contracts of the firms of this account that named it."""
    known = _own_firms_known(user) if known is None else known
    found = Q(pk__in=[])
    for firm, addresses in known.items():
        contacts = ContractContact.objects.filter(side=ContractSide.HOLDER, email__in=addresses)
        parties = ContractParty.objects.filter(
            kind=PartyKind.CO_CONTRACTOR, organisation=firm, email__in=addresses
        )
        found |= Q(holder=firm, pk__in=contacts.values("contract"))
        found |= Q(pk__in=parties.values("contract"))
    return found


def subcontracted_by(user: User) -> QuerySet[ContractParty]:
    """Where a firm of this account is a subcontractor that whoever wrote it named: it declares its own part, and sees no other."""
    found = Q(pk__in=[])
    for firm, addresses in _own_firms_known(user).items():
        found |= Q(organisation=firm, email__in=addresses)
    rows = ContractParty.objects.filter(found, kind=PartyKind.SUBCONTRACTOR, contract__removed_at=None)
    return rows.select_related("contract__holder", "organisation").order_by("contract__ends_on", "pk")


def commitments_given_by(user: User, contract: Contract) -> QuerySet[Commitment]:
    """The commitments whose hours this account may ask to hand over: its firm's, all of them for the holder, the buyer, the facilitator."""
    rows = contract.commitments.select_related("contractor")
    if sides_for(user, contract) & _MAY["edit"]:
        return rows
    firms = firms_named(user, contract.pk)
    return rows if contract.holder_id in firms else rows.filter(contractor__in=firms)


def contracts_of(user: User) -> QuerySet[Contract]:
    """The contracts this account sees, on whichever side."""
    return contracts_and_bought(user)[0]


def contracts_and_bought(user: User, known: Known | None = None) -> tuple[QuerySet[Contract], Q]:
    """The same, and which of them it buys (`bought_by`). One SQL query, none with `known` (`known_by_role`)."""
    member = user.memberships.order_by().values("organisation_id")
    followed = member.filter(role=Role.FACILITATOR)
    known = known or known_by_role(user)
    bought = bought_by(user, known[Role.BUYER])
    rows = Contract.objects.filter(removed_at=None).filter(
        bought
        | Q(facilitator_id__in=followed)
        | Q(facilitator=None, buyer_id__in=followed)
        | _carried_out(user, _firms_known(known))
    )
    return rows, bought


def contracts_carried_out(user: User) -> QuerySet[Contract]:
    """The contracts that named this account on the side of the company."""
    return Contract.objects.with_parties().filter(_carried_out(user))


def sides_for(user: Reader, contract: Contract) -> frozenset[Side]:
    """For whom this account acts on a contract; empty for a colleague of another role.

    In an in-house mission the buyer acts for both. Raises Http404 to anybody outside. Five SQL queries at most.
    """
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    assert isinstance(user, User)
    if contract.removed_at is not None:
        raise Http404(UNKNOWN)
    following = contract.facilitator_id or contract.buyer_id
    held = set(
        Membership.objects.filter(user=user, organisation_id__in={contract.buyer_id, following}).values_list(
            "organisation_id", "role"
        )
    )
    sides: set[Side] = set()
    # A taken over contract tells nothing to a buyer that it does not name.
    if contract.incoming_id and not Contract.objects.filter(bought_by(user), pk=contract.pk).exists():
        held.discard((contract.buyer_id, Role.BUYER))
    if (contract.buyer_id, Role.BUYER) in held:
        sides |= {"buyer", "facilitator"} if contract.is_in_house else {"buyer"}
    if (following, Role.FACILITATOR) in held:
        sides.add("facilitator")
    if not sides and Contract.objects.filter(_carried_out(user), pk=contract.pk).exists():
        sides.add("company")
    # A member of the firm that nobody named learns nothing; a colleague of the buyer or of the facilitator, that it may not.
    if not sides and not held:
        raise Http404(UNKNOWN)
    return frozenset(sides)


def own_firms(user: User) -> frozenset[int]:
    """The firms this account may speak for; which of them a contract names it for is `firms_named`."""
    return frozenset(user.memberships.filter(role__in=FIRM_ROLES).values_list("organisation_id", flat=True))


def contracts_naming(user: User, known: Known | None = None) -> dict[int, frozenset[int]]:
    """Firm of this account → the contracts that name the account for that very firm, as holder, co-contractor or subcontractor.

    To see a contract is not to speak for a firm of it: its buyer, or the contact of one firm, may open the space of another.
    Three SQL queries, two with `known` (`known_by_role`), none for an account of no firm.
    """
    held, taken = Q(pk__in=[]), Q(pk__in=[])
    for firm, addresses in (_firms_known(known) if known else _own_firms_known(user)).items():
        held |= Q(contract__holder=firm, email__in=addresses)
        taken |= Q(organisation=firm, email__in=addresses)
    pairs = [
        *ContractContact.objects.filter(held, side=ContractSide.HOLDER, contract__removed_at=None)
        .order_by().values_list("contract__holder", "contract"),
        *ContractParty.objects.filter(taken, contract__removed_at=None)
        .order_by().values_list("organisation", "contract"),
    ]  # fmt: skip
    return {
        firm: frozenset(contract for one, contract in pairs if one == firm)
        for firm in {one for one, _ in pairs}
    }


def firms_named(user: User, contract: int) -> frozenset[int]:
    """The firms whose people this account reads and declares on a contract, by its key. Three SQL queries."""
    return frozenset(firm for firm, keys in contracts_naming(user).items() if contract in keys)


def rows_of_firms(naming: Mapping[int, frozenset[int]], *, company: str, contract: str) -> Q:
    """The rows of each firm on the contracts that name the account for it (`contracts_naming`), by the names of their two fields."""
    found = Q(pk__in=[])
    for firm, keys in naming.items():
        found |= Q(**{company: firm, f"{contract}__in": keys})
    return found


def get_contract_for(user: Reader, pk: int, *, to: Power = "see") -> Contract:
    """A contract one buys, follows or carries out. Raises Http404, PermissionDenied."""
    return contract_and_sides(user, pk, to=to)[0]


def contract_and_sides(user: Reader, pk: int, *, to: Power = "see") -> tuple[Contract, frozenset[Side]]:
    """The same, and for whom one acts on it. Raises Http404, PermissionDenied."""
    contract = Contract.objects.with_parties().select_related("lot").filter(pk=pk).first()
    if contract is None:
        raise Http404(UNKNOWN)
    sides = sides_for(user, contract)
    check(sides, to)
    return contract, sides


def check(sides: frozenset[Side], to: Power) -> None:
    """Raises PermissionDenied to a side that may not."""
    if not sides:
        raise PermissionDenied(_OTHER_ROLE)
    if to != "see" and not sides & _MAY[to]:
        raise PermissionDenied(_REFUSALS[to])


def get_posting_for(user: Reader, pk: int) -> LedgerPosting:
    """A line one may reverse: the buyer what is due, the facilitator what is done. Raises Http404, PermissionDenied."""
    posting = LedgerPosting.objects.select_related("commitment__contract").filter(pk=pk).first()
    if posting is None:
        raise Http404(UNKNOWN)
    sides = sides_for(user, posting.commitment.contract)
    check(sides, "see")
    check(sides, "decide" if posting.account == "due" else "count")
    return posting


def get_amendment_for(user: Reader, pk: int, *, to: Power) -> Amendment:
    """An amendment of a contract one may open. Raises Http404, PermissionDenied."""
    found = Amendment.objects.select_related("contract", "commitment").filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    sides = sides_for(user, found.contract)
    check(sides, "see")
    check(sides, to)
    return found


def without_decider(contracts: Iterable[Contract]) -> set[int]:
    """The contracts, by key, whose buyer has nobody with an account who may decide: `bought_by`, asked from the contracts.

    Three SQL queries; none without contracts.
    """
    asked = {one.pk: one for one in contracts}
    if not asked:
        return set()
    members: dict[int, list[tuple[str, bool, str]]] = defaultdict(list)
    for firm, role, is_admin, email in Membership.objects.filter(
        organisation__in={one.buyer_id for one in asked.values()}, user__is_active=True
    ).values_list("organisation_id", "role", "is_admin", "user__email"):
        members[firm].append((role, is_admin, email.lower()))
    named: dict[int, set[str]] = defaultdict(set)
    for key, email in ContractContact.objects.filter(contract__in=asked, side=ContractSide.BUYER).values_list(
        "contract_id", "email"
    ):
        named[key].add(email.lower())
    taken_over = Contract.objects.filter(pk__in=asked, incoming__isnull=False).exclude(
        incoming__organisation=F("buyer")
    )
    only_named = set(taken_over.values_list("pk", flat=True))
    return {
        key
        for key, one in asked.items()
        if not _decides(members[one.buyer_id], named[key] if key in only_named else None)
    }


def _decides(members: Sequence[tuple[str, bool, str]], named: set[str] | None) -> bool:
    """Whether one of (role, manages, address) buys; when `named` is given, only for who is named, or whose manager is."""
    if not any(role == Role.BUYER for role, _, _ in members):
        return False
    return named is None or any(
        email in named and (is_admin or role == Role.BUYER) for role, is_admin, email in members
    )


def get_amendment_to_record(user: Reader, pk: int) -> Amendment:
    """An amendment whose decision the follower may record, its buyer having nobody here. Raises Http404, PermissionDenied."""
    found = get_amendment_for(user, pk, to="count")
    if found.contract_id not in without_decider([found.contract]):
        raise PermissionDenied("l’acheteur a un compte ici : lui seul décide")
    return found


def get_order_for(user: Reader, pk: int) -> PurchaseOrder:
    """An order one may cancel. Raises Http404, PermissionDenied."""
    found = PurchaseOrder.objects.select_related("contract").filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    sides = sides_for(user, found.contract)
    check(sides, "see")
    check(sides, "edit")
    return found


def opening_organisations(user: User) -> QuerySet[Organisation]:
    """Those this account may open a contract for without a lot: it buys for them."""
    return (
        Organisation.objects.filter(memberships__user=user, memberships__role=Role.BUYER)
        .distinct()
        .order_by("name", "pk")
    )
