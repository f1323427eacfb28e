"""Write a mail in the caller's transaction: if that transaction rolls back, no mail leaves."""

import uuid

from levier.core.models import OutgoingMail


def send(*, to: str, subject: str, body: str, key: str = "", unsubscribe: str = "") -> OutgoingMail:
    """Queue one plain-text mail. ``key`` makes the call idempotent: the same key is sent once.

    ``unsubscribe``: the address that stops such mails by a POST alone; it goes in the headers, for mail readers.
    The job carries the mail's number only; the body is erased once sent.
    """
    from levier.core.tasks import deliver_mail

    mail, is_new = OutgoingMail.objects.get_or_create(
        message_id=key or str(uuid.uuid4()),
        # A name typed with a line break must not end the header.
        defaults={
            "to_address": to, "subject": " ".join(subject.split())[:200], "body": body,
            "unsubscribe_url": unsubscribe,
        },
    )  # fmt: skip
    if is_new:
        deliver_mail.defer(mail_id=mail.pk)
    return mail
