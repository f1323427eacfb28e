"""Public pages: which they are, what they weigh, what they let the browser do."""

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from levier.portal import errors

# Every address an anonymous reader may open. A new one is a decision: it is written here.
PUBLIC = {
    "account_login", "account_logout", "account_signup", "account_inactive", "account_request_login_code",
    "account_confirm_login_code", "account_email_verification_sent", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "portal:home", "portal:accessibility", "portal:legal", "portal:privacy", "portal:components",
    "portal:health", "portal:robots", "portal:outlines", "portal:sitemap", "portal:sitemap_part",
    "portal:territories", "portal:territory", "facilitators:index", "facilitators:coverage", "facilitators:prescribers",
    "facilitators:structure", "facilitators:contact", "facilitators:trade_bodies", "dossier:refer",
    "portal:regionals", "portal:regional", "portal:regional_search", "portal:regional_export",
    "portal:regional_calendar", "portal:regional_event", "portal:regional_event_calendar", "portal:regional_image",
    "portal:widget", "portal:widget_of", "portal:embed",
    "portal:won_contracts", "directory:search", "directory:export", "directory:sheet", "directory:places",
    "directory:panel", "directory:panel_csv", "directory:compare",
    "directory:open_data", "directory:open_file", "directory:platforms", "directory:schema",
    "directory:picture", "directory:confirmation", "directory:older_invitation",
    "clauses:texts", "clauses:lever", "clauses:text", "clauses:file",
    "dossier:page", "dossier:export", "dossier:share", "dossier:shared", "dossier:revoke", "dossier:publish",
    "dossier:note", "dossier:prepare_purchase", "dossier:texts", "dossier:bid", "dossier:won", "clauses:referent",
    "directory:chart", "portal:regional_chart",
    "purchasing:prepare", "purchasing:answer", "purchasing:answer_see", "purchasing:answer_attachment",
    "purchasing:answer_group", "purchasing:opportunities", "directory:unsubscribe", "directory:search_stop", "accounts:invitation",
    "purchasing:trade_index", "purchasing:trade_public", "purchasing:trade_answer",
    "purchasing:public_consultations", "purchasing:public_consultation", "purchasing:question_follow",
    "dossier:winner", "dossier:winner_offer",
    # By a signed link and a code, or a date of birth: the contact of a company, the person followed, the contractor heard.
    "declaring:link", "declaring:ask_code", "declaring:enter", "declaring:stop", "control:observations", "execution:digest",
    "card:open", "card:close", "card:lost", "card:home", "card:confirm", "card:dispute", "card:correct", "card:erase",
    "card:send", "card:mail_link", "card:everything", "card:everything_file",
    "closing:attestation", "closing:attestation_file", "closing:keys",
}  # fmt: skip
# The open API answers everybody by design; its own tests hold its limits.
PUBLIC_PREFIX = "api:"

PAGES = [
    "/",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/donnees-ouvertes",
    "/territoires",
    "/territoires/commune/59512-roubaix",
    "/portails",
    "/mettre-la-recherche-sur-votre-site",
    "/repondre",
    "/remporte",
    "/referent",
    "/consultations",
    "/consultations-des-metiers",
    "/composants",
    "/compte/connexion/",
    "/compte/connexion/code/",
    "/compte/inscription/",
    "/compte/mot-de-passe/oublie/",
]


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def named_views(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, object]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named_views(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback


def test_the_public_addresses_are_exactly_those_of_the_list() -> None:
    open_ones = {
        name
        for name, view in named_views(get_resolver())
        if not getattr(view, "login_required", True) and not name.startswith(PUBLIC_PREFIX)
    }
    assert open_ones == PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/compte/organisation/", "/compte/mot-de-passe/changer/", "/compte/adresse/"]
)
def test_a_closed_page_asks_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/compte/connexion/?next=")


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_is_light_and_holds_nothing_inline(client: Client, address: str) -> None:
    response = client.get(address)
    html = response.content.decode()
    assert response.status_code == 200
    assert len(response.content) < 60_000
    assert html.count("<h1") == 1
    assert 'lang="fr"' in html
    assert not re.findall(r"\sstyle=|\son[a-z]+=|hx-on|js:", html)
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S):
        assert re.search(r"application/(ld\+)?json", attributes) or not body.strip()


@pytest.mark.django_db
def test_the_content_policy_allows_neither_inline_nor_elsewhere(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


@pytest.mark.django_db
def test_the_home_page_counts_in_six_queries_then_in_none(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(6):  # type: ignore[operator]
        client.get("/")
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/")


@pytest.mark.django_db
def test_the_home_page_counts_what_is_listed(client: Client) -> None:
    from tests.factories.directory import supplier

    supplier(departement_code="59")
    supplier(departement_code="976", kind="ESAT")
    supplier(is_listed=False)
    supplier(kind="ESS")
    html = client.get("/").content.decode()
    assert re.search(r"fournisseurs inclusifs.*?<dd>2</dd>", html, re.S)
    assert "Démonstration" not in html


@pytest.mark.django_db
def test_health_says_whether_the_database_answers_and_the_index_stands(client: Client) -> None:
    from levier.directory.index import SUPPLIERS

    response = client.get("/sante")
    assert response.json() == {"status": "degraded", "database": True, "index": False, "suppliers": 0}
    SUPPLIERS.rebuild()
    response = client.get("/sante")
    assert response.json() == {"status": "ok", "database": True, "index": True, "suppliers": 0}
    assert response["Cache-Control"] == "no-store"


def test_health_is_503_when_the_database_is_silent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from levier.portal import queries

    silent = queries.Health(is_database_up=False, is_index_ready=True, suppliers=None)
    monkeypatch.setattr(queries, "health", lambda: silent)
    assert client.get("/sante").status_code == 503


def test_robots_keep_out_of_needs_and_accounts(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /dossier" in text
    assert "Disallow: /compte/" in text


def test_the_ground_of_maps_holds_every_departement(client: Client) -> None:
    codes = {
        feature["properties"]["code"]
        for feature in client.get("/carte/departements.geojson").json()["features"]
    }
    assert {"59", "2A", "75", "976"} <= codes
    assert len(codes) >= 101


@pytest.mark.django_db
def test_an_unknown_address_gets_a_sentence(client: Client) -> None:
    response = client.get("/nulle-part")
    assert response.status_code == 404
    assert "Cette adresse ne mène à rien" in response.content.decode()


def test_an_accident_gets_a_page_without_request_nor_database() -> None:
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Une erreur de notre côté" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_gets_a_sentence() -> None:
    response = Client(enforce_csrf_checks=True).post("/compte/connexion/", {"login": "a@b.fr"})
    assert response.status_code == 403
    assert "Rechargez la page" in response.content.decode()


@pytest.mark.django_db
def test_the_legal_notice_names_the_publisher_when_it_is_set(client: Client, settings: object) -> None:
    assert "n’a pas déclaré d’éditeur" in client.get("/mentions-legales").content.decode()
    settings.PUBLISHER_NOTICE = "Ville d’Exemple\n1 place de l’Hôtel-de-Ville"  # type: ignore[attr-defined]
    html = client.get("/mentions-legales").content.decode()
    assert "Ville d’Exemple<br>1 place" in html
