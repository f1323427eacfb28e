"""What the pages of control show: the facts of a contract as one side may see them, a default and what may come next."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from levier.accounts.models import User
from levier.execution.control.defaults import OUTCOMES, notice_deadline
from levier.execution.control.penalties import clause_of
from levier.execution.models import (
    Complaint,
    Contract,
    ControlMeeting,
    DefaultProcedure,
    DefaultStep,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    LedgerPosting,
    Participant,
    PenaltyClause,
    ProofSample,
    StepKind,
)
from levier.execution.people.scope import acting, followed_by
from levier.execution.policies import Side
from levier.rulebook.default_steps import Step, open_steps

VERBS = {
    "relance": "Relancer encore",
    "reunion": "Convoquer à une réunion",
    "mise_en_demeure": "Mettre en demeure",
    "observations": "Présenter des observations",
    "proposition": "Proposer un calcul",
    "decision": "Décider",
    "cloture": "Clore la procédure",
}


_AGAIN = {"proposition": "Refaire le calcul", "observations": "Compléter les observations"}
# What follows for somebody who does not do it: only the steps that lead to the end.
_AWAITED = {
    "mise_en_demeure": ("à l’acheteur", "mettre en demeure"),
    "observations": ("au titulaire", "présenter ses observations"),
    "proposition": ("au facilitateur", "proposer un calcul"),
    "decision": ("à l’acheteur", "décider"),
}
_EVERYBODY: frozenset[Side] = frozenset({"buyer", "facilitator", "company"})


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """The facts of control, as one side sees them; `complaints` and `samples` None to the others than the facilitator."""

    difficulties: tuple[DifficultyNotice, ...]
    globalisations: tuple[tuple[GlobalisationAnswer, int], ...]
    meetings: tuple[ControlMeeting, ...]
    evidence: tuple[EvidenceRequest, ...]
    complaints: tuple[Complaint, ...] | None
    samples: tuple[ProofSample, ...] | None
    defaults: tuple[DefaultProcedure, ...]
    clause: PenaltyClause | None


@dataclass(frozen=True, slots=True)
class Story:
    """A default: its steps, as one side may read them, and the steps this side may move now."""

    procedure: DefaultProcedure
    steps: tuple[DefaultStep, ...]
    open: tuple[tuple[str, str], ...]
    # What somebody else does next: whose it is, and what, as words.
    awaited: tuple[tuple[str, str], ...]
    # The last day to answer, while it is not over.
    deadline: date | None
    clause: PenaltyClause | None

    @property
    def is_closed(self) -> bool:
        return self.procedure.closed_at is not None


def facts_of(contract: Contract, sides: frozenset[Side]) -> ControlFacts:
    """Read the facts of one contract. At most eight SQL queries."""
    is_desk = "facilitator" in sides
    answers = contract.globalisations.select_related("request").prefetch_related("request__answers")
    return ControlFacts(
        difficulties=tuple(contract.difficulties.all()),
        globalisations=tuple((one, len(one.request.answers.all()) - 1) for one in answers),
        meetings=tuple(contract.meetings.all()),
        evidence=tuple(contract.evidence_requests.select_related("seen_by")),
        complaints=tuple(contract.complaints.all()) if is_desk else None,
        samples=tuple(contract.samples.all()) if is_desk else None,
        defaults=tuple(contract.defaults.prefetch_related("steps")),
        clause=clause_of(contract),
    )


def story_of(procedure: DefaultProcedure, sides: frozenset[Side], *, today: date) -> Story:
    """One default. The proposal is a note of the facilitator to the buyer: the company reads the decision, with its amounts."""
    steps = list(procedure.steps.all())
    is_company_alone = sides == frozenset({"company"})
    deadline = notice_deadline(steps)
    done = [cast(Step, one.kind) for one in steps]
    possible = open_steps(done, sides, notice_deadline=deadline, today=today)
    every = open_steps(done, _EVERYBODY, notice_deadline=deadline, today=today)
    # The company hears of a decision, never of the note that prepares it.
    hidden = {"proposition"} if is_company_alone else set()
    is_open = procedure.closed_at is None
    return Story(
        procedure=procedure,
        steps=tuple(one for one in steps if one.kind != StepKind.PROPOSAL or not is_company_alone),
        open=tuple(
            (step, _AGAIN.get(step, VERBS[step]) if step in done else VERBS[step]) for step in possible
        )
        if is_open
        else (),
        awaited=tuple(
            _AWAITED[one]
            for one in every
            if is_open and one in _AWAITED and one not in {*possible, *hidden, *done[-1:]}
        ),
        deadline=deadline if deadline and today <= deadline else None,
        clause=clause_of(procedure.contract),
    )


def outcome_word(step: DefaultStep) -> str:
    """« Pénalité levée »; empty for another step than a decision."""
    return OUTCOMES.get(step.facts.get("outcome", ""), "")


def money(step: DefaultStep) -> Decimal | None:
    """The euros a step speaks of; None when it speaks of none."""
    text = step.facts.get("amount", step.facts.get("total"))
    return None if text is None else Decimal(text)


def drawn_lines(sample: ProofSample, *, reader: User) -> list[dict[str, Any]]:
    """The picks with their line of the ledger, weight, rank, and the name of the person when the reader follows it. Three SQL queries."""
    picked = sample.content["picked"]
    lines = LedgerPosting.objects.select_related("commitment", "person_month").in_bulk(
        [int(one["key"]) for one in picked]
    )
    with acting(followers=followed_by(reader)):
        people = Participant.objects.in_bulk(
            [line.person_month.participant_id for line in lines.values() if line.person_month]
        )
    found = []
    for one in picked:
        line = lines[int(one["key"])]
        who = people.get(line.person_month.participant_id) if line.person_month else None
        found.append(one | {"line": line, "who": who})
    return found
