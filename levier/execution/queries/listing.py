"""The list of contracts of a reader: which ones, how many of each state, what each line says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from levier.accounts.models import User
from levier.execution import policies
from levier.execution.models import Contract, Evidence, LedgerHead
from levier.execution.reporting import DueAndDone, Pace, pace

# Lines of the list on one page; its file has them all.
PER_PAGE = 30
# The levels of proof in a narrow column.
_SHORT = {
    Evidence.DECLARED: "déclarées",
    Evidence.DOCUMENTED: "justifiées",
    Evidence.THIRD_PARTY: "par un tiers",
    Evidence.PERSON: "par la personne",
}
# A contract that is over stays to follow as long as hours are missing and nobody closed it.
STATES = {"": "À suivre", "manquent": "Terminés, heures manquantes", "finis": "Terminés", "tous": "Tous"}


@dataclass(frozen=True, slots=True)
class ContractRow(DueAndDone):
    """One line of the list; hours of all its commitments. `is_over`: after its last day; `is_closed`: by a decision.

    `evidence`: hours done by level of proof, in the order of the levels.
    """

    contract: Contract
    due: Decimal
    done: Decimal
    pace: Pace
    is_over: bool = False
    is_closed: bool = False
    evidence: tuple[Decimal, ...] = ()

    @property
    def proofs(self) -> tuple[tuple[str, float], ...]:
        """What each proof weighs among the hours done, 0 to 1; those that weigh nothing left out."""
        levels = zip(Evidence, self.evidence, strict=False)
        return tuple(
            (_SHORT[level], float(hours / self.done)) for level, hours in levels if hours and self.done > 0
        )


def listed_contracts(user: User, *, words: str = "") -> QuerySet[Contract]:
    """The contracts a reader sees, those that end first first; each carries `due` and `done`, read from the heads of chains."""
    heads = (
        LedgerHead.objects.filter(commitment__contract=OuterRef("pk"))
        .order_by()
        .values("commitment__contract")
    )
    zero = Decimal()
    rows = (
        policies.contracts_of(user)
        .with_parties()  # type: ignore[attr-defined]
        .annotate(
            due=Coalesce(Subquery(heads.annotate(hours=Sum("due")).values("hours")), zero),
            done=Coalesce(Subquery(heads.annotate(hours=Sum("done")).values("hours")), zero),
            closed_at=F("closing__closed_at"),
        )
        .order_by("ends_on", "pk")
    )
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(reference__icontains=word)
            | Q(buyer__name__icontains=word)
            | Q(holder__name__icontains=word)
        )
    return rows  # type: ignore[no-any-return]


def in_state(state: str, today: date) -> Q:
    """Those of `listed_contracts` that one of STATES keeps; an unknown one is the first."""
    is_over = Q(ends_on__lt=today)
    if state == "tous":
        return Q()
    if state == "finis":
        return is_over
    lacking = is_over & Q(closed_at=None, due__gt=F("done"))
    return lacking if state == "manquent" else lacking | ~is_over


def count_by_state(listed: QuerySet[Contract], *, today: date) -> dict[str, int]:
    """How many each of STATES keeps. One SQL query."""
    names = {state: f"in_{state or 'default'}" for state in STATES}
    counted = {
        name: Count("pk", filter=in_state(state, today)) for state, name in names.items() if state != "tous"
    }
    found = listed.order_by().aggregate(in_tous=Count("pk"), **counted)
    return {state: found[name] for state, name in names.items()}


def contract_rows(listed: Iterable[Contract], *, today: date) -> tuple[ContractRow, ...]:
    """The lines of these contracts of `listed_contracts`. Two SQL queries."""
    found, rows = [], list(listed)
    proved = _evidence_of(rows)
    for one in rows:
        due: Decimal = one.due  # type: ignore[attr-defined]
        done: Decimal = one.done  # type: ignore[attr-defined]
        left = pace(due - done, starts_on=one.starts_on, ends_on=one.ends_on, today=today)
        is_closed = one.closed_at is not None  # type: ignore[attr-defined]
        found.append(
            ContractRow(
                one,
                due,
                done,
                left,
                one.ends_on < today,
                is_closed,
                proved.get(one.pk, (Decimal(),) * len(Evidence)),
            )
        )
    return tuple(found)


def _evidence_of(contracts: Sequence[Contract]) -> dict[int, tuple[Decimal, ...]]:
    heads = LedgerHead.objects.filter(commitment__contract__in=contracts).order_by()
    sums = {f"of_{level.value}": Sum(level.value) for level in Evidence}
    return {
        row[0]: row[1:]
        for row in heads.values("commitment__contract")
        .annotate(**sums)
        .values_list("commitment__contract", *sums)
    }
