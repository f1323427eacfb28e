"""`levier export`, `levier supplier`, and what `levier sources` says of each source."""

import json
from pathlib import Path

import pytest

from levier.directory.models import SourceRecord, SourceRun, Supplier
from tests.cli.calls import document, refusal, run
from tests.factories.directory import SEEN, source, supplier

pytestmark = pytest.mark.django_db

# As in the demonstration: its key is false, so that it is nobody's.
SIRET = "99900000200012"


@pytest.fixture
def at_siret() -> Supplier:
    """One SIRET, two kinds; two sources differ on the telephone of the first and agree on its name."""
    first = supplier(
        key=f"{SIRET}:EI", siret=SIRET, siren=SIRET[:9], name="Les Pinceaux", phone="03 20 00 00 01",
        origins={"*": {"source": "registre"}},
    )  # fmt: skip
    supplier(
        key=f"{SIRET}:ETTI",
        kind="ETTI",
        siret=SIRET,
        siren=SIRET[:9],
        name="Pinceaux Intérim",
        is_listed=False,
    )
    for slug, phone, rank in (("registre", "03 20 00 00 01", 10), ("liste", "03 20 00 00 99", 20)):
        SourceRecord.objects.create(
            source=source(slug=slug, label=slug.capitalize(), rank=rank), source_key=SIRET, supplier=first, kind="EI",
            values={"name": "Les Pinceaux", "phone": phone}, content_hash="0" * 32, first_seen=SEEN, last_seen=SEEN,
        )  # fmt: skip
    return first


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "data-inclusion"])
def test_the_directory_is_written_in_each_format(tmp_path: Path, form: str) -> None:
    supplier()
    out = tmp_path / f"annuaire.{form}"
    said = document("export", "suppliers", "--format", form, "--out", str(out))
    assert (said["rows"], said["bytes"], said["format"]) == (1, out.stat().st_size, form)
    text = run("export", "suppliers", "--format", form, "--out", str(out))
    assert text.exit_code == 0 and "1 fournisseur," in text.stdout


def test_an_empty_directory_or_a_missing_folder_is_refused_and_nothing_written(tmp_path: Path) -> None:
    out = tmp_path / "annuaire.csv"
    assert "L’annuaire est vide" in refusal("export", "suppliers", "--format", "csv", "--out", str(out))
    supplier()
    missing = tmp_path / "absent" / "annuaire.csv"
    assert "n’existe pas" in refusal("export", "suppliers", "--format", "csv", "--out", str(missing))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments", [(), ("--format", "csv"), ("--out", "x.csv"), ("--format", "xls", "--out", "x"), ("--format", "csv", "--out", "/")]
)  # fmt: skip
def test_a_wrong_use_of_export_is_code_2(arguments: tuple[str, ...]) -> None:
    assert run("export", "suppliers", *arguments).exit_code == 2


@pytest.mark.usefixtures("at_siret")
def test_every_value_of_a_siret_is_shown_with_its_source_and_its_rivals() -> None:
    found = document("supplier", "999 000 002 00012")
    assert [one["kind"] for one in found["suppliers"]] == ["EI", "ETTI"]
    first, second = found["suppliers"]
    assert {(row["group"], row["source"], row["is_published"]) for row in first["values"]} == {
        ("name", "registre", True), ("name", "liste", True), ("phone", "registre", True), ("phone", "liste", False),
    }  # fmt: skip
    (conflict,) = first["conflicts"]
    assert conflict["group"] == "phone"
    assert [row["value"] for row in conflict["shown"]] == ["03 20 00 00 01"]
    assert [row["value"] for row in conflict["others"]] == ["03 20 00 00 99"]
    assert (second["is_listed"], second["values"], second["conflicts"]) == (False, [], [])


def test_a_source_that_dropped_a_supplier_contradicts_nobody(at_siret: Supplier) -> None:
    SourceRecord.objects.filter(source_id="liste").update(gone_since=SEEN)
    assert document("supplier", SIRET)["suppliers"][0]["conflicts"] == []


@pytest.mark.usefixtures("at_siret")
def test_the_text_for_people_says_which_value_is_kept() -> None:
    text = run("supplier", SIRET).stdout
    assert "Les Pinceaux — Entreprise d’insertion" in text
    assert "! Téléphone : « 03 20 00 00 99 » (Liste) ; la fiche montre « 03 20 00 00 01 » (Registre)." in text
    assert "hors de l’annuaire" in text


@pytest.mark.usefixtures("at_siret")
def test_a_siren_is_answered_with_the_siret_that_are_known() -> None:
    Supplier.objects.filter(siret=SIRET).update(siren="552081317", is_listed=True)
    assert f"l’annuaire connaît {SIRET}." in refusal("supplier", "552 081 317")
    assert "n’en connaît aucun" in refusal("supplier", "379783301")


@pytest.mark.parametrize("siret", ["12", "99900000200013", "", "abc", "\x00"])
def test_what_is_no_siret_is_refused(siret: str) -> None:
    assert "n’est pas un SIRET" in refusal("supplier", siret)
    assert document("supplier", siret, code=1)["error"].endswith(".")


def test_an_unknown_siret_is_a_sentence() -> None:
    known = "13002526500013"  # a right key, that no source gives here
    assert refusal("supplier", known) == f"Aucune source importée ne connaît le SIRET {known}."
    assert run("supplier").exit_code == 2


def test_each_source_says_its_families_and_its_last_run() -> None:
    esat = source(slug="esat", last_success="2026-11-02T10:00Z")
    SourceRun.objects.create(
        source=esat,
        state="done",
        by_label="essai",
        read=3,
        created=1,
        updated=1,
        unchanged=0,
        rejected=1,
        gone=2,
    )
    listed = {one["slug"]: one for one in document("sources")["suppliers"]}
    said = listed["esat"]
    assert said["families"] == ["Travail protégé et adapté"]
    assert set(said["kinds"]) == {"ESAT", "EA"}
    assert said["licence"] and said["frequency"] and said["label"]
    assert said["last_state"] == "done"
    run_ = said["last_run"]
    assert (run_["read"], run_["created"], run_["rejected"], run_["gone"]) == (3, 1, 1, 2)
    assert run_["started_at"]
    assert listed["geiq"]["last_run"] is None
    assert json.dumps(listed)
