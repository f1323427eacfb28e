"""The search in a frame: the only page another site may hold, with no session, no cookie, no script."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import levier.portal
from levier.portal.widget import ACCENTS
from tests.factories import accounts, portals
from tests.portal.test_theme import contrast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

SHEET = (Path(levier.portal.__file__).parent / "static" / "portal" / "widget.css").read_text(encoding="utf-8")
FRAMED = {"portal:widget", "portal:widget_of"}


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("end", ["", "?q=nettoyage", "?lieu=Nord", "?lieu=zzzqqq", "/inconnu"])
def test_the_frame_may_stand_anywhere_and_depends_on_nobody(end: str, settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 100
    client = Client()
    client.force_login(accounts.user(first_name="Alix"))
    response = client.get(f"/widget{end}")
    assert "X-Frame-Options" not in response
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "Vary" not in response and not response.cookies
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    html = response.content.decode()
    assert "Alix" not in html and "<script" not in html and "csrf" not in html
    assert not re.findall(r"\sstyle=|\son[a-z]+=", html)
    assert html.count("<h1") == 1 and len(html) < 12_000


def test_too_many_calls_are_said_inside_the_frame(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 1
    client = Client()
    client.force_login(accounts.user(first_name="Alix"))
    client.get("/widget")
    response = client.get("/widget?q=nettoyage&couleur=bleu")
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert response["Cache-Control"] == "no-store"
    assert "X-Frame-Options" not in response and "Vary" not in response and not response.cookies
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    html = response.content.decode()
    assert "Réessayez dans une minute" in html and "portal/widget" in html
    assert 'href="/widget?q=nettoyage&amp;couleur=bleu"' in html
    assert "Alix" not in html and "<script" not in html and len(html) < 2_000
    # The other pages say it too, and still refuse to be framed.
    stranger = Client()
    stranger.get("/fournisseurs")
    refused = stranger.get("/fournisseurs")
    assert (refused.status_code, refused["X-Frame-Options"]) == (429, "DENY")
    assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]


@pytest.mark.slow
def test_every_other_public_page_still_refuses_to_be_framed(client: Client) -> None:
    portal = portals.portal()
    event = portals.event(portal)
    paths = [
        "/", "/fournisseurs", "/portails", f"/portails/{portal.slug}", f"/portails/{portal.slug}/fournisseurs",
        f"/portails/{portal.slug}/evenements/{event.pk}-salon-des-achats", "/territoires/commune/59512-roubaix",
        "/mettre-la-recherche-sur-votre-site", "/compte/connexion/", "/dossier", "/widgets", "/widget/a/b",
        f"/portails/{portal.slug}/agenda.ics", "/opportunites", "/sante",
    ]  # fmt: skip
    for path in paths:
        response = client.get(path)
        assert response["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], path


@pytest.mark.slow
def test_no_other_view_lifts_the_frame_options() -> None:
    """Read in the code: a view that lifts them is one of the two, or the sentence said in their place."""
    lifted = {
        path.name
        for path in Path(levier.portal.__file__).parents[1].rglob("*.py")
        if re.search(r"xframe_options_\w+|frame-ancestors", path.read_text(encoding="utf-8"))
    }
    assert lifted == {"widget_views.py", "settings.py", "middleware.py"}


def named(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def test_the_two_addresses_of_the_frame_exist() -> None:
    assert set(named(get_resolver())) >= FRAMED


@pytest.mark.slow
def test_the_frame_lists_who_answers_and_opens_sheets_in_a_new_tab(
    client: Client, django_assert_num_queries: Any
) -> None:
    portal = portals.portal(title="Achats du Nord")
    html = client.get(f"/widget/{portal.slug}", {"q": "nettoyage"}).content.decode()
    links = re.findall(r'<li><a href="/fournisseurs/[^"]+" target="_blank" rel="noopener">', html)
    assert 0 < len(links) <= 10
    assert "(59)" in html and "(75)" not in html
    assert f'href="/portails/{portal.slug}/fournisseurs?q=nettoyage"' in html
    assert f'action="/widget/{portal.slug}"' in html
    # Portal, cards.
    with django_assert_num_queries(2):
        client.get(f"/widget/{portal.slug}", {"q": "nettoyage"})
    outside = client.get(f"/widget/{portal.slug}", {"q": "nettoyage", "lieu": "Lyon"}).content.decode()
    assert "Aucun fournisseur ne répond" in outside


@pytest.mark.slow
def test_the_frame_of_the_whole_country_begins_with_a_place_and_says_what_it_cannot_do(
    client: Client,
) -> None:
    bare = client.get("/widget").content.decode()
    assert re.search(r"\d fournisseurs inclusifs : dites ce que vous cherchez", bare) and "<li>" not in bare
    there = client.get("/widget", {"lieu": "Roubaix"}).content.decode()
    assert 'value="Roubaix"' in there and "moins d’1" in there
    refused = client.get("/widget", {"lieu": "zzzqqq"})
    assert refused.status_code == 422 and "est introuvable" in refused.content.decode()
    gone = client.get("/widget/disparu")
    assert gone.status_code == 404 and "Recherche indisponible" in gone.content.decode()


def test_the_frame_is_paced_as_costly_pages_are(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 1
    signed_in = Client()
    signed_in.force_login(accounts.user())
    assert [signed_in.get("/widget", REMOTE_ADDR="10.9.9.9").status_code for _ in range(2)] == [200, 429]


def test_while_the_index_is_rebuilt_the_frame_says_so(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_FOLDER = tmp_path / "absent"
    response = client.get("/widget", {"q": "nettoyage"})
    assert response.status_code == 503 and "La recherche se prépare" in response.content.decode()


@pytest.mark.parametrize("accent", ACCENTS)
def test_each_colour_offered_is_readable(accent: str) -> None:
    colour = re.search(rf"\.accent-{accent} {{ --accent: (#[0-9a-f]{{6}}); }}", SHEET)
    assert colour and contrast(colour[1], "#ffffff") >= 4.5


def test_the_sheet_of_the_frame_names_its_colours_once() -> None:
    outside = re.sub(r"(:root|\.accent-\w+) {.*?}", "", SHEET)
    assert not re.findall(r"#[0-9a-f]{3,6}\b", outside)


# The page that gives the code.


def test_the_code_is_what_was_chosen_and_escapes_what_was_typed(client: Client) -> None:
    portal = portals.portal(title="Achats & « co »")
    asked = {"portail": portal.slug, "couleur": "bleu", "hauteur": "640", "lieu": 'Lille"><script>'}
    response = client.get("/mettre-la-recherche-sur-votre-site", asked)
    html = response.content.decode()
    assert "frame-src 'self'" in response["Content-Security-Policy"]
    frame, form = (unescape(code) for code in re.findall(r"<pre[^>]*>(.*?)</pre>", html, re.S))
    expected = f'src="http://testserver/widget/{portal.slug}?lieu=Lille%22%3E%3Cscript%3E&amp;couleur=bleu"'
    assert expected in frame and 'height="640"' in frame and "Achats &amp; « co »" in frame
    assert "<script>" not in frame + form
    assert f'action="http://testserver/portails/{portal.slug}/fournisseurs"' in form
    assert 'name="lieu" value="Lille&quot;&gt;&lt;script&gt;"' in form
    preview = re.search(r'<iframe[^>]* src="([^"]+)"', html)
    assert preview and unescape(preview[1]).startswith(f"/widget/{portal.slug}?")


def test_odd_options_give_the_plain_code(client: Client) -> None:
    html = client.get(
        "/mettre-la-recherche-sur-votre-site", {"portail": "inconnu", "couleur": "rose", "hauteur": "x"}
    ).content.decode()
    assert "Ce portail n’est pas en ligne" in html
    assert 'src="/widget"' in html and "height=&quot;520&quot;" in html
