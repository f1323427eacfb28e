"""Our lexicon: large, folded without repetition, and pointing to codes that exist in every division."""

from __future__ import annotations

from collections import Counter

import pytest

from levier.reference.cpv.tables import cpv_entries, cpv_labels, lexicon_entries, repair_code
from levier.reference.cpv.text import phrase_key


def test_nomenclature_is_whole() -> None:
    entries = cpv_entries()
    assert len(entries) == 9454
    assert len({entry.code[:2] for entry in entries}) == 45
    known = {entry.code for entry in entries}
    assert all(entry.parent in known for entry in entries if entry.level > 1)


def test_lexicon_holds_enough_distinct_expressions() -> None:
    keys = [phrase_key(entry.expression) for entry in lexicon_entries()]
    assert len(keys) >= 1_500
    assert all(keys)
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_code_of_the_lexicon_exists() -> None:
    assert [entry for entry in lexicon_entries() if entry.code not in cpv_labels()] == []


def test_every_division_is_covered() -> None:
    divisions = {entry.code[:2] for entry in cpv_entries()}
    counts = Counter(entry.code[:2] for entry in lexicon_entries())
    assert divisions == set(counts)
    assert counts.most_common(1)[0][0] == "45"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("45214210-4", "45214210"),
        ("9310000", "09310000"),
        (" 90910000 ", "90910000"),
        ("45999999", "45000000"),
        ("45214219", "45214210"),
        ("00000000", None),
        ("", None),
        ("NC", None),
        ("123", None),
    ],
)
def test_code_is_repaired_or_refused(raw: str, code: str | None) -> None:
    assert repair_code(raw) == code
