"""The map of the site: every public page once, in parts, with its date; nothing fictitious."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from levier.directory.index import SUPPLIERS
from levier.portal import sitemaps
from levier.reference.models import Commune, Departement, Epci, Region
from tests.factories.directory import source, supplier

pytestmark = pytest.mark.django_db

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def addresses(client: Client, path: str) -> list[tuple[str, str | None]]:
    """(address, date) of each line of an index or of a part."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined,arg-type]
    root = ElementTree.fromstring(body)
    return [(item.findtext("s:loc", "", SPACE), item.findtext("s:lastmod", None, SPACE)) for item in root]


def test_the_index_names_each_part_with_its_date(client: Client) -> None:
    source(last_success="2026-11-02T10:00Z")
    supplier()
    listed = addresses(client, "/sitemap.xml")
    assert listed == [
        (f"http://testserver/sitemaps/{name}-1.xml", "2026-11-02")
        for name in ("pages", "territoires", "communes", "fournisseurs")
    ]


def test_no_part_is_empty_since_the_protocol_wants_an_address_in_each(client: Client) -> None:
    for path, _ in addresses(client, "/sitemap.xml"):
        assert addresses(client, path.removeprefix("http://testserver"))


def test_suppliers_are_listed_with_their_own_date_but_the_fictitious_and_the_hidden(client: Client) -> None:
    supplier(key="99900000200012:EI", updated_at="2026-11-02T23:30Z")
    supplier(is_demo=True)
    supplier(is_listed=False)
    assert addresses(client, "/sitemaps/fournisseurs-1.xml") == [
        ("http://testserver/fournisseurs/99900000200012-ei", "2026-11-03")
    ]


def test_a_part_never_holds_more_than_the_limit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST", 2)
    for _ in range(5):
        supplier()
    found = [addresses(client, f"/sitemaps/fournisseurs-{number}.xml") for number in (1, 2, 3)]
    assert client.get("/sitemaps/fournisseurs-4.xml").status_code == 404
    assert [len(part) for part in found] == [2, 2, 1]
    assert len({one for part in found for one in part}) == 5


@pytest.mark.slow
def test_every_territory_is_in_a_part(client: Client) -> None:
    communes = [path for path, _ in addresses(client, "/sitemaps/communes-1.xml")]
    assert len(set(communes)) == Commune.objects.count() <= sitemaps.MOST
    assert "http://testserver/territoires/commune/59512-roubaix" in communes
    others = {path for path, _ in addresses(client, "/sitemaps/territoires-1.xml")}
    assert len(others) == Epci.objects.count() + Departement.objects.count() + Region.objects.count()


@pytest.mark.slow
def test_every_page_of_the_map_opens_without_an_account(client: Client) -> None:
    SUPPLIERS.rebuild()
    for path, _ in addresses(client, "/sitemaps/pages-1.xml"):
        assert client.get(path.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("end", ["fournisseurs-1", "communes-2", "communes-0", "autres-1"])
def test_a_part_that_is_not_there_is_a_404(client: Client, end: str) -> None:
    assert client.get(f"/sitemaps/{end}.xml").status_code == 404


def test_robots_find_the_map_and_leave_the_files_alone(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    refused = re.findall(r"Disallow: (\S+)", text)
    for path in ("/donnees-ouvertes/fournisseurs.csv", "/fournisseurs/export.csv", "/dossier"):
        assert any(path.startswith(one) for one in refused), path
    for path in (
        "/donnees-ouvertes",
        "/territoires/commune/59512-roubaix",
        "/fournisseurs/99900000200012-ei",
    ):
        assert not any(path.startswith(one) for one in refused), path


def test_a_part_is_read_in_a_fixed_number_of_queries(client: Client, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        supplier()
    with django_assert_num_queries(2):  # how many, then which
        addresses(client, "/sitemaps/fournisseurs-1.xml")
