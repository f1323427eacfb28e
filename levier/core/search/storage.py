"""What lies on disk: the CURRENT pointer, the state file, and the segments of the columns."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from levier.core.search.columns import NAME_BYTES, Arrays
from levier.core.search.schema import IndexSchema, Key

CURRENT = "CURRENT"
STATE = "state.json"
TERMS = "terms"


@dataclass(frozen=True)
class State:
    """What a reader must know of a generation. `next_row` is the first ordinal never given."""

    schema_version: int
    fingerprint: str
    built_at: str
    updated_at: str
    generation: int = 0
    next_row: int = 0
    documents: int = 0
    position: tuple[int, ...] | None = None
    segments: tuple[str, ...] = field(default_factory=tuple)


def now() -> str:
    """Present instant, ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_atomically(path: Path, content: str) -> None:
    """Replace a small file so that a reader, or a crash, sees the old content or the new one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def read_current(root: Path) -> Path | None:
    """Folder of the present index, or None."""
    try:
        name = (root / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    folder = root / name
    return folder if name and (folder / STATE).is_file() else None


def new_folder(root: Path) -> Path:
    """A fresh folder for a rebuild, under an unused name."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    folder = root / f"index-{stamp}-{secrets.token_hex(3)}"
    (folder / TERMS).mkdir(parents=True)
    return folder


def swap(root: Path, folder: Path) -> None:
    """Make the folder the present index; keep its predecessor for readers still opening it."""
    previous = read_current(root)
    write_atomically(root / CURRENT, folder.name + "\n")
    for other in root.glob("index-*"):
        if other != folder and other != previous:
            shutil.rmtree(other, ignore_errors=True)


def save_state(folder: Path, state: State) -> None:
    """Publish a generation."""
    write_atomically(folder / STATE, json.dumps(asdict(state), indent=1))


def load_state(folder: Path) -> State:
    """The last published generation."""
    raw = json.loads((folder / STATE).read_text(encoding="utf-8"))
    raw["segments"] = tuple(raw["segments"])
    raw["position"] = tuple(raw["position"]) if raw["position"] is not None else None
    return State(**raw)


def save_segment(folder: Path, name: str, arrays: Arrays) -> None:
    """Write a segment of columns; it counts only once the state names it."""
    packed: Arrays = {}
    for key, array in arrays.items():
        if key.startswith("indptr."):
            packed[key] = _narrow(np.diff(array))
        elif key.startswith("codes."):
            packed[key] = _narrow(array)
        else:
            packed[key] = array
    with (folder / name).open("wb") as stream:
        np.savez(stream, allow_pickle=False, **packed)
        stream.flush()
        os.fsync(stream.fileno())


def load_segment(folder: Path, name: str) -> Arrays:
    """Read a segment of columns."""
    arrays: Arrays = {}
    with np.load(folder / name, allow_pickle=False) as content:
        for key in content.files:
            array = content[key]
            if key.startswith("indptr."):
                array = np.concatenate(([0], np.cumsum(array))).astype(np.int32)
            elif key.startswith("codes."):
                array = array.astype(np.int32)
            arrays[key] = array
    return arrays


def _narrow(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The smallest unsigned type that holds the values: it halves the file."""
    highest = int(array.max()) if len(array) else 0
    return array.astype(np.min_scalar_type(highest))


def folder_bytes(folder: Path) -> int:
    """Size on disk of everything under the folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # a merge may remove a file while we look
            continue
    return total


class SegmentBuilder:
    """Gathers the columns of documents one by one, then gives them as arrays."""

    def __init__(self, schema: IndexSchema) -> None:
        self._schema = schema
        self.keys: list[Key] = []
        self._names: list[bytes] = []
        self._latitudes: list[float] = []
        self._longitudes: list[float] = []
        # Of each column: its vocabulary, the codes of all rows end to end, and how many each row has.
        self._columns: list[tuple[dict[str, int], list[int], list[int]]] = [
            ({}, [], []) for _ in schema.columns
        ]

    def add(
        self, key: Key, name: str, point: tuple[float, float] | None, keywords: Iterable[Sequence[str]]
    ) -> None:
        """Add a row; ``keywords``: its codes, one sequence for each column of the schema, in its order."""
        self.keys.append(key)
        self._names.append(name.encode("ascii", "ignore")[:NAME_BYTES])
        latitude, longitude = point or (float("nan"), float("nan"))
        self._latitudes.append(latitude)
        self._longitudes.append(longitude)
        for (vocabulary, codes, lengths), values in zip(self._columns, keywords, strict=True):
            lengths.append(len(values))
            for value in values:
                codes.append(vocabulary.setdefault(value, len(vocabulary)))

    def arrays(self, *, dead: Iterable[int] = (), is_base: bool = False) -> Arrays:
        """Everything gathered; `dead` lists the earlier rows this segment replaces or deletes."""
        keys = (
            np.array(self.keys, dtype=np.int64)
            if self._schema.key_type == "int"
            else np.array(self.keys, dtype=np.str_)
        )
        if not self.keys and self._schema.key_type == "str":
            keys = np.empty(0, dtype="U1")
        names = np.array(self._names, dtype=f"S{NAME_BYTES}")
        arrays: Arrays = {
            "keys": keys,
            "names": names,
            "latitudes": np.array(self._latitudes, dtype=np.float64),
            "longitudes": np.array(self._longitudes, dtype=np.float64),
            "dead": np.array(list(dead), dtype=np.int64),
        }
        if is_base:
            arrays["order"] = np.lexsort((keys, names)).astype(np.int32)
        for column, (vocabulary, codes, lengths) in zip(self._schema.columns, self._columns, strict=True):
            counts = np.array(lengths, dtype=np.int32)
            arrays[f"names.{column.name}"] = np.array(list(vocabulary), dtype=np.str_)
            arrays[f"indptr.{column.name}"] = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
            arrays[f"codes.{column.name}"] = np.array(codes, dtype=np.int32)
        return arrays
