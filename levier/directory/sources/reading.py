"""Reads a source's file with DuckDB: encoding, columns, mapping, place; gives enriched rows in file order."""

import codecs
import csv
import gzip
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import duckdb

from levier.directory.sources import spreadsheets
from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.errors import UnreadableFileError
from levier.directory.sources.known import load_known
from levier.directory.sources.lookups import lookups_file
from levier.directory.sources.running import STAGES
from levier.directory.sources.spreadsheets import Fit

_WRAPPED = re.compile(r'^="(.*)"$')
MEMORY = "300MB"
_GROUP_OF_ROWS = 10_240
# Bytes of a text file under which a list is short.
_SHORT_FILE = 1_000_000
_SQL_STRING = re.compile(r"'")


@dataclass(frozen=True)
class UnreadableLine:
    """A line that is not a row of the table (an unclosed quote, too many columns)."""

    line: int
    text: str


@dataclass
class ReadSource:
    """An open reading: its rows as the table ``enriched``, and the lines it could not read.

    ``set_aside``: lines of the file that are another source's business, or that were grouped with another line.
    """

    database: duckdb.DuckDBPyConnection
    unreadable: list[UnreadableLine]
    columns: list[str]
    read: int
    set_aside: int = 0
    threads: int = 1

    def columns_of(self, table: str) -> list[str]:
        """The names of a table's columns."""
        return [row[0] for row in self.database.execute(f"DESCRIBE {table}").fetchall()]

    def raw_line(self, line: int) -> list[str]:
        """The cells of a row as the file holds them, for the file of rejects."""
        found = self.database.execute(
            "SELECT * EXCLUDE (line) FROM raw_cells WHERE line = ?", [line]
        ).fetchone()
        return ["" if cell is None else str(cell) for cell in found or ()]


def read_source(source: SourceDefinition, path: Path, work: Path) -> ReadSource:
    """Open ``path`` as this source; ``work`` is a folder for what must be converted or spilled.

    Raises UnreadableFileError with a French sentence when the file or a column is missing.
    """
    table = as_table(
        _table_of(source, path, work), work, partial(_fit_of, [one.required for one in source.layouts])
    )
    layout, header, delimiter = _recognise(source, path, table)
    # A short list has nothing to share: two threads would take a tenth longer to wait for each other.
    threads = 2 if table.stat().st_size > _SHORT_FILE else 1
    database = opened(work, "reading", MEMORY, threads)
    database.execute(f"ATTACH {_literal(str(lookups_file()))} AS lookups (READ_ONLY)")
    # The functions of the mappings stand beside the lookups: to make them anew would take longer than a short list.
    database.execute("SET search_path = 'reading.main,lookups.main'")
    _run_stage(database, "2_union_columns.sql")
    unreadable = _load_raw(database, table, header, delimiter, layout)
    if layout.companion:
        _load_companion(database, layout, path, work)
    # The lines are numbered: nothing after needs the order of the file, and both cores may then write.
    database.execute("SET preserve_insertion_order = false")
    # The mapping is a file of this package. One pass maps and finds the places, unless suppliers must be joined; but
    # a short list is planned for longer than it is read: mapped first, each of the two has half to plan.
    form = "TABLE" if source.completes_all_kinds or _is_short(database) else "VIEW"
    mapping = source.mapping_sql(layout)
    database.execute(f"CREATE {form} mapped AS SELECT * FROM common UNION ALL BY NAME ({mapping})")  # noqa: S608
    read, set_aside = _counts(database, source, layout)
    if source.completes_all_kinds:
        load_known(database, work)
        _run_stage(database, "2_union_known_suppliers.sql")
        (read,) = database.execute("SELECT count(*) FROM mapped").fetchall()[0]
    _run_stage(database, "3_enrich.sql")
    database.execute(f"DROP {form} mapped")
    return ReadSource(
        database=database,
        unreadable=unreadable,
        columns=header,
        read=read + len(unreadable),
        set_aside=set_aside,
        threads=threads,
    )


