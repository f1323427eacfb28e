"""Opens the three files of the SIRENE stock (Parquet, CSV or zipped CSV), only the columns and firms we need."""

import csv
import io
import os
import threading
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from levier.directory.sources.errors import UnreadableFileError

ESTABLISHMENT = (
    "siren", "siret", "statutDiffusionEtablissement", "trancheEffectifsEtablissement",
    "anneeEffectifsEtablissement", "etablissementSiege", "numeroVoieEtablissement",
    "indiceRepetitionEtablissement", "typeVoieEtablissement", "libelleVoieEtablissement",
    "complementAdresseEtablissement", "codePostalEtablissement", "libelleCommuneEtablissement",
    "codeCommuneEtablissement", "dateDebut", "etatAdministratifEtablissement", "enseigne1Etablissement",
    "denominationUsuelleEtablissement", "activitePrincipaleEtablissement",
    "nomenclatureActivitePrincipaleEtablissement", "activitePrincipaleNAF25Etablissement",
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

    def load(self, table: str, path: Path, columns: Collection[str], where: str = "true") -> None:
        """Create ``table``; ``where`` is a condition on its columns. Raises UnreadableFileError."""
        relation, present = self._parquet(path) if path.suffix.lower() == ".parquet" else self._csv(path)
        absent = [name for name in _REQUIRED[table] if name not in present]
        if absent:
            raise UnreadableFileError(
                f"Le fichier « {path.name} » n’est pas celui du stock SIRENE : il manque la colonne « {absent[0]} »."
            )
        selected = ", ".join(
            f'CAST("{name}" AS VARCHAR) AS "{name}"' if name in present else f'NULL::VARCHAR AS "{name}"'
            for name in columns
        )
        try:
            self.database.execute(
                f"CREATE TABLE {table} AS SELECT * FROM (SELECT {selected} FROM {relation}) WHERE {where}"  # noqa: S608
            )
        except duckdb.Error as problem:
            raise UnreadableFileError(
                f"Le fichier « {path.name} » est abîmé : téléchargez-le de nouveau."
            ) from problem

    def _parquet(self, path: Path) -> tuple[str, set[str]]:
        relation = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        try:
            described = self.database.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608
        except duckdb.Error as problem:
            raise UnreadableFileError(
                f"Le fichier « {path.name} » est abîmé : téléchargez-le de nouveau."
            ) from problem
        return relation, {row[0] for row in described}

    def _csv(self, path: Path) -> tuple[str, set[str]]:
        """A zipped CSV reaches DuckDB through a pipe: nothing of its gigabytes is written to the disk."""
        entry = _entry(path)
        header, delimiter = _header(path, entry)
        readable = path
        if entry:
            readable = self.work / f"{path.stem}-{len(self._threads)}.pipe"
            os.mkfifo(readable)
            thread = threading.Thread(target=_pour, args=(path, entry, readable), daemon=True)
            thread.start()
            self._threads.append(thread)
        typed = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
        address = str(readable).replace("'", "''")
        return (
            f"read_csv('{address}', columns = {{{typed}}}, header = false, skip = 1, delim = '{delimiter}', quote = '\"', "
            # A pipe is read in order; a file by both cores, which a padding of short lines would forbid.
            f"escape = '\"', auto_detect = false, {'parallel = false, null_padding = true' if entry else 'parallel = true'})"
        ), set(header)


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


def _header(path: Path, entry: str) -> tuple[list[str], str]:
    """The titles, and what separates them."""
    if entry:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as stream:
            first = io.TextIOWrapper(stream, encoding="utf-8-sig").readline()
    else:
        with path.open(encoding="utf-8-sig", errors="replace") as text:
            first = text.readline()
    delimiter = max(",;", key=first.count)
    return [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])], delimiter


def _pour(path: Path, entry: str, pipe: Path) -> None:
    """Send the entry's bytes down the pipe; a reader that gives up closes it, which ends the sending."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as stream, pipe.open("wb") as out:
            while chunk := stream.read(1 << 20):
                out.write(chunk)
    except (OSError, zipfile.BadZipFile):
        return
