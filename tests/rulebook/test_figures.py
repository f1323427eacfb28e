"""Numbers in French sentences: spaces, comma, percent, and no surprise at the edges."""

import pytest

from levier.rulebook.figures import french_figures, french_number, french_percent, lower_first


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (-0.2, 0, "0"),
        (833.33, 0, "833"),
        (2.5, 0, "3"),
        (1234567.8, 0, "1 234 568"),
        (27.5, 2, "27,5"),
        (1500, 2, "1 500"),
        (-1.5, 1, "−1,5"),
        (1e110, 2, "1,00e+110"),
    ],
)
def test_a_number_is_written_the_french_way(value: float, decimals: int, text: str) -> None:
    assert french_number(value, decimals).replace("\u202f", " ") == text


def test_several_figures_become_an_interval() -> None:
    assert french_figures([150, 32, 40]) == "de 32 à 150"
    assert french_figures([7, 7]) == "7"
    assert french_figures([]) == "aucune valeur"


def test_a_rate_becomes_a_percentage() -> None:
    assert french_percent(0.125) == "12,5\u202f%"


def test_an_acronym_keeps_its_capital() -> None:
    assert lower_first("Montant HT") == "montant HT"
    assert lower_first("ANRU, charte") == "ANRU, charte"
    assert lower_first("") == ""
