"""Where the rows of a received file stand until they are written: under LEVIER_HOME, compressed, readable by the service alone.

Never the file itself: its table, without any number of a person. A few days, then the nightly job removes it.
"""

import gzip
import json
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from levier.execution.errors import RefusedError
from levier.execution.incoming.sheets import Table

DAYS_KEPT = 14
_GONE = "Les lignes de ce fichier ne sont plus gardées ici : donnez-le de nouveau."


def new_place() -> str:
    """A name nobody can guess."""
    return secrets.token_urlsafe(24)


def put_tables(place: str, tables: Iterable[Table]) -> None:
    """Keep the sheets of a file."""
    _put(place, "tables", [asdict(one) for one in tables])


def tables_at(place: str) -> tuple[Table, ...]:
    """The sheets kept. Raises RefusedError once they are gone."""
    return tuple(
        Table(
            one["name"], tuple(one["titles"]), tuple((number, tuple(cells)) for number, cells in one["rows"]),
            tuple(one["stripped"]), one["blanked"], tuple((label, value) for label, value in one.get("above", ())),
            tuple((first, last, place) for first, last, place in one.get("spans", ())),
        )
        for one in _get(place, "tables")
    )  # fmt: skip


def put_remarks(place: str, remarks: Iterable[tuple[int, str, str, str, str]]) -> None:
    """Keep what a reading says of each line: (line, what it says, outcome, reason, sheet)."""
    _put(place, "remarques", [list(one) for one in remarks])


def remarks_at(place: str) -> tuple[tuple[int, str, str, str, str], ...]:
    """What the last reading said. Raises RefusedError once it is gone."""
    # Those of a reading of before sheets were said have four parts.
    return tuple((*one, "")[:5] for one in _get(place, "remarques"))


def put_progress(place: str, done: int, most: int) -> None:
    """How far a job is: beside the rows, since its transaction shows nothing before its end."""
    _put(place, "avancement", [done, most])


def progress_at(place: str) -> tuple[int, int]:
    """(lines done, lines in all); zero before the job starts."""
    try:
        done, most = _get(place, "avancement")
    except RefusedError:
        return 0, 0
    return done, most


def drop(place: str) -> None:
    """Remove what is kept of a file."""
    for path in _folder().glob(f"{Path(place).name}.*"):
        path.unlink(missing_ok=True)


def forget_old(*, kept: frozenset[str] = frozenset()) -> int:
    """Remove what nobody wrote nor read again for DAYS_KEPT days, these places apart. Gives how many files."""
    before, removed = time.time() - DAYS_KEPT * 24 * 3600, 0
    for path in _folder().glob("*.gz"):
        if path.stat().st_mtime < before and path.name.partition(".")[0] not in kept:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _folder() -> Path:
    return Path(settings.LEVIER_HOME) / "incoming"


def _path(place: str, part: str) -> Path:
    return _folder() / f"{Path(place).name}.{part}.gz"


def _put(place: str, part: str, value: Any) -> None:
    path = _path(place, part)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(gzip.compress(json.dumps(value, ensure_ascii=False).encode(), compresslevel=3))
    partial.replace(path)


def _get(place: str, part: str) -> Any:
    try:
        return json.loads(gzip.decompress(_path(place, part).read_bytes()))
    except FileNotFoundError:
        raise RefusedError(_GONE) from None
