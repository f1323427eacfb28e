"""What the account menu shows of the network: my structures, my animation, my portfolio."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.facilitators import policies
from levier.facilitators.models import ReferralRequest, Structure

register = template.Library()


@dataclass(frozen=True, slots=True)
class NetworkPlaces:
    """The entries of the menu."""

    structures: tuple[Structure, ...] = ()
    animates: bool = False
    is_buyer: bool = False

    @property
    def has_portfolio(self) -> bool:
        """Whether this account follows buyers for a structure, or animates."""
        return bool(self.structures) or self.animates


@register.simple_tag
def facilitator_places(user: Any) -> NetworkPlaces:
    """For signed-in accounts only: one query, two more for those who may be of the network."""
    if not isinstance(user, User):
        return NetworkPlaces()
    roles = set(user.memberships.values_list("role", flat=True))
    is_near = bool(roles & {Role.FACILITATOR, Role.NETWORK})
    return NetworkPlaces(
        structures=tuple(policies.structures_of(user)[:5]) if Role.FACILITATOR in roles else (),
        animates=user.is_staff or (is_near and policies.may_animate(user)),
        is_buyer=Role.BUYER in roles,
    )


@register.simple_tag
def days_left(request: ReferralRequest) -> int | None:
    """Working days before the deadline of a request, for a line of a table."""
    return request.left(timezone.localdate())
