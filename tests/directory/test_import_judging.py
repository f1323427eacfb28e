"""The judge in SQL says what the former judge said, one row after another: on odd rows, in any order, each source."""

import json
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from levier.directory.inference import WonContracts
from levier.directory.models import SourceRecord, Supplier
from levier.directory.sources import SOURCES
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.judging import judge_rows
from levier.directory.sources.reading import ReadSource
from tests.directory.former_judge import AcceptedRow, RejectedRowError, RowJudge
from tests.odd_inputs import ANSWERED_TEXTS, REFUSED_TEXTS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Of the demonstration (impossible), of a firm, of La Poste, and wrong ones.
SIRETS = (
    "99910004300010", "99910001900010", "77554408300477", "35600000000048", "00000000000000", "123", "",
    "7755440830047", "77554408300478",
)  # fmt: skip
SIRENS = ("775544083", "356000000", "000000000", "775544084", "12", "", None)
ODD = [text[:7_000] for text in (*REFUSED_TEXTS.values(), *ANSWERED_TEXTS.values())]
TEXTS = (None, "", "Blanchisserie « du Lys »", 'Atelier \\ "menuiserie"', "x" * 6_000, *ODD)
NAMES = (
    None,
    "TEST IMPORT 2",
    "Test pour import",
    "test importé",
    "TEST IMPORTS",
    "ENTRETIEN DES ESPACES VERTS",
    *TEXTS,
)
EXTRAS = (
    None, "{}", '{"naf_2025":"","legal_unit":{"form":null,"ess":""}}', '{"networks":[],"legal_unit":{"form":"SCOP é"}}',
    '{"label:esus":{"held":true,"until":null}}', '{"label:inconnu":{"held":true}}', '{"label:inconnu":{"held":""}}',
    '{"zeta":"\\u0001\\n\\"","qpv":{"code":"QN05901M","known":true},"headcount":{"n":1.5}}',
)  # fmt: skip
COLUMNS = (
    ("source_key", ("A1", "a1", "A2", "B7>x", "k" * 130, "", None)),
    ("is_main", (True, False)), ("kind", ("EI", "ESAT", "ESS", "SCOP", "GEIQ", "XYZ", "", None)),
    ("siret", SIRETS), ("siren", SIRENS), ("name", NAMES), ("brand", TEXTS), ("legal_form", TEXTS),
    ("description", TEXTS), ("address", TEXTS), ("postal_code", ("59000", "", None)), ("city", TEXTS),
    ("commune", ("59350", None)), ("departement_code", ("59", "", None)), ("region", ("32", None)),
    ("epci", ("200093201", None)), ("latitude", (50.63297, 0.5, 1 / 3, None)), ("longitude", (3.05858, -2.0, 2 / 3)),
    ("precision", ("address", "commune", None)), ("is_far", (True, False)), ("naf", ("8121Z", "9999Z", "", None)),
    ("website", ("www.lys.fr", "https://lys.fr", "ftp://lys.fr", "deux mots", "HTTP://LYS.FR", "x" * 400, "", None)),
    ("phone", ("01 02 03 04 05 ou le soir au 06 07 08 09 10", "", None)),
    ("email", ("a@b.fr", "faux", "a @b.fr", f"{'a' * 260}@b.fr", "", None)),
    ("places", ("12", "0", "007", "1234567", "", None)),
    ("stated_sectors", ("nettoyage-locaux", "nettoyage-locaux|Poterie ; poterie", ";,|", "licorne", *TEXTS)),
    ("convention_status", ("active", "", None)), ("convention_until", ("2026-12-31", None)),
    ("supplier_key", (None,)), ("naf_nomenclature", ("naf_rev2", "naf_2025", None)), ("extra", EXTRAS),
)  # fmt: skip
TYPES = {
    "is_main": "BOOLEAN",
    "is_far": "BOOLEAN",
    "latitude": "DOUBLE",
    "longitude": "DOUBLE",
    "extra": "JSON",
}
WON = {"77554408300477": (WonContracts("nettoyage-locaux", 3, date(2026, 10, 1)),)}


