"""The SIRENE stock: it completes the suppliers we know, and may make some, by declared rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from levier.directory.kinds import CODES
from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.known import load_known
from levier.directory.sources.reading import opened
from levier.directory.sources.sirene.selection import load_rules
from levier.directory.sources.sirene.stock import ESTABLISHMENT, PLACE, UNIT, Reader, stock_around

HERE = Path(__file__).parent
MEMORY = "300MB"
_COLUMNS = (
    "supplier_key", "kind", "siret", "siren", "legal_name", "brand", "category", "ess", "unit_naf", "address",
    "postal_code", "insee", "city", "is_closed", "since", "is_head_office", "naf", "naf_nomenclature",
    "naf_2025", "band", "band_year", "latitude", "longitude", "qpv", "is_qpv_known",
)  # fmt: skip
_KNOWN = """
SELECT k.key AS supplier_key, k.kind, j.* FROM known k JOIN joined j ON j.siret = k.siret
UNION ALL
SELECT k.key, k.kind, j.* FROM known k JOIN joined j ON j.siren = k.siren AND j.is_head_office WHERE k.siret IS NULL
"""


def prepare_known(path: Path, work: Path) -> Path | None:
    """What SIRENE says of the suppliers of the directory; None when the file is already such a table."""
    if _is_prepared(path):
        return None
    with _opened(work) as database:
        load_known(database, work)
        database.execute(
            "CREATE TABLE wanted AS SELECT DISTINCT coalesce(siren, siret[1:9]) AS siren FROM known"
        )
        _load(database, path, work)
        return _write(database, _KNOWN, work)


def prepare_selected(path: Path, work: Path) -> Path | None:
    """The places that the rules of selection make suppliers; None when the file is already such a table."""
    if _is_prepared(path):
        return None
    rules = load_rules()
    with _opened(work) as database:
        stock = stock_around(path)
        reader = Reader(database, work)
        rules.refuse_without(stock)
        reader.load("unit", stock.units, UNIT, rules.unit_condition) if stock.units else _empty(
            database, "unit", UNIT
        )
        database.execute("CREATE TABLE wanted AS SELECT siren FROM unit")
        _load(database, path, work, rules.place_condition, with_units=False)
        return _write(database, rules.query, work)


def _load(
    database: duckdb.DuckDBPyConnection,
    path: Path,
    work: Path,
    where: str = "true",
    *,
    with_units: bool = True,
) -> None:
    stock, reader = stock_around(path), Reader(database, work)
    wanted = "SELECT siren FROM wanted"
    reader.load("establishment", stock.establishments, ESTABLISHMENT, where, wanted=wanted)
    if with_units and stock.units:
        reader.load("unit", stock.units, UNIT, wanted=wanted)
    elif with_units:
        _empty(database, "unit", UNIT)
    if stock.places:
        reader.load("place", stock.places, PLACE, wanted="SELECT siret FROM establishment")
    else:
        _empty(database, "place", PLACE)
    database.execute((HERE / "joined.sql").read_text(encoding="utf-8"))


def _empty(database: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> None:
    typed = ", ".join(f'"{name}" VARCHAR' for name in columns)
    database.execute(f"CREATE TABLE {table} ({typed})")


@contextmanager
def _opened(work: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(work, "stock", MEMORY) as database:
        database.execute((HERE.parent / "stages" / "1_map_texts.sql").read_text(encoding="utf-8"))
        yield database


def _write(database: duckdb.DuckDBPyConnection, query: str, work: Path) -> Path:
    """The rows as a CSV of the columns that the mappings read."""
    target = work / "sirene.csv"
    database.execute(
        f"COPY (SELECT {', '.join(_COLUMNS)} FROM ({query})) TO '{str(target).replace(chr(39), chr(39) * 2)}'"  # noqa: S608
        " (FORMAT csv, HEADER)"
    )
    return target


def _is_prepared(path: Path) -> bool:
    if path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8", errors="replace") as text:
        return text.readline().startswith("supplier_key,")


_RESOURCE = "https://www.data.gouv.fr/api/1/datasets/r"
_BESIDE = (
    (f"{_RESOURCE}/350182c9-148a-46e0-8389-76c2ec1374a3", "StockUniteLegale_utf8.parquet"),
    (
        f"{_RESOURCE}/672007af-0146-491f-835c-8314d63fa44e",
        "GeolocalisationEtablissement_Sirene_pour_etudes_statistiques_utf8.parquet",
    ),
)

SIRENE = SourceDefinition(
    slug="sirene",
    label="Répertoire SIRENE (établissements des fournisseurs connus)",
    publisher="INSEE",
    licence="Licence Ouverte 2.0",
    url=f"{_RESOURCE}/a29c1297-1f92-4e2a-8f6b-8c902ce96c5f",
    frequency="mensuelle",
    kinds=CODES,
    states="dénomination et forme juridiques, adresse, NAF, tranche d’effectif, fermeture, siège, quartier prioritaire",
    rank=5,
    folder=HERE,
    layouts=(Layout(mapping="mapping.sql", required=_COLUMNS),),
    only_completes=True,
    completes_all_kinds=True,
    prepare=prepare_known,
    download_name="StockEtablissement_utf8.parquet",
    beside=_BESIDE,
    is_heavy=True,
)

SIRENE_ESS = SourceDefinition(
    slug="sirene-ess",
    label="Entreprises de l’ESS, SCOP et quartiers prioritaires tirées de SIRENE",
    publisher="INSEE",
    licence="Licence Ouverte 2.0",
    url=SIRENE.url,
    frequency="mensuelle",
    kinds=("ESS", "SCOP", "QPV"),
    states="SIRET, dénomination, adresse, NAF, tranche d’effectif, selon les règles déclarées",
    rank=60,
    folder=HERE,
    layouts=(Layout(mapping="mapping_selected.sql", required=_COLUMNS),),
    prepare=prepare_selected,
    download_name="StockEtablissement_utf8.parquet",
    beside=_BESIDE,
    is_heavy=True,
)
