"""The baseline: PostgreSQL full text, trigrams and earthdistance over the same rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import psycopg

from benchmarks.search_queries import Asked
from levier.core.search import french
from levier.core.search.geo import EARTH_KM
from levier.directory.search import SupplierRow, supplier_document
from levier.reference.sectors import sector

TEXTS = ("name", "brand", "offer", "description", "place")
# Equatorial radius that earthdistance takes, against the mean radius we take: the same circle for both.
EARTHDISTANCE_KM = 6378.168

SCHEMA = """
DROP SCHEMA IF EXISTS bench_search CASCADE;
CREATE SCHEMA bench_search;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS cube;
CREATE EXTENSION IF NOT EXISTS earthdistance;
SET search_path = bench_search, public;
CREATE TEXT SEARCH CONFIGURATION fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION fr
  ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION raw (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION raw ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
CREATE TABLE supplier (
  key integer PRIMARY KEY, name text, brand text, offer text, labels text, description text, place text,
  kind text, family text, activity text, departement text, sector text[],
  latitude float8, longitude float8, folded text, body tsvector, words tsvector
);
"""
# The elisions are cut before: PostgreSQL's parser leaves « l'école » in two, with a stray l.
FILL = """
UPDATE supplier SET
  body = setweight(to_tsvector('fr', name || ' ' || brand), 'A')
      || setweight(to_tsvector('fr', offer), 'B')
      || setweight(to_tsvector('fr', labels), 'C')
      || setweight(to_tsvector('fr', description || ' ' || place), 'D'),
  words = to_tsvector('raw', concat_ws(' ', name, brand, offer, labels, description, place))
"""
INDEXES = """
CREATE INDEX ON supplier USING gin (body);
CREATE INDEX ON supplier USING gin (words);
CREATE INDEX ON supplier USING gin (sector);
CREATE INDEX ON supplier (departement);
CREATE INDEX ON supplier (kind);
CREATE INDEX ON supplier USING gist (ll_to_earth(latitude, longitude)) WHERE latitude IS NOT NULL;
CREATE TABLE vocabulary AS SELECT word, ndoc FROM ts_stat('SELECT words FROM bench_search.supplier');
CREATE INDEX ON vocabulary USING gin (word gin_trgm_ops);
"""


class PostgresqlBaseline:
    """Loads rows in a schema of its own, answers queries, and drops the schema at the end."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True)
        # One thread each: our engine uses one too.
        self.connection.execute("SET max_parallel_workers_per_gather = 0")
        self.connection.execute("SET jit = off")

    def load(self, rows: Sequence[SupplierRow], *, with_labels: bool = False) -> float:
        """Fill and index; returns seconds. `with_labels`: the names of the sectors are searched too."""
        start = time.perf_counter()
        run = self.connection.execute
        run(SCHEMA)
        with self.connection.cursor().copy(
            "COPY supplier (key, name, brand, offer, description, place, labels, kind, family, activity, "
            "departement, sector, latitude, longitude) FROM STDIN"
        ) as copy:
            for row in rows:
                copy.write_row(_values(row, with_labels))
        run(FILL)
        run(INDEXES)
        # UPDATE wrote each row twice: without this the baseline would read twice the pages.
        run("VACUUM FULL supplier")
        run("VACUUM (ANALYZE) supplier")
        run("ANALYZE vocabulary")
        return time.perf_counter() - start

    def sizes(self) -> tuple[int, int]:
        """Bytes of the indexes (vocabulary included), and of everything."""
        row = self.connection.execute(
            "SELECT pg_indexes_size('supplier') + pg_total_relation_size('vocabulary'), "
            "pg_total_relation_size('supplier') + pg_total_relation_size('vocabulary')"
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def version(self) -> str:
        """Version of the server."""
        row = self.connection.execute("SHOW server_version").fetchone()
        assert row is not None
        return str(row[0]).split(" ")[0]

    def search(self, asked: Asked) -> tuple[int, list[int], dict[str, dict[str, int]]]:
        """Total, keys of the page and counts."""
        run = self.connection.execute
        text = self._mended(asked.text) if asked.is_typo else asked.text
        where, parameters = self._where(asked, text)
        rank, order = "0", "name, key"
        if text:
            column = "words" if asked.is_prefix else "body"
            rank, order = f"ts_rank({column}, query.q)", "score DESC, key"
        if asked.by_distance:
            rank = "earth_distance(ll_to_earth(latitude, longitude), ll_to_earth(%(lat)s, %(lon)s))"
            order = "score, key"
        source = "supplier" + (", query" if text else "")
        prelude = f"WITH query AS (SELECT {self._query(asked)} AS q) " if text else ""
        # The window gives page and total in one pass; past the last page it gives neither.
        page = run(
            f"{prelude}SELECT key, {rank} AS score, count(*) OVER () FROM {source} WHERE {where} "
            f"ORDER BY {order} LIMIT {asked.limit} OFFSET {asked.offset}",
            parameters,
        ).fetchall()
        total = page[0][2] if page else 0
        if not page and asked.offset:
            counted = run(f"{prelude}SELECT count(*) FROM {source} WHERE {where}", parameters).fetchone()
            total = counted[0] if counted else 0
        facets = {name: self._counts(name, f"{prelude}", source, where, parameters) for name in asked.facets}
        return total, [key for key, _, _ in page], facets

    def _counts(
        self, name: str, prelude: str, source: str, where: str, parameters: dict[str, Any]
    ) -> dict[str, int]:
        value = "unnest(sector)" if name == "sector" else name
        counted = f"SELECT {value} AS value, count(*) FROM {source} WHERE {where}"
        query = f"{prelude}{counted} GROUP BY 1 ORDER BY 2 DESC"
        return dict(self.connection.execute(query, parameters).fetchall())

    @staticmethod
    def _query(asked: Asked) -> str:
        if asked.is_prefix:
            return "to_tsquery('raw', %(text)s || ':*')"
        return "plainto_tsquery('fr', %(text)s)"

    def _where(self, asked: Asked, text: str) -> tuple[str, dict[str, Any]]:
        parts, parameters = ["true"], {"text": " ".join(french.tokens(text))}
        if text:
            parts.append(f"{'words' if asked.is_prefix else 'body'} @@ query.q")
        for name in ("departement", "kind"):
            if getattr(asked, name):
                parts.append(f"{name} = %({name})s")
                parameters[name] = getattr(asked, name)
        if asked.sector:
            parts.append("sector @> ARRAY[%(sector)s]")
            parameters["sector"] = asked.sector
        if asked.point:
            parameters |= {"lat": asked.point[0], "lon": asked.point[1]}
        if asked.radius_km:
            parameters["metres"] = asked.radius_km * 1000 * EARTHDISTANCE_KM / EARTH_KM
            point, here = "ll_to_earth(latitude, longitude)", "ll_to_earth(%(lat)s, %(lon)s)"
            parts.append(
                f"latitude IS NOT NULL AND earth_box({here}, %(metres)s) @> {point} "
                f"AND earth_distance({point}, {here}) <= %(metres)s"
            )
        return " AND ".join(parts), parameters

    def _mended(self, word: str) -> str:
        row = self.connection.execute(
            "SELECT word FROM vocabulary WHERE word %% %s "
            "ORDER BY similarity(word, %s) DESC, ndoc DESC LIMIT 1",
            [word, word],
        ).fetchone()
        return row[0] if row else word

    def close(self) -> None:
        """Drop everything this made."""
        self.connection.execute("DROP SCHEMA IF EXISTS bench_search CASCADE")
        self.connection.close()


def _values(row: SupplierRow, with_labels: bool) -> list[Any]:
    document = supplier_document(row)

    def plain(name: str) -> str:
        value = document[name]
        text = value if isinstance(value, str) else " ".join(value)  # type: ignore[arg-type]
        return french.fold(text).replace("'", " ")

    named = [sector(slug) for slug in row.sectors] if with_labels else []
    labels = french.fold(" ".join(f"{each.label} {each.group.label}" for each in named)).replace("'", " ")
    return [
        row.key, *(plain(name) for name in TEXTS), labels,
        row.kind, document["family"], row.activity, row.departement, list(row.sectors),
        row.latitude, row.longitude,
    ]  # fmt: skip
