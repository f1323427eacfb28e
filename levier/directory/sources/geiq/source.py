"""The GEIQ and their antennas, from the federation's label."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.geiq import api

SOURCE = SourceDefinition(
    slug="geiq",
    label="GEIQ labellisés et leurs antennes",
    publisher="Fédération française des GEIQ",
    licence="À confirmer avec le producteur",
    url="https://www.lesgeiq.fr",
    frequency="annuelle (campagne de label)",
    kinds=("GEIQ",),
    states="SIRET du groupement, communes de ses antennes ; le métier est souvent dans le nom",
    rank=20,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("label_id", "nom", "siret", "code_postal", "ville", "niveau", "parent_id"),
            optional=("adresse", "telephone", "courriel"),
        ),
    ),
    key_prefix="geiq",
    wrong_siret_is_rejected=False,
    prepare=api.prepare,
)
