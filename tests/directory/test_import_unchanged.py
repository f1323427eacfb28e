"""Lines that say what they said last time: left alone, counted, and never at the price of another answer."""

import ast
import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from levier.core.audit import Actor
from levier.core.models import Change
from levier.directory import actions
from levier.directory.actions import ImportReport, import_source
from levier.directory.models import ActivityEvidence, Source, SourceRecord, Supplier
from levier.directory.provenance import provenance_of
from levier.directory.queries import supplier_cards
from levier.directory.sources import SOURCES, reading
from levier.directory.sources.reading import ReadSource
from levier.directory.sources.unchanged import JUDGING

# The sample of the SIAE was imported once, before the first test of this file.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("siae_list")]

SIAE = SOURCES["siae"].folder / "sample.csv"
A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The own keys of the lines that the judge saw."""
    seen: list[str] = []
    judge = actions.judge_rows

    def noting(reading: ReadSource, *given: Any, **named: Any) -> Any:
        result = judge(reading, *given, **named)
        seen.extend(key for (key,) in reading.database.execute("SELECT source_key FROM verdicts").fetchall())
        return result

    monkeypatch.setattr(actions, "judge_rows", noting)
    return seen


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def choose(day: date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *given: day)

    return choose  # type: ignore[return-value]


def load(path: Path = SIAE, slug: str = "siae") -> ImportReport:
    return import_source(source=slug, path=path, by=Actor.machine("essai"))


def listed_on() -> date:
    """The day of the import that every test starts from."""
    day = Source.objects.get(slug="siae").complete_on
    assert day is not None
    return day


def edited(tmp_path: Path, *changes: tuple[str, str], drop: str = "", first: int | None = None) -> Path:
    text = SIAE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    lines = [line for line in text.splitlines(keepends=True) if not drop or drop not in line]
    path = tmp_path / "modifie.csv"
    path.write_text("".join(lines[:first]), encoding="utf-8")
    return path


def test_the_same_file_is_neither_judged_nor_written_and_reports_the_same(judged: list[str]) -> None:
    first = load(SOURCES["esat"].folder / "sample.csv", "esat")
    judged.clear()
    with CaptureQueriesContext(connection) as queries:
        again = load(SOURCES["esat"].folder / "sample.csv", "esat")
    # Two places share a SIRET: which of them holds the key is asked again each time.
    assert set(judged) == {"010000001", "010000002"}
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 0)
    assert again.anomalies == first.anomalies
    assert again.anomalies["courriel illisible, écarté"] == 1
    assert not [
        query for query in queries if query["sql"].startswith("UPDATE directory_sourcerecord r SET last_seen")
    ]


def test_one_changed_line_is_the_only_one_judged(tmp_path: Path, judged: list[str]) -> None:
    report = load(edited(tmp_path, ("1 place du Marché", "2 place du Marché")))
    accepted = [key for key in judged if key == "99910002700013:AI"]
    # Lines refused before are judged again, to be counted with their reason, and so is the one they double.
    assert (len(accepted), len(judged)) == (1, 6)
    assert (report.updated, report.unchanged, report.rejected) == (1, 4, 4)


def test_new_rules_judge_every_line_again_and_write_no_supplier(
    judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, written = Change.objects.count(), set(Supplier.objects.values_list("id", "updated_at"))
    before = dict(SourceRecord.objects.values_list("source_key", "row_hash"))
    monkeypatch.setattr(actions, "rules_fingerprint", lambda *given: "other rules")
    report = load()
    assert (len(judged), report.unchanged) == (9, 5)
    assert Change.objects.count() == changes
    assert set(Supplier.objects.values_list("id", "updated_at")) == written
    after = dict(SourceRecord.objects.values_list("source_key", "row_hash"))
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    judged.clear()
    load()
    assert len(judged) == 5


def test_contracts_won_since_are_part_of_what_a_line_says(judged: list[str]) -> None:
    ActivityEvidence.objects.create(
        siret="99910002700013", sector="nettoyage-locaux", contracts=3, last_on=date(2026, 10, 1)
    )
    report = load()
    assert "99910002700013:AI" in judged
    assert (report.updated, report.unchanged) == (1, 4)
    assert Supplier.objects.get(key="99910002700013:AI").sectors == ["nettoyage-locaux"]


def test_a_new_line_that_takes_a_known_number_is_still_refused(tmp_path: Path) -> None:
    lines = SIAE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "double.csv"
    path.write_text("".join([*lines, lines[1].replace("TOITS", "TUILES")]), encoding="utf-8")
    report = load(path)
    assert (report.unchanged, report.rejected) == (5, 5)
    assert report.reasons["doublon de la ligne 2"] == 1


def test_a_whole_file_says_when_each_record_was_seen_without_writing_it(tmp_path: Path, on_day: Any) -> None:
    first = listed_on()
    on_day(first + A_DAY)
    load()
    record = SourceRecord.objects.get(source_key="99910002700013:AI")
    assert record.last_seen == first
    assert Source.objects.get(slug="siae").complete_on == first + A_DAY
    assert {row.seen_on for row in provenance_of(record.supplier_id or 0)} == {first + A_DAY}
    assert supplier_cards([record.supplier_id or 0])[0].seen_on == first + A_DAY
    on_day(first + 2 * A_DAY)
    load(edited(tmp_path, drop="COUP DE MAIN"))
    record.refresh_from_db()
    assert (record.gone_since, record.last_seen) == (first + 2 * A_DAY, first + A_DAY)
    assert {row.seen_on for row in provenance_of(record.supplier_id or 0)} == {first + A_DAY}


def test_a_part_of_a_file_writes_the_day_of_what_it_holds(
    tmp_path: Path, on_day: Any, judged: list[str]
) -> None:
    first = listed_on()
    on_day(first + A_DAY)
    judged.clear()
    load(edited(tmp_path, first=3))
    assert judged == []
    assert Source.objects.get(slug="siae").complete_on == first
    days = dict(SourceRecord.objects.values_list("source_key", "last_seen"))
    assert days.pop("99910001900010:EI") == first + A_DAY
    assert set(days.values()) == {first}


COLUMNS = ("finess_et", "siret", "nom", "code_postal", "commune", "type", "email")
SIRETS = ("", "99910004300010", "99910001900010", "99910002700013", "99910003500016", "123")


def _row(rng: random.Random, number: int) -> list[str]:
    return [
        f"0100000{number:02d}", rng.choice(SIRETS), rng.choice(("ESAT UN", "ESAT BLANCHISSERIE", "")), "59000",
        rng.choice(("Lille", "Nulle part")), rng.choice(("Principal", "Secondaire")), rng.choice(("", "faux", "a@b.fr")),
    ]  # fmt: skip


def _snapshot() -> tuple[list[Any], list[Any]]:
    records = SourceRecord.objects.order_by("source_key").values_list(
        "source_key", "stated_key", "content_hash", "anomalies", "gone_since"
    )
    suppliers = Supplier.objects.order_by("key").values_list("key", "name", "siret", "email", "is_listed")
    return list(records), list(suppliers)


def test_leaving_lines_alone_never_changes_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six days of a register whose places take, share and give back numbers: as if all were judged each day.

    The first seed whose days hold every event: a number taken, shared, moved, given back; a line new, doubled, gone,
    back, refused, accepted again, and each of its cells changed.
    """
    rng = random.Random(3)
    rows, files = [_row(rng, number) for number in range(12)], []
    for day in range(6):
        for _ in range(rng.choice((1, 2))):
            place = rng.randrange(len(rows))
            rows[place] = _row(rng, rng.choice((place, place, rng.randrange(16))))
        rng.shuffle(rows)
        path = tmp_path / f"{day}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([COLUMNS, *rows])
        files.append(path)

    def days(rules: Any, short: int) -> list[Any]:
        monkeypatch.setattr(reading, "_SHORT_FILE", short)
        Change.objects.all().delete()
        SourceRecord.objects.all().delete()
        Supplier.objects.all().delete()
        monkeypatch.setattr(actions, "rules_fingerprint", rules)
        states = []
        for path in files:
            report = load(path, "esat")
            outcome = (report.created, report.updated, report.unchanged, report.rejected, report.gone)
            states.append((outcome, report.anomalies, report.reasons, _snapshot()))
        return states

    changing = iter(range(100))
    # Read by two threads as a long list, then by one.
    assert days(lambda *given: "same", 0) == days(lambda *given: str(next(changing)), 1_000_000)


def _imported(path: Path) -> set[str]:
    """The modules of ours that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("levier."):
            found.add(node.module or "")
    return found


def test_the_fingerprint_of_the_rules_holds_all_that_the_judge_imports() -> None:
    listed = {name.replace(":", ".").removesuffix(".py") for name in JUDGING if name.endswith(".py")}
    waiting, seen = ["levier.directory.sources.rows"], set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        package, _, name = module.rpartition(".")
        waiting += _imported(Path(str(resources.files(package))) / f"{name}.py")
    assert seen <= listed
    assert all(
        (resources.files(name.partition(":")[0]) / name.partition(":")[2]).is_file() for name in JUDGING
    )
