"""A social security number is recognised however it is written; other numbers of a statement are not taken for one."""

import pytest

from levier.core.person_numbers import holds_number_of_a_person


@pytest.mark.parametrize(
    "number",
    [
        "1850578006084", "185057800608436", "1 85 05 78 006 084 36", "1.85.05.78.006.084.36", "1/85/05/78/006/084/36",
        "1-85-05-78-006-084", "1\u00a085\u202f05 78 006 084 36", "2 85 05 2A 006 084 91", "285052b006084", "1 85 05 974 11 084",
    ],
)  # fmt: skip
def test_a_number_is_found_alone_and_inside_a_text(number: str) -> None:
    assert holds_number_of_a_person(number)
    assert holds_number_of_a_person(f"Marie, n° {number}, 35 h")


@pytest.mark.parametrize(
    "text",
    ["SIRET 130 025 265 00013", "13002526500013", "06 12 34 56 78", "7 7 7 7 7 7 7 7 7 7 7 7 7 h", "31/03/2026 au 30/04/2026"],
)  # fmt: skip
def test_other_numbers_are_not(text: str) -> None:
    assert not holds_number_of_a_person(text)
