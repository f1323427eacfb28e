"""Regional portals: what each shows, what its search never leaves, its events, who sees a draft."""

import csv
import io
import json
import re
from typing import Any

import pytest
from django.test import Client

from levier.accounts.models import Role
from levier.community.models import PortalScope, PortalState, RegionalPortal
from levier.community.queries import area_of, scope_of
from levier.core.audit import Actor
from levier.directory.local_offer import offer_within
from levier.directory.models import NetworkMember, ReviewingNetwork, Supplier
from levier.directory.scopes import suppliers_of
from levier.facilitators.models import Coverage, Structure
from levier.portal.regional import (
    MOST_DEPARTEMENTS,
    MOST_DESKS_EACH,
    event_address,
    regional_page,
    search_path,
)
from tests.factories import accounts, networks, portals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

SCOPES: list[dict[str, Any]] = [
    {"scope": "region", "codes": ["32"], "place_label": "Hauts-de-France"},
    {"scope": "departement", "codes": ["59", "62"], "place_label": "Nord (59), Pas-de-Calais (62)"},
    {"scope": "epci", "codes": ["200093201", "246200364"], "place_label": "MEL, Lens-Liévin"},
    {"scope": "commune", "codes": ["59512"], "place_label": "Roubaix (Nord)"},
]
IDS = [str(one["scope"]) for one in SCOPES]


def page(client: Client, path: str, **parameters: str) -> str:
    response = client.get(path, parameters)
    assert response.status_code == 200, path
    return response.content.decode()


def network_portal() -> tuple[RegionalPortal, list[Supplier]]:
    """The portal of a network that gathers three suppliers of three régions, and a body of the ESS at large."""
    place = networks.network("Réseau d’essai")
    chosen = [
        Supplier.objects.filter(region_code=region, is_listed=True).order_by("id")[0]
        for region in ("32", "84", "11")
    ]
    for one in chosen:
        networks.member(place, one)
    gone = Supplier.objects.filter(region_code="93").order_by("id")[0]
    networks.member(place, gone, state=NetworkMember.State.DISOWNED)
    portal = portals.portal(
        place.organisation, scope=PortalScope.NETWORK, codes=[], regions=[], place_label=""
    )
    return portal, chosen


@pytest.mark.slow
@pytest.mark.parametrize("fields", SCOPES, ids=IDS)
def test_a_portal_counts_what_its_search_lists_and_what_its_export_holds(
    client: Client, fields: dict[str, Any]
) -> None:
    portal = portals.portal(**fields)
    html = page(client, f"/portails/{portal.slug}")
    assert html.count("<h1") == 1 and len(html.encode()) < 60_000
    offer = offer_within(scope_of(portal, area_of(portal)), search_path(portal))
    expected = suppliers_of(scope_of(portal, area_of(portal))).count()
    assert offer.total == expected > 0
    for path in (search_path(portal), *(link.url for link in (*offer.families, *offer.sectors[:2]))):
        listed = page(client, path)
        count = re.search(r'id="compte"[^>]*>\s*([\d\u202f]+)', listed)
        known = {link.url: link.count for link in (*offer.families, *offer.sectors)}.get(path, offer.total)
        assert count and int(count[1].replace("\u202f", "")) == known, path
    export = client.get(f"{search_path(portal)}/export.csv")
    rows = list(
        csv.reader(io.StringIO(b"".join(export.streaming_content).decode("utf-8-sig")), delimiter=";")
    )  # type: ignore[attr-defined]
    assert len(rows) - 1 == offer.total
    assert f'href="{search_path(portal)}/export.xlsx"' in html


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "queries"),
    [(SCOPES[0], 12), (SCOPES[1], 11), (SCOPES[2], 11), (SCOPES[3], 12)],
    ids=IDS,
)
def test_a_portal_is_read_in_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: Any, fields: dict[str, Any], queries: int
) -> None:
    portal = portals.portal(text="Bonjour", **fields)
    for days in (3, 5, 9):
        portals.event(portal, days=days, commune="59512")
    client.get(f"/portails/{portal.slug}")
    # Portal, cards (2), latest, counts, needs, contracts, desks (2), events, text; a région asks its départements,
    # a commune its neighbours.
    with django_assert_num_queries(queries):
        client.get(f"/portails/{portal.slug}")


