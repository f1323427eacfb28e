"""The texts of every lot of a purchase on one page, as one file and as a ZIP."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.clauses.lot_texts.whole import contents, folder, whole_texts
from levier.clauses.studies import actions
from levier.clauses.studies.actions import ChoiceValues
from levier.purchasing.models import ContactSide, Lot, Purchase, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def purchase(facilitator: User) -> Purchase:
    """Three lots: a clause, no clause, nothing said."""
    made = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=0,
        contract_kind="travaux", amount_ht=300_000, launch_on=date(2026, 12, 1), starts_on=date(2027, 3, 1),
        departement_code="59", title="École *Jules-Ferry*",
    )  # fmt: skip
    make.contacts(made, ContactSide.BUYER)
    paint = make.lot(made, cpv="45442100", amount_ht=100_000, months=10, title="Peinture & œuvre")
    small = make.lot(made, cpv="45442100", amount_ht=9_000, months=1, title="Retouches")
    make.lot(made, cpv="45442100", amount_ht=90_000, months=10, title="Sols")
    _propose(facilitator, paint, levers=("L2112-2",), hours=Decimal(150))
    _propose(facilitator, small, why_none="Le volume est trop mince pour un parcours.")
    return made


def _propose(by: User, lot: Lot, **values: Any) -> None:
    actions.propose(by=by, lot=lot, values=ChoiceValues(**values))


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _file(purchase: Purchase, target: str) -> str:
    return reverse("clauses:purchase_texts_file", kwargs={"pk": purchase.pk, "target": target})


def test_the_page_says_where_each_lot_stands(purchase: Purchase, facilitator: User) -> None:
    page = reverse("clauses:purchase_texts", kwargs={"pk": purchase.pk})
    html = _as(facilitator).get(page).content.decode()
    for said in (
        "Peinture &amp; œuvre",
        "aucun levier",
        "rien de proposé",
        "proposé, à signer",
        "Motifs pour le dossier",
    ):
        assert said in html
    assert "contrôle" in html
    buyer = member(purchase.organisation, role=Role.BUYER).user
    assert _as(buyer).get(page).status_code == 200
    for other in (make.facilitator(), member(organisation(), role=Role.BUYER).user):
        assert _as(other).get(page).status_code == 404
        assert _as(other).get(_file(purchase, "zip")).status_code == 404
    assert Client().get(page).status_code == 302


def test_the_zip_holds_a_folder_a_lot_in_order(purchase: Purchase, facilitator: User) -> None:
    answer = _as(facilitator).get(_file(purchase, "zip"))
    assert answer["Content-Type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    first, second, third = (folder(lot) for lot in purchase.lots.present())
    assert first == "lot-01-peinture-oeuvre"
    assert names == sorted(names) and names[0] == "00-sommaire.docx"
    assert sum(name.startswith(f"{first}/") for name in names) >= 5
    assert f"{second}/motifs-sans-clause.docx" in names
    assert not any(name.startswith(third) for name in names)


@pytest.mark.parametrize("target", ["html", "txt"])
def test_the_whole_is_read_without_an_office_program(
    purchase: Purchase, facilitator: User, target: str
) -> None:
    text = _as(facilitator).get(_file(purchase, target)).content.decode()
    assert text.index("Sommaire") < text.index("absence de clause")
    assert "*Jules-Ferry*" in text and "œuvre" in text


def _publication(purchase: Purchase, target: str) -> str:
    return reverse("clauses:purchase_publication", kwargs={"pk": purchase.pk, "target": target})


def test_what_is_to_publish_of_every_lot_is_one_file(purchase: Purchase, facilitator: User) -> None:
    buyer = member(purchase.organisation, role=Role.BUYER).user
    first, second, third = purchase.lots.present()
    given = _as(buyer).get(_publication(purchase, "json")).json()
    assert [lot["decp"] for lot in given["lots"]] == [
        {"considerationsSociales": {"considerationSociale": ["Clause sociale"]}}, {}, {},
    ]  # fmt: skip
    assert "ne publiez pas" in given["lots"][2]["notes"][0]
    assert [lot["id"] for lot in given["ocds"]["tender"]["lots"]] == ["LOT-0001"]
    # Proposed without a lever is not « none »; signed, it is.
    Purchase.objects.filter(pk=purchase.pk).update(state=PurchaseState.PROPOSED)
    second = Lot.objects.get(pk=second.pk)
    actions.decide(
        by=buyer, lot=second, values=ChoiceValues(why_none="Le volume est trop mince pour un parcours.")
    )
    given = _as(buyer).get(_publication(purchase, "json")).json()
    assert given["lots"][1]["decp"]["considerationsSociales"]["considerationSociale"] == [
        "Pas de considération sociale"
    ]
    assert [lot["hasSustainability"] for lot in given["ocds"]["tender"]["lots"]] == [True, False]
    assert (
        "Pas de considération sociale"
        in _as(buyer).get(reverse("clauses:lot_texts", kwargs={"lot_pk": second.pk})).content.decode()
    )
    for other in (make.facilitator(), member(organisation(), role=Role.BUYER).user):
        for target in ("json", "xml"):
            assert _as(other).get(_publication(purchase, target)).status_code == 404
        address = reverse("clauses:lot_publication_xml", kwargs={"lot_pk": first.pk})
        assert _as(other).get(address).status_code == 404
    assert (
        _as(buyer).get(reverse("clauses:lot_publication_xml", kwargs={"lot_pk": third.pk})).status_code == 404
    )


_NS = {
    name: f"urn:oasis:names:specification:ubl:schema:xsd:Common{kind}Components-2"
    for name, kind in (("cac", "Aggregate"), ("cbc", "Basic"))
}
_CODES = (
    "cac:TenderingTerms/cac:TendererQualificationRequest/cac:SpecificTendererRequirement/cbc:TendererRequirementTypeCode",
    "cac:TenderingTerms/cac:ContractExecutionRequirement/cbc:ExecutionRequirementCode",
    "cac:ProcurementProject/cac:ProcurementAdditionalType/cbc:ProcurementTypeCode",
)


def _codes(xml: bytes) -> dict[str, list[tuple[str | None, str | None]]]:
    """By lot, the (list, code) pairs found where the examples of the eForms SDK put them."""
    lots = ElementTree.fromstring(xml).findall(".//cac:ProcurementProjectLot", _NS)
    return {
        lot.findtext("cbc:ID", namespaces=_NS): [
            (code.get("listName"), code.text) for path in _CODES for code in lot.findall(path, _NS)
        ]
        for lot in lots
    }  # fmt: skip


def test_the_codes_of_the_european_notice_leave_as_xml(purchase: Purchase, facilitator: User) -> None:
    assert _codes(_as(facilitator).get(_publication(purchase, "xml")).content) == {
        "LOT-0001": [
            ("reserved-procurement", "none"), ("reserved-execution", "no"), ("social-objective", "opp"), ("strategic-procurement", "soc-obj"),
        ]
    }  # fmt: skip


@pytest.mark.real_data
def test_our_xml_puts_each_code_where_the_official_examples_do(shared_data: Path) -> None:
    folder = shared_data / "5_marches" / "eforms_exemples_sdk"
    seen = {
        name
        for path in folder.glob("c*.xml")
        for codes in _codes(path.read_bytes()).values()
        for name, _ in codes
    }
    assert {"reserved-procurement", "reserved-execution", "social-objective", "strategic-procurement"} <= seen


@pytest.mark.parametrize("target", ["docx", "odt"])
def test_one_file_holds_every_lot(purchase: Purchase, facilitator: User, target: str) -> None:
    answer = _as(facilitator).get(_file(purchase, target))
    inside = "word/document.xml" if target == "docx" else "content.xml"
    xml = zipfile.ZipFile(io.BytesIO(answer.content)).read(inside).decode()
    assert xml.index("Sommaire") < xml.index("absence de clause")
    assert "Le volume est trop mince" in xml
    assert "Rien n’est encore proposé pour ce lot" in xml
    assert "*Jules-Ferry*" in xml


def test_nothing_to_write_is_said(facilitator: User) -> None:
    empty = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=1
    )
    answer = _as(facilitator).get(_file(empty, "docx"))
    assert answer.status_code == 404 and "Aucun lot" in answer.content.decode()
    assert _as(facilitator).get(_file(empty, "exe")).status_code == 404


def test_ten_lots_cost_the_queries_of_one(purchase: Purchase, facilitator: User) -> None:
    def count() -> int:
        fresh = Purchase.objects.select_related("organisation", "facilitator").get(pk=purchase.pk)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            contents(whole_texts(fresh))
        return len(seen)

    before = count()
    for _ in range(3):
        _propose(facilitator, make.lot(purchase, cpv="45442100"), levers=("L2112-2",), hours=Decimal(150))
    assert count() == before
