"""Published contracts, written by us, in the shape of the 2019 and 2022 regulations."""

import json
from pathlib import Path
from typing import Any

BUYER = "21350238800019"


def published(number: str = "2024-01", **changes: Any) -> dict[str, Any]:
    """A correct contract of the 2022 format; a change of None removes the field."""
    record: dict[str, Any] = {
        "id": number,
        "acheteur": {"id": BUYER},
        "nature": "Marché",
        "objet": "Nettoyage des locaux de la mairie",
        "codeCPV": "90919200",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "35238", "typeCode": "Code commune"},
        "dureeMois": 24,
        "dateNotification": "2024-03-01",
        "datePublicationDonnees": "2024-03-15",
        "montant": 120000.0,
        "formePrix": "Forfaitaire",
        "offresRecues": 4,
        "titulaires": [{"titulaire": {"id": "35600000000048", "typeIdentifiant": "SIRET"}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
    }
    record.update(changes)
    return {name: value for name, value in record.items() if value is not None}


def write_json(folder: Path, *records: dict[str, Any], name: str = "marches.json") -> Path:
    """A 2022 JSON file."""
    path = folder / name
    path.write_text(json.dumps({"marches": {"marche": list(records)}}, ensure_ascii=False), encoding="utf-8")
    return path
