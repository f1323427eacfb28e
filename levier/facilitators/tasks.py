"""The room's jobs: the clock of the requests, the terms of the conventions."""

from django.utils import timezone
from procrastinate.contrib.django import app

from levier.core.audit import Actor


@app.periodic(cron="11 5 * * *")
@app.task(name="facilitators.pass_on_late_requests", queue="maintenance", queueing_lock="late_requests")
def pass_on_late_requests(timestamp: int) -> None:
    """Each morning, requests past their deadline change hands; run twice, nothing moves twice."""
    from levier.facilitators import actions

    actions.pass_on_late_requests(by=Actor.machine("horloge des demandes"), today=timezone.localdate())


@app.periodic(cron="19 5 * * *")
@app.task(name="facilitators.follow_terms", queue="maintenance", queueing_lock="convention_terms")
def follow_terms(timestamp: int) -> None:
    """Each morning: recalls 90 and 30 days before a term, each once; past its term, a convention is ended."""
    from levier.facilitators import actions

    actions.follow_terms(by=Actor.machine("échéances des conventions"), today=timezone.localdate())
