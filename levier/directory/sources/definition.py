"""What a source is: who publishes it, what it states, and the layouts of file it comes in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """One shape of file: its columns, and the SQL that turns it into the common columns.

    A file has this layout when it holds every ``required`` column (case, accents and spaces aside).
    ``optional`` columns read as NULL when absent. ``companion`` names a second file that must lie beside the
    first one, read as the view ``companion``, with its own required columns. ``about``: a condition on the
    view ``raw``; rows it leaves out are another source's business: counted apart, neither read nor rejected.
    ``header``: the columns of a file that names none; it is known by its ``first_cells``. ``base``: another
    mapping, whose SELECT stands where this one writes ``{base}``.
    """

    mapping: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    delimiter: str = ""
    companion: str = ""
    companion_columns: tuple[str, ...] = ()
    about: str = ""
    base: str = ""
    header: tuple[str, ...] = ()
    first_cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """A list published page by page, in JSON.

    ``records``: name of the list in a page. ``following``: name of the next page's address; without it, pages
    are numbered by the parameter ``page`` until one holds fewer than ``size`` records. ``signed_by``:
    name of the setting that holds the token sent with each page, empty when none is needed.
    """

    records: str
    following: str = ""
    size: int = 100
    size_parameter: str = "per_page"
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """One source of suppliers, in a folder of its own.

    ``rank``: for one group of fields the source of lowest rank wins (a register before a list).
    ``key_prefix``: a row without a valid SIRET is known as « <key_prefix>-<source key>:<kind> »; empty when
    such a row must be rejected. ``wrong_siret_is_rejected``: a SIRET present but false rejects the row.
    ``by_siren``: the list names legal units, not establishments. ``only_completes``: rows never create a
    supplier, they complete one that another source gave. ``download_name``: under which name `levier sync`
    keeps the file behind ``url``; empty when the address needs an account or gives another shape of file.
    ``lists_everything``: what the source does not name again is gone from it, unless more than ``largest_loss`` (0 to
    1) of what it gave is missing: the file is then but a part. ``completes_all_kinds``: a row
    completes every known supplier of its SIRET, or of its SIREN. ``prepare``: turns a file that is no table
    (JSON, Parquet, archive) into a CSV in a work folder; None when the file is one already. ``pages``: the
    address gives pages of JSON. ``beside``: (address, file name) of other files to have beside the first.
    ``is_heavy``: gigabytes, fetched by `levier sync` only when it is named.
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
    largest_loss: float = 0.2
    download_name: str = ""
    completes_all_kinds: bool = False
    prepare: Callable[[Path, Path], Path | None] | None = None
    pages: Pages | None = None
    beside: tuple[tuple[str, str], ...] = ()
    is_heavy: bool = False

    def mapping_sql(self, layout: Layout) -> str:
        """The text of the layout's mapping, with the one it starts from."""
        mapping = (self.folder / layout.mapping).read_text(encoding="utf-8")
        if not layout.base:
            return mapping
        return mapping.replace("{base}", (self.folder / layout.base).read_text(encoding="utf-8"))
