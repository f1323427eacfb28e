"""« C’est ma structure »: claimed by a code, filled, confirmed, and found again by a buyer."""

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visitor

CONTRACTOR = "entreprise@exemple.invalid"
SUPPLIER = "fournisseur@exemple.invalid"
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE)


def open_part(page: Page, title: str) -> None:
    """Open one part of the owner's page."""
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile(rf"(Modifier|Remplir) : {re.escape(title)}")).click()


def save(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Enregistrer et publier")).click()


def claim_by_code(visitor: Visitor) -> str:
    """From a search to a sheet of one's own. Returns the name of the supplier."""
    page = visitor.page
    visitor.open("/fournisseurs?q=traiteur&lieu=Nantes")
    name = page.locator(".result h3 a").first.inner_text()
    page.locator(".result h3 a").first.click()
    expect(page.get_by_text("Jamais confirmé par la structure")).to_be_visible()
    page.get_by_role("link", name="C’est ma structure").click()
    visitor.check_main_page()
    choice = page.get_by_role("radio", name=re.compile(r"Recevoir un code à contact-\d+@")).first
    address = str(choice.get_attribute("value"))
    choice.check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Ma demande")).to_be_visible()
    visitor.check_main_page()
    code = CODE.search(visitor.site.wait_for_mail(address))
    assert code
    page.get_by_label("Code reçu").fill(code.group(1))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("C’est prouvé")).to_be_visible()
    visitor.check_main_page()
    return name


def fill(visitor: Visitor) -> None:
    """An activity, an offer, a picture, free teams; then « Tout est toujours exact »."""
    page = visitor.page
    open_part(page, "Activités")
    visitor.check_main_page()
    page.get_by_label("Métier (secteur d’achat)").last.fill("Blanchisserie et location de linge")
    page.get_by_role("checkbox", name="prestation de services").last.check()
    page.get_by_label("Rayon en km").last.fill("60")
    save(page)
    expect(page.get_by_text("Activités : enregistré et publié.")).to_be_visible()
    open_part(page, "Offres")
    page.get_by_role("textbox", name="Offre", exact=True).last.fill("Gâteaux de cérémonie zébrés")
    save(page)
    open_part(page, "Images")
    visitor.check_accessible()
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(picture, "JPEG")
    page.get_by_label("Image", exact=True).set_input_files(
        {"name": "atelier.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    page.get_by_label("Ce que montre l’image").fill("Le laboratoire")
    save(page)
    expect(page.get_by_role("img", name="Le laboratoire")).to_be_visible()
    visitor.check_main_page()
    open_part(page, "Disponibilités")
    page.get_by_label("Combien ?").fill("2")
    save(page)
    page.get_by_role("button", name="Tout est toujours exact").click()
    expect(page.get_by_text("tout a été confirmé aujourd’hui")).to_be_visible()


def test_a_sheet_is_claimed_by_code_edited_confirmed_and_found_again(
    new_visitor: Callable[..., Visitor],
) -> None:
    visitor, buyer = new_visitor(), new_visitor()
    visitor.sign_in(CONTRACTOR)
    name = claim_by_code(visitor)
    fill(visitor)
    buyer.open("/fournisseurs?q=g%C3%A2teaux+z%C3%A9br%C3%A9s")
    for _ in range(40):
        if buyer.page.locator(".result h3 a", has_text=name).count():
            break
        buyer.page.wait_for_timeout(250)
        buyer.page.reload()
    card = buyer.page.locator(".result").first
    expect(card.locator("h3 a")).to_have_text(name)
    expect(card).to_contain_text("Confirmé aujourd’hui")
    expect(card).to_contain_text(re.compile(r"2\séquipes libres"))
    buyer.check_main_page()
    buyer.page.locator(".result h3 a").first.click()
    expect(buyer.page.get_by_role("img", name="Le laboratoire")).to_be_visible()
    expect(buyer.page.get_by_role("table", name="Activités déclarées par la structure")).to_contain_text("60")
    buyer.check_main_page()


def test_the_demonstration_supplier_finds_its_sheet_in_the_menu(visitor: Visitor) -> None:
    visitor.sign_in(SUPPLIER)
    visitor.open("/")
    page = visitor.page
    page.get_by_role("banner").locator("details.menu summary").click()
    page.get_by_role("link", name="Ma fiche", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Les Ateliers du Val")
    visitor.check_main_page()
    for title in ("Activités", "Présentation et coordonnées", "Labels et certificats", "Contacts"):
        open_part(page, title)
        visitor.check_main_page()
