"""What the tables of requests ask of each line."""

from django import template
from django.utils import timezone

from levier.facilitators.models import ReferralRequest

register = template.Library()


@register.simple_tag
def days_left(request: ReferralRequest) -> int | None:
    """Working days before the deadline of a request, for a line of a table."""
    return request.left(timezone.localdate())
