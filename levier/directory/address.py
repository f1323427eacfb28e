"""The address of a results page: short, shareable, and the same page with one filter more or less."""

from django.http import QueryDict


class Address:
    """The query of a page, without its empty values and what is not part of the search."""

    names = (
        "q",
        "lieu",
        "rayon",
        "famille",
        "type",
        "secteur",
        "role",
        "activite",
        "dep",
        "label",
        "territoire",
        "dispo",
        "taille",
        "forme",
        "ess",
        "mot_a_mot",
        "tri",
        "page",
    )

    def __init__(self, path: str, query: QueryDict) -> None:
        self.path = path
        self._query = QueryDict(mutable=True)
        for name in self.names:
            values = [value for value in query.getlist(name) if value.strip()]
            if values:
                self._query.setlist(name, list(dict.fromkeys(values)))

    def __str__(self) -> str:
        return self._to(self._query)

    @property
    def query(self) -> str:
        """What follows « ? », without the number of the page."""
        query = self._query.copy()
        query.pop("page", None)
        return query.urlencode()

    @property
    def is_bare(self) -> bool:
        """Nothing was asked."""
        return not self._query

    def without(self, name: str, value: str = "") -> str:
        """The same page less one value, or less the whole field; back to its first page."""
        query = self._query.copy()
        kept = [each for each in query.getlist(name) if value and each != value]
        query.pop("page", None)
        if kept:
            query.setlist(name, kept)
        else:
            query.pop(name, None)
        return self._to(query)

    def replacing(self, **values: str) -> str:
        """The same page with other values (an empty one goes); back to its first page unless one is given."""
        query = self._query.copy()
        query.pop("page", None)
        for name, value in values.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return self._to(query)

    def on(self, path: str) -> str:
        """The same question on another page, at its beginning."""
        return f"{path}?{self.query}" if self.query else path

    def _to(self, query: QueryDict) -> str:
        return f"{self.path}?{query.urlencode()}" if query else self.path


def website_address(written: str) -> str:
    """A link from what a source wrote; empty unless it is plainly a web address."""
    text = written.strip()
    if text.startswith(("http://", "https://")):
        return text
    has_scheme = ":" in text.split("/")[0]
    return f"https://{text}" if "." in text and " " not in text and not has_scheme else ""
