"""A consultation brought as a file: what is understood, what is refused and why, and that nothing is half done."""

import io
import json
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from levier.purchasing.consultation import ConsultationDraft, UnreadableConsultationError, read_consultation
from levier.purchasing.consultation.template import template_xlsx
from levier.purchasing.models import Lot, Purchase
from tests.factories.accounts import organisation
from tests.factories.needs import buyer
from tests.factories.purchasing import published

# Naming a code from an object loads the ranker of codes.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def table(*rows: str) -> ConsultationDraft:
    return read_consultation("\n".join(rows).encode(), "lots.csv")


def of_json(content: object) -> ConsultationDraft:
    return read_consultation(json.dumps(content).encode(), "marches.json")


def workbook(*rows: list[Any]) -> bytes:
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    book.add_worksheet("Vide")
    sheet = book.add_worksheet("Lots")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    return handle.getvalue()


def test_titles_are_recognised_under_their_usual_names_and_above_them_anything_stands() -> None:
    draft = table(
        "Ville de Valmont;;;;",
        ";;;;",
        "N° du lot;Intitulé;Estimation HT (€);Durée en mois;Couleur",
        "1;Nettoyage des écoles;120 000,50 €;24;bleu",
        "2;Espaces verts;95 k€;;vert",
    )
    assert [lot.values.title for lot in draft.lots] == ["Nettoyage des écoles", "Espaces verts"]
    assert draft.lots[0].values.amount_ht == Decimal("120000.50")
    assert draft.lots[1].values.amount_ht == 95_000
    assert draft.ignored == ("Couleur",)
    assert draft.lots[0].values.cpv.startswith("909") and "proposé d’après l’objet" in draft.lots[0].notes[0]
    assert draft.purchase["title"] == "lots"


def test_titles_with_small_words_more_are_read_and_a_length_may_be_in_years() -> None:
    draft = table(
        "Intitulé du lot;Estimation € HT;Durée du marché;Heures à reprendre / mois;Montant TTC",
        "Nettoyage des écoles;600 k€;3 ans;400,00;720 000",
        "Vitrerie;60 000;2 ans et 6 mois;non;72 000",
    )
    assert [lot.values.months for lot in draft.lots] == [36, 30]
    assert [(lot.values.takeover_known, lot.values.takeover_hours) for lot in draft.lots] == [
        (True, 400), (True, None),
    ]  # fmt: skip
    assert draft.ignored == ("Montant TTC",) and draft.lots[0].values.amount_ht == 600_000
    draft = table(
        "Désignation;Montant HT (k€);Durée en années;Montant par an HT",
        "Vitrerie;45,5;2;1", "Ménage;120 000 €;18 mois;1",
    )  # fmt: skip
    assert [(lot.values.amount_ht, lot.values.months) for lot in draft.lots] == [(45_500, 24), (120_000, 18)]
    assert draft.ignored == ("Montant par an HT",) and "relisez-les" in draft.notes[0]


def test_every_line_is_a_lot_or_is_refused_with_its_place_and_reason() -> None:
    draft = table(
        "Objet,CPV,Montant,Maximum,Début,Heures à reprendre,Lieu",
        "Peinture,45442100,cher,,,,",
        ",45442100,12,,,,",
        "TOTAL,,1000000,,,,",
        "Peinture,45442100,-5,,,,",
        "Peinture,99999999,50000,,,,",
        "Peinture,,50000,,32/13/2027,,",
        "Peinture,,50000,10,,,",
        "Peinture,45442100,50000,,12/03/2027,,Atlantide",
        ",,,,,,",
    )
    reasons = {line.position: line.reason for line in draft.refused}
    assert "« cher » n’est pas un nombre (Montant estimé HT)" in reasons["ligne 2"]
    assert "vide" in reasons["ligne 3"] and "total" in reasons["ligne 4"]
    assert "supérieur à 0" in reasons["ligne 5"] and "99999999" in reasons["ligne 6"]
    assert "32/13/2027" in reasons["ligne 7"] and "inférieur" in reasons["ligne 8"]
    (kept,) = [lot for lot in draft.lots if lot.position == "ligne 9"]
    assert kept.values.starts_on is not None and "Atlantide" in " ".join(kept.notes)
    assert draft.read == len(draft.lots) + len(draft.refused) == 8


@pytest.mark.parametrize(
    ("said", "known", "hours"),
    [
        ("", False, None),
        ("non", True, None),
        ("0", True, None),
        ("oui", False, None),
        ("130,5", True, Decimal("130.5")),
    ],
)
def test_the_staff_to_take_over_may_be_unknown_none_or_counted(
    said: str, known: bool, hours: Decimal | None
) -> None:
    (lot,) = table("Objet;CPV;Personnel à reprendre", f"Ménage;90919200;{said}").lots
    assert (lot.values.takeover_known, lot.values.takeover_hours) == (known, hours)


