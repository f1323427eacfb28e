"""The other lists: API pages, cooperatives, ESUS, labels, networks; what they make and what they only complete."""

import csv
import json
from pathlib import Path

import pytest

from levier.core.audit import Actor
from levier.directory.actions import ImportRefusedError, ImportReport, import_source, locate_suppliers
from levier.directory.models import Supplier, SupplierHistory
from levier.directory.sources import SOURCES
from levier.directory.sources.rows import stated
from levier.reference.models import Commune
from tests.directory.test_territory import load_district

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(slug: str, path: Path | str = "sample.csv") -> ImportReport:
    found = path if isinstance(path, Path) else SOURCES[slug].folder / path
    return import_source(source=slug, path=found, by=Actor.machine("essai"))


def test_pages_of_the_marketplace_give_active_structures_with_their_sectors() -> None:
    report = load("siae", "sample_api.json")
    assert (report.read, report.created, report.rejected) == (2, 2, 0)
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert (roofs.sectors, roofs.activity_status) == (["peinture-vitrerie"], "stated")
    assert (roofs.email, roofs.brand) == ("bonjour@exemple.invalid", "Toits essai")
    assert roofs.profile["networks"] == ["reseau-essai"]


def test_cooperatives_are_told_apart_by_their_words() -> None:
    report = load("scop")
    assert (report.read, report.created, report.rejected) == (3, 2, 1)
    assert set(Supplier.objects.values_list("kind", flat=True)) == {"SCOP", "SCIC"}
    again = load("scop", "sample.json")
    assert (again.read, again.created) == (2, 0)


def test_the_national_ess_list_is_known_by_its_siren() -> None:
    report = load("ess", "sample_national.csv")
    assert (report.read, report.created) == (2, 2)
    assert Supplier.objects.get(key="siren-999200280:ESS").naf == "8121Z"


def test_lists_of_one_kind_need_no_column_for_it() -> None:
    load("fair-trade")
    load("qpv-firms")
    coffee = Supplier.objects.get(siret="99920035500017")
    assert (coffee.kind, coffee.profile["label:commerce-equitable"]["scope"]) == (
        "EQUITABLE",
        "Label d'essai",
    )
    district = {one.siret: "label:charte-adive" in one.profile for one in Supplier.objects.filter(kind="QPV")}
    assert district == {"99920042100017": True, "99920049600019": False}


def test_a_regional_list_is_read_under_its_own_titles_and_words() -> None:
    report = load("regional")
    assert (report.read, report.created, report.rejected) == (3, 2, 1)
    assert report.anomalies["secteur inconnu : « métier inconnu »"] == 1
    workshop = Supplier.objects.get(siret="99920056100010")
    assert (workshop.kind, workshop.sectors, workshop.commune_id) == ("ACI", ["peinture-vitrerie"], "13201")


def test_sectors_are_read_by_their_labels_commas_and_apostrophes_included() -> None:
    written = (
        "Plomberie, chauffage et ventilation, Création et entretien d'espaces verts|traiteur, rien de connu"
    )
    activity, said = stated(written)
    assert json.loads(activity or "")["sectors"] == [
        "plomberie-chauffage",
        "creation-espaces-verts",
        "traiteur",
    ]
    assert said == ["secteur inconnu : « rien de connu »"]


def test_sectors_in_everyday_words_are_those_the_list_means_and_its_words_are_kept() -> None:
    activity, said = stated("Espaces verts ; nettoyage, BTP, divers")
    found = json.loads(activity or "")
    assert found["sectors"] == ["creation-espaces-verts", "nettoyage-locaux"]
    assert (found["status"], found["confidence"]) == ("stated", 0.9)
    assert found["origin"] == "déclarées par la source, dans ses mots : « Espaces verts », « nettoyage »"
    # A word too wide for one trade is named, not guessed.
    assert said == ["secteur inconnu : « BTP »", "secteur inconnu : « divers »"]
    long = ", ".join(f"nettoyage {'de bureaux ' * 9}{number}" for number in range(9))
    assert len(json.loads(stated(long)[0] or "")["origin"]) <= 200


def test_structures_that_are_no_suppliers_are_left_to_the_prescribers() -> None:
    report = load("data-inclusion", "sample.json")
    assert (report.read, report.created, report.rejected) == (2, 2, 0)
    assert [count for sentence, count in report.anomalies.items() if "laissées de côté" in sentence] == [1]
    assert set(Supplier.objects.values_list("key", flat=True)) == {
        "99920077700012:ACI",
        "data-inclusion-essai-a3:EA",
    }
    old = load("data-inclusion", "sample.csv")
    assert (old.read, old.created) == (1, 1)


def test_a_zip_is_read_in_place_and_refused_when_it_holds_several_tables(tmp_path: Path) -> None:
    import zipfile

    sample = SOURCES["siae"].folder / "sample.csv"
    one, two = tmp_path / "un.zip", tmp_path / "deux.zip"
    with zipfile.ZipFile(one, "w") as archive:
        archive.write(sample, "donnees/siae.csv")
    with zipfile.ZipFile(two, "w") as archive:
        archive.write(sample, "a.csv")
        archive.write(sample, "b.csv")
    assert load("siae", one).read == 9
    with pytest.raises(ImportRefusedError, match="contient 2 fichiers"):
        load("siae", two)


def test_a_spreadsheet_s_title_above_the_table_is_passed_over(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "liste_nationale_esus.xlsx"
    with (SOURCES["esus"].folder / "sample.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Liste nationale des agréments")
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, row)
    book.close()
    report = load("esus", path)
    assert (report.read, report.created) == (3, 2)


def test_a_town_alone_is_recognised_when_the_country_has_one_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "villes.csv"
    rows = (
        ("99920035500017", "Roubaix"),
        ("99920042100017", "Saint-Denis"),
        ("99920049600019", "Nulle-Part"),
    )
    path.write_text(
        "siret;nom;type;ville\n" + "".join(f"{siret};Essai;EI;{city}\n" for siret, city in rows),
        encoding="utf-8",
    )
    report = load("suppliers-csv", path)
    places = dict(Supplier.objects.values_list("siret", "commune_id"))
    assert [places[siret] for siret, _ in rows] == ["59512", None, None]
    assert Supplier.objects.get(siret=rows[0][0]).departement_code == "59"
    assert report.anomalies["commune non reconnue"] == 2


def test_an_import_writes_a_supplier_once_with_its_territories(tmp_path: Path) -> None:
    """An exact address is told in or out of a district, an approximate one is not."""
    load_district(tmp_path)
    Commune.objects.filter(code="59512").update(is_frr=True)
    load("siae")
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert (roofs.qpv_code, roofs.is_frr) == ("QN05930M", True)
    # The ETTI of the same house has no coordinates of its own in the sample: nobody can say.
    assert Supplier.objects.get(key="99910001900010:ETTI").qpv_code is None
    assert not SupplierHistory.objects.exists()
    assert locate_suppliers(by=Actor.machine("essai")) == 0
