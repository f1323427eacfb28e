"""Portals from the request to the end: who is told, what is refused, what is kept."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from levier.community import actions, slugs
from levier.community.errors import RefusedError
from levier.community.models import PortalScope, PortalState, PortalText, RegionalPortal
from levier.community.tasks import forget_unused_images
from levier.core.audit import Actor
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory.ownership import images
from levier.organisations.models import Organisation
from tests.factories import accounts, networks, portals

pytestmark = pytest.mark.django_db


def asked(**changes: Any) -> RegionalPortal:
    user = portals.editor()
    holder = Organisation.objects.get(memberships__user=user)
    return actions.ask_portal(by=user, holder=holder, holding=portals.holding(**changes))


@pytest.mark.slow
def test_a_request_waits_for_the_staff_who_is_told() -> None:
    staff = accounts.user(is_staff=True)
    portal = asked()
    assert (portal.state, portal.codes, portal.regions) == (PortalState.ASKED, ["59"], ["32"])
    assert portal.place_label == "Nord (59)"
    mail = OutgoingMail.objects.get(to_address=staff.email)
    assert portal.title in mail.body and "/moderation/portails" in mail.body
    assert AuditEvent.objects.filter(verb="community.ask_portal", object_key=str(portal.pk)).count() == 1


def test_the_staff_opens_the_editors_publish_the_staff_suspends_and_reinstates() -> None:
    staff, portal = accounts.user(is_staff=True), asked()
    actions.open_portal(by=staff, portal=portal)
    author = portal.asked_by
    assert author is not None
    with pytest.raises(RefusedError, match="adresse de contact"):
        actions.publish_portal(by=author, portal=portal)
    values = actions.PortalValues(title="Le Nord achète", contact_email="nord@exemple.invalid")
    actions.save_portal(by=author, portal=portal, values=values)
    assert actions.publish_portal(by=author, portal=portal).state == PortalState.PUBLISHED
    with pytest.raises(RefusedError, match="Dites pourquoi"):
        actions.suspend_portal(by=staff, portal=portal, reason="  ")
    actions.suspend_portal(by=staff, portal=portal, reason="Publicité pour une seule entreprise.")
    with pytest.raises(RefusedError, match="Seul un brouillon"):
        actions.publish_portal(by=author, portal=portal)
    told = OutgoingMail.objects.filter(to_address=author.email).order_by("pk").values_list("body", flat=True)
    assert "ouvert en brouillon" in told[0] and "Publicité pour une seule" in told[1]
    assert actions.reinstate_portal(by=staff, portal=portal).reason == ""
    assert actions.withdraw_portal(by=author, portal=portal).state == PortalState.DRAFT


def test_a_refused_request_says_why_and_frees_its_address() -> None:
    staff, portal = accounts.user(is_staff=True), asked()
    actions.refuse_portal(by=staff, portal=portal, reason="Ce territoire a déjà un portail.")
    again = asked()
    assert again.slug == "achats-du-nord"
    with pytest.raises(RefusedError, match="n’attend plus"):
        actions.open_portal(by=staff, portal=portal)
    with pytest.raises(RefusedError, match="pas ouvert"):
        actions.save_text(by=staff, portal=portal, text="Bonjour")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slug": "été"}, "lettres sans accent"),
        ({"slug": "ab"}, "de 3 à 50"),
        ({"slug": "portails"}, "mot réservé"),
        ({"title": " "}, "titre"),
        ({"codes": ()}, "Choisissez le territoire"),
        ({"codes": ("999",)}, "n’existe pas"),
        ({"scope": PortalScope.REGION, "codes": ("32", "84")}, "Un seul territoire"),
        ({"scope": PortalScope.NETWORK, "codes": ()}, "pas encore reconnu"),
    ],
)
def test_a_bad_request_gets_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        asked(**changes)
    assert not RegionalPortal.objects.exists()


def test_an_address_is_given_once_and_a_holder_has_a_few_portals() -> None:
    asked()
    with pytest.raises(RefusedError, match="déjà prise"):
        asked()
    user = portals.editor()
    holder = Organisation.objects.get(memberships__user=user)
    for _ in range(actions.portals.MOST_PORTALS):  # type: ignore[attr-defined]
        portals.portal(holder)
    with pytest.raises(RefusedError, match="au plus par organisation"):
        actions.ask_portal(by=user, holder=holder, holding=portals.holding(slug="un-de-plus"))


def test_the_words_of_the_site_name_no_portal() -> None:
    assert {"portails", "fournisseurs", "widget", "compte", "territoires"} <= slugs.words_of_the_site()
    for word in sorted(slugs.words_of_the_site()):
        with pytest.raises(RefusedError):
            slugs.check(word)
    assert (
        slugs.check(slugs.proposed("L’achat inclusif en Cœur d’Essonne"))
        == "l-achat-inclusif-en-coeur-d-essonne"
    )


@pytest.mark.parametrize(
    ("scope", "codes", "regions", "label"),
    [
        ("region", ("32",), ["32"], "Hauts-de-France"),
        ("commune", ("59512",), ["32"], "Roubaix (Nord)"),
        ("departement", ("59", "08"), ["32", "44"], "Nord (59), Ardennes (08)"),
        ("epci", ("200093201",), ["32"], "Métropole Européenne de Lille"),
    ],
)
def test_a_territory_is_known_by_its_codes_and_its_regions(
    scope: str, codes: tuple[str, ...], regions: list[str], label: str
) -> None:
    portal = asked(scope=scope, codes=codes)
    assert (portal.regions, portal.place_label) == (regions, label)


def test_a_named_network_may_show_its_members() -> None:
    place = networks.network().organisation
    user = portals.editor(place)
    portal = actions.ask_portal(
        by=user, holder=place, holding=portals.holding(scope=PortalScope.NETWORK, codes=())
    )
    assert portal.is_network and not portal.codes and not portal.regions
    local = networks.network("CRESS d’essai", territory_kind="departement", territory_code="59").organisation
    asked_too = portals.holding(slug="la-cress", scope=PortalScope.NETWORK, codes=())
    found = actions.ask_portal(by=portals.editor(local), holder=local, holding=asked_too)
    assert (found.codes, found.regions) == ([], ["32"])


def test_the_database_refuses_a_portal_without_its_territory() -> None:
    for changes in ({"codes": []}, {"scope": "reseau"}, {"state": "publie", "published_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            portals.portal(**changes)


# The text.


def test_each_saving_is_a_version_and_a_former_one_comes_back() -> None:
    portal, author = portals.portal(), accounts.user()
    first = actions.save_text(by=author, portal=portal, text="Premier")
    second = actions.save_text(by=author, portal=portal, text="Second\r\n", read=first.pk)
    assert actions.save_text(by=author, portal=portal, text="Second").pk == second.pk
    restored = actions.restore_text(by=author, version=first)
    assert restored.restored_id == first.pk
    assert [one.text for one in portal.texts.order_by("pk")] == ["Premier", "Second", "Premier"]


def test_two_authors_at_once_lose_nothing() -> None:
    portal, author = portals.portal(), accounts.user()
    first = actions.save_text(by=author, portal=portal, text="Premier")
    actions.save_text(by=author, portal=portal, text="Du collègue", read=first.pk)
    with pytest.raises(RefusedError, match="Un collègue"):
        actions.save_text(by=author, portal=portal, text="Le mien", read=first.pk)


def test_a_text_and_its_versions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from levier.community.actions import texts

    monkeypatch.setattr(texts, "MOST_VERSIONS", 3)
    portal, author = portals.portal(), accounts.user()
    with pytest.raises(RefusedError, match="raccourcissez"):
        actions.save_text(by=author, portal=portal, text="x" * 20_001)
    for number in range(5):
        actions.save_text(by=author, portal=portal, text=f"Version {number}")
    assert [one.text for one in PortalText.objects.order_by("pk")] == ["Version 2", "Version 3", "Version 4"]


# Pictures.


def picture() -> SimpleUploadedFile:
    target = BytesIO()
    Image.new("RGB", (2_000, 900), "teal").save(target, "PNG")
    return SimpleUploadedFile("vue.png", target.getvalue(), content_type="image/png")


@pytest.mark.slow
def test_a_picture_is_resized_described_and_forgotten_once_removed(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LEVIER_HOME = tmp_path
    portal, author = portals.portal(), accounts.user()
    with pytest.raises(RefusedError, match="Décrivez"):
        actions.save_image(by=author, portal=portal, upload=picture(), caption=" ")
    with pytest.raises(RefusedError, match="image JPEG"):
        actions.save_image(
            by=author, portal=portal, upload=SimpleUploadedFile("a.png", b"<svg>"), caption="Vue"
        )
    shown = actions.save_image(by=author, portal=portal, upload=picture(), caption="Une vue")
    path = images.path_of(shown.image, "grande", "media-portails")
    assert path is not None and not (tmp_path / "media").exists()
    with Image.open(path) as kept:
        assert kept.size == (1600, 720)
    actions.remove_image(by=author, portal=portal)
    monkeypatch.setattr("levier.community.tasks.DAY_SECONDS", -10)
    forget_unused_images(0)
    assert not path.exists()


# Events.


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "titre"),
        ({"ends_at": timezone.now() + timedelta(days=2)}, "fin est avant"),
        (
            {"starts_at": timezone.now() - timedelta(days=3), "ends_at": timezone.now() - timedelta(days=2)},
            "déjà passé",
        ),
        ({"ends_at": timezone.now() + timedelta(days=90)}, "un mois au plus"),
        ({"is_online": False}, "Dites où"),
        ({"link": ""}, "lien pour rejoindre"),
    ],
)
def test_an_event_that_nobody_could_attend_is_refused(changes: dict[str, Any], sentence: str) -> None:
    portal = portals.portal()
    with pytest.raises(RefusedError, match=sentence):
        actions.save_event(by=accounts.user(), portal=portal, values=portals.event_values(**changes))
    assert not portal.events.exists()


def test_an_event_is_announced_changed_cancelled_once_and_forgotten() -> None:
    portal, author = portals.portal(), accounts.user()
    event = actions.save_event(by=author, portal=portal, values=portals.event_values())
    actions.save_event(by=author, portal=portal, values=portals.event_values(title="Le salon"), event=event)
    assert portal.events.get().title == "Le salon"
    for _ in range(2):
        actions.cancel_event(by=author, event=event)
    assert AuditEvent.objects.filter(verb="community.cancel_event").count() == 1
    event.refresh_from_db()
    with pytest.raises(RefusedError, match="annulé"):
        actions.save_event(by=author, portal=portal, values=portals.event_values(), event=event)
    actions.delete_event(by=author, event=event)
    assert not portal.events.exists()


# The demonstration.


def test_the_demonstration_is_loaded_once_keeps_its_dates_ahead_and_goes() -> None:
    machine = Actor.machine("essai")
    portal = actions.load_demo(by=machine)
    actions.load_demo(by=machine)
    assert (RegionalPortal.objects.count(), portal.events.count(), portal.texts.count()) == (1, 2, 1)
    assert all(event.starts_at > timezone.now() for event in portal.events.all())
    portal.events.update(
        starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
    )
    actions.load_demo(by=machine)
    assert portal.events.upcoming().count() == 2
    real = portals.portal()
    assert actions.clear_demo(by=machine) == 1
    assert RegionalPortal.objects.get() == real
