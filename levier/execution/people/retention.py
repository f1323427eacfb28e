"""How long what names people is kept: what is due to go, and its going. Figures of the ledger stay; they carry a key and no name.

A name becomes initials, then nothing. Files nobody saw, names of candidates and the log of accesses have their own time. Each duration is
a dated parameter (`rulebook/parameters/execution`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat, Left
from django.utils import timezone

from levier.core import audit, received_files
from levier.core.audit import Actor
from levier.execution.models import (
    Candidate,
    CandidateIdentity,
    EntryReason,
    KeptPublic,
    MonthAnswer,
    MonthWord,
    Participant,
    PeopleAccess,
    PersonCard,
    PersonProof,
    PersonRequest,
)
from levier.execution.people.publics import keep_counts
from levier.execution.people.scope import acting
from levier.rulebook import parameters
from levier.rulebook.months import add_months
from levier.rulebook.parameters import Parameter
from levier.rulebook.unseen_files import unseen_before

# Where the files that people send wait, under LEVIER_HOME.
PROOFS_ROOM = "person-proofs"


@dataclass(frozen=True, slots=True)
class Purged:
    """What goes, or would go: people reduced to initials, people anonymised, files nobody saw, candidates' names, lines of the log."""

    initials: int
    people: int
    files: int
    candidates: int
    accesses: int


@dataclass(frozen=True, slots=True)
class PrivacyReport:
    """What the tables of people hold on a day: counts only. `due`: what a purge would take away."""

    on: date
    rules: tuple[Parameter, ...]
    named: int
    initials: int
    anonymised: int
    without_notice: int
    reasons: int
    kept_publics: int
    cards: int
    requests: int
    late_requests: int
    files: int
    candidates: int
    accesses: int
    due: Purged


def report(on: date | None = None) -> PrivacyReport:
    """Counts what is kept, and what is due to go."""
    day = on or timezone.localdate()
    with acting(is_retention=True):
        named = Participant.objects.filter(anonymised_at=None, pseudonymised_at=None)
        waiting = PersonRequest.objects.filter(answer="")
        disputes = MonthAnswer.objects.filter(word=MonthWord.DISPUTED, answer="")
        return PrivacyReport(
            on=day,
            rules=tuple(_rule(name, day) for name in _RULES),
            named=named.count(),
            initials=Participant.objects.filter(anonymised_at=None, pseudonymised_at__isnull=False).count(),
            anonymised=Participant.objects.exclude(anonymised_at=None).count(),
            without_notice=named.filter(notice_on=None).count(),
            reasons=EntryReason.objects.count(),
            kept_publics=KeptPublic.objects.aggregate(whole=Sum("entries"))["whole"] or 0,
            cards=PersonCard.objects.filter(revoked_at=None, expires_on__gte=day).count(),
            requests=waiting.count() + disputes.count(),
            late_requests=waiting.filter(due_on__lt=day).count() + disputes.filter(due_on__lt=day).count(),
            files=PersonProof.objects.exclude(file="").count(),
            candidates=CandidateIdentity.objects.count(),
            accesses=PeopleAccess.objects.count(),
            due=_due_counts(day),
        )


def purge(*, on: date | None = None, is_dry_run: bool = False) -> Purged:
    """Take away what was kept long enough; gives how much. Keys, years of birth, entries and dates of stages stay, for the figures.

    A dry run changes nothing.
    """
    day = on or timezone.localdate()
    with acting(is_retention=True):
        found = _due_counts(day)
        if is_dry_run or found == Purged(0, 0, 0, 0, 0):
            return found
        anonymise(list(_due(day).values_list("pk", flat=True)))
        _reduce(list(_due_initials(day).values_list("pk", flat=True)))
        _remove(_old_files(day))
        _forget_candidates(list(_old_candidates(day).values_list("pk", flat=True)))
        with connection.cursor() as cursor:
            # The application deletes no line of the log by itself; the database keeps three years whatever is asked.
            cursor.execute("SELECT execution_forget_accesses(%s)", [_accesses_before(day)])
        audit.record(
            by=Actor.machine("conservation"), verb="execution.purge_people",
            details={"people": found.people, "initials": found.initials, "files": found.files,
                     "candidates": found.candidates, "accesses": found.accesses},
        )  # fmt: skip
    return found


_NO_ADDRESS: dict[str, Any] = {
    "email": "",
    "email_check": "",
    "email_checked_at": None,
    "email_checked_by": None,
}


def anonymise(keys: Collection[UUID]) -> None:
    """Take away all that names these people, with their cards and files; the caller's scope must show them."""
    _close(keys)
    Participant.objects.filter(pk__in=keys).update(
        given_name="", family_name="", birth_on=None, anonymised_at=timezone.now(), **_NO_ADDRESS
    )