@pytest.mark.slow
def test_a_search_stays_in_the_portal_until_its_chip_is_removed(client: Client) -> None:
    portal = portals.portal(**SCOPES[1])
    inside = page(client, search_path(portal), q="nettoyage", type="EI")
    assert f'href="/portails/{portal.slug}"' in inside
    chip = re.search(r'<a class="chip" href="([^"]+)"><span class="visually-hidden">Retirer </span>'
                     r'<span class="chip-name">Dans :</span>', inside)  # fmt: skip
    assert chip and chip[1] == "/fournisseurs?q=nettoyage&amp;type=EI"
    assert f'action="{search_path(portal)}"' in inside and f'hx-get="{search_path(portal)}"' in inside
    chart = client.get(
        f"{search_path(portal)}/carte.geojson", {"q": "nettoyage", "bbox": "-5,41,9,51", "zoom": 5}
    )
    whole = client.get("/fournisseurs/carte.geojson", {"q": "nettoyage", "bbox": "-5,41,9,51", "zoom": 5})
    assert 0 < chart.json()["total"] < whole.json()["total"]
    assert "private" in chart["Cache-Control"]
    assert f"{search_path(portal)}/carte.geojson?q=nettoyage" in inside
    # Other places, asked in words, by the field or by a filter, never lead out of it.
    for parameters in ({"q": "nettoyage à Lyon"}, {"lieu": "Lyon"}, {"dep": "69"}, {"q": "EI dans le Rhône"}):
        outside = page(client, search_path(portal), **parameters)
        assert "Aucun fournisseur n" in outside, parameters
        departements = set(re.findall(r"\((\d\d)\)</li>", outside))
        assert departements <= {"59", "62"}, parameters
        assert "Chercher dans tout l’annuaire" in outside


