"""The marketplace's own API: JSON pages, in the names of its list and of its details."""

from pathlib import Path

from levier.directory.sources.records import is_json, json_to_csv

COLUMNS = (
    "siret", "kind", "name", "brand", "nature", "presta_type", "contact_website", "contact_email",
    "contact_phone", "address", "city", "post_code", "department", "is_active", "is_qpv", "sectors",
    "networks", "labels_old", "slug",
)  # fmt: skip


def prepare(path: Path, work: Path) -> Path | None:
    """The structures of the pages as a CSV; None when the file is a CSV already."""
    if not is_json(path):
        return None
    return json_to_csv(path, work, columns=COLUMNS, lists=("results",))