def forget_lone_files(*, older_than: float) -> int:
    """Delete the files that no row names, written before this moment (epoch seconds): a sending that failed half-way."""
    with acting(is_retention=True):
        used = frozenset(PersonProof.objects.exclude(file="").values_list("file", flat=True))
    return received_files.forget_unused(used, older_than=older_than, room=PROOFS_ROOM)


def kept_months() -> int:
    """For how many months after the last contact a name is kept, as of today."""
    return int(_rule("people_retention_months", timezone.localdate()).value)


def initials_months() -> int:
    """For how many months after the last contact a name stays whole, as of today."""
    return int(_rule("people_pseudonym_months", timezone.localdate()).value)


_RULES = (
    "people_pseudonym_months", "people_retention_months", "person_proof_days", "candidate_name_months", "people_access_months",
)  # fmt: skip


def _rule(name: str, day: date) -> Parameter:
    return parameters.get(name, "", day)


def _months_before(name: str, day: date) -> date:
    return add_months(day, -int(_rule(name, day).value))


def _due_counts(day: date) -> Purged:
    return Purged(
        initials=_due_initials(day).count(),
        people=_due(day).count(),
        files=_old_files(day).count(),
        candidates=_old_candidates(day).count(),
        accesses=PeopleAccess.objects.filter(at__lt=_accesses_before(day)).count(),
    )


def _silent_since(limit: date, day: date) -> QuerySet[Participant]:
    """People not yet anonymised whose last contact is before `limit`, and whose contracts are all over."""
    return (
        Participant.objects.filter(anonymised_at=None, last_contact_on__lt=limit)
        .annotate(last_end=Max("entries__contract__ends_on"))
        .filter(Q(last_end=None) | Q(last_end__lt=day))
        .order_by()
    )


def _due(day: date) -> QuerySet[Participant]:
    return _silent_since(_months_before("people_retention_months", day), day)


def _due_initials(day: date) -> QuerySet[Participant]:
    limit = _months_before("people_retention_months", day)
    return _silent_since(_months_before("people_pseudonym_months", day), day).filter(
        pseudonymised_at=None, last_contact_on__gte=limit
    )


def _old_files(day: date) -> QuerySet[PersonProof]:
    return PersonProof.objects.exclude(file="").filter(sent_at__date__lt=unseen_before(day))


def _old_candidates(day: date) -> QuerySet[CandidateIdentity]:
    """Those who were not hired: a person hired is known by its sheet, and goes with it."""
    limit = _months_before("candidate_name_months", day)
    return CandidateIdentity.objects.filter(candidate__entry=None, candidate__stage_on__lt=limit)


def _accesses_before(day: date) -> datetime:
    limit = _months_before("people_access_months", day)
    return timezone.make_aware(datetime.combine(limit, datetime.min.time()))


def _close(keys: Collection[UUID]) -> None:
    """What goes with a name at once: reasons (their counts stay), cards, proposed values, files, the names under which they were proposed."""
    keep_counts(keys)
    EntryReason.objects.filter(entry__participant__in=keys).delete()
    PersonCard.objects.filter(participant__in=keys, revoked_at=None).update(revoked_at=timezone.now())
    PersonRequest.objects.filter(participant__in=keys).update(proposed="")
    _remove(PersonProof.objects.filter(participant__in=keys))
    hired = Candidate.objects.filter(entry__participant__in=keys).values_list("pk", flat=True)
    _forget_candidates(list(hired))


def _reduce(keys: Collection[UUID]) -> None:
    """Names become initials: enough to find a line again during a control, not to know who it is."""
    _close(keys)
    Participant.objects.filter(pk__in=keys).update(
        given_name=Concat(Left(F("given_name"), 1), Value(".")), family_name=Concat(Left(F("family_name"), 1), Value(".")),
        birth_on=None, pseudonymised_at=timezone.now(), **_NO_ADDRESS,
    )  # fmt: skip


def _remove(proofs: QuerySet[PersonProof]) -> None:
    """Delete files that nobody saw; the mention stays."""
    files = list(proofs.exclude(file="").values_list("pk", "file"))
    PersonProof.objects.filter(pk__in=[key for key, _ in files]).update(file="", removed_at=timezone.now())
    for _, name in files:
        transaction.on_commit(partial(received_files.forget, name, room=PROOFS_ROOM))


def _forget_candidates(keys: Collection[int]) -> None:
    CandidateIdentity.objects.filter(pk__in=keys).delete()
    Candidate.objects.filter(pk__in=keys).update(given_name="", initial="")
