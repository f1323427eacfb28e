"""Random histories of the ledger, and writers at the same time on real connections."""

import io
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import connection, transaction

from benchmarks.ledger_histories import History, people
from levier.execution import actions
from levier.execution.errors import RefusedError
from levier.execution.models import Commitment, LedgerHead, LedgerPosting, PersonMonth
from levier.execution.queries.export import export
from levier.rulebook.ledger import verify
from tests.conftest import connected_to
from tests.databases import fresh_database, reference_template
from tests.factories import execution as make
from tests.factories.accounts import user

HISTORIES = 25


@pytest.mark.slow
@pytest.mark.django_db
def test_histories_give_what_they_should_at_every_date() -> None:
    """Ten thousand: `python -m benchmarks.ledger_histories`."""
    by, firms = people()
    lines = refused = 0
    for seed in range(HISTORIES):
        history = History(seed, by, firms)
        with transaction.atomic():
            history.run(steps=10)
            lines += history.check()
            transaction.set_rollback(True)
        refused += history.refused
    assert lines > 2 * HISTORIES and refused, "the histories must write, and be refused"


def together(*acts: Callable[[], object]) -> list[Exception]:
    """Run each act in a thread with its own connection, all at once; what they refused."""
    start, problems = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            act()
        except RefusedError as refusal:
            problems.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "two writers block each other"
    return problems


@pytest.fixture(scope="module")
def _committed(django_db_setup: None) -> Iterator[None]:
    """A database of its own: these tests really commit, and nothing may be taken back from the ledger."""
    with fresh_database(reference_template(), "_ledger") as name, connected_to(name):
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("_committed")
def test_writers_at_once_neither_count_an_hour_twice_nor_break_a_chain() -> None:
    one, other, month, by = make.commitment(), make.commitment(), make.month(151), user()

    def declare(to: Commitment) -> Callable[[], object]:
        return lambda: actions.post_done(
            by=by, commitment=to, month=month, hours=Decimal(50), evidence="declared"
        )

    problems = together(*[declare(to) for to in (one, other) * 3])
    assert len(problems) == 3 and all("ne compte qu’une fois" in str(one) for one in problems)
    assert PersonMonth.objects.get(pk=month.pk).allocated == 150
    first, second = LedgerPosting.objects.filter(kind="done").order_by("pk")[:2]
    problems = together(
        lambda: actions.reallocate(by=by, posting=first, to=other if first.commitment_id == one.pk else one),
        lambda: actions.reallocate(
            by=by, posting=second, to=other if second.commitment_id == one.pk else one
        ),
        lambda: actions.reverse(by=by, posting=first, reason="doublon"),
        declare(one),
    )
    assert problems, "the same line cannot be both moved and reversed"
    assert PersonMonth.objects.get(pk=month.pk).allocated == sum(
        LedgerHead.objects.values_list("done", flat=True)
    )
    written = io.StringIO()
    export(written)
    verify(io.StringIO(written.getvalue()))


@pytest.mark.slow
@pytest.mark.usefixtures("_committed")
def test_orders_at_once_pass_the_threshold_once() -> None:
    rule = actions.CommitmentValues(
        kind="montant", hours_per_tranche=Decimal(1), tranche_amount_ht=Decimal(1000),
        trigger_amount_ht=Decimal(15_000), is_retroactive=True, basis="facture",
    )  # fmt: skip
    one, by = make.commitment(commitments=[rule]), user()

    def invoice(name: str) -> Callable[[], object]:
        return lambda: actions.add_order(
            by=by, contract=one.contract, nature="facture", reference=name, dated_on=make.MONTH,
            amount_ht=Decimal(10_000),
        )  # fmt: skip

    problems = together(*[invoice(name) for name in ("F1", "F2", "F3", "F3")])
    assert len(problems) == 1 and "ne compte pas deux fois" in str(problems[0])
    assert LedgerHead.objects.get(pk=one.pk).due == 30
