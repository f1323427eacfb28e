"""How a portal's event is written on a page: its address."""

from django import template

from levier.community.models import Event
from levier.portal.regional import event_address

register = template.Library()


@register.simple_tag
def event_url(event: Event) -> str:
    """The address of an event's page."""
    return event_address(event)
