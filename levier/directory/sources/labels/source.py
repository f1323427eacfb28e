"""Lists of labels: they only complete suppliers we know, with a label, its validity and its scope."""

from dataclasses import replace
from pathlib import Path

from levier.directory.kinds import CODES
from levier.directory.sources.definition import Layout, Pages, SourceDefinition
from levier.directory.sources.records import is_json, json_to_csv

LABELS = SourceDefinition(
    slug="labels",
    label="Labels et agréments (liste au format de Levier)",
    publisher="Organisme qui délivre le label",
    licence="Celle de la liste apportée",
    url="",
    frequency="à la demande",
    kinds=CODES,
    states="label, dates de validité, périmètre",
    rank=20,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("label", "siret"),
            optional=("siren", "depuis", "jusqu_au", "perimetre"),
        ),
        Layout(
            mapping="mapping.sql",
            required=("label", "siren"),
            optional=("siret", "depuis", "jusqu_au", "perimetre"),
        ),
    ),
    only_completes=True,
    completes_all_kinds=True,
    # A file speaks of one label or of several: what it does not name may stand in another.
    lists_everything=False,
)

RFAR = replace(
    LABELS,
    slug="label-rfar",
    label="Label Relations fournisseurs et achats responsables",
    publisher="Médiateur des entreprises et Conseil national des achats",
    licence="Licence Ouverte 2.0",
    url="https://www.data.gouv.fr/api/1/datasets/r/a61ad4c3-5656-480d-b71c-bfc3cc99c9b0",
    frequency="quotidienne",
    layouts=(
        Layout(
            mapping="mapping_rfar.sql",
            required=("SIREN",),
            optional=("PERIMETRE", "DATE_LABELLISATION", "DATE_FIN"),
        ),
    ),
    lists_everything=True,
    download_name="label-rfar.csv",
)

_RGE = (
    "siret", "nom_qualification", "domaine", "organisme", "lien_date_debut", "lien_date_fin", "particulier",
)  # fmt: skip


def prepare_rge(path: Path, work: Path) -> Path | None:
    """The pages of the ADEME as a CSV; None when the file is a CSV already."""
    return json_to_csv(path, work, columns=_RGE, lists=("results",)) if is_json(path) else None


RGE = replace(
    LABELS,
    slug="label-rge",
    label="Entreprises reconnues garantes de l’environnement (RGE)",
    publisher="ADEME",
    licence="Licence Ouverte 2.0",
    url="https://data.ademe.fr/data-fair/api/v1/datasets/liste-des-entreprises-rge-2/lines",
    frequency="quotidienne",
    layouts=(Layout(mapping="mapping_rge.sql", required=("siret",), optional=_RGE[1:]),),
    lists_everything=True,
    prepare=prepare_rge,
    download_name="label-rge.json",
    pages=Pages(records="results", following="next", size=10_000, size_parameter="size"),
)
