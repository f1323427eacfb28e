"""A saved mapping as a source: the list's columns are renamed to ours, then read like any other file."""

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from levier.directory.kinds import CODES
from levier.directory.sources.definition import Layout, SourceDefinition
from levier.directory.sources.reading import as_table, header_of
from levier.directory.sources.spreadsheets import below_heading, keep_row_numbers, row_numbers
from levier.directory.sources.suppliers_csv.source import SOURCE as SUPPLIERS_CSV

_LAYOUT = SUPPLIERS_CSV.layouts[0]
# Every column a mapping may fill, in the order of a form.
COLUMNS = (*_LAYOUT.required, *_LAYOUT.optional)


def definition_of(
    *, slug: str, label: str, publisher: str, columns: Mapping[str, str], kind: str, sheet: str = ""
) -> SourceDefinition:
    """The source of a mapping. ``columns``: our column → title of theirs; ``kind``: that of every row, or empty.

    ``sheet``: the one to read of a workbook; empty for the one that holds these titles.
    """
    return SourceDefinition(
        slug=slug,
        label=label,
        publisher=publisher,
        licence="Celle de la liste apportée",
        url="",
        frequency="à la demande",
        kinds=CODES,
        states="ce que la liste contient, par une correspondance de colonnes",
        rank=25,
        folder=Path(__file__).parent,
        layouts=(Layout(mapping="mapping.sql", required=_LAYOUT.required, optional=_LAYOUT.optional),),
        prepare=partial(_renamed, columns=dict(columns), kind=kind, sheet=sheet),
    )


def _renamed(path: Path, work: Path, *, columns: Mapping[str, str], kind: str, sheet: str) -> Path:
    """The list with our titles; a column nobody mapped keeps its own, aside from ours."""
    wanted = {_folded(title) for title in columns.values() if title}

    def fit(titles: Sequence[str]) -> float:
        return len(wanted.intersection(map(_folded, titles)))

    table = as_table(path, work, fit, sheet)
    if row_numbers(table) is None:
        table = below_heading(table, work, fit)
    titles, delimiter = header_of(table)
    # The kind of every row comes before a column of kinds.
    ours = {
        _folded(theirs): name for name, theirs in columns.items() if theirs and not (kind and name == "type")
    }
    renamed = [ours.get(_folded(title)) or f"({title})" for title in titles]
    target = work / "renamed.csv"
    with (
        table.open(encoding="utf-8-sig", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        reader, writer = csv.reader(source, delimiter=delimiter), csv.writer(out)
        next(reader, None)
        writer.writerow([*renamed, "type"] if kind else renamed)
        for row in reader:
            if row:
                padded = [*row, *[""] * (len(renamed) - len(row))]
                writer.writerow([*padded, kind] if kind else padded)
    keep_row_numbers(table, target)
    return target


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()
