"""The table of moves: every state has its way out, and each move belongs to one side."""

import pytest

from levier.purchasing.models import ContactSide, PurchaseState
from levier.purchasing.timeline import (
    MOVES,
    NEXT_STEPS,
    PATH,
    move_named,
    moves_from,
    next_step,
    states_of_side,
)

BUYER, FACILITATOR = ContactSide.BUYER, ContactSide.FACILITATOR
S = PurchaseState


def codes(state: str, *sides: ContactSide) -> set[str]:
    return {move.code for move in moves_from(state, frozenset(sides))}


@pytest.mark.parametrize(
    ("state", "buyer", "facilitator"),
    [
        (S.DRAFT, {"confier", "abandonner"}, set()),
        (S.TO_STUDY, {"reprendre", "abandonner"}, {"proposer"}),
        (S.PROPOSED, {"signer", "revoir", "abandonner"}, set()),
        (S.DECIDED, {"publier", "revoir", "abandonner"}, set()),
        (S.PUBLISHED, {"depublier", "attribuer", "abandonner"}, set()),
        (S.AWARDED, {"desattribuer", "clore", "abandonner"}, set()),
        (S.CLOSED, set(), set()),
        (S.ABANDONED, set(), set()),
    ],
)
def test_each_side_has_its_moves(state: str, buyer: set[str], facilitator: set[str]) -> None:
    assert codes(state, BUYER) == buyer
    assert codes(state, FACILITATOR) == facilitator
    assert codes(state, BUYER, FACILITATOR) == buyer | facilitator
    assert codes(state) == set()


def test_the_facilitator_only_proposes() -> None:
    assert [move.code for move in MOVES if move.side == FACILITATOR] == ["proposer"]


def test_the_next_step_is_a_move_of_the_side_that_must_act() -> None:
    assert set(NEXT_STEPS) == set(S)
    for state in PATH[:-1]:
        side = next_step(state).side
        assert side is not None
        assert any(move.after == PATH[PATH.index(state) + 1] for move in moves_from(state, frozenset({side})))
    assert next_step(S.CLOSED).side is next_step(S.ABANDONED).side is None
    assert states_of_side(FACILITATOR) == (S.TO_STUDY,)


def test_codes_are_unique_and_going_back_asks_why() -> None:
    assert len({move.code for move in MOVES}) == len(MOVES)
    assert {move.code for move in MOVES if move.needs_note} == {
        "reprendre", "revoir", "depublier", "desattribuer", "abandonner",
    }  # fmt: skip
    assert all(move.needs_note for move in MOVES if move.undoes)
    assert move_named("signer") is not None and move_named("n’existe pas") is None
