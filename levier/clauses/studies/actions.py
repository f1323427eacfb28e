"""Writes of a study: scenarios, versions, proposals of the facilitator, decisions of the buyer, own values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from levier.accounts.models import User
from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import (
    ChoiceKind,
    LiveClause,
    LotChoice,
    OwnValue,
    RealisedLot,
    Scenario,
    StudyVersion,
)
from levier.clauses.recipes import is_only_reserved
from levier.clauses.studies.calculating import Calculated, Change, calculate, kept
from levier.clauses.studies.open_lots import tell_signed_lot
from levier.clauses.studies.own_values import check_own_value
from levier.clauses.studies.queries import own_values_for
from levier.core import audit
from levier.organisations.models import Organisation
from levier.purchasing.actions.lots import answer_takeover
from levier.purchasing.lot_facts import departement_of, lot_facts
from levier.purchasing.models import Lot, PurchaseState
from levier.rulebook import compatibility, derogations
from levier.rulebook.calibration import LotCalibration
from levier.rulebook.levers import levers_for

MOST_SCENARIOS = 8
LEAST_REASON = 10
FIRST_SCENARIO = "Proposition"
# A contract without a stated length is taken for a year when its clause weighs on a territory.
USUAL_MONTHS = 12


@transaction.atomic
def save_version(
    *, by: User, lot: Lot, scenario: Scenario | None = None, name: str = "", changes: Sequence[Change] = (),
    note: str = "",
) -> StudyVersion:  # fmt: skip
    """Calibrate the lot and keep it as the next version of a scenario: the one given, a new one of this name,
    or else the first of the lot.

    Every change of a value carries its reason. Raises StudyRefusedError, or CalibrationError naming the field.
    """
    _check_studied(lot)
    for change in changes:
        if len(change.reason.strip()) < LEAST_REASON:
            raise StudyRefusedError(
                "Dites en quelques mots pourquoi vous changez cette valeur : la raison reste avec l’étude."
            )
    if scenario is None:
        first = None if name.strip() else lot.scenarios.filter(removed_at=None).first()
        scenario = first or _new_scenario(lot, name.strip() or FIRST_SCENARIO)
    locked = Scenario.objects.select_for_update().get(pk=scenario.pk)
    if locked.removed_at or locked.lot_id != lot.pk:
        raise StudyRefusedError("Ce scénario a été retiré : ouvrez-en un autre.")
    found = calculate(lot, changes=changes, own=own_values_for(lot), today=timezone.localdate())
    number = (locked.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    made = StudyVersion.objects.create(
        scenario=locked, number=number, by=by, note=note.strip(), **columns_of(found)
    )
    if not lot.takeover_known:
        _answer_takeover(by, lot, made)
    audit.record(
        by=by.as_actor(), verb="clauses.save_version", object_type="lot", object_key=str(lot.pk),
        details={"version": made.pk},
    )  # fmt: skip
    return made


def columns_of(found: Calculated) -> dict[str, Any]:
    """What a version keeps of a calibration."""
    result: LotCalibration = found.result
    likely = result.range.likely
    return {
        "given": kept(found.need),
        "changes": [
            {"name": one.name, "value": one.value, "reason": one.reason.strip()} for one in found.changes
        ],
        "readings": [row.as_dict() for row in found.read],
        "result": result.as_dict(),
        "method": result.method,
        "method_version": result.calibration.method_version if result.calibration else "M0/1",
        "verdict": result.verdict,
        "hours_low": int(result.range.low),
        "hours_likely": None if likely is None else int(likely),
        "hours_high": int(result.range.high),
    }


def _new_scenario(lot: Lot, name: str) -> Scenario:
    if lot.scenarios.filter(removed_at=None).count() >= MOST_SCENARIOS:
        raise StudyRefusedError(f"{MOST_SCENARIOS} scénarios au plus par lot : retirez-en un.")
    if lot.scenarios.filter(removed_at=None, name=name[:80]).exists():
        raise StudyRefusedError(f"Un scénario s’appelle déjà « {name[:80]} » : donnez un autre nom.")
    return Scenario.objects.create(lot=lot, name=name[:80])


@transaction.atomic
def remove_scenario(*, by: User, scenario: Scenario) -> None:
    """Take a scenario out of the comparison; its versions stay. Raises StudyRefusedError when it is proposed."""
    _check_studied(scenario.lot)
    chosen = scenario.lot.choices.filter(kind=ChoiceKind.PROPOSAL).first()
    if chosen and chosen.version and chosen.version.scenario_id == scenario.pk:
        raise StudyRefusedError("Ce scénario est celui que vous proposez : proposez-en d’abord un autre.")
    scenario.removed_at = timezone.now()
    scenario.save(update_fields=["removed_at"])
    audit.record(
        by=by.as_actor(), verb="clauses.remove_scenario", object_type="lot", object_key=str(scenario.lot_id)
    )


@transaction.atomic
def restore_scenario(*, by: User, scenario: Scenario) -> None:
    """Put a removed scenario back, unless another took its name."""
    _check_studied(scenario.lot)
    if scenario.lot.scenarios.filter(removed_at=None, name=scenario.name).exists():
        raise StudyRefusedError(f"Un autre scénario s’appelle « {scenario.name} ».")
    scenario.removed_at = None
    scenario.save(update_fields=["removed_at"])
    audit.record(
        by=by.as_actor(), verb="clauses.restore_scenario", object_type="lot", object_key=str(scenario.lot_id)
    )


@dataclass(frozen=True, kw_only=True)
class ChoiceValues:
    """Levers with their hours, or no clause with its case and reasons. Hours in hours."""

    levers: tuple[str, ...] = ()
    hours: Decimal | None = None
    hours_per_100k: Decimal | None = None
    derogation: str = ""
    why_none: str = ""
    remark: str = ""
    version: StudyVersion | None = None


@transaction.atomic
def propose(*, by: User, lot: Lot, values: ChoiceValues) -> LotChoice:
    """The facilitator's proposal for a lot. Raises StudyRefusedError."""
    _check_studied(lot)
    made = _choose(by, lot, ChoiceKind.PROPOSAL, values)
    if values.version:
        _answer_takeover(by, lot, values.version)
    audit.record(
        by=by.as_actor(), verb="clauses.propose", object_type="lot", object_key=str(lot.pk),
        details={"choice": made.pk},
    )  # fmt: skip
    return made


