"""A house of many places: what a code opens, what a manager gives; and suppliers that no list gives a SIREN."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from levier.accounts.errors import RefusedError
from levier.accounts.models import Membership, Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.directory.models import Claim, SourceRecord, Supplier
from levier.directory.ownership import actions, queries
from levier.directory.ownership.reach import FEW_PLACES
from levier.directory.results import slug_of
from levier.directory.sources.publishing import merge_again
from levier.organisations.models import Organisation
from tests.directory.ownership.test_claims import asked, code_of, document
from tests.factories import accounts as make
from tests.factories.ownership import keeper, listed_supplier

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")


def house(places: int, domain: str = "{n}.antenne-essai.fr") -> list[Supplier]:
    """Establishments of one legal unit, each with an address of its own domain."""
    made = []
    for number in range(places):
        one = listed_supplier(
            email=f"accueil@{domain.format(n=f'a{number}')}", website=None, name=f"Antenne {number}"
        )
        first = made[0] if made else one
        siret = f"{first.siren}{number:05d}"
        Supplier.objects.filter(pk=one.pk).update(
            organisation=first.organisation, siren=first.siren, siret=siret, key=f"{siret}:EI"
        )
        one.refresh_from_db()
        made.append(one)
    return made


def proven(supplier: Supplier, address: str = "", by: User | None = None) -> Membership:
    claim = asked(supplier, address or supplier.email, by)
    membership = actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim))
    assert membership is not None
    return membership


def kept_by(user: User) -> set[str]:
    return set(queries.own_suppliers(user).values_list("key", flat=True))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_house_of_few_places_is_opened_whole_by_one_code() -> None:
    places = house(FEW_PLACES)
    membership = proven(places[0])
    assert membership.is_admin
    assert kept_by(membership.user) == {one.key for one in places}


def test_in_a_house_nobody_manages_a_document_gives_the_rest_and_the_members() -> None:
    """A code opens one place of a large house, and its keeper could invite nobody."""
    places = house(FEW_PLACES + 1)
    user = proven(places[2]).user
    client, address = signed_in(user), f"/mon-offre/demander/{slug_of(places[2].key)}"
    assert address in client.get(f"/mon-offre/fiche/{slug_of(places[2].key)}").content.decode()
    page = client.get(address).content.decode()
    assert ("toutes les siennes" in page, "Recevoir un code" in page) == (True, False)
    with pytest.raises(RefusedError, match="tenez déjà"):
        asked(places[2], places[2].email, user)
    claim = asked(places[2], "", user)
    actions.send_document(by=user, claim=claim, upload=document())
    actions.decide_on_document(by=make.user(is_staff=True), claim=claim, is_accepted=True)
    assert kept_by(user) == {one.key for one in places}
    assert Membership.objects.get(user=user).is_admin
    assert client.get(address).status_code == 302, "nothing is left to ask for"


@pytest.mark.slow
def test_in_a_house_of_many_places_a_code_opens_its_own_place_only() -> None:
    places = house(FEW_PLACES + 1)
    membership = proven(places[2])
    assert (membership.role, membership.is_admin) == (Role.SUPPLIER, False)
    assert kept_by(membership.user) == {places[2].key}
    client = signed_in(membership.user)
    assert client.get(f"/mon-offre/fiche/{slug_of(places[2].key)}").status_code == 200
    assert client.get(f"/mon-offre/fiche/{slug_of(places[1].key)}").status_code == 403
    assert client.post(f"/mon-offre/fiche/{slug_of(places[1].key)}/confirmer").status_code == 403
    # Its other place opens in turn with its own address, and the first one stays.
    proven(places[3], by=membership.user)
    assert kept_by(membership.user) == {places[2].key, places[3].key}


def test_the_kinds_of_the_place_and_the_places_of_the_same_mail_come_with_it() -> None:
    places = house(FEW_PLACES + 2)
    Supplier.objects.filter(pk=places[1].pk).update(siret=places[0].siret, key=f"{places[0].siret}:ACI")
    record = SourceRecord.objects.get(supplier=places[2])
    record.values["email"] = places[0].email
    record.save()
    assert kept_by(proven(places[0]).user) == {
        places[0].key, f"{places[0].siret}:ACI", places[2].key,
    }  # fmt: skip


def test_a_domain_that_every_place_shares_opens_them_all() -> None:
    places = house(FEW_PLACES + 1, domain="maison-essai.fr")
    membership = proven(places[4], "direction@maison-essai.fr")
    assert membership.is_admin
    assert len(kept_by(membership.user)) == len(places)


def test_the_head_office_opens_them_all() -> None:
    places = house(FEW_PLACES + 1)
    Supplier.objects.filter(pk=places[0].pk).update(profile={"legal_unit": {"head_office": "siège"}})
    places[0].refresh_from_db()
    assert len(kept_by(proven(places[0]).user)) == len(places)


@pytest.mark.slow
def test_who_proves_the_same_place_later_keeps_it_too_and_the_first_is_told() -> None:
    places = house(FEW_PLACES + 1)
    first = proven(places[0])
    second = proven(places[0])
    assert kept_by(first.user) == kept_by(second.user) == {places[0].key}
    told = OutgoingMail.objects.get(to_address=first.user.email)
    assert second.user.email in told.body


@pytest.mark.slow
def test_a_member_of_one_place_gives_nothing_and_opens_nothing_to_others() -> None:
    places = house(FEW_PLACES + 1)
    member = proven(places[0])
    other = make.member(member.organisation, role=Role.SUPPLIER)
    with pytest.raises(RefusedError):
        actions.decide_on_rival(by=member.user, claim=asked(places[1], ""), is_accepted=True)
    assert signed_in(member.user).get(f"/mon-offre/equipe/{other.pk}").status_code == 403
    # Whoever proves the whole house comes after it, and manages it.
    assert proven(places[1], by=make.user()).is_admin is False
    Supplier.objects.filter(pk=places[5].pk).update(profile={"legal_unit": {"head_office": "siège"}})
    places[5].refresh_from_db()
    assert proven(places[5]).is_admin


@pytest.mark.slow
@pytest.mark.parametrize(("is_whole", "sheets"), [(True, FEW_PLACES + 1), (False, 1)])
def test_who_reads_a_document_chooses_how_far_it_goes(is_whole: bool, sheets: int) -> None:
    places = house(FEW_PLACES + 1)
    claim = asked(places[0], "")
    actions.send_document(by=claim.user, claim=claim, upload=document())
    client = signed_in(make.user(is_staff=True))
    page = client.get(f"/mon-offre/relecture/{claim.pk}").content.decode()
    assert "pour cet établissement seulement" in page
    sent = {"reponse": "oui", "portee": "siren" if is_whole else "fiche"}
    assert client.post(f"/mon-offre/relecture/{claim.pk}", sent).status_code == 302
    assert len(kept_by(claim.user)) == sheets
    assert Membership.objects.get(user=claim.user).is_admin is is_whole


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "sheets"), [("fiche", 1), ("oui", FEW_PLACES + 1)])
def test_a_manager_accepts_somebody_for_one_sheet_or_all(answer: str, sheets: int) -> None:
    places = house(FEW_PLACES + 1)
    owner = keeper(places[0])
    claim = asked(places[3])
    assert claim.proof == Claim.Proof.MANAGERS
    client = signed_in(owner.user)
    assert "Accepter pour cette fiche" in client.get("/mon-offre/?toutes=1").content.decode()
    assert client.post(f"/mon-offre/demande/{claim.pk}/reponse", {"reponse": answer}).status_code == 302
    assert len(kept_by(claim.user)) == sheets


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("colleague", 403), ("self", 403), ("buyer", 404), ("outsider", 404), ("rival", 404)],
)
def test_only_who_manages_chooses_the_sheets_of_a_colleague(who: str, status: int) -> None:
    places = house(3)
    colleague = keeper(places[0], is_admin=False)
    people = {
        "owner": lambda: keeper(places[0]).user,
        "colleague": lambda: keeper(places[0], is_admin=False).user,
        "self": lambda: colleague.user,
        "buyer": lambda: keeper(places[0], role=Role.BUYER).user,
        "outsider": make.user,
        "rival": lambda: keeper(listed_supplier()).user,
    }
    client = signed_in(people[who]())
    address = f"/mon-offre/equipe/{colleague.pk}"
    assert client.get(address).status_code == status
    sent = {"portee": "fiches", "fiches": [places[1].pk]}
    assert client.post(address, sent).status_code == (302 if status == 200 else status)
    assert kept_by(colleague.user) == ({places[1].key} if status == 200 else {one.key for one in places})


@pytest.mark.slow
def test_sheets_are_given_back_and_those_of_others_are_refused() -> None:
    places = house(3)
    owner, colleague = keeper(places[0]), keeper(places[0], is_admin=False)
    with pytest.raises(RefusedError, match="pas à votre organisation"):
        actions.choose_sheets(by=owner.user, membership=colleague, sheets=[listed_supplier()])
    actions.choose_sheets(by=owner.user, membership=colleague, sheets=[])
    assert kept_by(colleague.user) == set()
    client = signed_in(owner.user)
    assert "aucune fiche" in client.get("/mon-offre/equipe/").content.decode()
    assert client.post(f"/mon-offre/equipe/{colleague.pk}", {"portee": "toutes"}).status_code == 302
    assert len(kept_by(colleague.user)) == 3
    # Who manages the members keeps every sheet.
    with pytest.raises(RefusedError, match="tient toutes les fiches"):
        actions.choose_sheets(by=owner.user, membership=keeper(places[0]), sheets=[places[0]])


def numberless(**said: Any) -> Supplier:
    """A place that its list names without SIREN."""
    supplier = listed_supplier("ESAT", **said)
    Supplier.objects.filter(pk=supplier.pk).update(
        organisation=None, establishment=None, siren=None, siret=None, key=f"finess-59{supplier.pk:07d}:ESAT"
    )
    record = SourceRecord.objects.get(supplier=supplier)
    record.values = {name: value for name, value in record.values.items() if name not in {"siren", "siret"}}
    record.save()
    supplier.refresh_from_db()
    return supplier


@pytest.mark.slow
def test_a_place_without_siren_gets_an_organisation_that_an_import_leaves_it() -> None:
    supplier = numberless()
    membership = proven(supplier)
    supplier.refresh_from_db()
    assert membership.is_admin
    assert supplier.organisation == membership.organisation
    assert membership.organisation.siren is None
    merge_again([supplier.pk], date(2027, 1, 1))
    actions.state_groups(by=BY, supplier=supplier, groups={"description": "Nous"})
    supplier.refresh_from_db()
    assert supplier.organisation == membership.organisation
    assert signed_in(membership.user).get(f"/mon-offre/fiche/{slug_of(supplier.key)}").status_code == 200


def test_a_siret_given_with_the_code_becomes_a_fact_said_by_the_supplier() -> None:
    supplier, siren = numberless(), make.valid_siren()
    claim = actions.ask_for_sheet(by=make.user(), supplier=supplier, address=supplier.email, number=siren)
    assert actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim))
    supplier.refresh_from_db()
    assert supplier.siren == siren
    assert supplier.organisation == Organisation.objects.get(siren=siren)
    assert kept_by(claim.user) == {supplier.key}


def test_a_code_never_leads_into_the_house_of_somebody_else() -> None:
    """Proving one's own mailbox says nothing of the number one types."""
    supplier, other = numberless(), listed_supplier()
    assert other.siren
    with pytest.raises(RefusedError, match="envoyez un justificatif"):
        actions.ask_for_sheet(by=make.user(), supplier=supplier, address=supplier.email, number=other.siren)
    # By a document, its reader sees the number and chooses.
    claim = actions.ask_for_sheet(by=make.user(), supplier=supplier, number=other.siren)
    assert (claim.proof, claim.organisation) == (Claim.Proof.DOCUMENT, None)
    actions.send_document(by=claim.user, claim=claim, upload=document())
    actions.decide_on_document(by=make.user(is_staff=True), claim=claim, is_accepted=True, is_whole=False)
    assert kept_by(claim.user) == {supplier.key}
    assert not Membership.objects.get(user=claim.user).is_admin


