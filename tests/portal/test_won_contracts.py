"""The contracts a supplier has won are joined to its sheet by SIREN."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from levier.directory.models import Supplier
from levier.directory.results import slug_of
from levier.purchasing.models import Contract, ContractHolder

pytestmark = pytest.mark.django_db

SIREN = "488105149"


@pytest.fixture
def supplier() -> Supplier:
    return Supplier.objects.create(
        key=f"{SIREN}00014:EI",
        kind="EI",
        siret=f"{SIREN}00014",
        siren=SIREN,
        name="ACORUS",
        first_seen="2026-01-01",
    )


def _won(**values: Any) -> None:
    contract = Contract.objects.create(
        uid="m1", source="decp", buyer_siret="21590599900019", buyer_siren="215905999", object="Tonte des pelouses",
        social_considerations=["inconnu"],
        cpv="77310000", amount_ht=Decimal("12000"), content_hash="x", first_seen="2026-01-01", last_seen="2026-01-01",
    )  # fmt: skip
    ContractHolder.objects.create(contract=contract, rank=1, id_kind="SIRET", **values)


def test_the_sheet_leads_to_the_contracts(client: Client, supplier: Supplier) -> None:
    _won(siret=f"{SIREN}00022", name="ACORUS")
    sheet = client.get(f"/fournisseurs/{slug_of(supplier.key)}").content.decode()
    assert f"/fournisseurs/{slug_of(supplier.key)}/marches" in sheet
    page = client.get(f"/fournisseurs/{slug_of(supplier.key)}/marches").content.decode()
    assert "Tonte des pelouses" in page
    assert "12\u202f000" in page


def test_no_contract_says_what_it_means(client: Client, supplier: Supplier) -> None:
    page = client.get(f"/fournisseurs/{slug_of(supplier.key)}/marches")
    assert "Cela ne dit rien de ses autres clients" in page.content.decode()


def test_an_unknown_supplier_is_not_found(client: Client) -> None:
    assert client.get("/fournisseurs/00000000000000-EI/marches").status_code == 404
