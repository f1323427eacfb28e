"""Outgoing mail: sent once, then without its body; forgotten after a while."""

from datetime import timedelta

import pytest
from django.utils import timezone

from levier.core import mail
from levier.core.models import OutgoingMail
from levier.core.tasks import deliver_mail, forget_old_mail

pytestmark = pytest.mark.django_db


def test_a_mail_leaves_once_and_its_body_is_erased(mailoutbox: list[object]) -> None:
    sent = mail.send(to="p@exemple.fr", subject="Votre code", body="123456")
    deliver_mail(mail_id=sent.pk)
    deliver_mail(mail_id=sent.pk)
    sent.refresh_from_db()
    assert len(mailoutbox) == 1
    assert sent.body == "" and sent.sent_at is not None


@pytest.mark.parametrize(
    ("days", "is_sent", "stays"), [(6, False, True), (8, False, False), (29, True, True), (31, True, False)]
)
def test_old_mails_are_forgotten(days: int, is_sent: bool, stays: bool) -> None:
    moment = timezone.now() - timedelta(days=days)
    kept = mail.send(to="p@exemple.fr", subject="x", body="y")
    OutgoingMail.objects.filter(pk=kept.pk).update(created_at=moment, sent_at=moment if is_sent else None)
    forget_old_mail(timestamp=0)
    assert OutgoingMail.objects.filter(pk=kept.pk).exists() is stays
