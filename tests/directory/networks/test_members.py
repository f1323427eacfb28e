"""Members of a network: four people, a list read line by line, removal and its undo, what the supplier says."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.accounts.errors import RefusedError
from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.directory.models import AwaitedMember, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks import actions
from levier.directory.networks.queries import member_suppliers
from levier.directory.results import slug_of
from tests.factories import accounts as make
from tests.factories import networks
from tests.factories.directory import supplier
from tests.factories.ownership import EMAIL, keeper, listed_supplier

pytestmark = pytest.mark.django_db

State = NetworkMember.State
# Real keys of numbers that belong to nobody in these tests.
ABSENT = "55208131766522"


@pytest.fixture
def network() -> ReviewingNetwork:
    return networks.network()


@pytest.fixture
def animator(network: ReviewingNetwork) -> User:
    return networks.animator(network.organisation).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def root(network: ReviewingNetwork, rest: str = "") -> str:
    return f"/mon-reseau/{network.organisation_id}{rest}"


WHO = [("owner", 0), ("colleague", 0), ("buyer", 403), ("outsider", 404), ("rival", 404), ("plain", 404)]
READS = (
    "",
    "/membres",
    "/membres.csv",
    "/membres.xlsx",
    "/ajouter",
    "/importer",
    "/faits",
    "/membres/{slug}",
)
WRITES = (
    "/inviter", "/ajouter", "/importer", "/a-rattacher", "/faits", "/membres/{slug}/retirer",
    "/membres/{slug}/attester", "/membres/{slug}/corriger",
)  # fmt: skip


def person(who: str, network: ReviewingNetwork) -> User:
    """One of the people; « plain »: the role alone, in an organisation the staff never named."""
    if who == "owner":
        return networks.animator(network.organisation, is_admin=True).user
    if who == "colleague":
        return networks.animator(network.organisation).user
    if who == "buyer":
        return make.member(network.organisation, role=Role.BUYER).user
    if who == "rival":
        return networks.animator(networks.network("Autre").organisation).user
    if who == "plain":
        return networks.animator(make.organisation()).user
    return make.user()


@pytest.mark.slow
@pytest.mark.parametrize(("who", "status"), WHO)
def test_only_who_animates_a_named_network_opens_its_pages(
    network: ReviewingNetwork, who: str, status: int
) -> None:
    one = listed_supplier()
    networks.member(network, one)
    client = signed_in(person(who, network))
    for path in READS:
        response = client.get(root(network, path.format(slug=slug_of(one.key))))
        assert response.status_code == (status or 200), path
        if response.streaming:
            assert b"".join(response)  # type: ignore[arg-type]
    for path in WRITES:
        response = client.post(root(network, path.format(slug=slug_of(one.key))))
        assert response.status_code == status if status else response.status_code in {302, 404, 422}, path
    assert member_suppliers(network.organisation_id).exists() is bool(status)


@pytest.mark.slow
@pytest.mark.parametrize(("who", "status"), WHO)
def test_only_who_manages_the_network_or_the_staff_presents_it(
    network: ReviewingNetwork, who: str, status: int
) -> None:
    data = {"short_name": "Le Val", "territory_kind": "france", "website": "exemple.fr", "gathers": ["EI"],
            "kind": "cress"}  # fmt: skip
    client = signed_in(person(who, network))
    expected = {"owner": 302, "colleague": 403}.get(who, status)
    assert client.post(root(network, "/presentation"), data).status_code == expected
    network.refresh_from_db()
    assert (network.short_name == "Le Val") is (who == "owner")
    # The nature is the staff's word.
    assert network.kind == "head"
    assert signed_in(make.user(is_staff=True)).post(root(network, "/presentation"), data).status_code == 302
    network.refresh_from_db()
    assert (network.kind, network.website) == ("cress", "https://exemple.fr")


def test_a_territory_that_does_not_exist_is_refused_beside_its_field(
    network: ReviewingNetwork, animator: User
) -> None:
    animator.memberships.update(is_admin=True)
    data = {"territory_kind": "region", "territory_code": "999"}
    page = signed_in(animator).post(root(network, "/presentation"), data)
    assert page.status_code == 422
    assert "Aucun territoire de cette échelle n’a ce code." in page.content.decode()


@pytest.mark.slow
def test_the_members_of_another_network_stay_out_of_reach(network: ReviewingNetwork) -> None:
    one = listed_supplier()
    networks.member(network, one)
    rival = networks.network("Autre")
    client = signed_in(networks.animator(rival.organisation).user)
    for path in ("", "/retirer", "/attester", "/corriger", "/remettre", "/reponse"):
        assert client.post(root(rival, f"/membres/{slug_of(one.key)}{path}")).status_code in {404, 405}
    assert client.get(root(rival, f"/membres/{slug_of(one.key)}")).status_code == 404


def test_mon_reseau_leads_to_the_only_one_or_offers_a_choice(
    network: ReviewingNetwork, animator: User
) -> None:
    client = signed_in(animator)
    assert client.get("/mon-reseau")["Location"] == root(network)
    assert "Mon réseau" in client.get("/").content.decode()
    second = networks.network("Deuxième")
    animator.memberships.create(organisation=second.organisation, role=Role.NETWORK)
    page = client.get("/mon-reseau").content.decode()
    assert "Deuxième" in page
    assert "Réseau du Val" in page
    assert signed_in(make.user()).get("/mon-reseau").status_code == 404


@pytest.mark.slow
def test_a_structure_is_found_by_number_then_added_once(network: ReviewingNetwork, animator: User) -> None:
    one = listed_supplier()
    client = signed_in(animator)
    page = client.get(root(network, "/ajouter"), {"q": one.siret})
    assert one.name in page.content.decode()
    assert client.post(root(network, "/ajouter"), {"f": slug_of(one.key)}).status_code == 302
    assert list(member_suppliers(network.organisation_id)) == [one]
    assert "Déjà membre" in client.get(root(network, "/ajouter"), {"q": one.siren}).content.decode()
    with pytest.raises(RefusedError, match="déjà membre"):
        actions.add_member(by=animator, network=network, supplier=one)
    assert (
        "numéro est faux" in client.get(root(network, "/ajouter"), {"q": "12345678901234"}).content.decode()
    )
    assert client.get(root(network, "/ajouter"), {"q": ""}).status_code == 422
    assert client.post(root(network, "/ajouter"), {"f": "inconnu-EI"}).status_code == 404
    client.post(root(network, "/ajouter"), {"attendre": ABSENT})
    assert AwaitedMember.objects.get().number == ABSENT


@pytest.mark.slow
def test_a_removal_is_undone_by_one_click_and_keeps_its_date(
    network: ReviewingNetwork, animator: User
) -> None:
    one = listed_supplier()
    held = networks.member(network, one, since="2024-03-01")
    client = signed_in(animator)
    removed = client.post(root(network, f"/membres/{slug_of(one.key)}/retirer"))
    assert not member_suppliers(network.organisation_id).exists()
    page = client.get(removed["Location"]).content.decode()
    assert f"/membres/{slug_of(one.key)}/remettre" in page
    assert client.post(root(network, f"/membres/{slug_of(one.key)}/remettre")).status_code == 302
    assert list(member_suppliers(network.organisation_id)) == [one]
    held.refresh_from_db()
    assert (held.since.isoformat(), held.until) == ("2024-03-01", None)
    assert client.post(root(network, f"/membres/{slug_of(one.key)}/remettre")).status_code == 404


def test_a_member_that_was_merged_is_removed_and_added_as_one(
    network: ReviewingNetwork, animator: User
) -> None:
    kept = listed_supplier()
    networks.member(network, supplier(is_listed=False, merged_into=kept))
    with pytest.raises(RefusedError, match="déjà membre"):
        actions.add_member(by=animator, network=network, supplier=kept)
    actions.remove_member(by=animator, network=network, supplier=kept)
    assert not member_suppliers(network.organisation_id).exists()


def test_awaited_lines_become_members_when_one_sheet_alone_answers(
    network: ReviewingNetwork, animator: User
) -> None:
    actions.await_member(by=animator, network=network, number=ABSENT, label="Inconnue")
    actions.await_member(by=animator, network=network, number="", label="Un nom seul")
    assert actions.settle_awaited(by=animator.as_actor(), network=network) == 0
    one = supplier(siret=ABSENT, siren=ABSENT[:9])
    assert actions.settle_every_awaited(by=Actor.machine("après import")) == 1
    assert list(member_suppliers(network.organisation_id)) == [one]
    waiting = AwaitedMember.objects.get()
    assert waiting.label == "Un nom seul"
    signed_in(animator).post(root(network, "/a-rattacher"), {"oublier": waiting.pk})
    assert not AwaitedMember.objects.exists()


@pytest.mark.slow
def test_members_are_searched_filtered_and_exported(network: ReviewingNetwork, animator: User) -> None:
    kept, alone = listed_supplier(name="=Propre Nord"), listed_supplier(name="Jardins")
    keeper(kept)
    gone = supplier(name="Partie", is_listed=False, siret=None)
    for one in (kept, alone, gone):
        networks.member(network, one)
    client = signed_in(animator)

    def names(**asked: str) -> set[str]:
        return {line.name for line in client.get(root(network, "/membres"), asked).context["lines"]}

    assert names() == {"=Propre Nord", "Jardins", "Partie"}
    assert names(q="jard") == {"Jardins"}
    assert names(q=str(kept.siret)[:9]) == {"=Propre Nord"}
    assert names(voir="tenues") == {"=Propre Nord"}
    assert names(voir="a-inviter") == {"Jardins"}
    assert names(voir="disparues") == {"Partie"}
    assert names(voir="sans-metier") == {"Partie"}
    assert names(voir="anciennes") == {"=Propre Nord", "Jardins", "Partie"}
    assert names(voir="inconnu") == {"=Propre Nord", "Jardins", "Partie"}
    text = client.get(root(network, "/membres.csv"), {"q": "propre"}).content.decode()
    assert "'=Propre Nord" in text
    assert "Jardins" not in text
    assert b"".join(client.get(root(network, "/membres.xlsx")).streaming_content)[:2] == b"PK"  # type: ignore[arg-type]
    assert client.get(root(network, "/membres.pdf")).status_code == 404


@pytest.mark.slow
def test_pages_ask_the_same_number_of_queries_whatever_the_members(
    network: ReviewingNetwork, animator: User
) -> None:
    client = signed_in(animator)

    def asked(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(root(network, path)).status_code == 200
        return len(seen)

    networks.member(network, listed_supplier())
    few = {path: asked(path) for path in ("", "/membres", "/faits", "/membres.csv")}
    for _ in range(6):
        networks.member(network, listed_supplier())
    assert {path: asked(path) for path in few} == few


@pytest.mark.slow
def test_a_supplier_says_it_is_not_a_member_and_the_network_is_told(
    network: ReviewingNetwork, animator: User
) -> None:
    one = listed_supplier()
    networks.member(network, one)
    owner = signed_in(keeper(one).user)
    sheet = f"/fournisseurs/{slug_of(one.key)}"
    assert "Membre de" in Client().get(sheet).content.decode()
    address = f"/mon-offre/fiche/{slug_of(one.key)}/reseaux/{network.organisation_id}"
    for stranger in (make.user(), animator, keeper(listed_supplier()).user):
        assert signed_in(stranger).post(address).status_code == 404
    assert signed_in(keeper(one, role=Role.BUYER).user).post(address).status_code == 403
    assert owner.post(address).status_code == 302
    assert "Membre de" not in Client().get(sheet).content.decode()
    mail = OutgoingMail.objects.get()
    assert mail.to_address == animator.email
    assert "dit ne pas être membre" in signed_in(animator).get(root(network)).content.decode()
    owner.post(address, {"do": "si"})
    assert "Membre de" in Client().get(sheet).content.decode()


@pytest.mark.slow
def test_a_supplier_asks_to_join_and_the_network_answers(network: ReviewingNetwork, animator: User) -> None:
    one, other = listed_supplier(), listed_supplier()
    owner = signed_in(keeper(one).user)
    address = f"/mon-offre/fiche/{slug_of(one.key)}/reseaux"
    assert "Réseau du Val" in owner.get(f"/mon-offre/fiche/{slug_of(one.key)}").content.decode()
    owner.post(address, {"reseau": network.organisation_id})
    owner.post(address, {"reseau": "abc"})
    assert NetworkMember.objects.get().state == State.ASKED
    assert "Membre de" not in Client().get(f"/fournisseurs/{slug_of(one.key)}").content.decode()
    client = signed_in(animator)
    assert "1 demande" in client.get(root(network)).content.decode()
    client.post(root(network, f"/membres/{slug_of(one.key)}/reponse"), {"reponse": "oui"})
    assert list(member_suppliers(network.organisation_id)) == [one]
    assert client.post(root(network, f"/membres/{slug_of(one.key)}/reponse")).status_code == 404
    actions.ask_to_join(by=keeper(other).user, network=network, supplier=other)
    client.post(root(network, f"/membres/{slug_of(other.key)}/reponse"), {"reponse": "non"})
    assert list(member_suppliers(network.organisation_id)) == [one]


@pytest.mark.slow
def test_an_invitation_leaves_once_in_thirty_days_and_never_to_who_refused(
    network: ReviewingNetwork, animator: User
) -> None:
    first, second, kept, silent = (listed_supplier() for _ in range(4))
    keeper(kept)
    Supplier.objects.filter(pk=silent.pk).update(email="")
    for one in (first, second, kept, silent):
        networks.member(network, one)
    client = signed_in(animator)
    client.post(root(network, "/inviter"))
    # Two sheets, one address: one mail.
    mail = OutgoingMail.objects.get()
    assert mail.to_address == EMAIL
    assert slug_of(first.key) in mail.body
    assert slug_of(second.key) in mail.body
    again = actions.invite_members(by=animator, network=network)
    assert (again.sheets, again.recent, again.claimed, again.without_address) == (0, 2, 1, 1)
    other = networks.network("Autre")
    networks.member(other, first)
    assert actions.invite_members(by=networks.animator(other.organisation).user, network=other).recent == 1
    NetworkMember.objects.update(invited_at=None)
    assert mail.unsubscribe_url in mail.body
    path = "/ne-plus-me-solliciter/" + mail.unsubscribe_url.rpartition("/")[2]
    assert Client().get(path).status_code == 200
    assert actions.invite_members(by=animator, network=network, keys=[first.key]).sheets == 1
    NetworkMember.objects.update(invited_at=None)
    assert Client().post(path, {"ce-reseau": "1"}).status_code == 200
    assert actions.invite_members(by=animator, network=network).refused == 2
    # Another network may still write, until the whole topic, or everything, is refused.
    beside = networks.animator(other.organisation).user
    assert actions.invite_members(by=beside, network=other).sheets == 1
    NetworkMember.objects.update(invited_at=None)
    Client().post(path, {"tous": "1"})
    assert actions.invite_members(by=beside, network=other).refused == 1
