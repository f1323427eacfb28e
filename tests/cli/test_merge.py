"""`levier merge`: run, review, statistics."""

from pathlib import Path

import pytest

from levier.directory.models import DuplicatePair, Supplier
from tests.cli.calls import document, refusal, run
from tests.factories.directory import source, supplier
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _twins() -> None:
    """One sure pair (one town), one doubtful (two towns), all of one legal unit."""
    for number, city in ((10, "Roubaix"), (28, "Roubaix"), (36, "Lille")):
        key = f"999100019{number:05d}"
        made = supplier(
            key=f"{key}:EI", name="Les Toits d’essai", siren="999100019", siret=key, city=city,
            departement_code="59", seen_by=source(slug=f"liste-{number}"),
        )  # fmt: skip
        said = {
            "name": made.name,
            "siren": "999100019",
            "siret": key,
            "place": {"city": city, "departement": "59"},
        }
        made.records.update(values=said)


def test_a_dry_run_counts_and_writes_nothing() -> None:
    assert document("merge", "run", "--dry-run")["merged"] == 1
    assert plain_spaces(run("merge", "run", "--dry-run").stdout).startswith(
        "Essai à blanc : 3 fiches comparées, 1 "
    )
    assert not DuplicatePair.objects.exists()


def test_a_run_merges_then_has_nothing_left_to_do() -> None:
    first, second = document("merge", "run"), document("merge", "run")
    assert (first["merged"], first["waiting"], second["merged"], second["waiting"]) == (1, 1, 0, 1)
    assert Supplier.objects.filter(is_listed=True).count() == 2


def test_the_review_lists_the_questions_with_their_evidence() -> None:
    assert "Aucune paire" in run("merge", "review").stdout
    run("merge", "run")
    (pair,) = document("merge", "review", "--limit", "5")
    assert {pair["left"], pair["right"]} == {"99910001900028:EI", "99910001900036:EI"}
    assert 0.5 <= pair["score"] < 0.97
    assert pair["evidence"]["siren"] > 0 > pair["evidence"]["place"]
    assert "99910001900036:EI" in run("merge", "review").stdout


def test_statistics_count_and_judge(tmp_path: Path) -> None:
    assert document("merge", "stats")["last_run"] is None
    run("merge", "run")
    labels = tmp_path / "paires.csv"
    labels.write_text(
        "left,right,label\n99910001900010:EI,99910001900028:EI,match\n99910001900010:EI,99910001900036:EI,distinct\n",
        encoding="utf-8",
    )
    found = document("merge", "stats", "--labels", str(labels))
    assert found["by_rule"] == 1
    assert sum(found["pairs"].values()) == 2
    assert found["waiting_by_sources"] == {"liste-10 + liste-28 / liste-36": 1}
    assert found["last_run"]["merged"] == 1
    assert (found["labels"]["precision"], found["labels"]["recall"]) == (1.0, 1.0)
    assert "précision 100 %" in plain_spaces(run("merge", "stats", "--labels", str(labels)).stdout)


def test_a_file_that_is_no_list_of_pairs_is_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "autre.csv"
    wrong.write_text("a;b\n1;2\n", encoding="utf-8")
    assert (
        refusal("merge", "stats", "--labels", str(wrong))
        == "Les colonnes left, right et label sont attendues."
    )
