"""The daily JSON of FINESS+: each legal body (pmej) holds its places (ege); one row per place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from levier.directory.sources.records import is_json, json_to_csv

COLUMNS = (
    "finess_et", "categorie", "siret", "siren", "gestionnaire", "nom", "nom_long", "etat", "date_fermeture",
    "ligne_quatre", "lieu_dit", "code_postal", "code_commune", "ville", "latitude", "longitude", "telephone",
    "courriel",
)  # fmt: skip
# Below this the national address base has matched the street of another town as easily.
LEAST_SCORE = 0.5


def prepare(path: Path, work: Path) -> Path | None:
    """The places of the JSON as a CSV; None when the file is one of the CSV layouts."""
    if not is_json(path):
        return None
    return json_to_csv(path, work, columns=COLUMNS, lists=("pmej",), flatten=places)


def places(body: Any) -> Iterator[dict[str, str]]:
    """A row for each place of a legal body."""
    general = body.get("informationsGeneralesPMEJ") or {}
    for place in body.get("ege") or ():
        named = place.get("informationsGeneralesEGE") or {}
        address = _first(place.get("adresse"))
        point = address.get("coordonneesGeographique") or {}
        is_sure = float(point.get("scoreBAN") or 1) >= LEAST_SCORE
        telecom = _first(place.get("contact")).get("telecom") or {}
        yield {
            "finess_et": named.get("numFinessEge", ""),
            "categorie": place.get("categorieentiteGeographiqueExercice", ""),
            "siret": named.get("siret", ""),
            "siren": general.get("siren", ""),
            "gestionnaire": general.get("denominationLonguePmSmsse") or general.get("denominationPm", ""),
            "nom": named.get("nomEgeCourt", ""),
            "nom_long": named.get("nomEgeLong", ""),
            "etat": place.get("etatObjet", ""),
            "date_fermeture": named.get("dateFermeture", ""),
            "ligne_quatre": address.get("ligneQuatre", ""),
            "lieu_dit": address.get("lieuDit", ""),
            "code_postal": address.get("codePostal", ""),
            "code_commune": address.get("cogCommune", ""),
            "ville": address.get("ligneAcheminement", ""),
            "latitude": point.get("directionLatitude", "") if is_sure else "",
            "longitude": point.get("directionLongitude", "") if is_sure else "",
            "telephone": telecom.get("telephone", ""),
            "courriel": telecom.get("adresseMail", ""),
        }


def _first(items: Any) -> dict[str, Any]:
    return next((item for item in items or () if isinstance(item, dict)), {})
