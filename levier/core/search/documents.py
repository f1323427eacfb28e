"""Checks a document against the schema and turns it into what the index stores."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from levier.core.search import french
from levier.core.search.errors import InvalidDocumentError
from levier.core.search.geo import COARSE_STEP, FINE_STEP, cell
from levier.core.search.gridding import point_of
from levier.core.search.schema import Document, IndexSchema, Key
from levier.core.search.storage import SegmentBuilder

_INT64 = 2**63
# No document is worth more: a few megabytes pasted in a description would weigh on every score.
_MAX_CHARS = 20_000


# Longer texts are nearly all different: keeping them would only fill the memory.
_OFTEN_SEEN_CHARS = 60


def _forms(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return french.forms_of_short_text(text) if len(text) <= _OFTEN_SEEN_CHARS else french.forms(text)


class DocumentReader:
    """Reads documents of one schema. Keeps the list of known names: the check costs one set operation."""

    def __init__(self, schema: IndexSchema) -> None:
        self.schema = schema
        self._known = frozenset(("key", *schema.field_names))
        self._keyword_names = tuple(field.name for field in schema.keywords)
        self._single = frozenset(field.name for field in schema.keywords if field.single)
        # Where the fields kept in memory stand among the keywords.
        self._columns = tuple(place for place, field in enumerate(schema.keywords) if not field.identifier)

    def key(self, value: object) -> Key:
        """The key in the schema's type, or InvalidDocumentError."""
        if self.schema.key_type == "int":
            # bool is an int for Python; as a key it is always a mistake.
            if isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64:
                return value
            raise InvalidDocumentError(f"La clé « {value} » n’est pas un nombre entier.")
        if isinstance(value, str) and value and len(value) <= 200:
            return value
        raise InvalidDocumentError(f"La clé « {value} » n’est pas un texte de 1 à 200 caractères.")

    def add(self, document: Document, row: int, builder: SegmentBuilder) -> dict[str, Any]:
        """The fields of the inverted index; the columns go to the builder. Nothing is kept on error."""
        if not self._known.issuperset(document):
            names = ", ".join(sorted(map(str, document.keys() - self._known)))
            raise InvalidDocumentError(f"Champ inconnu de l’index « {self.schema.name} » : {names}.")
        key = self.key(document.get("key"))
        fields: dict[str, Any] = {"row": row, "key": str(key)}
        keywords: list[list[str]] = []
        for name in self._keyword_names:
            value = document.get(name)
            # Nearly all are absent or one text: told here, since a directory has millions of them.
            if value is None or value == "" or value == []:
                keywords.append([])
                continue
            values = [value] if type(value) is str else self._keywords(document, name)
            if len(values) > 1 and name in self._single:
                raise self._wrong(document, name, "un seul code")
            keywords.append(values)
            if values:
                fields[name] = values
        for integer in self.schema.integers:
            if numbers := self._integers(document, integer.name):
                fields[integer.name] = numbers
        point = self._point(document)
        if point:
            fields["cell_fine"] = cell(*point, FINE_STEP)
            fields["cell_coarse"] = cell(*point, COARSE_STEP)
            fields["map_x"], fields["map_y"] = point_of(*point)
        name_form = self._add_text(document, fields)
        builder.add(key, name_form, point, [keywords[place] for place in self._columns])
        return fields

    def _add_text(self, document: Document, fields: dict[str, Any]) -> str:
        """One weighted field for all the text: a word of a field of weight 4 counts four times.

        Scoring one field (BM25 over weighted counts) is several times faster than the best of five. Returns the
        form by which the document is sorted by name.
        """
        weighted: list[str] = []
        plain: set[str] = set()
        exact: list[str] = []
        name_form = ""
        for declared in self.schema.text:
            for text in self._texts(document, declared.name):
                form, found, stems = _forms(text)
                plain.update(found)
                weighted.extend(stems * declared.weight)
                if declared.exact and found:
                    exact.append(form)
                if declared.name == self.schema.sort_name and isinstance(document[declared.name], str):
                    name_form = form
        if weighted:
            fields["text"] = " ".join(weighted)
            fields["words"] = " ".join(plain)
        if exact:
            fields["exact"] = exact
        return name_form

    def _texts(self, document: Document, name: str) -> list[str]:
        value = document.get(name)
        if value is None or value == "":
            return []
        if type(value) is str:
            return [value[:_MAX_CHARS]]
        values = [value] if isinstance(value, str) else value
        if isinstance(values, Iterable) and not isinstance(values, (bytes, dict)):
            texts = list(values)
            if all(isinstance(text, str) for text in texts):
                return [text[:_MAX_CHARS] for text in texts]
        raise self._wrong(document, name, "un texte ou une liste de textes")

    def _keywords(self, document: Document, name: str) -> list[str]:
        value = document.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, str):
            return [value]
        if isinstance(value, bool):
            return ["true" if value else "false"]
        if isinstance(value, Iterable) and not isinstance(value, (bytes, dict)):
            values = list(dict.fromkeys(value))
            # A code read as a number has lost its leading zeros: refuse it rather than index « 1001 ».
            if set(map(type, values)) <= {str} or all(isinstance(item, str) for item in values):
                return [item for item in values if item != ""] if "" in values else values
        raise self._wrong(document, name, "un code ou une liste de codes (des textes)")

    def _integers(self, document: Document, name: str) -> list[int]:
        value = document.get(name)
        if value is None:
            return []
        # tantivy loses its writer thread on a value out of type: nothing else than an int64 goes through.
        if isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64:
            return [value]
        raise self._wrong(document, name, "un nombre entier")

    def _point(self, document: Document) -> tuple[float, float] | None:
        geo = self.schema.geo
        if geo is None:
            return None
        latitude, longitude = document.get(geo.latitude), document.get(geo.longitude)
        if latitude is None or longitude is None:
            return None
        try:
            point = float(latitude), float(longitude)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise self._wrong(document, geo.latitude, "des degrés") from None
        if not all(map(math.isfinite, point)) or abs(point[0]) > 90 or abs(point[1]) > 180:
            raise self._wrong(document, geo.latitude, "des degrés (latitude ±90, longitude ±180)")
        return point

    def _wrong(self, document: Document, name: str, expected: str) -> InvalidDocumentError:
        return InvalidDocumentError(
            f"Document « {document.get('key')} », champ « {name} » : {expected} attendu."
        )
