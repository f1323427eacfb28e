"""The few conditions a criterion may set, each answered yes, no or « not known » from the facts at entry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from levier.rulebook.eligibility.facts import (
    ACCOMPANIMENTS,
    ALLOCATIONS,
    EMPLOYERS,
    SITUATIONS,
    Facts,
    Period,
)
from levier.rulebook.months import add_months, age_on, full_months

BOUNDS: Final = frozenset({"at_least", "at_most", "below"})
_LINE: Final = "__line__"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds (None: not known), with the words that say why or what to ask."""

    holds: bool | None
    words: str


Test = Callable[[Facts, Any], Answer]


def within(value: float, bounds: dict[str, Any]) -> bool:
    """Whether a value keeps to its bounds."""
    return (
        value >= bounds.get("at_least", value)
        and value <= bounds.get("at_most", value)
        and ("below" not in bounds or value < bounds["below"])
    )


def _yes_no(field: str, yes: str, no: str, question: str) -> Test:
    def test(facts: Facts, wanted: bool) -> Answer:
        value = getattr(facts, field)
        if value is None:
            return Answer(None, question)
        return Answer(value is wanted, yes if value else no)

    return test


def _among(field: str, labels: Mapping[str, str], none: str, question: str) -> Test:
    def test(facts: Facts, wanted: list[str]) -> Answer:
        value = getattr(facts, field)
        if value is None:
            return Answer(None, question)
        found = sorted(labels[one] for one in value & set(wanted))
        return Answer(bool(found), ", ".join(found) or none)

    return test


def _employer(facts: Facts, wanted: list[str]) -> Answer:
    if facts.employer is None:
        return Answer(None, "Qui emploie la personne, et quel est le type de cette structure ?")
    return Answer(facts.employer in wanted, f"employeur : {EMPLOYERS[facts.employer]}")


def _age(facts: Facts, bounds: dict[str, Any]) -> Answer:
    if facts.birth_on is None:
        return Answer(None, "Quelle est sa date de naissance ?")
    age = age_on(facts.birth_on, facts.entry_on)
    return Answer(within(age, bounds), f"{age} ans à l’entrée")


def _level(facts: Facts, bounds: dict[str, Any]) -> Answer:
    if facts.level is None:
        return Answer(None, "Quel est son niveau de diplôme ?")
    return Answer(within(facts.level, bounds), f"niveau {facts.level}")


def _out_of_school(facts: Facts, bounds: dict[str, Any]) -> Answer:
    if facts.out_of_school_on is None:
        return Answer(None, "Quand a-t-elle quitté l’école ou la formation ?")
    months = full_months(facts.out_of_school_on, facts.entry_on)
    return Answer(within(months, bounds), f"hors de l’école depuis {months} mois à l’entrée")


def _registered(facts: Facts, wanted: bool) -> Answer:
    if facts.registrations is None:
        return Answer(None, "Est-elle inscrite à France Travail, et depuis quand ?")
    running = any(_covers_entry(one, facts) for one in facts.registrations)
    return Answer(running is wanted, "inscrite à l’entrée" if running else "pas inscrite à l’entrée")


def _covers_entry(period: Period, facts: Facts) -> bool:
    """Registered on the day of entry, or until the day before: taking the job ends the registration."""
    eve = facts.entry_on - timedelta(days=1)
    return period.start <= facts.entry_on and (period.end is None or period.end >= eve)


def _registered_months(facts: Facts, bounds: dict[str, Any]) -> Answer:
    if facts.registrations is None:
        return Answer(None, "Depuis quand est-elle inscrite à France Travail ?")
    months = max(
        (full_months(one.start, facts.entry_on) for one in facts.registrations if _covers_entry(one, facts)),
        default=0,
    )
    words = f"inscrite sans interruption depuis {months} mois à l’entrée"
    if within(months, bounds):
        return Answer(True, words)
    wanted = bounds.get("at_least")
    # Twelve months over the last eighteen: some facilitators accept it, no text read says so. A person decides.
    if wanted and months < wanted and _spread_days(facts, 18) >= wanted * 30.4:
        return Answer(
            None, f"Son inscription a été interrompue : {wanted} mois sur les 18 derniers suffisent-ils ?"
        )
    return Answer(False, words)


