"""Turns a JSON list into a CSV that a layout can read: one row per record, nested names joined by dots."""

import csv
import gzip
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from levier.core.json_stream import BrokenJsonError, ListNotFoundError, records
from levier.directory.sources.errors import UnreadableFileError

Flatten = Callable[[Any], Iterable[dict[str, str]]]
_BEGINNINGS = (b"{", b"[")


def is_json(path: Path) -> bool:
    """True when the file's name or its first character says JSON."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".json", ".jsonl", ".ndjson", ".geojson")):
        return True
    try:
        with _open_bytes(path) as stream:
            return stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_BEGINNINGS)
    except (OSError, EOFError):
        return False


def json_to_csv(
    path: Path,
    work: Path,
    *,
    columns: tuple[str, ...],
    lists: Collection[str],
    flatten: Flatten | None = None,
) -> Path:
    """A CSV in ``work`` with ``columns``, one row for each record ``flatten`` gives of each value of the list.

    Memory holds one record at a time. Raises UnreadableFileError with a French sentence.
    """
    target = work / f"{path.name}.csv"
    rows = 0
    try:
        with _open_text(path) as stream, target.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="")
            writer.writeheader()
            for record in records(stream, lists):
                for row in (flatten or flat_rows)(record):
                    writer.writerow(row)
                    rows += 1
    except BrokenJsonError as problem:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » n’est plus du JSON à partir de {problem} : téléchargez-le de nouveau."
        ) from None
    except ListNotFoundError:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » ne contient aucune liste « {'» ou «'.join(lists)} » : "
            "vérifiez que c’est bien celui de cette source."
        ) from None
    except (OSError, EOFError):
        raise UnreadableFileError(
            f"Le fichier « {path.name} » est abîmé : téléchargez-le de nouveau."
        ) from None
    if not rows:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » ne contient aucun enregistrement : téléchargez-le de nouveau."
        )
    return target


def flat_rows(record: Any) -> Iterator[dict[str, str]]:
    """One row: « a.b » for nested names, values of a list joined by semicolons, names of a list of objects."""
    if isinstance(record, dict):
        yield dict(_flat(record, ""))


def _flat(record: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", ";".join(filter(None, (as_text(item) for item in value)))
        else:
            yield f"{prefix}{name}", as_text(value)


def as_text(value: Any) -> str:
    """A cell's text: booleans as oui or non, an object by its name or slug, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):
        return str(value.get("slug") or value.get("name") or value.get("value") or value.get("nom") or "")
    return str(value)


def _open_bytes(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _open_text(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace")
    return path.open(encoding="utf-8-sig", errors="replace")
