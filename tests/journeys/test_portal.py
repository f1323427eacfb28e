"""A network asks for a portal, the staff opens it, the editor writes it, visitors read, search, and see the frame."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visitor

NETWORK = "reseau@exemple.invalid"
STAFF = "moderation@exemple.invalid"
TITLE = "Les achats inclusifs du Nord"
PATH = "/portails/achats-du-nord"


def ask(editor: Visitor) -> None:
    """From the menu to the request; a territory that is none is said first."""
    page = editor.page
    page.get_by_role("banner").locator("details.menu summary").click()
    page.get_by_role("link", name="Mes portails").click()
    page.get_by_role("link", name="Demander un portail").click()
    editor.check_main_page()
    page.get_by_label("Titre du portail").fill(TITLE)
    page.get_by_label("Adresse de la page").fill("achats-du-nord")
    page.get_by_role("radio", name="Un ou plusieurs départements").check()
    page.get_by_role("textbox", name="Territoire").fill("Atlantide-sur-Mer")
    editor.refused_on_purpose.add(422)
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_role("alert")).to_contain_text("n’est pas un département")
    editor.check_accessible()
    page.get_by_role("textbox", name="Territoire").fill("59")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("Demande envoyée")).to_be_visible()


def write(editor: Visitor) -> None:
    """Presentation, text, event; then online."""
    page = editor.page
    page.get_by_role("link", name=TITLE).click()
    editor.check_main_page()
    page.get_by_label("Adresse de contact").fill("nord@exemple.invalid")
    page.get_by_role("button", name="Enregistrer la présentation").click()
    page.get_by_role("link", name="Écrire le texte").click()
    page.get_by_label("Votre texte").fill("## Bienvenue dans le Nord\n\nVenez au **salon**.")
    page.get_by_role("button", name="Relire sans enregistrer").click()
    expect(page.get_by_role("region", name="Aperçu, pas encore enregistré")).to_contain_text("Bienvenue")
    editor.check_main_page()
    page.get_by_role("button", name="Enregistrer le texte").click()
    page.get_by_role("link", name="Annoncer un événement").click()
    announce(editor)
    page.get_by_role("button", name="Mettre en ligne").click()
    expect(page.get_by_text("Le portail est en ligne")).to_be_visible()
    editor.check_main_page()


def announce(editor: Visitor) -> None:
    page = editor.page
    page.get_by_label("Titre").fill("Salon des achats inclusifs")
    year = page.evaluate("new Date().getFullYear() + 1")
    page.get_by_label("Début").fill(f"{year}-06-10T09:00")
    page.get_by_label("Fin").fill(f"{year}-06-10T17:30")
    page.get_by_label("Commune").fill("Roubaix")
    editor.check_main_page()
    page.get_by_role("button", name="Annoncer").click()
    expect(page.get_by_text("Événement enregistré")).to_be_visible()


def read_and_search(reader: Visitor) -> None:
    """The public page, its search, and the way out of it."""
    reader.open(PATH)
    page = reader.page
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("heading", name="Bienvenue dans le Nord")).to_be_visible()
    expect(page.get_by_role("link", name="Salon des achats inclusifs")).to_be_visible()
    reader.check_main_page()
    page.get_by_label("Que cherchez-vous ?").fill("nettoyage")
    page.get_by_role("button", name="Chercher").click()
    chip = page.get_by_role("link", name=re.compile(f"Retirer Dans : {TITLE}"))
    expect(chip).to_be_visible()
    within = shown_count(page)
    assert within
    for place in page.locator(".result-facts").all_inner_texts():
        assert "(59)" in place, place
    reader.check_main_page()
    chip.click()
    page.wait_for_url("**/fournisseurs?q=nettoyage")
    assert shown_count(page) > within


def shown_count(page: Page) -> int:
    text = page.locator("#compte").inner_text()
    return int(re.sub(r"\D", "", text.split("fournisseur")[0]) or 0)


def see_the_frame(reader: Visitor) -> None:
    """The page of the code, its live preview, and a result in a new tab."""
    reader.open(f"{PATH}#tenu")
    page = reader.page
    page.get_by_role("link", name="Mettre cette recherche sur votre site").click()
    page.get_by_label("Couleur").select_option(label="Bleu")
    page.get_by_role("button", name="Voir le résultat").click()
    expect(page.locator("#code-fenetre")).to_contain_text("/widget/achats-du-nord?couleur=bleu")
    frame = page.frame_locator("iframe")
    frame.get_by_label("Quoi ?").fill("nettoyage")
    frame.get_by_role("button", name="Chercher").click()
    expect(frame.locator("li a").first).to_be_visible()
    reader.check_main_page()
    with page.context.expect_page() as opened:
        frame.locator("li a").first.click()
    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    opened.value.close()
    reader.open("/widget/achats-du-nord?q=nettoyage&couleur=bleu")
    reader.check_main_page()


def test_a_portal_goes_from_the_request_to_a_search_on_another_site(
    new_visitor: Callable[..., Visitor],
) -> None:
    editor, staff, reader = new_visitor(), new_visitor(), new_visitor()
    editor.sign_in(NETWORK)
    editor.open("/")
    ask(editor)
    staff.sign_in(STAFF)
    staff.open("/moderation/portails")
    staff.check_main_page()
    staff.page.get_by_role("button", name="Ouvrir le portail en brouillon").first.click()
    expect(staff.page.get_by_text("est ouvert en brouillon")).to_be_visible()
    editor.open("/mes-portails")
    write(editor)
    read_and_search(reader)
    see_the_frame(reader)


def test_without_script_the_frame_searches_by_a_plain_form(new_visitor: Callable[..., Visitor]) -> None:
    visitor = new_visitor(java_script_enabled=False)
    visitor.open("/widget?lieu=Roubaix")
    visitor.page.get_by_label("Quoi ?").fill("traiteur")
    visitor.page.get_by_role("button", name="Chercher").click()
    expect(visitor.page.get_by_label("Où ?")).to_have_value("Roubaix")
    expect(visitor.page.locator("main")).to_contain_text("fournisseur")
