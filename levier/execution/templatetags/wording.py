"""`said`: a sentence of ours in the words of a contract."""

from django.template import Library

from levier.execution import wording
from levier.execution.models import Contract

register = Library()


@register.filter
def said(text: str, contract: Contract) -> str:
    """« l’acheteur » of a public contract is « le donneur d’ordre » of a private one."""
    return wording.said(text, contract)
