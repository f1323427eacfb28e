"""The insertion structures (SIAE) and GEIQ as the State's marketplace lists them."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition

SOURCE = SourceDefinition(
    slug="siae",
    label="Structures d’insertion (Marché de l’inclusion)",
    publisher="Plateforme de l’inclusion",
    licence="À confirmer avec le producteur",
    url="https://lemarche.inclusion.beta.gouv.fr/api/siae",
    frequency="quotidienne",
    kinds=("EI", "ACI", "AI", "ETTI", "EITI", "GEIQ", "EA", "EATT", "ESAT", "SEP"),
    states="SIRET, type, adresse et coordonnées ; activités rarement",
    rank=30,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("siret", "type", "nom"),
            optional=(
                "enseigne", "forme_juridique", "adresse", "code_postal", "ville", "latitude", "longitude",
                "naf", "site_web", "description",
            ),
        ),
    ),
)  # fmt: skip
