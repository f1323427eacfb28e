"""A consultation of four lots, from the need to the exported files and a signed convention, by both people."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Download, expect

from tests.journeys.visitor import Visitor

BUYER = "acheteur@exemple.invalid"
FACILITATOR = "facilitateur@exemple.invalid"
NEED = "Réhabilitation du groupe scolaire Pasteur à Roubaix, 900 000 € sur 14 mois"
TITLE = "Réhabilitation et entretien des écoles"
# Object, CPV, amount, months, hours a month of the staff to take over.
OTHER_LOTS = (
    ("Propreté des écoles", "90919300", "600 000", "36", "400"),
    ("Espaces verts des écoles", "77310000", "240 000", "36", ""),
    ("Blanchisserie, lot réservé", "98310000", "80 000", "24", ""),
)
CLAUSE, RESERVED = "Clause sociale d’insertion", "Réserver un lot aux EA et aux ESAT"


def open_the_purchase(buyer: Visitor) -> None:
    """From the need: the dossier, then the purchase and its frame."""
    page = buyer.page
    buyer.ask(NEED)
    page.get_by_role("button", name="Préparer cet achat").click()
    page.wait_for_url("**/achats/*")
    # What is left to do is said, with the button that does it.
    expect(page.get_by_role("link", name="Nommer les contacts")).to_be_visible()
    page.get_by_role("link", name="Modifier l’achat").click()
    page.get_by_label("Objet", exact=True).fill(TITLE)
    page.get_by_label("Montant estimé du besoin entier").fill("1 820 000")
    page.get_by_label("Lancement de la consultation").fill("2027-03-29")
    page.get_by_label("Début d’exécution").fill("2027-09-01")
    page.get_by_label("Nature de l’acheteur public").select_option(label="Collectivité")
    page.get_by_role("button", name="Enregistrer").click()


def add_the_lots(buyer: Visitor) -> None:
    """Cleaning with staff to take over, green spaces, a reserved lot."""
    page = buyer.page
    page.get_by_role("link", name="Modifier le lot 1").click()
    page.get_by_label("Durée (mois)").fill("14")
    page.get_by_role("button", name="Enregistrer").click()
    for title, cpv, amount, months, takeover in OTHER_LOTS:
        page.get_by_role("link", name="Ajouter un lot").click()
        page.get_by_label("Objet du lot").fill(title)
        page.get_by_label("Code CPV").fill(cpv)
        page.get_by_label("Montant estimé, hors taxes (€)").fill(amount)
        page.get_by_label("Durée (mois)").fill(months)
        if takeover:
            page.get_by_label("Oui, indiquer les heures par mois").check()
            page.get_by_label("Heures à reprendre par mois").fill(takeover)
        page.get_by_role("button", name="Ajouter le lot").click()
    expect(page.get_by_role("heading", name="4. Blanchisserie, lot réservé")).to_be_visible()


def name_people(visitor: Visitor, member: str, substitute: str) -> None:
    """The two contacts of one side, by the button the page offers."""
    page = visitor.page
    page.get_by_role("link", name="Nommer les contacts").click()
    page.get_by_role("group", name="Référent").get_by_label("Un membre de l’organisation").select_option(
        label=member
    )
    second = page.get_by_role("group", name="Suppléant")
    second.get_by_label("Nom").fill(substitute)
    second.get_by_label("Téléphone").fill("01 99 00 00 02")
    page.get_by_role("button", name="Enregistrer les contacts").click()


def study_every_lot(worker: Visitor) -> None:
    """Each lot kept, changed for a reason where it is worth it, proposed; the page leads to the next one."""
    page = worker.page
    page.get_by_role("link", name="Étudier le lot 1").click()
    for number in range(1, 5):
        page.get_by_role("button", name="Garder ce calcul").click()
        expect(page.get_by_text("L’étude est enregistrée")).to_be_visible()
        if number == 1:
            try_another_rate(worker)
        if number == 2:
            # 600 000 € on 36 months, 400 h a month taken over, 5 %: the published formula gives 480 h.
            expect(page.get_by_label("Heures d’insertion du lot")).to_have_value("480")
        if number == 4:
            page.get_by_label(RESERVED).check()
        page.get_by_role("button", name="Proposer pour ce lot").click()
        if number < 4:
            page.get_by_role("link", name=f"étudier le lot {number + 1}").click()
    page.get_by_role("link", name="revenir à l’achat").click()
    page.get_by_role("button", name="Proposer à l’acheteur").click()


def try_another_rate(worker: Visitor) -> None:
    """A second scenario with its reason, beside the first."""
    page = worker.page
    page.get_by_text("Changer des valeurs, ou ouvrir un autre scénario").click()
    page.get_by_label("Nom du nouveau scénario").fill("Taux de 8 %")
    page.get_by_label("Taux d’insertion (%)").fill("8")
    page.get_by_label("Pourquoi ces valeurs").fill("Engagement du schéma d’achats responsables")
    page.get_by_role("button", name="Enregistrer cette étude").click()
    expect(page.get_by_role("rowheader", name="Taux de 8 %")).to_be_visible()
    worker.check_main_page()


def sign_every_lot(buyer: Visitor) -> None:
    """Each lot read and signed, from one to the next, then the purchase decided."""
    page = buyer.page
    page.reload()
    page.get_by_role("link", name="Lire et signer le lot 1").click()
    buyer.check_main_page()
    for number in range(1, 5):
        page.get_by_role("button", name="Signer cette décision").click()
        if number < 4:
            page.get_by_role("link", name=f"lire et signer le lot {number + 1}").click()
    page.get_by_role("link", name="revenir à l’achat").click()
    page.get_by_role("button", name="Signer leviers et heures").click()
    expect(page.get_by_text("publier la consultation avec le texte de la clause")).to_be_visible()
    buyer.check_main_page()


def export_every_lot(buyer: Visitor) -> None:
    """The texts of the four lots: the first one filled to the end; in Word, the clause and the reserved lot in PDF too."""
    page = buyer.page
    page.get_by_role("link", name="Textes à exporter : lot 1").click()
    buyer.check_main_page()
    for label, value in (
        ("Date limite de réponse", "2027-05-03"), ("Par heure non réalisée (€)", "60"),
        ("Par jour de retard d’un relevé (€)", "75"), ("Par jour de retard du bilan final (€)", "100"),
        ("Par absence à une réunion (€)", "200"), ("Délai laissé par la mise en demeure (jours)", "15"),
        ("Plafond de l’ensemble (%)", "20"),
    ):  # fmt: skip
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Remplir les textes").click()
    expect(page.get_by_text("prêt pour le juriste", exact=True)).to_be_visible()
    for number in range(1, 5):
        if number > 1:
            page.get_by_role("navigation", name="Lots de l’achat").get_by_role(
                "link", name=f"Lot {number}"
            ).click()
        with page.expect_download() as word:
            page.get_by_role("link", name="Tous les textes en Word").click()
        text = word_text(word.value)
        assert f"Lot {number}" in text
        assert ("L2113-12" if number == 4 else "L2112-2") in text
        assert ("[à compléter" in text) == (number > 1)
        if number in {1, 4}:
            with page.expect_download() as printed:
                page.get_by_role("link", name="En PDF").click()
            assert content_of(printed.value).startswith(b"%PDF-")


def content_of(download: Download) -> bytes:
    """The bytes of a download."""
    return Path(download.path()).read_bytes()


def word_text(download: Download) -> str:
    """The text of a Word file, without its markup."""
    return ZipFile(BytesIO(content_of(download))).read("word/document.xml").decode()


def write_an_offer(worker: Visitor) -> None:
    """The facilitator's offer of insertion for the first lot."""
    page = worker.page
    page.reload()
    page.get_by_role("link", name="Offre d’insertion : lot 1").click()
    worker.check_main_page()
    page.get_by_label("Heures").first.fill("643")
    page.get_by_label("L’offre est prête").check()
    page.get_by_role("button", name="Enregistrer l’offre").click()
    expect(page.get_by_role("heading", name="Remettre l’offre au titulaire")).to_be_visible()


