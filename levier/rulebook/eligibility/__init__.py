"""Who may do the hours of a clause: dated rule sets applied to the situation at entry, rule by rule, with its proof."""

from levier.rulebook.eligibility.facts import (
    EMPLOYERS,
    Change,
    EligibilityError,
    Facts,
    Period,
    ProofSeen,
    facts_from,
    read_facts,
)
from levier.rulebook.eligibility.judging import (
    VERDICTS,
    Judgement,
    RuleOutcome,
    judge,
    judge_all,
    window_for,
)
from levier.rulebook.eligibility.serialising import as_dict, lines
from levier.rulebook.eligibility.sets import (
    CATEGORIES,
    Criterion,
    Proof,
    RuleSet,
    Window,
    load_set,
    proofs,
    rule_set,
    set_keys,
    set_labels,
    use_own_sets,
)

__all__ = [
    "CATEGORIES",
    "EMPLOYERS",
    "VERDICTS",
    "Change",
    "Criterion",
    "EligibilityError",
    "Facts",
    "Judgement",
    "Period",
    "Proof",
    "ProofSeen",
    "RuleOutcome",
    "RuleSet",
    "Window",
    "as_dict",
    "facts_from",
    "judge",
    "judge_all",
    "lines",
    "load_set",
    "proofs",
    "read_facts",
    "rule_set",
    "set_keys",
    "set_labels",
    "use_own_sets",
    "window_for",
]
