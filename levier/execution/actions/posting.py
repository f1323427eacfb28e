"""Writes of the ledger: hours due, hours done, reversed, moved. Nothing is ever changed: a mistake is reversed, then written anew.

Locks are taken in one order (commitments by number, then the person-month), so that two writers wait and never block each other. The
database does the rest in the same transaction: number, date, fingerprint, head of the chain, hours allocated.
"""

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.core.typography import figure
from levier.execution.errors import RefusedError
from levier.execution.models import (
    LONGEST_MONTH_HOURS,
    Account,
    Amendment,
    Commitment,
    Evidence,
    HoursTransfer,
    LedgerPosting,
    PersonMonth,
    PostingKind,
    PurchaseOrder,
    Reason,
)
from levier.execution.queries.openings import Limits, closed_on, limits_of
from levier.organisations.models import Organisation
from levier.rulebook.hours_due import rounded

LARGEST_HOURS = Decimal("9999999.99")


def locked(*commitments: Commitment) -> dict[int, Commitment]:
    """Commitments under their locks, by key, taken in the order of their keys."""
    keys = sorted({one.pk for one in commitments})
    rows = Commitment.objects.select_for_update(of=("self",)).select_related("contract").order_by("pk")
    return {one.pk: one for one in rows.filter(pk__in=keys)}


def refuse_closed(commitment: Commitment) -> None:
    """Raises RefusedError when the contract is closed (`Limits.refuse_new`)."""
    Limits(closed_on(commitment.contract_id), None).refuse_new()


def checked_hours(hours: Decimal) -> Decimal:
    """Hours at the hundredth. Raises RefusedError for anything else."""
    if not hours.is_finite() or rounded(hours) != hours:
        raise RefusedError("Les heures se comptent au centième : écrivez par exemple 35,5 ou 7,25.")
    if not 0 < abs(hours) <= LARGEST_HOURS:
        raise RefusedError("Donnez un nombre d’heures supérieur à zéro.")
    return hours


def due_posting(
    *, by: User, commitment: Commitment, hours: Decimal, effective_on: date, order: PurchaseOrder | None = None,
    amendment: Amendment | None = None,
) -> LedgerPosting:  # fmt: skip
    """One line of hours due, from the contract, an order or an amendment; the caller writes the audit event. Raises RefusedError."""
    refuse_closed(commitment)
    return LedgerPosting.objects.create(
        commitment=commitment, kind=PostingKind.DUE, account=Account.DUE, hours=checked_hours(hours),
        effective_on=effective_on, purchase_order=order, amendment=amendment, by=by,
        contract_id=commitment.contract_id if order is None and amendment is None else None,
    )  # fmt: skip


@transaction.atomic
def post_due(*, by: User, commitment: Commitment, hours: Decimal, effective_on: date) -> LedgerPosting:
    """Hours that the contract itself makes due, written after its opening. Raises RefusedError.

    What an order, an invoice or an amendment makes due goes through them (`add_order`, `decide_amendment`).
    """
    own = locked(commitment)[commitment.pk]
    if hours <= 0:
        raise RefusedError("Pour diminuer ce qui est dû, passez par un avenant que l’acheteur décide.")
    made = due_posting(by=by, commitment=own, hours=hours, effective_on=effective_on)
    audit.record(by=by.as_actor(), verb="execution.post_due", **about(own, made))
    return made


