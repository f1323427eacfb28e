"""Mails that come back: the address they return to, what the notice of failure says, who is told, which addresses answer no more.

Each mail leaves with a return address of its own, signed: a notice proves which mail it is about, and nobody can forge one for the mail of
somebody else. Notices are read as RFC 3464 writes them, else as the plain ones of qmail, Exim and others.
"""

import re
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from levier.core.mail_boxes import SignedBox
from levier.core.models import OutgoingMail, ReturnedAddress

_BOX = SignedBox("retours", "core.mail_return")
# The part of a plain notice that is read: the original mail follows it.
_MOST_TEXT = 20_000
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_SAYS_FAILURE = re.compile(
    r"permanent error|fatal error|could(?: not|n.t) be delivered|undeliver|delivery (?:has )?failed|user unknown|no such user|no mailbox here"
    r"|n.a pas pu être (?:remis|distribué|livré)|adresse introuvable|utilisateur inconnu",
    re.IGNORECASE,
)
# Wrong address (5.1.x), closed box (5.2.1), no such host (5.4.4): no later try will pass. A full box or a policy may change.
_FINAL_STATUS = re.compile(r"5\.1\.\d+|5\.2\.1|5\.4\.4")
_FINAL_REPLIES = frozenset({521, 550, 551, 553, 556})
# An address whose mails come back for other causes is given up after so many of them, in the month that mails are kept.
MANY_RETURNS = 3
_KEPT = timedelta(days=30)
# An address given up is tried again after so long, when nobody corrected it.
GIVEN_UP_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a notice says: `status` as « 5.1.1 », empty when it gives none; `is_final`: no later try will pass."""

    status: str
    is_final: bool


# The functions that hear of an address, by their dotted names: a room is loaded when there is something to tell.
_listeners: list[str] = []


def register(listener: str) -> None:
    """A room is told of each address that answers no more; called again, it must change nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def return_address(mail: OutgoingMail) -> str:
    """« retours+12-3f…@ » of this installation; empty when it receives no mail."""
    return _BOX.address_of(mail.pk)


def mail_returned(address: str) -> OutgoingMail | None:
    """The mail behind a return address that we signed; None for any other one."""
    key = _BOX.key_in(address)
    return None if key is None else OutgoingMail.objects.filter(pk=key).first()


def take(raw: bytes, *, to: Iterable[str]) -> bool:
    """Read a message that came to a return address; whether one of these was its address. What is no failure changes nothing."""
    mails = [mail for address in to if (mail := mail_returned(address)) is not None]
    failure = read_failure(raw) if mails else None
    for mail in mails:
        if failure is not None:
            note(mail, failure)
    return bool(mails)


@transaction.atomic
def note(mail: OutgoingMail, failure: Failure) -> None:
    """Write that a mail came back, and tell the rooms once its address answers no more."""
    own = OutgoingMail.objects.select_for_update().filter(pk=mail.pk, returned_at=None).first()
    if own is None:
        return
    own.returned_at, own.returned_status, own.body, own.unsubscribe_url = (
        timezone.now(),
        failure.status,
        "",
        "",
    )
    own.save(update_fields=["returned_at", "returned_status", "body", "unsubscribe_url"])
    if failure.is_final or _returns(own.to_address) >= MANY_RETURNS:
        ReturnedAddress.objects.update_or_create(
            digest=_digest(own.to_address), defaults={"since": timezone.now()}
        )
        for listener in _listeners:
            import_string(listener)(own.to_address)


def _returns(address: str) -> int:
    rows = OutgoingMail.objects.filter(to_address__iexact=address, returned_at__gte=timezone.now() - _KEPT)
    return rows.count()


def given_up(addresses: Iterable[str]) -> dict[str, datetime]:
    """Those of these addresses that answer no more, as they were given, with since when. One SQL query."""
    digests = {one: _digest(one) for one in addresses if one}
    if not digests:
        return {}
    rows = ReturnedAddress.objects.filter(
        digest__in=set(digests.values()), since__gte=timezone.now() - GIVEN_UP_FOR
    )
    since = dict(rows.values_list("digest", "since"))
    return {one: since[digest] for one, digest in digests.items() if digest in since}


def answering(addresses: Iterable[str]) -> list[str]:
    """Those of these addresses that mails still leave for, each once and in their order. One SQL query."""
    asked = list(dict.fromkeys(one for one in addresses if one))
    gone = given_up(asked)
    return [one for one in asked if one not in gone]


def is_given_up(address: str) -> bool:
    """Whether mails to this address come back for good: nothing that can wait is sent to it."""
    return bool(given_up([address]))


def try_again(address: str) -> None:
    """Somebody says that this address is right, or proved it: mails leave for it again."""
    ReturnedAddress.objects.filter(digest=_digest(address)).delete()


def forget_old() -> int:
    """Addresses given up long ago; gives how many."""
    return ReturnedAddress.objects.filter(since__lt=timezone.now() - GIVEN_UP_FOR).delete()[0]


def _digest(address: str) -> str:
    """Keyed: the row says nothing of whose address it is, and outlives no name."""
    return salted_hmac("core.returned_address", address.strip().casefold(), algorithm="sha256").hexdigest()


def refused(problem: smtplib.SMTPRecipientsRefused, address: str) -> Failure | None:
    """What the server said of the only recipient, when it refused it for good; None for what may pass later."""
    code, said = problem.recipients.get(address) or next(iter(problem.recipients.values()), (0, b""))
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    if not 500 <= code < 600:
        return None
    status = next(iter(_STATUS.findall(text)), "")
    return Failure(status, bool(_FINAL_STATUS.fullmatch(status)) if status else code in _FINAL_REPLIES)


def read_failure(raw: bytes) -> Failure | None:
    """What a notice says of the mail that it returns; None for an absence, a delay, an answer, whatever cannot be read."""
    try:
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        reported = [part for part in parsed.walk() if part.get_content_type() == "message/delivery-status"]
        if reported:
            return _of_report(reported[0])
        is_answer = str(parsed.get("Auto-Submitted", "")).lower().startswith("auto-replied")
        if is_answer and not parsed.get("X-Failed-Recipients"):
            return None
        text = _text(parsed)
    except (MessageError, ValueError, LookupError, AssertionError, AttributeError, TypeError):
        return None
    if not (_SAYS_FAILURE.search(text) or parsed.get("X-Failed-Recipients")):
        return None
    statuses = _STATUS.findall(text)
    status = next((one for one in statuses if one.startswith("5")), statuses[0] if statuses else "")
    return _failure(
        status or ("5.1.1" if re.search(r"\b55[013]\b|unknown|no such user|inconnu", text, re.I) else "")
    )


def _of_report(part: Message) -> Failure | None:
    """RFC 3464: the fields of each recipient are a group of their own; a mail has one recipient."""
    groups = part.get_payload()
    for group in groups if isinstance(groups, list) else []:
        if str(group.get("Action", "")).strip().lower() == "failed":
            found = _STATUS.search(str(group.get("Status", "")))
            return _failure(found[1] if found else "")
    return None


def _failure(status: str) -> Failure:
    return Failure(status, bool(_FINAL_STATUS.fullmatch(status)))


def _text(parsed: EmailMessage) -> str:
    body = parsed.get_body(("plain", "html"))
    content = body.get_payload(decode=True) if body is not None else b""
    # Many of these notices are written by hand in UTF-8, and do not say so.
    return content.decode(errors="replace")[:_MOST_TEXT] if isinstance(content, bytes) else ""
