"""The federation's label API: a list of groups in JSON, each with its antennas inside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from levier.directory.sources.records import as_text, is_json, json_to_csv

# Our column → the API's name.
_NAMES = {
    "label_id": "id", "nom": "nom", "siret": "siret", "code_postal": "cp", "ville": "ville", "adresse": "adresse",
    "telephone": "telephone", "courriel": "email",
}  # fmt: skip
COLUMNS = (*_NAMES, "niveau", "parent_id")


def prepare(path: Path, work: Path) -> Path | None:
    """The groups and their antennas as a CSV; None when the file is a CSV already.

    Read: the API's answer (« result »), its list alone, or a campaign kept by a partner (« fields.data »).
    """
    if not is_json(path):
        return None
    return json_to_csv(path, work, columns=COLUMNS, lists=("result",), flatten=_rows)


def _rows(record: Any) -> Iterator[dict[str, str]]:
    if not isinstance(record, dict):
        return
    campaign = record.get("fields")
    if isinstance(campaign, dict) and isinstance(campaign.get("data"), list):
        for group in campaign["data"]:
            yield from _rows(group)
        return
    yield _row(record, "geiq", "")
    for antenna in record.get("antennes") or ():
        if isinstance(antenna, dict):
            yield _row(antenna, "antenne", as_text(record.get("id")))


def _row(said: dict[str, Any], level: str, parent: str) -> dict[str, str]:
    return {ours: as_text(said.get(theirs)) for ours, theirs in _NAMES.items()} | {
        "niveau": level, "parent_id": parent,
    }  # fmt: skip