@transaction.atomic
def record_month(
    *, by: User, participant_id: UUID, employer: Organisation, month: date, worked: Decimal
) -> PersonMonth:
    """The hours somebody worked for an employer in a month; said again, they are corrected. Raises RefusedError.

    Never below what the ledger already counts.
    """
    first = month.replace(day=1)
    if first > timezone.localdate():
        raise RefusedError("Ce mois n’a pas commencé : les heures se déclarent quand elles sont faites.")
    if rounded(worked) != worked or not 0 <= worked <= LONGEST_MONTH_HOURS:
        raise RefusedError(f"Un mois compte entre 0 et {LONGEST_MONTH_HOURS} heures, au centième.")
    found, is_new = PersonMonth.objects.get_or_create(
        participant_id=participant_id, employer=employer, month=first, defaults={"worked": worked}
    )
    if not is_new:
        found = PersonMonth.objects.select_for_update().get(pk=found.pk)
        if worked < found.allocated:
            raise RefusedError(
                f"{figure(found.allocated, 2)} h de ce mois sont déjà comptées : annulez d’abord ce qui est de trop."
            )
        found.worked = worked
        found.save(update_fields=["worked", "updated_at"])
    audit.record(
        by=by.as_actor(), verb="execution.record_month", object_type="person_month", object_key=str(found.pk)
    )
    return found


@transaction.atomic
def post_done(
    *, by: User, commitment: Commitment, month: PersonMonth, hours: Decimal, evidence: str,
    effective_on: date | None = None, is_correction: bool = False, limits: Limits | None = None,
) -> LedgerPosting:  # fmt: skip
    """Hours of a person-month counted for a commitment, and no longer free for another. Raises RefusedError.

    `effective_on`: the last day of the month by default, today while the month runs. `is_correction`: in place of hours counted already,
    which a closed contract allows. `limits`: those of the contract, when the caller has read them under the lock of the commitment.
    """
    own = locked(commitment)[commitment.pk]
    limits = limits or limits_of(own)
    if not is_correction:
        limits.refuse_new()
    made = _done(by, own, limits, _month(month.pk), hours, evidence, effective_on)
    audit.record(by=by.as_actor(), verb="execution.post_done", **about(own, made))
    return made


def _month(pk: int) -> PersonMonth:
    return PersonMonth.objects.select_for_update().get(pk=pk)


def _done(
    by: User | None,
    commitment: Commitment,
    limits: Limits,
    month: PersonMonth,
    hours: Decimal,
    evidence: str,
    effective_on: date | None,
) -> LedgerPosting:
    if checked_hours(hours) < 0:
        raise RefusedError(
            "Donnez un nombre d’heures supérieur à zéro ; pour en retirer, annulez une écriture."
        )
    if evidence not in Evidence.values:
        raise RefusedError("Dites comment ces heures sont prouvées.")
    limits.refuse_months([month.month])
    free = month.worked - month.allocated
    if hours > free:
        raise RefusedError(
            f"Il ne reste que {figure(free, 2)} h à compter sur ce mois ({figure(month.worked, 2)} h travaillées) : "
            "une heure ne compte qu’une fois."
        )
    when = effective_on or min(last_day(month.month), timezone.localdate())
    if when < month.month:
        raise RefusedError("Des heures ne comptent pas avant le mois où elles sont faites.")
    try:
        with transaction.atomic():
            return LedgerPosting.objects.create(
                commitment=commitment, kind=PostingKind.DONE, account=Account.DONE, hours=hours,
                effective_on=when, evidence=evidence, person_month=month, by=by,
            )  # fmt: skip
    except IntegrityError as problem:  # the database had the last word
        raise RefusedError("Ces heures ne sont plus libres : rouvrez la page et recommencez.") from problem


@transaction.atomic
def reverse(*, by: User, posting: LedgerPosting, reason: str) -> LedgerPosting:
    """The exact opposite of one line, at the date of its effect: balances of that date are then right. Raises RefusedError."""
    own = locked(posting.commitment)[posting.commitment_id]
    made = _reversal(by, posting, reason)
    audit.record(by=by.as_actor(), verb="execution.reverse", **about(own, made))
    return made


