"""Legal categories of SIRENE: code and name, as INSEE publishes them."""

import re
from collections.abc import Mapping
from pathlib import Path

from levier.reference.sources.csv_rows import ReadFile, RefusedLineError, read_csv

NAME = "legal_categories"
SOURCE = "INSEE, catégories juridiques"
LICENCE = "Licence Ouverte 2.0"
COLUMNS = ("code", "label")
MERGE = """
    INSERT INTO reference_legalcategory AS kept (code, label) SELECT code, label FROM staged
    ON CONFLICT (code) DO UPDATE SET label = excluded.label WHERE kept.label <> excluded.label
"""


def read(path: Path) -> ReadFile[tuple[str, str]]:
    """(code, label) of each line of the last level. Raises UnreadableFileError."""
    return read_csv(path, _parse, key=lambda row: row[0], required=("code",))


def _parse(cells: Mapping[str, str]) -> tuple[str, str]:
    code = cells.get("code", "").strip().zfill(4)
    label = next((cells[name] for name in ("libelle", "libellé", "intitulé", "label") if cells.get(name)), "")
    if not re.fullmatch(r"\d{4}", code):
        raise RefusedLineError(f"code : « {code[:20]} » n’est pas une catégorie de quatre chiffres")
    if not label:
        raise RefusedLineError("libelle : vide")
    return code, label.strip()[:200]
