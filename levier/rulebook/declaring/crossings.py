"""The checks that cross a line with other lines, with the past, with the contract and with who declares."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from statistics import median

from levier.rulebook.declaring.line import Around, Line
from levier.rulebook.declaring.registry import Words, h, limit, month_words, rule
from levier.rulebook.months import add_months, first_of

# Below, a median says nothing and every month would look unlike the others.
LEAST_HISTORY = 3


@rule
def counted_elsewhere(line: Line, around: Around) -> Words:
    if line.amount is None or around.worked is None or not around.allocated:
        return None
    left = max(Decimal(0), around.worked - around.allocated)
    if line.amount <= left:
        return None
    return {"counted": h(around.allocated), "left": h(left), "worked": h(around.worked)}


@rule
def statement_differs(line: Line, around: Around) -> Words:
    if line.amount is None or around.counterpart_hours is None:
        return None
    if abs(line.amount - around.counterpart_hours) <= limit("statement_gap", line, around):
        return None
    return {"other": h(around.counterpart_hours), "hours": h(line.amount)}


@rule
def unlike_own_history(line: Line, around: Around) -> Words:
    if line.month is None or line.amount is None:
        return None
    before = [hours for _, hours in around.before(line.month) if hours > 0]
    if len(before) < LEAST_HISTORY:
        return None
    usual = median(before)
    if line.amount <= float(usual) * limit("own_history_ratio", line, around):
        return None
    return {"hours": h(line.amount), "usual": h(usual)}


@rule
def unlike_contract_pace(line: Line, around: Around) -> Words:
    total, pace = around.contract_month, around.contract_pace
    if total is None or pace is None or pace <= 0:
        return None
    if total <= float(pace) * limit("pace_ratio", line, around):
        return None
    return {"total": h(total), "pace": h(pace)}


@rule
def same_total_each_month(line: Line, around: Around) -> Words:
    if line.month is None or not line.amount:
        return None
    months = [*around.before(line.month), (first_of(line.month), line.amount)]
    count = 1
    for (earlier, before), (later, after) in pairwise(reversed(months)):
        if before != after or add_months(later, 1) != earlier:
            break
        count += 1
    if count < limit("same_total_months", line, around):
        return None
    return {"count": str(count), "hours": h(line.amount)}


@rule
def over_commitment(line: Line, around: Around) -> Words:
    left = around.commitment_left
    if line.amount is None or left is None or line.amount <= max(Decimal(0), left):
        return None
    return {"left": h(max(Decimal(0), left)), "hours": h(line.amount)}


@rule
def modality_unknown(line: Line, around: Around) -> Words:
    if not around.known_modalities or line.modality in around.known_modalities:
        return None
    return {"modality": line.modality[:60], "known": ", ".join(sorted(around.known_modalities))}


@rule
def modality_not_accepted(line: Line, around: Around) -> Words:
    accepted = around.accepted_modalities
    if accepted is None or line.modality in accepted:
        return None
    # An unknown word has its own sentence.
    if around.known_modalities and line.modality not in around.known_modalities:
        return None
    return {"modality": line.modality[:60], "accepted": ", ".join(sorted(accepted)) or "aucune"}


@rule
def place_not_counted(line: Line, around: Around) -> Words:
    if around.places is None or line.place in around.places:
        return None
    return {"place": "hors du site" if line.place == "off_site" else "sur le site"}


@rule
def structure_without_convention(line: Line, around: Around) -> Words:
    if line.month is None or around.structure_convention is not False:
        return None
    return {"month": month_words(line.month)}


@rule
def declared_by_another(line: Line, around: Around) -> Words:
    if around.holders is None or line.declared_by in around.holders | around.subcontractors:
        return None
    return {"declared_by": line.declared_by[:60] or "cet organisme"}


@rule
def subcontractor_not_declared(line: Line, around: Around) -> Words:
    """A structure that does a part of the work is a subcontractor; one that only supplies people is not."""
    if line.modality != "sous-traitance" or around.holders is None:
        return None
    if line.employer in around.subcontractors:
        return None
    return {"employer": line.employer[:60] or "cette structure"}
