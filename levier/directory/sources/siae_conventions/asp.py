"""The two files of the ASP's own extraction (structures, financial annexes), joined: one row per structure and measure."""

import codecs
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import duckdb

from levier.directory.sources.errors import UnreadableFileError

HERE = Path(__file__).parent
COLUMNS = ("structure", "measure", "siret", "status", "until", "annexes")
_STRUCTURES, _ANNEXES = "fluxiae_structure", "fluxiae_annexefinanciere"
_STRUCTURE = ("structure_id_siae", "structure_siret_actualise", "structure_siret_signature")
_ANNEX = (
    "af_id_structure", "af_mesure_dispositif_code", "af_numero_annexe_financiere",
    "af_numero_avenant_renouvellement", "af_numero_avenant_modification", "af_date_debut_effet",
    "af_date_fin_effet", "af_etat_annexe_financiere_code",
)  # fmt: skip


def prepare(path: Path, work: Path) -> Path | None:
    """The conventions of the extraction as a CSV; None when the file has the other layout.

    The annexes lie beside the structures, under the name the ASP gives them. Raises UnreadableFileError.
    """
    header = _header(path)
    if _ANNEX[0] in header:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » est celui des annexes : donnez celui des structures "
            "(« fluxIAE_Structure… »), les annexes à côté de lui."
        )
    if _STRUCTURE[0] not in header:
        return None
    annexes = _annexes_beside(path)
    database = duckdb.connect(config={"threads": 2, "memory_limit": "300MB"})
    try:
        database.execute((HERE.parent / "stages" / "1_map_texts.sql").read_text(encoding="utf-8"))
        _load(database, "structure", path, _STRUCTURE, work)
        _load(database, "annex", annexes, _ANNEX, work)
        database.execute((HERE / "annexes.sql").read_text(encoding="utf-8"))
        joined = work / "conventions.csv"
        database.execute(f"COPY conventions TO '{_escaped(joined)}' (HEADER, DELIMITER ',')")
    finally:
        database.close()
    return joined


def _annexes_beside(path: Path) -> Path:
    """The newest file of annexes of the folder: both are dated by the hour of their own extraction."""
    found = sorted(other for other in path.parent.iterdir() if other.name.lower().startswith(_ANNEXES))
    if not found:
        raise UnreadableFileError(
            f"Le fichier « fluxIAE_AnnexeFinanciere… » doit se trouver à côté de « {path.name} » : il n’est pas "
            f"dans {path.parent}."
        )
    return max(found, key=lambda other: other.stat().st_mtime)


def _load(
    database: duckdb.DuckDBPyConnection, table: str, path: Path, columns: tuple[str, ...], work: Path
) -> None:
    """Create ``table`` with these columns, as text. The extraction quotes nothing: a « " » is a character."""
    header = _header(path)
    absent = [name for name in columns if name not in header]
    if absent:
        raise UnreadableFileError(
            f"Il manque dans « {path.name} » : {', '.join(f'« {n} »' for n in absent)}."
        )
    copy = work / f"{table}.txt"
    with copy.open("w", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in _rows(path))
    selected = ", ".join(f"c{header.index(name)} AS {name}" for name in columns)
    typed = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(header)))
    database.execute(
        f"CREATE TABLE {table} AS SELECT {selected} FROM read_csv('{_escaped(copy)}', "  # noqa: S608
        f"columns = {{{typed}}}, delim = '|', header = false, quote = '', escape = '', auto_detect = false, "
        "null_padding = true, parallel = false)"
    )


def _rows(path: Path) -> Iterator[str]:
    """The lines of values: neither the marks around them (« DEB… », « FIN… ») nor the titles."""
    with _open(path) as text:
        is_titled = False
        for line in text:
            values = line.rstrip("\r\n")
            if not is_titled:
                is_titled = not values.startswith("DEB")
            elif values and not values.startswith("FIN"):
                yield values


def _header(path: Path) -> list[str]:
    """The titles of the columns, in small letters; empty when the file cannot be read as text."""
    try:
        with _open(path) as text:
            for line in text:
                if not line.startswith("DEB"):
                    return [name.strip().lower() for name in line.rstrip("\r\n").split("|")]
    except (OSError, EOFError, UnicodeError):
        return []
    return []


def _open(path: Path) -> IO[str]:
    """The text of an extraction: UTF-8, or UTF-16 as it was in 2020; packed or not."""
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as raw:
        is_wide = raw.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    encoding = "utf-16" if is_wide else "utf-8-sig"
    return opener(path, "rt", encoding=encoding, errors="replace", newline="\n")


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
