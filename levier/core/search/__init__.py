"""The search engine port and its tantivy engine; knows nothing of suppliers, Django or the database."""

from levier.core.search.errors import (
    IndexBusyError,
    IndexMissingError,
    IndexOutdatedError,
    InvalidDocumentError,
    InvalidQueryError,
    SearchError,
)
from levier.core.search.gridding import square_of
from levier.core.search.port import (
    Chart,
    Correction,
    Geo,
    Hit,
    IndexStatus,
    Page,
    Position,
    Query,
    Range,
    SearchEngine,
    Square,
    Window,
    Wish,
    Within,
)
from levier.core.search.schema import (
    Document,
    GeoField,
    IndexSchema,
    IntegerField,
    Key,
    KeywordField,
    TextField,
)
from levier.core.search.tantivy_engine import TantivyEngine

__all__ = [
    "Chart",
    "Correction",
    "Document",
    "Geo",
    "GeoField",
    "Hit",
    "IndexBusyError",
    "IndexMissingError",
    "IndexOutdatedError",
    "IndexSchema",
    "IndexStatus",
    "IntegerField",
    "InvalidDocumentError",
    "InvalidQueryError",
    "Key",
    "KeywordField",
    "Page",
    "Position",
    "Query",
    "Range",
    "SearchEngine",
    "SearchError",
    "Square",
    "TantivyEngine",
    "TextField",
    "Window",
    "Wish",
    "Within",
    "square_of",
]
