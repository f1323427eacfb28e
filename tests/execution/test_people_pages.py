"""Pages of the people a structure follows: from a name to a decision, who opens them, what a wrong answer is told."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.execution.actions import name_rules
from levier.execution.models import Entry, EntryState, Participant, PeopleAccess
from levier.execution.people.scope import acting
from tests.factories import people as make
from tests.factories.accounts import member, user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def answers(where: make.Place, **changes: Any) -> dict[str, Any]:
    return {
        "contract": f"{where.contract.pk}:{where.contract.holder_id}", "rules": "ccag_2021",
        "employer_kind": "DIRECT", "modality": "embauche", "entry_on": "2026-03-02", "allocations": ["rsa"],
        "proof_kind": "caf_rsa", "proof_issued_on": "2026-01-15", "proof_seen_on": "2026-02-20",
    } | changes  # fmt: skip


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


@pytest.mark.slow
def test_from_a_name_to_a_decision() -> None:
    where = make.place()
    client = as_user(where.facilitator)
    assert "Personne pour l’instant" in text(client.get("/suivi/personnes"))
    given = {
        "given_name": make.GIVEN, "family_name": make.FAMILY, "birth_on": "1990-05-04", "sex": "F", "email": "",
        "follower": where.structure.pk,
    }  # fmt: skip
    made = client.post("/suivi/personnes/nouvelle", given)
    assert made.status_code == 302
    address = made["Location"]
    client.post(f"{address}/note", {"on": timezone.localdate().isoformat(), "way": "main"})
    tried = text(client.post(f"{address}/entree", answers(where, essayer="1")))
    assert "Éligible jusqu’au 01/03/2028" in tried.replace("&#x27;", "'")
    with acting(followers=[where.structure.pk]):
        assert not Entry.objects.exists()
    assert client.post(f"{address}/entree", answers(where)).status_code == 302
    page = text(client.get(address))
    assert "Bénéficiaire du RSA" in page and "Valider l’entrée" in page
    with acting(followers=[where.structure.pk]):
        entry = Entry.objects.get()
    client.post(f"/suivi/personnes/entrees/{entry.pk}/decider", {"decision": "valider"})
    client.post(f"/suivi/personnes/entrees/{entry.pk}/sortie", {"on": "2026-09-01"})
    with acting(followers=[where.structure.pk]):
        entry.refresh_from_db()
    assert (entry.state, str(entry.left_on)) == (EntryState.VALID, "2026-09-01")
    assert make.FAMILY in text(client.get("/suivi/personnes"))
    assert {"suivi", "validation"} == set(PeopleAccess.objects.values_list("purpose", flat=True))


@pytest.mark.slow
def test_an_entry_is_read_by_the_rules_of_its_contract_and_by_two_proofs() -> None:
    where = make.place()
    name_rules(by=where.buyer, contract=where.contract, publics_rule="local_vaucluse")
    who = make.participant(where, birth_on=date(2004, 5, 4))
    young = answers(
        where, rules="", allocations=["aucune"], out_of_school_on="2025-06-30", in_job_search="oui", level="4",
        proof_kind="identity", proof_issued_on="2020-01-01", proof_valid_to="2030-01-01",
    )  # fmt: skip
    other = {
        "other_proof_kind": "mission_locale",
        "other_proof_issued_on": "2026-02-01",
        "other_proof_seen_on": "2026-02-20",
    }
    client, at = as_user(where.facilitator), f"/suivi/personnes/{who.pk}/entree"
    one = text(client.post(at, young | {"essayer": "1"}))
    assert "reste à prouver" in one and "(Exemple de liste locale (Vaucluse))" in one
    assert "Éligible jusqu’au" in text(client.post(at, young | other | {"essayer": "1"}))


@pytest.mark.slow
def test_a_copy_of_everything_is_made_for_who_has_no_phone() -> None:
    where = make.place()
    who = make.participant(where)
    make.entry(where, who, facts=make.rsa(qpv=True))
    client, at = as_user(where.facilitator), f"/suivi/personnes/{who.pk}/donnees"
    page, whole = text(client.get(at)), client.get(f"{at}.json").json()
    assert make.FAMILY in page and "Bénéficiaire du RSA" in page
    assert whole["Où j’habitais le jour de l’entrée"][0]["Quartier prioritaire (QPV)"] == "oui"
    assert whole["Qui a ouvert ma fiche"][0]["Pourquoi"] == "Export"


@pytest.mark.slow
def test_who_opens_the_pages() -> None:
    where, elsewhere = make.place(), make.place()
    who = make.participant(where)
    entry = make.entry(where, who)
    pages = [f"/suivi/personnes/{who.pk}{page}" for page in ("", "/entree", "/donnees", "/donnees.json")]
    acts = [
        f"/suivi/personnes/{who.pk}/note",
        f"/suivi/personnes/entrees/{entry.pk}/decider",
        f"/suivi/personnes/entrees/{entry.pk}/sortie",
        f"/suivi/personnes/entrees/{entry.pk}/contrat-de-travail",
    ]
    for page in pages:
        assert as_user(where.facilitator).get(page).status_code == 200
        assert as_user(elsewhere.facilitator).get(page).status_code == 404
        for other in (member(where.structure, role=Role.BUYER).user, where.buyer, where.company, user()):
            assert as_user(other).get(page).status_code == 403
        assert Client().get(page)["Location"].startswith("/compte/connexion/")
    for act in acts:
        assert as_user(elsewhere.facilitator).post(act, {"decision": "valider"}).status_code == 404
        assert as_user(where.buyer).post(act, {"decision": "valider"}).status_code == 403
        assert as_user(where.facilitator).get(act).status_code == 405
    with acting(followers=[where.structure.pk]):
        assert Entry.objects.get().state == EntryState.WAITING


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"entry_on": ""}, "Donnez le jour de l’entrée"),
        ({"entry_on": "hier"}, "n’est pas lisible"),
        ({"rules": "lune"}, "Choisissez une réponse de la liste"),
        ({"contract": "999:1"}, "Choisissez une réponse de la liste"),
        ({"allocations": ["rsa", "aucune"]}, "ne va pas avec une autre réponse"),
        ({"registered_on": "2025-01-01", "not_registered": "on"}, "Gardez une seule des deux"),
        ({"first_clause_hire_on": "2027-01-01"}, "suit l"),
        ({"entry_on": "2019-01-01"}, "ne vaut pas au 01/01/2019"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_written(changes: dict[str, Any], told: str) -> None:
    where = make.place()
    who = make.participant(where)
    response = as_user(where.facilitator).post(f"/suivi/personnes/{who.pk}/entree", answers(where, **changes))
    assert response.status_code == 422
    assert told in text(response)
    with acting(followers=[where.structure.pk]):
        assert not Entry.objects.exists()


@pytest.mark.slow
def test_a_number_in_a_name_is_refused() -> None:
    where = make.place()
    given = {
        "given_name": "Ali", "family_name": "185057800608436", "birth_on": "1990-05-04",
        "follower": where.structure.pk,
    }  # fmt: skip
    response = as_user(where.facilitator).post("/suivi/personnes/nouvelle", given)
    assert response.status_code == 422 and "aucun numéro" in text(response)
    with acting(is_retention=True):
        assert not Participant.objects.exists()


@pytest.mark.slow
def test_the_list_costs_the_same_for_one_person_or_ten(django_assert_num_queries: Any) -> None:
    where = make.place()
    client = as_user(where.facilitator)
    client.get("/suivi/personnes")
    for _ in range(10):
        make.entry(where)
    with django_assert_num_queries(14):
        assert client.get("/suivi/personnes").content.count(b'scope="row"') == 10
