"""Entreprises du commerce équitable: any list in our own columns, all of one kind."""

from dataclasses import replace
from pathlib import Path

from levier.directory.sources.suppliers_csv.source import SOURCE as SUPPLIERS_CSV

_LAYOUT = SUPPLIERS_CSV.layouts[0]

SOURCE = replace(
    SUPPLIERS_CSV,
    slug="fair-trade",
    label="Entreprises du commerce équitable",
    publisher="Réseau ou collectivité qui apporte la liste",
    kinds=("EQUITABLE",),
    rank=40,
    folder=Path(__file__).parent,
    layouts=(
        replace(
            _LAYOUT,
            base="../suppliers_csv/mapping.sql",
            required=("siret", "nom"),
            optional=(*_LAYOUT.optional, "type", "label", "depuis", "jusqu_au"),
        ),
    ),
)
