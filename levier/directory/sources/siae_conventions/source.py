"""The agreements of insertion structures, with the end date of their last financial annex."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.siae_conventions import asp

SOURCE = SourceDefinition(
    slug="siae-conventions",
    label="Conventions et annexes financières des SIAE",
    publisher="ASP et Plateforme de l’inclusion",
    licence="AGPL-3.0 (jeux d’essai publiés) ; données ASP à conventionner",
    url="https://github.com/gip-inclusion/les-emplois",
    frequency="hebdomadaire",
    kinds=("EI", "ACI", "AI", "ETTI", "EITI"),
    states="fin de validité de la dernière annexe financière",
    rank=20,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("pk", "kind", "siret_signature", "is_active"),
            companion="siae_annexes_financieres.csv",
            companion_columns=("convention", "end_at", "state"),
        ),
        Layout(
            mapping="mapping_asp.sql",
            required=asp.COLUMNS,
            about=r"NOT (measure IS NULL OR measure = '' OR measure LIKE '%\_MP' ESCAPE '\' OR measure LIKE 'FDI%')",
        ),
    ),
    prepare=asp.prepare,
    only_completes=True,
)
