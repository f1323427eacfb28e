"""The dossier of each lot of a purchase: the same answer as a need's, from the lot's own facts and need."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from levier.clauses.lot import hours_for_levers
from levier.dossier.composing import assemble
from levier.dossier.need import CpvChoice, Need, NeedInput
from levier.dossier.next_steps import assumed_launch, counted_back
from levier.dossier.result import Dossier
from levier.dossier.suppliers import SupplierFinder
from levier.purchasing.lot_facts import lot_facts, lot_need
from levier.purchasing.models import Lot
from levier.reference.cpv import detect_need_kind, is_social_service
from levier.reference.cpv.tables import cpv_labels
from levier.reference.places import Place
from levier.reference.queries import place_by_code
from levier.reference.sectors import sector_for_cpv
from levier.rulebook.calibration import CalibrationError, LotCalibration, lot_calibration
from levier.rulebook.levers import FactsError


@dataclass(frozen=True)
class LotDossier:
    """One lot and its answer; `problem` says in French why there is none."""

    lot: Lot
    dossier: Dossier | None
    problem: str = ""


def lot_dossiers(lots: Sequence[Lot], *, today: date) -> tuple[LotDossier, ...]:
    """The answer of every lot of one purchase; each lot comes with its purchase loaded."""
    return tuple(_answered(lot, lots, today) for lot in lots)


def _answered(lot: Lot, lots: Sequence[Lot], today: date) -> LotDossier:
    if lot.cpv not in cpv_labels():
        return LotDossier(
            lot, None, "Donnez le code CPV de ce lot : il dit le métier, donc le levier et les heures."
        )
    need = need_of_lot(lot, lot_count=len(lots), today=today)
    finder = SupplierFinder(need)
    reach = finder.reach()
    try:
        calibration = _calibrated(lot, need)
        facts = replace(
            lot_facts(lot, siblings=lots),
            launch_date=need.launch_date,
            hours=hours_for_levers(calibration),
            insertion_suppliers_in_reach=reach.insertion,
            handicap_suppliers_in_reach=reach.handicap,
        )
    except (CalibrationError, FactsError) as problem:
        return LotDossier(lot, None, str(problem))
    return LotDossier(lot, assemble(need, calibration, facts, finder, today=today))


def _calibrated(lot: Lot, need: Need) -> LotCalibration | None:
    """None while the amount that decides is missing."""
    if lot.amount_ht is None and not lot.is_framework:
        return None
    wanted = lot_need(lot, on=need.launch_date)
    return lot_calibration(**{name: getattr(wanted, name) for name in wanted.__slots__})


def need_of_lot(lot: Lot, *, lot_count: int, today: date) -> Need:
    """A lot as the dossier reads a need. The lot's CPV must be in the nomenclature."""
    purchase = lot.purchase
    choice = CpvChoice(lot.cpv, cpv_labels()[lot.cpv], 1.0, "donné par l’acheteur")
    found = sector_for_cpv(lot.cpv)
    need = Need(
        given=NeedInput(text=lot.title, cpv=lot.cpv),
        object=lot.title,
        cpv=choice,
        cpv_candidates=(),
        sector=found.slug if found else "",
        sector_label=found.label if found else "",
        contract_kind=purchase.contract_kind or detect_need_kind(lot.cpv),
        is_social_service=is_social_service(lot.cpv)
        if lot.is_social_service is None
        else lot.is_social_service,
        place=_place(lot),
        place_candidates=(),
        amount_ht=_number(lot.amount_ht),
        max_amount_ht=_number(lot.max_amount_ht),
        months=_number(lot.months or purchase.months),
        is_framework=lot.is_framework,
        buyer_side=purchase.side,  # type: ignore[arg-type]
        buyer_kind=purchase.buyer_kind or None,
        buyer_siren=purchase.organisation.siren or "",
        inhabitants=None,
        guests=None,
        posts=None if lot.posts is None else int(lot.posts),
        takeover_hours=(_number(lot.takeover_hours) or 0) if lot.takeover_known else None,
        programme=purchase.programme,
        lot_count=lot_count,
        launch_date=purchase.launch_on or assumed_launch(today),
        is_launch_assumed=purchase.launch_on is None,
        starts_on=lot.starts_on or purchase.starts_on,
    )
    return counted_back(need, today=today)


def _place(lot: Lot) -> Place | None:
    """The lot's own place, else the purchase's."""
    kind, code = lot.place_kind, lot.place_code
    if not code:
        kind, code = lot.purchase.place_kind, lot.purchase.place_code
    return place_by_code(kind, code) if code else None


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
