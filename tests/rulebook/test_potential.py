"""The hint on reservations: published thresholds, and never « reserve everything »."""

import pytest

from levier.rulebook.potential import PotentialError, reservation_potential


@pytest.mark.parametrize(
    ("count", "hint", "confidence"),
    [
        (0, "reverse_sourcing", "none"),
        (1, "reverse_sourcing", "none"),
        (2, "execution_clause", "few"),
        (10, "execution_clause", "few"),
        (11, "reserve_lot", "enough"),
        (30, "reserve_lot", "enough"),
        (31, "reserve_lot", "comfortable"),
    ],
)
def test_the_count_gives_the_hint(count: int, hint: str, confidence: str) -> None:
    found = reservation_potential(supplier_count=count)
    assert (found.hint, found.confidence) == (hint, confidence)


def test_many_suppliers_and_little_dependence_still_propose_one_lot() -> None:
    found = reservation_potential(supplier_count=500, budget_ht=1_000, mean_turnover=1_000_000)
    assert found.hint == "reserve_lot"
    assert "un lot" in found.reason
    assert found.warnings == ()


def test_dependence_is_warned_from_thirty_percent() -> None:
    assert reservation_potential(supplier_count=40, budget_ht=29, mean_turnover=100).warnings == ()
    (warning,) = reservation_potential(supplier_count=40, budget_ht=30, mean_turnover=100).warnings
    assert "30" in warning


def test_few_suppliers_never_forbid_a_clause() -> None:
    for count in (0, 1, 5):
        assert "clause d’exécution reste possible" in reservation_potential(supplier_count=count).reason


def test_an_unknown_turnover_is_said() -> None:
    found = reservation_potential(supplier_count=20, budget_ht=1000)
    assert found.dependence is None
    assert "n’est pas mesurée" in found.warnings[0]


def test_impossible_inputs_get_a_sentence() -> None:
    with pytest.raises(PotentialError, match="fournisseurs"):
        reservation_potential(supplier_count=-1)
    with pytest.raises(PotentialError, match="budget"):
        reservation_potential(supplier_count=3, budget_ht=float("nan"))
