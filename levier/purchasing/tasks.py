"""The room's jobs: the Monday mail on opportunities, and forgetting who answered old needs."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from levier.core.audit import Actor

CONTACTS_KEPT = timedelta(days=365)
# A public notice that may no longer be answered: whom to call serves nobody any more.
NOTICE_CONTACTS_KEPT = timedelta(days=30)


@app.periodic(cron="7 6 * * 1")
@app.task(name="purchasing.send_weekly_alerts", queue="maintenance", queueing_lock="weekly_alerts")
def send_weekly_alerts(timestamp: int) -> None:
    """Each Monday morning; run twice, it writes to nobody twice."""
    from levier.purchasing import actions

    actions.send_weekly_alerts(by=Actor.machine("alerte du lundi"), today=timezone.localdate())


@app.periodic(cron="59 3 * * *")
@app.task(name="purchasing.forget_unused_documents", queue="maintenance")
def forget_unused_documents(timestamp: int) -> None:
    """Bytes that no need has any more; those of the last day may belong to a draft being written."""
    from levier.purchasing import actions

    actions.forget_unused_documents(by=Actor.machine("entretien"), before=timezone.now() - timedelta(days=1))


@app.periodic(cron="53 3 * * *")
@app.task(name="purchasing.forget_contacts", queue="maintenance")
def forget_contacts(timestamp: int) -> None:
    """Names and telephones of those who answered, a year after the need was closed."""
    from levier.purchasing import actions

    actions.forget_contacts(by=Actor.machine("entretien"), before=timezone.localdate() - CONTACTS_KEPT)


@app.periodic(cron="57 3 * * *")
@app.task(name="purchasing.forget_notice_contacts", queue="maintenance")
def forget_notice_contacts(timestamp: int) -> None:
    """Whom to call of notices that are closed, and of companies that won a year ago."""
    from levier.purchasing import actions

    actions.forget_notice_contacts(
        by=Actor.machine("entretien"),
        calls_before=timezone.now() - NOTICE_CONTACTS_KEPT,
        awards_before=timezone.localdate() - CONTACTS_KEPT,
    )


@app.periodic(cron="11 5 * * *")
@app.task(name="purchasing.publish_trade_answers", queue="maintenance", queueing_lock="trade_answers")
def publish_trade_answers(timestamp: int) -> None:
    """The day after its deadline, a consultation of trades gives every answer to all at once."""
    from levier.purchasing.trades.actions import publish_due_trade_consultations

    publish_due_trade_consultations(by=Actor.machine("fin d’une consultation"), today=timezone.localdate())


@app.periodic(cron="41 7 * * *")
@app.task(name="purchasing.remind_trade_parties", queue="maintenance", queueing_lock="trade_reminders")
def remind_trade_parties_of_the_day(timestamp: int) -> None:
    """Two working days before the end of a consultation of trades, one reminder to whoever has not answered."""
    from levier.purchasing.trades.actions import remind_trade_parties

    remind_trade_parties(by=Actor.machine("rappel d’une consultation"), today=timezone.localdate())
