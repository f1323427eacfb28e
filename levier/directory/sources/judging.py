"""Judges the rows of a file at once, in DuckDB: which are suppliers, under which key, and what they state.

The rules are stages/4_resolve_judge_*.sql, and rows.py for what a table cannot say alone.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling
from psycopg.sql import SQL

from levier.directory.inference import WonContracts, deduce
from levier.directory.kinds import CODES
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.reading import ReadSource
from levier.directory.sources.rows import activity_text, groups, settled, stated
from levier.directory.sources.running import copy_out, run_stage
from levier.organisations.identifiers import is_valid_siren, is_valid_siret

_BATCH = 2_000
# Rows of one part: a share of all, so that the first is published while the others are judged; never so few that asking
# costs more than answering, never so many that sorting them fills the memory. The first is a quarter as long, since
# PostgreSQL waits for it.
_PARTS, _FEWEST, _MOST = 4, 2_000, 50_000
_BEYOND = 1 << 62
# Seconds that Python leaves to the thread that judges before the one that publishes is served. The usual five milliseconds at each
# block sent to PostgreSQL made it wait for a third of its copies.
_TURN = 0.0005
_FIRST_LINES = """
SELECT line FROM (SELECT line, row_number() OVER (ORDER BY line) - 1 AS number FROM verdicts WHERE reason IS NULL)
WHERE number = 0 OR (number - $short) % $size = 0 ORDER BY line
"""
_DISPUTED = (
    "SELECT row, line, source_key, key, own_key, claims_number, refused_kind, refused_number, refused_unknown,"
    " refused_label FROM disputed ORDER BY is_main DESC, line"
)
_HOLDERS = SQL("""
COPY (SELECT DISTINCT ON (stated_key) stated_key, source_key FROM directory_sourcerecord
      WHERE source_id = {} AND supplier_id IS NOT NULL ORDER BY stated_key, id DESC) TO STDOUT (FORMAT csv)