def opened(work: Path, name: str, memory: str, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A new DuckDB database; ``memory``: beyond it, tables are spilled to ``work``.

    In a file of ``work``: the tables of a large source then leave memory as the reading goes on. What one thread is
    enough for stays in memory: to make that file and to close it would take a tenth of the whole import.
    """
    place = str(work / f"{name}.duckdb") if threads > 1 else ":memory:"
    database = duckdb.connect(
        config={"temp_directory": str(work), "threads": threads, "memory_limit": memory}
    )
    # Both cores share a table by its groups of rows: the usual group (122,880) would leave most lists to one.
    database.execute(f"ATTACH {_literal(place)} AS {name} (ROW_GROUP_SIZE {_GROUP_OF_ROWS})")
    database.execute(f"USE {name}")
    return database


def _run_stage(database: duckdb.DuckDBPyConnection, name: str) -> None:
    database.execute((STAGES / name).read_text(encoding="utf-8"))


def _is_short(database: duckdb.DuckDBPyConnection) -> bool:
    (rows,) = database.execute("SELECT count(*) FROM raw_cells").fetchall()[0]
    return rows < _GROUP_OF_ROWS


def _counts(database: duckdb.DuckDBPyConnection, source: SourceDefinition, layout: Layout) -> tuple[int, int]:
    """Rows of the file that concern the source, and the others.

    Counted before the mapping: a mapping that loses or doubles a row is caught by the run's own constraint. A
    source that only completes may group several lines of one supplier (one per certificate): its rows count.
    """
    condition = layout.about or "true"
    table = "mapped" if source.completes_all_kinds else f"raw WHERE {condition}"
    total, concerned = database.execute(
        f"SELECT (SELECT count(*) FROM raw_cells), (SELECT count(*) FROM {table})"  # noqa: S608
    ).fetchall()[0]
    return concerned, total - concerned


def _table_of(source: SourceDefinition, path: Path, work: Path) -> Path:
    """The file to read as a table: itself, the entry of its archive, or what the source makes of it."""
    if not path.is_file():
        raise UnreadableFileError(f"Le fichier « {path} » est introuvable : vérifiez le chemin.")
    if path.stat().st_size == 0:
        raise UnreadableFileError(f"Le fichier « {path.name} » est vide : téléchargez-le de nouveau.")
    return (source.prepare(path, work) if source.prepare else None) or path


def checksum_of(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """FINESS exports mix UTF-8 and cp1252 in one file: each byte that is not UTF-8 is read as cp1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.end]
    return piece.decode("cp1252", errors="replace"), error.end


codecs.register_error("levier-cp1252", _as_cp1252)


def as_table(path: Path, work: Path, fit: Fit = lambda titles: 0.0, sheet: str = "") -> Path:
    """The file itself when it is UTF-8 text, else a converted copy in ``work``. Raises UnreadableFileError.

    Of a workbook, the sheet of that name is read, else the one whose titles fit best.
    """
    if path.suffix.lower() in spreadsheets.ENDINGS:
        return spreadsheets.workbook_to_csv(path, work, fit, sheet)
    if path.suffix.lower() not in {".gz", ".zip"} and _is_utf8(path):
        return path
    copy = work / f"{path.name}.utf8.csv"
    try:
        with _open_text(path) as text, copy.open("w", encoding="utf-8", newline="") as out:
            while chunk := text.read(1 << 20):
                if "\x00" in chunk:
                    raise UnreadableFileError(
                        f"Le fichier « {path.name} » n’est pas un tableau : "
                        "un CSV ou un classeur (xlsx, ods) est attendu."
                    )
                out.write(chunk)
    except (OSError, EOFError, zipfile.BadZipFile):
        raise UnreadableFileError(
            f"Le fichier « {path.name} » est abîmé : téléchargez-le de nouveau."
        ) from None
    return copy


def _open_text(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="levier-cp1252", newline="")
    if path.suffix.lower() == ".zip":
        return io.TextIOWrapper(zip_entry(path, ".csv"), encoding="utf-8", errors="levier-cp1252", newline="")
    return path.open(encoding="utf-8", errors="levier-cp1252", newline="")


def zip_entry(path: Path, ending: str) -> IO[bytes]:
    """The only entry of the archive whose name ends so, read in place. Raises UnreadableFileError."""
    archive = zipfile.ZipFile(path)
    names = [name for name in archive.namelist() if name.lower().endswith(ending.lower())]
    if len(names) != 1:
        raise UnreadableFileError(
            f"L’archive « {path.name} » contient {len(names)} fichiers « {ending} » : "
            "sortez-en celui de la source, puis importez-le."
        )
    return archive.open(names[0])


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(1 << 20):
                if b"\x00" in chunk:
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _folded(name: str) -> str:
    plain = _WRAPPED.sub(r"\1", name.strip().lstrip("\ufeff"))
    decomposed = unicodedata.normalize("NFD", plain.lower())
    return re.sub(r"[^a-z0-9]+", "_", "".join(c for c in decomposed if not unicodedata.combining(c)))


def header_of(table: Path) -> tuple[list[str], str]:
    """The titles of the columns, and what separates them."""
    with table.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
    delimiter = max(";,\t|", key=first.count)
    cells = next(csv.reader([first], delimiter=delimiter), [])
    return [_WRAPPED.sub(r"\1", cell.strip()).strip('="') for cell in cells], delimiter


def rows_of(table: Path, delimiter: str) -> Iterator[list[str]]:
    """The rows under the titles, empty ones left out."""
    with table.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        next(reader, None)
        yield from (row for row in reader if any(cell.strip() for cell in row))


