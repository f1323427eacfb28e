"""Opens the three files of the SIRENE stock (Parquet, CSV or zipped CSV), only the columns and firms we need."""

import csv
import io
import os
import re
import threading
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import duckdb
import numpy as np

from levier.directory.sources.errors import UnreadableFileError

ESTABLISHMENT = (
    "siren", "siret", "trancheEffectifsEtablissement", "anneeEffectifsEtablissement",
    "etablissementSiege", "numeroVoieEtablissement", "indiceRepetitionEtablissement",
    "typeVoieEtablissement", "libelleVoieEtablissement", "codePostalEtablissement",
    "libelleCommuneEtablissement", "codeCommuneEtablissement", "dateDebut",
    "etatAdministratifEtablissement", "enseigne1Etablissement", "denominationUsuelleEtablissement",
    "activitePrincipaleEtablissement", "nomenclatureActivitePrincipaleEtablissement",
    "activitePrincipaleNAF25Etablissement",
)  # fmt: skip
UNIT = (
    "siren", "denominationUniteLegale", "sigleUniteLegale", "etatAdministratifUniteLegale",
    "categorieJuridiqueUniteLegale", "activitePrincipaleUniteLegale", "trancheEffectifsUniteLegale",
    "economieSocialeSolidaireUniteLegale",
)  # fmt: skip
PLACE = ("siret", "qualite_xy", "y_latitude", "x_longitude", "plg_qp24", "qualite_qp24")

_REQUIRED = {
    "establishment": ("siren", "siret", "etatAdministratifEtablissement"),
    "unit": ("siren",),
    "place": ("siret",),
}
_BEGINNINGS = {"unit": ("stockunitelegale_", "stockunitelegale."), "place": ("geolocalisation",)}
_ENDINGS = (".parquet", ".csv", ".zip")
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Stock:
    """The files at hand; the two others lie beside the establishments, under the names INSEE gives them."""

    establishments: Path
    units: Path | None
    places: Path | None


def stock_around(path: Path) -> Stock:
    """The stock whose file of establishments is ``path``."""
    return Stock(path, _beside(path, "unit"), _beside(path, "place"))


def _beside(path: Path, name: str) -> Path | None:
    found = sorted(
        other
        for other in path.parent.iterdir()
        if other.name.lower().startswith(_BEGINNINGS[name]) and other.suffix.lower() in _ENDINGS
    )
    # Parquet first: of the same month, it is read ten times faster.
    return min(found, key=lambda other: other.suffix.lower() != ".parquet", default=None)


