"""Duplicates of the directory, decided by a person: the same, two structures, and the way back."""

from playwright.sync_api import expect

from tests.journeys.site import Site
from tests.journeys.visitor import Visitor

STAFF = "moderation@exemple.invalid"
# Fictitious suppliers, as the demonstration's: a real source would take it out of the search.
_PAIRS = """
from levier.directory.models import DuplicatePair
from tests.factories.directory import source, supplier
DuplicatePair.objects.filter(state="proposed").delete()
for number, (left, right) in {pairs}.items():
    made = [
        supplier(
            key=f"99910{{number}}01900{{rank}}10:EI", kind="EI", name=name, siren=f"99910{{number}}019",
            siret=f"99910{{number}}01900{{rank}}10", city="Roubaix", departement_code="59", address="3 rue du Compas",
            phone="03 20 00 00 00", is_demo=True, seen_by=source(slug=f"journey-{{number}}-{{rank}}", label=f"Liste {{rank}}"),
        )
        for rank, name in ((1, left), (2, right))
    ]
    DuplicatePair.objects.create(
        left=made[0], right=made[1], score=0.8 - number / 10, evidence={{"siren": 6.0, "name": -3.0}}
    )
"""


def waiting(site: Site, pairs: dict[int, tuple[str, str]]) -> None:
    """These pairs wait for a decision, and no other; each has its number."""
    site.run(_PAIRS.format(pairs=pairs))


def test_a_person_decides_the_same_then_two_structures_and_undoes_it(visitor: Visitor) -> None:
    page = visitor.page
    waiting(
        visitor.site, {0: ("Jardins du Lez Services", "Jardins et Parcs"), 1: ("Toits du Lez", "Lez Toiture")}
    )
    visitor.sign_in(STAFF)
    visitor.open("/fournisseurs/doublons")
    expect(page.get_by_text("2 paires à décider")).to_be_visible()
    visitor.check_main_page()

    page.get_by_role("button", name="C’est le même").click()
    expect(page.get_by_text("ne font plus qu’une fiche")).to_be_visible()
    expect(page.get_by_text("1 paire à décider")).to_be_visible()
    visitor.check_main_page()

    page.get_by_role("button", name="Ce sont deux structures").click()
    expect(page.get_by_text("sont deux structures : chacune garde sa fiche")).to_be_visible()
    expect(page.get_by_text("Aucune paire à décider")).to_be_visible()
    visitor.check_main_page()

    page.get_by_role("button", name="Annuler cette décision").click()
    expect(page.get_by_text("la question est de nouveau posée")).to_be_visible()
    expect(page.get_by_text("1 paire à décider")).to_be_visible()

    page.get_by_role("link", name="Décisions prises").click()
    visitor.check_main_page()
    page.get_by_role("button", name="Séparer Jardins").click()
    expect(page.get_by_text("chacune garde sa fiche")).to_be_visible()
    visitor.check_main_page()

    # The keyboard decides too.
    waiting(visitor.site, {2: ("Menuiserie du Lez", "Lez Menuiseries")})
    visitor.open("/fournisseurs/doublons")
    expect(page.get_by_text("1 paire à décider")).to_be_visible()
    page.locator("[data-shortcuts]").press("d")
    expect(page.get_by_text("Aucune paire à décider")).to_be_visible()
