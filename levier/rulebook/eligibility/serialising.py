"""A judgement as plain values for JSON, and as lines of French."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from levier.rulebook.eligibility.judging import VERDICTS, Judgement, RuleOutcome
from levier.rulebook.figures import counted

_STATES = {"met": "rempli", "not_met": "non", "unknown": "à savoir"}


def as_dict(found: Judgement) -> dict[str, Any]:
    """Every rule with its source, proofs and questions; days in ISO form. Holds sensitive reasons: for the facilitator only."""
    window = found.window
    return {
        "rule_set": {
            "name": found.rule_set.name,
            "label": found.rule_set.label,
            "source": found.rule_set.source,
            "status": found.rule_set.status,
            "is_open": found.rule_set.is_open,
        },
        "entry_on": found.entry_on.isoformat(),
        "verdict": found.verdict,
        "sentence": found.sentence,
        "category": found.reason.criterion.category if found.reason else None,
        "reason": _rule(found.reason) if found.reason else None,
        "eligible_from": window.first_day.isoformat() if window else None,
        "eligible_until": window.last_day.isoformat() if window else None,
        "window": None
        if window is None
        else {
            "words": window.words,
            "start_event": window.start_event,
            "months": window.months.as_dict(),
        },
        "rules": [_rule(one) for one in found.rules],
        "questions": list(found.questions),
        "notes": list(found.notes),
        "shown_to_others": found.shown_to_others(),
    }


def _rule(one: RuleOutcome) -> dict[str, Any]:
    criterion = one.criterion
    return {
        "key": criterion.key,
        "label": criterion.label,
        "category": criterion.category,
        "level": criterion.level,
        "state": one.state,
        "because": one.because,
        "questions": list(one.questions),
        "proof_state": one.proof_state,
        "proofs": [
            {
                "key": need.proof.key,
                "label": need.proof.label,
                "state": need.state,
                "valid_to": need.valid_to.isoformat() if need.valid_to else None,
                "given_by": need.proof.given_by,
                "machine": need.proof.machine,
                "words": need.words,
            }
            for need in one.proofs
        ],
        "source": criterion.source,
        "dated": criterion.dated.isoformat(),
        "status": criterion.status,
        "sensitive": criterion.sensitive,
    }


def lines(found: Judgement) -> Iterator[str]:
    """The judgement as a facilitator reads it: the answer first, then the reason, what is missing, and each rule."""
    yield f"{found.rule_set.label} (version {found.rule_set.version}) : {VERDICTS[found.verdict].lower()}"
    yield f"  {found.sentence}"
    if found.window:
        yield f"  {found.window.words}"
    if found.reason:
        yield f"  Motif : {found.reason.criterion.label} ({found.reason.criterion.source})"
        for need in found.reason.proofs:
            yield f"  Preuve : {need.words}"
    for question in found.questions:
        yield f"  ? {question}"
    for one in found.rules:
        if one.state == "not_met":
            continue
        doubt = ", à confirmer" if one.criterion.status != "confirmed" else ""
        yield f"  [{_STATES[one.state]}] {one.criterion.label}{doubt}"
        if one.state == "unknown":
            wanted = " et ".join(need.proof.label for need in one.proofs)
            yield f"      preuve qui trancherait : {wanted}"
    set_aside = sum(one.state == "not_met" for one in found.rules)
    if set_aside:
        yield f"  {counted(set_aside, 'critère non rempli', plural='critères non remplis')}."
    for note in found.notes:
        yield f"  - {note}"