def _spread_days(facts: Facts, months: int) -> int:
    """Days registered, in one or several times, over the months before the entry; a day counts once."""
    floor = add_months(facts.entry_on, -months)
    spans = sorted(
        (max(one.start, floor), min(one.end or facts.entry_on, facts.entry_on))
        for one in facts.registrations or ()
    )
    total, reached = 0, floor
    for start, end in spans:
        start = max(start, reached)
        if end > start:
            total += (end - start).days
            reached = end
    return total


CONDITIONS: Final[dict[str, Test]] = {
    "employer": _employer,
    "in_pathway": _yes_no(
        "in_pathway", "en parcours", "hors parcours", "Est-elle en parcours dans cette structure ?"
    ),
    "accompaniment": _among(
        "accompaniments", ACCOMPANIMENTS, "pas cet accompagnement", "Quel accompagnement suit-elle ?"
    ),
    "registered": _registered,
    "registered_months": _registered_months,
    "age": _age,
    "allocation": _among(
        "allocations",
        ALLOCATIONS,
        "pas cette allocation",
        "Quelles allocations touche-t-elle le jour de l’entrée ?",
    ),
    "rsa_dependant": _yes_no(
        "rsa_dependant",
        "ayant droit du RSA",
        "pas ayant droit du RSA",
        "Est-elle ayant droit d’un bénéficiaire du RSA ?",
    ),
    "boeth": _yes_no(
        "boeth",
        "titre de l’article L5212-13",
        "pas de titre L5212-13",
        "A-t-elle une RQTH ou un autre titre de l’article L5212-13 ?",
    ),
    "out_of_school_months": _out_of_school,
    "in_job_search": _yes_no(
        "in_job_search", "en recherche d’emploi", "pas en recherche", "Cherche-t-elle un emploi ?"
    ),
    "level": _level,
    "qpv": _yes_no(
        "qpv", "en QPV à l’entrée", "hors QPV", "Habite-t-elle un quartier prioritaire à l’entrée ?"
    ),
    "frr": _yes_no(
        "frr", "en zone FRR", "hors zone FRR", "Habite-t-elle une zone France ruralités revitalisation ?"
    ),
    "far_from_work": _yes_no(
        "far_from_work", "éloignée de l’emploi", "proche de l’emploi", "Est-elle éloignée de l’emploi ?"
    ),
    "situation": _among(
        "situations", SITUATIONS, "pas cette situation", "Une situation particulière est-elle attestée ?"
    ),
    "prescriber_diagnosis": _yes_no(
        "prescriber_diagnosis",
        "diagnostic fait",
        "pas de diagnostic",
        "Un prescripteur habilité a-t-il fait le diagnostic ?",
    ),
    "opinion": _yes_no(
        "opinion", "avis motivé reçu", "pas d’avis motivé", "Un organisme a-t-il donné un avis motivé ?"
    ),
}
_LISTED: Final[dict[str, Collection[str]]] = {
    "employer": EMPLOYERS,
    "accompaniment": ACCOMPANIMENTS,
    "allocation": ALLOCATIONS,
    "situation": SITUATIONS,
}
_BOUNDED: Final = frozenset({"age", "level", "registered_months", "out_of_school_months"})


def check_condition(name: str, wanted: Any) -> str:
    """What is wrong with a condition of a rule set, as a French sentence; empty when it is right."""
    if name not in CONDITIONS:
        return f"la condition « {name} » n’existe pas."
    if name in _LISTED:
        if not isinstance(wanted, list) or not wanted or set(wanted) - set(_LISTED[name]):
            return f"« {name} » demande une liste parmi : {', '.join(sorted(_LISTED[name]))}."
    elif name in _BOUNDED:
        bounds = set(wanted) - {_LINE} if isinstance(wanted, dict) else set()
        if (
            not bounds
            or bounds - BOUNDS
            or not all(isinstance(wanted[one], int) and not isinstance(wanted[one], bool) for one in bounds)
        ):
            return f"« {name} » demande des bornes entières ({', '.join(sorted(BOUNDS))})."
    elif not isinstance(wanted, bool):
        return f"« {name} » vaut true ou false."
    return ""