def sign_a_convention(worker: Visitor, buyer: Visitor) -> None:
    """Drafted by the facilitator, signed by both, taken away as a file."""
    page = worker.page
    worker.open("/conventions")
    page.get_by_text("Rédiger une convention").first.click()
    page.get_by_role("link", name="Facilitateur et acheteur").click()
    page.get_by_role("textbox", name="Titre", exact=True).fill("Convention des quatre lots")
    page.get_by_role("textbox", name="Territoire", exact=True).fill("Métropole Européenne de Lille")
    party = page.get_by_role("group", name="L’autre partie")
    party.locator("#id_p-0-name").fill("Ville de Valmont")
    party.locator("#id_p-0-siren").fill("999999701")
    page.get_by_role("button", name="Voir le texte").click()
    page.get_by_role("button", name="Proposer à la signature").click()
    # A text to sign holds no blank.
    expect(page.get_by_text("[à compléter]")).to_have_count(0)
    address = page.url
    for visitor, name, title in ((worker, "Camille Exemple", "directrice"), (buyer, "Alix Exemple", "maire")):
        visitor.page.goto(address)
        visitor.page.get_by_label("Nom de la personne qui signe").fill(name)
        visitor.page.get_by_label("Sa qualité").fill(title)
        visitor.page.get_by_label("J’ai le pouvoir").check()
        visitor.page.get_by_role("button", name="Signer ce texte").click()
        expect(visitor.page.get_by_text("Signé au nom de")).to_be_visible()
    expect(buyer.page.get_by_text("Attendue")).to_have_count(0)
    with buyer.page.expect_download() as kept:
        buyer.page.get_by_role("link", name="Word").click()
    assert "Ville de Valmont" in word_text(kept.value)


