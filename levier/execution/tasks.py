"""The room's jobs: reminders of hours and of candidates, large files read or written, and what is forgotten in its time."""

import logging
import time
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from levier.core.audit import Actor
from levier.execution.models import HoursStatement
from levier.rulebook.unseen_files import unseen_before

logger = logging.getLogger("levier.tasks")
ANNOUNCEMENTS_KEPT = timedelta(days=180)


@app.periodic(cron="23 7 * * *")
@app.task(name="execution.send_reminders", queue="maintenance", queueing_lock="declaration_reminders")
def send_reminders_of_the_day(timestamp: int) -> None:
    """Months that are missing; run twice, it writes to nobody twice."""
    from levier.execution.declaring.reminding import send_reminders

    send_reminders(by=Actor.machine("rappels du jour"), today=timezone.localdate())


@app.periodic(cron="53 6 * * 1-5")
@app.task(name="execution.send_digests", queue="maintenance", queueing_lock="work_digests")
def send_digests_of_the_day(timestamp: int) -> None:
    """Each working morning, what arrived and waits; run twice, it writes to nobody twice."""
    from levier.execution.digest import send_digests

    send_digests(by=Actor.machine("message du matin"), today=timezone.localdate())


@app.periodic(cron="47 3 * * *")
@app.task(name="execution.forget_unused_statements", queue="maintenance")
def forget_unused_statements(timestamp: int) -> None:
    """Files of a sending that failed, and those nobody saw in time; those of the last hour may belong to one that runs."""
    from levier.core import received_files
    from levier.execution.declaring.sending import ROOM

    rows = HoursStatement.objects.filter(sent_at__date__gte=unseen_before(timezone.localdate()))
    used = frozenset(rows.exclude(file="").values_list("file", flat=True))
    before = timezone.now() - timedelta(hours=1)
    received_files.forget_unused(used, older_than=before.timestamp(), room=ROOM)


@app.periodic(cron="51 3 * * *")
@app.task(name="execution.forget_announcements", queue="maintenance")
def forget_announcements(timestamp: int) -> None:
    """Names of people announced that nobody took up in six months."""
    from levier.execution.declaring.team import set_aside_old

    set_aside_old(by=Actor.machine("entretien"), before=timezone.now() - ANNOUNCEMENTS_KEPT)


@app.task(name="execution.run_file", queue="default")
def run_file(file_id: int) -> None:
    """Read or write a received file, whichever was started; a second run finds nothing to do."""
    from levier.execution.incoming.actions import fail, run_started

    try:
        run_started(file_id=file_id)
    except Exception:
        # Its page says so, and lets it be read again: nothing was written.
        fail(file_id=file_id)
        raise


@app.periodic(cron="41 3 * * *")
@app.task(name="execution.forget_files", queue="maintenance")
def forget_files(timestamp: int) -> None:
    """The lines of received files are kept two weeks, those of a message until it is read, or too old."""
    from levier.core import received_files
    from levier.execution.incoming import mailing, shelf
    from levier.execution.incoming.actions import clean_saved_columns
    from levier.execution.incoming.programs import forget_answers

    logger.info("fichiers reçus : %s morceaux retirés", shelf.forget_old(kept=mailing.used_places()))
    day = time.time() - 24 * 3600
    logger.info(
        "pages reçues : %s retirées",
        received_files.forget_unused(mailing.used_pages(), older_than=day, room=mailing.ROOM),
    )
    logger.info("titres de colonnes : %s retirés", clean_saved_columns())
    logger.info("réponses de l’API : %s retirées", forget_answers())


@app.periodic(cron="23 5 * * 1-5")
@app.task(name="execution.remind_candidates", queue="maintenance", queueing_lock="remind_candidates")
def remind_candidates(timestamp: int) -> None:
    """Each working morning, late stages are reminded to the contact, then to its backup; each once."""
    from levier.execution.candidates.actions import remind

    logger.info("candidatures : %s rappels", remind(today=timezone.localdate()))


@app.periodic(cron="37 3 * * *")
@app.task(name="execution.forget_people", queue="maintenance", queueing_lock="forget_people")
def forget_people(timestamp: int) -> None:
    """Each night, what was kept of people long enough goes; run twice, nothing more goes."""
    from levier.execution.people import retention

    retention.purge()
    retention.forget_lone_files(older_than=time.time() - 24 * 3600)
