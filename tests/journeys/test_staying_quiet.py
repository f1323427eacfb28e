"""« Ne plus me solliciter » from a mail, without an account; the switches of a sheet; the staff's page of buyers."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.site import Site
from tests.journeys.visitor import Visitor

SUPPLIER, STAFF = "fournisseur@exemple.invalid", "moderation@exemple.invalid"
_LINK = """
from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations import links
found = Supplier.objects.filter(is_listed=True).exclude(email="").order_by("pk").last()
print(links.address_of(to=found.email, topic=SolicitationRefusal.Topic.NEEDS, supplier_id=found.pk))
"""


def test_two_clicks_from_a_mail_stop_it(visitor: Visitor, site: Site) -> None:
    page = visitor.page
    page.goto(site.run(_LINK).split()[-1])
    visitor.check_main_page()
    page.get_by_role("button", name="Ne plus recevoir ces courriels").click()
    expect(page.get_by_role("status").get_by_text("C’est fait")).to_be_visible()
    expect(page.get_by_label(re.compile("^Les besoins"))).not_to_be_checked()
    visitor.check_main_page()
    page.get_by_label(re.compile("^Les besoins")).check()
    page.get_by_role("button", name="Enregistrer ces choix").click()
    expect(page.get_by_label(re.compile("^Les besoins"))).to_be_checked()


def test_a_supplier_chooses_what_it_receives(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in(SUPPLIER)
    visitor.open("/mon-offre/")
    page.get_by_role("link", name="Ce que Levier vous envoie").click()
    visitor.check_main_page()
    page.get_by_label(re.compile("^Les opportunités")).uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("C’est enregistré")).to_be_visible()
    page.get_by_role("link", name="Ce que Levier vous envoie").click()
    expect(page.get_by_label(re.compile("^Les opportunités"))).not_to_be_checked()
    page.get_by_label(re.compile("^Les opportunités")).check()
    page.get_by_role("button", name="Enregistrer").click()


def test_the_staff_verifies_a_buyer_and_takes_it_back(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in(STAFF)
    visitor.open("/moderation/acheteurs")
    visitor.check_main_page()
    page.get_by_label("Nom ou SIREN").fill("Valmont")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name=re.compile("Ville de Valmont")).click()
    visitor.check_main_page()
    take_back = page.get_by_role("button", name="Retirer la vérification")
    if take_back.is_visible():
        decide(page, "Retirer la vérification")
    decide(page, "Vérifier")
    expect(page.get_by_text("Organisation vérifiée : ses besoins")).to_be_visible()
    visitor.check_main_page()
    decide(page, "Retirer la vérification")
    expect(page.get_by_text("Vérification retirée : ses besoins")).to_be_visible()


def decide(page: Page, button: str) -> None:
    """One decision with its reason."""
    page.get_by_label("Motif").fill("Appel au standard")
    page.get_by_role("button", name=button, exact=True).click()
