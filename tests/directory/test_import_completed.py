"""What the other sources add to the suppliers of the SIAE: activities, conventions, labels, SIRENE."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from levier.core.audit import Actor
from levier.directory import queries
from levier.directory.actions import ImportReport, import_source
from levier.directory.models import SourceRecord, Supplier
from levier.directory.sources import SOURCES
from tests.directory.sirene_stock import write_stock

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("siae_list")]


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(slug: str, path: Path | str = "sample.csv") -> ImportReport:
    found = path if isinstance(path, Path) else SOURCES[slug].folder / path
    return import_source(source=slug, path=found, by=Actor.machine("essai"))


def test_a_source_that_states_activities_wins_over_a_deduction() -> None:
    report = load("suppliers-csv")
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert (roofs.activity_status, roofs.sectors) == ("stated", ["peinture-vitrerie"])
    assert report.anomalies == {"secteur inconnu : « secteur-inconnu »": 1}
    sheet = queries.supplier_sheet(roofs.key)
    assert sheet is not None
    published = {row.group: row.source for row in sheet.provenance if row.is_published}
    assert (published["activity"], published["email"]) == ("suppliers-csv", "suppliers-csv")
    # The list of rank 25 comes before the marketplace (30), which alone gives the description.
    assert (published["place"], published["description"]) == ("suppliers-csv", "siae")
    assert [card.kind.code for card in sheet.same_establishment] == ["ETTI"]
    # A group without a French label would show its own name.
    assert [row.group for row in sheet.provenance if row.label == row.group] == []
    assert ("siret", "SIRET") in {(row.group, row.label) for row in sheet.provenance}


def test_conventions_complete_known_suppliers_and_drop_none() -> None:
    report = load("siae-conventions")
    assert (report.read, report.created, report.rejected) == (4, 3, 1)
    assert report.reasons == {"aucun fournisseur ACI au SIRET 99910009200017": 1}
    states = dict(Supplier.objects.values_list("key", "convention_status"))
    assert states["99910001900010:EI"] == "ended"
    assert states["99910001900010:ETTI"] == "active"
    assert states["99910002700013:AI"] == "unknown"
    over = Supplier.objects.get(key="99910001900010:EI")
    assert (over.convention_until, over.is_listed) == (date(2021, 12, 31), True)
    assert over.name == "LES TOITS D'ESSAI"


def test_the_extraction_of_the_asp_gives_the_validity_from_its_annexes() -> None:
    report = load("siae-conventions", SOURCES["siae-conventions"].folder / "fluxIAE_Structure_essai.csv")
    assert (report.read, report.created, report.rejected) == (6, 4, 2)
    assert report.reasons == {"aucun fournisseur ACI au SIRET 99910009200017": 1, "SIRET absent": 1}
    states = {
        key: (status, until)
        for key, status, until in Supplier.objects.values_list("key", "convention_status", "convention_until")
    }
    # The amendment shortened the annex that ran until 2098; the one being typed changes nothing yet.
    assert states["99910001900010:EI"] == ("ended", date(2024, 6, 30))
    assert states["99910001900010:ETTI"] == ("active", date(2099, 12, 31))
    assert states["99910002700013:AI"] == ("ended", date(2021, 12, 31))
    assert states["99910003500016:ACI"] == ("unknown", None)


def test_the_extraction_is_read_packed_and_in_utf_16(tmp_path: Path) -> None:
    folder = SOURCES["siae-conventions"].folder
    structures = tmp_path / "fluxIAE_Structure_01022020_070000.csv.gz"
    structures.write_bytes(gzip.compress((folder / "fluxIAE_Structure_essai.csv").read_bytes()))
    annexes = (folder / "fluxIAE_AnnexeFinanciere_essai.csv").read_text(encoding="utf-8")
    (tmp_path / "fluxIAE_AnnexeFinanciere_01022020_070002.csv").write_text(annexes, encoding="utf-16")
    assert load("siae-conventions", structures).created == 4


def test_esus_makes_suppliers_and_labels_those_already_known() -> None:
    made = load("esus")
    assert (made.read, made.created, made.rejected) == (3, 2, 1)
    labelled = load("label-esus")
    # The legal unit 999100019 has an EI, an ETTI and now an ESUS of its own; 999200355 its ESUS; the third is unknown.
    assert (labelled.read, labelled.created, labelled.rejected) == (5, 4, 1)
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert roofs.profile["label:esus"] == {"since": "2024-03-15", "until": "2029-03-14", "held": True}
    assert roofs.name == "LES TOITS D'ESSAI"


def test_a_label_completes_every_kind_and_refuses_the_unknown_by_name() -> None:
    report = load("labels")
    assert (report.read, report.created, report.rejected) == (7, 4, 3)
    assert report.reasons == {"label inconnu": 2, "aucun fournisseur connu": 1}
    labels = {one.kind: sorted(one.profile) for one in Supplier.objects.filter(siret="99910001900010")}
    assert labels == {"EI": ["label:cedre", "label:epv"], "ETTI": ["label:cedre", "label:epv"]}
    assert not Supplier.objects.filter(siren="999201056").exists()


def test_several_certificates_of_one_firm_are_one_label_with_its_last_end() -> None:
    report = load("label-rge", "sample_rge.csv")
    assert (report.read, report.created, report.rejected) == (3, 2, 1)
    label = Supplier.objects.get(key="99910001900010:EI").profile["label:rge"]
    assert (label["since"], label["until"]) == ("2024-01-01", "2028-06-30")
    assert label["scope"] == "Isolation des murs, Isolation du toit"


def test_a_label_that_its_list_drops_is_lost_and_the_supplier_kept(tmp_path: Path) -> None:
    sample = SOURCES["label-rfar"].folder / "sample_rfar.csv"
    load("label-rfar", sample)
    assert "label:rfar" in Supplier.objects.get(key="99910001900010:EI").profile
    # Fewer than a fifth may go at once: eight others stay.
    load("scop")
    sirens = ["999200140", "999200215"]
    full = tmp_path / "rfar.csv"
    full.write_text(
        sample.read_text(encoding="utf-8") + "".join(f"{siren};Tout\n" for siren in sirens), encoding="utf-8"
    )
    load("label-rfar", full)
    before = SourceRecord.objects.filter(source_id="label-rfar", gone_since=None).count()
    without = tmp_path / "sans.csv"
    without.write_text("SIREN;PERIMETRE\n" + "".join(f"{siren};Tout\n" for siren in sirens), encoding="utf-8")
    report = load("label-rfar", without)
    assert before == 4
    # Half of the list is missing: it is a part of it, and nobody loses anything.
    assert report.gone == 0
    assert "label:rfar" in Supplier.objects.get(key="99910001900010:EI").profile


def test_a_dropped_label_leaves_the_profile(tmp_path: Path) -> None:
    load("label-rfar", "sample_rfar.csv")
    other = tmp_path / "rfar.csv"
    other.write_text("SIREN;PERIMETRE\n356000000;Tout\n", encoding="utf-8")
    report = import_source(source="label-rfar", path=other, by=Actor.machine("essai"), is_whole=True)
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert report.gone == 2
    assert ("label:rfar" in roofs.profile, roofs.is_listed) == (False, True)


@pytest.mark.parametrize("ending", [".parquet", ".zip"])
def test_known_suppliers_are_completed_from_the_stock(tmp_path: Path, ending: str, client: Client) -> None:
    report = load("sirene", write_stock(tmp_path, ending))
    # Two kinds at the roofs' SIRET, the association, and nothing of the strangers.
    assert (report.read, report.created, report.rejected) == (3, 3, 0)
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert (roofs.name, roofs.profile["legal_name"]) == ("LES TOITS D'ESSAI", "LES TOITS D'ESSAI SARL")
    assert (roofs.naf, roofs.naf_nomenclature, roofs.profile["naf_2025"]) == ("4334Z", "naf_rev2", "4334Y")
    assert (roofs.latitude, roofs.precision, roofs.address) == (50.6902, "address", "3 RUE DU COMPAS")
    assert roofs.profile["headcount"] == {"band": "11", "year": "2023"}
    assert "10 à 19 salariés (2023)" in client.get("/fournisseurs/99910001900010-ei").content.decode()
    assert roofs.profile["legal_unit"]["head_office"] == "siège"
    assert "a déclaré sa qualité" in roofs.profile["legal_unit"]["ess"]
    assert roofs.qpv_code == "QN05930M"


def test_a_closed_establishment_says_so_and_a_masked_address_says_nothing(
    tmp_path: Path, client: Client
) -> None:
    before = Supplier.objects.get(key="99910002700013:AI")
    load("sirene", write_stock(tmp_path, ".parquet"))
    hand = Supplier.objects.get(key="99910002700013:AI")
    assert hand.profile["closed"] == {"since": "2026-03-31", "known": True}
    assert (hand.address, hand.latitude) == (before.address, before.latitude)
    assert hand.qpv_code == ""
    card = queries.supplier_cards([hand.id])[0]
    assert card.is_closed
    html = client.get("/fournisseurs/99910002700013-ai").content.decode()
    assert "Établissement fermé" in html and "Hors des quartiers prioritaires" in html
    assert "[ND]" not in html


def test_a_column_that_goes_away_in_2027_stops_nothing(tmp_path: Path) -> None:
    report = load(
        "sirene", write_stock(tmp_path, ".parquet", without=("activitePrincipaleNAF25Etablissement",))
    )
    assert report.created == 3
    assert "naf_2025" not in Supplier.objects.get(key="99910001900010:EI").profile


def test_the_establishments_alone_complete_what_they_can(tmp_path: Path) -> None:
    path = write_stock(tmp_path, ".parquet")
    for other in (*tmp_path.glob("StockUnite*"), *tmp_path.glob("Geoloc*")):
        other.unlink()
    load("sirene", path)
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert "legal_name" not in roofs.profile and "headcount" in roofs.profile
    assert roofs.qpv_code is None
