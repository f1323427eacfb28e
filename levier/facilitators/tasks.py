"""The room's jobs: the clock of the requests."""

from django.utils import timezone
from procrastinate.contrib.django import app

from levier.core.audit import Actor
from levier.facilitators import actions


@app.periodic(cron="11 5 * * *")
@app.task(name="facilitators.pass_on_late_requests", queue="maintenance", queueing_lock="late_requests")
def pass_on_late_requests(timestamp: int) -> None:
    """Each morning, requests past their deadline change hands; run twice, nothing moves twice."""
    actions.pass_on_late_requests(by=Actor.machine("horloge des demandes"), today=timezone.localdate())
