"""The demonstration directory as a source: same columns as any list, last in rank, never beside real data."""

from dataclasses import replace
from pathlib import Path

from levier.directory.sources.suppliers_csv.source import SOURCE as SUPPLIERS_CSV

_LAYOUT = SUPPLIERS_CSV.layouts[0]

SOURCE = replace(
    SUPPLIERS_CSV,
    slug="demo",
    label="Annuaire de démonstration (fournisseurs fictifs)",
    publisher="Levier",
    licence="AGPL-3.0-or-later",
    frequency="livré avec Levier",
    states="tout, inventé",
    rank=90,
    is_demo=True,
    folder=Path(__file__).parent,
    layouts=(
        replace(
            _LAYOUT,
            base="../sources/suppliers_csv/mapping.sql",
            optional=(*_LAYOUT.optional, "complements"),
        ),
    ),
)