""")
_KNOWN_KEYS = SQL("COPY (SELECT key FROM directory_supplier WHERE kind = ANY ({})) TO STDOUT (FORMAT csv)")


@dataclass
class Judged:
    """The rows of ``reading`` that were not left alone, judged.

    ``parts``: CSV files without titles of the accepted ones, of the columns ``ACCEPTED``, in the order of their lines; each is judged while the
    one before is used. ``refused``: (line, reason), in file order. Once the parts are all read, ``anomalies`` gives French sentence →
    number of rows accepted all the same, and ``count`` the accepted rows.
    """

    parts: Iterator[Path]
    refused: Sequence[tuple[int, str]]
    anomalies: Counter[str] = field(default_factory=Counter)
    count: int = 0


# The columns of `Judged.parts`; the list of anomalies is written as PostgreSQL reads an array.
ACCEPTED = (
    "line", "source_key", "key", "kind", "siren", "siret", "values", "content_hash", "row_hash", "anomalies",
)  # fmt: skip
_WRITE = """
COPY (
    SELECT line, source_key, key, kind, siren, siret, values, md5(key || chr(10) || values), row_hash,
           '{' || array_to_string(list_transform(anomalies,
               lambda one: '"' || replace(replace(one, '\\', '\\\\'), '"', '\\"') || '"'), ',') || '}'
    FROM accepted WHERE line >= $first AND line < $next ORDER BY line
) TO $path (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"')
"""
_SAID = """
SELECT said, count(*) FROM (SELECT unnest(anomalies) AS said FROM accepted WHERE line >= $first AND line < $next)
GROUP BY said
"""


def judge_rows(
    reading: ReadSource,
    source: SourceDefinition,
    work: Path,
    *,
    naf_links: Mapping[str, tuple[str, ...]],
    won: Mapping[str, tuple[WonContracts, ...]],
) -> Judged:
    """Judge the rows of ``reading`` that ``leave_unchanged`` did not set aside; ``work``: a folder for their CSV.

    ``naf_links``: NAF 2025 → NAF rév. 2, whose sectors serve both. ``won``: SIRET → the contracts it won.
    """
    database = reading.database
    _name_functions(database, naf_links, won)
    _load_keys(database, source, work)
    rules: dict[str, Any] = {
        "kinds": [code for code in source.kinds if code in CODES], "prefix": source.key_prefix,
        "by_siren": source.by_siren, "is_demo": source.is_demo, "only_completes": source.only_completes,
        "completes_all_kinds": source.completes_all_kinds,
        "wrong_siret_is_rejected": source.wrong_siret_is_rejected,
    }  # fmt: skip
    # Python answers one thread at a time: two would spend their time waiting for each other. The other core publishes.
    if reading.threads > 1:
        database.execute("SET threads = 1")
    run_stage(database, "4_resolve_judge_1_verdicts.sql", rules)
    _settle(database, has_prefix=bool(source.key_prefix))
    refused = database.execute(
        "SELECT line, reason FROM verdicts WHERE reason IS NOT NULL ORDER BY is_main DESC, line"
    ).fetchall()
    judged = Judged(iter(()), refused)
    judged.parts = _ahead(_parts(reading, work, rules, judged))
    return judged


def _ahead(parts: Iterator[Path]) -> Iterator[Path]:
    """The same, the next one made in a thread while the caller uses the last; one that gives up ends the making."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        with ThreadPoolExecutor(1) as maker:
            following = maker.submit(next, parts, None)
            while part := following.result():
                following = maker.submit(next, parts, None)
                yield part
    finally:
        sys.setswitchinterval(usual)


def _parts(reading: ReadSource, work: Path, rules: Mapping[str, Any], judged: Judged) -> Iterator[Path]:
    """The files of accepted rows; ``judged`` is told what they hold."""
    database = reading.database
    ((rows,),) = database.execute("SELECT count(*) FROM verdicts WHERE reason IS NULL").fetchall()
    size = min(max(rows // _PARTS + 1, _FEWEST), _MOST)
    cut = {"size": size, "short": max(size // 4, _FEWEST)}
    starts = [line for (line,) in database.execute(_FIRST_LINES, cut).fetchall()]
    for number, (first, following) in enumerate(pairwise([*starts, _BEYOND])):
        lines = {"first": first, "next": following}
        run_stage(database, "4_resolve_judge_2_accepted.sql", {**rules, **lines})
        path = work / f"accepted-{number}.csv"
        database.execute(_WRITE, {"path": str(path), **lines})
        judged.anomalies.update(dict(database.execute(_SAID, lines).fetchall()))
        yield path
    judged.count = rows
    if reading.threads > 1:
        database.execute(f"SET threads = {reading.threads}")


def _name_functions(
    database: duckdb.DuckDBPyConnection,
    naf_links: Mapping[str, tuple[str, ...]],
    won: Mapping[str, tuple[WonContracts, ...]],
) -> None:
    """Give DuckDB the rules that stay in Python; they are asked in one thread at a time."""

    def deduced(
        kind: str, siret: str | None, name: str, brand: str | None, description: str | None,
        naf: str | None, nomenclature: str | None,
    ) -> str | None:  # fmt: skip
        values: dict[str, Any] = {"name": name, "brand": brand or "", "description": description or ""}
        if naf and nomenclature:
            values["naf"] = {"code": naf, "nomenclature": nomenclature}
        return activity_text(deduce(values, kind, naf_links, won.get(siret or "", ())))

    text, texts = "VARCHAR", "VARCHAR[]"
    one_text: list[Any] = [text]
    functions: tuple[tuple[str, Callable[..., Any], list[Any], str], ...] = (
        ("valid_siret", lambda one: bool(one) and is_valid_siret(one), one_text, "BOOLEAN"),
        ("valid_siren", lambda one: bool(one) and is_valid_siren(one), one_text, "BOOLEAN"),
        ("extra_members", lambda one: groups(one)[0] if one else None, one_text, texts),
        ("unknown_label", lambda one: groups(one)[1] if one else None, one_text, text),
        ("stated_activity", lambda one: stated(one)[0] if one else None, one_text, text),
        ("unknown_sectors", lambda one: stated(one)[1] if one else None, one_text, texts),
        ("deduced_activity", deduced, [text] * 7, text),
    )
    for name, function, given, back in functions:
        database.create_function(name, function, given, back, null_handling=FunctionNullHandling.SPECIAL)


def _load_keys(database: duckdb.DuckDBPyConnection, source: SourceDefinition, work: Path) -> None:
    """The tables ``holders`` (which place holds a key that places may share) and ``known_keys`` (of suppliers)."""
    wanted = (
        ("holders", ("key", "source_key"), _HOLDERS.format(source.slug) if source.key_prefix else None),
        # A row that completes every kind names its supplier itself.
        ("known_keys", ("key",), _KNOWN_KEYS.format(list(source.kinds))
            if source.only_completes and not source.completes_all_kinds else None),
    )  # fmt: skip
    for table, columns, query in wanted:
        typed = ", ".join(f"{name} VARCHAR" for name in columns)
        database.execute(f"CREATE TABLE {table} ({typed})")
        if query is None:
            continue
        text = work / f"{table}.csv"
        copy_out(query, text)
        database.execute(
            f"COPY {table} FROM '{str(text).replace(chr(39), chr(39) * 2)}'"
            " (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', AUTO_DETECT false)"
        )


def _settle(database: duckdb.DuckDBPyConnection, *, has_prefix: bool) -> None:
    """Say of each disputed row, in order, whether its key is still free; main places come first."""
    holders = dict(
        database.execute(
            "SELECT h.key, h.source_key FROM holders h WHERE h.key IN (SELECT key FROM disputed)"
        ).fetchall()
    )
    answers = list(settled(_rows(database.execute(_DISPUTED)), holders, has_prefix=has_prefix))
    if not answers:
        return
    database.execute("CREATE TABLE settled (row BIGINT, key VARCHAR, is_shared BOOLEAN, reason VARCHAR)")
    for start in range(0, len(answers), _BATCH):
        part = answers[start : start + _BATCH]
        database.execute(
            "INSERT INTO settled SELECT unnest($rows::BIGINT[]), unnest($keys::VARCHAR[]),"
            " unnest($shared::BOOLEAN[]), unnest($reasons::VARCHAR[])",
            dict(zip(("rows", "keys", "shared", "reasons"), map(list, zip(*part, strict=True)), strict=True)),
        )
    database.execute(
        "UPDATE verdicts v SET key = s.key, is_shared = s.is_shared, reason = s.reason"
        " FROM settled s WHERE s.row = v.row"
    )


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in cursor.description or ()]
    for values in cursor.fetchall():
        yield dict(zip(names, values, strict=True))
