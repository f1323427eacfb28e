"""The entries of the account menu: what each room opens to this account, asked once."""

from dataclasses import dataclass
from typing import Any

from django import template

from levier.accounts.models import Role, User
from levier.facilitators import policies
from levier.facilitators.models import Structure

register = template.Library()


@dataclass(frozen=True, slots=True)
class MenuEntries:
    """What the menu shows. `structures`: those this account works for, five at most."""

    is_supplier: bool = False
    is_buyer: bool = False
    is_facilitator: bool = False
    is_contractor: bool = False
    is_network: bool = False
    animates_a_network: bool = False
    structures: tuple[Structure, ...] = ()
    animates: bool = False

    @property
    def has_portfolio(self) -> bool:
        """Whether this account follows buyers for a structure, or animates."""
        return bool(self.structures) or self.animates

    @property
    def has_contracts(self) -> bool:
        """Whether this account may buy, follow or carry out a contract with a clause."""
        return self.is_buyer or self.is_facilitator or self.is_contractor or self.is_supplier

    @property
    def has_work(self) -> bool:
        """Whether something may wait for this account: a purchase, a study, a request, a convention."""
        return self.has_portfolio or self.is_buyer or self.is_facilitator

    @property
    def has_purchases(self) -> bool:
        """Whether purchases are written or studied here; an account without a role yet sees where to begin."""
        return self.is_buyer or self.is_facilitator or not (self.is_supplier or self.is_network)


@register.simple_tag
def menu_entries(user: Any) -> MenuEntries:
    """For signed-in accounts only: one query, two more for those who may be of the network of facilitators."""
    if not isinstance(user, User):
        return MenuEntries()
    held = list(user.memberships.values_list("role", "organisation__reviewing"))
    roles = {role for role, _ in held}
    is_near = bool(roles & {Role.FACILITATOR, Role.NETWORK})
    return MenuEntries(
        is_supplier=Role.SUPPLIER in roles,
        is_buyer=Role.BUYER in roles,
        is_facilitator=Role.FACILITATOR in roles,
        is_contractor=Role.CONTRACTOR in roles,
        is_network=Role.NETWORK in roles,
        animates_a_network=any(role == Role.NETWORK and named for role, named in held),
        structures=tuple(policies.structures_of(user)[:5]) if Role.FACILITATOR in roles else (),
        animates=user.is_staff or (is_near and policies.may_animate(user)),
    )
