"""Personal links of suppliers: 128 bits of chance, kept hashed, bound to one need and one supplier."""

import hashlib
import re
import secrets
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from levier.purchasing.models import NeedLink, NeedRecipient

AFTER_DEADLINE = timedelta(days=30)
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def hashed(secret: str) -> str:
    """What is stored of a secret: 128 bits of randomness, a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def expiry(deadline: date) -> datetime:
    """A month after the deadline, at the end of the day."""
    return timezone.make_aware(datetime.combine(deadline + AFTER_DEADLINE, time.max))


def make_link(recipient: NeedRecipient) -> str:
    """A new link for this recipient; the address is returned once and kept nowhere."""
    token = secrets.token_urlsafe(16)
    NeedLink.objects.create(
        recipient=recipient, token_hash=hashed(token), expires_at=expiry(recipient.need.deadline)
    )
    return settings.SITE_URL + reverse("purchasing:answer", args=[token])
