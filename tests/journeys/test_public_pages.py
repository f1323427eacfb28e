"""Statements, the gallery of components, error pages."""

import pytest
from playwright.sync_api import expect

from tests.journeys.visitor import Visitor


@pytest.mark.parametrize(
    "path",
    [
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
    ],
)
def test_a_public_page_is_accessible_at_every_width(visitor: Visitor, path: str) -> None:
    visitor.open(path)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_count(1)
    visitor.check_main_page()


@pytest.mark.parametrize(
    "path", ["/nulle-part", "/fournisseurs/00000000000000-ei", "/dossier/partage/inconnu"]
)
def test_a_page_that_does_not_exist_says_so_and_leads_back(visitor: Visitor, path: str) -> None:
    visitor.refused_on_purpose.add(404)
    visitor.open(path)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
    expect(visitor.page.locator("main a").first).to_be_visible()
    visitor.check_accessible()
