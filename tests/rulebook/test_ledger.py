"""The arithmetic of the ledger alone: a chain that holds, and each way of breaking it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levier.rulebook.hours_due import AmountRule, rounded, share_step, split
from levier.rulebook.ledger import GENESIS, BrokenLedgerError, Head, Line, opening_rows, verify, written

PERSON = "person_month:6f0a0000-0000-4000-8000-000000000001/2026-03/7"


def line(
    number: int, kind: str, account: str, hours: str, leg: str, commitment: int = 3, **more: Any
) -> Line:
    return Line(
        commitment=commitment, number=number, kind=kind, account=account, leg=leg, hours=Decimal(hours),
        effective_on="2026-03-31", written_at=f"2026-04-01T08:00:{number:02d}.000000Z", **more,
    )  # fmt: skip


LINES = [
    line(1, "due", "due", "480.00", "contract:9"),
    line(2, "done", "done", "100.50", PERSON, evidence="declared"),
    line(3, "reversal", "done", "-100.50", PERSON, evidence="declared", reason="erreur", reverses=2),
    line(4, "done", "done", "100.00", PERSON, evidence="documented"),
    line(1, "due", "due", "70.00", "order:2", commitment=5),
]


def export(lines: list[Line]) -> list[dict[str, Any]]:
    """The rows of a file made of these lines, every fingerprint right."""
    rows, heads = [], []
    for commitment in sorted({one.commitment for one in lines}):
        last, totals, count = GENESIS, {"due": Decimal(), "done": Decimal()}, 0
        for one in lines:
            if one.commitment == commitment:
                last = one.fingerprint(last)
                rows.append(one.as_dict(last))
                totals[one.account] += one.hours
                count += 1
        heads.append(Head(commitment, count, last, totals["due"], totals["done"]))
    return [*opening_rows(heads, written_at="2026-11-25T00:00:00.000000Z"), *rows]


def proved(rows: list[dict[str, Any]], **options: Any) -> Any:
    return verify([written(row) for row in rows], **options)


def test_a_file_that_holds_gives_its_totals() -> None:
    rows = export(LINES)
    found = proved(rows, printed=rows[0]["digest"][:8])
    assert (found.commitments, found.postings, found.due, found.done) == (2, 5, 550, 100)


Break = Callable[[list[dict[str, Any]]], Any]
BREAKS: list[tuple[str, Break, int, str]] = [
    ("hours", lambda rows: rows[4].update(hours="99.50"), 5, "l’empreinte ne correspond pas"),
    ("date", lambda rows: rows[3].update(effective_on="2026-01-01"), 4, "l’empreinte ne correspond pas"),
    ("person", lambda rows: rows[6].update(leg=PERSON.replace("1/2026", "2/2026")), 7, "l’empreinte"),
    ("line removed", lambda rows: rows.pop(4), 5, "l’écriture 2 est attendue"),
    ("lines exchanged", lambda rows: rows.insert(4, rows.pop(5)), 5, "l’écriture 2 est attendue"),
    ("tail cut", lambda rows: rows.pop(), 7, "s’arrête à l’écriture 0"),
    ("tail of a chain cut", lambda rows: rows.pop(6), 7, "s’arrête à l’écriture 3, sa tête en annonce 4"),
    ("head changed", lambda rows: rows[1].update(count=3), 2, "sceau"),
    ("everything after the heads cut", lambda rows: rows.__delitem__(slice(3, None)), 3, "s’arrête à l’écriture 0"),
    ("heads cut", lambda rows: rows.__delitem__(slice(2, None)), 2, "s’arrête ici"),
    ("a field more", lambda rows: rows[4].update(name="x"), 5, "écriture complète"),
    ("a stranger", lambda rows: rows.append(dict(rows[-1], commitment=9)), 9, "aucune tête"),
    ("not hours", lambda rows: rows[4].update(hours="NaN"), 5, "nombre d’heures"),
    ("second head removed", lambda rows: rows.pop(1), 2, "sceau"),
    ("date of the file", lambda rows: rows[0].update(written_at="2020-01-01T00:00:00.000000Z"), 1, "sceau"),
    ("not a ledger", lambda rows: rows[0].update(format="autre"), 1, "pas un export du grand livre"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "at", "said"), BREAKS, ids=[one[0] for one in BREAKS])
def test_the_first_broken_line_is_named(name: str, spoil: Break, at: int, said: str) -> None:
    rows = export(LINES)
    spoil(rows)
    with pytest.raises(BrokenLedgerError, match=said) as broken:
        proved(rows)
    assert str(broken.value).startswith(f"Ligne {at} : "), broken.value


def test_a_text_cut_in_the_middle_of_a_line() -> None:
    text = [written(row) for row in export(LINES)]
    text[-1] = text[-1][:40]
    with pytest.raises(BrokenLedgerError, match="Ligne 8 : ce n’est pas une ligne JSON"):
        verify(text)
    with pytest.raises(BrokenLedgerError, match="vide"):
        verify([])


def test_one_byte_changed_anywhere_names_its_line() -> None:
    rows = [written(row).encode() for row in export(LINES)]
    verify(rows)
    verify([row.replace(b"\n", b"\r\n") for row in rows])
    for number, row in enumerate(rows, start=1):
        # Every third one keeps the test short; the last of a line is its end.
        for place in {*range(number % 3, len(row), 3), len(row) - 1}:
            spoilt = row[:place] + bytes([row[place] ^ 1]) + row[place + 1 :]
            with pytest.raises(BrokenLedgerError) as broken:
                verify([*rows[: number - 1], spoilt, *rows[number:]])
            assert broken.value.line == number, spoilt
        with pytest.raises(BrokenLedgerError, match=f"Ligne {number} : elle n’est pas écrite"):
            verify([*rows[: number - 1], row[:-1] + b" \n", *rows[number:]])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line(5, "reversal", "done", "-100.50", PERSON, reason="erreur", reverses=2), "deuxième fois"),
        (line(5, "reversal", "done", "-9.00", PERSON, reason="erreur", reverses=4), "pas l’inverse"),
        (line(5, "reversal", "done", "-9.00", PERSON, reason="erreur", reverses=9), "n’existe pas"),
        (line(5, "done", "done", "1.00", "contract:9"), "deux comptes"),
        (line(5, "gift", "done", "1.00", PERSON), "nature"),
    ],
)
def test_a_chain_well_made_of_wrong_lines_does_not_hold(wrong: Line, said: str) -> None:
    with pytest.raises(BrokenLedgerError, match=said):
        proved(export([*LINES, wrong]))


def test_a_file_rewritten_from_end_to_end_shows_by_the_printed_fingerprint() -> None:
    true, forged = export(LINES), export(LINES[:-1])
    proved(forged)
    with pytest.raises(BrokenLedgerError, match="n’est pas celui qui a été édité"):
        proved(forged, printed=true[0]["digest"])
    with pytest.raises(BrokenLedgerError, match="n’est pas celui"):
        proved(true, printed=true[0]["digest"][:4])


AMOUNT = st.decimals(Decimal("0.01"), Decimal("5e6"), places=2)


@pytest.mark.slow
@given(
    st.lists(AMOUNT, min_size=1, max_size=8),
    st.builds(
        AmountRule, hours=st.decimals(Decimal("0.01"), 50, places=2), tranche=AMOUNT, trigger=AMOUNT,
        is_retroactive=st.booleans(), is_whole=st.booleans(),
    ),
)  # fmt: skip
def test_steps_of_orders_add_up_to_the_rule_on_their_total(orders: list[Decimal], rule: AmountRule) -> None:
    before, due = Decimal(), Decimal()
    for amount in orders:
        step = rule.step(before, amount)
        assert step >= 0
        before, due = before + amount, due + step
    assert due == rule.due(before)


@pytest.mark.slow
@given(AMOUNT, st.lists(st.decimals(Decimal("0.01"), Decimal("0.2"), places=4), max_size=4))
def test_shares_always_make_the_whole(hours: Decimal, shares: list[Decimal]) -> None:
    parts = split(hours, shares)
    assert sum(parts) == hours and parts[0] > 0 - Decimal("0.03")


def test_the_real_contract_of_2021() -> None:
    """21_BAM_048: 1 hour for 2,000 € invoiced, from 2.7 M€ (DOMAIN 0b.5, 5.1)."""
    rule = AmountRule(hours=Decimal(1), tranche=Decimal(2000), trigger=Decimal(2_700_000))
    assert (rule.due(Decimal(2_700_000)), rule.due(Decimal(3_000_000))) == (0, 150)
    assert share_step(Decimal("0.07"), Decimal(0), Decimal(1000)) == 70 and rounded(
        Decimal("0.005")
    ) == Decimal("0.01")