def test_the_managers_of_the_number_are_asked() -> None:
    supplier, other = numberless(), listed_supplier()
    owner = keeper(other)
    claim = actions.ask_for_sheet(
        by=make.user(), supplier=supplier, address=supplier.email, number=other.siren or ""
    )
    assert (claim.proof, claim.organisation) == (Claim.Proof.MANAGERS, other.organisation)
    actions.decide_on_rival(by=owner.user, claim=claim, is_accepted=True, is_whole=False)
    supplier.refresh_from_db()
    assert supplier.organisation == other.organisation
    assert kept_by(claim.user) == {supplier.key}
    assert kept_by(owner.user) == {supplier.key, other.key}


def test_a_number_taken_while_the_code_was_on_its_way_is_refused() -> None:
    supplier, siren = numberless(), make.valid_siren()
    claim = actions.ask_for_sheet(by=make.user(), supplier=supplier, address=supplier.email, number=siren)
    place = Organisation.objects.create(siren=siren, name="Une autre")
    make.member(place, role=Role.BUYER)
    with pytest.raises(RefusedError, match="envoyez un justificatif"):
        actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim))


@pytest.mark.slow
def test_the_page_asks_for_the_number_and_checks_it() -> None:
    supplier = numberless()
    client = signed_in(make.user())
    address = f"/mon-offre/demander/{slug_of(supplier.key)}"
    assert "Aucune liste ne le donne" in client.get(address).content.decode()
    wrong = client.post(address, {"preuve": supplier.email, "numero": "123456789"})
    assert wrong.status_code == 422
    assert "n’est pas valable" in wrong.content.decode()
    assert client.post(address, {"preuve": supplier.email, "numero": ""}).status_code == 302
    assert (
        "numero" not in client.get(f"/mon-offre/demander/{slug_of(listed_supplier().key)}").content.decode()
    )
