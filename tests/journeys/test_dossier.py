"""From a sentence to an answer, corrected in place."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

SCHOOL = "Rénovation d’une école à Roubaix, 1,5 M€ sur 18 mois"
CLEANING = "Nettoyage de bureaux à Lille, 120 000 € sur 24 mois"
ANSWER = "La réponse en trois lignes"


def test_an_example_of_the_home_page_then_a_sentence_give_the_whole_dossier(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.check_main_page()
    page = visitor.page
    page.get_by_role("button", name="Nettoyage de bureaux à Lille").click()
    expect(page.get_by_role("region", name=ANSWER)).to_contain_text(re.compile(r"\b72\sh"))
    visitor.ask(SCHOOL)
    answer = page.get_by_role("region", name=ANSWER)
    expect(answer.get_by_role("listitem")).to_have_count(3)
    expect(answer).to_contain_text("L2112-2")
    expect(answer).to_contain_text(re.compile(r"893 à 1\s250\sh"))
    expect(answer).to_contain_text(re.compile(r"\d+ structures? peu(t|vent) faire la prestation"))
    for shelf in ("work", "people"):
        expect(page.locator(f"#etagere-{shelf} li").first).to_be_visible()
    expect(page.get_by_role("region", name="Le facilitateur")).to_contain_text("À lui demander")
    expect(page.locator(".copyable").first).to_contain_text("L2112-2")
    page.get_by_role("button", name="Montrer : Cahier des clauses administratives particulières").click()
    expect(page.locator("#ccap-texte")).to_contain_text("Personnes concernées")
    visitor.check_main_page()


def test_the_hours_to_take_over_are_asked_then_recalculated_in_place(visitor: Visitor) -> None:
    visitor.ask(CLEANING)
    page = visitor.page
    answer = page.get_by_role("region", name=ANSWER)
    expect(answer).to_contain_text(re.compile(r"De 0 à 240\sh"))
    page.get_by_role("link", name=re.compile("Y a-t-il du personnel à reprendre")).click()
    page.evaluate("document.body.dataset.isTheSamePage = 'yes'")
    page.get_by_role("textbox", name="Personnel à reprendre").fill("140")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.parentElement.id")
    expect(answer).to_contain_text(re.compile(r"\b72\sh"))
    assert page.evaluate("document.body.dataset.isTheSamePage") == "yes"
    assert focused.startswith("element-")
    assert page.evaluate("document.activeElement.parentElement.id") == focused
    # What changed is said to whoever does not see it.
    expect(page.locator("#said[aria-live=polite]")).to_contain_text(re.compile(r"\b72\sh"))
    visitor.check_accessible()


def test_place_object_and_lever_are_corrected_by_their_chips(visitor: Visitor) -> None:
    visitor.ask(SCHOOL)
    visitor.unfold("place")
    visitor.page.get_by_role("textbox", name="Lieu d’exécution").fill("Nantes")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator("#element-place summary")).to_contain_text("Nantes (Loire-Atlantique)")
    expect(visitor.page.get_by_role("region", name=ANSWER)).to_contain_text("Nantes")

    visitor.unfold("cpv")
    visitor.page.get_by_role("button", name="Travaux d’isolation thermique").click()
    expect(visitor.page.locator("#element-cpv summary")).to_contain_text("45321000")
    page = visitor.page
    expect(page.get_by_role("region", name=ANSWER)).to_be_visible()
    page.locator("details.lever", has_text="Critère social d’attribution").locator("summary").click()
    page.locator("details.lever[open]").get_by_role("button", name="Retenir ce levier").click()
    chosen = page.get_by_role("region", name="Le levier conseillé, et pourquoi")
    expect(chosen.locator(".card-strong")).to_contain_text("Critère social d’attribution")
    expect(page.get_by_role("region", name="Le texte à copier")).to_contain_text("Critère social")
    visitor.check_accessible()


def test_an_unknown_place_keeps_what_was_typed_and_takes_the_focus(visitor: Visitor) -> None:
    visitor.ask(SCHOOL)
    page = visitor.page
    visitor.unfold("place")
    field = page.get_by_role("textbox", name="Lieu d’exécution")
    field.fill("Atlantide")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("« Atlantide » est inconnu")
    expect(field).to_have_value("Atlantide")
    expect(page.get_by_label("Que voulez-vous acheter, et où ?")).to_have_value(SCHOOL)
    page.get_by_role("button", name="Préparer mon achat").click()
    expect(field).to_be_focused()
    visitor.check_main_page()
    field.fill("Roubaix")
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name=ANSWER)).to_contain_text("Roubaix")


def test_what_cannot_be_answered_is_asked_again_in_one_sentence(visitor: Visitor) -> None:
    for sentence, asked in (
        (
            "Stylos et papier, des cahiers, du lait et de la farine, un photocopieur",
            "Faites un dossier par besoin",
        ),
        ("🎉🎉🎉", "Décrivez l’objet en quelques mots"),
    ):
        visitor.ask(sentence)
        expect(visitor.page.get_by_role("alert")).to_contain_text(asked)
        expect(visitor.page.get_by_label("Que voulez-vous acheter, et où ?")).to_have_value(sentence)
        expect(visitor.page.get_by_label("Que voulez-vous acheter, et où ?")).to_be_focused()
        visitor.check_accessible()


def test_without_script_the_same_answers_come_by_plain_forms(new_visitor: Any) -> None:
    visitor = new_visitor(java_script_enabled=False)
    visitor.ask(CLEANING)
    page = visitor.page
    answer = page.get_by_role("region", name=ANSWER)
    expect(answer).to_contain_text(re.compile(r"De 0 à 240\sh"))
    page.get_by_role("textbox", name="Personnel à reprendre").fill("140")
    page.get_by_role("button", name="Recalculer").click()
    expect(answer).to_contain_text(re.compile(r"\b72\sh"))
    visitor.unfold("place")
    page.get_by_role("textbox", name="Lieu d’exécution").fill("Atlantide")
    page.get_by_role("button", name="Recalculer").click()
    expect(page.get_by_role("alert")).to_contain_text("« Atlantide » est inconnu")
    page.get_by_role("textbox", name="Lieu d’exécution").fill("Lyon")
    page.get_by_role("button", name="Préparer mon achat").click()
    expect(answer).to_contain_text("Lyon")
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()


def test_the_keyboard_alone_leads_to_the_answer(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(CLEANING)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    answer = page.get_by_role("region", name=ANSWER)
    expect(answer).to_be_in_viewport()
    # The skip link again, then as many steps as it takes to the question that waits.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Personnel à reprendre")
    for _ in range(15):
        page.keyboard.press("Tab")
        if field.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.type("140")
    page.keyboard.press("Tab")
    expect(answer).to_contain_text(re.compile(r"\b72\sh"))
