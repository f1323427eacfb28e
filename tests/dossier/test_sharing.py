"""A shared dossier: frozen, unguessable, private, taken back by its maker, forgotten in time."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import AuditEvent
from levier.dossier import actions, tasks
from levier.dossier.models import Snapshot
from levier.dossier.policies import can_revoke
from tests.factories.accounts import member, organisation, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

SCHOOL = "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois"
VISITOR = Actor.machine("visiteur")
LINK = re.compile(r"http://testserver(/dossier/partage/[\w-]+)")
REVOCATION = re.compile(r"http://testserver(/dossier/retrait/[\w-]+)")


def shared_by(client: Client, text: str = SCHOOL) -> tuple[str, str]:
    """Share from the page; the two addresses it shows."""
    html = client.post("/dossier/partager", {"text": text}).content.decode()
    link, revocation = LINK.search(html), REVOCATION.search(html)
    assert link and revocation
    return link[1], revocation[1]


def snapshot(by: User | None = None, **fields: Any) -> actions.SharedDossier:
    made = actions.share_dossier(
        need={"text": "x"}, dossier={"a": 1}, page="<p>figé</p>", by=VISITOR, user=by
    )
    if fields:
        Snapshot.objects.filter(pk=made.snapshot.pk).update(**fields)
    return made


@pytest.mark.slow
def test_the_link_opens_for_anyone(client: Client) -> None:
    link, _ = shared_by(client)
    html = Client().get(link).content.decode()
    assert "La réponse en trois lignes" in html
    assert "Rénovation d’une école" in html
    assert 'id="besoin"' not in html  # frozen: nothing to recalculate


@pytest.mark.slow
def test_the_frozen_page_does_not_change_with_the_directory(client: Client) -> None:
    link, _ = shared_by(client)
    before = Client().get(link).content
    from levier.directory.models import Supplier

    Supplier.objects.all().update(name="Autre nom")
    assert Client().get(link).content == before


@pytest.mark.slow
def test_the_link_gives_the_dossier_as_json_too(client: Client) -> None:
    link, _ = shared_by(client)
    assert Client().get(link, {"format": "json"}).json()["lever"] == "L2112-2"


def test_a_need_that_is_refused_is_not_shared(client: Client) -> None:
    html = client.post("/dossier/partager", {"text": ""}).content.decode()
    assert 'role="alert"' in html
    assert not Snapshot.objects.exists()


@pytest.mark.slow
def test_the_database_holds_hashes_only(client: Client) -> None:
    link, revocation = shared_by(client)
    stored = str(Snapshot.objects.values().get())
    assert link.rsplit("/", 1)[1] not in stored
    assert revocation.rsplit("/", 1)[1] not in stored
    details = str(list(AuditEvent.objects.filter(verb="dossier.share").values()))
    assert link.rsplit("/", 1)[1] not in details and "école" not in details


def test_the_secrets_are_long_and_never_the_same() -> None:
    made = [snapshot() for _ in range(20)]
    secrets = {one.token for one in made} | {one.revocation for one in made}
    assert len(secrets) == 40
    assert all(len(secret) == 22 for secret in secrets)


@pytest.mark.slow
def test_the_pages_are_neither_indexed_nor_named_to_the_next_site(client: Client) -> None:
    shared = client.post("/dossier/partager", {"text": SCHOOL})
    link, revocation = shared_by(client)
    for response in (shared, client.get(link), client.get(link, {"format": "json"}), client.get(revocation)):
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        # « no-referrer » would have the browser send « Origin: null » with the form that takes the dossier back.
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("token", ["abc", "a" * 22, "é" * 22, "a" * 5_000, "%00", "' OR 1=1 --"])
@pytest.mark.parametrize("door", ["partage", "retrait"])
def test_a_link_nobody_made_is_a_404_with_a_sentence(client: Client, door: str, token: str) -> None:
    snapshot()
    response = client.get(f"/dossier/{door}/{token}")
    assert response.status_code == 404
    assert "Ce lien n’existe pas" in response.content.decode()


def test_the_revocation_link_does_not_open_the_dossier_nor_the_reverse(client: Client) -> None:
    made = snapshot()
    assert client.get(f"/dossier/partage/{made.revocation}").status_code == 404
    assert client.get(f"/dossier/retrait/{made.token}").status_code == 404


@pytest.mark.slow
def test_opening_the_revocation_link_changes_nothing(client: Client) -> None:
    link, revocation = shared_by(client)
    before = Snapshot.objects.values().get()
    for _ in range(2):
        assert "Retirer ce dossier" in client.get(revocation).content.decode()
    assert client.head(revocation).status_code in {200, 405}
    assert Snapshot.objects.values().get() == before
    assert client.get(link).status_code == 200


@pytest.mark.slow
def test_the_button_takes_the_dossier_back_and_erases_it(client: Client) -> None:
    link, revocation = shared_by(client)
    assert "Le dossier est retiré" in client.post(revocation).content.decode()
    closed = client.get(link)
    assert closed.status_code == 404
    assert "plus ouvert" in closed.content.decode()
    row = Snapshot.objects.get()
    assert (row.need, row.dossier, row.page) == ({}, {}, "")
    assert client.post(revocation).status_code == 404
    assert AuditEvent.objects.filter(verb="dossier.revoke").count() == 1


def test_the_button_asks_for_the_token_of_the_form() -> None:
    made = snapshot()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/dossier/retrait/{made.revocation}").status_code == 403
    assert Snapshot.objects.open().exists()


def test_an_expired_link_is_closed(client: Client) -> None:
    now = timezone.now()
    made = snapshot(created_at=now - timedelta(days=91), expires_at=now - timedelta(seconds=1))
    assert client.get(f"/dossier/partage/{made.token}").status_code == 404
    assert client.get(f"/dossier/retrait/{made.revocation}").status_code == 404


def test_a_link_lives_ninety_days() -> None:
    left = snapshot().snapshot.expires_at - timezone.now()
    assert timedelta(days=89, hours=23) < left <= timedelta(days=90)


def test_only_its_maker_may_revoke() -> None:
    place, elsewhere = organisation(), organisation()
    owner = member(place, role=Role.BUYER).user
    colleague = member(place, role=Role.BUYER, is_admin=True).user
    outsider = member(elsewhere, role=Role.BUYER).user
    mine, another = snapshot(owner).snapshot, snapshot(colleague).snapshot
    assert can_revoke(owner, mine)
    assert not can_revoke(colleague, mine)
    assert not can_revoke(outsider, mine)
    assert not can_revoke(owner, another)
    assert not can_revoke(user(), mine)


def test_nobody_may_revoke_what_a_visitor_shared_without_its_link() -> None:
    from django.contrib.auth.models import AnonymousUser

    made = snapshot().snapshot
    assert not can_revoke(user(), made)
    assert not can_revoke(AnonymousUser(), made)  # type: ignore[arg-type]


@pytest.mark.slow
def test_who_is_signed_in_is_noted_as_the_maker(client: Client) -> None:
    someone = user()
    client.force_login(someone)
    shared_by(client)
    assert Snapshot.objects.get().created_by == someone


def test_the_night_forgets_what_closed_a_month_ago() -> None:
    now = timezone.now()
    kept = snapshot(created_at=now - timedelta(days=110), expires_at=now - timedelta(days=29))
    snapshot(created_at=now - timedelta(days=130), expires_at=now - timedelta(days=31))
    open_one = snapshot()
    tasks.forget_expired_snapshots(timestamp=0)
    assert set(Snapshot.objects.values_list("pk", flat=True)) == {kept.snapshot.pk, open_one.snapshot.pk}
    assert AuditEvent.objects.get(verb="dossier.forget_expired").details == {"count": 1}
    assert actions.forget_expired_snapshots(by=VISITOR) == 0
    assert AuditEvent.objects.filter(verb="dossier.forget_expired").count() == 1


@pytest.mark.slow
def test_a_shared_page_keeps_what_was_typed_as_text(client: Client) -> None:
    link, _ = shared_by(client, "<img src=x onerror=alert(1)> rénovation d'une école à Roubaix")
    assert "<img src=x" not in Client().get(link).content.decode()


def test_my_shared_dossiers_are_mine_alone(client: Client) -> None:
    place = organisation()
    owner = member(place, role=Role.BUYER).user
    colleague = member(place, role=Role.BUYER, is_admin=True).user
    mine, theirs = snapshot(owner).snapshot, snapshot(colleague).snapshot
    client.force_login(owner)
    page = client.get("/dossier/mes-partages").content.decode()
    assert f'value="{mine.pk}"' in page
    assert f'value="{theirs.pk}"' not in page
    assert client.post("/dossier/mes-partages", {"dossier": theirs.pk}).status_code == 404
    assert client.post("/dossier/mes-partages", {"dossier": "x"}).status_code == 404
    assert client.post("/dossier/mes-partages", {"dossier": mine.pk}).status_code == 302
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.revoked_at is not None
    assert theirs.revoked_at is None


@pytest.mark.slow
def test_visitors_cannot_fill_the_disk(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_ANONYMOUS_A_DAY", 1)
    shared_by(client)
    refused = client.post("/dossier/partager", {"text": "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois"})
    assert refused.status_code == 429
    assert "Connectez-vous" in refused.content.decode()