def _fit_of(wanted: Iterable[Iterable[str]], titles: Iterable[str]) -> float:
    """The largest share of the columns of one layout that these titles hold."""
    present = {_folded(title) for title in titles}
    shares = [[_folded(name) in present for name in names] for names in wanted]
    return max((sum(share) / len(share) for share in shares if share), default=0.0)


def _recognise(source: SourceDefinition, path: Path, table: Path) -> tuple[Layout, list[str], str]:
    header, delimiter = header_of(table)
    present = {_folded(name) for name in header}
    missing: list[list[str]] = []
    for layout in source.layouts:
        if layout.first_cells:
            if tuple(header[: len(layout.first_cells)]) == layout.first_cells:
                return layout, list(layout.header), layout.delimiter or delimiter
            continue
        absent = [name for name in layout.required if _folded(name) not in present]
        if not absent:
            return layout, header, layout.delimiter or delimiter
        missing.append(absent)
    fewest = min(missing, key=len)
    raise UnreadableFileError(
        f"Le fichier « {path.name} » n’a pas la forme de la source {source.slug} : il manque "
        f"{'la colonne' if len(fewest) == 1 else 'les colonnes'} {', '.join(f'« {n} »' for n in fewest)} "
        f"(colonnes lues : {', '.join(header[:12]) or 'aucune'})."
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + _SQL_STRING.sub("''", text) + "'"


def _load_cells(
    database: duckdb.DuckDBPyConnection, name: str, table: Path, width: int, delimiter: str
) -> None:
    """Every cell as text, one numbered row per record; short rows are padded, broken ones set aside."""
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(width))
    cells = (
        f"SELECT row_number() OVER () + 1 AS line, * FROM read_csv({_literal(str(table))}, columns = {{{columns}}}, "  # noqa: S608
        f"delim = {_literal(delimiter)}, header = false, skip = 1, quote = '\"', escape = '\"', auto_detect = false, "
        "null_padding = true, strict_mode = true, parallel = false, store_rejects = true, max_line_size = 4000000)"
    )
    if (numbers := spreadsheets.row_numbers(table)) is not None:
        # A line has the number of its row in the spreadsheet: a heading and empty rows stand above it.
        cells = (
            f"SELECT number AS line, * EXCLUDE (line, number) FROM ({cells}) JOIN (SELECT row_number() OVER () + 1 AS line, "  # noqa: S608
            f"number FROM read_csv({_literal(str(numbers))}, columns = {{'number': 'BIGINT'}}, header = false, "
            "auto_detect = false)) USING (line) ORDER BY number"
        )
    database.execute(f"CREATE TABLE {name} AS {cells}")


def _view(
    database: duckdb.DuckDBPyConnection, view: str, cells: str, header: list[str], names: set[str]
) -> None:
    """``names`` as columns of the view, NULL when the file does not have them."""
    position = {}
    for number, cell in enumerate(header):
        position.setdefault(_folded(cell), number)
    cell_of = {name: position.get(_folded(name)) for name in sorted(names)}
    selected = [
        f"{'NULL::VARCHAR' if cell is None else f'c{cell}'} AS {_quoted(name)}"
        for name, cell in cell_of.items()
    ]
    database.execute(f"CREATE VIEW {view} AS SELECT line, {', '.join(selected)} FROM {cells}")  # noqa: S608


def _load_raw(
    database: duckdb.DuckDBPyConnection, table: Path, header: list[str], delimiter: str, layout: Layout
) -> list[UnreadableLine]:
    _load_cells(database, "raw_cells", table, len(header), delimiter)
    _view(database, "raw", "raw_cells", header, {*layout.required, *layout.optional})
    rejected = database.execute(
        "SELECT line, min(csv_line) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    return [UnreadableLine(line=line, text=text or "") for line, text in rejected]


def _load_companion(database: duckdb.DuckDBPyConnection, layout: Layout, path: Path, work: Path) -> None:
    beside = path.with_name(layout.companion)
    if not beside.is_file():
        raise UnreadableFileError(
            f"Le fichier « {layout.companion} » doit se trouver à côté de « {path.name} » : "
            f"il n’est pas dans {path.parent}."
        )
    table = as_table(beside, work, partial(_fit_of, [layout.companion_columns]))
    header, delimiter = header_of(table)
    absent = [name for name in layout.companion_columns if _folded(name) not in {_folded(n) for n in header}]
    if absent:
        raise UnreadableFileError(
            f"Il manque dans « {beside.name} » : {', '.join(f'« {n} »' for n in absent)}."
        )
    _load_cells(database, "companion_cells", table, len(header), delimiter)
    _view(database, "companion", "companion_cells", header, set(layout.companion_columns))
