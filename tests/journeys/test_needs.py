"""A buyer publishes a need, the staff accepts, a supplier answers from its mail, the buyer concludes."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visitor

BUYER = "acheteur@exemple.invalid"
STAFF = "moderation@exemple.invalid"
NEED = "Nettoyage de bureaux à Lille, 120 000 € sur 24 mois"


def shown_count(page: Page, label: str) -> str:
    """The figure above the table that counts this."""
    measure = page.locator("dl.measures .measure").filter(has_text=label)
    return measure.locator("dd").inner_text()


def propose(buyer: Visitor) -> int:
    """From the dossier to « à relire », with a question and a document; how many suppliers are in the list."""
    buyer.ask(NEED)
    page = buyer.page
    page.get_by_role("button", name="Publier ce besoin").click()
    page.wait_for_url("**/besoins/nouveau")
    expect(page.get_by_label("Titre")).to_have_value("Nettoyage de bureaux")
    buyer.check_main_page()
    page.get_by_label("Vos questions aux fournisseurs").fill("Intervenez-vous le samedi ? (oui/non)")
    page.get_by_role("button", name="Voir les fournisseurs concernés").click()

    expect(page.get_by_role("heading", name="Qui le recevra")).to_be_visible()
    buyer.check_main_page()
    rows = page.get_by_role("table", name="Par courriel").locator("tbody tr")
    count = rows.count()
    page.get_by_role("button", name="Retirer").first.click()
    expect(rows).to_have_count(count - 1)
    page.locator("#document").set_input_files(
        {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 plan"}
    )
    page.get_by_role("button", name="Joindre").click()
    page.get_by_role("button", name=re.compile(r"Proposer à \d+ fournisseurs")).click()
    expect(page.get_by_text("L’équipe relit votre besoin")).to_be_visible()
    buyer.check_accessible()
    return count - 1


def test_a_need_goes_from_the_dossier_to_its_outcome(new_visitor: Callable[..., Visitor]) -> None:
    buyer, staff, supplier = new_visitor(), new_visitor(), new_visitor()
    page = buyer.page
    buyer.sign_in(BUYER)
    count = propose(buyer)
    need = page.url

    staff.sign_in(STAFF)
    staff.open("/moderation/besoins")
    staff.check_main_page()
    staff.page.get_by_role("button", name="Envoyer aux fournisseurs").first.click()
    expect(staff.page.get_by_text("est envoyé")).to_be_visible()

    page.goto(need)
    assert shown_count(page, "envoyés") == str(count)
    row = page.get_by_role("table", name="Réponses des fournisseurs").locator("tbody tr").first
    name = row.locator("th").inner_text().split("\n")[0]
    buyer.check_main_page()
    link = find_link(buyer, name)

    supplier.page.goto(link)
    supplier.check_main_page()
    supplier.page.reload()
    page.reload()
    assert shown_count(page, "vus") == "0"  # opening the link notes nothing
    answer_as_supplier(supplier)

    page.reload()
    assert (shown_count(page, "vus"), shown_count(page, "intéressés")) == ("1", "1")
    expect(page.get_by_text("Camille Martin")).to_be_visible()
    buyer.check_main_page()
    conclude(buyer, name)

    supplier.page.goto(link)
    expect(supplier.page.get_by_text("Votre structure est retenue")).to_be_visible()
    supplier.check_accessible()


def find_link(buyer: Visitor, name: str) -> str:
    """The personal link mailed to the supplier of this name."""
    site = buyer.site
    site.wait_for_mail(
        BUYER, saying="a été relu et envoyé"
    )  # « votre besoin est envoyé »: the suppliers' mails left with it
    for _ in range(100):
        for path in sorted((site.home / "mail").glob("*-contact-*.eml")):
            address = path.stem.split("-", 3)[3]
            body = site.mails_to(address)[-1]
            if name in body:
                found = re.search(rf"{re.escape(site.url)}/reponse/\S+", body)
                assert found
                return found.group(0)
        buyer.page.wait_for_timeout(100)
    raise AssertionError(f"no mail for {name}")


def answer_as_supplier(supplier: Visitor) -> None:
    """See the need, look for partners, answer; a forgotten field is said and nothing is lost."""
    page = supplier.page
    page.get_by_role("button", name="Voir le besoin").click()
    expect(page.get_by_role("link", name="plan.pdf")).to_be_visible()
    supplier.check_main_page()
    page.get_by_role("link", name="Chercher des partenaires").click()
    expect(page.get_by_role("table", name="Membres proposés")).to_be_visible()
    supplier.check_main_page()
    page.get_by_role("link", name="Retour au besoin").click()
    page.get_by_label("Intéressé", exact=True).check()
    page.get_by_label("Personne à rappeler").fill("Camille Martin")
    page.get_by_label("Son téléphone").fill("03 20 00 00 00")
    supplier.refused_on_purpose.add(422)
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("alert")).to_contain_text("répondez à cette question")
    expect(page.get_by_label("Personne à rappeler")).to_have_value("Camille Martin")
    supplier.check_accessible()
    page.get_by_label("Oui").check()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_text("Votre réponse est enregistrée")).to_be_visible()


def conclude(buyer: Visitor, name: str) -> None:
    """Choose the supplier and close."""
    page = buyer.page
    page.get_by_role("link", name="Clore le besoin").click()
    page.get_by_label(name).check()
    page.get_by_label("Montant retenu").fill("118 000")
    page.get_by_role("button", name="Clore et informer les fournisseurs").click()
    expect(page.get_by_text("Besoin clos", exact=True)).to_be_visible()
    buyer.check_main_page()
    buyer.open("/besoins")
    buyer.check_main_page()


def test_opportunities_are_public_and_a_supplier_asks_for_the_monday_mail(visitor: Visitor) -> None:
    visitor.open("/opportunites")
    visitor.check_main_page()
    visitor.page.get_by_label("Où ?").fill("Lille")
    visitor.page.get_by_role("button", name="Chercher").click()
    visitor.check_main_page()

    visitor.sign_in("fournisseur@exemple.invalid")
    visitor.open("/besoins-recus")
    visitor.check_main_page()
    visitor.open("/opportunites")
    page = visitor.page
    page.get_by_role("button", name="Recevoir").click()
    expect(page.get_by_text("Vous recevrez un courriel le lundi")).to_be_visible()
    visitor.check_main_page()
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_text("Vous ne recevrez plus le courriel du lundi")).to_be_visible()


def test_a_search_becomes_a_need(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage&lieu=Lille")
    page = visitor.page
    page.get_by_role("button", name="Publier ce besoin").click()
    expect(page).to_have_url(re.compile(r"/compte/connexion/\?next=/besoins/nouveau$"))
    page.get_by_label("Adresse électronique").fill(BUYER)
    page.locator("input[type=password]").fill(visitor.site.password_of(BUYER))
    page.locator("main").get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/besoins/nouveau")
    expect(page.get_by_label("Titre")).to_have_value("nettoyage")
    expect(page.get_by_role("textbox", name="Commune")).to_have_value("Lille (Nord)")
