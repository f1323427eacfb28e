"""NAF 2025 as INSEE publishes it: sub-classes with their section. SIRENE switches to it in January 2027."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from levier.reference import naf
from levier.reference.sources.csv_rows import ReadFile, RefusedLineError, read_csv

NAME = "naf_2025"
SOURCE = "INSEE, NAF 2025"
LICENCE = "Licence Ouverte 2.0"


@dataclass(frozen=True)
class SubClass:
    """A NAF 2025 sub-class, its code without dot, and the section it belongs to."""

    code: str
    label: str
    section: str
    section_label: str


def read(path: Path) -> ReadFile[SubClass]:
    """Sub-classes of the file. Raises UnreadableFileError."""
    return read_csv(
        path, _parse, key=lambda row: row.code, required=("code", "section", "libelle_section", "libelle")
    )


def rows_with_sections(subclasses: Iterable[SubClass]) -> Iterator[tuple[str, ...]]:
    """Sections then sub-classes as rows of the NAF table.

    The file names no division, group or class: these levels are left out rather than labelled by guess, and a
    sub-class hangs directly from its section.
    """
    known = list(subclasses)
    sections = {row.section: row.section_label for row in known}
    for section, label in sorted(sections.items()):
        yield naf.NAF_2025, section, label, "", "1"
    for row in known:
        yield naf.NAF_2025, row.code, row.label, row.section, "5"


def _parse(cells: Mapping[str, str]) -> SubClass:
    try:
        code, section = naf.normalise(cells.get("code", "")), naf.normalise(cells.get("section", ""))
    except ValueError as error:
        raise RefusedLineError(str(error)) from error
    if naf.level(code) != 5:
        raise RefusedLineError(f"code : {code} n’est pas une sous-classe (quatre chiffres et une lettre)")
    if naf.level(section) != 1:
        raise RefusedLineError(f"section : « {section} » n’est pas une lettre")
    if not cells.get("libelle"):
        raise RefusedLineError("libelle : vide")
    return SubClass(code, cells["libelle"], section, cells.get("libelle_section", "") or section)
