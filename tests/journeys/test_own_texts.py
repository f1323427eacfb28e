"""A buyer keeps its own version of a text: the copy, the checks, the version, and back to ours."""

import re

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor


def test_a_buyer_adapts_a_text_and_goes_back_to_ours(visitor: Visitor) -> None:
    page = visitor.page
    visitor.refused_on_purpose.add(422)
    visitor.sign_in("acheteur@exemple.invalid")
    visitor.open("/textes/L2112-2/rc")
    page.get_by_role("link", name=re.compile("Adapter pour")).first.click()
    source = page.get_by_label("Le texte")
    ours = source.input_value()
    source.fill(f"{ours}\nPriorité aux entreprises locales.\n")
    page.get_by_role("button", name="Voir l’aperçu et les contrôles").click()
    expect(page.get_by_text("Aucune préférence locale").first).to_be_visible()
    visitor.check_main_page()
    page.get_by_label("Le texte").fill(f"{ours}\nUne permanence est tenue chaque mardi.\n")
    page.get_by_label(re.compile("Ce qui change")).fill("permanence du mardi")
    page.get_by_role("button", name="Enregistrer cette version").click()
    expect(page.locator("ins")).to_contain_text("permanence est tenue")
    visitor.check_main_page()
    page.get_by_role("button", name="Revenir au texte de la maison").click()
    expect(page.get_by_role("heading", name="Retour au texte de la maison")).to_be_visible()
    visitor.open("/mes-textes")
    expect(page.get_by_text("texte de la maison").first).to_be_visible()
    visitor.check_main_page()
