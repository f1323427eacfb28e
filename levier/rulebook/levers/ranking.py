"""Owns the list of levers and the ranked advice they give for a need."""

from levier.rulebook.levers import (
    allotment,
    award_criterion,
    clause_and_criterion,
    concession_condition,
    concession_criterion,
    concession_mandatory,
    concession_reservation,
    direct_purchase,
    execution_clause,
    insertion_service,
    joint_reservation,
    location,
    mandatory_condition,
    need_definition,
    overseas_youth,
    private_purchase,
    reservation_disability,
    reservation_ess,
    reservation_insertion,
    reservation_prison,
    sourcing,
    spaser,
    variants,
    voluntary_commitment,
)
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.table import DOCUMENTS, QUESTIONS, Document, Lever, LeverAdvice, Question
from levier.rulebook.levers.wording import spaced, values

LEVERS: tuple[Lever, ...] = (
    direct_purchase.LEVER,
    mandatory_condition.LEVER,
    execution_clause.LEVER,
    clause_and_criterion.LEVER,
    award_criterion.LEVER,
    reservation_disability.LEVER,
    reservation_insertion.LEVER,
    joint_reservation.LEVER,
    reservation_prison.LEVER,
    reservation_ess.LEVER,
    insertion_service.LEVER,
    allotment.LEVER,
    sourcing.LEVER,
    variants.LEVER,
    overseas_youth.LEVER,
    location.LEVER,
    need_definition.LEVER,
    spaser.LEVER,
    concession_mandatory.LEVER,
    concession_condition.LEVER,
    concession_reservation.LEVER,
    concession_criterion.LEVER,
    voluntary_commitment.LEVER,
    private_purchase.LEVER,
)


def levers_for(facts: Facts) -> tuple[LeverAdvice, ...]:
    """Return the advice of every lever for this need, best first; those set aside come last, with why.

    The first retained advice is the one to propose. The software proposes: the buyer signs the lever.
    """
    words = values(facts)
    advices = [_advice(lever, facts, words) for lever in LEVERS]
    return tuple(sorted(advices, key=lambda advice: (not advice.is_retained, advice.rank)))


def lever(code: str) -> Lever:
    """Return the lever of that code. Raises KeyError with a French sentence when it does not exist."""
    for candidate in LEVERS:
        if candidate.code == code:
            return candidate
    raise KeyError(f"Le levier « {code} » n’existe pas.")


def _advice(lever: Lever, facts: Facts, words: dict[str, str]) -> LeverAdvice:
    row = lever.row_for(facts)
    is_retained = row.outcome != "not_applicable"
    notes = tuple(note.text for note in lever.notes if note.when(facts)) if is_retained else ()
    return LeverAdvice(
        code=lever.code,
        title=lever.title,
        outcome=row.outcome,
        reason=spaced(row.reason.format_map(words)),
        article=lever.article,
        documents=tuple(Document(code, DOCUMENTS[code]) for code in lever.documents),
        warnings=tuple(spaced(text.format_map(words)) for text in (*row.warnings, *notes)),
        instead=tuple(spaced(text.format_map(words)) for text in row.instead),
        obligation=lever.obligation(facts) if lever.obligation and is_retained else None,
        status=row.status or lever.status,
        questions=tuple(Question(code, spaced(QUESTIONS[code])) for code in row.questions),
        source=lever.source,
        rule=row.name,
        rank=lever.rank if row.rank is None else row.rank,
    )
