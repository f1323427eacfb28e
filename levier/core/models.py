"""The kernel's own tables: the audit trail, the change log the search follows, and outgoing mail."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Now, Upper
from django.utils import timezone


class AuditEvent(models.Model):
    """Who did what to which object, and which fields moved; never a person's values.

    No foreign key: an event stays readable after the object is gone. The application role may only
    add and read rows (see the first migration).
    """

    happened_at = models.DateTimeField(db_default=Now(), db_index=True)
    actor_id = models.BigIntegerField(null=True, help_text="Account that acted; empty for the machine.")
    actor_label = models.CharField(
        max_length=120, help_text="« compte 12 », « import siae », « installation »."
    )
    verb = models.CharField(max_length=60, help_text="room.action, for example directory.import_source.")
    object_type = models.CharField(max_length=60, blank=True)
    object_key = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict, help_text="Counts and field names only.")

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_key"], name="audit_by_object")]

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb}"


class Change(models.Model):
    """One row per published change that the search index must learn.

    A sequence is not the order of commits: the follower reads by (xid, id) and only transactions
    older than every one still running, else it would skip a late commit for ever.
    """

    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        )
    )
    topic = models.CharField(max_length=40, help_text="Which index: « supplier », « contract ».")
    key = models.CharField(max_length=80, help_text="Primary key of the changed row, as text.")
    is_deletion = models.BooleanField(db_default=False)

    class Meta:
        indexes = [models.Index(fields=["topic", "xid", "id"], name="change_in_commit_order")]

    def __str__(self) -> str:
        return f"{self.topic} {self.key} (transaction {self.xid})"


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> "OutgoingMailQuerySet":
        """Mails written but not sent yet, and not refused."""
        return self.filter(sent_at=None, returned_at=None)

    def outdated(self, now: datetime) -> "OutgoingMailQuerySet":
        """Sent more than a month ago, or never sent and past every new try for a week."""
        never_left = Q(sent_at=None, created_at__lt=now - timedelta(days=7))
        return self.filter(never_left | Q(sent_at__lt=now - timedelta(days=30)))


class OutgoingMail(models.Model):
    """A mail written in the business transaction and sent once by the worker; its body is then erased."""

    message_id = models.CharField(max_length=120, unique=True)
    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    # Where mail readers send « se désinscrire » (RFC 8058); empty for a mail nobody may refuse.
    unsubscribe_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    # A notice of failure, or the refusal of the server: its status as RFC 3463 writes it, « 5.1.1 ».
    returned_at = models.DateTimeField(null=True)
    returned_status = models.CharField(max_length=11, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("created_at"), condition=Q(sent_at=None), name="mail_waiting"),
            models.Index(Upper("to_address"), F("returned_at"), name="mail_of_address"),
        ]

    def __str__(self) -> str:
        return f"courriel {self.pk}"

    def mark_sent(self) -> dict[str, Any]:
        """The values to store once sent: codes and links do not stay in the database."""
        return {"sent_at": timezone.now(), "body": "", "unsubscribe_url": ""}


class ReturnedAddress(models.Model):
    """An address whose mails come back for good, by a keyed digest: who may read an address learns it, nobody else."""

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"adresse sans réponse depuis {self.since:%Y-%m-%d}"