@pytest.mark.slow
def test_a_part_of_the_page_is_given_to_htmx_with_its_own_address(client: Client) -> None:
    portal = portals.portal(**SCOPES[1])
    part = client.get(search_path(portal), {"q": "nettoyage"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert part["HX-Push-Url"] == f"{search_path(portal)}?q=nettoyage"


@pytest.mark.slow
def test_a_network_shows_its_members_and_nobody_else(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    portal, members = network_portal()
    html = page(client, f"/portails/{portal.slug}")
    assert "3 fournisseurs inclusifs (membres de Réseau d’essai)" in html
    found = json.loads(b"".join(client.get(f"{search_path(portal)}/export.json").streaming_content))  # type: ignore[attr-defined]
    assert {row["siret"] for row in found} == {one.siret for one in members}
    # Gathered once more without the wide list of the ESS being asked for.
    assert scope_of(portal, area_of(portal)).with_ess
    # As for a territory, the desks being those of the départements of the members: one more query counts them.
    # And one that a process asks the first time only.
    with django_assert_max_num_queries(14):
        client.get(f"/portails/{portal.slug}")
    NetworkMember.objects.all().delete()
    assert "Aucun fournisseur connu" in page(client, f"/portails/{portal.slug}")
    assert "Aucun fournisseur ne répond" in page(client, search_path(portal))


@pytest.mark.slow
def test_a_network_shows_the_desks_of_where_its_members_are(client: Client) -> None:
    portal, members = network_portal()
    more = Supplier.objects.filter(region_code="32", is_listed=True).order_by("id")[1:3]
    for one in more:
        networks.member(ReviewingNetwork.objects.get(organisation=portal.holder), one)
    desk = Structure.objects.create(
        kind="plie", name="Guichet de l’essai", has_desk=True, source="essai", source_key="1"
    )
    Coverage.objects.create(structure=desk, scope="departement", code=members[0].departement_code)
    html = page(client, f"/portails/{portal.slug}")
    assert "Un réseau n’a pas de territoire à lui" in html
    found = regional_page(portal)
    counts = [one.members for one in found.members_places]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == 5 and len(counts) <= MOST_DEPARTEMENTS
    assert "Guichet de l’essai" in html
    assert all(len(one.desks) <= MOST_DESKS_EACH for one in found.members_places)


@pytest.mark.slow
def test_a_portal_shows_its_text_events_desks_and_partners(client: Client) -> None:
    portal = portals.portal(
        text="## Bienvenue\n\n<script>alert(1)</script>", tagline="Pour acheter ici",
        partners=[{"name": "Un club", "url": "https://club.invalid"}], **SCOPES[1],
    )  # fmt: skip
    event = portals.event(portal, title="Le prochain salon", commune="59512")
    portals.event(portal, title="Le salon passé", days=-5)
    portals.event(portal, title="Annulé, celui-ci", is_online=True, cancelled_at=event.created_at)
    html = page(client, f"/portails/{portal.slug}")
    assert "<h2>Bienvenue</h2>" in html and "<script>alert" not in html
    assert "Le prochain salon" in html and "Le salon passé" not in html
    assert re.search(r"Annulé, celui-ci.*?status-danger", html, re.S)
    assert "Guichet clause sociale — Nord (démonstration)" in html and "couvre Nord (59)" in html
    assert '<a href="https://club.invalid" rel="noopener nofollow">Un club</a>' in html
    assert 'href="/territoires/departement/59-nord"' in html
    blocks = re.findall(r'ld\+json">(.*?)</script>', html, re.S)
    assert {json.loads(block)["eventStatus"].rsplit("/")[-1] for block in blocks} == {
        "EventScheduled", "EventCancelled",
    }  # fmt: skip


@pytest.mark.slow
def test_a_draft_is_seen_by_its_editors_and_the_staff_only(client: Client) -> None:
    place = accounts.organisation()
    for state, reason in ((PortalState.DRAFT, ""), (PortalState.SUSPENDED, "À revoir.")):
        portal = portals.portal(place, state=state, reason=reason)
        path = f"/portails/{portal.slug}"
        event = portals.event(portal)
        colleague = accounts.member(place, role=Role.BUYER).user
        for user, status in (
            (None, 404), (colleague, 404), (portals.editor(), 404), (portals.editor(place), 200),
            (accounts.user(is_staff=True), 200),
        ):  # fmt: skip
            reader = Client()
            if user:
                reader.force_login(user)
            response = reader.get(path)
            assert response.status_code == status
            if status == 200:
                assert "no-store" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex"
                assert "Pas en ligne" in response.content.decode()
        for closed in (
            search_path(portal),
            f"{path}/agenda.ics",
            event_address(event),
            f"/widget/{portal.slug}",
        ):
            assert client.get(closed).status_code == 404, closed
        assert portal.title not in page(client, "/portails")


def test_the_list_sorts_portals_by_region_and_networks_apart(
    client: Client, django_assert_num_queries: Any
) -> None:
    portals.portal(title="Le Nord et les Ardennes", codes=["59", "08"], regions=["32", "44"])
    portals.portal(networks.network().organisation, title="Un réseau", scope="reseau", codes=[], regions=[])
    with django_assert_num_queries(3):
        html = page(client, "/portails")
    titles = re.findall(r"<h2[^>]*>([^<]+)</h2>", html)
    assert titles[:3] == ["Grand Est", "Hauts-de-France", "Réseaux, dans toute la France"]
    assert html.count("Le Nord et les Ardennes") == 2


@pytest.mark.slow
def test_the_list_names_the_networks_with_members_and_leads_to_them(client: Client) -> None:
    portal, _ = network_portal()
    networks.network("Sans membre")
    html = page(client, "/portails")
    assert "Les réseaux et leurs membres" in html
    # The one who says it is no member is not counted.
    assert "3 membres dans l’annuaire" in html
    assert f'href="{search_path(portal)}"' in html
    assert "Sans membre" not in html


@pytest.mark.slow
def test_an_event_has_a_page_a_calendar_and_data(client: Client) -> None:
    portal = portals.portal()
    event = portals.event(
        portal, title="Salon des achats", commune="59512", venue="Salle du Val", capacity=80
    )
    address = event_address(event)
    html = page(client, address)
    data = json.loads(re.search(r'ld\+json">(.*?)</script>', html, re.S)[1])  # type: ignore[index]
    assert (data["@type"], data["name"], data["maximumAttendeeCapacity"]) == ("Event", "Salon des achats", 80)
    assert data["location"]["address"]["addressLocality"] == "Roubaix"
    moved = client.get(f"/portails/{portal.slug}/evenements/{event.pk}-ancien-titre")
    assert (moved.status_code, moved["Location"]) == (301, address)
    one = client.get(f"/portails/{portal.slug}/evenements/{event.pk}.ics")
    every = client.get(f"/portails/{portal.slug}/agenda.ics")
    for answer in (one, every):
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert f"http://testserver{address}" in answer.content.decode().replace("\r\n ", "")
    rows = client.get(f"/portails/{portal.slug}/agenda.json").json()
    assert [(row["titre"], row["code_commune"]) for row in rows] == [("Salon des achats", "59512")]
    assert client.get(f"/portails/{portal.slug}/agenda.csv").content.decode().startswith("\ufefftitre;")
    assert client.get(f"/portails/{portal.slug}/agenda.xml").status_code == 404
    for wrong in (f"/portails/{portal.slug}/evenements/0-x", f"/portails/{portal.slug}/evenements/x"):
        assert client.get(wrong).status_code == 404
    other = portals.portal()
    assert client.get(f"/portails/{other.slug}/evenements/{event.pk}.ics").status_code == 404


@pytest.mark.slow
def test_a_territory_leads_to_the_portals_that_cover_it_and_shows_its_events(client: Client) -> None:
    region = portals.portal(title="Portail de la région", **SCOPES[0])
    basin = portals.portal(title="Portail du bassin", **SCOPES[2])
    portals.portal(title="Portail d’ailleurs", codes=["69"], regions=["84"])
    portals.portal(title="Portail en brouillon", state=PortalState.DRAFT)
    portals.event(region, title="Rendez-vous à Roubaix", commune="59512")
    portals.event(region, title="Rendez-vous à Lens", commune="62498")
    commune = page(client, "/territoires/commune/59512-roubaix")
    assert commune.index("Portail du bassin") < commune.index("Portail de la région")
    assert "Portail d’ailleurs" not in commune and "Portail en brouillon" not in commune
    assert "Rendez-vous à Roubaix" in commune and "Rendez-vous à Lens" not in commune
    whole = page(client, "/territoires/region/32-hauts-de-france")
    assert {"Rendez-vous à Roubaix", "Rendez-vous à Lens", basin.title} <= set(
        re.findall(r">([^<>]+)</a>", whole)
    )
    assert "Portail du bassin" not in page(client, "/territoires/commune/80021-amiens")


def test_search_engines_know_real_portals_and_their_events(
    client: Client, django_assert_num_queries: Any
) -> None:
    from levier.community.actions import load_demo

    demo = load_demo(by=Actor.machine("essai"))
    portal = portals.portal(slug="un-vrai-portail")
    event = portals.event(portal)
    portals.event(portal, days=-3)
    # Whether there is a part, then the part: two queries each, however many portals.
    with django_assert_num_queries(4):
        text = b"".join(client.get("/sitemaps/portails-1.xml").streaming_content).decode()  # type: ignore[attr-defined]
    assert "/portails/un-vrai-portail<" in text and f"{event_address(event)}<" in text
    assert text.count("<url>") == 2 and demo.slug not in text


@pytest.mark.slow
def test_the_picture_is_served_while_the_portal_shows_it(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.LEVIER_HOME = tmp_path
    name = "0" * 32
    folder = tmp_path / "media-portails" / "00"
    folder.mkdir(parents=True)
    (folder / f"{name}-grande.jpg").write_bytes(b"pixels")
    shown = portals.portal(image=name, image_caption="Une vue")
    address = f"/portails/{shown.slug}/image/{name}-grande.jpg"
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(response.streaming_content) == b"pixels"  # type: ignore[attr-defined]
    html = page(client, f"/portails/{shown.slug}")
    assert f'src="{address}" alt="Une vue"' in html
    other = portals.portal()
    for wrong in (f"/portails/{other.slug}/image/{name}-grande.jpg", address.replace("grande", "../x")):
        assert client.get(wrong).status_code == 404
    RegionalPortal.objects.filter(pk=shown.pk).update(state=PortalState.DRAFT)
    assert client.get(address).status_code == 404


def test_while_the_index_is_rebuilt_a_portal_still_says_whom_to_call(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_FOLDER = tmp_path / "absent"
    html = page(client, f"/portails/{portals.portal().slug}")
    assert "La recherche se prépare" in html and "Guichet clause sociale" in html
