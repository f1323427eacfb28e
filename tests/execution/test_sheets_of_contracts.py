"""A workbook with a sheet for each contract: merged titles, what stands over them, a SIREN said wrongly and said again."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from levier.execution.incoming import actions, shelf
from levier.execution.incoming.columns import stated
from levier.purchasing.purchase_exports import workbook
from tests.execution.test_taking_over import Structure
from tests.factories.accounts import valid_siren

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
    table = actions.table_of(file)
    assert table.titles[2:] == ("Contrat", "nov 2025", "déc 2025", "janv 2026", "TOTAL")
    assert stated(table)["hours_due"] == "850 h"
    roles = dict(zip(table.titles, actions.columns_of(file, table).roles, strict=True))
    assert roles["Contrat"] == "modality"
    given: dict[str, Any] = {
        "by": structure.facilitator, "file": file, "sheet": 0, "roles": roles, "year": None, "month": None, "contract": None,
    }  # fmt: skip
    # The same number for both: what was said wrongly is shown, and said again.
    actions.choose(**given, sirens={"Toits & Co": structure.buyer.siren, "Ville": structure.buyer.siren})
    assert file.account["understood"] == 0 and ["Toits & Co", structure.buyer.siren] in file.account["told"]
    actions.choose(**given, sirens={"Toits & Co": siren})
    assert (file.account["understood"], file.account["refused"]) == (3, 1), shelf.remarks_at(file.stored_as)
    structure.confirm(file)
    assert structure.done == Decimal("105.5")
