"""The room's jobs: late stages of candidates reminded, what is kept of people taken away in its time."""

import logging
import time

from django.utils import timezone
from procrastinate.contrib.django import app

from levier.execution.candidates.actions import remind
from levier.execution.people import retention

logger = logging.getLogger("levier.tasks")


@app.periodic(cron="23 5 * * 1-5")
@app.task(name="execution.remind_candidates", queue="maintenance", queueing_lock="remind_candidates")
def remind_candidates(timestamp: int) -> None:
    """Each working morning, late stages are reminded to the contact, then to its backup; each once."""
    logger.info("candidatures : %s rappels", remind(today=timezone.localdate()))


@app.periodic(cron="37 3 * * *")
@app.task(name="execution.forget_people", queue="maintenance", queueing_lock="forget_people")
def forget_people(timestamp: int) -> None:
    """Each night, what was kept of people long enough goes; run twice, nothing more goes."""
    retention.purge()
    retention.forget_lone_files(older_than=time.time() - 24 * 3600)
