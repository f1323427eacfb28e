"""Works out what the penalties of a contract would come to. It proposes with its trace; the buyer alone decides, after hearing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from levier.rulebook import parameters
from levier.rulebook.figures import counted, french_number
from levier.rulebook.parameters import Parameter
from levier.rulebook.penalties.terms import PenaltyError, PenaltyKind, PenaltyRule, PenaltyTerms
from levier.rulebook.working_days import working_days_between

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)
LABELS: Final[dict[PenaltyKind, str]] = {
    "hour": "Heures non réalisées",
    "proof_day": "Justificatifs en retard",
    "final_report_day": "Bilan final en retard",
    "meeting": "Absence à une réunion",
}
UNITS: Final[dict[PenaltyKind, str]] = {
    "hour": "h",
    "proof_day": "jour",
    "final_report_day": "jour",
    "meeting": "absence",
}
_EACH: Final[dict[PenaltyKind, str]] = {
    "hour": "heure", "proof_day": "jour", "final_report_day": "jour", "meeting": "absence",
}  # fmt: skip
REMINDER: Final = "Proposition de calcul : l’acheteur seul décide, après avoir entendu le titulaire et recueilli l’avis du facilitateur."


@dataclass(frozen=True, slots=True)
class Late:
    """Something owed on a day: a statement, a proof, the final report. `received_on` is None while it is missing."""

    what: str
    due_on: date
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What the buyer has decided already for one kind of penalty, applied or waived: hours, days or absences, in all; up to which day."""

    quantity: Decimal
    until: date


