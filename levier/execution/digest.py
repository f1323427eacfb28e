"""The mail of the morning: what arrived since the last one and waits for whoever follows contracts, or decides of them. One a working day at most.

It says contracts, months and how many, as the portfolio does: no person, no figure of hours, no reason.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.core import audit, mail, mail_returns
from levier.core.audit import Actor
from levier.core.signed_rows import key_signed, sign_key
from levier.execution.models import Contract, WorkDigest
from levier.execution.work import hours_work
from levier.facilitators.queries.work import WorkItem

_SALT = "levier.execution.work_digest"
_UNKNOWN = "Ce lien n’est pas entier : copiez-le jusqu’au bout."
MOST_SAID = 25
# How far the first mail looks back: a week-end is not lost.
_FIRST = timedelta(days=4)


def send_digests(*, by: Actor, today: date) -> int:
    """Write to everybody to whom something arrived before today; gives how many. Twice a day, once."""
    sent = sum(_tell(user, today) for user in _readers())
    if sent:
        audit.record(by=by, verb="execution.send_digests", details={"mails": sent})
    return sent


def arrived(user: User, *, after: date, until: date) -> list[WorkItem]:
    """The lines of the portfolio of an account that are its own to act on, and are new between two days (the first one excluded)."""
    found = [
        line
        for line in hours_work(user, until + timedelta(days=1))
        if line.who == "me" and after < (line.latest or line.since) <= until
    ]
    return sorted(found, key=lambda line: (line.kind, line.due or date.max, line.title))


def token_of(user: User) -> str:
    """What the link of the mail carries: it stops or brings back the mails of this account, and opens nothing else."""
    return sign_key(user.pk, salt=_SALT)


def reader_of(token: str) -> User:
    """Whose mails an address stops. Raises Http404 for one we did not sign."""
    found = User.objects.filter(pk=key_signed(token, salt=_SALT, refusal=_UNKNOWN)).first()
    if found is None:
        raise Http404(_UNKNOWN)
    return found


def is_stopped(user: User) -> bool:
    """Whether this account wants no mail of the morning."""
    return WorkDigest.objects.filter(user=user, stopped_at__isnull=False).exists()


@transaction.atomic
def set_wanted(*, user: User, is_wanted: bool) -> None:
    """Stop the mails, or bring them back from today on."""
    own, _ = WorkDigest.objects.get_or_create(user=user)
    own.stopped_at = None if is_wanted else timezone.now()
    own.told_until = timezone.localdate() if is_wanted else own.told_until
    own.save(update_fields=["stopped_at", "told_until"])
    audit.record(by=user.as_actor(), verb="execution.set_digest", details={"is_wanted": is_wanted})


def _readers() -> Iterable[User]:
    """The facilitators, and the buyers with a contract: they decide amendments, transfers, difficulties and penalties."""
    buying = Contract.objects.filter(removed_at=None).values("buyer")
    held = Membership.objects.filter(
        Q(role=Role.FACILITATOR) | Q(role=Role.BUYER, organisation__in=buying)
    ).values("user")
    return User.objects.filter(pk__in=held, is_active=True).exclude(work_digest__stopped_at__isnull=False)


@transaction.atomic
def _tell(user: User, today: date) -> bool:
    WorkDigest.objects.get_or_create(user=user)
    own = WorkDigest.objects.select_for_update().get(user=user)
    until = today - timedelta(days=1)
    after = own.told_until or until - _FIRST
    if after >= until or own.stopped_at:
        return False
    lines = arrived(user, after=after, until=until)
    own.told_until = until
    own.save(update_fields=["told_until"])
    if lines and not mail_returns.is_given_up(user.email):
        _write(user, lines, today)
    return bool(lines)


def _write(user: User, lines: list[WorkItem], today: date) -> None:
    shown = "\n".join(f"- {line.title}\n  {settings.SITE_URL}{line.url}" for line in lines[:MOST_SAID])
    rest = len(lines) - MOST_SAID
    more = f"\n\nEt {rest} autre{'s' if rest > 1 else ''} dans votre portefeuille." if rest > 0 else ""
    stop = settings.SITE_URL + reverse("execution:digest", args=[token_of(user)])
    count = len(lines)
    mail.send(
        to=user.email,
        subject=f"{count} ligne{'s' if count > 1 else ''} nouvelle{'s' if count > 1 else ''} dans votre portefeuille",
        body=f"""Bonjour,

Depuis le dernier message, ceci vous attend :

{shown}{more}

Tout ce qui vous attend :
{settings.SITE_URL}{reverse("portal:portfolio")}

Ne plus recevoir ce message (votre portefeuille reste à jour) :
{stop}
""",
        key=f"work-digest-{user.pk}-{today}",
        unsubscribe=stop,
    )