def _answer_takeover(by: User, lot: Lot, version: StudyVersion) -> None:
    """Tell the lot what a study says of the staff to take over: the first answer, then the one proposed.

    A scenario that supposes something else of a lot already answered stays a supposition.
    """
    if not version.given.get("takeover_known"):
        return
    told = answer_takeover(by=by, lot=lot, hours=Decimal(str(version.given.get("takeover_hours") or 0)))
    lot.takeover_known, lot.takeover_hours = told.takeover_known, told.takeover_hours


@transaction.atomic
def decide(*, by: User, lot: Lot, values: ChoiceValues) -> LotChoice:
    """The buyer signs lever, hours or derogation for a lot. Raises StudyRefusedError.

    Only once the study was proposed. The signed hours then weigh on the territory for the next studies, and the lot
    is told to who sells once its consultation is published.
    """
    if lot.purchase.state not in {PurchaseState.PROPOSED, PurchaseState.DECIDED}:
        raise StudyRefusedError("La décision se signe une fois l’étude proposée, avant la publication.")
    made = _choose(by, lot, ChoiceKind.DECISION, values)
    _weigh(lot, made)
    tell_signed_lot(by=by.as_actor(), lot=lot, choice=made)
    audit.record(
        by=by.as_actor(), verb="clauses.decide", object_type="lot", object_key=str(lot.pk),
        details={"choice": made.pk},
    )  # fmt: skip
    return made


def _choose(by: User, lot: Lot, kind: ChoiceKind, values: ChoiceValues) -> LotChoice:
    _check_choice(lot, values)
    if is_only_reserved(values.levers):
        values = replace(values, hours=None, hours_per_100k=None)
    return LotChoice.objects.create(
        lot=lot, kind=kind, by=by, version=values.version, levers=list(values.levers), hours=values.hours,
        hours_per_100k=values.hours_per_100k, derogation=values.derogation, why_none=values.why_none.strip(),
        remark=values.remark.strip(),
    )  # fmt: skip


