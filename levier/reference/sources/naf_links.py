"""The correspondence between NAF rev. 2 and NAF 2025, sub-class to sub-class."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from levier.reference import naf
from levier.reference.sources.csv_rows import ReadFile, RefusedLineError, columns_of, read_csv

NAME = "naf_links"
SOURCE = "INSEE, correspondance NAF rév. 2 – NAF 2025"
LICENCE = "Licence Ouverte 2.0"
COLUMNS = ("rev2", "naf_2025")
MERGE = """
    DELETE FROM reference_naflink AS held
    WHERE NOT EXISTS (SELECT 1 FROM staged WHERE (rev2, naf_2025) = (held.rev2, held.naf_2025));
    INSERT INTO reference_naflink (rev2, naf_2025) SELECT rev2, naf_2025 FROM staged ON CONFLICT DO NOTHING
"""


def titles(path: Path) -> tuple[str, str] | None:
    """The columns of the two codes, None when the file is not a correspondence."""
    columns = columns_of(path)
    rev2 = next((name for name in columns if "rev2" in _folded(name) or "nafold" in _folded(name)), None)
    recent = next((name for name in columns if "2025" in name or "nafnew" in _folded(name)), None)
    return (rev2, recent) if rev2 and recent else None


def read(path: Path, found: tuple[str, str]) -> ReadFile[tuple[str, str]]:
    """Pairs of codes without dots. Raises UnreadableFileError."""
    return read_csv(path, partial(_parse, found=found), key=" → ".join, required=found)


def _folded(name: str) -> str:
    return name.lower().replace("é", "e").replace(" ", "").replace(".", "").replace("_", "")


def _parse(cells: Mapping[str, str], *, found: tuple[str, str]) -> tuple[str, str]:
    pair = []
    for name in found:
        try:
            code = naf.normalise(cells.get(name, ""))
        except ValueError as error:
            raise RefusedLineError(f"{name} : {error}") from error
        if naf.level(code) != 5:
            raise RefusedLineError(f"{name} : {code} n’est pas une sous-classe")
        pair.append(code)
    return pair[0], pair[1]
