"""The ESAT and EA of the FINESS register, in the five shapes of file one meets."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.esat import plus

_RAW_CAPACITIES = tuple(f"Capacité totale{number}" for number in range(1, 6))

# The stock has no line of titles: these are the names its notice gives them.
_STOCK = (
    "record",
    "nofinesset",
    "nofinessej",
    "rs",
    "rslongue",
    "complrs",
    "compldistrib",
    "numvoie",
    "typvoie",
    "voie",
    "compvoie",
    "lieuditbp",
    "commune",
    "departement",
    "libdepartement",
    "ligneacheminement",
    "telephone",
    "telecopie",
    "categetab",
    "libcategetab",
    "categagretab",
    "libcategagretab",
    "siret",
    "codeape",
    "codemft",
    "libmft",
    "codesph",
    "libsph",
    "dateouv",
    "dateautor",
    "datemaj",
    "numuai",
)

SOURCE = SourceDefinition(
    slug="esat",
    label="ESAT et entreprises adaptées du répertoire FINESS",
    publisher="Agence du numérique en santé (FINESS)",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/api/1/datasets/r/2ce43ade-8d2c-4d1d-81da-ca06c82abc68",
    frequency="bimestrielle",
    kinds=("ESAT", "EA"),
    states="numéro FINESS, SIRET, adresse, téléphone, places autorisées ; jamais les activités",
    rank=10,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("finess_et", "siret", "nom", "code_postal", "commune"),
            optional=(
                "adresse", "code_commune", "type", "telephone", "email", "capacite_autorisee",
                "gestionnaire_statut", "site_web", "description",
            ),
        ),
        Layout(
            mapping="mapping_official.sql",
            required=("ET-N°FINESS", "ET-Raison sociale", "ET-SIRET", "ET-Code Postal", "ET-Commune Libellé"),
            optional=(
                "EJ-Statut juridique Libellé", "ET-Adresse", "ET-Type", "ET-Commune Code", "ET-Téléphone 1",
                "ET-Email", "Capacité autorisée agrégée",
            ),
        ),
        Layout(
            mapping="mapping_raw.sql",
            required=("Numéro FINESS", "SIRET", "Raison sociale", "Code postal", "Libelle routage"),
            optional=(
                "Code categorie", "Adresse", "Lieudit/BP", "Tel", "Lib statut", "APE", *_RAW_CAPACITIES,
            ),
            delimiter=";",
        ),
        Layout(
            mapping="mapping_stock.sql",
            required=_STOCK,
            delimiter=";",
            about="record = 'structureet' AND digits(categetab) IN ('246', '247')",
            header=_STOCK,
            first_cells=("finess", "etalab"),
        ),
        Layout(
            mapping="mapping_plus.sql",
            required=plus.COLUMNS,
            about="categorie IN ('246', '247') AND etat = 'A' AND clean(date_fermeture) IS NULL",
        ),
    ),
    key_prefix="finess",
    wrong_siret_is_rejected=False,
    download_name="finess.csv",
    prepare=plus.prepare,
)  # fmt: skip
