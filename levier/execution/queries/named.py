"""The contracts that name an account which is not yet of the organisation they name it for: what is missing to read them."""

from collections import defaultdict
from dataclasses import dataclass

from levier.accounts.models import Membership, Role, User
from levier.execution.models import ContractContact, ContractParty, ContractSide, PartyKind
from levier.execution.policies import FIRM_ROLES
from levier.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class NamedFor:
    """An organisation that contracts name the account for, and the role it would have there. `has_space`: somebody opened its space."""

    organisation: Organisation
    role: Role
    titles: tuple[str, ...]
    has_space: bool


def named_for(user: User) -> tuple[NamedFor, ...]:
    """What an account would read once it is of these organisations, by name. Three SQL queries at most."""
    member = Membership.objects.filter(user=user).order_by().values("organisation")
    buyers, firms = member.filter(role=Role.BUYER), member.filter(role__in=FIRM_ROLES)
    standing = {"email": user.email.lower(), "contract__removed_at": None}
    contacts = (
        ContractContact.objects.filter(**standing)
        .exclude(side=ContractSide.BUYER, contract__buyer__in=buyers)
        .exclude(side=ContractSide.HOLDER, contract__holder__in=firms)
        .select_related("contract__buyer", "contract__holder")
    )
    parties = (
        ContractParty.objects.filter(kind__in=(PartyKind.CO_CONTRACTOR, PartyKind.SUBCONTRACTOR), **standing)
        .exclude(organisation__in=firms)
        .select_related("organisation", "contract")
    )
    titles: dict[tuple[Organisation, Role], set[str]] = defaultdict(set)
    for one in contacts:
        is_buyer = one.side == ContractSide.BUYER
        firm = one.contract.buyer if is_buyer else one.contract.holder
        titles[firm, Role.BUYER if is_buyer else Role.CONTRACTOR].add(one.contract.title)
    for party in parties:
        titles[party.organisation, Role.CONTRACTOR].add(party.contract.title)
    if not titles:
        return ()
    asked = {firm.pk for firm, _ in titles}
    spaces = set(Membership.objects.filter(organisation__in=asked).values_list("organisation", flat=True))
    return tuple(
        NamedFor(firm, role, tuple(sorted(said)), firm.pk in spaces)
        for (firm, role), said in sorted(titles.items(), key=lambda pair: pair[0][0].name)
    )
