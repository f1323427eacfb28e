"""Who may do what in the control of a contract: loads and checks in one step, closed by default.

Each side sees what concerns it: complaints and what a draw picked are the facilitator's; nothing here names a person followed.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Min, Model, QuerySet
from django.http import Http404
from django.utils import timezone

from levier.execution import policies
from levier.execution.models import ChangeState, Contract, DefaultProcedure, Entry, EntryState, StaffChange
from levier.execution.people.scope import acting
from levier.execution.policies import Reader, Side

_Row = TypeVar("_Row", bound=Model)

_WORDS: Final[dict[Side, str]] = {
    "buyer": "l’acheteur", "facilitator": "le facilitateur", "company": "l’entreprise titulaire",
}  # fmt: skip


def need(sides: frozenset[Side], allowed: frozenset[Side]) -> None:
    """Raises PermissionDenied, with who may, to a side that may not."""
    policies.check(sides, "see")
    if not sides & allowed:
        raise PermissionDenied(f"seul {' ou '.join(_WORDS[one] for one in sorted(allowed))} fait ce geste")


def contract_for(
    user: Reader, pk: int, allowed: frozenset[Side] | None = None
) -> tuple[Contract, frozenset[Side]]:
    """A contract one sees, and for whom one acts on it. Raises Http404, PermissionDenied."""
    contract, sides = policies.contract_and_sides(user, pk)
    if allowed is not None:
        need(sides, allowed)
    return contract, sides


def row_for(
    user: Reader, model: type[_Row], pk: int, allowed: frozenset[Side]
) -> tuple[_Row, frozenset[Side]]:
    """A row of the control of a contract. Raises Http404, PermissionDenied."""
    found = model._default_manager.select_related("contract__buyer", "contract__holder").filter(pk=pk).first()
    if found is None:
        raise Http404(policies.UNKNOWN)
    contract: Contract = found.contract  # type: ignore[attr-defined]
    sides = policies.sides_for(user, contract)
    need(sides, allowed)
    return found, sides


Waiting = dict[int, tuple[int, date, date]]


def waiting_people(contracts: Iterable[Contract]) -> tuple[Waiting, Waiting]:
    """By contract one follows, how many entries wait, then how many people a company says have come or gone; since when, and the newest.

    Counts alone leave the scope. Two SQL queries.
    """
    own = {one.pk: one.facilitator_id or one.buyer_id for one in contracts}
    if not own:
        return {}, {}
    with acting(followers=set(own.values())):
        entries = Entry.objects.filter(contract__in=own, state=EntryState.WAITING)
        changes = StaffChange.objects.filter(contract__in=own, state=ChangeState.WAITING)
        return _counted(entries, "created_at"), _counted(changes, "said_at")


def _counted(waiting: QuerySet[Any], at: str) -> Waiting:
    rows = (
        waiting.order_by().values_list("contract").annotate(count=Count("pk"), since=Min(at), latest=Max(at))
    )
    return {
        key: (count, timezone.localdate(since), timezone.localdate(latest))
        for key, count, since, latest in rows
    }


def people_entered(contracts: Iterable[Contract]) -> set[int]:
    """The contracts where somebody entered, or waits to; no name leaves the scope. One SQL query."""
    own = {one.pk: one.facilitator_id or one.buyer_id for one in contracts}
    with acting(followers=set(own.values())):
        rows = Entry.objects.filter(contract__in=own).exclude(state=EntryState.REFUSED)
        return set(rows.order_by().values_list("contract", flat=True).distinct())


def procedure_for(user: Reader, pk: int) -> tuple[DefaultProcedure, frozenset[Side]]:
    """A default one's side takes part in. Raises Http404, PermissionDenied."""
    return row_for(user, DefaultProcedure, pk, frozenset({"buyer", "facilitator", "company"}))
