"""The Monday mail on opportunities, once a week for who asked; and what the night forgets."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core import audit, kept_files
from levier.core.audit import Actor
from levier.directory.models import SolicitationRefusal
from levier.directory.solicitations.actions import choose_solicitations
from levier.directory.solicitations.queries import refuses
from levier.directory.solicitations.sending import solicit
from levier.organisations.models import Organisation
from levier.purchasing import attachments
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import (
    NeedAttachment,
    NeedRecipient,
    OpportunityAlert,
    QuestionFollower,
    TradeParty,
)
from levier.purchasing.queries.opportunities import weekly_news
from levier.purchasing.weekly import letter_of

_WEEKLY = SolicitationRefusal.Topic.WEEKLY


@transaction.atomic
def ask_for_alert(*, by: User, organisation: Organisation) -> OpportunityAlert:
    """Ask for the Monday mail, refused before or not. Twice changes nothing. Raises RefusedError to who is no supplier there."""
    if not by.memberships.filter(organisation=organisation, role=Role.SUPPLIER).exists():
        raise RefusedError("Ce courriel est pour les membres « fournisseur » d’une organisation.")
    if refuses(by.email, _WEEKLY):
        choose_solicitations(by=by.as_actor(), address=by.email, wanted={_WEEKLY.value: True})
    alert, is_new = OpportunityAlert.objects.get_or_create(user=by, organisation=organisation)
    if is_new:
        audit.record(
            by=by.as_actor(), verb="purchasing.ask_for_alert", object_type="alert", object_key=str(alert.pk)
        )
    return alert


@transaction.atomic
def stop_alert(*, by: Actor, alert: OpportunityAlert) -> None:
    """No more Monday mail for this person and organisation."""
    key = str(alert.pk)
    OpportunityAlert.objects.filter(pk=alert.pk).delete()
    audit.record(by=by, verb="purchasing.stop_alert", object_type="alert", object_key=key)


def week_of(day: date) -> str:
    """« 2026-W48 »: the ISO week."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def send_weekly_alerts(*, by: Actor, today: date) -> int:
    """Write to everyone who asked and has not been served this week. Returns how many mails were queued.

    One transaction per person: a run that dies half-way is taken up again without a second mail to anybody.
    Whoever left the organisation, or changed role, is not written to and the alert is forgotten.
    """
    week = week_of(today)
    sent = 0
    waiting = OpportunityAlert.objects.exclude(last_week=week).values_list("pk", flat=True).order_by("pk")
    for pk in list(waiting):
        sent += _send_one(pk, week, today, by)
    return sent


@transaction.atomic
def _send_one(pk: int, week: str, today: date, by: Actor) -> int:
    alert = (
        OpportunityAlert.objects.select_for_update(of=("self",))
        .select_related("user", "organisation")
        .filter(pk=pk)
        .exclude(last_week=week)
        .first()
    )
    if alert is None:
        return 0
    is_member = alert.user.memberships.filter(organisation=alert.organisation, role=Role.SUPPLIER).exists()
    if not is_member or not alert.user.is_active:
        stop_alert(by=by, alert=alert)
        return 0
    news = weekly_news(alert.organisation, alert.user, since=alert.last_sent_at, today=today)
    alert.last_week = week
    fields = ["last_week"]
    is_sent = False
    if news.count:
        letter = letter_of(news, alert.organisation.name)
        is_sent = solicit(
            to=alert.user.email, topic=_WEEKLY, subject=letter.subject, body=letter.body,
            key=f"alert-{alert.pk}-{week}",
        )  # fmt: skip
    if is_sent:
        alert.last_sent_at = timezone.now()
        fields.append("last_sent_at")
    alert.save(update_fields=fields)
    return int(is_sent)


def forget_unused_documents(*, by: Actor, before: datetime) -> int:
    """Remove the documents no need has any more, untouched since `before`. Returns how many files."""
    kept = set(NeedAttachment.objects.values_list("sha256", flat=True))
    count = kept_files.forget_unused(kept, older_than=before.timestamp(), room=attachments.ROOM)
    if count:
        audit.record(by=by, verb="purchasing.forget_unused_documents", details={"count": count})
    return count


@transaction.atomic
def forget_contacts(*, by: Actor, before: date) -> int:
    """Erase who answered, of needs and exchanges with companies that ended before this day. Returns how many rows."""
    count = (
        NeedRecipient.objects.filter(need__closed_at__date__lt=before)
        .exclude(contact_name="", contact_phone="")
        .update(contact_name="", contact_phone="")
    )
    count += TradeParty.objects.filter(consultation__deadline__lt=before).exclude(email="").update(email="")
    followers = QuestionFollower.objects.filter(desk__answers_by__lt=before)
    count += followers.count()
    followers.delete()
    if count:
        audit.record(by=by, verb="purchasing.forget_contacts", details={"count": count})
    return count
