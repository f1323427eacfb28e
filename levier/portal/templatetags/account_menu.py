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
    structures: tuple[Structure, ...] = ()
    animates: bool = False

    @property
    def has_portfolio(self) -> bool:
        """Whether this account follows buyers for a structure, or animates."""
        return bool(self.structures) or self.animates


@register.simple_tag
def menu_entries(user: Any) -> MenuEntries:
    """For signed-in accounts only: one query, two more for those who may be of the network of facilitators."""
    if not isinstance(user, User):
        return MenuEntries()
    roles = set(user.memberships.values_list("role", flat=True))
    is_near = bool(roles & {Role.FACILITATOR, Role.NETWORK})
    return MenuEntries(
        is_supplier=Role.SUPPLIER in roles,
        is_buyer=Role.BUYER in roles,
        structures=tuple(policies.structures_of(user)[:5]) if Role.FACILITATOR in roles else (),
        animates=user.is_staff or (is_near and policies.may_animate(user)),
    )
