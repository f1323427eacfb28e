"""The other families: ESAT in three layouts, GEIQ and antennas, ESS list; and the real files."""

import json
from pathlib import Path

import pytest

from levier.core.audit import Actor
from levier.core.models import Change
from levier.directory.actions import ImportReport, import_source
from levier.directory.models import Supplier
from levier.directory.sources import SOURCES
from levier.organisations.models import Establishment

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(slug: str, path: Path | str = "sample.csv") -> ImportReport:
    found = path if isinstance(path, Path) else SOURCES[slug].folder / path
    return import_source(source=slug, path=found, by=Actor.machine("essai"))


def test_an_esat_without_siret_keeps_its_finess_number() -> None:
    report = load("esat")
    assert (report.read, report.created, report.rejected) == (3, 3, 0)
    laundry = Supplier.objects.get(key="finess-590000003:ESAT")
    assert (laundry.siret, laundry.places, laundry.commune_id) == (None, 40, "59350")
    assert (laundry.email, laundry.sectors) == ("", ["blanchisserie"])
    assert report.anomalies["courriel illisible, écarté"] == 1


def test_places_that_share_a_siret_stay_apart_and_the_main_one_holds_the_key() -> None:
    load("esat")
    keys = dict(Supplier.objects.filter(siret="99910004300010").values_list("name", "key"))
    assert keys == {
        "ESAT D'ESSAI": "99910004300010:ESAT",
        "ESAT D'ESSAI ANNEXE": "finess-010000001:ESAT",
    }


def test_leading_zeros_eaten_by_a_spreadsheet_are_given_back() -> None:
    load("esat")
    report = load("esat", "sample_official.csv")
    assert (report.created, report.unchanged) == (0, 1)
    assert Supplier.objects.get(key="99910004300010:ESAT").commune_id == "01053"


def test_the_raw_finess_export_is_read_in_its_mixed_encoding() -> None:
    report = load("esat", "sample_raw.csv")
    assert (report.read, report.created, report.rejected) == (3, 2, 1)
    assert report.reasons == {"type de structure inattendu": 1}
    summer = Supplier.objects.get(key="99910004300010:ESAT")
    assert (summer.name, summer.places, summer.legal_form) == ("ESAT D'ESSAI ÉTÉ", 60, "Association déclarée")
    assert (summer.city, summer.commune_id) == ("BOURG EN BRESSE", "01053")


def test_an_antenna_keeps_its_town_and_takes_its_group_s_legal_unit() -> None:
    report = load("geiq")
    assert (report.read, report.created, report.rejected) == (3, 3, 0)
    colmar = Supplier.objects.get(key="geiq-antenne-7:GEIQ")
    assert (colmar.siret, colmar.siren, colmar.commune_id) == (None, "999100084", "68066")
    assert colmar.name == "GEIQ BTP D'ESSAI – Antenne de Colmar"
    assert colmar.organisation is not None
    group = Supplier.objects.get(key="99910008400014:GEIQ")
    assert group.organisation_id == colmar.organisation_id
    assert group.activity_status == "inferred"


def test_the_label_s_own_json_gives_the_suppliers_of_the_csv_with_their_contacts(tmp_path: Path) -> None:
    load("geiq")
    report = load("geiq", "sample_api.json")
    assert (report.read, report.created, report.updated, report.gone) == (4, 1, 1, 0)
    group = Supplier.objects.get(key="99910008400014:GEIQ")
    assert (group.phone, group.address) == ("03 99 00 00 07", "1 rue de la Mairie")
    assert Supplier.objects.get(key="geiq-9:GEIQ").commune_id == "48095"
    # A partner keeps the same list inside a campaign.
    answer = json.loads((SOURCES["geiq"].folder / "sample_api.json").read_text(encoding="utf-8"))
    kept = tmp_path / "campagne.json"
    kept.write_text(json.dumps([{"fields": {"campaign": 1, "data": answer["result"]}}]), encoding="utf-8")
    assert load("geiq", kept).unchanged == 4


def test_the_ess_list_names_legal_units_without_establishment() -> None:
    report = load("ess")
    assert (report.read, report.created, report.rejected) == (3, 2, 1)
    mutual = Supplier.objects.get(key="siren-999100092:ESS")
    assert (mutual.siret, mutual.establishment_id, mutual.legal_form) == (None, None, "Mutuelle")
    assert mutual.departement_code == "973"
    assert not Establishment.objects.exists()


FAMILIES = {
    "siae": ("siae/siae_lemarche.csv", 3853),
    "esat": ("esat/esat_propre.csv", 1504),
    "geiq": ("geiq/geiq.csv", 440),
    "ess": ("ess/ess_guyane_cress_2022.csv", 6868),
}


@pytest.mark.real_data
@pytest.mark.parametrize("slug", FAMILIES)
def test_a_real_family_is_read_whole_and_twice_changes_nothing(slug: str, shared_data: Path) -> None:
    name, rows = FAMILIES[slug]
    first = load(slug, shared_data / "3_organisations" / name)
    assert first.read == rows
    assert first.created + first.rejected == rows
    assert first.rejected < rows / 50
    changes = Change.objects.count()
    again = load(slug, shared_data / "3_organisations" / name)
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)
    assert Change.objects.count() == changes
