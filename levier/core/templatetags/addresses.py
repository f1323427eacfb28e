"""{% url %} as Django has it, but an address without arguments is looked up once: header and footer hold thirty of them."""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as usual

register = template.Library()


class _FixedAddress(URLNode):
    """The same for every reader and every page: it depends on the addresses of the site alone, which a process never changes."""

    found: str | None = None

    def render(self, context: Context) -> str:
        if self.found is None:
            shown = super().render(context)
            self.found = context[self.asvar] if self.asvar else shown
        elif self.asvar:
            context[self.asvar] = self.found
        return "" if self.asvar else self.found


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Django's tag; fixed when its name is written in the template and nothing follows it."""
    node = usual(parser, token)
    is_fixed = isinstance(node.view_name.var, str) and not (
        node.view_name.filters or node.args or node.kwargs
    )
    return _FixedAddress(node.view_name, [], {}, node.asvar) if is_fixed else node
