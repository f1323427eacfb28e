"""Balances of the hours ledger at the size of the country, against the plain sum of its lines.

    python -m benchmarks.ledger --lines 2000000 --people 60000 --buyers 3500

Generated contracts follow the shape of the national figures: most of one to three people, facilitators of very unequal size. Lines are
filled by COPY with the triggers off, then their heads; all of them are checked against the sums. Measured: the portfolio of the
largest facilitator and of a median one, the national consolidation by facilitator, buyer and territory, a month before the last effect
and half-way, against the plain sum of the lines; the writing of one line with its triggers; the export.
Uses an installation of its own, removed at the end unless --home names one.
"""

from __future__ import annotations

import argparse
import io
import random
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.installation import installation, machine

FACILITATORS = 600
START = date(2024, 1, 1)
DAYS = 1_000
DEPARTEMENTS = [f"{number:02d}" for number in range(1, 96) if number != 20]
# The tables that keep the ledger by triggers.
KEPT = ("execution_commitment", "execution_personmonth", "execution_ledgerposting")
LEVELS = ("declared", "documented", "confirmed_third_party", "confirmed_person")
COMMITMENTS = (
    "INSERT INTO execution_commitment (id, contract_id, number, label, contractor_id, kind, hours, is_retroactive,"
    " is_whole_tranches, basis, publics_rule, counting_rule, penalty_rule)"
    " SELECT id, id, 1, '', holder_id, 'fixe', 2800, false, false, '', '', '', '' FROM execution_contract"
)
HEADS = (
    "INSERT INTO execution_ledgerhead (commitment_id, count, hash, due, done, declared, documented,"
    " confirmed_third_party, confirmed_person)"
    " SELECT commitment_id, count(*), repeat('0', 64), coalesce(sum(hours) FILTER (WHERE account = 'due'), 0),"
    " coalesce(sum(hours) FILTER (WHERE account = 'done'), 0), "
    + ", ".join(f"coalesce(sum(hours) FILTER (WHERE evidence = '{level}'), 0)" for level in LEVELS)
    + " FROM execution_ledgerposting GROUP BY 1"
)
# The plain way: every line summed, as a report written in a hurry would.
PLAIN = """
    SELECT c.{column}, sum(p.hours) FILTER (WHERE account = 'due'), sum(p.hours) FILTER (WHERE account = 'done')
    FROM execution_ledgerposting p JOIN execution_commitment m ON m.id = p.commitment_id
    JOIN execution_contract c ON c.id = m.contract_id WHERE p.effective_on <= %s {only} GROUP BY 1
"""


