"""The legal list of enterprises of the social and solidarity economy (SIREN only)."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition

_COLUMNS = ("SIGLE", "DENOMINATION", "STATUT_JURIDIQUE", "CODE_POSTAL", "COMMUNE", "NoDEPARTEMENT", "APE")
# Only « SIREN » is certain: the others are the titles met in regional lists.
_NATIONAL = (
    "Raison sociale", "Dénomination", "Nom", "Sigle", "Famille", "Catégorie juridique", "Statut juridique",
    "Code postal", "Commune", "Ville", "Code commune", "Département", "APE", "Code APE",
)  # fmt: skip

SOURCE = SourceDefinition(
    slug="ess",
    label="Liste des entreprises de l’ESS (article 6 de la loi du 31 juillet 2014)",
    publisher="ESS France et chambres régionales (CRESS)",
    licence="Licence Ouverte 2.0 (liste nationale)",
    url="https://www.data.gouv.fr/api/1/datasets/r/57bc99ca-0432-4b46-8fcc-e76a35c9efaf",
    frequency="annuelle",
    kinds=("ESS",),
    states="SIREN, raison sociale, statut juridique, commune",
    rank=50,
    folder=Path(__file__).parent,
    layouts=(
        Layout(mapping="mapping.sql", required=("NoSIREN", "RAISON_SOCIALE"), optional=_COLUMNS),
        Layout(mapping="mapping_national.sql", required=("SIREN",), optional=_NATIONAL),
    ),
    by_siren=True,
    download_name="ess.csv",
)
