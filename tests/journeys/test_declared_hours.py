"""A month of hours: declared on a phone from a link, without an account, decided in the grid, corrected, counted by the ledger."""

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import expect

from tests.journeys.visitor import HEIGHT, Visitor

COMPANY, FACILITATOR = "entreprise@exemple.invalid", "facilitateur@exemple.invalid"
CONTRACT = "Rénovation de la piscine des Tilleuls"
GRID = "Saisir et décider les heures"


def statement() -> bytes:
    """A photograph of a statement."""
    target = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(target, "JPEG")
    return target.getvalue()


_DRAFTS = "() => Object.keys(localStorage).filter((one) => one.startsWith('levier-mois'))"
_OLD_DRAFT = """() => {
    const form = document.querySelector("form[data-month]"), field = form.querySelector("input[inputmode]");
    const draft = { key: "old", version: "0", at: Date.now(), values: { [field.name]: "99" } };
    localStorage.setItem("levier-mois-" + form.dataset.month, JSON.stringify(draft));
}"""


def drop_an_older_draft(phone: Visitor) -> None:
    """Nothing is left of what was sent; a draft that another tab typed before does not come back over it."""
    assert phone.page.evaluate(_DRAFTS) == []
    phone.page.evaluate(_OLD_DRAFT)
    phone.page.reload()
    expect(phone.page.get_by_text("l’ancien brouillon de cet appareil est effacé")).to_be_visible()
    assert phone.page.evaluate(_DRAFTS) == []


def open_the_grid(worker: Visitor) -> None:
    worker.open("/contrats")
    worker.page.get_by_role("link", name=CONTRACT).click()
    worker.page.get_by_role("link", name=GRID).click()


def paste_and_take_back(worker: Visitor) -> None:
    """A block larger than the grid: its blanks change nothing, what is over is told, and each paste is taken back in turn."""
    page = worker.page
    paste = """(field, text) => {
        const data = new DataTransfer();
        data.setData("text/plain", text);
        field.focus();
        field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }"""
    awa, ines, malik = (
        page.get_by_role("row", name=re.compile(name)).locator("input[inputmode]").all()[-2]
        for name in ("Awa", "Inès", "Malik")
    )
    held = ines.input_value()
    awa.evaluate(paste, "121,5\t12\t7\r\n\t\r\n\r\n1 070,25\r\n")
    expect(malik).to_have_value("1 070,25")
    expect(ines).to_have_value(held)
    expect(page.locator("[data-pasted]")).to_contain_text("1 au-delà de la grille n’a pas été prise")
    malik.evaluate(paste, "71\t36\r\n")
    malik.press("Control+z")
    expect(malik).to_have_value("1 070,25")
    page.get_by_role("button", name="Annuler le collage").click()
    expect(malik).to_have_value("")
    expect(page.get_by_role("button", name="Annuler le collage")).to_be_hidden()


def send_the_link(worker: Visitor, email: str = COMPANY) -> str:
    """From the grid, in two clicks; gives the address the company receives."""
    already = len(worker.site.mails_to(email))
    contact = worker.page.locator("section", has=worker.page.locator("#joindre")).locator(".card-plain")
    contact = contact.filter(has_text=email)
    contact.get_by_text("Noter un appel, envoyer un lien").click()
    contact.get_by_role("button", name="Envoyer le lien du mois").click()
    body = worker.site.wait_for_mail(email, already, saying="/declarer/")
    found = re.search(r"http\S+/declarer/(\S+)", body)
    assert found
    return f"/declarer/{found[1]}"


def enter_by_code(phone: Visitor, address: str, email: str = COMPANY) -> None:
    phone.open(address)
    already = len(phone.site.mails_to(email))
    phone.page.get_by_role("button", name="Recevoir mon code").click()
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", phone.site.wait_for_mail(email, already, saying="code"))
    assert code
    phone.page.get_by_label("Code reçu par courriel").fill(code[0])
    phone.page.get_by_role("button", name="Ouvrir mon mois").click()


def test_a_month_is_declared_on_a_phone_decided_corrected_and_counted(
    new_visitor: Callable[..., Visitor],
) -> None:
    worker, phone = new_visitor(), new_visitor()
    worker.sign_in(FACILITATOR)
    open_the_grid(worker)
    paste_and_take_back(worker)
    address = send_the_link(worker)
    enter_by_code(phone, address)
    page = phone.page
    page.set_viewport_size({"width": 390, "height": HEIGHT})
    hours = page.get_by_label("Heures faites, Malik E.")
    hours.fill("72,5")
    expect(page.get_by_text("3 sur 3", exact=True).first).to_be_visible()
    expect(page.get_by_text("Brouillon gardé sur cet appareil")).to_be_visible()
    # The train enters a tunnel: what was typed is still there.
    page.reload()
    expect(hours).to_have_value("72,5")
    page.get_by_label("Relevés d’heures").set_input_files(
        {"name": "releve.jpg", "mimeType": "image/jpeg", "buffer": statement()}
    )
    page.get_by_label("Ce que je joins n’est pas un bulletin de paie").check()
    page.get_by_role("button", name="Envoyer au facilitateur").click()
    expect(page.get_by_text("Mois envoyé")).to_be_visible()
    drop_an_older_draft(phone)
    expect(hours).to_have_value("72,5")
    phone.check_main_page()

    grid = worker.page
    grid.reload()
    grid.get_by_role("button", name="Vu, effacer le document").click()
    asked = grid.locator("section.card-plain", has=grid.get_by_role("heading", name="Malik Exemple"))
    grid.get_by_text("Voir une par une").click()
    asked.get_by_label("Motif").select_option("total")
    asked.get_by_role("button", name="Poser la question").click()
    expect(grid.get_by_text("La question est posée")).to_be_visible()
    worker.check_accessible()

    page.reload()
    expect(page.get_by_text("Le total du mois est à vérifier").nth(1)).to_be_visible()
    hours.fill("70")
    page.get_by_role("button", name="Envoyer au facilitateur").click()
    expect(page.get_by_text("Votre mois est envoyé")).to_be_visible()

    grid.reload()
    grid.get_by_role("button", name=re.compile("Accepter les? .*sans remarque")).click()
    expect(grid.get_by_role("row", name=re.compile("Malik"))).to_contain_text("280")
    grid.get_by_role("link", name=CONTRACT).click()
    # Of the demonstration, 1 118,5 h were counted; 121 h of somebody else were without a remark.
    expect(grid.locator(".measures")).to_contain_text("1\u202f309,5")
