"""Any list of suppliers brought to our own columns: a network's, a region's, a buyer's."""

from pathlib import Path

from levier.directory.kinds import CODES
from levier.directory.sources.definition import Layout, SourceDefinition

SOURCE = SourceDefinition(
    slug="suppliers-csv",
    label="Liste de fournisseurs au format de Levier",
    publisher="Réseau, territoire ou acheteur qui apporte la liste",
    licence="Celle de la liste apportée",
    url="",
    frequency="à la demande",
    kinds=CODES,
    states="tout ce que la liste contient, activités comprises",
    rank=25,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("siret", "type", "nom"),
            optional=(
                "enseigne", "forme_juridique", "adresse", "code_postal", "code_commune", "ville", "latitude",
                "longitude", "naf", "site_web", "description", "telephone", "courriel", "secteurs", "places",
            ),
        ),
    ),
)  # fmt: skip
