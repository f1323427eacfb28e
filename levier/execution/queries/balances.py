"""Balances of the ledger at any date: due, done, what each proof weighs, by commitment, contract, company, buyer, territory…

One query: the heads of the chains, which the database moves with each line, less the lines that take effect later, read from an
index alone. So today costs one row a commitment, whatever the number of lines; random histories prove it equal to the sums of the
lines at every date. Hours in hours, two decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db import connection

from levier.execution.models import Commitment, Evidence
from levier.execution.reporting import DueAndDone

By = Literal["commitment", "contract", "contractor", "lot", "buyer", "territory", "facilitator"]

# Columns of `LedgerHead`, in the order of the answer.
_HOURS = ("due", "done", *(level.value for level in Evidence))
_NAMED = "organisations_organisation o ON o.id = "
# Key, label and joined table of each cut. A territory is a département; no facilitator: followed by the buyer itself.
_CUTS: Mapping[By, tuple[str, str, str]] = {
    "commitment": ("m.id", "m.label", ""),
    "contract": ("c.id", "c.title", ""),
    "contractor": ("m.contractor_id", "o.name", f"JOIN {_NAMED}m.contractor_id"),
    "lot": ("c.lot_id", "l.title", "LEFT JOIN purchasing_lot l ON l.id = c.lot_id"),
    "buyer": ("c.buyer_id", "o.name", f"JOIN {_NAMED}c.buyer_id"),
    "territory": (
        "c.departement_code", "d.name", "LEFT JOIN reference_departement d ON d.code = c.departement_code",
    ),
    "facilitator": (
        "coalesce(c.facilitator_id, c.buyer_id)", "o.name", f"JOIN {_NAMED}coalesce(c.facilitator_id, c.buyer_id)",
    ),
}  # fmt: skip
_FILTERS = {
    "commitment": "m.id", "contract": "m.contract_id", "contractor": "m.contractor_id", "lot": "c.lot_id",
    "buyer": "c.buyer_id", "territory": "c.departement_code",
    "facilitator": "coalesce(c.facilitator_id, c.buyer_id)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Balance(DueAndDone):
    """Hours due and done of one line; `by_evidence`: how many of the hours done have each proof."""

    key: str
    label: str
    contracts: int
    due: Decimal
    done: Decimal
    by_evidence: Mapping[str, Decimal] = field(default_factory=dict)

    def share(self, evidence: str) -> float | None:
        """What one proof weighs among the hours done, 0 to 1; None while nothing is done."""
        return float(self.by_evidence.get(evidence, Decimal()) / self.done) if self.done > 0 else None


def balances(
    *, by: By, at: date | None = None, known_at: datetime | None = None, **only: int | str
) -> list[Balance]:
    """The balance of each line at a date of effect (`at`, included; all lines when None), by label.

    `known_at`: as the ledger stood at that moment, without what was written later. `only`: one value of any cut, for
    example `facilitator=12`, `buyer=3`, `territory="59"`. A commitment without a line counts for zero.
    """
    key, label, joined = _CUTS[by]
    wanted = [f"{_FILTERS[name]} = %s" for name in only]
    own = "WHERE " + " AND ".join(wanted) if wanted else ""
    values: list[int | str | date] = list(only.values())
    later, parameters = _later(own, values, at, known_at)
    columns = ", ".join(
        f"coalesce(sum(h.{name}), 0) - coalesce(sum(l.{name}), 0)" if later else f"coalesce(sum(h.{name}), 0)"
        for name in _HOURS
    )
    sql = f"""
        {later}
        SELECT {key}, {label}, count(DISTINCT c.id), {columns}
        FROM execution_commitment m JOIN execution_contract c ON c.id = m.contract_id {joined}
        JOIN execution_ledgerhead h ON h.commitment_id = m.id
        {"LEFT JOIN later l ON l.commitment_id = m.id" if later else ""}
        {own} GROUP BY {key}, {label} ORDER BY {label}, {key}
    """  # noqa: S608 - every piece is a constant of this module; values go as parameters
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, *values])
        return [_balance(row) for row in cursor.fetchall()]


def _later(
    own: str, values: list[int | str | date], at: date | None, known_at: datetime | None
) -> tuple[str, list[int | str | date]]:
    """The part of the query that sums what the heads count too much: effects after `at`, lines written after `known_at`."""
    moments = [
        (column, moment)
        for column, moment in (("effective_on", at), ("written_at", known_at))
        if moment is not None
    ]
    if not moments:
        return "", []
    conditions = [" OR ".join(f"p.{column} > %s" for column, _ in moments)]
    if own:
        # The commitments first, then their lines through the index.
        conditions.append(
            "p.commitment_id = ANY(ARRAY(SELECT m.id FROM execution_commitment m"  # noqa: S608 - as above
            f" JOIN execution_contract c ON c.id = m.contract_id {own}))"
        )
    levels = ", ".join(
        f"sum(hours) FILTER (WHERE evidence = '{one.value}') AS {one.value}" for one in Evidence
    )
    sql = f"""
        WITH later AS (
            SELECT p.commitment_id, sum(hours) FILTER (WHERE account = 'due') AS due,
                   sum(hours) FILTER (WHERE account = 'done') AS done, {levels}
            FROM execution_ledgerposting p WHERE ({") AND (".join(conditions)}) GROUP BY p.commitment_id
        )"""  # noqa: S608 - as above
    return sql, [*(moment for _, moment in moments), *(values if own else [])]


def _balance(row: tuple[object, ...]) -> Balance:
    key, label, contracts, due, done, *levels = row
    assert isinstance(contracts, int) and isinstance(due, Decimal) and isinstance(done, Decimal)
    return Balance(
        key="" if key is None else str(key),
        label=str(label or ""),
        contracts=contracts,
        due=due,
        done=done,
        by_evidence={level.value: Decimal(str(hours)) for level, hours in zip(Evidence, levels, strict=True)},
    )


def balance_of(commitment: Commitment) -> Balance:
    """The balance of one commitment, all its lines: that of the head of its chain, read with it."""
    head = commitment.head
    levels = {level.value: getattr(head, level.value) for level in Evidence}
    return Balance(str(commitment.pk), commitment.label, 1, head.due, head.done, levels)


def total(lines: list[Balance], *, label: str = "") -> Balance:
    """All the lines as one."""
    return Balance(
        key="",
        label=label,
        contracts=sum(one.contracts for one in lines),
        due=sum((one.due for one in lines), Decimal()),
        done=sum((one.done for one in lines), Decimal()),
        by_evidence={
            level.value: sum((one.by_evidence.get(level.value, Decimal()) for one in lines), Decimal())
            for level in Evidence
        },
    )
