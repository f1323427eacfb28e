"""Reads the published files one record at a time: JSON (gzip or not), XML, CSV with its many dialects."""

import codecs
import csv
import gzip
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

csv.field_size_limit(10_000_000)
_CHUNK = 1 << 16
# A contract of more than this is a file cut in the middle of a record.
_LARGEST_RECORD = 8_000_000
_CONTAINER = re.compile(r'"(marches|marche|contrat-concession)"\s*:\s*(?=[\[{])|\A\s*(?=\[)')
_RECORD_TAGS = {"marche", "contrat-concession"}
_LIST_TAGS = {"titulaires", "concessionnaires", "modifications", "actesSousTraitance"}


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message says where and what to do, in French."""


@dataclass(frozen=True)
class Record:
    """One published record and where it stands (« marché n° 12 », « ligne 340 »).

    `is_typed`: the format tells numbers from texts, and wraps holders (JSON); XML and CSV do not.
    """

    position: str
    content: dict[str, Any]
    is_typed: bool = False


def _as_cp1252(problem: UnicodeError) -> tuple[str, int]:
    """Publishers mix encodings within one file: the bytes that are not UTF-8 are read as Windows-1252."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return problem.object[problem.start : problem.end].decode("cp1252", "replace"), problem.end


codecs.register_error("levier_cp1252", _as_cp1252)


def file_format(path: Path) -> str:
    """« json », « xml » or « csv », by the first character of the content rather than by the name."""
    try:
        with _open_bytes(path) as stream:
            start = stream.read(400).lstrip(b"\xef\xbb\xbf \t\r\n")
    except FileNotFoundError:
        raise UnreadableFileError(f"Le fichier « {path} » n’existe pas : vérifiez son chemin.") from None
    except (OSError, EOFError) as problem:
        raise UnreadableFileError(f"Le fichier « {path.name} » ne peut pas être lu ({problem}).") from None
    if not start:
        raise UnreadableFileError(f"Le fichier « {path.name} » est vide : téléchargez-le à nouveau.")
    if start[:1] in b"{[":
        return "json"
    return "xml" if start[:1] == b"<" else "csv"


def read_records(path: Path) -> Iterator[Record]:
    """The records of a file, without holding it in memory. Raises UnreadableFileError."""
    kind = file_format(path)
    try:
        if kind == "xml":
            with _open_bytes(path) as binary:
                yield from _xml_records(binary, path.name)
        else:
            with _open_text(path) as stream:
                yield from (
                    _json_records(stream, path.name) if kind == "json" else _csv_records(stream, path.name)
                )
    except (OSError, EOFError) as problem:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » est coupé ou abîmé ({problem}) : téléchargez-le à nouveau."
        ) from None


def _open_bytes(path: Path) -> BinaryIO:
    with path.open("rb") as probe:
        is_compressed = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_compressed else path.open("rb")  # type: ignore[return-value]


def _open_text(path: Path) -> TextIO:
    return io.TextIOWrapper(_open_bytes(path), encoding="utf-8-sig", errors="levier_cp1252", newline="")


class _Window:
    """A sliding view on a text stream, which knows the line it stands at."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.text = ""
        self.at = 0
        self._lines_gone = 0
        self.is_complete = False

    def more(self) -> bool:
        """Read further; doubling keeps a long record linear. False at the end of the file."""
        chunk = self._stream.read(max(_CHUNK, len(self.text) - self.at))
        self.is_complete = not chunk
        self._lines_gone += self.text.count("\n", 0, self.at)
        self.text = self.text[self.at :] + chunk
        self.at = 0
        return not self.is_complete

    def skip(self, characters: str) -> str:
        """Step over blanks and the given characters; returns the next one, or "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in characters:
                self.at += 1
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def place(self, offset: int) -> str:
        """« ligne 12, colonne 4 » of an offset in the window."""
        before = self.text[:offset]
        line = self._lines_gone + before.count("\n") + 1
        return f"ligne {line}, colonne {offset - (before.rfind(chr(10)) + 1) + 1}"


def _json_records(stream: TextIO, name: str) -> Iterator[Record]:
    """Every object of the lists « marches », « marche » and « contrat-concession », or of a bare list."""
    window = _Window(stream)
    window.more()
    number = 0
    is_found = False
    while True:
        found = _CONTAINER.search(window.text, window.at)
        if found is None:
            # Keep a tail: the name may be cut between two reads.
            window.at = max(window.at, len(window.text) - 64)
            if not window.more():
                break
            continue
        is_found = True
        window.at = found.end()
        opening = window.skip(" \t\r\n")
        if opening == "{" and found[1] == "marches":
            window.at += 1
            continue
        is_list = opening == "["
        window.at += is_list
        while window.skip(" \t\r\n,") != "]":
            number += 1
            content = _next_value(window, name)
            yield Record(f"marché n° {number}", content if isinstance(content, dict) else {}, is_typed=True)
            if not is_list:
                break
    if not is_found:
        raise UnreadableFileError(
            f"Le fichier « {name} » ne contient ni « marches », ni liste de marchés : ce n’est pas une "
            "publication de données essentielles (DECP)."
        )


def _next_value(window: _Window, name: str) -> Any:
    decoder = json.JSONDecoder()
    while True:
        try:
            value, end = decoder.raw_decode(window.text, window.at)
        except json.JSONDecodeError as problem:
            distance = problem.pos - window.at
            is_too_long = len(window.text) - window.at > _LARGEST_RECORD
            if is_too_long or not window.more():
                where = window.place(window.at + distance)
                raise UnreadableFileError(
                    f"Le fichier « {name} » n’est plus du JSON à partir de {where} : "
                    "rien n’a été importé. Corrigez-le ou téléchargez-le à nouveau."
                ) from None
            continue
        window.at = end
        return value


