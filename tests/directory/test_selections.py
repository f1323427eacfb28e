"""Lists shared in a team and watched searches, seen by owner, colleague, outsider, and the same role elsewhere."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.accounts.models import User
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory import index
from levier.directory.index import SUPPLIERS
from levier.directory.models import ListEntry, SavedSearch, SupplierList
from levier.directory.results import slug_of
from levier.directory.selections import actions
from levier.directory.selections.actions import SelectionRefusedError
from levier.organisations.models import Organisation
from tests.factories import accounts as make
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db

CLEANS = {"sectors": ["nettoyage-locaux"], "activity_status": "stated", "departement_code": "59"}
CLEANING = "q=nettoyage"


@pytest.fixture
def place() -> Organisation:
    return make.organisation(name="Ville de Valmont")


@pytest.fixture
def people(place: Organisation) -> dict[str, User]:
    return {
        "author": make.member(place).user,
        "chief": make.member(place, is_admin=True).user,
        "colleague": make.member(place).user,
        "outsider": make.user(),
        "elsewhere": make.member(make.organisation(), is_admin=True).user,
    }


@pytest.fixture
def kept(people: dict[str, User], place: Organisation) -> SupplierList:
    return actions.create_list(by=people["author"], organisation=place, name="  Propreté   2027 ")


def indexed() -> None:
    """The index as it is now; a reader looks for a new one a few times a minute only."""
    SUPPLIERS.rebuild()
    index.engine().reload()


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


INSIDE = {"author", "chief", "colleague"}
EVERYBODY = ["author", "chief", "colleague", "outsider", "elsewhere"]


@pytest.mark.slow
@pytest.mark.parametrize("who", EVERYBODY)
def test_members_of_the_organisation_see_complete_and_export_a_list(
    who: str, people: dict[str, User], kept: SupplierList
) -> None:
    one = supplier(name="=Propre Nord")
    client = signed_in(people[who])
    is_inside = who in INSIDE
    asked = {"list": kept.pk, "f": slug_of(one.key), "note": "rappeler en mars"}
    assert client.post("/mes-listes/ajouter", asked).status_code == (302 if is_inside else 404)
    assert kept.entries.count() == is_inside
    page = client.get(f"/mes-listes/{kept.pk}")
    assert page.status_code == (200 if is_inside else 404)
    assert ("rappeler en mars" in page.content.decode()) == is_inside
    assert ("Propreté 2027" in client.get("/mes-listes").content.decode()) == is_inside
    file = client.get(f"/mes-listes/{kept.pk}.csv")
    assert file.status_code == (200 if is_inside else 404)
    book = client.get(f"/mes-listes/{kept.pk}.xlsx")
    assert book.status_code == (200 if is_inside else 404)
    assert client.get(f"/mes-listes/{kept.pk}.pdf").status_code == 404
    assert ("Supprimer pour tous" in page.content.decode()) == (who in {"author", "chief"})
    if is_inside:
        assert b"".join(book.streaming_content).startswith(b"PK")
        exported = b"".join(file.streaming_content).decode()
        assert (
            "'=Propre Nord" in exported and "Note de l’équipe" in exported and "rappeler en mars" in exported
        )
        entry = ListEntry.objects.get()
        assert client.post(f"/mes-listes/{kept.pk}/retirer", {"entry": entry.pk}).status_code == 302
        assert not kept.entries.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("author", 302), ("chief", 302), ("colleague", 403), ("outsider", 404), ("elsewhere", 404)],
)
def test_its_author_or_a_manager_deletes_a_list(
    who: str, status: int, people: dict[str, User], kept: SupplierList
) -> None:
    assert signed_in(people[who]).post(f"/mes-listes/{kept.pk}/supprimer").status_code == status
    assert SupplierList.objects.exists() == (status != 302)


def test_a_list_of_another_organisation_cannot_be_opened_by_naming_it(
    people: dict[str, User], place: Organisation
) -> None:
    asked = {"organisation": place.pk, "name": "À nous"}
    assert signed_in(people["elsewhere"]).post("/mes-listes", asked).status_code == 404
    assert not SupplierList.objects.exists()


def test_a_name_is_taken_once_and_an_entry_too(people: dict[str, User], kept: SupplierList) -> None:
    one = supplier()
    twin = {"organisation": kept.organisation_id, "name": "propreté 2027"}
    refused = signed_in(people["author"]).post("/mes-listes", twin)
    assert refused.status_code == 422
    assert "déjà une liste" in refused.content.decode()
    for expected in (1, 0):
        assert actions.add_to_list(by=people["author"], supplier_list=kept, keys=[one.key]) == expected
    hidden = supplier(is_listed=False)
    assert actions.add_to_list(by=people["author"], supplier_list=kept, keys=[hidden.key, "inconnu:EI"]) == 0


def test_a_list_has_an_end(
    people: dict[str, User], kept: SupplierList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_ENTRIES", 1)
    keys = [supplier().key, supplier().key]
    with pytest.raises(SelectionRefusedError, match="au plus 1 fournisseurs"):
        actions.add_to_list(by=people["author"], supplier_list=kept, keys=keys)
    assert not kept.entries.exists()


def test_the_page_of_a_list_asks_the_same_queries_whatever_its_length(
    people: dict[str, User], kept: SupplierList
) -> None:
    client = signed_in(people["author"])
    counts = []
    for _ in range(2):
        keys = [supplier().key for _ in range(3)]
        actions.add_to_list(by=people["author"], supplier_list=kept, keys=keys)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/mes-listes/{kept.pk}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_a_sheet_offers_the_lists_to_members_only(people: dict[str, User], kept: SupplierList) -> None:
    one = supplier()
    address = f"/fournisseurs/{slug_of(one.key)}"
    assert "Propreté 2027" in signed_in(people["colleague"]).get(address).content.decode()
    for outside in (Client(), signed_in(people["outsider"])):
        assert "Garder dans une liste" not in outside.get(address).content.decode()
    new = {"f": slug_of(one.key), "name": "Ouverte ici", "organisation": kept.organisation_id}
    assert signed_in(people["colleague"]).post("/mes-listes/ajouter", new).status_code == 302
    assert SupplierList.objects.get(name="Ouverte ici").entries.count() == 1


@pytest.mark.slow
def test_a_search_is_kept_once_and_is_the_person_s_alone(people: dict[str, User]) -> None:
    indexed()
    own = signed_in(people["author"])
    for _ in range(2):
        assert own.post("/mes-recherches", {"query": CLEANING, "name": "nettoyage"}).status_code == 302
    search = SavedSearch.objects.get()
    assert "nettoyage" in own.get("/mes-recherches").content.decode()
    for who in ("colleague", "chief", "elsewhere"):
        other = signed_in(people[who])
        assert other.post(f"/mes-recherches/{search.pk}", {"do": "forget"}).status_code == 404
        assert "Aucune recherche" in other.get("/mes-recherches").content.decode()
    own.post(f"/mes-recherches/{search.pk}", {"do": "silence"})
    assert not SavedSearch.objects.get().has_alert
    own.post(f"/mes-recherches/{search.pk}", {"do": "forget"})
    assert not SavedSearch.objects.exists()
    # What one looks for is nobody's business: the trail keeps the acts, not the words.
    assert not AuditEvent.objects.filter(details__icontains="nettoyage").exists()


@pytest.mark.parametrize("query", ["", "page=3", "rayon=7", "lieu=Zzyzx"])
def test_an_empty_or_unreadable_search_is_not_kept(query: str, people: dict[str, User]) -> None:
    indexed()
    with pytest.raises(SelectionRefusedError):
        actions.save_search(by=people["author"], query=query, name="x")


@pytest.mark.slow
def test_a_search_too_wide_is_kept_without_an_alert_and_says_so(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        supplier(**CLEANS)
    indexed()
    monkeypatch.setattr(actions, "MOST_WATCHED", 1)
    own = signed_in(people["author"])
    page = own.post("/mes-recherches", {"query": CLEANING, "name": "nettoyage"}, follow=True)
    assert actions.TOO_WIDE in page.content.decode()
    search = SavedSearch.objects.get()
    assert not search.has_alert and actions.tell_new_suppliers() == 0
    page = own.post(f"/mes-recherches/{search.pk}", {"do": "alert"}, follow=True)
    assert actions.TOO_WIDE in page.content.decode() and not SavedSearch.objects.get().has_alert


@pytest.mark.slow
def test_an_alert_names_who_is_new_once_and_again_never(people: dict[str, User]) -> None:
    supplier(name="Connue", **CLEANS)
    indexed()
    search = actions.save_search(by=people["author"], query=CLEANING, name="nettoyage")
    assert actions.tell_new_suppliers() == 0
    supplier(name="Nouvelle Propreté", **CLEANS)
    indexed()
    assert actions.tell_new_suppliers() == 1
    mail = OutgoingMail.objects.get()
    assert mail.to_address == people["author"].email
    assert mail.subject == "Un nouveau fournisseur : nettoyage"
    assert "/fournisseurs/" in mail.body and "Nettoyage de bureaux" in mail.body
    assert "Nouvelle Propreté" in mail.body and "Connue" not in mail.body
    assert f"/fournisseurs?{search.query}" in mail.body
    stop = mail.unsubscribe_url
    assert stop in mail.body
    stranger = Client(enforce_csrf_checks=True)
    assert "Ne plus recevoir ce courriel" in stranger.get(stop).content.decode()
    assert SavedSearch.objects.get().has_alert, "a GET changes nothing"
    assert stranger.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not SavedSearch.objects.get().has_alert
    assert stranger.post(stop[:-3] + "xyz").status_code == 404
    actions.set_alert(by=people["author"], search=SavedSearch.objects.get(), has_alert=True)
    assert actions.tell_new_suppliers() == 0
    search.refresh_from_db()
    actions.set_alert(by=people["author"], search=search, has_alert=False)
    supplier(name="Encore", **CLEANS)
    indexed()
    assert actions.tell_new_suppliers() == 0
    # Turned on again, it starts from that day.
    actions.set_alert(by=people["author"], search=search, has_alert=True)
    assert actions.tell_new_suppliers() == 0
    assert OutgoingMail.objects.count() == 1
