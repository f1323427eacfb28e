"""Random histories of the ledger on a real PostgreSQL, each checked against a plain reckoning of its own.

    python -m benchmarks.ledger_histories --histories 10000

A history opens two contracts of every kind, some with a total taken over, then draws orders, cancellations, amendments, declarations, totals,
reversals, moves and closings, refused ones included. At every date: due − done = balance, by commitment and in all; no hour counts twice; heads
are the sums of their lines; the export proves itself. Stops at the first history that does not hold and prints its seed. Uses an installation
of its own, removed at the end unless --home names one.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from benchmarks.installation import installation, machine

if TYPE_CHECKING:
    from levier.accounts.models import User
    from levier.execution.models import Commitment, LedgerPosting, PersonMonth
    from levier.organisations.models import Organisation

FIRST = date(2026, 1, 1)


class History:
    """One history and what it should give: hours by commitment, account and date of effect; hours taken of each month.

    The reckoning never reads the ledger: it adds what each accepted act says it does.
    """

    def __init__(self, seed: int, by: User, firms: list[Organisation]) -> None:
        self.draw = random.Random(seed)
        self.by, self.firms = by, firms
        self.expected: dict[tuple[int, str], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self.ordered: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        self.taken: dict[int, Decimal] = defaultdict(Decimal)
        self.worked: dict[int, Decimal] = {}
        self.live: list[LedgerPosting] = []
        self.orders: list[Any] = []
        self.commitments: list[Commitment] = []
        self.months: list[PersonMonth] = []
        # By contract: the last day of the total that stands; what was due when it was closed.
        self.totals: dict[int, date] = {}
        self.closed: dict[int, Decimal] = {}
        self.refused = self.taken_over = 0

    def day(self) -> date:
        return FIRST + timedelta(days=self.draw.randrange(300))

    def some_hours(self, most: int = 15_000) -> Decimal:
        return Decimal(self.draw.randrange(1, most)) / 100

    def expect(self, commitment: int, account: str, on: date, hours: Decimal) -> None:
        self.expected[commitment, account][on] += hours

    def run(self, steps: int) -> None:
        """Open, then draw so many acts; refusals leave no trace."""
        from levier.execution.errors import RefusedError

        self._open()
        acts = [
            self._order,
            self._cancel,
            self._amend,
            self._reverse,
            self._move,
            *[self._declare] * 4,
            self._month,
            self._total_taken_over,
        ]
        for step in range(steps):
            # A contract closed at once would leave nothing to draw.
            if step == steps // 2:
                acts.append(self._close)
            try:
                self.draw.choice(acts)()
            except RefusedError:
                self.refused += 1

    def _open(self) -> None:
        from levier.execution.actions import CommitmentValues, ContractValues, open_contract

        rules = [
            CommitmentValues(hours=self.some_hours(90_000)),
            CommitmentValues(kind="part", rate=Decimal(self.draw.randrange(1, 2_000)) / 10_000),
            CommitmentValues(
                kind="montant", hours_per_tranche=self.some_hours(300),
                tranche_amount_ht=Decimal(self.draw.randrange(500, 5_000)),
                trigger_amount_ht=Decimal(self.draw.choice([0, 20_000])), is_retroactive=self.draw.random() < 0.5,
                is_whole_tranches=self.draw.random() < 0.5, basis=self.draw.choice(["commande", "facture"]),
            ),
        ]  # fmt: skip
        for buyer, holder in zip(self.firms[:2], self.firms[2:4], strict=True):
            contract = open_contract(
                by=self.by, buyer=buyer, holder=holder, facilitator=None,
                values=ContractValues(title="Histoire", notified_on=FIRST, starts_on=self.day(), ends_on=date(2028, 1, 1)),
                commitments=self.draw.sample(rules, self.draw.randrange(1, 4)),
            )  # fmt: skip
            for one in contract.commitments.select_related("contract"):
                self.commitments.append(one)
                if one.hours is not None:
                    self.expect(one.pk, "due", contract.starts_on, one.hours)
            if self.draw.random() < 0.4:
                self._total_taken_over(self.commitments[-1])
        for _ in range(3):
            self._month()

    def _month(self) -> None:
        from levier.execution.actions import record_month

        again = self.draw.choice(self.months) if self.months and self.draw.random() < 0.3 else None
        made = record_month(
            by=self.by, participant_id=again.participant_id if again else UUID(int=self.draw.getrandbits(128)),
            employer=again.employer if again else self.draw.choice(self.firms[2:]),
            month=again.month if again else date(2026, self.draw.randrange(1, 11), 1), worked=self.some_hours(16_000),
        )  # fmt: skip
        self.worked[made.pk] = made.worked
        if again is None:
            self.months.append(made)

    def _declare(self) -> None:
        from levier.execution.actions import post_done

        one, month = self.draw.choice(self.commitments), self.draw.choice(self.months)
        hours = self.some_hours()
        is_free = self.taken[month.pk] + hours <= self.worked[month.pk]
        is_new = self.draw.random() < 0.8
        may = (
            is_free and not self._holds(one, month.month) and not (is_new and one.contract_id in self.closed)
        )
        try:
            made = post_done(
                by=self.by, commitment=one, month=month, hours=hours,
                evidence=self.draw.choice(["declared", "documented"]),
                effective_on=month.month + timedelta(days=self.draw.randrange(60)), is_correction=not is_new,
            )  # fmt: skip
        except ValueError:
            assert not may, "free hours were refused"
            raise
        assert may, "hours that were not free were counted"
        self._count(made)

    def _holds(self, one: Commitment, month: date) -> bool:
        """Whether a total taken over counts this month already."""
        return one.contract_id in self.totals and month <= self.totals[one.contract_id]

    def _total_taken_over(self, to: Commitment | None = None) -> None:
        from levier.execution.actions import post_opening

        one, until, hours = to or self.draw.choice(self.commitments), self.day(), self.some_hours(40_000)
        mates = [each.pk for each in self.commitments if each.contract_id == one.contract_id]
        is_empty = not any(self._expected(pk, "done", None) for pk in mates)
        may = is_empty and one.contract_id not in self.closed
        try:
            made = post_opening(by=self.by, commitment=one, hours=hours, until=until)
        except ValueError:
            assert not may, "the total of a contract that counted nothing was refused"
            raise
        assert may, "a total was counted beside hours it may hold"
        self.totals[one.contract_id] = until
        self.taken_over += 1
        self._count(made)

    def _close(self) -> None:
        from levier.execution.closing.actions import close

        contract = self.draw.choice(self.commitments).contract
        close(
            by=self.by, contract=contract, sides=frozenset({"buyer"}), name="Anne", role="acheteuse", reason="fin"
        )  # fmt: skip
        self.closed[contract.pk] = self._owed(contract.pk)

    def _owed(self, contract: int) -> Decimal:
        """What a contract owes in all, by what each accepted act said."""
        keys = [one.pk for one in self.commitments if one.contract_id == contract]
        return sum((self._expected(key, "due", None) for key in keys), Decimal())

    def _count(self, made: LedgerPosting) -> None:
        self.expect(made.commitment_id, "done", made.effective_on, made.hours)
        if made.person_month_id is not None:
            self.taken[made.person_month_id] += made.hours
        self.live.append(made)

    def _uncount(self, line: LedgerPosting) -> None:
        self.expect(line.commitment_id, "done", line.effective_on, -line.hours)
        if line.person_month_id is None:
            assert line.contract_id is not None
            del self.totals[line.contract_id]
        else:
            self.taken[line.person_month_id] -= line.hours
        self.live.remove(line)

    def _reverse(self) -> None:
        from levier.execution.actions import reverse

        if self.live:
            line = self.draw.choice(self.live)
            reverse(by=self.by, posting=line, reason="erreur")
            self._uncount(line)

    def _move(self) -> None:
        from levier.execution.actions import reallocate

        if not self.live:
            return
        line, to = self.draw.choice(self.live), self.draw.choice(self.commitments)
        part = None if self.draw.random() < 0.5 else self.some_hours()
        evidence = self.draw.choice(["", "confirmed_person"])
        is_elsewhere, month = to.pk != line.commitment_id, line.person_month
        may = month is not None and (part is None or part <= line.hours) and not self._holds(to, month.month)
        may = may and (
            to.contract_id not in self.closed if is_elsewhere else evidence not in ("", line.evidence)
        )
        try:
            _, *made = reallocate(by=self.by, posting=line, to=to, hours=part, evidence=evidence)
        except ValueError:
            assert not may, "hours that may move were refused"
            raise
        assert may, "hours moved where they may not"
        self._uncount(line)
        assert sum(one.hours for one in made) == line.hours
        for one in made:
            self._count(one)

    def _order(self) -> None:
        from levier.execution.actions import add_order

        contract = self.draw.choice(self.commitments).contract
        nature = self.draw.choice(["commande", "facture", "heures"])
        value = self.some_hours(60_000) if nature == "heures" else self.some_hours(2_000_000)
        field = "worked_hours" if nature == "heures" else "amount_ht"
        made = add_order(
            by=self.by, contract=contract, nature=nature, reference=f"P{self.draw.randrange(40)}", dated_on=self.day(),
            **{field: value},
        )  # fmt: skip
        self.orders.append((made, value))
        self._total(made, value)

    def _cancel(self) -> None:
        from levier.execution.actions import cancel_order

        if self.orders:
            order, value = self.orders.pop(self.draw.randrange(len(self.orders)))
            cancel_order(by=self.by, order=order)
            self._total(order, -value)

    def _total(self, order: Any, value: Decimal) -> None:
        """The rule on the totals before and after, written here from its definition."""
        key = (order.contract_id, order.nature)
        before, after = self.ordered[key], self.ordered[key] + value
        self.ordered[key] = after
        for one in self.commitments:
            if one.contract_id == order.contract_id and one.basis == order.nature:
                self.expect(one.pk, "due", order.dated_on, owed(one, after) - owed(one, before))

    def _amend(self) -> None:
        from levier.execution.actions import decide_amendment, propose_amendment

        one = self.draw.choice(self.commitments)
        change = self.some_hours() * self.draw.choice([1, -1])
        made = propose_amendment(
            by=self.by, commitment=one, reference=f"A{self.draw.randrange(60)}", signed_on=self.day(),
            hours_change=change,
        )  # fmt: skip
        is_accepted = self.draw.random() < 0.7
        decide_amendment(by=self.by, amendment=made, is_accepted=is_accepted)
        if is_accepted:
            self.expect(one.pk, "due", made.signed_on, change)

    def check(self) -> int:
        """Compare with the ledger at every date; how many lines it has. Raises AssertionError."""
        from levier.execution.models import LedgerHead, LedgerPosting, PersonMonth
        from levier.execution.queries.balances import balances, total
        from levier.execution.queries.export import export
        from levier.rulebook.ledger import verify

        dates = sorted({on for days in self.expected.values() for on in days})
        for at in [FIRST - timedelta(days=1), *self.draw.sample(dates, min(3, len(dates))), None]:
            # Nothing else is in the database: the history is taken back once checked.
            lines = balances(by="commitment", at=at)
            found = {int(line.key): line for line in lines}
            for one in self.commitments:
                line = found[one.pk]
                due, done = self._expected(one.pk, "due", at), self._expected(one.pk, "done", at)
                assert (line.due, line.done, line.left) == (due, done, due - done), (one.pk, at)
        for contract, owed_then in self.closed.items():
            assert self._owed(contract) == owed_then, "a closed contract owes something new"
        whole = total(lines)
        cuts = [
            balances(by="contract"),
            *(balances(by="commitment", buyer=firm.pk) for firm in self.firms[:2]),
        ]
        assert (
            total(cuts[0]).by_evidence == whole.by_evidence and sum(whole.by_evidence.values()) == whole.done
        )
        assert whole.left == total(cuts[0]).left == sum(total(cut).left for cut in cuts[1:])
        for opening in (line for line in self.live if line.person_month_id is None):
            counted = [line for line in self.live if line.commitment.contract_id == opening.contract_id]
            assert all(line == opening or line.person_month.month > opening.effective_on for line in counted)
        for month in PersonMonth.objects.filter(pk__in=self.worked):
            assert month.allocated == self.taken[month.pk] <= month.worked == self.worked[month.pk]
        keys = [one.pk for one in self.commitments]
        for head in LedgerHead.objects.filter(pk__in=keys):
            assert (head.due, head.done) == (
                self._expected(head.pk, "due", None), self._expected(head.pk, "done", None),
            )  # fmt: skip
        written = io.StringIO()
        export(written)
        verify(io.StringIO(written.getvalue()))
        return LedgerPosting.objects.filter(commitment__in=keys).count()

    def _expected(self, commitment: int, account: str, at: date | None) -> Decimal:
        days = self.expected[commitment, account]
        return sum((hours for on, hours in days.items() if at is None or on <= at), Decimal())


def owed(one: Commitment, amount: Decimal) -> Decimal:
    """Hours due for a total, in whole hundredths by integers: another way than the rule book's."""
    if one.rate is not None:
        numerator, denominator = one.rate * amount, Decimal(1)
    else:
        assert one.hours_per_tranche is not None and one.tranche_amount_ht is not None
        trigger = one.trigger_amount_ht or Decimal()
        if amount <= trigger:
            return Decimal(0)
        counted = amount if one.is_retroactive else amount - trigger
        if one.is_whole_tranches:
            counted -= counted % one.tranche_amount_ht
        numerator, denominator = counted * one.hours_per_tranche, one.tranche_amount_ht
    whole, rest = divmod(numerator * 100, denominator)
    return (whole + (1 if rest * 2 >= denominator else 0)) / 100


