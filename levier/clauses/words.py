"""Owns the turning of a buyer's choices and of the facts of a need into the French words of a text."""

import re
from collections.abc import Mapping

from levier.clauses.general_conditions import general_conditions
from levier.clauses.rules import MARK
from levier.clauses.values import ClauseValues
from levier.core.typography import NARROW, apostrophes, counted, day, euros, figure, percent
from levier.rulebook import parameters
from levier.rulebook.levers import Facts
from levier.rulebook.levers.facts import OVERSEAS_NAMES
from levier.rulebook.levers.thresholds_of import direct_purchase_thresholds, eu_thresholds
from levier.rulebook.programmes import UnknownProgramme, programme
from levier.rulebook.thresholds import threshold

_PHONE = re.compile(r"\b0\d(?: \d\d){4}\b")
_AMOUNTS = ("penalty_hour", "penalty_proof", "penalty_final_report", "penalty_meeting", "penalty_action")
_HOURS = ("hours", "takeover_hours", "tranche_hours", "annual_hours")
_SHARES = (
    "criterion_weight",
    "criterion_tasks",
    "criterion_support",
    "criterion_training",
    "criterion_outcome",
    "criterion_price",
    "penalty_cap_rate",
)
_TEXTS = (
    "buyer",
    "object",
    "lot",
    "operation",
    "territory",
    "contact",
    "facilitator",
    "tasks",
    "penalty_cap_base",
    "penalty_optional",
    "social_condition",
    "separable_part",
    "insurance",
    "same_purchases",
    "choice_reason",
    "reason_of_lever",
    "reason_of_lot",
    "last_purchase",
    "derogation",
    "concession_reserved_to",
    "ccag_insertion_article",
    "ccag_penalty_article",
    "ccag_termination_article",
)
_DATES = ("start", "end", "answer_deadline")


def filled(
    values: ClauseValues,
    facts: Facts,
    *,
    is_mandatory: bool,
    is_per_amount: bool = False,
    is_upkeep: bool = False,
) -> dict[str, str]:
    """The fields of the texts as French words; a field left out or empty is still to fill.

    `is_upkeep`: of a programme, the share asked of the upkeep of a district, not of its works.
    `is_per_amount`: the hours follow the amounts invoiced. Every document must count them the same way.
    """
    words: dict[str, str] = {name: apostrophes(_PHONE.sub(_whole, getattr(values, name))) for name in _TEXTS}
    for names, write in ((_DATES, day), (_HOURS, _hours), (_SHARES, percent), (_AMOUNTS, euros)):
        words |= {
            name: write(getattr(values, name))  # type: ignore[operator]
            for name in names
            if getattr(values, name) is not None
        }
    if values.tranche_amount_ht is not None:
        words["tranche_amount"] = f"{euros(values.tranche_amount_ht)} HT"
    if values.headcount is not None:
        words["headcount"] = counted(values.headcount, "emploi", decimals=1)
    if values.penalty_notice_days:
        words["penalty_notice_days"] = counted(values.penalty_notice_days, "jour")
    if values.eligibility_months:
        words["eligibility_months"] = f"{values.eligibility_months} mois"
    words |= _of_the_lot(values, words)
    words["suppliers"] = ", ".join(values.suppliers)
    words["hours_commitment"] = _commitment(values, is_per_amount=is_per_amount)
    if values.hours:
        weeks = max(1, round(values.hours / parameters.get("weekly_hours").value))
        words["hours_weeks"] = counted(weeks, "semaine")
    if chosen := general_conditions().get(values.ccag):
        words["ccag_name"] = chosen.label
        words["ccag_insertion_article"] = values.ccag_insertion_article or chosen.insertion
        words["ccag_termination_article"] = values.ccag_termination_article or chosen.termination
    words["trigger_sentence"] = _trigger(values)
    basis = ("les articles", "des articles") if is_mandatory else ("l’article", "de l’article")
    articles = "L2112-2 et L2112-2-1" if is_mandatory else "L2112-2"
    words |= {"legal_basis": f"{basis[0]} {articles}", "of_legal_basis": f"{basis[1]} {articles}"}
    # The number of the concessions' duty is not confirmed: only its note quotes it.
    words |= {"concession_basis": "l’article L3114-2", "of_concession_basis": "de l’article L3114-2"}
    return words | _of_the_rules(facts) | _of_the_programme(values, facts, is_upkeep=is_upkeep)


