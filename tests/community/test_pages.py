"""The editors' pages and the staff's: owner, colleague, outsider, same role elsewhere."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.community.models import PortalState, RegionalPortal
from tests.factories import accounts, portals

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(portal: RegionalPortal) -> list[str]:
    event = portals.event(portal)
    return [
        reverse("community:portal", args=[portal.pk]),
        reverse("community:text", args=[portal.pk]),
        reverse("community:new_event", args=[portal.pk]),
        reverse("community:event", args=[portal.pk, event.pk]),
    ]


@pytest.mark.slow
def test_editors_write_colleagues_are_told_why_not_and_others_find_nothing() -> None:
    place = accounts.organisation()
    owner, colleague = portals.editor(place), accounts.member(place, role=Role.BUYER).user
    facilitator = portals.editor(place, role=Role.FACILITATOR)
    elsewhere, outsider, staff = portals.editor(), accounts.user(), accounts.user(is_staff=True)
    portal = portals.portal(place)
    for address in addresses(portal):
        for user, status in (
            (owner, 200), (facilitator, 200), (colleague, 403), (elsewhere, 404), (outsider, 404), (staff, 404),
        ):  # fmt: skip
            assert signed_in(user).get(address).status_code == status, (address, user)
        assert Client().get(address).status_code == 302


@pytest.mark.slow
def test_acts_are_closed_as_the_pages_are() -> None:
    place = accounts.organisation()
    portal = portals.portal(place)
    event, version = portals.event(portal), portal.texts.create(text="Bonjour")
    acts = [
        reverse("community:put_online", args=[portal.pk]),
        reverse("community:image", args=[portal.pk]),
        reverse("community:end_event", args=[portal.pk, event.pk]),
        reverse("community:restore", args=[portal.pk, version.pk]),
    ]
    for user, status in ((accounts.member(place).user, 403), (portals.editor(), 404)):
        for address in acts:
            assert signed_in(user).post(address).status_code == status
    portal.refresh_from_db()
    assert portal.is_online and portal.events.get() == event and portal.texts.count() == 1


@pytest.mark.slow
def test_an_event_or_a_version_of_another_portal_is_not_reached_through_ones_own() -> None:
    place = accounts.organisation()
    own, other = portals.portal(place), portals.portal()
    event, version = portals.event(other), other.texts.create(text="Bonjour")
    client = signed_in(portals.editor(place))
    assert client.get(reverse("community:event", args=[own.pk, event.pk])).status_code == 404
    assert client.post(reverse("community:end_event", args=[own.pk, event.pk])).status_code == 404
    assert client.post(reverse("community:restore", args=[own.pk, version.pk])).status_code == 404


@pytest.mark.slow
def test_a_request_is_made_corrected_then_opened_by_the_staff_only() -> None:
    place = accounts.organisation()
    client = signed_in(portals.editor(place))
    fields = {"organisation": place.pk, "title": "Le bassin", "scope": "epci", "territory": "zzzqqq"}
    refused = client.post(reverse("community:ask"), fields)
    assert refused.status_code == 422
    assert "« zzzqqq » n’est pas une intercommunalité" in refused.content.decode()
    assert 'value="Le bassin"' in refused.content.decode()
    fields["territory"] = "Métropole Européenne de Lille\n246200364"
    assert client.post(reverse("community:ask"), fields)["Location"] == reverse("community:mine")
    portal = RegionalPortal.objects.get()
    assert (portal.slug, portal.codes) == ("le-bassin", ["200093201", "246200364"])
    # Until the staff opens it, its editors see it and change nothing.
    own = reverse("community:portal", args=[portal.pk])
    assert "L’équipe lit votre demande" in client.get(own).content.decode()
    assert client.post(own, {"title": "Autre"}).status_code == 403
    decide = reverse("community:decide", args=[portal.pk])
    assert client.get(reverse("community:moderation")).status_code == 404
    assert client.post(decide, {"decision": "ouvrir"}).status_code == 404
    staff = signed_in(accounts.user(is_staff=True))
    assert "Le bassin" in staff.get(reverse("community:moderation")).content.decode()
    staff.post(decide, {"decision": "refuser", "motif": ""})
    portal.refresh_from_db()
    assert portal.state == PortalState.ASKED
    staff.post(decide, {"decision": "ouvrir"})
    portal.refresh_from_db()
    assert portal.state == PortalState.DRAFT


@pytest.mark.slow
def test_only_a_network_or_a_facilitator_asks_and_only_for_its_own() -> None:
    buyer = signed_in(accounts.member(accounts.organisation()).user)
    assert buyer.get(reverse("community:ask")).status_code == 403
    assert "Réservé aux réseaux" in buyer.get(reverse("community:mine")).content.decode()
    other = accounts.organisation()
    client = signed_in(portals.editor())
    fields = {"organisation": other.pk, "title": "Usurpé", "scope": "region", "territory": "32"}
    assert client.post(reverse("community:ask"), fields).status_code == 422
    assert not RegionalPortal.objects.exists()


@pytest.mark.slow
def test_the_presentation_is_saved_and_a_wrong_partner_is_said() -> None:
    place = accounts.organisation()
    portal, client = portals.portal(place), signed_in(portals.editor(place))
    address = reverse("community:portal", args=[portal.pk])
    fields = {
        "title": "Le Nord",
        "contact_email": "a@exemple.invalid",
        "partners": "MDE | javascript:alert(1)",
    }
    refused = client.post(address, fields)
    assert refused.status_code == 422 and "n’est pas une adresse en https" in refused.content.decode()
    fields |= {"partners": "MDE | https://mde.invalid\nUn club", "website": "exemple.invalid"}
    assert client.post(address, fields).status_code == 302
    portal.refresh_from_db()
    assert portal.partners == [{"name": "MDE", "url": "https://mde.invalid"}, {"name": "Un club", "url": ""}]
    assert portal.website == "https://exemple.invalid"
    assert "MDE | https://mde.invalid" in client.get(address).content.decode()


@pytest.mark.slow
def test_a_text_is_read_before_it_is_saved_and_restored() -> None:
    place = accounts.organisation()
    portal, client = portals.portal(place), signed_in(portals.editor(place))
    address = reverse("community:text", args=[portal.pk])
    shown = client.post(address, {"text": "## Bonjour", "action": "relire"}).content.decode()
    assert "Aperçu, pas encore enregistré" in shown and "<h3>Bonjour</h3>" in shown
    assert not portal.texts.exists()
    client.post(address, {"text": "Premier", "action": "enregistrer"})
    first = portal.texts.get()
    stale = client.post(address, {"text": "Sans lire", "read": first.pk + 1, "action": "enregistrer"})
    assert stale.status_code == 422 and "Sans lire" in stale.content.decode()
    client.post(address, {"text": "Second", "read": first.pk, "action": "enregistrer"})
    client.post(reverse("community:restore", args=[portal.pk, first.pk]))
    assert portal.texts.order_by("-pk").first().text == "Premier"  # type: ignore[union-attr]


@pytest.mark.slow
def test_an_event_is_typed_in_french_time_and_a_wrong_place_is_said() -> None:
    place = accounts.organisation()
    portal, client = portals.portal(place), signed_in(portals.editor(place))
    address = reverse("community:new_event", args=[portal.pk])
    year = timezone.localdate().year + 1
    fields: dict[str, Any] = {
        "kind": "salon", "title": "Salon", "starts_at": f"{year}-07-01T09:00", "ends_at": f"{year}-07-01T12:00",
        "organiser": "Réseau", "lieu": "zzzqqq",
    }  # fmt: skip
    refused = client.post(address, fields).content.decode()
    assert "« zzzqqq » n’est pas une commune connue" in refused and 'value="Salon"' in refused
    assert client.post(address, fields | {"lieu": "Roubaix"}).status_code == 302
    event = portal.events.get()
    assert (event.commune_id, timezone.localtime(event.starts_at).hour) == ("59512", 9)
    again = client.get(reverse("community:event", args=[portal.pk, event.pk])).content.decode()
    assert f'value="{year}-07-01T09:00"' in again and "Roubaix (59512)" in again
    client.post(reverse("community:end_event", args=[portal.pk, event.pk]), {"action": "annuler"})
    event.refresh_from_db()
    assert event.is_cancelled
    client.post(reverse("community:end_event", args=[portal.pk, event.pk]), {"action": "supprimer"})
    assert not portal.events.exists()


@pytest.mark.slow
def test_the_list_of_ones_portals_is_read_in_a_fixed_number_of_queries(
    django_assert_num_queries: Any,
) -> None:
    place = accounts.organisation()
    client = signed_in(portals.editor(place))
    for _ in range(3):
        portals.portal(place)
    client.get(reverse("community:mine"))
    # Session, account; may ask, portals; roles and network of facilitators (of the menu).
    with django_assert_num_queries(6):
        client.get(reverse("community:mine"))
