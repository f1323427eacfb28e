"""QPV and FRR of suppliers: told from an exact address or by SIRENE, shown on the sheet and among the filters."""

import json
from pathlib import Path

import pytest
from django.test import Client

from levier.core.audit import Actor
from levier.directory import index, queries
from levier.directory.actions import import_source, locate_suppliers
from levier.directory.models import Supplier
from levier.directory.search import SupplierQuery
from levier.directory.sources import SOURCES
from levier.reference.actions import import_qpv
from levier.reference.models import Commune
from tests.texts import plain_spaces

# The sample of the SIAE was imported once, without perimeters, before the first test of this file.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("siae_list")]
BY = Actor.machine("essai")
# Around 50.6901, 3.1817: the roofs of the sample.
SQUARE = [[3.18, 50.68], [3.19, 50.68], [3.19, 50.70], [3.18, 50.70], [3.18, 50.68]]
ROOFS = "99910001900010:EI"


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load_district(tmp_path: Path) -> None:
    """The perimeter of a district around the roofs."""
    path = tmp_path / "qpv.geojson"
    district = {
        "type": "Feature",
        "properties": {"code_qp": "QN05930M", "lib_qp": "Le Pile d'essai", "insee_com": "59512"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    path.write_text(json.dumps({"features": [district]}), encoding="utf-8")
    import_qpv(path, by=BY)


def test_without_perimeters_nothing_is_said_of_anybody() -> None:
    assert set(Supplier.objects.values_list("qpv_code", flat=True)) == {None}


def test_new_perimeters_and_a_new_frr_list_reach_suppliers_already_there(tmp_path: Path) -> None:
    load_district(tmp_path)
    Commune.objects.filter(code="59512").update(is_frr=True)
    changed = locate_suppliers(by=BY)
    roofs = Supplier.objects.get(key=ROOFS)
    assert (roofs.qpv_code, roofs.is_frr) == ("QN05930M", True)
    assert changed >= 2
    assert locate_suppliers(by=BY) == 0


def test_perimeters_of_one_departement_say_nothing_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(
        "siret;type;nom;code_postal;ville;latitude;longitude\n"
        "99920007400014;EA;Au dehors;59100;Roubaix;50.6920;3.1720\n"
        "99910002700013;EA;Ailleurs;75013;Paris;48.8300;2.3600\n",
        encoding="utf-8",
    )
    expected = [("59", ""), ("75", None)]
    told = Supplier.objects.filter(kind="EA").order_by("departement_code")
    load_district(tmp_path)
    assert import_source(source="suppliers-csv", path=path, by=BY).created == 2
    assert list(told.values_list("departement_code", "qpv_code")) == expected
    told.update(qpv_code="QN07501M")
    locate_suppliers(by=BY)
    assert list(told.values_list("departement_code", "qpv_code")) == expected


def test_the_sheet_and_the_filters_show_territories_and_labels(tmp_path: Path, client: Client) -> None:
    load_district(tmp_path)
    locate_suppliers(by=BY)
    import_source(source="labels", path=SOURCES["labels"].folder / "sample.csv", by=BY)
    Supplier.objects.filter(key=ROOFS).update(is_frr=True)
    index.SUPPLIERS.rebuild()
    page = index.find(SupplierQuery(territories=("qpv",), facets=("territory", "label")))
    assert page.keys == (Supplier.objects.get(key=ROOFS).id,)
    assert page.facets["territory"] == {"qpv": 1, "frr": 1}
    html = plain_spaces(client.get("/fournisseurs/99910001900010-ei").content.decode())
    assert "Le Pile d&#x27;essai" in html and "Commune classée" in html
    assert "Entreprise du patrimoine vivant (EPV)" in html and "jusqu’au 31/12/2028" in html
    found = plain_spaces(client.get("/fournisseurs?territoire=qpv&label=epv").content.decode())
    assert "Toits essai" in found and "COUP DE MAIN" not in found
    wrong = client.get("/fournisseurs?territoire=lune")
    assert wrong.status_code == 422
    # Every group of a profile has a French label on the sheet.
    import_source(source="esat", path=SOURCES["esat"].folder / "sample_plus.json", by=BY)
    for key in (ROOFS, "99920007400014:EA"):
        sheet = queries.supplier_sheet(key)
        assert sheet is not None
        assert [row.group for row in sheet.provenance if row.label == row.group] == []
