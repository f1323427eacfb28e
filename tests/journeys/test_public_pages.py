"""Statements, the gallery of components, error pages."""

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

PAGES = (
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/composants",
    "/territoires",
    "/dossier",
    "/textes",
    "/textes/L2112-2?metier=cleaning",
    "/textes/L2112-2/ccap?metier=cleaning",
    "/compte/inscription/",
)
LOST = ("/nulle-part", "/fournisseurs/00000000000000-ei", "/dossier/partage/inconnu")


def test_public_pages_are_accessible_at_every_width(visitor: Visitor) -> None:
    for path in PAGES:
        visitor.open(path)
        expect(visitor.page.get_by_role("heading", level=1), path).to_have_count(1)
        visitor.check_main_page()


def test_a_page_that_does_not_exist_says_so_and_leads_back(visitor: Visitor) -> None:
    visitor.refused_on_purpose.add(404)
    for path in LOST:
        visitor.open(path)
        expect(visitor.page.get_by_role("heading", level=1), path).to_be_visible()
        expect(visitor.page.locator("main a").first, path).to_be_visible()
        visitor.check_accessible()