def test_a_workbook_keeps_its_numbers_and_its_first_filled_sheet() -> None:
    content = workbook(["Lot", "Objet du lot", "CPV", "Montant HT"], [1, "Voirie", 45233140, 250000.5])
    (lot,) = read_consultation(content, "lots.xlsx").lots
    assert (lot.values.cpv, lot.values.amount_ht) == ("45233140", Decimal("250000.5"))


def test_the_house_template_reads_back() -> None:
    draft = read_consultation(template_xlsx(), "modele.xlsx")
    (lot,) = draft.lots
    assert not draft.refused and not draft.ignored
    assert (lot.values.takeover_hours, lot.values.place.place_code) == (140, "59512")
    assert draft.purchase == {"title": "Entretien des bâtiments scolaires", "reference": "2027-014"}


def test_amounts_with_tax_are_left_aside_and_said() -> None:
    draft = table("Objet;Montant TTC;CPV", "Voirie;120000;45233140")
    assert draft.lots[0].values.amount_ht is None and "hors taxes" in draft.notes[0]


def test_a_list_of_published_contracts_is_one_lot_each() -> None:
    draft = of_json({"marches": {"marche": [
        published("1", objet="Entretien des écoles - lot 1 : vitres"),
        published("2", objet="Entretien des écoles - lot 2 : sols", codeCPV="9091920", ccag="Fournitures courantes"),
    ]}})  # fmt: skip
    assert draft.lots[0].values.title.endswith("vitres")
    assert draft.purchase["title"] == "Entretien des écoles - lot"
    assert (draft.purchase["procedure"], draft.purchase["contract_kind"]) == ("mapa", "services")
    assert draft.lots[0].values.place.departement_code == "35"


def test_one_contract_with_its_lots_gives_them_what_they_share_but_not_its_amount() -> None:
    contract = published("2027-9", nature="Accord-cadre", lots=[
        {"objet": "Vitres", "montant": 50000}, {"intitule": "Sols"}, {"montant": 5}, "n’importe quoi",
    ])  # fmt: skip
    draft = of_json(contract)
    vitres, sols = draft.lots
    assert (vitres.values.max_amount_ht, vitres.values.amount_ht, vitres.values.months) == (50_000, None, 24)
    assert sols.values.max_amount_ht is None and sols.values.is_framework
    assert [line.position for line in draft.refused] == ["marché n° 1, lot n° 3", "marché n° 1, lot n° 4"]
    assert draft.purchase["reference"] == "2027-9"


ODD = {
    "vide": b"", "blancs": b" \n ", "binaire": b"\x00\x01\x02abc", "xml": b"<marches/>", "zip": b"PK\x03\x04rien",
    "json coupé": b'{"marches": [', "json d’autre chose": b'{"a": 1}', "liste vide": b"[]", "nombre": b"[1e999]",
    "texte": "bonjour à tous".encode(), "titres seuls": b"Objet;Montant\n", "un seul titre": b"Objet\nVoirie\n",
    "imbriqué": b"[" * 100_000, "latin": "Objet;Montant\n".encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_files_get_a_sentence(name: str) -> None:
    try:
        draft = read_consultation(ODD[name], "fichier.bin")
    except UnreadableConsultationError as refusal:
        assert str(refusal)[-1] in ".…"
    else:
        assert name == "nombre" and not draft.lots and draft.refused


def test_a_file_too_big_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableConsultationError, match="5 Mo"):
        read_consultation(b"a" * (5 * 1024 * 1024 + 1), "gros.csv")
    with pytest.raises(UnreadableConsultationError, match="5000 lignes"):
        table("Objet;Montant", *("Voirie;1" for _ in range(5_001)))


def test_the_preview_stores_nothing_then_all_the_lots_come_at_once() -> None:
    town = organisation()
    client = Client()
    client.force_login(buyer(town))
    content = b"Objet;CPV;Montant\nVitres;90911300;50000\nSols;90919200;cher\nMurs;45442100;40000\n"
    page = client.post(
        "/achats/importer", {"fichier": SimpleUploadedFile("Écoles.csv", content)}
    ).content.decode()
    assert "Ligne 3" in page and "Continuer avec 2 lots" in page
    assert not Purchase.objects.exists()
    form = client.get("/achats/nouveau").content.decode()
    assert 'value="Écoles"' in form and "Les 2 lots que vous avez donnés" in form
    client.post("/achats/nouveau", {"organisation": town.pk, "title": "Écoles", "side": "public"})
    assert list(Lot.objects.present().values_list("number", "title")) == [(1, "Vitres"), (2, "Murs")]


def test_bringing_nothing_or_too_much_says_so_and_others_may_not() -> None:
    client = Client()
    assert client.get("/achats/importer")["Location"].startswith("/compte/connexion/")
    client.force_login(buyer())
    assert "Choisissez un fichier" in client.post("/achats/importer").content.decode()
    many = "Objet;CPV\n" + "Vitres;90911300\n" * 201
    answer = client.post("/achats/importer", {"fichier": SimpleUploadedFile("l.csv", many.encode())})
    assert answer.status_code == 422 and "au plus 200" in answer.content.decode()
    assert client.get("/achats/importer/modele.xlsx").content[:2] == b"PK"
