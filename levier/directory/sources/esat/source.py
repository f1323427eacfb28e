"""The ESAT of the FINESS register, in the three shapes of file one meets."""

from pathlib import Path

from levier.directory.sources.definition import Layout, SourceDefinition

_RAW_CAPACITIES = tuple(f"Capacité totale{number}" for number in range(1, 6))

SOURCE = SourceDefinition(
    slug="esat",
    label="ESAT du répertoire FINESS",
    publisher="Agence du numérique en santé (FINESS)",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/api/1/datasets/r/2ce43ade-8d2c-4d1d-81da-ca06c82abc68",
    frequency="bimestrielle",
    kinds=("ESAT",),
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
    ),
    key_prefix="finess",
    wrong_siret_is_rejected=False,
)  # fmt: skip
