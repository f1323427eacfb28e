"""The columns of the open files, read from the JSON Schema we publish: names, order, types, meaning."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
# Address of the schema on the site → file.
SCHEMAS = {"fournisseur": "supplier.schema.json", "data-inclusion": "data-inclusion.schema.json"}
_DUCKDB = {
    "string": "VARCHAR",
    "number": "DOUBLE",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
    "array": "VARCHAR[]",
}
_FRENCH = {
    "string": "texte", "number": "nombre", "integer": "nombre entier", "boolean": "vrai ou faux",
    "array": "liste de textes",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``kind`` is its JSON type, ``meaning`` a French sentence."""

    name: str
    kind: str
    is_date: bool
    is_required: bool
    meaning: str
    values: tuple[str, ...]

    @property
    def duckdb_type(self) -> str:
        """Its type in the Parquet file."""
        return "DATE" if self.is_date else _DUCKDB[self.kind]

    @property
    def type_label(self) -> str:
        """Its type in French."""
        return "date (AAAA-MM-JJ)" if self.is_date else _FRENCH[self.kind]


@cache
def schema(name: str) -> dict[str, Any]:
    """The published JSON Schema of this address (a key of SCHEMAS)."""
    found: dict[str, Any] = json.loads((FOLDER / SCHEMAS[name]).read_text(encoding="utf-8"))
    return found


@cache
def supplier_columns() -> tuple[Column, ...]:
    """The columns of the files of suppliers, in their order."""
    return tuple(_column(name, said) for name, said in schema("fournisseur")["properties"].items())


def _column(name: str, said: dict[str, Any]) -> Column:
    kinds = [said["type"]] if isinstance(said["type"], str) else list(said["type"])
    return Column(
        name=name,
        kind=kinds[0],
        is_date=said.get("format") == "date",
        is_required="null" not in kinds,
        meaning=said["description"],
        values=tuple(value for value in said.get("enum", ()) if value is not None),
    )
