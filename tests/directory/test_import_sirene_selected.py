"""What the rules choose in the SIRENE stock: imported once, read by every test of this file."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from levier.core.audit import Actor
from levier.directory import index
from levier.directory.actions import ImportReport, import_source
from levier.directory.models import Supplier
from levier.directory.profile import profile_text
from levier.reference.models import LegalCategory, NafLink
from tests.directory.sirene_stock import ESTABLISHMENTS, write_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def selected(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ImportReport]:
    """What the rules choose in a zipped stock, one of whose cells runs over two lines, imported once for the tests that read it."""
    folder = tmp_path_factory.mktemp("sirene")
    with (
        django_db_blocker.unblock(),
        override_settings(LEVIER_HOME=folder),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        NafLink.objects.bulk_create(
            [NafLink(rev2="8121Z", naf_2025="8121Y"), NafLink(rev2="4334Z", naf_2025="4334W")]
        )
        LegalCategory.objects.create(code="5458", label="SARL coopérative de production (SCOP)")
        roofs = next(one for one in ESTABLISHMENTS if one["siret"] == "99910001900010")
        patch.setitem(roofs, "enseigne1Etablissement", "LES\nTOITS")
        yield import_source(
            source="sirene-ess",
            path=write_stock(folder, ".zip", key_first=True),
            by=Actor.machine("essai"),
        )
        transaction.set_rollback(True)


def test_rules_make_cooperatives_and_never_a_person(selected: ImportReport) -> None:
    assert (selected.read, selected.created, selected.rejected) == (2, 2, 0)
    assert set(Supplier.objects.values_list("key", flat=True)) == {
        "99920028000017:SCOP",
        "99910001900010:ESS",
    }


def test_a_naf_2025_code_finds_its_sectors_through_the_former_nomenclature(selected: ImportReport) -> None:
    clean = Supplier.objects.get(key="99920028000017:SCOP")
    assert (clean.naf, clean.naf_nomenclature) == ("8121Y", "naf_2025")
    assert "nettoyage-locaux" in clean.sectors


def test_both_naf_codes_stand_on_the_sheet_and_either_finds_the_supplier(selected: ImportReport) -> None:
    """Where the correspondence leaves no choice; what SIRENE itself says of NAF 2025 needs none."""
    clean = Supplier.objects.get(key="99920028000017:SCOP")
    assert clean.profile["naf_other"] == {"code": "8121Z", "nomenclature": "naf_rev2"}
    assert profile_text("naf_other", clean.profile["naf_other"]) == (
        "81.21Z (NAF rév. 2), d’après la correspondance de l’INSEE"
    )
    roofs = Supplier.objects.get(key="99910001900010:ESS")
    assert (roofs.naf, roofs.profile["naf_2025"], "naf_other" in roofs.profile) == ("4334Z", "4334Y", False)
    documents = {one["key"]: one["naf"] for one in index.documents()}
    assert documents == {clean.pk: ["8121Y", "8121Z"], roofs.pk: ["4334Z", "4334Y"]}


@pytest.mark.slow
def test_ess_by_law_and_the_legal_form_follow_from_the_category(selected: ImportReport) -> None:
    clean = Supplier.objects.get(key="99920028000017:SCOP")
    assert clean.legal_form == "SARL coopérative de production (SCOP)"
    assert clean.profile["legal_unit"]["ess"].startswith("coopérative : de droit dans l’ESS")
    assert clean.organisation is not None
    assert clean.organisation.legal_category == "5458"
    roofs = Supplier.objects.get(key="99910001900010:ESS")
    assert roofs.profile["legal_unit"]["ess"].startswith("société commerciale qui a déclaré")


def test_the_places_and_a_brand_over_two_lines_reach_the_sheet(selected: ImportReport) -> None:
    found = Supplier.objects.get(key="99910001900010:ESS")
    assert (found.brand, found.profile["qpv"]["code"]) == ("LES TOITS", "QN05930M")
    assert (found.latitude, found.postal_code) == (50.6902, "59100")
