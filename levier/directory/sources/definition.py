"""What a source is: who publishes it, what it states, and the layouts of file it comes in."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """One shape of file: its columns, and the SQL that turns it into the common columns.

    A file has this layout when it holds every ``required`` column (case, accents and spaces aside).
    ``optional`` columns read as NULL when absent. ``companion`` names a second file that must lie beside the
    first one, read as the view ``companion``, with its own required columns.
    """

    mapping: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    delimiter: str = ""
    companion: str = ""
    companion_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """One source of suppliers, in a folder of its own.

    ``rank``: for one group of fields the source of lowest rank wins (a register before a list).
    ``key_prefix``: a row without a valid SIRET is known as « <key_prefix>-<source key>:<kind> »; empty when
    such a row must be rejected. ``wrong_siret_is_rejected``: a SIRET present but false rejects the row.
    ``by_siren``: the list names legal units, not establishments. ``only_completes``: rows never create a
    supplier, they complete one that another source gave. ``download_name``: under which name `levier sync`
    keeps the file behind ``url``; empty when the address needs an account or gives another shape of file.
    ``lists_everything``: what the source does not name again is gone from it.
    """

    slug: str
    label: str
    publisher: str
    licence: str
    url: str
    frequency: str
    kinds: tuple[str, ...]
    states: str
    rank: int
    folder: Path
    layouts: tuple[Layout, ...]
    key_prefix: str = ""
    wrong_siret_is_rejected: bool = True
    by_siren: bool = False
    only_completes: bool = False
    is_demo: bool = False
    lists_everything: bool = True
    download_name: str = ""

    def mapping_sql(self, layout: Layout) -> str:
        """The text of the layout's mapping."""
        return (self.folder / layout.mapping).read_text(encoding="utf-8")
