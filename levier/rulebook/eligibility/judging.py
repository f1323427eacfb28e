"""Judges one entry by one rule set: rule by rule, the proof that settles each, and until when. It proposes; people decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from levier.rulebook import parameters
from levier.rulebook.eligibility.conditions import CONDITIONS, Answer
from levier.rulebook.eligibility.facts import Change, EligibilityError, Facts, ProofSeen
from levier.rulebook.eligibility.sets import Criterion, Proof, RuleSet, proofs
from levier.rulebook.figures import counted
from levier.rulebook.months import add_months, last_day_of_window
from levier.rulebook.parameters import Parameter

State = Literal["met", "not_met", "unknown"]
ProofState = Literal["valid", "expired", "unchecked", "missing", "none_needed"]
Verdict = Literal["eligible", "proof_missing", "to_answer", "for_facilitator", "not_met"]

VERDICTS: Final[dict[Verdict, str]] = {
    "eligible": "Éligible",
    "proof_missing": "Éligible si la preuve est apportée",
    "to_answer": "À préciser",
    "for_facilitator": "Au facilitateur de décider",
    "not_met": "Aucun critère rempli",
}
# From the surest to the least sure: what makes one reason better than another, and one rule set speak before another.
_RANK: Final = {"valid": 0, "none_needed": 0, "unchecked": 1, "expired": 2, "missing": 3}


@dataclass(frozen=True, slots=True)
class ProofNeeded:
    """One document for one criterion, and where it stands. `valid_to`: last day it proves an entry, when there is one."""

    proof: Proof
    state: ProofState
    valid_to: date | None
    words: str


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """One criterion for one person. `questions` settle it when unknown; `proofs` is the group nearest to complete."""

    criterion: Criterion
    state: State
    because: str
    questions: tuple[str, ...]
    proofs: tuple[ProofNeeded, ...]
    proof_state: ProofState


@dataclass(frozen=True, slots=True)
class WindowFound:
    """The days during which hours count: first and last day, both included, and the parameter that gave the length."""

    first_day: date
    last_day: date
    months: Parameter
    start_event: str
    words: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule set says of an entry. `reason` is the criterion retained, or None.

    `eligible_until` is None unless a criterion is met. Frozen as the entry is: what happens later never changes it.
    """

    rule_set: RuleSet
    entry_on: date
    verdict: Verdict
    sentence: str
    reason: RuleOutcome | None
    rules: tuple[RuleOutcome, ...]
    window: WindowFound | None
    questions: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def eligible_until(self) -> date | None:
        """The last day included, or None."""
        return self.window.last_day if self.window else None

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must look before an hour counts."""
        return self.verdict != "eligible"

    def shown_to_others(self) -> dict[str, str | None]:
        """All that a buyer or a company may see: eligible or not yet, and until when. Never the reason."""
        until = self.eligible_until if self.verdict == "eligible" else None
        return {
            "verdict": "eligible" if until else "in_check",
            "eligible_until": until.isoformat() if until else None,
        }


def judge(facts: Facts, rules: RuleSet) -> Judgement:
    """Judge the entry described by `facts` by one rule set, from the situation of that day alone."""
    _check_proofs(facts)
    outcomes = tuple(_outcome(one, facts) for one in rules.criteria)
    reason, weighed = _retained(outcomes, rules, facts)
    verdict = _verdict(outcomes, reason, rules)
    window = window_for(facts, rules) if verdict in ("eligible", "proof_missing") else None
    notes = list(_notes(facts, rules, weighed))
    if window and facts.entry_on > window.last_day:
        # The window opened with an earlier hire and closed before this entry: a person says whether it opens again.
        verdict = "for_facilitator"
        notes.append(
            f"La fenêtre ouverte par la première embauche s’est fermée le {window.last_day:%d/%m/%Y}, avant cette entrée : "
            "le facilitateur dit si une nouvelle éligibilité s’ouvre."
        )
        window = None
    return Judgement(
        rule_set=rules,
        entry_on=facts.entry_on,
        verdict=verdict,
        sentence=_sentence(verdict, reason, window, rules),
        reason=reason,
        rules=outcomes,
        window=window,
        questions=_questions(outcomes) if verdict in ("to_answer", "for_facilitator", "not_met") else (),
        notes=tuple(notes),
    )


def judge_all(facts: Facts, sets: Iterable[RuleSet]) -> tuple[Judgement, ...]:
    """The same for several rule sets, in the order given."""
    return tuple(judge(facts, one) for one in sets)


def _check_proofs(facts: Facts) -> None:
    for seen in facts.proofs:
        if seen.kind not in proofs():
            raise EligibilityError(
                f"La preuve « {seen.kind} » n’est pas dans la bibliothèque ; preuves connues : {', '.join(proofs())}."
            )


def _outcome(criterion: Criterion, facts: Facts) -> RuleOutcome:
    answers = [CONDITIONS[name](facts, wanted) for name, wanted in criterion.when]
    state = _joined(answers)
    needed, proof_state = _best_group(criterion, facts)
    return RuleOutcome(
        criterion=criterion,
        state=state,
        because=" ; ".join(
            one.words for one in answers if one.holds is not None and (state != "not_met" or not one.holds)
        ),
        questions=tuple(one.words for one in answers if one.holds is None) if state == "unknown" else (),
        proofs=needed,
        proof_state=proof_state,
    )


def _joined(answers: list[Answer]) -> State:
    if any(one.holds is False for one in answers):
        return "not_met"
    return "unknown" if any(one.holds is None for one in answers) else "met"


def _best_group(criterion: Criterion, facts: Facts) -> tuple[tuple[ProofNeeded, ...], ProofState]:
    """The group of proofs nearest to complete, and the state of its weakest proof."""
    groups = [tuple(_proof(key, facts) for key in group) for group in criterion.proofs]
    if not groups:
        return (), "none_needed"

    def weakest(group: tuple[ProofNeeded, ...]) -> ProofState:
        return max((one.state for one in group), key=lambda state: _RANK[state])

    best = min(groups, key=lambda group: (_RANK[weakest(group)], sum(_RANK[one.state] for one in group)))
    return best, weakest(best)


def _proof(key: str, facts: Facts) -> ProofNeeded:
    proof = proofs()[key]
    seen = [_weighed(proof, one, facts.entry_on) for one in facts.proofs if one.kind == key]
    if not seen:
        return ProofNeeded(proof, "missing", None, f"{proof.label} : à demander à {proof.given_by}")
    return min(seen, key=lambda one: _RANK[one.state])


def _weighed(proof: Proof, seen: ProofSeen, entry: date) -> ProofNeeded:
    by = f", par {seen.seen_by}" if seen.seen_by else ""
    vu = f"vu le {seen.seen_on:%d/%m/%Y}{by}" if seen.seen_on else "pas encore vu"
    last = seen.valid_to
    if last is None and isinstance(proof.validity, int) and seen.issued_on is not None:
        last = add_months(seen.issued_on, proof.validity)
    state: ProofState = "valid"
    words = f"{proof.label}, {vu}"
    if last is not None and last < entry:
        state, words = "expired", f"{words} ; périmé depuis le {last:%d/%m/%Y}, à redemander"
    elif seen.issued_on is not None and seen.issued_on > entry and proof.validity != "standing":
        state, words = (
            "unchecked",
            f"{words} ; daté après l’entrée : vérifiez qu’il parle du jour de l’entrée",
        )
    elif last is None and proof.validity == "delivery" and seen.issued_on is None:
        state, words = "unchecked", f"{words} ; sans date de délivrance"
    elif last is None and isinstance(proof.validity, int):
        state, words = "unchecked", f"{words} ; sans date, sa validité ne peut être vérifiée"
    elif seen.seen_on is None:
        state, words = "unchecked", f"{words} : dites qui l’a vu et quand"
    return ProofNeeded(proof, state, last, words)


def _retained(
    outcomes: tuple[RuleOutcome, ...], rules: RuleSet, facts: Facts
) -> tuple[RuleOutcome | None, str]:
    """The criterion met that stands best, and what the second level says when it had to be weighed.

    The structure comes first, since it settles by itself; then the priority publics; then the surest proof.
    """
    met = [one for one in outcomes if one.state == "met" and one.criterion.decides != "facilitator"]
    enough = [one for one in met if one.criterion.level == 1]
    weighed = ""
    if not enough and rules.level_2_needed:
        second = [one for one in met if one.criterion.level == 2]
        needed = dict(rules.level_2_needed).get(facts.employer or "")
        if needed is None:
            weighed = f"{counted(len(second), 'critère')} de niveau 2 : le nombre demandé dépend du type de structure d’insertion."
        elif len(second) >= needed:
            # All the proofs of the level are needed: the weakest one speaks for them.
            kept = sorted(second, key=lambda one: _RANK[one.proof_state])[:needed]
            return kept[-1], f"{len(second)} critères de niveau 2 pour {needed} demandés ({facts.employer})."
        else:
            weighed = (
                f"{counted(len(second), 'critère')} de niveau 2 pour {needed} demandés ({facts.employer})."
            )
    if not enough:
        return None, weighed
    order = {one.criterion.key: rank for rank, one in enumerate(outcomes)}
    return min(
        enough,
        key=lambda one: (
            _RANK[one.proof_state],
            one.criterion.category != "structure",
            not one.criterion.priority,
            one.criterion.status != "confirmed",
            order[one.criterion.key],
        ),
    ), weighed


def _verdict(outcomes: tuple[RuleOutcome, ...], reason: RuleOutcome | None, rules: RuleSet) -> Verdict:
    if reason is not None:
        return "eligible" if reason.proof_state in ("valid", "none_needed") else "proof_missing"
    if any(one.state == "met" and one.criterion.decides == "facilitator" for one in outcomes):
        return "for_facilitator"
    if any(one.state == "unknown" and one.criterion.decides != "facilitator" for one in outcomes):
        return "to_answer"
    return "for_facilitator" if rules.is_open else "not_met"


def window_for(facts: Facts, rules: RuleSet) -> WindowFound:
    """From the first hire under a clause (or this entry), for the months of the dated parameter in force that day."""
    first = facts.entry_on
    rule = rules.window
    if rule.start_event == "first_clause_hire" and rule.carry_over and facts.first_clause_hire_on:
        first = facts.first_clause_hire_on
    months = parameters.get(rule.months, "", first)
    last = last_day_of_window(first, int(months.value))
    what = "la première embauche sous clause" if rule.start_event == "first_clause_hire" else "l’entrée"
    return WindowFound(
        first_day=first,
        last_day=last,
        months=months,
        start_event=rule.start_event,
        words=f"{int(months.value)} mois à partir de {what} ({first:%d/%m/%Y}) : jusqu’au {last:%d/%m/%Y} inclus",
    )


def _sentence(
    verdict: Verdict, reason: RuleOutcome | None, window: WindowFound | None, rules: RuleSet
) -> str:
    if verdict == "eligible" and reason and window:
        return f"Éligible jusqu’au {window.last_day:%d/%m/%Y} : {reason.criterion.label}."
    if verdict == "proof_missing" and reason:
        missing = [one.words for one in reason.proofs if one.state not in ("valid", "none_needed")]
        return f"{reason.criterion.label} : reste à prouver. {' ; '.join(missing)}."
    if verdict == "to_answer":
        return "Aucun critère n’est établi : des réponses manquent."
    if verdict == "for_facilitator":
        opening = (
            "La liste est ouverte" if rules.is_open else "Ce jeu de règles laisse la place à un avis motivé"
        )
        return f"{opening} : le facilitateur décide, avec ses raisons ; les heures attendent."
    return f"Aucun critère de « {rules.label} » n’est rempli ; la liste est fermée. Le facilitateur vérifie avant tout refus."


def _questions(outcomes: tuple[RuleOutcome, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for one in outcomes for text in one.questions))


def _notes(facts: Facts, rules: RuleSet, weighed: str) -> tuple[str, ...]:
    found = [rules.note] if rules.note else []
    if weighed:
        found.append(weighed)
    if rules.status != "confirmed":
        found.append(f"Cette version de « {rules.label} » est à confirmer : {rules.source}.")
    if rules.window.status != "confirmed":
        found.append(f"Durée à confirmer : {rules.window.source}.")
    found += [_change_words(one) for one in facts.changes]
    return tuple(found)


def _change_words(change: Change) -> str:
    return (
        f"{change.what} ({change.on:%d/%m/%Y}) : cela vient après l’entrée et ne change rien ; "
        "l’éligibilité s’apprécie à l’entrée."
    )
