"""How a territory is written on a page: its address."""

from django import template

from levier.portal.territories import address_of

register = template.Library()


@register.simple_tag
def territory_url(kind: str, code: str, name: str) -> str:
    """The address of a territory's page."""
    return address_of(kind, code, name)
