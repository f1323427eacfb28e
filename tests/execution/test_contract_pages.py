"""Pages of contracts: who opens what, what each shows, how many queries, what a form refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.execution import actions
from levier.execution.actions import ContactPerson
from levier.execution.models import Contract, ContractContact, LedgerHead, LedgerPosting
from levier.organisations.models import Organisation
from levier.purchasing.models import PurchaseState
from tests.factories import execution as make
from tests.factories import purchases
from tests.factories.accounts import member, organisation, user, valid_siren
from tests.factories.needs import buyer
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


class Scene:
    """A contract with its three sides, one person at work, and strangers."""

    def __init__(self) -> None:
        self.town, self.desk, self.firm = (
            organisation(name="Ville"),
            organisation(),
            organisation(name="Nord BTP"),
        )
        self.contract = make.contract(buyer=self.town, facilitator=self.desk, holder=self.firm)
        self.commitment = self.contract.commitments.get()
        self.owner, self.helper = buyer(self.town), purchases.facilitator(self.desk)
        self.company = make.contractor(self.firm)
        name_contact(self.contract, self.company)
        self.month = make.month(151, employer=self.firm)
        self.line = actions.post_done(
            by=self.helper,
            commitment=self.commitment,
            month=self.month,
            hours=Decimal("70.5"),
            evidence="declared",
        )
        self.due = self.commitment.postings.get(kind="due")


def name_contact(contract: Contract, person: User) -> None:
    actions.set_contacts(
        by=user(), contract=contract, side="titulaire",
        people={"referent": ContactPerson(name="Sasha", email=person.email.upper())},
    )  # fmt: skip


@pytest.mark.slow
def test_four_people_in_front_of_a_contract() -> None:
    scene = Scene()
    at = f"/contrats/{scene.contract.pk}"
    everybody = [at, f"{at}/ecritures.csv", f"{at}/ecritures.xlsx"]
    both = [
        f"{at}/{page}"
        for page in ("pieces/nouvelle", "avenants/nouveau", "contacts/titulaire", "sous-traitants/nouveau")
    ]
    both.append(f"{at}/regles")
    of_buyer, of_desk = (f"/contrats/ecritures/{line.pk}/annuler" for line in (scene.due, scene.line))
    tranche = f"{at}/engagements/nouveau"
    strangers = [buyer(), purchases.facilitator(), make.contractor(organisation()), user(is_staff=True)]
    # Of the firm, with the role, but nobody of the contract named them: whoever typed a SIREN first learns nothing.
    strangers.append(make.contractor(scene.firm))
    colleague = member(scene.town, role=Role.SUPPLIER).user
    for page in [*everybody, *both, tranche, of_buyer, of_desk]:
        for person, opens in (
            (scene.owner, page != of_desk),
            (scene.helper, page not in {of_buyer, tranche}),
            (scene.company, page in everybody),
            (colleague, False),
        ):
            assert as_user(person).get(page).status_code == (200 if opens else 403), (page, person)
        for stranger in strangers:
            assert as_user(stranger).get(page).status_code == 404, page
        assert Client().get(page)["Location"].startswith("/compte/connexion/")
    for person, shown in (
        (scene.owner, 1),
        (scene.helper, 1),
        (scene.company, 1),
        (strangers[-1], 0),
        (colleague, 0),
    ):
        html = as_user(person).get("/contrats").content.decode()
        assert (f'href="{at}"' in html) is bool(shown), person


@pytest.mark.slow
def test_nobody_else_acts_on_a_contract() -> None:
    scene = Scene()
    change = actions.propose_amendment(
        by=scene.helper,
        commitment=scene.commitment,
        reference="A1",
        signed_on=date(2026, 5, 1),
        hours_change=Decimal(20),
    )
    order = actions.add_order(
        by=scene.owner, contract=scene.contract, nature="commande", reference="BC1", dated_on=date(2026, 5, 1),
        amount_ht=Decimal(100),
    )  # fmt: skip
    decide, cancel = f"/contrats/avenants/{change.pk}/decider", f"/contrats/pieces/{order.pk}/annuler"
    back = f"/contrats/ecritures/{scene.line.pk}/annuler"
    posted = {"decision": "oui", "reason": "erreur"}
    for stranger in (buyer(), purchases.facilitator(), make.contractor(scene.firm)):
        for act in (decide, cancel, back):
            assert as_user(stranger).post(act, posted).status_code == 404
    assert as_user(scene.helper).post(decide, posted).status_code == 403
    assert as_user(scene.company).post(cancel, posted).status_code == 403
    assert as_user(scene.owner).post(back, posted).status_code == 403
    assert as_user(scene.owner).get(decide).status_code == 405
    head = LedgerHead.objects.get(pk=scene.commitment.pk)
    assert (head.due, head.done) == (480, Decimal("70.5"))
    assert as_user(scene.owner).post(decide, posted).status_code == 302
    assert as_user(scene.helper).post(back, posted).status_code == 302
    assert as_user(scene.helper).post(cancel, posted).status_code == 302
    head.refresh_from_db()
    assert (head.due, head.done) == (500, 0)


@pytest.mark.slow
def test_the_managers_of_a_named_firm_share_its_contracts() -> None:
    contract = make.contract()
    manager = member(contract.holder, role=Role.CONTRACTOR, is_admin=True).user
    colleague = make.contractor(contract.holder)
    name_contact(contract, manager)
    assert as_user(colleague).get(f"/contrats/{contract.pk}").status_code == 200
    ContractContact.objects.all().delete()
    assert as_user(manager).get(f"/contrats/{contract.pk}").status_code == 404


@pytest.mark.slow
def test_a_co_contractor_opens_the_contract_by_its_own_address() -> None:
    firm = organisation()
    person = make.contractor(firm)
    given = actions.Member(organisation=firm, share_rate=Decimal("0.3"), email=person.email)
    contract = make.contract(members=[given])
    assert as_user(person).get(f"/contrats/{contract.pk}").status_code == 200
    assert as_user(make.contractor(firm)).get(f"/contrats/{contract.pk}").status_code == 404


@pytest.mark.slow
def test_only_the_facilitator_and_the_employer_see_each_person() -> None:
    scene = Scene()
    person = str(scene.month.participant_id)[:8]
    at = f"/contrats/{scene.contract.pk}"
    for reader, sees in ((scene.helper, True), (scene.company, True), (scene.owner, False)):
        client = as_user(reader)
        html = client.get(at).content.decode()
        csv = client.get(f"{at}/ecritures.csv").content.decode("utf-8-sig")
        assert (person in html) is sees and (person in csv) is sees
        assert "70,5" in html and "70,50" in csv
    other = organisation()
    actions.post_done(
        by=scene.helper, commitment=scene.commitment, month=make.month(20, employer=other), hours=Decimal(20),
        evidence="documented",
    )  # fmt: skip
    html = as_user(scene.company).get(at).content.decode()
    assert html.count("participant ") == 1 and "total du mois" in html


@pytest.mark.slow
def test_the_page_says_what_is_left_and_how_it_is_proved() -> None:
    scene = Scene()
    html = as_user(scene.helper).get(f"/contrats/{scene.contract.pk}").content.decode()
    for said in (
        "480",
        "70,5",
        "409,5",
        "semaines jusqu’à la fin",
        "Déclarées",
        "Prochaine déclaration",
        "Tête de chaîne",
    ):
        assert said in html, said
    assert LedgerHead.objects.get(pk=scene.commitment.pk).hash in html
    actions.reverse(by=scene.helper, posting=scene.line, reason="doublon")
    html = as_user(scene.helper).get(f"/contrats/{scene.contract.pk}").content.decode()
    assert "annule l’écriture 2" in html and "annulée par l’écriture 3" in html
    assert (
        "annule l’écriture" not in as_user(scene.owner).get(f"/contrats/{scene.contract.pk}").content.decode()
    )


@pytest.mark.slow
def test_the_same_queries_whatever_the_size(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    scene = Scene()
    client = as_user(scene.helper)
    client.get("/contrats")
    for count in (1, 5):
        for _ in range(count):
            make.contract(buyer=scene.town, facilitator=scene.desk)
            actions.post_done(
                by=scene.helper,
                commitment=scene.commitment,
                month=make.month(10),
                hours=Decimal(5),
                evidence="declared",
            )
        with django_assert_num_queries(14):
            client.get("/contrats")
        with django_assert_num_queries(17):
            assert client.get(f"/contrats/{scene.contract.pk}").status_code == 200


def award_form(**changes: Any) -> dict[str, Any]:
    return {
        "holder_siren": valid_siren(), "holder_name": "Nord BTP", "title": "Nettoyage", "notified_on": "2026-10-01",
        "starts_on": "2026-11-01", "ends_on": "2028-10-31", "kind": "fixe", "hours": "480,5", "basis": "commande",
        "reporting_period": "trimestre", "reporting_due_day": "15", "referent_name": "Sasha",
        "referent_email": "sasha@nord-btp.invalid",
    } | changes  # fmt: skip


@pytest.mark.slow
def test_a_buyer_awards_a_lot_from_its_page() -> None:
    town, desk = organisation(), organisation()
    purchase = purchases.purchase(town, state=PurchaseState.PUBLISHED, facilitator=desk)
    purchases.contacts(purchase)
    lot = purchase.lots.get()
    owner, helper = as_user(buyer(town)), as_user(purchases.facilitator(desk))
    at = f"/achats/lots/{lot.pk}/attribuer"
    assert at in owner.get(f"/achats/{purchase.pk}").content.decode()
    assert at not in helper.get(f"/achats/{purchase.pk}").content.decode()
    assert helper.get(at).status_code == 403 and as_user(buyer()).get(at).status_code == 404
    assert owner.get(at).status_code == 200
    member_form = {"member1_siren": valid_siren(), "member1_name": "Second", "member1_share": "25"}
    assert owner.post(at, award_form(**member_form)).status_code == 302
    contract = Contract.objects.get()
    assert (contract.lot_id, contract.facilitator_id, contract.regime) == (lot.pk, desk.pk, "public")
    assert [one.hours for one in contract.commitments.all()] == [Decimal("360.37"), Decimal("120.13")]
    assert contract.contacts.count() == 3
    page = helper.get(f"/achats/{purchase.pk}").content.decode()
    assert "Attribué à Nord BTP" in page and f"/contrats/{contract.pk}" in page
    back = {"etape": "depublier", "mot": "Déclarée trop tôt."}
    said = owner.post(f"/achats/{purchase.pk}/avancer", back, follow=True).content.decode()
    assert "On ne peut plus revenir en arrière : le lot 1 a un contrat avec Nord BTP." in said.replace(
        "\u202f", " "
    ).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("levers", "hours", "is_said"), [(["L2113-12"], None, True), (["L2113-12", "L2112-2"], 300, False)]
)
def test_the_award_of_a_reserved_lot_says_no_hours_are_due_and_proposes_the_end_of_the_texts(
    levers: list[str], hours: int | None, is_said: bool
) -> None:
    town = organisation()
    purchase = purchases.purchase(town, state=PurchaseState.PUBLISHED)
    lot = purchase.lots.get()
    lot.starts_on, lot.months = date(2027, 9, 1), Decimal(36)
    lot.save()
    LotChoice.objects.create(lot=lot, kind=ChoiceKind.DECISION, levers=levers, hours=hours)
    page = as_user(buyer(town)).get(f"/achats/lots/{lot.pk}/attribuer").content.decode()
    assert ("Ce lot est réservé : aucune heure" in page) is is_said
    assert "2030-08-31" in page


@pytest.mark.slow
def test_the_award_refuses_in_one_sentence_and_leaves_nothing() -> None:
    town = organisation()
    purchase = purchases.purchase(town, state=PurchaseState.PUBLISHED)
    client, at = as_user(buyer(town)), f"/achats/lots/{purchase.lots.get().pk}/attribuer"
    before = Organisation.objects.count()
    for changes, said in (
        ({"holder_siren": "123"}, "neuf chiffres"),
        ({"holder_name": ""}, "donnez aussi le nom"),
        ({"hours": ""}, "Donnez le nombre d’heures dues"),
        ({"hours": "beaucoup"}, "n’est pas un nombre"),
        ({"ends_on": "2026-01-01"}, "finit avant de commencer"),
        ({"notified_on": "2098-01-05"}, "enregistrez le contrat une fois notifié"),
        ({"holder_siren": town.siren}, "son propre contrat"),
        ({"kind": "part", "rate": "120"}, "entre 0 et 100"),
        ({"kind": "montant", "hours_per_tranche": "1"}, "montant d’une tranche"),
        ({"member1_siren": valid_siren(), "member1_name": "S"}, "sa part écrite"),
        ({"referent_email": "", "referent_name": "Sasha"}, "une adresse électronique ou un téléphone"),
    ):
        answer = client.post(at, award_form(**changes))
        assert answer.status_code == 422 and said in answer.content.decode(), said
        assert "Nettoyage" in answer.content.decode()
    assert not Contract.objects.exists() and not LedgerPosting.objects.exists()
    assert Organisation.objects.count() == before
    draft = purchases.purchase(town)
    refused = client.post(f"/achats/lots/{draft.lots.get().pk}/attribuer", award_form())
    assert "une fois la consultation publiée" in refused.content.decode()


@pytest.mark.slow
def test_a_contract_without_a_lot_and_its_pieces() -> None:
    town = organisation()
    client = as_user(buyer(town))
    assert client.get("/contrats/nouveau").status_code == 200
    assert as_user(user()).get("/contrats/nouveau").status_code == 200
    form = award_form(
        organisation=town.pk, regime="volontaire", place="Roubaix", kind="montant", hours="", hours_per_tranche="1",
        tranche_amount_ht="2 000", basis="facture",
    )  # fmt: skip
    assert client.post("/contrats/nouveau", form | {"facilitator_siren": valid_siren()}).status_code == 422
    made = client.post("/contrats/nouveau", form)
    contract = Contract.objects.get()
    assert made["Location"] == f"/contrats/{contract.pk}"
    assert (contract.regime, contract.departement_code, contract.is_in_house) == ("volontaire", "59", True)
    at = f"/contrats/{contract.pk}"
    assert "Rien n’est dû pour l’instant" in client.get(at).content.decode()
    piece = {"nature": "facture", "reference": "F1", "dated_on": "2026-11-10", "amount_ht": "30 000"}
    assert client.post(f"{at}/pieces/nouvelle", piece).status_code == 302
    again = client.post(f"{at}/pieces/nouvelle", piece)
    assert again.status_code == 422 and "ne compte pas deux fois" in again.content.decode()
    assert LedgerHead.objects.get().due == 15
    change = {
        "commitment": contract.commitments.get().pk, "reference": "A1", "signed_on": "2026-11-12", "hours_change": "−5",
    }  # fmt: skip
    assert client.post(f"{at}/avenants/nouveau", change).status_code == 302
    page = client.get(at).content.decode()
    assert "Un avenant attend une décision" in page and "−5" in page
    assert client.post(f"{at}/contacts/acheteur", {"referent_name": "A"}).status_code == 422
    assert (
        client.post(f"{at}/contacts/acheteur", {"referent_name": "A", "referent_phone": "03"}).status_code
        == 302
    )
    assert client.get(f"{at}/contacts/autre").status_code == 404
    sub = {"siren": valid_siren(), "name": "Troisième"}
    assert client.post(f"{at}/sous-traitants/nouveau", sub).status_code == 302
    page = client.get(at).content.decode()
    assert "Sous-traitant, rang 1" in page and "Personne ne déclare sa part par lien" in page
    of_sub = f"{at}/entreprises/{contract.parties.get().pk}"
    assert client.post(of_sub, {"email": "sans arobase"}).status_code == 422
    assert client.post(of_sub, {"email": "Part@Exemple.invalid"}).status_code == 302
    assert "Déclare sa part : part@exemple.invalid" in client.get(at).content.decode()
    assert as_user(buyer()).post(of_sub, {"email": "autre@exemple.invalid"}).status_code == 404
    assert client.get(f"{at}/entreprises/0").status_code == 404


@pytest.mark.slow
def test_lists_filter_export_and_teach_when_empty() -> None:
    town = organisation()
    make.contract(buyer=town, title="Voirie")
    past = {"buyer": town, "starts_on": date(2023, 1, 1), "ends_on": date(2024, 1, 1)}
    make.contract(
        title="École", commitments=[actions.CommitmentValues(kind="part", rate=Decimal("0.05"))], **past
    )
    make.contract(title="Piscine", **past)
    client = as_user(buyer(town))

    def shown(query: str) -> set[str]:
        html = client.get(f"/contrats{query}").content.decode()
        return {title for title in ("Voirie", "École", "Piscine") if f">{title}</a>" in html}

    assert (
        shown("") == {"Voirie", "Piscine"}
        and shown("?etat=manquent") == {"Piscine"}
        and shown("?etat=finis") == {"École", "Piscine"}
        and shown("?etat=tous&q=oi") == {"Voirie"}
    )
    page = client.get("/contrats?page=9").content.decode()
    assert "Terminé, heures manquantes" in page and "À suivre (2)" in page
    assert shown("?q=rien") == set()
    assert len(client.get("/contrats/liste.csv?etat=tous").content.decode().splitlines()) == 4
    listed = plain_spaces(as_user(Scene().helper).get("/contrats").content.decode())
    assert "100 % déclarées" in listed and "15 % du dû" in listed
    assert client.get("/contrats/liste.xlsx").content[:2] == b"PK"
    assert client.get("/contrats/liste.doc").status_code == 404
    assert "ouvrir un contrat sans lot" in as_user(buyer()).get("/contrats").content.decode()
    empty = as_user(make.contractor(organisation())).get("/contrats").content.decode()
    assert "vous y nomme comme contact" in empty and "Mes contrats et leurs heures" in empty


@pytest.mark.slow
def test_what_somebody_typed_is_shown_not_obeyed() -> None:
    town = organisation()
    contract = make.contract(buyer=town, title="<script>x</script>")
    html = as_user(buyer(town)).get(f"/contrats/{contract.pk}").content.decode()
    assert "<script>x" not in html and "&lt;script&gt;x" in html
