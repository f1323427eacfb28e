"""The national list of ESUS agreements: as suppliers (SIREN), and as a label of those we already know."""

from dataclasses import replace
from pathlib import Path

from levier.directory.kinds import CODES
from levier.directory.sources.definition import Layout, SourceDefinition

# The workbook changed its titles from one year to the next. The SIREN's is the one that matters.
_SIREN = ("SIREN", "N° SIREN", "Numéro SIREN", "Numéro de SIREN")
_OTHERS = (
    "Dénomination", "Dénomination sociale", "Raison sociale", "Nom de l’entreprise", "Nom", "Forme juridique",
    "Code postal", "Ville", "Commune", "Département", "Date d’agrément", "Date de l’agrément",
    "Date de décision", "Date de fin", "Date de fin d’agrément", "Date de fin de l’agrément", "Durée",
    "Durée de l’agrément", "Activité",
)  # fmt: skip

SOURCE = SourceDefinition(
    slug="esus",
    label="Entreprises agréées ESUS",
    publisher="Direction générale du Trésor",
    licence="À confirmer avec le producteur",
    url="https://www.tresor.economie.gouv.fr/banque-assurance-finance/finance-sociale-et-solidaire/"
    "liste-nationale-agrements-esus",
    frequency="annuelle",
    kinds=("ESUS",),
    states="SIREN, dénomination, date de l’agrément",
    rank=45,
    folder=Path(__file__).parent,
    layouts=tuple(
        Layout(
            mapping="mapping.sql",
            required=(title,),
            optional=(*(other for other in _SIREN if other != title), *_OTHERS),
        )
        for title in _SIREN
    ),
    by_siren=True,
)

# The same file again: an insertion structure that holds the agreement says so on its own sheet.
LABEL = replace(
    SOURCE,
    slug="label-esus",
    label="Agrément ESUS des fournisseurs déjà connus",
    states="agrément ESUS et sa validité",
    kinds=CODES,
    by_siren=False,
    only_completes=True,
    completes_all_kinds=True,
)
