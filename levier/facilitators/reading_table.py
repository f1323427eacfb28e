"""Opens our CSV as people keep them: UTF-8 or what Excel writes in France, commas or semicolons, English or French titles."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from levier.reference.places.folding import fold

# What people write over a column, besides its own name; folded.
TITLES: Mapping[str, Sequence[str]] = {
    "kind": ("nature", "type"),
    "name": ("nom", "structure", "raison sociale"),
    "email": ("courriel", "mail", "e mail", "adresse electronique"),
    "phone": ("telephone", "tel"),
    "website": ("site", "site internet", "site web"),
    "address": ("adresse",),
    "postal_code": ("code postal", "cp"),
    "city": ("ville", "commune"),
    "coverage": ("territoire", "territoires", "territoire couvert", "couverture"),
    "private_clients": ("acheteurs prives", "clients prives"),
    "desk": ("guichet",),
    "first_name": ("prenom",),
    "last_name": ("nom de famille", "nom"),
    "fte": ("etp", "temps consacre"),
    "skills": ("competences",),
    "languages": ("langues",),
    "employer": ("employeur",),
    "territories": ("territoires", "territoires suivis"),
    "rank": ("rang",),
    "absent": ("absence",),
}


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message is a French sentence."""


class RejectedRowError(Exception):
    """A row that cannot be kept; the message says why, in French."""


def table_rows(
    path: Path, *, required: set[str], columns: Sequence[str]
) -> Iterator[tuple[str, dict[str, str] | str]]:
    """(« ligne 3 », column → text, stripped) or (« ligne 3 », reason). Empty rows are left out. Raises UnreadableFileError."""
    text = _text_of(path)
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    titles = [_column_of(title, columns) for title in next(reader, [])]
    missing = required - set(titles)
    if missing:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » n’a pas les colonnes {', '.join(sorted(missing))} (ligne 1). "
            f"Colonnes attendues : {', '.join(columns)}."
        )
    return _rows(reader, titles, columns, delimiter)


def _rows(
    reader: Iterator[list[str]], titles: Sequence[str], columns: Sequence[str], delimiter: str
) -> Iterator[tuple[str, dict[str, str] | str]]:
    # Only the reader of the csv module counts the lines of its file.
    for cells in reader:
        where = f"ligne {reader.line_num}"  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(titles) :]):
            yield (
                where,
                (
                    "La ligne a plus de cellules que l’en-tête : mettez entre guillemets les cellules qui "
                    f"contiennent « {delimiter} »."
                ),
            )
            continue
        found = dict(zip(titles, (cell.strip() for cell in cells), strict=False))
        yield where, {name: found.get(name, "") for name in columns}


def day_of(text: str) -> date:
    """« 2026-07-01 » or « 01/07/2026 ». Raises ValueError."""
    return date.fromisoformat("-".join(reversed(text.split("/"))) if "/" in text else text)


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » ne s’ouvre pas ({problem.strerror})."
        ) from None
    if content.startswith(b"PK") or b"\0" in content:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » n’est pas un CSV : ouvrez-le dans votre tableur, puis « Enregistrer sous », CSV."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # « CSV (séparateur : point-virgule) » of Excel.
        return content.decode("cp1252", errors="replace")


def _column_of(title: str, columns: Sequence[str]) -> str:
    word = fold(title)
    for name in columns:
        if word == fold(name.replace("_", " ")) or word in TITLES.get(name, ()):
            return name
    return title
