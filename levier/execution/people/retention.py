"""How long names are kept: what is due to go, and its going. Figures of the ledger stay; they carry a key and no name."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from levier.core import audit, received_files
from levier.core.audit import Actor
from levier.execution.models import EntryReason, Participant, PersonCard, PersonProof, PersonRequest
from levier.execution.people.scope import acting
from levier.rulebook import parameters
from levier.rulebook.months import add_months
from levier.rulebook.parameters import Parameter

# Where the files that people send wait, under LEVIER_HOME.
PROOFS_ROOM = "person-proofs"


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """What the tables of people hold on a day: counts only. `due`: names whose time is over."""

    on: date
    rule: Parameter
    named: int
    anonymised: int
    without_notice: int
    reasons: int
    due: int


def report(on: date | None = None) -> PrivacyReport:
    """Counts what is kept, and what is due to go."""
    day = on or timezone.localdate()
    with acting(is_retention=True):
        named = Participant.objects.filter(anonymised_at=None)
        return PrivacyReport(
            on=day,
            rule=_rule(day),
            named=named.count(),
            anonymised=Participant.objects.exclude(anonymised_at=None).count(),
            without_notice=named.filter(notice_on=None).count(),
            reasons=EntryReason.objects.count(),
            due=_due(day).count(),
        )


def purge(*, on: date | None = None, is_dry_run: bool = False) -> int:
    """Take away the names, mail addresses, days of birth and reasons whose time is over; gives how many people.

    The key, the year of birth and the entries stay, for the figures. A dry run changes nothing.
    """
    day = on or timezone.localdate()
    with acting(is_retention=True):
        keys = list(_due(day).values_list("pk", flat=True))
        if is_dry_run or not keys:
            return len(keys)
        anonymise(keys)
        audit.record(
            by=Actor.machine("conservation"), verb="execution.purge_people", details={"people": len(keys)}
        )
    return len(keys)


def anonymise(keys: Collection[UUID]) -> None:
    """Take away all that names these people, with their cards and files; the caller's scope must show them."""
    now = timezone.now()
    EntryReason.objects.filter(entry__participant__in=keys).delete()
    Participant.objects.filter(pk__in=keys).update(
        given_name="", family_name="", email="", birth_on=None, anonymised_at=now
    )
    PersonCard.objects.filter(participant__in=keys, revoked_at=None).update(revoked_at=now)
    PersonRequest.objects.filter(participant__in=keys).update(proposed="")
    _remove(PersonProof.objects.filter(participant__in=keys))


def _remove(proofs: QuerySet[PersonProof]) -> int:
    """Delete files that nobody saw; the mention stays. Gives how many."""
    files = list(proofs.exclude(file="").values_list("pk", "file"))
    PersonProof.objects.filter(pk__in=[key for key, _ in files]).update(file="", removed_at=timezone.now())
    for _, name in files:
        transaction.on_commit(partial(received_files.forget, name, room=PROOFS_ROOM))
    return len(files)


def kept_months() -> int:
    """For how many months after the last contact a name is kept, as of today."""
    return int(_rule(timezone.localdate()).value)


def _rule(day: date) -> Parameter:
    return parameters.get("people_retention_months", "", day)


def _due(day: date) -> QuerySet[Participant]:
    """Named people whose last contact is old enough, and whose contracts are all over since."""
    limit = add_months(day, -int(_rule(day).value))
    return (
        Participant.objects.filter(anonymised_at=None, last_contact_on__lt=limit)
        .annotate(last_end=Max("entries__contract__ends_on"))
        .filter(Q(last_end=None) | Q(last_end__lt=day))
        .order_by()
    )
