"""The self-check: which factors hold, which do not, and the next thing to do for each."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

Side = Literal["buyer", "company"]
SIDES: dict[Side, str] = {"buyer": "Acheteur", "company": "Entreprise titulaire"}


@dataclass(frozen=True, slots=True)
class Question:
    """One yes-or-no question; `advice` is what to do when the answer is no."""

    key: str
    text: str
    side: str
    advice: str


@dataclass(frozen=True, slots=True)
class Factor:
    """One key factor with its questions."""

    key: str
    label: str
    why: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one factor stands: yes answers out of the questions asked, and what to do for the others."""

    factor: Factor
    yes: int
    asked: int
    advice: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every answer is yes."""
        return self.yes == self.asked


@cache
def _rows() -> list[dict[str, Any]]:
    text = resources.files("levier.clauses").joinpath("referent/factors.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text))


def factors(side: Side) -> tuple[Factor, ...]:
    """The factors with the questions for this side."""
    found = []
    for row in _rows():
        questions = tuple(
            Question(f"{row['key']}-{number}", one["text"], one["side"], one["advice"])
            for number, one in enumerate(row["questions"], start=1)
            if one["side"] in {side, "both"}
        )
        found.append(Factor(row["key"], row["label"], row["why"], questions))
    return tuple(found)


def outcomes(side: Side, yes: Collection[str]) -> tuple[Outcome, ...]:
    """How each factor stands, given the keys of the questions answered by yes."""
    return tuple(
        Outcome(
            factor,
            yes=sum(question.key in yes for question in factor.questions),
            asked=len(factor.questions),
            advice=tuple(question.advice for question in factor.questions if question.key not in yes),
        )
        for factor in factors(side)
    )