@dataclass(frozen=True, slots=True)
class Default:
    """What happened, on the day it is looked at (`on`). Hours are figures of the ledger.

    `hours_questioned` wait for a person and are not held against the contractor. `hours_not_attributable`: those that failed
    without its doing (no candidate presented, stopped site), with `not_attributable_reason`. `all_means_shown`: None while
    nobody has said. `notice_until`: the last day the notice leaves to answer. `applied_before`: penalties already applied, that
    count under the cap; `decided`: by kind, what they were for, not counted again. `cap_base_amount_ht` in euros.
    """

    on: date
    hours_due: Decimal = ZERO
    hours_done: Decimal = ZERO
    hours_questioned: Decimal = ZERO
    hours_not_attributable: Decimal = ZERO
    not_attributable_reason: str = ""
    notice_on: date | None = None
    notice_until: date | None = None
    proofs: tuple[Late, ...] = ()
    final_report: Late | None = None
    meetings_missed: int = 0
    all_means_shown: bool | None = None
    applied_before: Decimal = ZERO
    decided: Mapping[PenaltyKind, Decided] = field(default_factory=dict)
    cap_base_amount_ht: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PenaltyLine:
    """One penalty worked out: `quantity` × `unit_amount` = `amount`, euros to the cent; 0 with `blocked_by` when it cannot run yet."""

    kind: PenaltyKind
    label: str
    quantity: Decimal
    unit_amount: Decimal
    amount: Decimal
    blocked_by: str
    trace: tuple[str, ...]
    reference: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the penalties would come to, with the way there. `before_cap`, `cap` and `total` in euros; `cap` None when there is none.

    `waived_by`: why nothing is proposed though the contract would allow it. `questions` are to answer before deciding.
    """

    lines: tuple[PenaltyLine, ...]
    before_cap: Decimal
    cap: Decimal | None
    total: Decimal
    waived_by: str
    questions: tuple[str, ...]
    trace: tuple[str, ...]
    reminder: str = REMINDER


def propose(terms: PenaltyTerms, default: Default) -> Proposal:
    """Work out each penalty of the contract, then the excuse and the cap. Raises PenaltyError for figures that cannot be."""
    _check(default)
    questions: list[str] = []
    lines = tuple(line for rule in terms.rules if (line := _line(rule, default, questions)) is not None)
    before_cap = sum((one.amount for one in lines), ZERO)
    trace = [f"{one.label} : {_euros(one.amount)}" for one in lines]
    waived = ""
    if before_cap and terms.excuse_all_means:
        if default.all_means_shown:
            waived = "Le titulaire a montré qu’il a mis en œuvre tous les moyens : le contrat écarte les pénalités."
        elif default.all_means_shown is None:
            questions.append(
                "Le titulaire montre-t-il qu’il a mis en œuvre tous les moyens ? Le contrat l’excuse alors."
            )
    cap = _cap(terms, default, before_cap, questions)
    total = ZERO if waived else before_cap
    if cap is not None and total > cap:
        trace.append(f"Plafond : {_euros(cap)}")
        total = cap
    if before_cap and terms.is_optional:
        trace.append("Le contrat dit que l’acheteur « peut » appliquer ces pénalités.")
    trace.append(f"Proposé : {_euros(total)}")
    return Proposal(lines, before_cap, cap, total, waived, tuple(questions), tuple(trace))


def _check(default: Default) -> None:
    for what, value in (
        ("heures dues", default.hours_due),
        ("heures faites", default.hours_done),
        ("heures en question", default.hours_questioned),
        ("heures non imputables", default.hours_not_attributable),
        ("pénalités déjà appliquées", default.applied_before),
        ("base du plafond", default.cap_base_amount_ht or ZERO),
        ("absences", Decimal(default.meetings_missed)),
    ):
        if not value.is_finite() or value < 0:
            raise PenaltyError(
                f"Calcul des pénalités, {what} : donnez un nombre à partir de zéro, pas « {value} »."
            )
    if default.hours_not_attributable and not default.not_attributable_reason.strip():
        raise PenaltyError("Des heures sont dites non imputables au titulaire : écrivez pourquoi.")
    for one in (*default.proofs, *((default.final_report,) if default.final_report else ())):
        if one.received_on is not None and one.received_on > default.on:
            raise PenaltyError(
                f"« {one.what} » : reçu le {one.received_on:%d/%m/%Y}, après le jour du calcul ({default.on:%d/%m/%Y})."
            )


def _line(rule: PenaltyRule, default: Default, questions: list[str]) -> PenaltyLine | None:
    """The line of one rule; None when there is nothing against the contractor."""
    quantity, trace = _quantity(rule, default)
    if not quantity:
        return None
    blocked = _blocked(rule, default)
    unit, reference, words = _unit(rule, default.on, questions)
    trace.append(words)
    if reference is None and rule.multiple is not None:
        blocked = blocked or "La référence de cette année-là n’est pas connue."
    amount = ZERO if blocked else (quantity * unit).quantize(CENT, ROUND_HALF_UP)
    if blocked:
        trace.append(blocked)
    else:
        trace.append(f"{_in_units(rule, quantity)} × {_euros(unit)} = {_euros(amount)}")
    if rule.kind == "hour" and default.hours_questioned:
        questions.append(
            f"{_h(default.hours_questioned)} attendent l’avis du facilitateur : elles ne sont pas comptées contre le titulaire ; "
            "tranchez-les d’abord."
        )
    return PenaltyLine(rule.kind, LABELS[rule.kind], quantity, unit, amount, blocked, tuple(trace), reference)


def _quantity(rule: PenaltyRule, default: Default) -> tuple[Decimal, list[str]]:
    if rule.kind == "hour":
        return _missing_hours(default)
    decided = default.decided.get(rule.kind)
    if rule.kind == "meeting":
        if decided is None:
            return Decimal(default.meetings_missed), []
        left = max(ZERO, default.meetings_missed - decided.quantity)
        return left, [
            counted(
                float(decided.quantity),
                "absence déjà décidée, non recomptée",
                plural="absences déjà décidées, non recomptées",
            )
        ]
    owed = (
        default.proofs
        if rule.kind == "proof_day"
        else ((default.final_report,) if default.final_report else ())
    )
    total, trace = ZERO, []
    if decided:
        trace.append(f"Jours jusqu’au {decided.until:%d/%m/%Y} déjà décidés, non recomptés")
    for one in owed:
        late = _late_days(rule, one, default)
        if late:
            until = f"reçu le {one.received_on:%d/%m/%Y}" if one.received_on else "toujours attendu"
            trace.append(f"{one.what} : dû le {one.due_on:%d/%m/%Y}, {until}, {counted(late, 'jour')}")
            total += late
    return total, trace


def _in_units(rule: PenaltyRule, quantity: Decimal) -> str:
    return _h(quantity) if rule.kind == "hour" else counted(float(quantity), UNITS[rule.kind])


def _missing_hours(default: Default) -> tuple[Decimal, list[str]]:
    trace = [f"Dues {_h(default.hours_due)}, faites {_h(default.hours_done)}"]
    missing = default.hours_due - default.hours_done
    decided = default.decided.get("hour")
    for hours, words in (
        (default.hours_questioned, "en question, non comptées contre le titulaire"),
        (default.hours_not_attributable, f"non imputables au titulaire : {default.not_attributable_reason}"),
        (decided.quantity if decided else ZERO, "déjà décidées, non recomptées"),
    ):
        if hours:
            missing -= hours
            trace.append(f"{_h(hours)} {words}")
    missing = max(ZERO, missing)
    trace.append(f"Manquent {_h(missing)}")
    return missing, trace


def _late_days(rule: PenaltyRule, owed: Late, default: Default) -> int:
    """Days after the due day, or after the notice and its grace when the contract asks for one, up to the reception."""
    start = owed.due_on
    if rule.requires_notice:
        if default.notice_on is None:
            # Shown, with what blocks it: the days would run from the notice.
            start = owed.due_on
        else:
            start = max(start, default.notice_on + timedelta(days=rule.grace_days))
    else:
        start += timedelta(days=rule.grace_days)
    if decided := default.decided.get(rule.kind):
        start = max(start, decided.until)
    end = owed.received_on or default.on
    if end <= start:
        return 0
    return working_days_between(start, end) if rule.days == "working" else (end - start).days


def _blocked(rule: PenaltyRule, default: Default) -> str:
    if not rule.requires_notice:
        return ""
    if default.notice_on is None:
        return "Le contrat demande une mise en demeure : envoyez-la d’abord."
    ends = default.notice_on + timedelta(days=rule.grace_days)
    ends = max(ends, default.notice_until or ends)
    if default.on <= ends:
        return f"La mise en demeure court jusqu’au {ends:%d/%m/%Y} : rien n’est dû avant."
    return ""


def _unit(rule: PenaltyRule, on: date, questions: list[str]) -> tuple[Decimal, Parameter | None, str]:
    if rule.amount is not None:
        return rule.amount, None, f"Montant du contrat : {_euros(rule.amount)}"
    multiple = rule.multiple or ZERO
    try:
        reference = parameters.get(rule.reference, rule.reference_key, on)
    except parameters.UnknownParameter as problem:
        questions.append(f"Quelle est la valeur de la référence ? {problem}")
        return ZERO, None, f"Référence inconnue au {on:%d/%m/%Y}"
    unit = (multiple * Decimal(str(reference.value))).quantize(CENT, ROUND_HALF_UP)
    doubt = "" if reference.is_confirmed else ", à confirmer"
    return (
        unit,
        reference,
        f"{french_number(float(multiple), 2)} × {reference.label} ({_euros(Decimal(str(reference.value)))}{doubt}) = {_euros(unit)}",
    )


def in_words(rule: PenaltyRule, on: date) -> str:
    """One penalty as a letter writes it, at the value of its reference that day: « Heures non réalisées, par h : 2 × … = 58 € »."""
    said = _euros(rule.amount) if rule.amount is not None else _unit(rule, on, [])[2]
    grace = (
        f", {rule.grace_days} jours après la mise en demeure"
        if rule.requires_notice and rule.grace_days
        else ""
    )
    return f"{LABELS[rule.kind]}, par {_EACH[rule.kind]} : {said}{grace}"


def _cap(terms: PenaltyTerms, default: Default, amount: Decimal, questions: list[str]) -> Decimal | None:
    """What is still open under the global cap; None when the contract has none or its base is not known."""
    if terms.cap_rate is None:
        return None
    if default.cap_base_amount_ht is None:
        if amount:
            questions.append(
                f"Quel est le montant qui sert de base au plafond ({terms.cap_base or 'à préciser'}) ?"
            )
        return None
    ceiling = (terms.cap_rate * default.cap_base_amount_ht).quantize(CENT, ROUND_HALF_UP)
    return max(ZERO, ceiling - default.applied_before)


def _h(hours: Decimal) -> str:
    return f"{french_number(float(hours), 2)} h"


def _euros(amount: Decimal) -> str:
    text = french_number(float(amount), 2)
    # Cents are written whole: « 45 986,80 € ».
    return f"{text}0 €" if text[-2:-1] == "," else f"{text} €"
