"""From the titles and first rows of a list to a proposed correspondence with our columns."""

import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from levier.directory.sources import spreadsheets
from levier.directory.sources.mapped.source import COLUMNS
from levier.directory.sources.reading import as_table, header_of, rows_of
from levier.organisations.identifiers import clean_digits, is_valid_siret

SHOWN_ROWS = 5
_JUDGED_ROWS = 200

COLUMN_LABELS = {
    "siret": "SIRET", "type": "Type de structure", "nom": "Nom", "enseigne": "Enseigne",
    "forme_juridique": "Forme juridique", "adresse": "Adresse", "code_postal": "Code postal",
    "code_commune": "Code INSEE de la commune", "ville": "Ville", "latitude": "Latitude",
    "longitude": "Longitude", "naf": "Code NAF", "site_web": "Site", "description": "Présentation",
    "telephone": "Téléphone", "courriel": "Courriel", "secteurs": "Secteurs d’achat", "places": "Places",
}  # fmt: skip

# Folded titles met in the lists of networks and territories.
_TITLES = {
    "siret": ("siret", "n siret", "numero siret", "no siret", "code siret", "siret etablissement"),
    "type": ("type", "type de structure", "type structure", "statut", "categorie", "kind"),
    "nom": ("nom", "raison sociale", "denomination", "structure", "nom de la structure", "nom structure",
            "nom entreprise", "nom de l entreprise", "entreprise", "organisme", "name"),
    "enseigne": ("enseigne", "nom commercial", "nom usuel", "marque", "sigle"),
    "forme_juridique": ("forme juridique", "statut juridique"),
    "adresse": ("adresse", "rue", "adresse postale", "adresse 1", "voie"),
    "code_postal": ("code postal", "cp", "codepostal"),
    "code_commune": ("code commune", "code insee", "insee"),
    "ville": ("ville", "commune", "localite"),
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "lng", "long", "x"),
    "naf": ("naf", "code naf", "ape", "code ape"),
    "site_web": ("site", "site web", "site internet", "url", "web"),
    "description": ("description", "presentation", "activite detaillee", "offre", "descriptif"),
    "telephone": ("telephone", "tel", "tel fixe", "numero de telephone", "portable"),
    "courriel": ("courriel", "email", "e mail", "mail", "adresse mail", "adresse electronique"),
    "secteurs": ("secteurs", "secteur", "secteurs d activite", "secteur d activite", "activites", "activite",
                 "metiers"),
    "places": ("places", "capacite", "nombre de places"),
}  # fmt: skip
# A title that only begins with one of their words is still theirs; « Nom du contact » is no name of a structure.
_PLACES = ("siret", "adresse", "code_postal", "ville")


@dataclass(frozen=True)
class Proposal:
    """Titles of the list, its first rows, and our column → their title where one was recognised."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, str]
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def propose(path: Path, sheet: str = "", columns: Mapping[str, str] | None = None) -> Proposal:
    """Read the beginning of the file and recognise what can be. Raises UnreadableFileError with a French sentence.

    Of a workbook: the sheet of that name, else the one that holds the titles of ``columns`` (our column → title), else
    the one where most is recognised; ``sheets`` names those that hold something.
    """
    if path.suffix.lower() in spreadsheets.ENDINGS:
        return _of_workbook(path, sheet, set((columns or {}).values()))
    with tempfile.TemporaryDirectory(prefix="levier-list-") as work:
        wanted = set((columns or {}).values())
        table = spreadsheets.below_heading(
            as_table(path, Path(work)), Path(work), lambda titles: _fit(titles, wanted)
        )
        titles, delimiter = header_of(table)
        rows = [tuple(row) for row in islice(rows_of(table, delimiter), _JUDGED_ROWS)]
    return Proposal(tuple(titles), tuple(rows[:SHOWN_ROWS]), recognise(titles, rows))


def _of_workbook(path: Path, sheet: str, wanted: set[str]) -> Proposal:
    sheets = spreadsheets.sheets_of(path, lambda titles: _fit(titles, wanted))
    table = spreadsheets.chosen(sheets, sheet)
    if table is None:
        return Proposal((), (), {})
    rows = [tuple(map(str, row)) for row in table.rows[:_JUDGED_ROWS]]
    columns = recognise(table.titles, rows)
    return Proposal(
        tuple(table.titles), tuple(rows[:SHOWN_ROWS]), columns, table.name, tuple(one.name for one in sheets)
    )


def _fit(titles: Sequence[str], wanted: set[str]) -> float:
    """What a saved correspondence names comes before what the titles suggest."""
    return len(wanted.intersection(titles)) * len(COLUMNS) + len(recognise(titles, ()))


def recognise(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """Our column → title: first by the title, then, for SIRET and mail, by what stands in the cells."""
    folded = {title: _folded(title) for title in titles}
    found: dict[str, str] = {}
    for column in COLUMNS:
        if match := _titled(column, folded, found):
            found[column] = match
    for column in _PLACES:
        # « Commune étab. », « Adresse du siège »: where nothing says it plainly.
        if column not in found and (match := _titled(column, folded, found, is_begun=True)):
            found[column] = match
    if "nom" not in found and "enseigne" in found:
        # The only name there is.
        found["nom"] = found.pop("enseigne")
    for column, looks_right in (("siret", _is_siret), ("courriel", _is_mail)):
        if column not in found:
            for number, title in enumerate(titles):
                cells = [row[number] for row in rows if number < len(row) and row[number].strip()]
                is_it = cells and sum(map(looks_right, cells)) > len(cells) / 2
                if is_it and title not in found.values():
                    found[column] = title
                    break
    return found


def _titled(
    column: str, folded: Mapping[str, str], found: Mapping[str, str], *, is_begun: bool = False
) -> str | None:
    """The first free title that is a known word of the column, or with ``is_begun`` begins with one."""
    return next(
        (
            title
            for known in _TITLES[column]
            for title, said in folded.items()
            if (said.startswith(f"{known} ") if is_begun else said == known) and title not in found.values()
        ),
        None,
    )


def _is_siret(cell: str) -> bool:
    return is_valid_siret(clean_digits(cell))


def _is_mail(cell: str) -> bool:
    return re.fullmatch(r"\S+@\S+\.\S+", cell.strip()) is not None


def _folded(title: str) -> str:
    plain = unicodedata.normalize("NFD", title.lower())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^a-z0-9]+", " ", letters.replace("°", " ")).strip()
