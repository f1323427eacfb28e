"""Structures of data·inclusion: those of the insertion and adapted work networks are suppliers, the others prescribers."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.records import is_json, json_to_csv

_OPTIONAL = (
    "reseaux_porteurs", "typologie", "labels_nationaux", "siret", "adresse", "code_postal", "code_insee",
    "commune", "latitude", "longitude", "telephone", "courriel", "site_web", "description", "antenne",
    "score_geocodage", "date_maj",
)  # fmt: skip


def prepare(path: Path, work: Path) -> Path | None:
    """The structures of the JSON as a CSV; None when the file is a CSV already."""
    if not is_json(path):
        return None
    return json_to_csv(
        path, work, columns=("id", "source", "nom", *_OPTIONAL), lists=("items", "data", "structures")
    )


SOURCE = SourceDefinition(
    slug="data-inclusion",
    label="Structures de data·inclusion (insertion et travail adapté)",
    publisher="Plateforme de l’inclusion",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/datasets/6233723c2c1e4a54af2f6b2d",
    frequency="hebdomadaire",
    kinds=("EI", "ACI", "AI", "ETTI", "EITI", "EA", "EATT", "ESAT", "GEIQ"),
    states="réseau porteur, SIRET souvent, adresse et coordonnées, présentation ; jamais les activités",
    rank=40,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("id", "source", "nom"),
            optional=_OPTIONAL,
            about="inclusion_kind(reseaux_porteurs, typologie, labels_nationaux) IS NOT NULL",
        ),
    ),
    key_prefix="data-inclusion",
    wrong_siret_is_rejected=False,
    prepare=prepare,
)  # fmt: skip
