"""The errors of the search port: every message is a French sentence a person may read."""

from __future__ import annotations


class SearchError(Exception):
    """Base of every error raised by the search port; `str(error)` is a French sentence."""


class IndexMissingError(SearchError):
    """No index has been built in the folder yet."""


class IndexBusyError(SearchError):
    """Another process holds the single writer of the index."""


class IndexOutdatedError(SearchError):
    """The index on disk was built with another schema version: it must be rebuilt."""


class InvalidDocumentError(SearchError):
    """A document does not fit the schema (unknown field, wrong type, missing key)."""


class InvalidQueryError(SearchError):
    """A query names an unknown field or an impossible value (radius, offset, limit)."""
