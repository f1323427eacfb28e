"""From a need as understood to the form that publishes it."""

from typing import Any

from levier.dossier.need import Need
from levier.dossier.suppliers import sectors_wanted
from levier.purchasing.models import NeedScope
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
