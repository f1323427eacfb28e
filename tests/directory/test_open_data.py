"""The open files: what they hold, against the schemas we publish and that of data.inclusion."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from data_inclusion.schema.v1 import Structure
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from levier.directory.kinds import KINDS
from levier.directory.open_data import writing
from levier.directory.open_data.columns import schema, supplier_columns
from levier.directory.open_data.platforms import NATURES, all_platforms, platforms_of
from levier.directory.open_data.writing import FORMATS, chunks, write_file
from levier.directory.sources import SOURCES
from levier.reference.models import Region
from tests.environment import REPOSITORY
from tests.factories.directory import source, supplier

pytestmark = pytest.mark.django_db

SITE = "https://levier.exemple.fr"
HOSTILE = '=HYPERLINK("http://exemple.invalid";"gagné")'
AWKWARD = 'Dit « l’Été »\nsur "deux" lignes, \\ et | et é'
ROUBAIX = {
    "commune_id": "59512", "departement_code": "59", "region_code": "32", "epci_code": "200093201",
    "latitude": 50.69, "longitude": 3.17, "precision": "commune", "city": "ROUBAIX", "postal_code": "59100",
}  # fmt: skip


@pytest.fixture
def directory() -> None:
    """One of each kind, and the values that break files: quotes, lines, formulas, bad mails, short names."""
    seen = source(slug="liste-a")
    for number, kind in enumerate(KINDS):
        siren = f"{number:09d}"
        supplier(
            key=f"{siren}00019:{kind.code}",
            kind=kind.code,
            siret=f"{siren}00019",
            siren=siren,
            seen_by=seen,
            **ROUBAIX,
        )
    supplier(name=HOSTILE, phone="+33 6 39 98 00 00", seen_by=seen)
    supplier(
        name="A.", brand="B.", description=AWKWARD, sectors=["traiteur", "nettoyage-locaux"], activity_status="stated",
        activity_confidence=1, email="pas une adresse", website="un site", postal_code="2A000",
    )  # fmt: skip
    supplier(
        name="Bonne adresse",
        email="contact@atelier.fr",
        website="atelier.fr/nous",
        updated_at="2026-11-02T23:30Z",
    )
    supplier(name="Essai", email="a@exemple.invalid", website="https://exemple.invalid/")
    supplier(name="Cachée", is_listed=False, is_demo=True)


def written(name: str) -> bytes:
    return b"".join(chunks(name, SITE))


def json_rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in written("jsonl").splitlines()]


def check(rows: Any, name: str) -> None:
    validator = Draft202012Validator(schema(name), format_checker=FormatChecker())
    for row in rows if isinstance(rows, list) and name == "fournisseur" else [rows]:
        validator.validate(row)


def typed(row: dict[str, str]) -> dict[str, Any]:
    """A line of the CSV with the types of its columns."""
    read: dict[str, Any] = {}
    for column in supplier_columns():
        text = row[column.name]
        if column.kind == "array":
            read[column.name] = text.split("|") if text else []
        elif text == "":
            read[column.name] = None
        elif column.kind in {"number", "integer"}:
            read[column.name] = float(text) if column.kind == "number" else int(text)
        else:
            read[column.name] = {"true": True, "false": False}[text] if column.kind == "boolean" else text
    return read


def test_the_published_schemas_are_schemas() -> None:
    for name in ("fournisseur", "data-inclusion"):
        Draft202012Validator.check_schema(schema(name))
    said = schema("fournisseur")
    assert list(said["properties"]) == said["required"]
    assert said["properties"]["type"]["enum"] == [kind.code for kind in KINDS]


@pytest.mark.usefixtures("directory")
@pytest.mark.slow
def test_every_line_of_json_follows_the_schema_and_holds_what_is_listed() -> None:
    rows = json_rows()
    check(rows, "fournisseur")
    assert len(rows) == len(KINDS) + 4
    assert not [row for row in rows if row["raison_sociale"] == "Cachée"]
    roubaix = rows[0]
    assert (roubaix["commune"], roubaix["departement"], roubaix["epci"]) == (
        "Roubaix", "Nord", "Métropole Européenne de Lille",
    )  # fmt: skip
    assert (roubaix["sources"], roubaix["vu_le"]) == (["liste-a"], "2026-11-01")
    assert roubaix["fiche"] == f"{SITE}/fournisseurs/00000000000019-ei"
    awkward = next(row for row in rows if row["raison_sociale"] == "A.")
    assert awkward["presentation"] == AWKWARD
    assert awkward["activites"] == ["Traiteur, cocktails et buffets", "Nettoyage de bureaux et de locaux"]
    assert awkward["code_postal"] is None


@pytest.mark.usefixtures("directory")
@pytest.mark.slow
def test_the_csv_says_the_same_and_runs_no_formula() -> None:
    lines = list(csv.DictReader(io.StringIO(written("csv").decode())))
    assert list(lines[0]) == [column.name for column in supplier_columns()]
    rows = [typed(line) for line in lines]
    check(rows, "fournisseur")
    expected = json_rows()
    disarmed = next(row for row in rows if row["raison_sociale"] == f"'{HOSTILE}")
    assert disarmed["telephone"] == "+33 6 39 98 00 00"
    disarmed["nom"] = disarmed["raison_sociale"] = HOSTILE
    assert rows == expected


@pytest.mark.usefixtures("directory")
@pytest.mark.slow
def test_the_parquet_file_holds_the_same_rows_with_their_types(tmp_path: Path) -> None:
    path = tmp_path / "l’été d'un dossier" / "fournisseurs.parquet"
    path.parent.mkdir()
    said = write_file("parquet", path, site=SITE)
    assert (said.rows, said.size) == (len(KINDS) + 4, path.stat().st_size)
    with duckdb.connect() as db:
        types = {
            row[0]: row[1]
            for row in db.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(path)]).fetchall()
        }
        keys = [row[0] for row in db.execute("SELECT cle FROM read_parquet($1)", [str(path)]).fetchall()]
    assert types == {column.name: column.duckdb_type for column in supplier_columns()}
    assert keys == [row["cle"] for row in json_rows()]


@pytest.mark.usefixtures("directory")
@pytest.mark.slow
def test_the_structures_are_those_of_data_inclusion() -> None:
    """Read by the official package, and by the schema we publish from its fields."""
    rows = json.loads(written("data-inclusion"))
    check(rows, "data-inclusion")
    structures = [Structure(**row) for row in rows]
    assert len({one.id for one in structures}) == len(rows) == len(KINDS) + 4
    named = {row["nom"]: row for row in rows}
    short = named["B (Entreprise d’insertion)"]
    assert (short["courriel"], short["site_web"], short["code_postal"]) == (None, None, None)
    good = named["Bonne adresse"]
    assert (good["courriel"], good["site_web"]) == ("contact@atelier.fr", "https://atelier.fr/nous")
    assert good["date_maj"] == "2026-11-03"  # half past midnight in Paris
    assert named["Essai"]["courriel"] is None
    assert {tuple(row["reseaux_porteurs"] or ()) for row in rows} >= {("ei",), ("geiq",), ()}


def test_the_address_of_a_person_is_no_open_data_unless_its_owner_wrote_it() -> None:
    written_by = {"liste-a": "Liste", "owner": "Propriétaire", "desk": "Accueil"}
    for slug, name in written_by.items():
        address = "contact@atelier.fr" if slug == "desk" else "marie.durand@atelier.fr"
        supplier(name=name, email=address, origins={"*": {"source": "liste-a"}, "email": {"source": slug}})
    assert {row["raison_sociale"]: row["courriel"] for row in json_rows()} == {
        "Liste": None, "Propriétaire": "marie.durand@atelier.fr", "Accueil": "contact@atelier.fr",
    }  # fmt: skip


@pytest.mark.slow
def test_an_empty_directory_still_gives_readable_files(tmp_path: Path) -> None:
    assert written("csv").decode().splitlines() == [",".join(column.name for column in supplier_columns())]
    assert written("jsonl") == b""
    assert json.loads(written("data-inclusion")) == []
    assert write_file("parquet", tmp_path / "vide.parquet").rows == 0


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fournisseurs.csv"
    path.write_text("hier")

    def fail(*given: object) -> None:
        raise OSError("plus de place")

    monkeypatch.setattr(writing, "_copy_listed", fail)
    with pytest.raises(OSError, match="plus de place"):
        write_file("csv", path)
    assert path.read_text() == "hier"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("directory")
def test_shaping_that_stops_ends_the_reading_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether or not PostgreSQL still has lines to give: nobody waits for a pipe nobody reads."""
    monkeypatch.setattr(writing, "CHUNK", 2)
    monkeypatch.setattr(writing, "DUCKDB", {"memory_limit": "pas une taille"})
    with pytest.raises(duckdb.Error, match="Memory"):
        write_file("csv", tmp_path / "fournisseurs.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("directory")
@pytest.mark.slow
def test_anybody_downloads_every_format(client: Client) -> None:
    for form in FORMATS.values():
        response = client.get(f"/donnees-ouvertes/{form.file_name}")
        body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        assert response.status_code == 200
        assert response["Content-Type"] == form.content_type
        assert form.file_name in response["Content-Disposition"]
        assert len(body) > 500


def test_a_look_at_the_headers_makes_no_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_copy_listed", None)
    response = client.head("/donnees-ouvertes/fournisseurs.csv")
    assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")


def test_a_third_reader_is_asked_to_come_back(client: Client) -> None:
    first, second = (client.get("/donnees-ouvertes/fournisseurs.csv") for _ in range(2))
    busy = client.get("/donnees-ouvertes/fournisseurs.jsonl")
    assert (busy.status_code, busy["Retry-After"]) == (503, "60")
    first.close()
    second.close()
    again = client.get("/donnees-ouvertes/fournisseurs.jsonl")
    assert again.status_code == 200
    again.close()


@pytest.mark.parametrize("address", ["fournisseurs.xls", "schemas/autre.schema.json"])
def test_an_unknown_file_gets_a_sentence(client: Client, address: str) -> None:
    response = client.get(f"/donnees-ouvertes/{address}")
    assert response.status_code == 404
    assert "choisissez" in response.content.decode()


@pytest.mark.parametrize("name", ["fournisseur", "data-inclusion"])
def test_the_schemas_are_served(client: Client, name: str) -> None:
    response = client.get(f"/donnees-ouvertes/schemas/{name}.schema.json")
    assert response["Content-Type"] == "application/schema+json"
    assert json.loads(b"".join(response.streaming_content)) == schema(name)  # type: ignore[attr-defined]


def test_the_page_says_how_much_from_when_and_under_which_licence(
    client: Client, django_assert_num_queries: Any
) -> None:
    seen = source(slug="esat", last_success="2026-11-02T10:00Z")
    for name in ("Un", "Deux"):
        supplier(name=name, kind="ESAT", seen_by=seen)
    demo = source(slug="demo", is_demo=True, last_success="2026-11-20T10:00Z")
    supplier(is_demo=True, is_listed=False, seen_by=demo)
    client.get("/donnees-ouvertes")
    with django_assert_num_queries(2):
        html = client.get("/donnees-ouvertes").content.decode()
    assert "<dd>2</dd>" in html
    assert "2\N{NO-BREAK SPACE}novembre 2026" in html
    assert "Licence Ouverte 2.0" in html
    assert "fictifs" not in html
    assert all(column.name in html for column in supplier_columns())
    data = json.loads(html.split('application/ld+json">', 1)[1].split("</script>", 1)[0])
    assert data["@type"] == "Dataset"
    assert {one["encodingFormat"] for one in data["distribution"]} >= {"text/csv", "application/json"}


def test_the_register_of_platforms_says_its_source_and_what_is_not_checked(client: Client) -> None:
    regions = set(Region.objects.values_list("code", flat=True))
    assert len({one.slug for one in all_platforms()}) == len(all_platforms()) >= 15
    for one in all_platforms():
        assert one.nature in NATURES and one.source and one.holds and one.name
        assert one.region_code in regions | {""}
        assert one.status in {"confirmed", "to_confirm"}
        assert one.url == "" or one.url.startswith("http")
    assert {one.name for one in platforms_of("93")} >= {"SO EKO", "Achetons Solidaires"}
    served = b"".join(client.get("/donnees-ouvertes/plateformes.csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(served.decode("utf-8-sig"))))
    assert len(rows) == len(all_platforms())
    named = {row["nom"]: row["region"] for row in rows}
    assert named["Achetons Solidaires"] == "Provence-Alpes-Côte d'Azur"
    assert named["Annuaire Hosmoz"] == "toute la France"


def test_every_column_and_source_is_in_the_guide() -> None:
    guide = (REPOSITORY / "docs" / "guide" / "donnees-ouvertes.md").read_text(encoding="utf-8")
    for column in supplier_columns():
        assert f"| `{column.name}` | {column.type_label}" in guide
        assert column.meaning in guide
    for one in SOURCES.values():
        assert f"| `{one.slug}` | {one.publisher or '—'} | {one.licence} |" in guide
    assert {
        name for name in schema("data-inclusion")["items"]["properties"] if f"`{name}`" not in guide
    } == set()