def test_four_lots_go_from_the_need_to_the_files_and_a_signed_convention(
    new_visitor: Callable[..., Visitor],
) -> None:
    buyer, worker = new_visitor(), new_visitor()
    buyer.sign_in(BUYER)
    open_the_purchase(buyer)
    add_the_lots(buyer)
    name_people(buyer, "Alix Exemple", "Sasha Exemple")
    buyer.page.get_by_role("link", name="Confier l’achat").click()
    buyer.page.get_by_label("Guichet clause sociale").check()
    buyer.page.get_by_role("button", name="Confier l’achat").click()
    expect(buyer.page.get_by_text("doit étudier chaque lot")).to_be_visible()

    worker.sign_in(FACILITATOR)
    worker.page.goto(buyer.page.url)
    name_people(worker, "Camille Exemple", "Claude Exemple")
    study_every_lot(worker)
    expect(worker.page.get_by_text("doit signer les leviers et les heures")).to_be_visible()

    sign_every_lot(buyer)
    export_every_lot(buyer)
    write_an_offer(worker)
    sign_a_convention(worker, buyer)


def test_a_company_answers_starts_and_names_its_referent(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("/repondre")
    visitor.check_main_page()
    page.get_by_label("Objet du lot").fill("Peinture d’un collège")
    page.get_by_label("Lieu d’exécution").fill("Roubaix")
    page.get_by_label("Heures d’insertion").fill("480")
    page.get_by_role("button", name="Préparer ma réponse").click()
    visitor.check_main_page()
    visitor.open("/remporte")
    visitor.check_accessible()
    visitor.open("/referent?cote=entreprise")
    expect(page.locator("strong", has_text="Entreprise titulaire")).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Voir où j’en suis").click()
    expect(page.get_by_text("Où vous en êtes")).to_be_visible()
    visitor.check_main_page()
    with page.expect_download() as post:
        page.get_by_role("button", name="Télécharger en Word").click()
    assert post.value.suggested_filename.endswith(".docx")