def _check_choice(lot: Lot, values: ChoiceValues) -> None:
    if values.version and values.version.scenario.lot_id != lot.pk:
        raise StudyRefusedError("Cette étude est celle d’un autre lot.")
    advices = {advice.code: advice for advice in levers_for(lot_facts(lot))}
    unknown = [code for code in values.levers if code not in advices]
    if unknown:
        raise StudyRefusedError(f"Le levier « {unknown[0]} » n’existe pas.")
    blocked = [pair for pair in compatibility.check_levers(values.levers) if pair.verdict == "block"]
    if blocked:
        raise StudyRefusedError(f"Ces leviers ne vont pas ensemble sur un même lot. {blocked[0].reason}")
    if values.levers:
        return
    if len(values.why_none.strip()) < LEAST_REASON:
        raise StudyRefusedError("Choisissez un levier, ou dites pourquoi le lot n’en a aucun.")
    duties = {advices[code].outcome for code in derogations.ARTICLES}
    # Not known to be due yet, a case may be given already: the duty may well be found later.
    if "required" in duties or (values.derogation and "to_answer" in duties):
        try:
            derogations.record(
                values.derogation, reasons=values.why_none, decided_on=timezone.localdate(),
                decided_by="acheteur", is_concession=lot.purchase.is_concession,
            )  # fmt: skip
        except derogations.DerogationError as problem:
            raise StudyRefusedError(str(problem)) from None
    elif values.derogation:
        raise StudyRefusedError("Sous les seuils, aucune dérogation n’est nécessaire : le motif suffit.")


def _weigh(lot: Lot, choice: LotChoice) -> None:
    start = lot.starts_on or lot.purchase.starts_on or lot.purchase.launch_on or timezone.localdate()
    months = lot.months or lot.purchase.months or USUAL_MONTHS
    weigh_on_territory(
        key=f"lot-{lot.pk}", buyer=lot.purchase.organisation, departement_code=departement_of(lot),
        hours=choice.hours or Decimal(), starts_on=start,
        ends_on=start + timedelta(days=round(float(months) * 365.25 / 12)),
    )  # fmt: skip


def weigh_on_territory(
    *, key: str, buyer: Organisation, departement_code: str, hours: Decimal, starts_on: date, ends_on: date
) -> None:
    """Say how many hours are due on a territory, for the next studies; no hours, or no territory, takes the line away.

    `key`: « lot-12 » from the signature to the contract, then the contract pushes its own hours and dates. The caller writes the
    audit event of what it does.
    """
    if hours <= 0 or not departement_code:
        LiveClause.objects.filter(key=key).delete()
        return
    LiveClause.objects.update_or_create(
        key=key,
        defaults={
            "organisation": buyer, "departement_code": departement_code, "hours": hours, "starts_on": starts_on,
            "ends_on": ends_on,
        },
    )  # fmt: skip


def _check_studied(lot: Lot) -> None:
    if lot.purchase.state != PurchaseState.TO_STUDY:
        raise StudyRefusedError("L’achat n’est plus à étudier : demandez à l’acheteur de rouvrir l’étude.")


@transaction.atomic
def keep_own_value(
    *, by: User, organisation: Organisation, name: str, key: str, reason: str, value: float | None,
    low: float | None = None, high: float | None = None, departement_code: str = "", valid_from: date | None = None,
    is_confirmed: bool = False,
) -> OwnValue:  # fmt: skip
    """Keep a structure's own value of the table; `value` None goes back to the national one.

    Raises StudyRefusedError for an unknown parameter, a value out of its bounds or a missing reason.
    """
    check_own_value(name, key, value, low, high, departement_code)
    if len(reason.strip()) < LEAST_REASON:
        raise StudyRefusedError("Dites d’où vient cette valeur : elle s’affiche à côté du chiffre.")
    made = OwnValue.objects.create(
        organisation=organisation, departement_code=departement_code, name=name, key=key, value=value, low=low,
        high=high, reason=reason.strip()[:300], is_confirmed=is_confirmed and value is not None,
        valid_from=valid_from or timezone.localdate(), by=by,
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="clauses.keep_own_value", object_type="organisation",
        object_key=str(organisation.pk), details={"value": made.pk},
    )  # fmt: skip
    return made


@transaction.atomic
def bring_realised_lots(
    *, by: User, organisation: Organisation, rows: Sequence[dict[str, Any]]
) -> tuple[int, int]:
    """Keep the lots a structure brings; one already known by its key is replaced. Returns (new, replaced)."""
    known = set(
        RealisedLot.objects.filter(
            organisation=organisation, key__in=[row["key"] for row in rows]
        ).values_list("key", flat=True)
    )
    RealisedLot.objects.bulk_create(
        [RealisedLot(organisation=organisation, **row) for row in rows],
        update_conflicts=True,
        unique_fields=["organisation", "key"],
        update_fields=[
            "title", "trade", "departement_code", "amount_ht", "months", "planned_hours", "done_hours",
            "worked_hours", "ended_on",
        ],
        batch_size=1_000,
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="clauses.bring_realised_lots", object_type="organisation",
        object_key=str(organisation.pk), details={"lots": len(rows)},
    )  # fmt: skip
    return len(rows) - len(known), len(known)
