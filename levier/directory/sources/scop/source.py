"""The cooperatives of the CG SCOP's directory: SCOP and SCIC."""

from pathlib import Path

from levier.directory.sources.definition import Layout, Pages, SourceDefinition
from levier.directory.sources.records import is_json, json_to_csv

_OPTIONAL = (
    "enseigne", "sigle", "naf", "adresse", "code_postal", "ville", "site_web", "telephone", "email",
    "latitude", "longitude", "activite", "effectif",
)  # fmt: skip


def prepare(path: Path, work: Path) -> Path | None:
    """The pages of the directory as a CSV; None when the file is a CSV already."""
    if not is_json(path):
        return None
    columns = ("siret", "denomination", "type_cooperative", *_OPTIONAL)
    return json_to_csv(path, work, columns=columns, lists=("data",))


SOURCE = SourceDefinition(
    slug="scop",
    label="Annuaire des SCOP et des SCIC",
    publisher="Confédération générale des SCOP et des SCIC",
    licence="À confirmer avec le producteur",
    url="https://les-scop.coop/api/v1/annuaire",
    frequency="à confirmer",
    kinds=("SCOP", "SCIC"),
    states="SIRET, dénomination, type de coopérative, NAF",
    rank=35,
    folder=Path(__file__).parent,
    layouts=(
        Layout(
            mapping="mapping.sql",
            required=("siret", "denomination", "type_cooperative"),
            optional=_OPTIONAL,
        ),
    ),
    prepare=prepare,
    download_name="scop.json",
    pages=Pages(records="data", size=100),
)
