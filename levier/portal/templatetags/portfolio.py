"""How near a deadline of the portfolio is, as word, icon and colour."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.safestring import SafeString

from levier.core.templatetags.components import status
from levier.facilitators.queries.work import WorkItem

register = template.Library()

SOON = 2


@register.filter
def folded_title(lines: Sequence[WorkItem], act: str) -> str:
    """« 24 autres : contrat fini, heures manquantes », « 3 autres lignes », « Une autre ligne »."""
    if len(lines) == 1:
        return "Une autre ligne"
    return f"{len(lines)} autres : {act}" if act else f"{len(lines)} autres lignes"


@register.filter
def deadline_status(line: WorkItem, today: date) -> SafeString | str:
    """« En retard », « Aujourd’hui », « Bientôt », or nothing."""
    if line.due is None:
        return ""
    if line.is_late(today):
        return status("danger", "En retard")
    left = (line.due - today).days
    if left == 0:
        return status("check", "Aujourd’hui")
    return status("check", "Bientôt") if left <= SOON else ""
