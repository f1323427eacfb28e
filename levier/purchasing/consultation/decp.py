"""A consultation in the shape of published contracts (DECP): a list of contracts, or one contract with its lots."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import takewhile
from typing import Any

from levier.purchasing.actions import LotValues, PlaceValues
from levier.purchasing.consultation.draft import (
    ConsultationDraft,
    ReadLot,
    RefusedLine,
    UnreadableConsultationError,
)
from levier.purchasing.contracts import values as published
from levier.purchasing.contracts.anomalies import LABELS, Anomaly
from levier.purchasing.cpv_hint import proposed_cpv
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import Ccag, PlaceKind, Procedure
from levier.purchasing.places import place_values
from levier.reference.cpv import detect_need_kind
from levier.reference.cpv.tables import cpv_labels
from levier.reference.queries import place_by_code, place_finder

# What is absent of a consultation is no anomaly: the form asks for it.
_SILENT = frozenset({
    Anomaly.AMOUNT_MISSING, Anomaly.AMOUNT_AS_TEXT, Anomaly.CPV_EMPTY, Anomaly.MONTHS_MISSING,
    Anomaly.PLACE_MISSING,
})  # fmt: skip
# Words of the regulation → our keys; the most precise first.
_PROCEDURES = (
    ("sans publicité", Procedure.DIRECT), ("restreint", Procedure.RESTRICTED), ("appel d'offres", Procedure.OPEN),
    ("adaptée", Procedure.ADAPTED), ("négociation", Procedure.NEGOTIATED), ("négociée", Procedure.NEGOTIATED),
    ("dialogue", Procedure.DIALOGUE),
)  # fmt: skip
_CCAGS = (
    ("pas de ccag", Ccag.NONE), ("travaux", Ccag.WORKS), ("fournitures", Ccag.SUPPLIES_SERVICES),
    ("intellectuelles", Ccag.INTELLECTUAL), ("information", Ccag.IT), ("œuvre", Ccag.PROJECT_MANAGEMENT),
    ("oeuvre", Ccag.PROJECT_MANAGEMENT), ("industriels", Ccag.INDUSTRIAL),
)  # fmt: skip
_LEAST_PREFIX = 15


def read_contracts(content: object, name: str) -> ConsultationDraft:
    """The lots of a JSON file. Raises UnreadableConsultationError when it holds no contract."""
    contracts = _contracts(content)
    if not contracts:
        raise UnreadableConsultationError(
            f"« {name} » ne contient ni marché, ni liste de marchés au format des données essentielles (DECP)."
        )
    lots: list[ReadLot] = []
    refused: list[RefusedLine] = []
    for position, contract, parent in _lines(contracts):
        label = published.text(contract.get("objet") or contract.get("intitule"), [])[:120]
        try:
            values, notes = _lot(contract, parent)
        except RefusedError as problem:
            refused.append(RefusedLine(position, label, str(problem)))
        else:
            lots.append(ReadLot(position, values, notes))
    return ConsultationDraft("DECP", _purchase(contracts, lots), tuple(lots), tuple(refused))


def _contracts(content: object) -> list[Mapping[str, Any]]:
    """The contracts, wherever the publisher put them."""
    found = content
    for key in ("marches", "marche", "contrat-concession"):
        if isinstance(found, Mapping) and key in found:
            found = found[key]
    if isinstance(found, Mapping):
        found = [found] if {"objet", "lots", "codeCPV"} & set(found) else []
    return [one if isinstance(one, Mapping) else {} for one in found] if isinstance(found, list) else []


def _lines(
    contracts: list[Mapping[str, Any]],
) -> list[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """(where, the lot, the contract it inherits from)."""
    found: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
    for number, contract in enumerate(contracts, start=1):
        where = f"marché n° {number}"
        inner = contract.get("lots")
        if isinstance(inner, Mapping):
            inner = inner.get("lot", [])
        if isinstance(inner, list) and inner:
            found += [
                (f"{where}, lot n° {rank}", lot if isinstance(lot, Mapping) else {}, contract)
                for rank, lot in enumerate(inner, start=1)
            ]
        else:
            found.append((where, contract, {}))
    return found


def _lot(contract: Mapping[str, Any], parent: Mapping[str, Any]) -> tuple[LotValues, tuple[str, ...]]:
    anomalies: list[str] = []
    title = published.text(contract.get("objet") or contract.get("intitule"), anomalies, 200)
    if not title:
        raise RefusedError("L’objet est vide.")
    inherited = {**parent, **contract}
    # The amount of the whole is not that of one of its lots.
    amount, _ = published.amount(contract.get("montant"), anomalies)
    months = published.months(inherited.get("dureeMois"), anomalies)
    is_framework = _is_framework(inherited)
    values = LotValues(
        title=title,
        cpv=published.cpv(inherited.get("codeCPV"), cpv_labels(), anomalies),
        amount_ht=None if is_framework else amount,
        max_amount_ht=amount if is_framework else None,
        is_framework=is_framework,
        months=None if months is None else Decimal(months),
        place=_place(inherited.get("lieuExecution"), anomalies),
    )
    values.check()
    values, hint = proposed_cpv(values)
    notes = [LABELS[name] for name in dict.fromkeys(anomalies) if name not in _SILENT]
    if is_framework and amount is not None:
        notes.append(
            "Accord-cadre : le montant publié est pris comme maximum, l’estimation des commandes reste à dire."
        )
    return values, (*notes, *([hint] if hint else []))


def _is_framework(contract: Mapping[str, Any]) -> bool:
    techniques = contract.get("techniques") or {}
    said = [
        contract.get("nature"),
        techniques.get("technique") if isinstance(techniques, Mapping) else techniques,
    ]
    return "accord-cadre" in str(said).casefold()


def _place(said: object, anomalies: list[str]) -> PlaceValues:
    if not isinstance(said, Mapping):
        return PlaceValues()
    code, kind, departement = published.place(said.get("code"), said.get("typeCode"), anomalies)
    if not code:
        return PlaceValues()
    place = None
    if kind in {PlaceKind.COMMUNE, PlaceKind.ARRONDISSEMENT, PlaceKind.DEPARTEMENT, PlaceKind.REGION}:
        place = place_by_code(str(kind), code)
    if place is None and kind == PlaceKind.POSTAL_CODE:
        place = next((match.place for match in place_finder().find(code, limit=1)), None)
    if place is None and departement:
        place = place_by_code("departement", departement)
    return place_values(place) if place else PlaceValues()


def _purchase(contracts: list[Mapping[str, Any]], lots: list[ReadLot]) -> dict[str, Any]:
    """What all the contracts share, as the form starts."""
    first = contracts[0]
    titles = [published.text(one.get("objet"), [], 200) for one in contracts]
    shared = _shared_start(titles)
    found: dict[str, Any] = {
        "title": (shared if len(shared) >= _LEAST_PREFIX else titles[0])[:200],
        "reference": published.text(first.get("id"), [])[:60] if len(contracts) == 1 else "",
        "procedure": _key(first.get("procedure"), _PROCEDURES),
        "ccag": _key(first.get("ccag"), _CCAGS),
    }
    kinds = {detect_need_kind(lot.values.cpv) for lot in lots if lot.values.cpv}
    if len(kinds) == 1:
        found["contract_kind"] = kinds.pop()
    places = {lot.values.place.place_label for lot in lots}
    if len(places) == 1:
        found["place"] = places.pop()
    return {name: value for name, value in found.items() if value}


def _shared_start(titles: list[str]) -> str:
    """What all the titles begin with; the whole title when there is one."""
    if len(titles) == 1:
        return titles[0]
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*titles, strict=False))
    return "".join(letters[0] for letters in same).strip(" -–:,;.")


def _key(said: object, known: tuple[tuple[str, str], ...]) -> str:
    plain = published.text(said, []).casefold().replace("’", "'")
    return next((str(key) for word, key in known if word in plain), "") if plain else ""