def _reversal(by: User | None, posting: LedgerPosting, reason: str) -> LedgerPosting:
    if reason not in Reason.values:
        raise RefusedError("Dites pourquoi cette écriture est annulée.")
    if posting.kind == PostingKind.REVERSAL:
        raise RefusedError("Une annulation ne s’annule pas : écrivez de nouveau les heures.")
    if posting.purchase_order_id is not None:
        raise RefusedError(
            "Ces heures viennent d’une commande ou d’une facture : annulez plutôt cette pièce."
        )
    if HoursTransfer.objects.filter(Q(given=posting) | Q(taken=posting)).exists():
        raise RefusedError("Ces heures viennent d’un transfert : demandez plutôt le transfert inverse.")
    if LedgerPosting.objects.filter(reverses=posting).exists():
        raise RefusedError("Cette écriture est déjà annulée.")
    made = _opposite(by, posting, reason)
    made.save(force_insert=True)
    return made


def _opposite(by: User | None, posting: LedgerPosting, reason: str) -> LedgerPosting:
    return LedgerPosting(
        commitment_id=posting.commitment_id, kind=PostingKind.REVERSAL, account=posting.account,
        hours=-posting.hours, effective_on=posting.effective_on, evidence=posting.evidence, reason=reason,
        contract_id=posting.contract_id, purchase_order_id=posting.purchase_order_id,
        amendment_id=posting.amendment_id, person_month_id=posting.person_month_id, reverses=posting, by=by,
    )  # fmt: skip


@transaction.atomic
def reallocate(
    *,
    by: User | None,
    posting: LedgerPosting,
    to: Commitment,
    hours: Decimal | None = None,
    evidence: str = "",
) -> tuple[LedgerPosting, ...]:
    """Count hours done for another commitment, or with a better proof: one reversal, then what they become.

    `by`: None when the person itself confirms its hours. `hours`: how many move, all by default; the rest is written again where it
    was. Returns the new lines, the reversal first. Raises RefusedError.
    """
    if posting.kind != PostingKind.DONE:
        raise RefusedError("Seules des heures faites se réimputent.")
    if posting.person_month_id is None:
        raise RefusedError("Un total repris ne dit pas de qui sont ses heures : il ne se réimpute pas.")
    own = locked(posting.commitment, to)
    moved = posting.hours if hours is None else checked_hours(hours)
    if not 0 < moved <= posting.hours:
        raise RefusedError(
            f"Cette écriture compte {figure(posting.hours, 2)} h : vous ne pouvez pas en déplacer plus."
        )
    proof = evidence or posting.evidence
    is_moved = to.pk != posting.commitment_id
    limits = limits_of(own[to.pk])
    if is_moved:
        limits.refuse_new()
    if not is_moved and proof == posting.evidence:
        raise RefusedError("Ces heures sont déjà comptées ici, avec cette preuve.")
    assert posting.person_month_id is not None
    _month(posting.person_month_id)
    lines = [_reversal(by, posting, Reason.MOVED if is_moved else Reason.PROOF)]
    for target, bounds, part, level in (
        # What stays was counted there already.
        (own[posting.commitment_id], Limits(None, None), posting.hours - moved, posting.evidence),
        (own[to.pk], limits, moved, proof),
    ):
        if part:
            # Read again: the line above has just freed or taken some of its hours.
            month = _month(posting.person_month_id)
            lines.append(_done(by, target, bounds, month, part, level, posting.effective_on))
    actor = by.as_actor() if by else Actor.machine("personne")
    audit.record(by=actor, verb="execution.reallocate", **about(own[to.pk], *lines))
    return tuple(lines)


