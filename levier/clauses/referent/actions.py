"""Writes of the référent's exchanges: fixed from the calendar, said to be held, given up."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import ReferentExchange
from levier.clauses.referent.documents import calendar
from levier.core import audit
from levier.core.audit import Actor
from levier.purchasing.measuring import note_exchange
from levier.purchasing.models import Purchase


@transaction.atomic
def fix_exchanges(*, by: User, purchase: Purchase, start: date, months: int) -> int:
    """Fix the exchanges of the calendar: those not held yet are replaced, those held stay. Returns how many are fixed."""
    planned = calendar(side="buyer", start=start, months=months)
    purchase.referent_exchanges.filter(held_on=None).delete()
    kept = set(purchase.referent_exchanges.values_list("planned_on", flat=True))
    made = ReferentExchange.objects.bulk_create(
        ReferentExchange(purchase=purchase, planned_on=one.day, title=one.title)
        for one in planned
        if one.day not in kept
    )
    _record(by.as_actor(), "fix", purchase)
    return len(made)


@transaction.atomic
def hold_exchange(
    *, by: User, exchange: ReferentExchange, held_on: date, words: str = ""
) -> ReferentExchange:
    """Say that it took place that day; the convention of the structure counts it. Raises StudyRefusedError."""
    locked = (
        ReferentExchange.objects.select_for_update(of=("self",))
        .select_related("purchase__organisation")
        .get(pk=exchange.pk)
    )
    if locked.held_on is not None:
        raise StudyRefusedError("Cet échange est déjà noté.")
    if held_on > timezone.localdate():
        raise StudyRefusedError("Cette date est à venir : notez l’échange quand il aura eu lieu.")
    locked.held_on, locked.words, locked.noted_by = held_on, " ".join(words.split())[:500], by
    locked.save()
    note_exchange(by.as_actor(), locked.purchase, locked.pk, held_on)
    _record(by.as_actor(), "hold", locked.purchase)
    return locked


def _record(by: Actor, what: str, purchase: Purchase) -> None:
    audit.record(
        by=by,
        verb="clauses.write_exchange",
        object_type="purchase",
        object_key=str(purchase.pk),
        details={"what": what},
    )
