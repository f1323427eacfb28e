"""How near a deadline of the portfolio is, as word, icon and colour."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from levier.core.templatetags.components import status
from levier.facilitators.queries.work import WorkItem

register = template.Library()

SOON = 2


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
