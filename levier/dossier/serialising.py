"""The dossier as plain JSON values: the same document for the command line, the API and the export."""

from typing import Any

from levier.core.plain import plain
from levier.dossier.need import Need
from levier.dossier.result import Dossier, Shelf, SupplierLine
from levier.rulebook.levers import LeverAdvice


def as_json(dossier: Dossier) -> dict[str, Any]:
    """Every part of the dossier. Amounts in euros excluding tax, durations in months, distances in km."""
    calibration = dossier.calibration
    return {
        "need": need_as_json(dossier.need),
        "made_on": dossier.made_on.isoformat(),
        "answer": plain(dossier.answer),
        "lever": dossier.chosen.code if dossier.chosen else None,
        "levers": [_lever(advice) for advice in dossier.levers],
        "calibration": calibration.as_dict() if calibration else None,
        "suppliers": _suppliers(dossier),
        "questions": plain(dossier.questions),
        "facilitator": plain(dossier.facilitator),
        "similar_contracts": plain(dossier.similar_contracts),
        "clause": plain(dossier.clause),
        "next_steps": plain(dossier.next_steps),
        "warnings": list(dossier.warnings),
    }


def need_as_json(need: Need) -> dict[str, Any]:
    """The need as understood, and what was typed."""
    place = need.place
    return {
        "given": need.given.as_dict(),
        "object": need.object,
        "cpv": plain(need.cpv),
        "cpv_candidates": plain(need.cpv_candidates),
        "sector": {"slug": need.sector, "label": need.sector_label} if need.sector else None,
        "contract_kind": need.contract_kind,
        "place": {
            "kind": place.kind,
            "code": place.code,
            "name": place.name,
            "label": place.label,
            "departement": place.departement,
            "region": place.region,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "precision": place.precision,
        }
        if place
        else None,
        "place_candidates": [{"label": rival.label, "code": rival.code} for rival in need.place_candidates],
        "amount_ht": need.amount_ht,
        "max_amount_ht": need.max_amount_ht,
        "months": need.months,
        "is_framework": need.is_framework,
        "buyer_side": need.buyer_side,
        "buyer_kind": need.buyer_kind,
        "buyer_siren": need.buyer_siren,
        "inhabitants": need.inhabitants,
        "guests": need.guests,
        "posts": need.posts,
        "takeover_hours": need.takeover_hours,
        "programme": need.programme,
        "lot_count": need.lot_count,
        "launch_date": need.launch_date.isoformat(),
        "is_launch_assumed": need.is_launch_assumed,
        "starts_on": need.starts_on.isoformat() if need.starts_on else None,
    }


def _lever(advice: LeverAdvice) -> dict[str, Any]:
    return plain(advice) | {"is_retained": advice.is_retained}  # type: ignore[no-any-return]


def _suppliers(dossier: Dossier) -> dict[str, Any]:
    shelves = dossier.suppliers
    return {
        "total": shelves.total,
        "work": _lines(shelves.work),
        "people": _lines(shelves.people),
        "unknown": _lines(shelves.unknown),
        "counts": {
            shelf.code: {"total": shelf.total, "scope": shelf.scope, "note": shelf.note}
            for shelf in (shelves.work, shelves.people, shelves.unknown)
        },
        "reservation_hint": plain(shelves.hint),
        "is_demonstration": shelves.is_demonstration,
    }


def _lines(shelf: Shelf) -> list[dict[str, Any]]:
    return [_line(line) for line in shelf.lines]


def _line(line: SupplierLine) -> dict[str, Any]:
    card = line.card
    return {
        "key": card.key,
        "siret": card.siret,
        "name": card.display_name,
        "kind": card.kind.code,
        "kind_label": card.kind.name,
        "city": card.commune_name or card.city,
        "departement": card.departement_code,
        "distance_km": None if line.distance_km is None else round(line.distance_km, 1),
        "is_distance_rough": line.is_distance_rough,
        "sectors": [tag.label for tag in card.sectors],
        "activity": card.activity_status,
        "counts_for_clause": card.kind.counts_for_clause,
        "why": line.why,
        "phone": card.phone,
        "email": card.open_email,
        "website": card.website,
        "seen_on": card.seen_on.isoformat() if card.seen_on else None,
        "is_demo": card.is_demo,
    }
