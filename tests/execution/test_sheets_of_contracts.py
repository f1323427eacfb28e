"""A workbook with a sheet for each contract: merged titles, what stands over them, a SIREN said wrongly and said again."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from levier.accounts.models import Role
from levier.execution.errors import RefusedError
from levier.execution.incoming import actions, chosen, shelf
from levier.execution.incoming.columns import (
    MONTH_COLUMN,
    TAKING_FIELDS,
    Columns,
    guess,
    split_name,
    stated,
    title_weight,
)
from levier.execution.incoming.saying import sayings
from levier.execution.incoming.sheets import read_tables
from levier.execution.incoming.showing import account_of
from levier.execution.incoming.totals import compared_columns, compared_lines
from levier.execution.models import Contract, LedgerHead
from levier.purchasing.purchase_exports import workbook
from tests.execution.test_taking_over import MONTHLY, Structure, as_user
from tests.factories.accounts import member, valid_siren
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_sheet_of_one_contract_says_it_over_titles_on_two_lines(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path
    structure = Structure()
    siren = valid_siren()
    rows: list[list[Any]] = [
        ["TABLEAU DE BORD"],
        ["Marché :", "2024-07 L2", "", "Objectif :", "850 h", "Titulaire : Toits & Co"],
        [
            "Début du marché :",
            "1er septembre 2025",
            "",
            "Fin du marché : 31/07/2026",
            "",
            "Acheteur :",
            "Ville",
        ],
        [],
        ["Nom Prénom", "Date de naissance", "Contrat", "2025", "", "2026", "TOTAL"],
        ["", "", "", "nov", "déc", "janv", ""],
        ["DUPONT Zoé", "04/05/1990", "Intérim", "35h30", "-", 70, 105.5],
        ["TOTAL", "", "", 35.5, 0, 70, 105.5],
    ]
    file = structure.give(workbook("Lot 2", rows[0], rows[1:]), "lot2.xlsx")
    (table,) = chosen.tables_of(file)
    assert table.titles[2:] == ("Contrat", "nov 2025", "déc 2025", "janv 2026", "TOTAL")
    assert stated(table)["hours_due"] == "850 h"
    roles = dict(zip(table.titles, chosen.columns_of(file, table).roles, strict=True))
    assert roles["Contrat"] == "modality"
    given: dict[str, Any] = {
        "by": structure.facilitator, "file": file, "sheet": 0, "roles": roles, "year": None, "month": None, "contract": None,
    }  # fmt: skip
    # The same number for both: what was said wrongly is shown, and said again.
    actions.choose(**given, sirens={"Toits & Co": structure.buyer.siren, "Ville": structure.buyer.siren})
    assert file.account["understood"] == 0 and ["Toits & Co", structure.buyer.siren] in file.account["told"]
    actions.choose(**given, sirens={"Toits & Co": siren})
    assert (file.account["understood"], file.account["known"]) == (3, 1), shelf.remarks_at(file.stored_as)
    structure.confirm(file)
    assert structure.done == Decimal("105.5")


def sheets(**named: list[list[Any]]) -> bytes:
    """A workbook of these sheets, rows as written."""
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    for name, rows in named.items():
        sheet = book.add_worksheet(name.replace("_", " "))
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    book.close()
    return handle.getvalue()


def test_sheets_of_months_are_read_in_one_go_and_accounted_for_one_by_one(
    settings: Any, tmp_path: Path
) -> None:
    settings.LEVIER_HOME = tmp_path
    structure = Structure()
    head = [*MONTHLY.rstrip("\n").split(";")]
    head.remove("Mois")

    def line(name: str, hours: str | float) -> list[Any]:
        cells = structure.line(name, "", str(hours)).rstrip("\n").split(";")
        return [*cells[:-2], hours]

    zoe, leo = "QUATREVINGTS Zéphirine", "AUBEPIN Léo"
    total = ["Total", *[""] * (len(head) - 2)]
    file = structure.give(
        sheets(
            Janvier=[head, line(zoe, 35.5), line(leo, 20), [*total, 55.5]],
            Février=[head, line(zoe, 40), line(zoe, "douze"), [*total, 52]],
            Mars=[head, line(leo, 30)],
            Récapitulatif=[head, [*total, 137.5]],
        ),
        "suivi 2026.xlsx",
    )
    assert (file.choices["sheets"], file.choices["names_say"], file.choices["year"]) == (
        [0, 1, 2],
        "month",
        2026,
    )
    shown = account_of(file)
    assert shown is not None
    assert [(one.name, one.hours, one.taken, one.unsettled) for one in shown.sheets] == [
        ("Janvier", Decimal("55.5"), 3, 0), ("Février", Decimal(40), 1, 2), ("Mars", Decimal(30), 1, 0),
    ]  # fmt: skip
    assert (shown.right_totals, shown.wrong_totals, file.account["hours"]) == (1, 1, "125.50")
    gap = next(one for one in shown.unsettled if "Total" in one.reason)
    assert (gap.sheet, gap.line) == ("Février", 4)
    assert "le total dit 52 h, ses lignes font 40 h, soit 12 h d’écart" in plain_spaces(gap.reason)
    page = as_user(structure.facilitator).get(f"/suivi/fichiers/{file.pk}").content.decode()
    assert "Feuille par feuille" in page and "3 feuilles lues sur 4" in plain_spaces(page)
    # The names of sheets, which may be those of people, stand with the lines, never in the database.
    assert "Janvier" not in str((file.account, file.choices))
    actions.choose(
        by=structure.facilitator, file=file, sheet=1, roles={}, year=2026, month=None, contract=None, sirens={},
        sheets=[2, 1], names_say="month",
    )  # fmt: skip
    structure.confirm(file)
    assert structure.done == 70


def test_a_sheet_whose_name_is_no_month_is_asked_about(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path
    structure = Structure()
    head, rows = ["Nom", "Prénom", "Né le", "Heures"], [["Martin", "Lou", "04/05/1990", 7]]
    file = structure.give(sheets(Mars=[head, *rows], Divers=[head, *rows]), "suivi.xlsx")
    choose: dict[str, Any] = {
        "by": structure.facilitator, "file": file, "sheet": 0, "roles": {}, "month": None, "contract": None, "sirens": {},
        "sheets": [0, 1], "names_say": "month",
    }  # fmt: skip
    actions.choose(**choose, year=None)
    assert "Feuille « Mars » : son nom ne dit pas l’année" in file.problem
    actions.choose(**choose, year=2026)
    assert "Feuille « Divers » : son nom n’est pas un mois" in file.problem


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # Parts and their whole, then a whole that forgets one line.
        ([["A", 10], ["Sous-total", 10], ["B", 5], ["C", 1], ["Sous-total", 6], ["Total général", 16]], {}),
        (
            [["A", 10], ["B", 5], ["Total", 10]],
            {4: "le total dit 10 h, ses lignes font 15 h, soit 5 h d’écart"},
        ),
        ([["A", 10], ["Sous-total lot 1", 9], ["Total", 10]], {3: "soit 1 h d’écart"}),
        ([["A", 10], ["Total Énergies", 3], ["Total", 13.04]], {}),
    ],
)
def test_a_total_is_compared_with_the_lines_it_adds_up(rows: list[list[Any]], told: dict[int, str]) -> None:
    (table,) = read_tables(sheets(Mars=[["Nom", "Heures"], *rows]), "x.xlsx")
    found = compared_lines(table, Columns(("full_name", "hours")))
    wrong = {line: plain_spaces(one.sentence) for line, one in found.items() if not one.is_right}
    assert wrong.keys() == told.keys() and all(told[line] in wrong[line] for line in told)


def test_the_number_of_a_person_is_no_name_of_a_sheet() -> None:
    rows = [["Nom", "Heures"], ["A", 7]]
    found = read_tables(sheets(**{"Mars": rows, "285057800608491": rows}), "x.xlsx")
    assert [one.name for one in found] == ["Mars", "feuille 2"]
    with pytest.raises(RefusedError, match="plus de 60 feuilles"):
        read_tables(sheets(**{f"f{rank}": rows for rank in range(61)}), "x.xlsx")


def test_a_column_of_totals_is_compared_with_the_months_of_its_line() -> None:
    rows = [["Nom", "janv 2026", "févr 2026", "Total"], ["A", 10, 5, 15], ["B", 7, "", 8]]
    (table,) = read_tables(sheets(Suivi=rows), "x.xlsx")
    columns = Columns(("full_name", MONTH_COLUMN, MONTH_COLUMN, ""))
    assert "ses mois font 7 h, soit 1 h d’écart" in plain_spaces(compared_columns(table, columns)[3].sentence)
    assert list(compared_columns(table, columns)) == [3]


def lasting(values: list[tuple[float, str]]) -> bytes:
    """A column of numbers shown with a format each, under a title."""
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    sheet = book.add_worksheet("Heures 2024")
    sheet.write(0, 0, "Heures")
    for row, (value, shown) in enumerate(values, start=1):
        sheet.write_number(row, 0, value, book.add_format({"num_format": shown}))
    book.close()
    return handle.getvalue()


def test_hours_kept_as_durations_are_hours_and_days_stay_days() -> None:
    """A spreadsheet shows 151:40, and keeps a part of days; past a day under « hh:mm », a day of January 1900."""
    table = read_tables(
        lasting([(151.67 / 24, "[h]:mm"), (7.5 / 24, "hh:mm"), (35 / 24, "hh:mm"), (45000, "dd/mm/yyyy")]),
        "a.xlsx",
    )[0]
    assert [cells[0] for _, cells in table.rows] == ["151.67", "7.5", "35", "2023-03-15"]


def test_a_small_word_goes_with_the_family_name() -> None:
    assert split_name("PETIT dit LENOIR Marc", family_first=True) == ("PETIT dit LENOIR", "Marc")
    assert split_name("Maria de SOUSA", family_first=False) == ("de SOUSA", "Maria")
    assert split_name("d'ALMEIDA SILVA Inês", family_first=True) == ("d'ALMEIDA SILVA", "Inês")


@pytest.mark.slow
def test_a_sheet_a_year_dates_its_months_and_contracts_are_dated_on_screen(
    settings: Any, tmp_path: Path
) -> None:
    settings.LEVIER_HOME = tmp_path
    structure = Structure()
    titles = ["N° de marché", "Objet du marché", "Titulaire", "SIREN titulaire", "SIREN acheteur", "Acheteur", "Heures à réaliser",
              "Nom Prénom", "Date de naissance", "Mois", "Heures"]  # fmt: skip
    line = [
        "M-7", "L'école d'Isbergues", "Bati Nord", structure.holder.siren, structure.buyer.siren, "Ville", 480, "DUPONT Zoé", "04/05/1990",
    ]  # fmt: skip
    book = sheets(
        **{"2024": [titles, [*line, "mars", "35h30"]], "2025": [titles, [*line, "février", "40:30"]]}
    )
    # The year of the file would be that of every sheet.
    file = structure.give(book, "Suivi 2026.xlsx")
    assert file.account["understood"] == 0
    ((key, words, first, last),) = file.account["undated"]
    assert (first, last) == ("2024-03-01", "2025-02-01") and "L'école d'Isbergues" in words
    page = as_user(structure.facilitator).get(f"/suivi/fichiers/{file.pk}")
    assert 'name="debut-1" value="2024-03-01"' in page.content.decode()
    posted = {"lire": ["0", "1"], "noms": "", "cle-1": key, "mots-1": words, "debut-1": first, "fin-1": ""}
    roles = {
        f"role-{place}": role
        for place, role in enumerate(chosen.columns_of(file, chosen.tables_of(file)[0]).roles)
    }
    client = as_user(structure.facilitator)
    refused = client.post(
        f"/suivi/fichiers/{file.pk}", posted | roles | {"debut-1": "2026-01-01", "fin-1": "2025-01-01"}
    )
    assert refused.status_code == 422 and "finirait avant de commencer" in refused.content.decode()
    client.post(f"/suivi/fichiers/{file.pk}", posted | roles | {"fin-tous": "2027-12-31"})
    file.refresh_from_db()
    assert file.account["understood"] == 2, shelf.remarks_at(file.stored_as)
    structure.confirm(file)
    assert structure.done == Decimal(76)
    contract = Contract.objects.get(reference="M-7")
    assert (contract.starts_on.isoformat(), contract.ends_on.isoformat()) == ("2024-03-01", "2027-12-31")


def test_a_heading_over_a_payroll_is_not_its_titles() -> None:
    rows = [
        ["Période :", "01/11/2026 au 30/11/2026"],
        ["Mat.", "Salarié(e)", "Rub. 1010 Base", "Rub. 1020"],
        ["00012", "DUPONT Zoé", 140, 4],
    ]
    table = read_tables(sheets(Export=rows), "paie.xlsx", weight=title_weight)[0]
    assert table.titles == ("Mat.", "Salarié(e)", "Rub. 1010 Base", "Rub. 1020")


@pytest.mark.slow
def test_a_facilitator_opens_one_contract_by_hand(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path
    structure = Structure()
    at = "/suivi/reprise/un-contrat"
    new = valid_siren()
    typed = {
        "structure": structure.organisation.pk, "title": "L'école d'Isbergues", "reference": "T-7", "buyer_siren": structure.buyer.siren,
        "holder_siren": f"{new}00015", "holder_email": "compta@toits.example", "hours_due": "1 200,5", "starts_on": "2026-01-01",
        "ends_on": "2026-12-31", "departement": "62",
    }  # fmt: skip
    client = as_user(structure.facilitator)
    refused = client.post(at, typed)
    assert refused.status_code == 422 and "donnez le nom" in refused.content.decode()
    assert as_user(member(structure.buyer, role=Role.BUYER).user).post(
        at, typed | {"holder": "Toits & Fils"}
    ).status_code in (403, 404)
    assert not Contract.objects.exists()
    made = client.post(at, typed | {"holder": "Toits & Fils"})
    contract = Contract.objects.get()
    assert made.headers["Location"] == f"/contrats/{contract.pk}"
    assert (contract.holder.name, contract.holder.siren, contract.facilitator) == (
        "Toits & Fils",
        new,
        structure.organisation,
    )
    assert LedgerHead.objects.get(commitment__contract=contract).due == Decimal("1200.5")
    # Typed twice, it is recognised.
    again = client.post(at, typed | {"holder": "Toits & Fils"})
    assert "/suivi/fichiers/" in again.headers["Location"] and Contract.objects.count() == 1


@pytest.mark.slow
def test_what_each_person_did_in_all_adds_up_to_the_total_of_the_contract(
    settings: Any, tmp_path: Path
) -> None:
    """A row a person, with hours and no month: they are not lost in silence."""
    settings.LEVIER_HOME = tmp_path
    structure = Structure()
    titles = ["N° de marché", "Objet du marché", "SIREN titulaire", "SIREN acheteur", "Début du marché", "Fin du marché", "Heures à réaliser",
              "Nom", "Prénom", "Date de naissance", "Heures réalisées"]  # fmt: skip
    line = ["M-9", "École", structure.holder.siren, structure.buyer.siren, "01/01/2025", "31/12/2025", 480]
    rows = [
        [*line, "DUPONT", "Zoé", "04/05/1990", "312h30"],
        [*line, "PETIT", "Léo", "04/05/1991", 151.67],
        [*line, "LEROY", "Ana", "", 9],
    ]
    file = structure.give(sheets(Suivi=[titles, *rows]), "suivi.xlsx")
    said = [(outcome, plain_spaces(reason)) for _, _, outcome, reason, _ in shelf.remarks_at(file.stored_as)]
    assert [one for one, _ in said] == ["understood", "understood", "questioned"]
    assert "151,67 h sans leur mois" in said[1][1] and "464,17 h jusqu’ici" in said[1][1]
    assert file.account["hours"] == "464.17"
    structure.confirm(file)
    assert structure.done == Decimal("464.17")
    # Completed and given again: nothing is added in silence to what counts.
    rows[2][9] = "04/05/1992"
    again = structure.give(sheets(Suivi=[titles, *rows]), "suivi 2.xlsx")
    assert [one[2] for one in shelf.remarks_at(again.stored_as)] == ["known", "known", "questioned"]
    assert "Annulez la reprise d’avant" in shelf.remarks_at(again.stored_as)[2][3]


def test_a_cell_merged_downwards_stands_on_each_row_but_a_figure_does_not() -> None:
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    sheet = book.add_worksheet("Suivi")
    for row, cells in enumerate([["N° de marché", "Nom", "Prénom", "Mois", "Heures", "Heures réalisées"], ["", "DUPONT", "Zoé", "", 10, ""],
                                 ["", "PETIT", "Léo", "", 20, ""], ["M-8", "LEROY", "Ana", "04/2025", 30, ""]]):  # fmt: skip
        sheet.write_row(row, 0, cells)
    for place, value in ((0, "M-7"), (3, "03/2025"), (5, 30)):
        sheet.merge_range(1, place, 2, place, value)
    book.close()
    table = read_tables(handle.getvalue(), "a.xlsx", weight=title_weight)[0]
    said = list(sayings(table, guess(table, known={}, fields=TAKING_FIELDS)))
    assert [(one.values["reference"], one.words) for one in said] == [
        ("M-7", "DUPONT Zoé, 03/2025, 10 h"), ("M-7", "PETIT Léo, 03/2025, 20 h"), ("M-8", "LEROY Ana, 04/2025, 30 h"),
    ]  # fmt: skip
    assert ["hours_done" in one.values for one in said] == [True, False, False]


def test_people_under_a_contract_written_once_are_its_people_until_a_total() -> None:
    rows = [
        ["N° de marché", "Nom", "Prénom", "Mois", "Heures"],
        ["M-7", "DUPONT", "Zoé", "03/2025", 10], ["", "PETIT", "Léo", "03/2025", 20], ["TOTAL", "", "", "", 30],
        ["", "LEROY", "Ana", "03/2025", 5],
    ]  # fmt: skip
    table = read_tables(sheets(Suivi=rows), "a.xlsx", weight=title_weight)[0]
    said = [one for one in sayings(table, guess(table, known={}, fields=TAKING_FIELDS)) if one.has_person]
    assert [(one.values.get("reference"), one.is_under) for one in said] == [
        ("M-7", False), ("M-7", True), (None, False),
    ]  # fmt: skip
