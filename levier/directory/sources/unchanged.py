"""Which rows of a file say what they said last time: neither judged nor written again."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import Stemmer
from psycopg.sql import SQL

from levier.directory.inference import WonContracts
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.reading import ReadSource
from levier.directory.sources.running import copy_out, run_stage

# All that decides what a row becomes, the row aside: the judge and what it reads. A change of any of them makes
# every row judged again, once. A test checks that the judge imports nothing else.
JUDGING = (
    "levier.directory:inference.py", "levier.directory:kinds.py", "levier.directory:labels.py", "levier.directory.sources:rows.py",
    "levier.directory.sources:judging.py",
    "levier.directory.sources:stages/4_resolve_judge_1_verdicts.sql",
    "levier.directory.sources:stages/4_resolve_judge_2_accepted.sql",
    "levier.directory.sources:definition.py", "levier.organisations:identifiers.py", "levier.reference:naf.py",
    "levier.reference:sectors.py", "levier.reference:name_sectors.py", "levier.reference.cpv:tables.py", "levier.reference.cpv:text.py",
    "levier.reference:data/sectors/sectors.csv", "levier.reference:data/sectors/groups.csv",
    "levier.reference:data/sectors/naf_sectors.csv", "levier.reference:data/sectors/sector_words.csv",
    "levier.reference:data/sectors/false_friends.csv", "levier.reference:data/sectors/name_marks.csv",
    "levier.reference:data/sectors/buyer_words.csv", "levier.reference:data/sectors/trade_people.csv",
    "levier.reference:data/sectors/people_ranks.csv",
    "levier.reference:data/cpv/lexicon_stop_words.txt",
)  # fmt: skip
_KNOWN = SQL("""
COPY (SELECT source_key, row_hash, stated_key, supplier_id IS NOT NULL,
             CASE WHEN cardinality(anomalies) > 0 THEN to_json(anomalies) END
      FROM directory_sourcerecord WHERE source_id = {} AND gone_since IS NULL)
TO STDOUT (FORMAT csv)
""")
_BATCH = 10_000


@cache
def _code_fingerprint() -> str:
    digest = hashlib.md5(Stemmer.version().encode(), usedforsecurity=False)
    for name in JUDGING:
        package, _, path = name.partition(":")
        digest.update(name.encode() + b"\0" + (resources.files(package) / path).read_bytes())
    return digest.hexdigest()


def rules_fingerprint(source: SourceDefinition, naf_links: Mapping[str, tuple[str, ...]]) -> str:
    """One text for all that judges the rows of a source: code, tables of the package, tables of the database.

    The mapping and the lookups are not in it: what they give is in the row, hence in its own hash.
    """
    rules = (
        _code_fingerprint(), source.slug, source.kinds, source.key_prefix, source.wrong_siret_is_rejected,
        source.by_siren, source.only_completes, source.is_demo, source.completes_all_kinds,
        sorted(naf_links.items()),
    )  # fmt: skip
    return hashlib.md5(repr(rules).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Unchanged:
    """The rows left alone, out of the ``known`` records that the source had not dropped.

    ``anomalies``: what was said of them when they were judged.
    """

    reading: ReadSource
    count: int
    known: int
    anomalies: Counter[str]

    def keys(self) -> Iterator[str]:
        """The source's own keys of the rows left alone."""
        return self._keys("unchanged")

    def expected(self) -> Iterator[str]:
        """Own keys of the known records that are not among them: judged again, or gone."""
        return self._keys("expected")

    def _keys(self, table: str) -> Iterator[str]:
        cursor = self.reading.database.execute(f"SELECT source_key FROM {table}")  # noqa: S608
        while batch := cursor.fetchmany(_BATCH):
            yield from (key for (key,) in batch)


def leave_unchanged(
    reading: ReadSource,
    source: SourceDefinition,
    rules: str,
    won: Mapping[str, tuple[WonContracts, ...]],
    work: Path,
) -> Unchanged:
    """Set aside the rows of ``reading`` that say what they said when ``rules`` judged them last.

    ``won``: SIRET → the contracts it won, from which the judge deduces too: part of what a row says.

    To be called once the publication is ours alone: another import would change what is known.
    """
    database = reading.database
    _load_known(reading, source, work)
    _load_won(reading, won, work)
    said = ", ".join(f'e."{name}"::VARCHAR' for name in reading.columns_of("enriched") if name != "line")
    database.execute(
        # As the records hold it, a source's own key has 120 characters at most.
        "CREATE TABLE hashed AS SELECT e.rowid AS row, source_key[1:120] AS source_key, e.siret, siren, kind,"  # noqa: S608
        f" supplier_key, md5($rules || to_json([{said}]) || coalesce(w.won, '')) AS row_hash"
        " FROM enriched e LEFT JOIN won w ON w.siret = e.siret",
        {"rules": rules},
    )
    given = {"by_siren": source.by_siren, "prefix": source.key_prefix}
    run_stage(database, "4_resolve_unchanged.sql", given)
    (count,) = database.execute("SELECT count(*) FROM unchanged").fetchall()[0]
    (known,) = database.execute("SELECT count(*) FROM known_records").fetchall()[0]
    anomalies: Counter[str] = Counter()
    for sentences, rows in database.execute(
        "SELECT anomalies, count(*) FROM unchanged WHERE anomalies IS NOT NULL GROUP BY anomalies"
    ).fetchall():
        anomalies.update(dict.fromkeys(json.loads(sentences), rows))
    return Unchanged(reading, count, known, anomalies)


def _load_won(reading: ReadSource, won: Mapping[str, tuple[WonContracts, ...]], work: Path) -> None:
    text = work / "won.csv"
    with text.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows((siret, repr(contracts)) for siret, contracts in won.items())
    reading.database.execute(
        "CREATE TABLE won AS SELECT * FROM read_csv($path, header = false, auto_detect = false,"
        " columns = {'siret': 'VARCHAR', 'won': 'VARCHAR'}, quote = '\"', escape = '\"', delim = ',')",
        {"path": str(text)},
    )


def _load_known(reading: ReadSource, source: SourceDefinition, work: Path) -> None:
    text = work / "known_records.csv"
    copy_out(_KNOWN.format(source.slug), text)
    reading.database.execute(
        "CREATE TABLE known_records AS SELECT * FROM read_csv($path, header = false, auto_detect = false,"
        " columns = {'source_key': 'VARCHAR', 'row_hash': 'VARCHAR', 'stated_key': 'VARCHAR',"
        " 'has_supplier': 'BOOLEAN', 'anomalies': 'VARCHAR'}, quote = '\"', escape = '\"', delim = ',')",
        {"path": str(text)},
    )