@dataclass
class Reader:
    """Makes a table of each file, with the columns asked for (NULL when INSEE dropped one) and the rows kept."""

    database: duckdb.DuckDBPyConnection
    work: Path
    _threads: list[threading.Thread] = field(default_factory=list)

    def load(
        self, table: str, path: Path, columns: Collection[str], where: str = "true", *, wanted: str = ""
    ) -> None:
        """Create ``table``; ``where`` is a condition on its columns. Raises UnreadableFileError.

        ``wanted``: a query of the values of its key (the first of ``_REQUIRED``) to keep, few out of many.
        """
        key = _REQUIRED[table][0]
        try:
            relation, present = self._relation(path, key, wanted)
            absent = [name for name in _REQUIRED[table] if name not in present]
            if absent:
                raise UnreadableFileError(
                    f"Le fichier « {path.name} » n’est pas celui du stock SIRENE : il manque la colonne « {absent[0]} »."
                )
            selected = ", ".join(
                f'CAST("{name}" AS VARCHAR) AS "{name}"' if name in present else f'NULL::VARCHAR AS "{name}"'
                for name in columns
            )
            condition = f"{where} AND {key} IN ({wanted})" if wanted else where
            self.database.execute(
                f"CREATE TABLE {table} AS SELECT * FROM (SELECT {selected} FROM {relation}) WHERE {condition}"  # noqa: S608
            )
        except (duckdb.Error, zipfile.BadZipFile, zlib.error, EOFError) as problem:
            raise UnreadableFileError(
                f"Le fichier « {path.name} » est abîmé : téléchargez-le de nouveau."
            ) from problem

    def _relation(self, path: Path, key: str, wanted: str) -> tuple[str, set[str]]:
        """What to read the file with, and its columns."""
        if path.suffix.lower() == ".parquet":
            return self._parquet(path)
        return (self._chosen_lines(path, key, wanted) if wanted else None) or self._csv(path)

    def _parquet(self, path: Path) -> tuple[str, set[str]]:
        relation = f"read_parquet({_literal(path)})"
        described = self.database.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608
        return relation, {row[0] for row in described}

    def _csv(self, path: Path) -> tuple[str, set[str]]:
        entry = _entry(path)
        header, delimiter, _ = _beginning(path, entry)
        return self._cells(self._opened(path, entry), header, delimiter, is_pipe=bool(entry))

    def _cells(
        self, readable: Path, header: list[str], delimiter: str, *, is_pipe: bool
    ) -> tuple[str, set[str]]:
        typed = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
        # A pipe is read in order; a file by both cores, which a padding of short lines would forbid.
        how = "parallel = false, null_padding = true" if is_pipe else "parallel = true"
        return (
            f"read_csv({_literal(readable)}, columns = {{{typed}}}, header = false, skip = 1, delim = '{delimiter}',"
            f" quote = '\"', escape = '\"', auto_detect = false, {how})"
        ), set(header)

    def _chosen_lines(self, path: Path, key: str, wanted: str) -> tuple[str, set[str]] | None:
        """The lines that begin with a wanted key, chosen before they are cut into cells: a small part of the work.

        None when the lines cannot be told so: the key is not what they begin with, or a cell runs over two lines.
        """
        entry = _entry(path)
        header, delimiter, first = _beginning(path, entry)
        keys = self.database.execute(
            f"SELECT DISTINCT w FROM ({wanted}) t(w) WHERE w IS NOT NULL"  # noqa: S608
        ).fetchall()
        sizes = {len(one) if re.fullmatch("[0-9]+", one) else 0 for (one,) in keys}
        if header[:1] != [key] or len(sizes) != 1 or not first[: (size := max(sizes))].isdigit():
            return None
        numbers = np.sort(np.array(keys, dtype=np.int64).ravel())
        target = self.work / f"{path.stem}-lines.csv"
        with _bytes(path, entry) as stream, target.open("wb") as out:
            stream.readline()
            out.write(f"{delimiter.join(header)}\n".encode())
            for block in _whole_lines(stream):
                for line in _beginning_with(numbers, size, block):
                    if line.count(b'"') % 2:
                        return None
                    out.write(line.rstrip(b"\r\n") + b"\n")
        return self._cells(target, header, delimiter, is_pipe=False)

    def _opened(self, path: Path, entry: str) -> Path:
        """A zipped CSV reaches DuckDB through a pipe: nothing of its gigabytes is written to the disk."""
        if not entry:
            return path
        readable = self.work / f"{path.stem}-{len(self._threads)}.pipe"
        os.mkfifo(readable)
        thread = threading.Thread(target=_pour, args=(path, entry, readable), daemon=True)
        thread.start()
        self._threads.append(thread)
        return readable


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _entry(path: Path) -> str:
    if path.suffix.lower() != ".zip":
        return ""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    except zipfile.BadZipFile:
        raise UnreadableFileError(
            f"L’archive « {path.name} » est abîmée : téléchargez-la de nouveau."
        ) from None
    if len(names) != 1:
        raise UnreadableFileError(
            f"L’archive « {path.name} » doit contenir un seul CSV, elle en a {len(names)}."
        )
    return names[0]


def _beginning(path: Path, entry: str) -> tuple[list[str], str, str]:
    """The titles, what separates them, and the first line under them."""
    if entry:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace")
            titles, first = text.readline(), text.readline()
    else:
        with path.open(encoding="utf-8-sig", errors="replace") as text:
            titles, first = text.readline(), text.readline()
    delimiter = max(",;", key=titles.count)
    return [name.strip() for name in next(csv.reader([titles], delimiter=delimiter), [])], delimiter, first


@contextmanager
def _bytes(path: Path, entry: str) -> Iterator[IO[bytes]]:
    if not entry:
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive, archive.open(entry) as stream:
        yield stream


def _whole_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of the stream, cut at ends of line. Raises EOFError when a line does not end."""
    rest = b""
    while block := stream.read(_BLOCK):
        lines, end, begun = block.rpartition(b"\n")
        if end:
            yield rest + lines + end
        rest = begun if end else rest + begun
        if len(rest) > _BLOCK:
            raise EOFError
    if rest:
        yield rest + b"\n"


def _beginning_with(numbers: np.ndarray, size: int, block: bytes) -> Iterator[bytes]:
    """The lines whose first ``size`` characters are one of the ``numbers``, which are sorted."""
    text = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(text == ord("\n")) + 1
    starts = np.concatenate(([0], ends[:-1]))
    is_long = ends - starts > size
    starts, ends = starts[is_long], ends[is_long]
    said = np.zeros(len(starts), dtype=np.int64)
    for place in range(size):
        said *= 10
        said += text[starts + place]
    # What « 0 » weighs in each place, as a character.
    said -= ord("0") * int("1" * size)
    near = numbers[np.minimum(np.searchsorted(numbers, said), len(numbers) - 1)]
    for found in np.flatnonzero(near == said):
        line = block[starts[found] : ends[found]]
        # Signs that are no digits may weigh as much.
        if line[:size].isdigit():
            yield line


def _pour(path: Path, entry: str, pipe: Path) -> None:
    """Send the entry's bytes down the pipe; a reader that gives up closes it, which ends the sending."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as stream, pipe.open("wb") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
    except (OSError, zipfile.BadZipFile):
        return