def people(count: int = 5) -> tuple[User, list[Organisation]]:
    """An account and firms for the histories."""
    from levier.accounts.models import User
    from levier.organisations.models import Organisation

    by = User.objects.create_user(f"histoires{User.objects.count()}@exemple.invalid")
    start = 100_000_000 + Organisation.objects.count()
    rows = [Organisation(siren=str(start + number), name=f"Firme {number}") for number in range(count)]
    return by, Organisation.objects.bulk_create(rows)


def main() -> None:
    """Run the histories, print how many hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger_histories")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with installation(options.home):
        from django.db import transaction

        by, firms = people()
        lines = refused = totals = closed = 0
        start = time.perf_counter()
        for seed in range(options.seed, options.seed + options.histories):
            history = History(seed, by, firms)
            try:
                # Rolled back at the end: each export holds one history, and the checks stay as quick as the first.
                with transaction.atomic():
                    history.run(options.steps)
                    lines += history.check()
                    transaction.set_rollback(True)
            except Exception:
                print(f"history {seed} does not hold")
                raise
            refused += history.refused
            totals += history.taken_over
            closed += len(history.closed)
            if seed % 250 == 0:
                print(
                    f"seeds {options.seed} to {seed} hold: {lines:,} postings, {totals:,} totals taken over, {closed:,} contracts closed, "
                    f"{refused:,} acts refused, {time.perf_counter() - start:,.0f} s", flush=True,
                )  # fmt: skip
        seconds = time.perf_counter() - start
    print(
        "| histories | postings | totals taken over | contracts closed | acts refused | that do not hold | time |"
    )
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {options.histories:,} | {lines:,} | {totals:,} | {closed:,} | {refused:,} | 0 | {seconds:,.0f} s |"
    )
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
