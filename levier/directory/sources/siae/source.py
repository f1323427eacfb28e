"""The insertion structures (SIAE) and GEIQ as the State's marketplace lists them."""

from pathlib import Path

from levier.directory.sources.definition import Layout, Pages, SourceDefinition
from levier.directory.sources.siae import api

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
        Layout(
            mapping="mapping_api.sql",
            required=("siret", "kind", "name"),
            optional=api.COLUMNS,
            about="coalesce(fold(is_active), 'oui') = 'oui'",
        ),
    ),
    prepare=api.prepare,
    download_name="siae.json",
    pages=Pages(
        records="results", following="next", size=500, size_parameter="limit",
        signed_by="MARKETPLACE_TOKEN",
    ),
)  # fmt: skip
