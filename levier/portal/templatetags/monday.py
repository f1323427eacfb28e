"""What the owner's page of a sheet says of the Monday mail, which the room of purchases sends."""

from typing import Any

from django import template

from levier.accounts.models import User
from levier.purchasing.queries.opportunities import receives_monday_mail

register = template.Library()


@register.simple_tag
def monday_mail(user: Any, organisation_id: int | None) -> bool:
    """Whether this account receives it for this organisation."""
    return (
        isinstance(user, User) and organisation_id is not None and receives_monday_mail(user, organisation_id)
    )
