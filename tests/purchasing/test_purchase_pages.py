"""Pages of purchases: who opens what, what each shows, how many queries, and the files."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.core.models import OutgoingMail
from levier.purchasing import lot_lines, prefill
from levier.purchasing.actions import LotValues
from levier.purchasing.models import ContactSide, Lot, Purchase, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_studies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room alone: those above, which study lots, have their own tests."""
    monkeypatch.setattr(lot_lines, "_providers", {})


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


READ = ["", "/passation.docx", "/passation.pdf"]
WRITE = ["/modifier", "/lots/nouveau", "/contacts/acheteur"]
ACTS = ["/avancer", "/mot", "/confier", "/contacts/facilitateur"]


@pytest.mark.slow
def test_four_people_in_front_of_a_purchase() -> None:
    town, desk = organisation(), organisation()
    purchase = make.purchase(town, state=PurchaseState.TO_STUDY, facilitator=desk)
    lot = purchase.lots.get()
    owner, helper = buyer(town), make.facilitator(desk)
    colleague = member(town, role=Role.SUPPLIER).user
    strangers = [buyer(), make.facilitator(), user(is_staff=True)]
    for page in [*READ, *WRITE, f"/lots/{lot.pk}"]:
        address = f"/achats/{purchase.pk}{page}"
        assert as_user(owner).get(address).status_code == 200, page
        assert as_user(helper).get(address).status_code == (200 if page in READ else 403), page
        assert as_user(colleague).get(address).status_code == 403, page
        for stranger in strangers:
            assert as_user(stranger).get(address).status_code == 404, page
        assert Client().get(address)["Location"].startswith("/compte/connexion/"), page


@pytest.mark.slow
def test_nobody_else_acts_on_a_purchase() -> None:
    town, desk = organisation(), organisation()
    purchase = make.purchase(town, state=PurchaseState.TO_STUDY, facilitator=desk)
    lot = purchase.lots.get()
    acts = [
        *ACTS,
        f"/lots/{lot.pk}",
        *(f"/lots/{lot.pk}/{verb}" for verb in ("retirer", "deplacer", "remettre")),
    ]
    for act in acts:
        for stranger, expected in (
            (buyer(), 404),
            (make.facilitator(), 404),
            (member(town, role="network").user, 403),
        ):
            posted = {"etape": "abandonner", "mot": "x", "title": "x"}
            assert as_user(stranger).post(f"/achats/{purchase.pk}{act}", posted).status_code == expected, act
        assert as_user(buyer(town)).get(f"/achats/{purchase.pk}/avancer").status_code == 405
    assert Lot.objects.present().count() == 1
    assert Purchase.objects.get().state == PurchaseState.TO_STUDY
    assert not OutgoingMail.objects.exists()


def test_a_lot_is_reached_by_its_own_purchase_only() -> None:
    town = organisation()
    one, other = make.purchase(town), make.purchase(town)
    client = as_user(buyer(town))
    assert client.get(f"/achats/{one.pk}/lots/{other.lots.get().pk}").status_code == 404
    assert client.post(f"/achats/{one.pk}/lots/{other.lots.get().pk}/retirer").status_code == 404


def test_the_facilitator_cannot_sign_and_the_buyer_cannot_propose() -> None:
    town, desk = organisation(), organisation()
    purchase = make.purchase(town, state=PurchaseState.PROPOSED, facilitator=desk)
    helper, owner = as_user(make.facilitator(desk)), as_user(buyer(town))
    assert helper.post(f"/achats/{purchase.pk}/avancer", {"etape": "signer"}).status_code == 403
    assert owner.post(f"/achats/{purchase.pk}/avancer", {"etape": "proposer"}).status_code == 403
    assert owner.post(f"/achats/{purchase.pk}/avancer", {"etape": "signer"}).status_code == 302
    assert Purchase.objects.get().state == PurchaseState.DECIDED