class Country:
    """The rows to copy, in memory only as they are written."""

    def __init__(self, lines: int, people: int, buyers: int) -> None:
        self.draw = random.Random(20_260_701)
        # Six people to a firm.
        self.lines, self.people, self.buyers = lines, people - people % 6, buyers
        # One commitment has one line due and some eighty done.
        self.contracts = max(20, lines // 80)
        self.months = max(1, lines - self.contracts)

    def organisations(self) -> Iterator[tuple[Any, ...]]:
        for number in range(1, self.buyers + FACILITATORS + self.people // 6 + 1):
            yield (number, f"{100_000_000 + number}", f"Organisation {number}", "", "", False)

    def facilitator(self) -> int:
        """Very unequal: the first ones follow hundreds of contracts, the last ones a few."""
        return self.buyers + 1 + min(int(self.draw.expovariate(1 / 90)), FACILITATORS - 1)

    def rows_of_contracts(self) -> Iterator[tuple[Any, ...]]:
        firms = self.buyers + FACILITATORS
        for number in range(1, self.contracts + 1):
            starts = START + timedelta(days=self.draw.randrange(DAYS))
            yield (
                number, self.draw.randrange(1, self.buyers + 1), firms + self.draw.randrange(1, self.people // 6),
                self.facilitator(), "public", f"Contrat {number}", "", "", self.draw.choice(DEPARTEMENTS), starts,
                starts, starts + timedelta(days=730), "trimestre", 15,
            )  # fmt: skip

    def rows_of_months(self) -> Iterator[tuple[Any, ...]]:
        """One person-month for each line done; its hours all allocated."""
        firms = self.buyers + FACILITATORS
        for number in range(1, self.months + 1):
            person, rank = number % self.people, number // self.people
            month = date(2024 + rank // 12 % 3, rank % 12 + 1, 1)
            participant = uuid.UUID(int=person + (rank // 36 << 64))
            yield (number, participant, firms + person // 6 + 1, month, 35, 35, "2026-11-25")

    def rows_of_postings(self) -> Iterator[tuple[Any, ...]]:
        counts = [0] * (self.contracts + 1)
        written = "2026-11-25 00:00:00+00"
        for number in range(1, self.contracts + 1):
            counts[number] = 1
            yield (number, 1, "due", "due", 2_800, START, written, "", "", number, None, "")
        for month in range(1, self.months + 1):
            number = self.draw.randrange(1, self.contracts + 1)
            counts[number] += 1
            effective = START + timedelta(days=self.draw.randrange(DAYS))
            level = LEVELS[min(int(self.draw.expovariate(1)), 3)]
            yield (number, counts[number], "done", "done", 35, effective, written, level, "", None, month, "")


def fill(country: Country) -> float:
    """Copy everything as the owner, with the triggers off; the seconds it took."""
    start = time.perf_counter()
    with owner() as connection, connection.cursor() as cursor:
        for table in KEPT:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, columns, rows in (
            (
                "organisations_organisation",
                "id, siren, name, legal_category, legal_form, is_demo",
                country.organisations(),
            ),
            (
                "execution_contract",
                "id, buyer_id, holder_id, facilitator_id, regime, title, reference, place_label, departement_code,"
                " notified_on, starts_on, ends_on, reporting_period, reporting_due_day",
                country.rows_of_contracts(),
            ),
            (
                "execution_personmonth",
                "id, participant_id, employer_id, month, worked, allocated, updated_at",
                country.rows_of_months(),
            ),
        ):
            copy(cursor, table, columns, rows)
        cursor.execute(COMMITMENTS)
        copy(
            cursor, "execution_ledgerposting",
            "commitment_id, number, kind, account, hours, effective_on, written_at, evidence, reason, contract_id,"
            " person_month_id, hash",
            country.rows_of_postings(),
        )  # fmt: skip
        cursor.execute(HEADS)
        for table in (
            "organisations_organisation",
            "execution_contract",
            "execution_commitment",
            "execution_personmonth",
            "execution_ledgerposting",
        ):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        for table in KEPT:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("VACUUM ANALYZE execution_contract, execution_ledgerhead")
    return time.perf_counter() - start


def owner() -> Any:
    """Connected as the role that owns the tables."""
    import psycopg
    from django.conf import settings

    database = settings.DATABASES["default"]
    return psycopg.connect(
        host=database["HOST"], user="levier_owner", dbname=database["NAME"], autocommit=True
    )


def copy(cursor: Any, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """One COPY."""
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
        for row in rows:
            target.write_row(row)


def times(act: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and worst of so many calls, in milliseconds, after one to warm up."""
    act()
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1_000)
    return statistics.median(found), max(found)


def plain(column: str, at: date, facilitator: int | None = None) -> Callable[[], object]:
    """The same question by summing the lines."""

    def run() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            only = "" if facilitator is None else f"AND c.facilitator_id = {facilitator}"
            cursor.execute(PLAIN.format(column=column, only=only), [at])
            cursor.fetchall()

    return run


def portfolios() -> tuple[tuple[int, int], tuple[int, int]]:
    """The largest and the median facilitator: (key, lines of its contracts)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.facilitator_id, sum(h.count)::int FROM execution_ledgerhead h JOIN execution_contract c"
            " ON c.id = h.commitment_id GROUP BY 1 ORDER BY 2 DESC"
        )
        rows = cursor.fetchall()
    return rows[0], rows[len(rows) // 2]


def check_heads() -> None:
    """Balances read from the index are those of the heads, and of the lines themselves."""
    from django.db.models import Sum

    from levier.execution.models import LedgerHead, LedgerPosting
    from levier.execution.queries.balances import balances, total

    whole = total(balances(by="territory"))
    heads = LedgerHead.objects.aggregate(due=Sum("due"), done=Sum("done"))
    lines = dict(LedgerPosting.objects.values_list("account").annotate(hours=Sum("hours")))
    assert (whole.due, whole.done) == (heads["due"], heads["done"]) == (lines["due"], lines["done"])


def post_and_prove(writes: int) -> tuple[float, float]:
    """Milliseconds to write one line done with its triggers and its audit; seconds to export and prove what is there."""
    from decimal import Decimal

    from levier.accounts.models import User
    from levier.execution import actions
    from levier.execution.models import Commitment
    from levier.organisations.models import Organisation

    by = User.objects.create_user("mesure@exemple.invalid")
    one, employer = Commitment.objects.get(pk=1), Organisation.objects.get(pk=1)
    months = [
        actions.record_month(
            by=by, participant_id=uuid.uuid4(), employer=employer, month=START, worked=Decimal(100)
        )
        for _ in range(writes)
    ]
    start = time.perf_counter()
    for month in months:
        actions.post_done(by=by, commitment=one, month=month, hours=Decimal(35), evidence="declared")
    written = (time.perf_counter() - start) * 1_000 / writes
    from levier.execution.queries.export import export

    start = time.perf_counter()
    export(io.StringIO())
    return written, time.perf_counter() - start


def ask(total: int, rounds: int) -> None:
    """Print each question with its time and that of the plain sum; `total`: lines of the ledger."""
    from levier.execution.queries.balances import balances

    largest, median = portfolios()
    cuts = (("facilitator", "facilitator_id"), ("buyer", "buyer_id"), ("territory", "departement_code"))
    print(
        "| question | at | lines | median | worst | summing the lines | ratio |\n|---|---|---|---|---|---|---|"
    )
    for at in (START + timedelta(days=DAYS - 30), START + timedelta(days=DAYS // 2)):
        questions: list[tuple[str, int, Callable[[], object], Callable[[], object]]] = [
            (
                f"portfolio of the {name} facilitator, by contract", lines,
                lambda key=key, at=at: balances(by="contract", at=at, facilitator=key),  # type: ignore[misc]
                plain("id", at, key),
            )
            for name, (key, lines) in (("largest", largest), ("median", median))
        ]  # fmt: skip
        questions += [
            (f"national, by {cut}", total, lambda cut=cut, at=at: balances(by=cut, at=at), plain(column, at))  # type: ignore[misc,arg-type]
            for cut, column in cuts
        ]
        for name, lines, act, baseline in questions:
            middle, worst = times(act, rounds)
            rows, _ = times(baseline, 3)
            print(
                f"| {name} | {at} | {lines:,} | {middle:,.1f} ms | {worst:,.1f} ms | {rows:,.0f} ms | × {rows / middle:.1f} |"
            )


def main() -> None:
    """Fill, check, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger")
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--people", type=int, default=60_000)
    parser.add_argument("--buyers", type=int, default=3_500)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with installation(options.home):
        country = Country(options.lines, options.people, options.buyers)
        filled = fill(country)
        check_heads()
        print(
            f"{options.lines:,} lines, {country.contracts:,} contracts, {options.people:,} people, {options.buyers:,} buyers,"
            f" {FACILITATORS} facilitators, filled in {filled:.0f} s; sums = heads = lines.\n"
        )
        ask(options.lines, options.rounds)
        written, exported = post_and_prove(200)
        print(
            f"\nOne line done written with its triggers and its audit event: {written:.1f} ms. Export: {exported:.0f} s."
        )
        print(f"\n{machine()}")


if __name__ == "__main__":
    main()
