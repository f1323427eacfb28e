"""Suppliers and sources made by hand, for tests that need no file."""

from datetime import date
from itertools import count
from typing import Any

from levier.directory.models import Source, SourceRecord, Supplier

_NUMBERS = count(1)
SEEN = date(2026, 11, 1)


def source(**fields: Any) -> Source:
    """A source that has never run."""
    number = next(_NUMBERS)
    return Source.objects.create(
        **({"slug": f"source-{number}", "label": f"Source {number}", "rank": 20} | fields)
    )


def supplier(*, seen_by: Source | None = None, **fields: Any) -> Supplier:
    """A listed supplier; with ``seen_by``, the record of that source too."""
    number = next(_NUMBERS)
    kind = fields.get("kind", "EI")
    defaults = {
        "key": f"essai-{number}:{kind}",
        "kind": kind,
        "name": f"Fournisseur {number}",
        "first_seen": SEEN,
    }
    made = Supplier.objects.create(**(defaults | fields))
    if seen_by is not None:
        SourceRecord.objects.create(
            source=seen_by, source_key=f"{number}", supplier=made, kind=made.kind, values={"name": made.name},
            content_hash="0" * 32, first_seen=SEEN, last_seen=SEEN,
        )  # fmt: skip
    return made