@pytest.mark.slow
def test_the_list_and_the_page_take_the_same_queries_whatever_their_size(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    town = organisation()
    owner, client = buyer(town), as_user(buyer(town))
    for count in (1, 6):
        for _ in range(count):
            purchase = make.purchase(
                town, state=PurchaseState.TO_STUDY, facilitator=organisation(), lots=count
            )
            make.contacts(purchase)
            purchase.events.create(after=PurchaseState.DRAFT, side=ContactSide.BUYER, account_id=owner.pk)
        client.get("/achats")
        with django_assert_num_queries(5):
            client.get("/achats")
        with django_assert_num_queries(13):
            assert client.get(f"/achats/{purchase.pk}").status_code == 200


@pytest.mark.slow
def test_the_list_says_who_must_act_and_filters() -> None:
    town, desk = organisation(), organisation(name="Maison de l’emploi")
    make.purchase(town, title="Voirie")
    make.purchase(town, title="École", state=PurchaseState.TO_STUDY, facilitator=desk)
    make.purchase(town, title="Piscine", state=PurchaseState.CLOSED, facilitator=desk)
    make.purchase(town, title="Stade", state=PurchaseState.TO_STUDY)
    client = as_user(buyer(town))

    def shown(query: str) -> set[str]:
        html = client.get(f"/achats{query}").content.decode()
        return {title for title in ("Voirie", "École", "Piscine", "Stade") if f">{title}</a>" in html}

    assert shown("") == {"Voirie", "École", "Stade"}
    assert shown("?etat=tous") == {"Voirie", "École", "Piscine", "Stade"}
    assert shown("?etat=clos") == {"Piscine"}
    assert shown("?tour=facilitateur") == {"École"}
    assert shown("?tour=acheteur") == {"Voirie", "Stade"}
    assert shown("?q=VOIR") == {"Voirie"}
    assert shown("?q=rien") == set()
    html = client.get("/achats").content.decode()
    assert "Maison de l’emploi" in html and "mission interne" in html
    csv = client.get("/achats/liste.csv?tour=facilitateur").content.decode("utf-8-sig")
    assert len(csv.strip().splitlines()) == 2 and "École" in csv
    assert client.get("/achats/liste.xlsx").content[:2] == b"PK"
    assert client.get("/achats/liste.doc").status_code == 404


@pytest.mark.slow
def test_empty_lists_teach_the_next_step() -> None:
    assert "importer une consultation" in as_user(buyer()).get("/achats").content.decode()
    assert "Aucun achat ne vous a été confié" in as_user(make.facilitator()).get("/achats").content.decode()
    assert as_user(user()).get("/achats/nouveau").status_code == 200
    assert not Purchase.objects.exists()


def purchase_form(town: Any, **changes: Any) -> dict[str, Any]:
    return {"organisation": town.pk, "title": "Voirie", "side": "public"} | changes


@pytest.mark.slow
def test_the_form_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    town = organisation()
    client = as_user(buyer(town))
    wrong = purchase_form(town, amount_ht="beaucoup", place="Xqzt", months="-3", launch_on="demain")
    answer = client.post("/achats/nouveau", wrong)
    html = answer.content.decode()
    assert answer.status_code == 422 and "beaucoup" in html
    for said in ("n’est pas un nombre", "est inconnu", "n’est pas lisible"):
        assert said in html
    assert client.post("/achats/nouveau", purchase_form(organisation())).status_code == 422
    made = client.post(
        "/achats/nouveau", purchase_form(town, amount_ht="1,5 M€", place="Roubaix", months="18")
    )
    purchase = Purchase.objects.get()
    assert made["Location"] == f"/achats/{purchase.pk}"
    assert (purchase.amount_ht, purchase.place_code, purchase.departement_code) == (1_500_000, "59512", "59")
    edited = client.get(f"/achats/{purchase.pk}/modifier").content.decode()
    assert "1\u202f500\u202f000" in edited
    client.post(
        f"/achats/{purchase.pk}/modifier",
        purchase_form(town, title="Voiries", amount_ht="1\u202f500\u202f000"),
    )
    purchase.refresh_from_db()
    assert (purchase.title, purchase.amount_ht) == ("Voiries", 1_500_000)


@pytest.mark.slow
def test_a_lot_without_a_code_gets_one_and_says_so() -> None:
    town = organisation()
    purchase = make.purchase(town)
    client = as_user(buyer(town))
    posted = {"title": "Nettoyage de bureaux", "amount_ht": "120 000", "takeover": "oui"}
    refused = client.post(f"/achats/{purchase.pk}/lots/nouveau", posted)
    assert refused.status_code == 422 and "Combien d’heures" in refused.content.decode()
    page = client.post(f"/achats/{purchase.pk}/lots/nouveau", posted | {"takeover_hours": "130"}, follow=True)
    lot = purchase.lots.get(number=2)
    assert lot.cpv.startswith("909") and f"Code CPV proposé d’après l’objet\u00a0: {lot.cpv}".replace(
        "\u00a0", " "
    ) in (page.content.decode().replace("\u00a0", " "))
    bad = client.post(f"/achats/{purchase.pk}/lots/{lot.pk}", posted | {"cpv": "bureaux", "takeover": ""})
    assert "Est-ce l’un de ceux-ci" in bad.content.decode()


@pytest.mark.slow
def test_removing_a_lot_offers_to_put_it_back() -> None:
    town = organisation()
    purchase = make.purchase(town, lots=2)
    client = as_user(buyer(town))
    first = purchase.lots.get(number=1)
    page = client.post(f"/achats/{purchase.pk}/lots/{first.pk}/retirer", follow=True).content.decode()
    assert "Lots retirés" in page
    client.post(f"/achats/{purchase.pk}/lots/{first.pk}/remettre")
    first.refresh_from_db()
    assert first.number == 1
    client.post(f"/achats/{purchase.pk}/lots/{first.pk}/deplacer", {"sens": "descendre"})
    first.refresh_from_db()
    assert first.number == 2


@pytest.mark.slow
def test_contacts_are_written_two_by_two() -> None:
    town = organisation()
    owner = buyer(town)
    purchase, client = make.purchase(town), as_user(owner)
    address = f"/achats/{purchase.pk}/contacts/acheteur"
    half = {"referent-account": owner.pk, "suppleant-email": "pas une adresse"}
    assert client.post(address, half).status_code == 422
    assert client.post(address, {"referent-name": "A"}).status_code == 422
    good = {"referent-account": owner.pk, "suppleant-name": "Sasha", "suppleant-phone": "01 99 00 00 00"}
    assert client.post(address, good).status_code == 302
    assert purchase.contacts.count() == 2
    assert owner.email in client.get(f"/achats/{purchase.pk}").content.decode()


@pytest.mark.slow
def test_handing_over_in_house_from_the_page() -> None:
    town = organisation()
    purchase, client = make.purchase(town), as_user(buyer(town))
    address = f"/achats/{purchase.pk}/confier"
    assert "Nommer vos deux contacts" in client.get(address).content.decode()
    make.contacts(purchase)
    assert client.post(address, {"structure": "999999"}).status_code == 422
    assert client.post(address, {"structure": "interne"}).status_code == 302
    page = client.get(f"/achats/{purchase.pk}").content.decode()
    assert "Mission interne" in page and "À vous de jouer" in page
    assert "Soumettre à la signature" in page and "Proposer à l’acheteur" not in page


@pytest.mark.slow
def test_what_somebody_typed_is_shown_not_obeyed() -> None:
    town = organisation()
    purchase = make.purchase(town, title="<script>x</script>", reference="<b>1</b>")
    html = as_user(buyer(town)).get(f"/achats/{purchase.pk}").content.decode()
    assert "<script>x" not in html and "&lt;script&gt;x" in html


@pytest.mark.slow
def test_what_was_begun_elsewhere_comes_with_its_lots() -> None:
    town = organisation()
    client = as_user(buyer(town))
    session = client.session
    lots = [prefill.plain_lot(LotValues(title=name)) for name in ("Lot A", "Lot B")]
    prefill.keep(session, {"purchase": {"title": "Repris"}, "lots": lots}, prefill.PURCHASE)
    session.save()
    assert "Repris" in client.get("/achats/nouveau").content.decode()
    client.post("/achats/nouveau", purchase_form(town))
    assert list(Lot.objects.present().values_list("title", flat=True)) == ["Lot A", "Lot B"]
    assert "Repris" not in client.get("/achats/nouveau").content.decode()
