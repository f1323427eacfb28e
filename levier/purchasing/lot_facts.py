"""A lot in the words of the rule book: its facts for the levers, its need for the hours. Pure on loaded rows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from levier.purchasing.models import Lot, Purchase
from levier.reference.cpv import is_social_service
from levier.rulebook.calibration.lots import LotNeed
from levier.rulebook.levers import Facts
from levier.rulebook.programmes import UnknownProgramme, programme


def lot_facts(lot: Lot, *, siblings: Iterable[Lot] | None = None) -> Facts:
    """The facts the levers read; amounts on the whole need. Raises FactsError (French sentence).

    `siblings`: every present lot of the purchase, when loaded; otherwise one SQL query. The counts of
    suppliers and the hours are the caller's to add with `dataclasses.replace`.
    """
    purchase = lot.purchase
    lots = list(purchase.lots.present() if siblings is None else siblings)
    whole, largest = whole_amount(purchase, lots), whole_maximum(purchase, lots)
    facts = Facts(
        buyer_side=purchase.side,  # type: ignore[arg-type]
        buyer_kind=purchase.buyer_kind or None,  # type: ignore[arg-type]
        contract_kind=purchase.contract_kind or None,  # type: ignore[arg-type]
        need_amount_ht=_number(whole),
        lot_amount_ht=_number(lot.amount_ht),
        lot_count=len(lots) or None,
        launch_date=purchase.launch_on,
        duration_months=_number(lot.months or purchase.months),
        cpv=lot.cpv,
        is_social_service=_is_social(lot),
        is_framework=lot.is_framework,
        max_amount_ht=_number(largest),
        has_staff_takeover=bool(lot.takeover_hours) if lot.takeover_known else None,
        territory=departement_of(lot),
        is_concession=purchase.is_concession,
        is_defence=purchase.is_defence,
        programme=purchase.programme,
    )
    if lot.is_framework or largest is None or (whole is not None and whole >= largest):
        return facts
    # The thresholds are read on the whole need: the maximum of the other lots counts for this one too.
    return replace(facts, need_amount_ht=_number(largest))


def lot_need(lot: Lot, *, on: date) -> LotNeed:
    """What the calibration knows of the lot. `on`: today, used while no launch is planned."""
    purchase = lot.purchase
    months = _number(lot.months or purchase.months)
    weeks = _number(lot.weeks)
    if weeks is None and months is not None:
        weeks = weeks_of(months)
    posts = _number(lot.posts) if weeks else None
    return LotNeed(
        cpv=lot.cpv,
        on=purchase.launch_on or on,
        amount_ht=_number(lot.amount_ht),
        months=months,
        takeover_hours=_number(lot.takeover_hours),
        takeover_known=lot.takeover_known,
        is_framework=lot.is_framework,
        max_amount_ht=_number(lot.max_amount_ht),
        programme=purchase.programme or None,
        headcount=_number(lot.headcount),
        posts=posts,
        weeks=weeks if posts is not None else None,
        territory=departement_of(lot),
    )


def weeks_of(months: float) -> float:
    """The weeks of so many months."""
    return months * 52 / 12


def whole_amount(purchase: Purchase, lots: Iterable[Lot]) -> Decimal | None:
    """The estimate of the whole need: what the buyer says, else the sum of the lots when all are known."""
    if purchase.amount_ht is not None:
        return purchase.amount_ht
    amounts = [lot.amount_ht for lot in lots]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known and len(known) == len(amounts) else None


def whole_maximum(purchase: Purchase, lots: Iterable[Lot]) -> Decimal | None:
    """The maximum of the whole need; a lot without one counts for its estimate. None without a maximum."""
    rows = list(lots)
    if purchase.max_amount_ht is not None or not any(lot.max_amount_ht for lot in rows):
        return purchase.max_amount_ht
    return sum((lot.max_amount_ht or lot.amount_ht or Decimal() for lot in rows), Decimal())


def departement_of(lot: Lot) -> str:
    """The département of the lot, else of the purchase."""
    return lot.departement_code if lot.place_code else lot.purchase.departement_code


def programme_label(purchase: Purchase) -> str:
    """The programme in words; its key when the rule book no longer knows it, empty without one."""
    try:
        return programme(purchase.programme).label if purchase.programme else ""
    except UnknownProgramme:
        return purchase.programme


def _is_social(lot: Lot) -> bool | None:
    if lot.is_social_service is not None or not lot.cpv:
        return lot.is_social_service
    return is_social_service(lot.cpv)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
