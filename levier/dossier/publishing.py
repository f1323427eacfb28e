"""From a need as understood to what it becomes: a need sent to suppliers, a purchase to study."""

from datetime import date
from decimal import Decimal
from typing import Any

from levier.dossier.need import Need
from levier.dossier.suppliers import sectors_wanted
from levier.purchasing.actions import LotValues, PlaceValues, PurchaseValues
from levier.purchasing.models import NeedScope, Procedure
from levier.purchasing.places import place_values
from levier.purchasing.prefill import band_of
from levier.reference.places import Place

# A whole building calls for every trade: the form has three, the buyer chooses.
_MOST_SECTORS = 3


def form_values(need: Need) -> dict[str, Any]:
    """What the form of a published need starts with; plain values, for the session."""
    sectors = sectors_wanted(need)
    sectors = sectors if len(sectors) <= _MOST_SECTORS else (need.sector,)
    return {
        "title": (need.object[:1].upper() + need.object[1:])[:160],
        "text": need.given.text.strip() or need.object,
        "cpv": need.cpv.code if need.cpv else "",
        "amount_band": str(band_of(need.amount_ht)),
        "starts_on": need.starts_on.isoformat() if need.starts_on else "",
        **{f"sector_{number}": slug for number, slug in enumerate(sectors, start=1)},
        **_area(need.place),
    }


def _area(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    if place.kind == "departement":
        return {"scope": str(NeedScope.DEPARTEMENTS), "departements": place.code}
    if place.kind == "region":
        return {"scope": str(NeedScope.REGIONS), "regions": [place.code]}
    if place.kind == "pays":
        return {"scope": str(NeedScope.FRANCE)}
    return {"scope": str(NeedScope.AROUND), "lieu": place.label, "rayon": 50}


def purchase_values(need: Need) -> tuple[PurchaseValues, LotValues]:
    """A purchase and its only lot from a need."""
    place = place_values(need.place) if need.place else PlaceValues()
    title = (need.object[:1].upper() + need.object[1:])[:200]
    known = need.takeover_hours is not None
    purchase = PurchaseValues(
        title=title,
        side=need.buyer_side,
        buyer_kind=need.buyer_kind or "",
        contract_kind=need.contract_kind or "",
        procedure=Procedure.CONCESSION if need.is_concession and need.buyer_side == "public" else "",
        amount_ht=_amount(need.amount_ht),
        max_amount_ht=_amount(need.max_amount_ht),
        launch_on=None if need.is_launch_assumed else need.launch_date,
        starts_on=need.starts_on,
        months=_amount(need.months, 1),
        place=place,
        programme=need.programme,
    )
    lot = LotValues(
        title=title,
        text=need.given.text.strip()[:5000],
        cpv=need.cpv.code if need.cpv else "",
        amount_ht=_amount(need.amount_ht),
        max_amount_ht=_amount(need.max_amount_ht) if need.is_framework else None,
        is_framework=need.is_framework,
        posts=_amount(need.posts, 1),
        takeover_known=known,
        takeover_hours=_amount(need.takeover_hours) or None if known else None,
    )
    return purchase, lot


def purchase_initial(values: PurchaseValues) -> dict[str, Any]:
    """The same, as the form of a purchase starts with it; plain values, for the session."""
    plain = {
        name: str(value) if isinstance(value, Decimal | date) else value
        for name, value in vars(values).items()
        if name != "place" and value is not None
    }
    return plain | {"place": values.place.place_label}


def _amount(value: float | None, decimals: int = 2) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)), decimals)
