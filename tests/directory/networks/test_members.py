"""Members of a network: four people, a list read line by line, removal and its undo, what the supplier says."""

import io
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.accounts.errors import RefusedError
from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory.models import AwaitedMember, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks import actions
from levier.directory.networks.queries import member_suppliers
from levier.directory.results import slug_of
from levier.organisations.identifiers import is_valid_siret
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


def csv_of(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("membres.csv", "\n".join(lines).encode("cp1252"))


def elsewhere(one: Supplier) -> str:
    """A right SIRET of the same company that no sheet has."""
    return next(f"{one.siren}{nic:05d}" for nic in range(500, 600) if is_valid_siret(f"{one.siren}{nic:05d}"))


def carried(page: Any) -> dict[str, str]:
    """What the preview sends back."""
    return {"etape": "importer", "liste": page.context["carried"]}


@pytest.mark.slow
def test_a_list_is_shown_line_by_line_before_anything_is_written(
    network: ReviewingNetwork, animator: User
) -> None:
    alone, second = listed_supplier(), listed_supplier()
    sheets = [
        supplier(kind=kind, siren=second.siren, siret=f"{second.siren}000{number}", name=f"Chantier {number}")
        for number, kind in ((20, "ACI"), (38, "EI"))
    ]
    client = signed_in(animator)
    page = client.post(
        root(network, "/importer"),
        {
            "file": csv_of(
                "SIRET;Nom",
                f"{alone.siret};Première élève",
                f"{second.siren};Groupe",
                f"{elsewhere(second)};Ailleurs",
                f"{ABSENT};Inconnue",
                "12345678901234;Faux",
                ";Sans numéro",
                f"{alone.siret};Répétée",
            )
        },
    )
    assert page.status_code == 200
    text = page.content.decode()
    reading = page.context["reading"]
    assert [one.line.line for one in reading.new] == [2]
    assert [one.line.line for one in reading.to_choose] == [3, 4]
    assert [one.is_ticked for one in reading.to_choose] == [True, False]
    assert [(one.line.line, one.meaning) for one in reading.set_aside] == [(6, "wrong"), (7, "without")]
    assert [one.line.line for one in reading.unknown] == [5]
    assert reading.repeated == 1
    assert "Première élève" not in text or "ligne 2" in text
    assert "Numéro faux" in text
    assert not NetworkMember.objects.exists()
    done = client.post(
        root(network, "/importer"), carried(page) | {"f": [sheets[0].key, "inventee:EI"], "attendre": "1"}
    )
    assert done.status_code == 302
    assert set(member_suppliers(network.organisation_id)) == {alone, sheets[0]}
    assert [(one.number, one.label) for one in AwaitedMember.objects.all()] == [(ABSENT, "Inconnue")]
    assert AuditEvent.objects.get(verb="directory.import_members").details == {
        "added": 2, "removed": 0, "awaited": 1,
    }  # fmt: skip


@pytest.mark.slow
def test_importing_again_changes_nothing_and_removes_only_what_is_ticked(
    network: ReviewingNetwork, animator: User
) -> None:
    stays, leaves, unticked = listed_supplier(), listed_supplier(), listed_supplier()
    for one in (stays, leaves, unticked):
        networks.member(network, one)
    client = signed_in(animator)
    page = client.post(root(network, "/importer"), {"numbers": f"{stays.siret} Toujours là"})
    assert not page.context["reading"].new
    assert {one.key for one in page.context["reading"].leaving} == {leaves.key, unticked.key}
    client.post(root(network, "/importer"), carried(page))
    assert member_suppliers(network.organisation_id).count() == 3
    client.post(root(network, "/importer"), carried(page) | {"partir": [leaves.key, stays.key]})
    assert set(member_suppliers(network.organisation_id)) == {stays, unticked}


def test_who_said_no_is_never_brought_back_by_a_list(network: ReviewingNetwork, animator: User) -> None:
    one = listed_supplier()
    networks.member(network, one, state=State.DISOWNED)
    page = signed_in(animator).post(root(network, "/importer"), {"numbers": one.siret})
    assert [line.meaning for line in page.context["reading"].set_aside] == ["disowned"]
    done = actions.import_members(by=animator, network=network, suppliers=[one])
    assert done.added == 0
    with pytest.raises(RefusedError, match="elle seule"):
        actions.add_member(by=animator, network=network, supplier=one)


def workbook(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("membres.xlsx", out.getvalue())


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Collez une liste ou donnez un fichier."),
        ({"numbers": "   "}, "Collez une liste ou donnez un fichier."),
        ({"numbers": "rien que des mots"}, "Aucun SIRET"),
        ({"file": SimpleUploadedFile("a.xlsx", b"pas un classeur")}, "ne s’ouvre pas"),
        ({"file": SimpleUploadedFile("a.csv", b"a\x00b")}, "pas un tableau"),
        ({"file": SimpleUploadedFile("vide.csv", b"")}, "vide"),
        ({"numbers": "\n".join(["552081317 x"] * 3_001)}, "Au plus 3\u202f000 lignes"),
        ({"etape": "importer", "liste": "[[1, 2"}, "donnez de nouveau votre liste"),
        ({"etape": "importer", "liste": '{"a": 1}'}, "donnez de nouveau votre liste"),
    ],
)
def test_a_list_that_cannot_be_read_gets_a_sentence(
    network: ReviewingNetwork, animator: User, sent: dict[str, Any], sentence: str
) -> None:
    page = signed_in(animator).post(root(network, "/importer"), sent)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not NetworkMember.objects.exists()


def test_a_workbook_that_kept_numbers_as_numbers_is_read(network: ReviewingNetwork, animator: User) -> None:
    one = listed_supplier()
    page = signed_in(animator).post(
        root(network, "/importer"),
        {"file": workbook(("Adhérent", "SIRET"), ("Ateliers", float(one.siret or 0)))},
    )
    assert [line.cards[0].key for line in page.context["reading"].new] == [one.key]


def test_kinds_the_network_gathers_decide_between_two_sheets_of_one_place(animator: User) -> None:
    network = networks.network("Fédération des EA", gathers=["EA"])
    user = networks.animator(network.organisation).user
    one = listed_supplier(kind="EA")
    supplier(kind="ESS", siren=one.siren, siret=one.siret)
    page = signed_in(user).post(root(network, "/importer"), {"numbers": one.siret})
    assert [line.cards[0].key for line in page.context["reading"].new] == [one.key]


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
    stop = next(line for line in mail.body.splitlines() if "/invitations/arret/" in line)
    path = "/invitations" + stop.partition("/invitations")[2]
    assert Client().get(path).status_code == 200
    assert actions.invite_members(by=animator, network=network, keys=[first.key]).sheets == 1
    NetworkMember.objects.update(invited_at=None)
    assert Client().post(path).status_code == 200
    assert actions.invite_members(by=animator, network=network).refused == 2
    assert Client().get("/invitations/arret/faux").status_code == 404
