"""Declares what an index holds: text with weights, keywords, numbers, one geographic point."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

Key = int | str
Document = Mapping[str, object]

# Names the engine keeps for itself inside the index.
RESERVED = frozenset({"key", "row", "text", "words", "exact", "cell_fine", "cell_coarse", "map_x", "map_y"})


@dataclass(frozen=True, slots=True)
class TextField:
    """A text that is searched in full. `weight` counts each word so many times (whole number, 1 to 10).

    With `exact`, a query equal to the whole text (accents and case aside) comes first: use it for names.
    """

    name: str
    weight: int = 1
    exact: bool = False


@dataclass(frozen=True, slots=True)
class KeywordField:
    """A field of codes, one or several per document, to filter on and to count.

    `facet` makes its counts cheap inside a text search. `single`: no document holds two codes of it, which makes it
    small and quick to count. `identifier` is for numbers one looks up exactly (SIREN, SIRET): such a field is neither
    counted nor kept in memory.
    """

    name: str
    facet: bool = False
    single: bool = False
    identifier: bool = False


@dataclass(frozen=True, slots=True)
class IntegerField:
    """A whole number to filter on by range (signed 64 bits)."""

    name: str


@dataclass(frozen=True, slots=True)
class GeoField:
    """The single point of a document, in degrees (WGS 84), and the keyword that names its landmass.

    A radius never crosses the sea: when `landmass` names a keyword field, a radius search given a
    landmass keeps only the documents of that landmass.
    """

    latitude: str = "latitude"
    longitude: str = "longitude"
    landmass: str | None = None


@dataclass(frozen=True)
class IndexSchema:
    """The whole declaration of an index. `sort_name` is the text field used by the sort by name."""

    name: str
    version: int
    text: tuple[TextField, ...] = ()
    keywords: tuple[KeywordField, ...] = ()
    integers: tuple[IntegerField, ...] = ()
    geo: GeoField | None = None
    sort_name: str | None = None
    key_type: Literal["int", "str"] = "int"

    def __post_init__(self) -> None:
        names = self.field_names
        if len(set(names)) != len(names):
            raise ValueError(f"schema {self.name}: a field is declared twice")
        taken = RESERVED.intersection(names)
        if taken:
            raise ValueError(f"schema {self.name}: reserved field names {sorted(taken)}")
        if any(not 1 <= field.weight <= 10 for field in self.text):
            raise ValueError(f"schema {self.name}: a weight is a whole number from 1 to 10")
        texts = {field.name for field in self.text}
        if self.sort_name is not None and self.sort_name not in texts:
            raise ValueError(f"schema {self.name}: sort_name is not a text field")
        columns = {field.name for field in self.columns}
        if self.geo and self.geo.landmass and self.geo.landmass not in columns:
            raise ValueError(f"schema {self.name}: the landmass is not a keyword field")

    @property
    def field_names(self) -> list[str]:
        """Every declared name, in order."""
        names = [field.name for field in self.text]
        names += [field.name for field in self.keywords]
        names += [field.name for field in self.integers]
        if self.geo:
            names += [self.geo.latitude, self.geo.longitude]
        return names

    @property
    def columns(self) -> tuple[KeywordField, ...]:
        """The keyword fields kept in memory: all but the identifiers."""
        return tuple(field for field in self.keywords if not field.identifier)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Names of the fields a bare number is looked up in."""
        return tuple(field.name for field in self.keywords if field.identifier)

    @property
    def fingerprint(self) -> str:
        """Changes with any change of the declaration: an index built with another one must be rebuilt."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]
