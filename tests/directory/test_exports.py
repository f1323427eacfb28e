"""Exports: the whole of a search, harmless in a spreadsheet."""

import csv
import io
import json

import pytest
from django.http import FileResponse, StreamingHttpResponse
from django.test import Client
from python_calamine import CalamineWorkbook

from levier.directory import exports
from levier.directory.index import SUPPLIERS
from tests.factories.accounts import user
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db

HOSTILE = '=HYPERLINK("http://exemple.invalid";"gagné")'


@pytest.fixture(autouse=True)
def _directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "SLICE", 10)
    for number in range(24):
        supplier(name=f"Chantier {number:02}", departement_code="59")
    profile = {
        "offers": [{"title": HOSTILE, "description": ""}], "turnover": {"bracket": "1m_5m"},
        "references": [{"client": "Ville de Lille"}],
        "certificates": [{"name": "ISO 9001"}, {"name": "Périmé", "until": "2020-01-31"}],
    }  # fmt: skip
    supplier(name=HOSTILE, phone="+33 6 39 98 00 00", departement_code="59", profile=profile)
    supplier(name="Ailleurs", departement_code="34")
    SUPPLIERS.rebuild()


def body(client: Client, form: str, *, is_signed_in: bool = False) -> bytes:
    if is_signed_in:
        client.force_login(user())
    response = client.get(f"/fournisseurs/export.{form}", {"dep": "59", "page": "2"})
    assert response.status_code == 200
    assert isinstance(response, StreamingHttpResponse | FileResponse)
    assert "attachment" in response["Content-Disposition"]
    assert "private" in response["Cache-Control"]
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_csv_holds_the_whole_search_whatever_the_page(client: Client) -> None:
    text = body(client, "csv").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert len(lines) == 25
    assert len({line["Nom"] for line in lines}) == 25
    assert list(lines[0]) == [title for _, title in exports.COLUMNS]
    (own,) = [line for line in lines if line["Offres"]]
    assert own["Offres"] == f"'{HOSTILE}"
    assert (own["Chiffre d’affaires"], own["Certificats"]) == ("de 1 à 5 millions d’euros", "ISO 9001")
    assert own["Références clients"] == "Ville de Lille"


def test_a_formula_in_a_name_stays_a_name(client: Client) -> None:
    text = body(client, "csv", is_signed_in=True).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text), delimiter=";") for cell in line]
    assert f"'{HOSTILE}" in cells
    assert "'+33 6 39 98 00 00" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("start", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_every_start_of_a_formula_is_disarmed(start: str) -> None:
    assert exports.harmless(start) == f"'{start}"


@pytest.mark.slow
def test_what_is_harmless_is_left_alone() -> None:
    assert exports.harmless("Chantier = école") == "Chantier = école"
    assert exports.harmless(-3.5) == -3.5


@pytest.mark.slow
def test_the_workbook_holds_texts_not_formulas(client: Client) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body(client, "xlsx")))
    rows = book.get_sheet_by_index(0).to_python()
    assert len(rows) == 26
    assert HOSTILE in {row[0] for row in rows}


@pytest.mark.slow
def test_the_json_is_one_array(client: Client) -> None:
    rows = json.loads(body(client, "json"))
    assert len(rows) == 25
    assert set(rows[0]) == {name for name, _ in exports.COLUMNS}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_contacts_are_exported_to_whoever_has_signed_in(client: Client, form: str) -> None:
    supplier(
        name="Chantier joignable", departement_code="59", phone="0320000000", email="contact@chantier.example",
        profile={"contacts": [{"name": "Claire Martin", "position": "directrice", "phone": "", "email": ""}]},
    )  # fmt: skip
    SUPPLIERS.rebuild()
    told = ("0320000000", "contact@chantier.example", "Claire Martin, directrice")
    anonymous = written(body(client, form), form)
    assert not [one for one in told if one in anonymous]
    assert "Chantier joignable" in anonymous
    assert set(told) <= written(body(client, form, is_signed_in=True), form)


def written(content: bytes, form: str) -> set[str]:
    """Every value of a file."""
    if form == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {str(value) for row in book.get_sheet_by_index(0).to_python() for value in row}
    if form == "json":
        return {str(value) for row in json.loads(content) for value in row.values()}
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return {value for row in lines for value in row}


@pytest.mark.slow
def test_an_empty_search_is_still_a_file(client: Client) -> None:
    response = client.get("/fournisseurs/export.json", {"dep": "976"})
    assert json.loads(b"".join(response.streaming_content)) == []  # type: ignore[attr-defined,arg-type]


@pytest.mark.parametrize(
    ("form", "query", "status", "sentence"),
    [
        ("pdf", {}, 404, "choisissez CSV, XLSX ou JSON"),
        ("csv", {"lieu": "zzzzqqq"}, 422, "est introuvable"),
        ("csv", {"type": "XX"}, 422, "est inconnu"),
    ],
)
def test_an_impossible_export_gets_a_sentence(
    client: Client, form: str, query: dict[str, str], status: int, sentence: str
) -> None:
    response = client.get(f"/fournisseurs/export.{form}", query)
    assert response.status_code == status
    assert sentence in response.content.decode()


@pytest.mark.slow
def test_a_search_too_wide_for_a_workbook_is_sent_to_the_csv(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_XLSX_ROWS", 3)
    response = client.get("/fournisseurs/export.xlsx", {"dep": "59"})
    assert response.status_code == 422
    assert "prenez le CSV" in response.content.decode()


@pytest.mark.slow
def test_two_exports_at_a_time_leave_the_site_its_threads(client: Client) -> None:
    """A place comes back when an export is read to its end, or when its reader leaves."""
    first, second = (client.get("/fournisseurs/export.csv") for _ in range(2))
    busy = client.get("/fournisseurs/export.json")
    assert (busy.status_code, busy["Retry-After"]) == (503, "60")
    assert "réessayez dans une minute" in busy.content.decode()
    b"".join(first.streaming_content)  # type: ignore[attr-defined]
    second.close()
    again = [client.get("/fournisseurs/export.json") for _ in range(2)]
    assert [answer.status_code for answer in again] == [200, 200]
    for answer in again:
        answer.close()
