"""The list of a regional platform of responsible purchases, under the titles such platforms use."""

from pathlib import Path

from levier.directory.kinds import CODES
from levier.directory.sources.definition import Layout, SourceDefinition

_OTHERS = (
    "Nom", "Structure", "Raison sociale", "Nom de la structure", "Type", "Statut", "Type de structure",
    "Secteur", "Secteurs", "Secteurs d’activité", "Activités", "Présentation", "Description", "Adresse",
    "Code postal", "CP", "Ville", "Commune", "Téléphone", "Email", "Courriel", "Mail", "Site", "Site internet",
    "Site web", "Latitude", "Longitude",
)  # fmt: skip

SOURCE = SourceDefinition(
    slug="regional",
    label="Liste d’une plateforme régionale d’achats solidaires",
    publisher="Plateforme régionale qui apporte la liste",
    licence="Celle de la liste apportée",
    url="",
    frequency="à la demande",
    kinds=CODES,
    states="SIRET, type, secteurs d’activité déclarés, présentation, contact",
    rank=25,
    folder=Path(__file__).parent,
    layouts=tuple(
        Layout(
            mapping="mapping.sql",
            required=("SIRET", name, kind),
            optional=tuple(other for other in _OTHERS if other not in {name, kind}),
        )
        for name in ("Nom", "Structure", "Raison sociale", "Nom de la structure")
        for kind in ("Type", "Type de structure", "Statut")
    ),
)
