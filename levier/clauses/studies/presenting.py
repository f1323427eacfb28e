"""A study as its page shows it: the last calculation, the scenarios side by side, limits, levers, choices."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from levier.clauses.models import ChoiceKind, LotChoice, RealisedLot, StudyVersion
from levier.clauses.studies import queries
from levier.clauses.studies.calculating import Calculated, calculate, kept
from levier.clauses.studies.landmarks import landmarks
from levier.clauses.studies.limiting import limits_of
from levier.clauses.studies.own_values import LABELS
from levier.core.typography import hours as in_hours
from levier.purchasing.lot_facts import departement_of, lot_facts
from levier.purchasing.models import Lot, PurchaseState
from levier.purchasing.queries import SimilarContract, similar_contracts
from levier.rulebook.calibration import CHOICES, CalibrationError, TraceLine, trade, trade_for_cpv
from levier.rulebook.calibration.judgement import jobs_over
from levier.rulebook.calibration.limits import Limit
from levier.rulebook.levers import Facts, HoursRange, LeverAdvice, levers_for

SIMILAR_CONTRACTS = 4
_FIELD_NAME = re.compile(r"Le champ «\s\w+\s» \(([^)]+)\)")
FIELD_LABELS = LABELS | {
    "method": "Méthode", "trade": "Métier", "rate": "Taux d’insertion", "amount_ht": "Montant du lot HT",
    "months": "Durée (mois)", "takeover_hours": "Heures à reprendre par mois",
    "total_hours": "Heures travaillées sur le lot", "headcount": "Emplois ouverts à l’insertion (ETP)",
    "posts": "Personnes sur place", "weeks": "Semaines sur place", "programme_part": "Règle du programme",
    "tranche_amount": "Une heure par tranche de (€ HT)", "trigger_amount": "Seuil de déclenchement (€ HT)",
    "retroactive": "Le seuil passé, les premiers euros comptent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyPage:
    """All that the page of a study shows. `shown`: the calculation in view, as plain values (`as_dict`);
    `problem`: why there is none, in one sentence. `other_takeover`: what the lot says otherwise of its staff;
    `jobs`: (full-time jobs, the months they last)."""

    shown: dict[str, Any] | None
    trace: tuple[TraceLine, ...]
    is_tried: bool
    problem: str
    other_takeover: str
    version: StudyVersion | None
    cost: queries.Cost | None
    jobs: tuple[float, float] | None
    scenarios: list[dict[str, Any]]
    removed: tuple[Any, ...]
    limits: tuple[Limit, ...]
    advices: tuple[LeverAdvice, ...]
    proposal: LotChoice | None
    decision: LotChoice | None
    is_signed: bool
    realised: list[RealisedLot]
    contracts: tuple[SimilarContract, ...]
    trade_label: str
    may_be_studied: bool
    may_be_signed: bool
    lots: tuple[tuple[Lot, str], ...]
    landmarks: tuple[str, ...]

    def next_lot(self, *, wanted: str) -> Lot | None:
        """The first lot that is not yet « proposed », or « signed »; None when all are."""
        reached = {"proposed", "signed"} if wanted == "proposed" else {"signed"}
        return next((lot for lot, state in self.lots if state not in reached), None)


def study_page(
    lot: Lot, *, tried: Calculated | None = None, scenario: int | None = None, today: date
) -> StudyPage:
    """The page of a lot; with `tried`, the calculation somebody just tried comes first.

    `scenario`: the one to show, by key, while the lot is studied.
    """
    lines = queries.scenarios_of(lot)
    siblings, all_choices = _with_choices(lot)
    choices = all_choices.get(lot.pk, {})
    proposal, decision = choices.get(ChoiceKind.PROPOSAL), choices.get(ChoiceKind.DECISION)
    is_studied = lot.purchase.state == PurchaseState.TO_STUDY
    version = _version_in_view(
        lines, proposal, scenario=scenario if is_studied else None, is_studied=is_studied
    )
    shown, given, problem, cost = _in_view(lot, tried, version, today)
    chosen = _trade_of(lot, shown)
    hours = float((shown or {}).get("range", {}).get("likely") or 0)
    own = queries.own_values_for(lot)
    return StudyPage(
        shown=shown,
        trace=trace_of(shown) if shown else (),
        is_tried=tried is not None,
        problem=problem,
        other_takeover=_other_takeover(lot, given),
        version=version,
        cost=cost,
        jobs=jobs_of(lot, shown, given),
        scenarios=queries.compared(lines),
        removed=tuple(lot.scenarios.exclude(removed_at=None)),
        limits=limits_of(lot, hours=hours, own=own, today=today, given=given),
        advices=levers_for(facts_in_view(lot, shown, given)),
        proposal=proposal,
        decision=decision,
        is_signed=queries.is_signed(choices),
        realised=_realised(lot, chosen),
        contracts=tuple(
            similar_contracts(
                text=lot.title, cpv=lot.cpv, departement=departement_of(lot), amount_ht=_amount(lot),
                limit=SIMILAR_CONTRACTS,
            )
        ),
        trade_label=chosen.label if chosen else "",
        may_be_studied=is_studied,
        may_be_signed=lot.purchase.state == PurchaseState.PROPOSED,
        lots=_states(siblings, all_choices),
        landmarks=landmarks(lot, on=today, given=given),
    )  # fmt: skip


def _in_view(
    lot: Lot, tried: Calculated | None, version: StudyVersion | None, today: date
) -> tuple[dict[str, Any] | None, Mapping[str, Any], str, queries.Cost | None]:
    """The calculation shown, the lot it was made with, why there is none, its cost: what was tried, saved, or a first look."""
    if tried is not None:
        return tried.result.as_dict(), kept(tried.need), "", _cost(tried)
    if version is not None:
        return version.result, version.given, "", queries.cost_of(version)
    try:
        found = calculate(lot, own=queries.own_values_for(lot), today=today)
    except CalibrationError as problem:
        return None, {}, on_a_page(problem), None
    return found.result.as_dict(), {}, "", _cost(found)


def on_a_page(problem: CalibrationError) -> str:
    """Its sentence without the name the field has in programs: « Le champ « montant HT » vaut… »."""
    return _FIELD_NAME.sub(r"Le champ « \1 »", str(problem))


def _cost(found: Calculated) -> queries.Cost | None:
    readings = [row.as_dict() for row in found.read]
    return queries.cost_of_hours(found.result.range.as_dict(), readings, amount_ht=found.need.amount_ht)


def jobs_of(
    lot: Lot, shown: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> tuple[float, float] | None:
    """The hours as full-time jobs over the length of the lot, and that length; None when one of them is not known."""
    fte, months = (shown or {}).get("fte"), given.get("months") or lot.months or lot.purchase.months
    return (jobs_over(float(fte), float(months)), float(months)) if fte and months else None


def _realised(lot: Lot, chosen: Any) -> list[RealisedLot]:
    if chosen is None:
        return []
    return queries.similar_realised(
        organisation=lot.purchase.facilitator or lot.purchase.organisation, trade=chosen, amount_ht=_amount(lot),
        departement_code=departement_of(lot),
    )  # fmt: skip


def _amount(lot: Lot) -> float | None:
    return float(lot.amount_ht) if lot.amount_ht else None


def lots_of(lot: Lot) -> tuple[tuple[Lot, str], ...]:
    """Every lot of the same purchase with its state, so that one goes from lot to lot."""
    return _states(*_with_choices(lot))


def _with_choices(lot: Lot) -> tuple[list[Lot], dict[int, dict[str, LotChoice]]]:
    siblings = list(lot.purchase.lots.present())
    return siblings, queries.last_choices(siblings)


def _states(lots: list[Lot], choices: Mapping[int, Mapping[str, LotChoice]]) -> tuple[tuple[Lot, str], ...]:
    return tuple((one, state_of(choices.get(one.pk, {}))) for one in lots)


def state_of(lot_choices: Mapping[str, LotChoice]) -> str:
    """« signed », « proposed », or nothing yet."""
    if queries.is_signed(dict(lot_choices)):
        return "signed"
    return "proposed" if queries.is_studied(dict(lot_choices)) else ""


def _version_in_view(
    lines: list[queries.ScenarioLine], proposal: LotChoice | None, *, scenario: int | None, is_studied: bool
) -> StudyVersion | None:
    """The scenario asked for; else the version proposed, unless a later one was saved since; else the last saved."""
    saved = [line.last for line in lines if line.last]
    asked = next((one for one in saved if one.scenario_id == scenario), None)
    newest = max(saved, key=lambda one: one.pk, default=None)
    if asked is not None or proposal is None or proposal.version is None:
        return asked or newest
    return newest if is_studied and newest and newest.at > proposal.at else proposal.version


def _other_takeover(lot: Lot, given: Mapping[str, Any]) -> str:
    """The sentence of a calculation whose staff to take over is not that of the lot; empty when they agree."""
    if not given or not lot.takeover_known:
        return ""
    said, supposed = float(lot.takeover_hours or 0), float(given.get("takeover_hours") or 0)
    if not given.get("takeover_known"):
        return f"Le lot a reçu sa réponse depuis ce calcul ({_staff(said)}) : refaites le calcul avant de proposer."
    if said == supposed:
        return ""
    return (
        f"Le lot dit : {_staff(said)}. Ce calcul suppose : {_staff(supposed)}. Le proposer corrigera le lot."
    )


def _staff(hours: float) -> str:
    return f"{in_hours(hours, 2)} par mois à reprendre" if hours else "personne à reprendre"


def _trade_of(lot: Lot, shown: Mapping[str, Any] | None) -> Any:
    try:
        return trade(shown["trade"]) if shown else trade_for_cpv(lot.cpv)
    except CalibrationError:
        return None


def facts_in_view(
    lot: Lot, shown: Mapping[str, Any] | None, given: Mapping[str, Any] = MappingProxyType({}), *,
    siblings: Sequence[Lot] | None = None,
) -> Facts:  # fmt: skip
    """The facts of the lot with the hours in view, as the levers read them; `siblings` as in `lot_facts`.

    `given`: the lot as the study in view keeps it. What it answers of the staff to take over counts for the
    levers and the texts, as it counts for the hours.
    """
    facts = lot_facts(lot, siblings=siblings)
    if given.get("takeover_known") or given.get("takeover_hours") is not None:
        facts = replace(facts, has_staff_takeover=bool(given.get("takeover_hours")))
    found = (shown or {}).get("range")
    if not found:
        return facts
    likely = found["likely"]
    if likely is None and (shown or {}).get("verdict") == "no_clause":
        likely = found["high"]
    if likely is None:
        return facts
    return replace(facts, hours=HoursRange(float(found["low"]), float(likely), float(found["high"])))


def trace_of(result: Mapping[str, Any]) -> tuple[TraceLine, ...]:
    """The lines of a kept result, their days as days."""
    return tuple(
        TraceLine(**line | {"date": date.fromisoformat(line["date"]) if line["date"] else None})
        for line in result.get("trace", [])
    )


def changes_of(version: StudyVersion) -> list[dict[str, Any]]:
    """What somebody changed in a study, in words."""
    shown = []
    for change in version.changes:
        value = change["value"]
        if change["name"] == "method":
            value = CHOICES.get(value, value)
        elif change["name"] == "trade":
            value = trade(value).label
        elif isinstance(value, bool):
            value = "oui" if value else "non"
        shown.append(
            {
                "label": FIELD_LABELS[change["name"]],
                "value": value,
                "is_share": change["name"] in {"rate", "labour_share"},
                "is_text": isinstance(value, str),
                "reason": change["reason"],
            }
        )
    return shown


def without_clause(lot: Lot) -> LotChoice | None:
    """The last word of the lot when it has no lever: the buyer's, else the proposal; None when it has one."""
    choices = queries.last_choices([lot]).get(lot.pk, {})
    last = choices.get(ChoiceKind.DECISION) or choices.get(ChoiceKind.PROPOSAL)
    return last if last is not None and not last.levers else None
