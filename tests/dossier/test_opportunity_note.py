"""The « note d'opportunité »: of a need without an account, of a purchase for both sides; two pages at most."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from levier.accounts.models import Role
from levier.clauses.models import ChoiceKind, LotChoice
from levier.dossier import opportunity_note
from levier.dossier.composing import compose
from levier.dossier.need import NeedInput
from levier.dossier.purchase_lots import LotDossier, lot_dossiers
from levier.purchasing.models import Lot, Purchase, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TODAY = date(2026, 11, 25)
SCHOOL = "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois"
SECTIONS = ("Cet achat s’y prête-t-il", "Levier conseillé", "Heures", "Fournisseurs", "Risques et précautions",
            "Facilitateur à appeler", "Calendrier", "Décision de l’acheteur")  # fmt: skip


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SCHOOL, "Oui : le volume porte une clause"),
        ("Nettoyage de bureaux à Lille, 120 000 €, 24 mois", "Probablement, selon une réponse"),
        ("Achat de 200 ordinateurs à Lyon, 150 000 €", "Pas par une clause en heures"),
        ("Rénovation d'une école à Roubaix", "le montant manque"),
        ("Peinture de bureaux à Roubaix, 40 000 €, 2 mois", "Pas par une clause"),
    ],
)
def test_it_says_whether_the_purchase_suits_and_holds_on_two_pages(
    demonstration: object, text: str, said: str
) -> None:
    dossier = compose(NeedInput(text=text), today=TODAY)
    written = opportunity_note.need_markdown(dossier)
    assert said in written.replace("\\", "")
    for section in SECTIONS:
        assert f"## {section}" in written, section
    assert pages(opportunity_note.note_of_need(dossier, "pdf")) <= 2


def test_the_hours_are_told_as_posts_and_unconfirmed_values_are_named(demonstration: object) -> None:
    written = opportunity_note.need_markdown(compose(NeedInput(text=SCHOOL), today=TODAY))
    assert "poste à temps plein pendant 18 mois" in written
    assert "Valeurs à confirmer dans ce calcul" in written
    assert "Base légale : L2112" in written


def handed(**fields: Any) -> Purchase:
    town, desk = organisation(), organisation(name="Maison de l’emploi")
    place = {
        "place_kind": "commune",
        "place_code": "59512",
        "place_label": "Roubaix (Nord)",
        "departement_code": "59",
    }
    return make.purchase(town, state=PurchaseState.TO_STUDY, facilitator=desk, lots=0, **place | fields)


def dossiers_of_few(lots: Sequence[Lot], *, suppliers: int) -> list[LotDossier]:
    """The dossiers of the lots, as if the trade had that many suppliers around."""
    return [
        replace(
            one,
            dossier=replace(
                one.dossier,
                suppliers=replace(
                    one.dossier.suppliers, work=replace(one.dossier.suppliers.work, total=suppliers)
                ),
            ),
        )
        if one.dossier
        else one
        for one in lot_dossiers(lots, today=TODAY)
    ]


def test_a_purchase_has_a_summary_and_a_part_for_each_lot(demonstration: object) -> None:
    purchase = handed(title="École <i>neuve</i>")
    make.lot(purchase, title="Gros œuvre", cpv="45214200", amount_ht=1_400_000, months=16)
    make.lot(purchase, title="Ménage", takeover_known=True, takeover_hours=130, amount_ht=180_000, months=36)
    make.lot(purchase, title="Sans code", cpv="")
    lots = list(purchase.lots.present().select_related("purchase__organisation"))
    written = opportunity_note.purchase_markdown(purchase, lot_dossiers(lots, today=TODAY), on=TODAY)
    assert "École \\<i\\>neuve" in written
    assert written.count("### Lot") == 3
    assert "Donnez le code CPV de ce lot" in written
    assert "**Maison de l’emploi** étudie cet achat" in written
    assert "En combien de lots" not in written

    # What was signed stands before what Levier would advise.
    signed = LotChoice(levers=["L2113-12"], kind=ChoiceKind.DECISION, at=datetime(2026, 11, 20, tzinfo=UTC))
    told = {lots[1].pk: opportunity_note._told({ChoiceKind.DECISION: signed})}
    written = opportunity_note.purchase_markdown(
        purchase, lot_dossiers(lots, today=TODAY), on=TODAY, told=told
    )
    assert plain_spaces(written).count("Signé le 20 novembre 2026 : Réserver un lot aux EA et aux ESAT") == 2
    few = dossiers_of_few(lots, suppliers=1)
    assert "Lot 2, réservé : 1 structure connue" in plain_spaces(
        opportunity_note.purchase_markdown(purchase, few, on=TODAY, told=told)
    )
    assert "réservé : " not in opportunity_note.purchase_markdown(
        purchase, dossiers_of_few(lots, suppliers=3), on=TODAY, told=told
    )
    # A lot reserved asks no hours, and says so: no cell is empty.
    assert "| sans heures |" in written and not re.search(r"\|\s*\|\s*$", written, re.MULTILINE)


def test_once_decided_the_note_asks_nothing_more_and_leaves_what_is_past(demonstration: object) -> None:
    """Launched the next day: three months of preparation are behind, and nobody is late."""
    purchase = handed(launch_on=date(2026, 11, 26))
    make.lot(purchase, cpv="45214200", amount_ht=1_400_000, months=16)
    lots = list(purchase.lots.present().select_related("purchase__organisation"))
    dossiers = lot_dossiers(lots, today=TODAY)

    def calendar(state: str) -> str:
        purchase.state = state
        return opportunity_note.purchase_markdown(purchase, dossiers, on=TODAY).split("## Calendrier")[1]

    late = calendar(PurchaseState.TO_STUDY)
    # The structure studies it already: nobody is told to write to it.
    assert (
        "à faire sans attendre" in late
        and "Lancer la consultation" in late
        and "Valider le calibrage" in late
        and "Écrire au facilitateur" not in late
    )
    decided = calendar(PurchaseState.DECIDED)
    assert "à faire sans attendre" not in decided and "☐" not in decided and "a signé" in decided
    # Signed ahead of time: what the signature does is not asked again.
    lots[0].purchase.launch_on = purchase.launch_on = date(2027, 6, 1)
    dossiers = lot_dossiers(lots, today=TODAY)
    assert "Valider le calibrage" in calendar(PurchaseState.TO_STUDY)
    assert "Valider le calibrage" not in calendar(PurchaseState.DECIDED)
    lots[0].purchase.launch_on = purchase.launch_on = date(2026, 11, 26)
    dossiers = lot_dossiers(lots, today=TODAY)
    assert "26 novembre 2026 : Lancer la consultation" in plain_spaces(decided)
    assert "Lancer la consultation" not in calendar(PurchaseState.PUBLISHED)
    assert "Prévenir le facilitateur" in calendar(PurchaseState.PUBLISHED)


def test_a_large_purchase_still_holds_on_two_pages(demonstration: object) -> None:
    purchase = handed()
    for number in range(12):
        make.lot(
            purchase,
            title=f"Lot au nom assez long pour tenir sur deux lignes, {number}",
            amount_ht=90_000 + number,
        )
    lots = list(purchase.lots.present().select_related("purchase__organisation"))
    made = opportunity_note.note_of_purchase(purchase, lot_dossiers(lots, today=TODAY), "pdf", on=TODAY)
    assert pages(made) <= 2


def test_a_visitor_gets_the_note_of_a_need_and_nothing_is_kept(demonstration: object) -> None:
    client = Client()
    word = client.post("/dossier/note-opportunite/docx", {"text": SCHOOL})
    content = zipfile.ZipFile(io.BytesIO(word.content)).read("word/document.xml").decode()
    assert "Décision de l’acheteur" in content and "☐ Accord" in content
    assert client.post("/dossier/note-opportunite/pdf", {"text": SCHOOL}).content.startswith(b"%PDF")
    assert client.post("/dossier/note-opportunite/exe", {"text": SCHOOL}).status_code == 404
    assert (
        "ne reconnaissons pas"
        in client.post("/dossier/note-opportunite/pdf", {"text": "xqzt"}).content.decode()
    )
    assert client.get("/dossier/note-opportunite/pdf").status_code == 405


def test_four_people_ask_for_the_note_of_a_purchase(demonstration: object) -> None:
    purchase = handed()
    make.lot(purchase)
    assert purchase.facilitator is not None
    address = f"/achats/{purchase.pk}/note-opportunite.pdf"
    people = [
        (buyer(purchase.organisation), 200),
        (make.facilitator(purchase.facilitator), 200),
        (member(purchase.organisation, role=Role.SUPPLIER).user, 403),
        (buyer(), 404),
        (user(is_staff=True), 404),
    ]
    for one, expected in people:
        client = Client()
        client.force_login(one)
        assert client.get(address).status_code == expected
    assert Client().get(address)["Location"].startswith("/compte/connexion/")


def test_a_buyer_prepares_a_purchase_from_the_dossier_in_one_step(demonstration: object) -> None:
    client = Client()
    client.force_login(buyer())
    answer = client.post(
        "/dossier/achat", {"text": "Nettoyage de bureaux à Lille, 120 000 €, 24 mois, 130 heures à reprendre"}
    )
    purchase = Purchase.objects.get()
    lot = Lot.objects.get()
    assert answer["Location"] == f"/achats/{purchase.pk}"
    assert (purchase.place_code, purchase.amount_ht, purchase.months) == ("59350", 120_000, 24)
    assert (lot.amount_ht, lot.cpv[:3], purchase.launch_on) == (120_000, "909", None)


def test_a_visitor_signs_in_on_the_way_and_finds_the_need_in_the_form(demonstration: object) -> None:
    client = Client()
    answer = client.post("/dossier/achat", {"text": SCHOOL})
    assert answer["Location"] == "/achats/nouveau" and not Purchase.objects.exists()
    assert client.get("/achats/nouveau")["Location"].startswith("/compte/connexion/")
    town = organisation()
    client.force_login(buyer(town))
    form = client.get("/achats/nouveau").content.decode()
    assert "Rénovation" in form and "Nous avons repris" in form
    client.post("/achats/nouveau", {"organisation": town.pk, "title": "École", "side": "public"})
    assert Lot.objects.get().amount_ht == 1_500_000
    assert client.post("/dossier/achat", {"text": "xqzt"}).status_code == 200
