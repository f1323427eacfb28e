"""The kernel's jobs: send mail, forget old change rows, retry the jobs of dead workers."""

import logging
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from levier.core import changes, mail_returns
from levier.core.models import OutgoingMail

logger = logging.getLogger("levier.tasks")


@app.task(name="core.deliver_mail", queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def deliver_mail(mail_id: int) -> None:
    """Send one mail, once: the row is locked while it leaves, and a sent mail is left alone."""
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update().filter(pk=mail_id).first()
        if mail is None or mail.sent_at is not None or mail.returned_at is not None:
            return
        back = mail_returns.return_address(mail)
        try:
            EmailMessage(
                subject=mail.subject,
                body=mail.body,
                # The envelope; what the reader sees stands in the header.
                from_email=back or settings.DEFAULT_FROM_EMAIL,
                to=[mail.to_address],
                headers={"Message-ID": f"<{mail.message_id}@levier>", "From": settings.DEFAULT_FROM_EMAIL}
                | _unsubscribe_headers(mail),
            ).send()
        except SMTPRecipientsRefused as problem:
            failure = mail_returns.refused(problem, mail.to_address)
            if failure is None:
                raise
            # No later try would pass.
            mail_returns.note(mail, failure)
            return
        OutgoingMail.objects.filter(pk=mail_id).update(**mail.mark_sent())


def _unsubscribe_headers(mail: OutgoingMail) -> dict[str, str]:
    """RFC 2369 and RFC 8058: a mail reader's own button, which sends one POST and opens no page."""
    if not mail.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{mail.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@app.periodic(cron="17 3 * * *")
@app.task(name="core.forget_old_changes", queue="maintenance")
def forget_old_changes(timestamp: int) -> None:
    """Keep the change log short."""
    logger.info("journal des changements : %s lignes retirées", changes.forget_old_changes())


@app.periodic(cron="29 3 * * *")
@app.task(name="core.forget_old_mail", queue="maintenance")
def forget_old_mail(timestamp: int) -> None:
    """An address and a subject are kept a month; a mail that never left, with its code or link, a week."""
    logger.info("courriels : %s lignes retirées", OutgoingMail.objects.outdated(timezone.now()).delete()[0])
    logger.info("adresses sans réponse : %s à essayer de nouveau", mail_returns.forget_old())


@app.periodic(cron="*/5 * * * *")
@app.task(name="core.retry_stalled_jobs", queue="maintenance", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """A worker that died leaves its job « doing »: give it back to the queue."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        logger.warning("tâche %s reprise : son exécuteur ne répond plus", job.id)
        await manager.retry_job(job)