def _of_the_lot(values: ClauseValues, words: Mapping[str, str]) -> dict[str, str]:
    """What a lot buys, where, and from whom it takes staff over; the whole contract when nobody split it."""
    found = {"overseas": words["territory"], "support": words["object"]}
    if values.takeover_hours is not None:
        hours = words["takeover_hours"]
        found["takeover_answer"] = f"oui, {hours} par mois" if values.takeover_hours else "non"
    if values.is_unsplit:
        # Only a text an organisation wrote itself still asks for it.
        found["lot"] = "l’ensemble du marché"
    elif values.lot_title:
        found["support"] = apostrophes(values.lot_title)
    return found


def _of_the_rules(facts: Facts) -> dict[str, str]:
    words = {
        "cdi_months": f"{figure(float(parameters.get('cdi_count_months').value))} mois",
        "youth_share": percent(threshold("overseas_youth_share").value),
        "reservation_share": percent(_reservation_share()),
    }
    if facts.need_amount_ht is not None:
        words["amount"] = f"{euros(facts.need_amount_ht)} HT"
    for name, rows in (
        ("direct_threshold", direct_purchase_thresholds(facts)),
        ("eu_threshold", eu_thresholds(facts)),
    ):
        found = {row.value for row in rows}
        if len(found) == 1:
            words[name] = f"{euros(found.pop())} HT"
    if facts.territory in OVERSEAS_NAMES:
        # The law speaks of the whole territory: the town of the worksite would be a local preference.
        words["overseas"] = OVERSEAS_NAMES[facts.territory]
    if facts.youth_unemployment_ratio is not None:
        words["youth_ratio"] = f"{figure(facts.youth_unemployment_ratio, 2)} fois"
    return words


def _of_the_programme(values: ClauseValues, facts: Facts, *, is_upkeep: bool) -> dict[str, str]:
    """The programme's name and its dated share, unless the buyer chose another one."""
    if not facts.programme:
        return {}
    try:
        found = programme(facts.programme)
    except UnknownProgramme:
        return {"name_of_programme": facts.programme}
    words = {"name_of_programme": found.label, "publics_of_programme": found.publics}
    if values.programme_rate is not None:
        return words | {"rate_of_programme": percent(values.programme_rate)}
    try:
        part = "gup" if is_upkeep and any(rule.part == "gup" for rule in found.rules) else "works"
        rate = found.rule(part).rate(facts.launch_date)
    except UnknownProgramme:
        return words
    mark = "" if rate.status == "confirmed" else f" {MARK}"
    return words | {"rate_of_programme": percent(float(rate.value)) + mark}


def _reservation_share() -> float:
    return threshold("reservation_share", reservation="L2113-13").value


def _whole(match: re.Match[str]) -> str:
    """A telephone number stays on one line."""
    return match.group(0).replace(" ", NARROW)


def _hours(value: float) -> str:
    return f"{figure(value, 2)} h"


def _commitment(values: ClauseValues, *, is_per_amount: bool) -> str:
    if is_per_amount:
        if values.tranche_hours is None or values.tranche_amount_ht is None:
            return ""
        return (
            f"{_hours(values.tranche_hours)} d’insertion par tranche de "
            f"{euros(values.tranche_amount_ht)} HT facturée{_from(values)}"
        )
    return "" if values.hours is None else f"{_hours(values.hours)} d’insertion"


def _from(values: ClauseValues) -> str:
    return f", à partir de {euros(values.trigger_amount_ht)} HT" if values.trigger_amount_ht else ""


def _trigger(values: ClauseValues) -> str:
    if values.trigger_amount_ht is None:
        return ""
    if values.trigger_amount_ht == 0:
        return "L’engagement commence dès la première commande."
    start = f"L’engagement commence quand le total facturé atteint {euros(values.trigger_amount_ht)} HT"
    if values.is_trigger_retroactive is None:
        # Contracts read on this point leave it open, and a dispute follows: the buyer has to say.
        return ""
    if values.is_trigger_retroactive:
        return f"{start} ; il porte alors sur tout le montant facturé depuis le début."
    return f"{start} ; il ne porte que sur les montants facturés au-delà."
