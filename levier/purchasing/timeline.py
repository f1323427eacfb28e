"""The states of a purchase as one table: which move, from where, by which side, and who acts next. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from levier.purchasing.models import ContactSide, PurchaseState

Requirement = Literal["lots", "buyer_contacts", "facilitator_contacts", "studied", "signed", "launch"]

BUYER: Final = ContactSide.BUYER
FACILITATOR: Final = ContactSide.FACILITATOR


@dataclass(frozen=True, slots=True)
class Move:
    """One move: a verb, its two ends, whose it is, what it needs. `needs_note`: a reason must be given.

    `undoes`: takes back a declaration made too soon, while nothing stands on it (`purchasing.undoing`).
    """

    code: str
    before: tuple[PurchaseState, ...]
    after: PurchaseState
    side: ContactSide
    label: str
    needs: tuple[Requirement, ...] = ()
    needs_note: bool = False
    undoes: bool = False

    @property
    def asks_launch(self) -> bool:
        """Whether the day of the launch is asked with the move, when nobody said it before."""
        return "launch" in self.needs


@dataclass(frozen=True, slots=True)
class NextStep:
    """Who must do what in a state; `side` None when nothing is left to do."""

    side: ContactSide | None
    text: str


_S = PurchaseState
_OPEN = tuple(state for state in _S if state not in {_S.CLOSED, _S.ABANDONED})

# The facilitator proposes; the buyer alone signs, publishes, awards and gives up.
MOVES: Final = (
    Move("confier", (_S.DRAFT,), _S.TO_STUDY, BUYER, "Confier l’achat", ("lots", "buyer_contacts")),
    Move("reprendre", (_S.TO_STUDY,), _S.DRAFT, BUYER, "Reprendre en brouillon", needs_note=True),
    Move("proposer", (_S.TO_STUDY,), _S.PROPOSED, FACILITATOR, "Proposer à l’acheteur",
         ("lots", "facilitator_contacts", "studied")),
    Move("revoir", (_S.PROPOSED, _S.DECIDED), _S.TO_STUDY, BUYER, "Demander à revoir l’étude", needs_note=True),
    Move("signer", (_S.PROPOSED,), _S.DECIDED, BUYER, "Signer leviers et heures", ("signed",)),
    Move("publier", (_S.DECIDED,), _S.PUBLISHED, BUYER, "Déclarer la publication", ("launch",)),
    Move("attribuer", (_S.PUBLISHED,), _S.AWARDED, BUYER, "Déclarer l’attribution"),
    Move("depublier", (_S.PUBLISHED,), _S.DECIDED, BUYER, "Annuler la publication déclarée",
         needs_note=True, undoes=True),
    Move("desattribuer", (_S.AWARDED,), _S.PUBLISHED, BUYER, "Annuler l’attribution déclarée",
         needs_note=True, undoes=True),
    Move("clore", (_S.AWARDED,), _S.CLOSED, BUYER, "Clore l’achat"),
    Move("abandonner", _OPEN, _S.ABANDONED, BUYER, "Abandonner l’achat", needs_note=True),
)  # fmt: skip

# An organisation that studies its own clauses proposes to nobody else.
IN_HOUSE_LABELS: Final = {"proposer": "Soumettre à la signature"}

NEXT_STEPS: Final[dict[PurchaseState, NextStep]] = {
    _S.DRAFT: NextStep(BUYER, "compléter l’achat, puis le confier à qui l’étudiera"),
    _S.TO_STUDY: NextStep(FACILITATOR, "étudier chaque lot, puis proposer un levier et des heures"),
    _S.PROPOSED: NextStep(BUYER, "signer les leviers et les heures, ou demander à les revoir"),
    _S.DECIDED: NextStep(BUYER, "publier la consultation avec le texte de la clause"),
    _S.PUBLISHED: NextStep(BUYER, "déclarer l’attribution"),
    _S.AWARDED: NextStep(BUYER, "clore l’achat quand le marché est exécuté"),
    _S.CLOSED: NextStep(None, "rien : l’achat est clos"),
    _S.ABANDONED: NextStep(None, "rien : l’achat est abandonné"),
}

# The steps shown as a line, in their order; giving up is said apart.
PATH: Final = tuple(state for state in _S if state != _S.ABANDONED)


_TAKEN_BACK: Final = {_S.PUBLISHED: "Publication annulée", _S.AWARDED: "Attribution annulée"}


def step_named(before: str, after: str) -> str:
    """What the story calls a move: the state entered, or what was taken back."""
    if any(move.undoes and before in move.before and after == move.after for move in MOVES):
        return _TAKEN_BACK[PurchaseState(before)]
    return str(PurchaseState(after).label)


def moves_from(state: str, sides: frozenset[ContactSide]) -> tuple[Move, ...]:
    """The moves open in a state to somebody who acts for these sides."""
    return tuple(move for move in MOVES if state in move.before and move.side in sides)


def move_named(code: str) -> Move | None:
    """The move of this code, or None."""
    return next((move for move in MOVES if move.code == code), None)


def next_step(state: str) -> NextStep:
    """Who must do what now."""
    return NEXT_STEPS[PurchaseState(state)]


def states_of_side(side: str) -> tuple[PurchaseState, ...]:
    """The states in which this side acts next."""
    return tuple(state for state, step in NEXT_STEPS.items() if step.side == side)
