"""A buyer's panel: numbers found in any list, who is in the directory, and a sentence for what cannot be read."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.directory import panel
from levier.directory.panel import MOST_LINES, UnreadablePanelError, as_csv, match_panel, read_file, read_text
from tests.factories.directory import supplier

# Real keys of numbers that belong to nobody in these tests.
HERE, ELSEWHERE, ABSENT = "73282932000074", "44306184100047", "55208131766522"
ZERO = "00542012000015"


def test_a_number_is_found_in_any_line_and_a_header_is_none() -> None:
    lines = read_text(
        "SIRET;Nom\n732 829 320 00074;Première;1200,50\n\nTroisième | 443061841\n03 20 00 00 00 ; 55208131766522"
    )
    assert [(line.line, line.number, line.label) for line in lines] == [
        (2, HERE, "Première, 1200,50"),
        (4, "443061841", "Troisième"),
        (5, ABSENT, "03 20 00 00 00"),
    ]


def test_a_workbook_gives_the_same_lines_even_when_numbers_lost_their_text() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nos fournisseurs, novembre 2026"])
    sheet.write_row(2, 0, ["Fournisseur", "SIRET", "Ville"])
    sheet.write_row(3, 0, ["Première", int(HERE), "Lens"])
    book.close()
    out.seek(0)
    assert [(line.number, line.label) for line in read_file(out, "panel.xlsx")] == [
        ("", "Nos fournisseurs, novembre 2026"),
        (HERE, "Première, Lens"),
    ]


def test_an_accountant_s_workbook_is_read_where_its_numbers_are() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Lisez-moi").write(0, 0, "Extraction du service achats, siret au 2e onglet")
    sheet = book.add_worksheet("Tiers")
    sheet.write(0, 0, "FOURNISSEURS ACTIFS")
    sheet.write_row(2, 0, ["Code", "N° SIRET", "TVA"])
    # A number that lost its first zero, a VAT number, a number whose neighbour is a postal code.
    sheet.write_row(3, 0, ["F1", int(ZERO), ""])
    sheet.write_row(4, 0, ["F2", "", f"FR12{ABSENT[:9]}"])
    sheet.write_row(5, 0, [f"F3 {HERE[:9]} {HERE[9:]} 59100 Roubaix", "", ""])
    sheet.write_row(6, 0, ["Total", "", ""])
    book.close()
    out.seek(0)
    found = [(line.line, line.number) for line in read_file(out, "tiers.xlsx")]
    assert found == [(1, ""), (4, ZERO), (5, ABSENT[:9]), (6, HERE), (7, "")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"nom;ville\nA;B", "panel.csv", "Aucun SIRET"),
        (b"\x00\x01", "panel.csv", "n’est pas un tableau"),
        (b"pas un classeur", "panel.xlsx", "ne s’ouvre pas"),
        (b"732829320\n" * (MOST_LINES + 1), "panel.csv", "Au plus 20 000 lignes"),
        (b"1" * (panel.MOST_BYTES + 1), "panel.csv", "5 Mo"),
    ],
    ids=["no number", "no text", "no workbook", "too many lines", "too large"],
)
def test_what_cannot_be_read_gets_a_sentence(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(UnreadablePanelError, match=sentence):
        read_file(io.BytesIO(content), name)


@pytest.mark.django_db
def test_each_line_says_who_it_is_and_families_are_counted_once_a_company() -> None:
    supplier(name="Ici", siret=HERE, siren=HERE[:9], kind="EI")
    supplier(name="Ici aussi", siret=HERE, siren=HERE[:9], kind="ACI")
    supplier(name="Ailleurs", siret="44306184100013", siren=ELSEWHERE[:9], kind="EA")
    supplier(name="Cachée", siret=ABSENT, siren=ABSENT[:9], is_listed=False)
    given = read_text(f"{HERE} A\n{ELSEWHERE} B\n{ABSENT} C\n12345678901234 D\n{HERE} A\nnom")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = match_panel(given)
    assert len(queries) == 2
    assert [(match.outcome, len(match.cards)) for match in report.matches] == [
        ("establishment", 2),
        ("legal_unit", 1),
        ("absent", 0),
        ("wrong", 0),
    ]
    assert (report.known, report.repeated, len(report.without_number)) == (2, 1, 1)
    assert dict(report.families) == {
        "Insertion par l’activité économique et emploi": 1,
        "Travail protégé et adapté": 1,
    }
    table = as_csv(report).splitlines()
    # The company of two kinds, on each of its two lines.
    assert len(table) == 1 + 7
    assert table[1].startswith(f"1;{HERE};A;dans l’annuaire;ligne 5;Entreprise d’insertion;Ici;{HERE}")


@pytest.mark.django_db
def test_a_company_given_by_several_numbers_is_counted_once_and_its_lines_say_so() -> None:
    supplier(name="Ici", siret=HERE, siren=HERE[:9], kind="EI")
    lines = (HERE, "12345678901234", HERE[:9], ABSENT, f"{HERE} bis", ABSENT[:9], "12345678900000")
    report = match_panel(read_text("\n".join(lines)))
    assert (report.firms, report.known, report.told_again, report.repeated) == (4, 1, 3, 1)
    assert dict(report.families) == {"Insertion par l’activité économique et emploi": 1}
    told = {one.line.line: ([line.line for line in one.again], one.same_firm) for one in report.matches}
    assert told == {1: ([5], (3,)), 2: ([], ()), 3: ([], (1, 5)), 4: ([], (6,)), 6: ([], (4,)), 7: ([], ())}
    same = [row.split(";")[4] for row in as_csv(report).splitlines()[1:]]
    assert same == ["lignes 3, 5", "", "lignes 1, 5", "ligne 6", "lignes 1, 3", "ligne 4", ""]


@pytest.mark.django_db
def test_the_page_answers_a_list_a_file_and_nothing_at_all(client: Client) -> None:
    supplier(name="Ici", siret=HERE, siren=HERE[:9])
    assert client.get("/fournisseurs/panel").status_code == 200
    pasted = client.post("/fournisseurs/panel", {"numbers": f"{HERE} =1+1"})
    assert "1 de vos 1 fournisseurs" in pasted.content.decode().replace("\u202f", " ")
    upload = SimpleUploadedFile("panel.csv", f"siret\n{HERE}".encode())
    assert "Ici" in client.post("/fournisseurs/panel", {"file": upload}).content.decode()
    refused = client.post("/fournisseurs/panel", {"numbers": " "})
    assert refused.status_code == 422
    assert "Collez une liste" in refused.content.decode()
    file = client.post("/fournisseurs/panel.csv", {"numbers": f"{HERE} =1+1"})
    assert file["Content-Disposition"].endswith('"mon-panel-inclusif.csv"')
    assert ";'=1+1;" in file.content.decode()
    assert client.get("/fournisseurs/panel.csv").status_code == 405
