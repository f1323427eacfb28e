"""Sign in by password or by code, invite a colleague, closed by default."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

BUYER = "acheteur@exemple.invalid"
FACILITATOR = "facilitateur@exemple.invalid"
CONTRACTOR = "entreprise@exemple.invalid"


def test_a_wrong_password_is_refused_then_the_account_signs_in_and_out(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.get_by_role("banner").get_by_role("link", name="Se connecter").click()
    visitor.check_main_page()
    page.get_by_label("Adresse électronique").fill(BUYER)
    page.locator("input[type=password]").fill("ce-n-est-pas-lui")
    page.locator("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Adresse électronique")).to_have_value(BUYER)
    visitor.check_accessible()
    page.locator("input[type=password]").fill(visitor.site.password_of(BUYER))
    page.locator("main").get_by_role("button", name="Se connecter").click()
    page.wait_for_url(visitor.site.url + "/")
    menu = page.get_by_role("banner").locator("details.menu")
    menu.locator("summary").click()
    visitor.check_accessible()
    # Escape closes the menu and gives the focus back to its button.
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(page.get_by_role("link", name="Mon organisation")).to_be_hidden()
    menu.locator("summary").click()
    page.get_by_role("link", name="Se déconnecter").click()
    page.locator("main").get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Se connecter")).to_be_visible()


def test_a_closed_page_asks_who_one_is_and_a_code_received_by_mail_opens_the_account(
    visitor: Visitor,
) -> None:
    visitor.open("/compte/organisation/")
    page = visitor.page
    expect(page).to_have_url(re.compile(r"/compte/connexion/\?next=/compte/organisation/"))
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    visitor.check_accessible()
    page.get_by_role("link", name="Recevoir un code par courriel").click()
    visitor.check_accessible()
    already = len(visitor.site.mails_to(CONTRACTOR))
    page.locator("main input[type=email]").fill(CONTRACTOR)
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_role("heading", name="Saisir le code de connexion")).to_be_visible()
    visitor.check_main_page()
    mail = visitor.site.wait_for_mail(CONTRACTOR, already)
    code = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", mail, re.MULTILINE)
    assert code, mail
    page.locator("main input[name=code]").fill(code.group(1))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("banner").locator("details.menu summary")).to_contain_text("Sacha")


def test_a_colleague_is_invited_and_joins(new_visitor: Callable[..., Visitor]) -> None:
    host, guest = new_visitor(), new_visitor()
    host.sign_in(BUYER)
    host.open("/compte/organisation/")
    page = host.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ville de Valmont")
    host.check_main_page()
    already = len(host.site.mails_to(FACILITATOR))
    page.get_by_label("Adresse électronique").fill(FACILITATOR)
    page.get_by_label("Rôle", exact=True).select_option(label="Facilitateur")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text(f"Invitation envoyée à {FACILITATOR}")).to_be_visible()
    host.check_accessible()

    link = re.search(
        rf"{re.escape(host.site.url)}/compte/invitation/\S+", host.site.wait_for_mail(FACILITATOR, already)
    )
    assert link
    guest.sign_in(FACILITATOR)
    guest.page.goto(link.group(0))
    expect(guest.page.get_by_role("heading", name="Invitation")).to_be_visible()
    guest.check_accessible()
    guest.page.get_by_role("button", name="Rejoindre l’organisation").click()
    expect(guest.page.get_by_role("heading", level=1)).to_contain_text("Ville de Valmont")
    # Invited as a plain member: the guest sees the team and cannot invite.
    expect(guest.page.get_by_role("button", name="Envoyer l’invitation")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("table", name="Membres")).to_contain_text("Camille")