@transaction.atomic
def post_many_done(
    *, by: User, commitment: Commitment, rows: Sequence[tuple[UUID, int, date, Decimal]], evidence: str
) -> list[LedgerPosting]:
    """Hours of many people and months at once, as (participant, employer's key, month, hours): what a taking over writes.

    The hours worked of a month grow when what is free does not suffice. One audit event; five SQL queries, and one line each.
    Raises RefusedError.
    """
    own = locked(commitment)[commitment.pk]
    limits = limits_of(own)
    limits.refuse_new()
    if evidence not in Evidence.values:
        raise RefusedError("Dites comment ces heures sont prouvées.")
    today = timezone.localdate()
    for _, _, month, hours in rows:
        if checked_hours(hours) < 0 or month > today:
            raise RefusedError("Des heures se comptent une fois faites, et leur nombre dépasse zéro.")
    limits.refuse_months(month for _, _, month, _ in rows)
    months = _months_of(rows)
    try:
        with transaction.atomic():
            made = LedgerPosting.objects.bulk_create(
                [
                    LedgerPosting(
                        commitment=own, kind=PostingKind.DONE, account=Account.DONE, hours=hours, evidence=evidence,
                        effective_on=min(last_day(month), today), person_month=months[person, employer, month], by=by,
                    )
                    for person, employer, month, hours in rows
                ],
                batch_size=1000,
            )  # fmt: skip
    except IntegrityError as problem:
        raise RefusedError("Ces heures ne sont plus libres : rouvrez la page et recommencez.") from problem
    audit.record(
        by=by.as_actor(), verb="execution.post_many_done", object_type="commitment", object_key=str(own.pk),
        details={"postings": len(made)},
    )  # fmt: skip
    return made


def _months_of(
    rows: Sequence[tuple[UUID, int, date, Decimal]],
) -> dict[tuple[UUID, int, date], PersonMonth]:
    """The months of these rows, under their locks, long enough for the hours of each."""
    people = {person for person, _, _, _ in rows}
    wanted: dict[tuple[UUID, int, date], Decimal] = {}
    for person, employer, month, hours in rows:
        wanted[person, employer, month] = wanted.get((person, employer, month), Decimal()) + hours
    there = {
        (one.participant_id, one.employer_id, one.month): one
        for one in PersonMonth.objects.select_for_update().filter(participant_id__in=people).order_by("pk")
    }
    for key, hours in wanted.items():
        one = there.get(key)
        if (one.allocated if one else 0) + hours > LONGEST_MONTH_HOURS:
            raise RefusedError(
                f"Un mois compte au plus {LONGEST_MONTH_HOURS} heures : vérifiez {key[2]:%m/%Y}."
            )
        if one is not None and one.worked < one.allocated + hours:
            one.worked = one.allocated + hours
            one.save(update_fields=["worked", "updated_at"])
    new = [
        PersonMonth(participant_id=person, employer_id=employer, month=month, worked=hours)
        for (person, employer, month), hours in wanted.items()
        if (person, employer, month) not in there
    ]
    for one in PersonMonth.objects.bulk_create(new, batch_size=1000):
        there[one.participant_id, one.employer_id, one.month] = one
    return there


@transaction.atomic
def reverse_many(*, by: User, postings: Sequence[LedgerPosting], reason: str) -> int:
    """The exact opposite of each of these lines that is not reversed yet; gives how many. Raises RefusedError."""
    if not postings:
        return 0
    locked(*{one.commitment_id: one.commitment for one in postings}.values())
    back = set(
        LedgerPosting.objects.filter(reverses__in=[one.pk for one in postings]).values_list(
            "reverses", flat=True
        )
    )
    todo = [one for one in postings if one.pk not in back]
    if any(one.kind == PostingKind.REVERSAL or one.purchase_order_id for one in todo):
        raise RefusedError("Une annulation, ou une commande, ne s’annule pas ainsi.")
    LedgerPosting.objects.bulk_create(
        [_opposite(by, one, reason) for one in sorted(todo, key=lambda one: (one.commitment_id, one.number))],
        batch_size=1000,
    )
    audit.record(
        by=by.as_actor(), verb="execution.reverse_many", object_type="ledger", details={"postings": len(todo)}
    )
    return len(todo)


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def about(commitment: Commitment, *lines: LedgerPosting) -> dict[str, Any]:
    """Object and details of an audit event: numbers of rows only."""
    return {
        "object_type": "commitment",
        "object_key": str(commitment.pk),
        "details": {"postings": [one.pk for one in lines]},
    }
