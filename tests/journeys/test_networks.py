"""A network imports members, vouches for one, the public reads it, the owner changes the value: the vouch has fallen."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.visitor import Visitor

NETWORK = "reseau@exemple.invalid"
SUPPLIER = "fournisseur@exemple.invalid"
SHEET = "/fournisseurs/99999970400010-ei"
NAME = "Les Ateliers du Val (démonstration)"


def menu(visitor: Visitor, word: str) -> None:
    """One line of the account's menu."""
    visitor.page.get_by_role("banner").locator("details.menu summary").click()
    visitor.page.get_by_role("link", name=word, exact=True).click()


def import_members(visitor: Visitor) -> str:
    """From the menu to a longer list of members. Returns the address of the network."""
    page = visitor.page
    visitor.sign_in(NETWORK)
    visitor.open("/")
    menu(visitor, "Mon réseau")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réseau du Val")
    visitor.check_main_page()
    address = page.url
    page.get_by_role("link", name="Membres", exact=True).click()
    visitor.check_main_page()
    siret = _siret_elsewhere(visitor)
    visitor.page.goto(f"{address}/importer")
    visitor.check_main_page()
    page.get_by_label("Collez votre liste").fill(
        f"SIRET;Nom\n99999970400010;Ateliers\n{siret};Nouveau membre\n55208131766522;Inconnue\n12345678901234;Faux"
    )
    page.get_by_role("button", name="Lire la liste").click()
    expect(page.get_by_text("Rien n’est encore écrit")).to_be_visible()
    expect(page.get_by_text("Numéro faux")).to_be_visible()
    visitor.check_main_page()
    page.get_by_role("button", name="Importer cette liste").click()
    expect(page.get_by_text("1\xa0membre ajouté, 1\xa0ligne notée à rattacher")).to_be_visible()
    visitor.check_main_page()
    return address


def _siret_elsewhere(visitor: Visitor) -> str:
    """The SIRET of a supplier of the demonstration that the network does not gather yet."""
    visitor.open("/fournisseurs?q=traiteur&lieu=Nantes")
    visitor.page.locator(".result h3 a").first.click()
    found = re.search(r"\b(\d{14})\b", visitor.page.locator("main").inner_text())
    assert found
    return found.group(1)


def vouch(page: Page, address: str) -> None:
    """Tick one fact of the demonstration's own supplier and say how it was checked."""
    page.goto(f"{address}/membres/99999970400010-ei")
    page.get_by_role("checkbox", name="Offres").check()
    page.get_by_role("radio", name="visite sur place").check()
    page.get_by_role("button", name="Attester ce qui est coché").click()
    expect(page.get_by_text("1\xa0fait attesté")).to_be_visible()


def test_members_are_imported_vouched_for_and_the_vouch_falls_with_the_value(
    new_visitor: Callable[..., Visitor],
) -> None:
    network, reader, owner = new_visitor(), new_visitor(), new_visitor()
    address = import_members(network)
    network.page.goto(f"{address}/faits")
    network.check_main_page()
    vouch(network.page, address)
    network.check_main_page()
    reader.open(SHEET)
    offers = reader.page.locator("section", has=reader.page.get_by_role("heading", name="Offres"))
    expect(offers.get_by_text(re.compile("par Réseau du Val .*visite sur place")).first).to_be_visible()
    expect(reader.page.get_by_text("Membre de Réseau du Val")).to_be_visible()
    reader.check_main_page()
    count = reader.page.get_by_text("par Réseau du Val").count()

    owner.sign_in(SUPPLIER)
    owner.open("/mon-offre/")
    expect(owner.page.get_by_role("heading", name="Mes réseaux")).to_be_visible()
    owner.check_main_page()
    owner.page.get_by_role("link", name=re.compile("(Modifier|Remplir) : Offres")).click()
    owner.page.get_by_role("textbox", name="Offre", exact=True).last.fill("Nettoyage de vitres en hauteur")
    owner.page.get_by_role("button", name=re.compile("Enregistrer et publier")).click()
    expect(owner.page.get_by_text("Offres : enregistré et publié.")).to_be_visible()

    # Said beside the value and in the table of provenance: both are gone.
    reader.page.reload()
    assert reader.page.get_by_text("par Réseau du Val").count() == count - 2
    network.page.goto(address)
    fallen = network.page.locator(
        "section", has=network.page.get_by_role("heading", name=re.compile("à revérifier"))
    )
    expect(fallen.get_by_text(re.compile(r"offres\s: la valeur a changé"))).to_be_visible()
    network.check_main_page()


def test_the_staff_presents_a_network_and_an_invitation_is_refused_by_its_link(
    new_visitor: Callable[..., Visitor],
) -> None:
    staff, network, invited = new_visitor(), new_visitor(), new_visitor()
    staff.sign_in("moderation@exemple.invalid")
    staff.open("/mon-offre/relecture/")
    staff.page.get_by_role("link", name=re.compile("Présenter")).first.click()
    staff.check_main_page()
    network.sign_in(NETWORK)
    network.open("/mon-reseau")
    network.page.get_by_role("link", name="Voir lesquelles").click()
    network.page.locator("tbody th a").first.click()
    network.page.get_by_role("link", name="Voir la fiche publique").click()
    mail = network.page.locator(
        "#contact ~ ul a[href^='mailto:'], section a[href^='mailto:']"
    ).first.inner_text()
    network.page.go_back()
    network.page.get_by_role("button", name="L’inviter à tenir sa fiche").click()
    expect(network.page.get_by_text("1\xa0fiche invitée")).to_be_visible()
    body = network.site.wait_for_mail(mail)
    stop = re.search(r"/ne-plus-me-solliciter/\S+", body)
    assert stop
    invited.open(stop.group())
    invited.check_main_page()
    invited.page.get_by_role("button", name=re.compile("^Ne plus rien recevoir de")).click()
    expect(invited.page.get_by_role("status").get_by_text("C’est fait")).to_be_visible()
    invited.check_main_page()