def _xml_records(stream: BinaryIO, name: str) -> Iterator[Record]:
    """The « marche » and « contrat-concession » elements, each freed once read."""
    number = 0
    try:
        # Entities are expanded by expat itself, which bounds their growth since version 2.4.1.
        for _, element in ElementTree.iterparse(stream, events=("end",)):  # noqa: S314
            if element.tag.rpartition("}")[2] in _RECORD_TAGS:
                number += 1
                content = _xml_value(element)
                element.clear()
                yield Record(f"marché n° {number}", content if isinstance(content, dict) else {})
    except ElementTree.ParseError as problem:
        line, column = problem.position
        raise UnreadableFileError(
            f"Le fichier « {name} » n’est plus du XML à partir de la ligne {line}, colonne {column} : "
            "rien n’a été importé. Corrigez-le ou téléchargez-le à nouveau."
        ) from None
    if not number:
        raise UnreadableFileError(
            f"Le fichier « {name} » ne contient aucun élément « marche » : rien à importer."
        )


def _xml_value(element: ElementTree.Element) -> Any:
    children = list(element)
    if not children:
        return element.text
    tag = element.tag.rpartition("}")[2]
    if tag in _LIST_TAGS:
        return [{child.tag.rpartition("}")[2]: _xml_value(child)} for child in children]
    content: dict[str, Any] = {}
    for child in children:
        name, value = child.tag.rpartition("}")[2], _xml_value(child)
        if name in content:
            previous = content[name]
            content[name] = [*previous, value] if isinstance(previous, list) else [previous, value]
        else:
            content[name] = value
    return content


# Column names differ by publisher; each is folded to lower case without separators before it is looked up.
_COLUMNS = {
    "acheteurid": "acheteur_id",
    "acheteursiret": "acheteur_id",
    "acheteurnom": "acheteur_nom",
    "autoriteconcedanteid": "acheteur_id",
    "lieuexecutioncode": "lieuExecution_code",
    "lieuexecutiontypecode": "lieuExecution_typeCode",
    "codecpv": "codeCPV",
    "dureemois": "dureeMois",
    "datenotification": "dateNotification",
    "datesignature": "dateSignature",
    "datepublicationdonnees": "datePublicationDonnees",
    "formeprix": "formePrix",
    "offresrecues": "offresRecues",
    "considerationssociales": "considerationsSociales",
    "modalitesexecution": "modalitesExecution",
    "modaliteexecution": "modalitesExecution",
    "typesprix": "typesPrix",
    "typeprix": "typesPrix",
    "technique": "techniques",
    "valeurglobale": "valeurGlobale",
}
_HOLDER_COLUMN = re.compile(
    r"titulaires?_?(?P<before>\d?)[._]?(?P<what>typeidentifiant\w*?|denominationsociale|id)_?(?P<after>\d?)$",
    re.I,
)
_HOLDER_FIELDS = {"t": "typeIdentifiant", "d": "denominationSociale", "i": "id"}


def _csv_records(stream: TextIO, name: str) -> Iterator[Record]:
    """Rows of one contract follow one another (one row per holder): they are one record."""
    first = stream.readline()
    delimiter = max(",;|\t", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter))
    columns = [_column(title) for title in header]
    if "objet" not in columns or not {"acheteur_id", "uid"} & set(columns):
        raise UnreadableFileError(
            f"Le fichier « {name} » n’a pas de colonnes « objet » et « acheteur_id » (ligne 1) : ce n’est "
            "pas un tableau de marchés. Colonnes lues : " + ", ".join(header[:8]) + "."
        )
    current: dict[str, Any] | None = None
    current_line, current_key = 0, ""
    rows = csv.reader(stream, delimiter=delimiter)
    for cells in rows:
        if not any(cells):
            continue
        content = _csv_row(columns, header, cells)
        key = "|".join(str(content.get(name, "")) for name in ("uid", "acheteur_id", "id", "objet"))
        if current is not None and key == current_key:
            current["titulaires"] += content["titulaires"]
            continue
        if current is not None:
            yield Record(f"ligne {current_line}", current)
        current, current_line, current_key = content, rows.line_num + 1, key
    if current is not None:
        yield Record(f"ligne {current_line}", current)


def _column(title: str) -> str:
    folded = re.sub(r"[\s._]", "", title).casefold()
    if folded in {"id", "uid", "objet", "nature", "procedure", "montant", "source", "techniques"}:
        return folded
    return _COLUMNS.get(folded, title.strip())


def _csv_row(columns: list[str], header: list[str], cells: list[str]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    holders: dict[str, dict[str, str]] = {}
    for column, title, cell in zip(columns, header, cells, strict=False):
        holder = _HOLDER_COLUMN.match(title.strip())
        if holder:
            field = _HOLDER_FIELDS[holder["what"][0].lower()]
            if cell.strip() and cell.strip() != "CDL":
                holders.setdefault(holder["before"] or holder["after"], {})[field] = cell
        elif column == "titulaires" and cell.lstrip().startswith("["):
            content["titulaires"] = cell
        else:
            content.setdefault(column, cell)
    content["titulaires"] = [body for _, body in sorted(holders.items()) if body]
    return content