def _odd_rows(rng: random.Random, source: SourceDefinition) -> list[dict[str, Any]]:
    """Mostly sound values, so that rows go far before something is odd."""
    rows = []
    for line in range(2, 120):
        row = {name: rng.choice(values) for name, values in COLUMNS}
        if rng.random() < 0.8:
            row |= {"kind": rng.choice(source.kinds), "name": rng.choice(NAMES[3:9]) or "NOM"}
            row |= {"source_key": f"{rng.choice('abC')}{rng.randrange(30)}", "siret": rng.choice(SIRETS[:4])}
            row |= {"extra": rng.choice(EXTRAS[:5])}
        if source.completes_all_kinds and rng.random() < 0.8:
            row["supplier_key"] = f"{rng.choice(SIRETS[:3])}:EI"
        if rng.random() < 0.7:
            row["siren"] = rng.choice(SIRENS[:2])
        rows.append({"line": line} | row)
    return rows


def _judged_in_sql(
    rows: list[dict[str, Any]], source: SourceDefinition, work: Path
) -> tuple[dict[int, list[Any]], dict[int, str], Counter[str]]:
    with duckdb.connect() as database:
        typed = ", ".join(f"{name} {TYPES.get(name, 'VARCHAR')}" for name, _ in COLUMNS)
        database.execute(f"CREATE TABLE enriched (line BIGINT, {typed})")
        database.executemany(
            f"INSERT INTO enriched VALUES ({', '.join('?' * len(rows[0]))})",
            [list(row.values()) for row in rows],
        )
        database.execute(
            "CREATE TABLE hashed AS SELECT rowid AS row, source_key[1:120] AS source_key, 'h' || line AS row_hash FROM enriched"
        )
        database.execute("CREATE TABLE unchanged (row BIGINT)")
        reading = ReadSource(database, [], [], len(rows))
        judged = judge_rows(reading, source, work, naf_links={}, won=WON)
        for _ in judged.parts:
            pass
        accepted = {
            line: list(given)
            for line, *given in database.execute(
                "SELECT line, source_key, key, kind, siren, siret, values, row_hash, anomalies FROM accepted"
            ).fetchall()
        }
        assert judged.count == len(accepted)
        return accepted, dict(judged.refused), judged.anomalies


def _judged_before(
    rows: list[dict[str, Any]], source: SourceDefinition
) -> tuple[dict[int, list[Any]], dict[int, str]]:
    known = Supplier.objects.filter(kind__in=source.kinds).values_list("key", flat=True)
    holders = SourceRecord.objects.filter(source_id=source.slug).values_list("stated_key", "source_key")
    judge = RowJudge(source, frozenset(known), dict(holders) if source.key_prefix else {}, {}, WON)
    accepted, refused = {}, {}
    for row in sorted(rows, key=lambda row: (not row["is_main"], row["line"])):
        told = row | {"row_hash": f"h{row['line']}", "source_key": (row["source_key"] or "")[:120]}
        try:
            given: AcceptedRow = judge.accept(told)
        except RejectedRowError as reason:
            refused[row["line"]] = str(reason)
            continue
        accepted[row["line"]] = [
            given.source_key, given.key, given.kind, given.siren, given.siret, given.values, given.row_hash,
            sorted(given.anomalies),
        ]  # fmt: skip
    return accepted, refused


@pytest.mark.parametrize(
    "slug", ["siae", "esat", "ess", "geiq", "demo", "sirene", "esus", "siae-conventions", "sirene-ess"]
)
def test_the_same_answers_as_one_row_after_another(slug: str, tmp_path: Path) -> None:
    source, rng = SOURCES[slug], random.Random(slug)
    rows = _odd_rows(rng, source)
    accepted, refused, anomalies = _judged_in_sql(rows, source, tmp_path)
    before, refused_before = _judged_before(rows, source)
    assert refused == refused_before
    assert accepted.keys() == before.keys()
    for line, given in accepted.items():
        assert given[:5] + given[6:7] == before[line][:5] + before[line][6:7]
        assert sorted(given[7]) == before[line][7]
        # The very same text: the hash of a record does not move.
        assert given[5] == before[line][5], json.loads(before[line][5])
    assert anomalies == Counter(said for row in before.values() for said in row[7])
    assert len(accepted) > 2 or source.only_completes or source.is_demo
    assert len(refused) > 5
