"""The demonstration directory as a source: same columns as any list, last in rank, never beside real data."""

from dataclasses import replace

from levier.directory.sources.suppliers_csv.source import SOURCE as SUPPLIERS_CSV

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
)
