"""Pages of needs: who opens what, what a link shows, what travels and what does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.core.models import OutgoingMail
from levier.directory.models import Capacity
from levier.directory.results import slug_of
from levier.purchasing import actions
from levier.purchasing.models import NeedAttachment, NeedLink, NeedRecipient, NeedState, PublishedNeed
from levier.purchasing.views.common import LINK_HOLDER
from levier.rulebook.months import add_months
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer, draft, listed, recipient, sent

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def link_to(address: str) -> str:
    """The path of the last link mailed to this address."""
    body = OutgoingMail.objects.filter(to_address=address).order_by("-pk")[0].body
    return "/reponse/" + body.split("/reponse/")[1].split()[0]


BUYER_PAGES = ["", "/groupement", "/reponses.csv", "/reponses.xlsx", "/retirer"]
BUYER_ACTS = ["/relancer", "/prolonger", "/clore", "/retirer", "/liens", "/envoyer", "/supprimer", "/pieces"]


@pytest.mark.slow
def test_a_need_is_seen_by_its_buyers_only() -> None:
    place = organisation()
    owner, colleague = buyer(place), buyer(place)
    same_place_other_role = member(place, role=Role.FACILITATOR).user
    outsider, other_buyer, staff = user(), buyer(), user(is_staff=True)
    need = sent(owner)
    for page in BUYER_PAGES:
        address = f"/besoins/{need.pk}{page}"
        assert as_user(owner).get(address).status_code == 200, page
        assert as_user(colleague).get(address).status_code == 200, page
        assert as_user(same_place_other_role).get(address).status_code == 403, page
        for stranger in (outsider, other_buyer, staff):
            assert as_user(stranger).get(address).status_code == 404, page
        assert Client().get(address)["Location"].startswith("/compte/connexion/"), page


@pytest.mark.slow
def test_nobody_else_acts_on_a_need() -> None:
    need = sent(buyer())
    mails = OutgoingMail.objects.count()
    for act in BUYER_ACTS:
        for stranger in (user(), buyer(), user(is_staff=True)):
            assert as_user(stranger).post(f"/besoins/{need.pk}{act}").status_code == 404, act
    need.refresh_from_db()
    assert (need.state, OutgoingMail.objects.count()) == (NeedState.SENT, mails)


@pytest.mark.slow
def test_a_draft_is_written_and_changed_by_its_buyers_only() -> None:
    owner = buyer()
    need = draft(owner)
    assert as_user(owner).get(f"/besoins/{need.pk}/modifier").status_code == 200
    assert as_user(owner).get(f"/besoins/{need.pk}/relire").status_code == 200
    for page in ("modifier", "relire"):
        assert as_user(buyer()).get(f"/besoins/{need.pk}/{page}").status_code == 404
        assert as_user(buyer()).post(f"/besoins/{need.pk}/{page}").status_code == 404


@pytest.mark.slow
def test_a_need_is_not_published_in_the_name_of_another_organisation() -> None:
    mine, theirs = organisation(), organisation()
    fields = {
        "organisation": theirs.pk, "kind": "devis", "title": "Nettoyage", "text": "Bureaux",
        "sector_1": "nettoyage-locaux", "scope": "france", "deadline": timezone.localdate() + timedelta(days=9),
    }  # fmt: skip
    client = as_user(buyer(mine))
    assert client.post("/besoins/nouveau", fields).status_code == 422
    assert not PublishedNeed.objects.exists()
    assert client.post("/besoins/nouveau", fields | {"organisation": mine.pk}).status_code == 302
    need = PublishedNeed.objects.get()
    assert (need.organisation, need.sectors) == (mine, ["nettoyage-locaux"])


@pytest.mark.slow
def test_the_form_keeps_what_was_typed_and_names_each_fault() -> None:
    client = as_user(buyer())
    html = client.post("/besoins/nouveau", {"title": "Nettoyage <b>", "scope": "autour"}).content.decode()
    assert "Nettoyage &lt;b&gt;" in html
    for sentence in ("Dites le métier", "Donnez la commune"):
        assert sentence in html


@pytest.mark.slow
def test_a_town_and_its_questions_are_understood() -> None:
    client = as_user(buyer())
    client.post(
        "/besoins/nouveau",
        {
            "organisation": User.objects.get().memberships.get().organisation_id,
            "kind": "sourcing", "title": "Espaces verts", "text": "Tonte", "sector_1": "creation-espaces-verts",
            "scope": "autour", "lieu": "59100", "rayon": "30", "amount_band": "50k",
            "deadline": timezone.localdate() + timedelta(days=9),
            "questions": "Le samedi ? (oui/non)\n\nAvec quel matériel ?",
        },
    )  # fmt: skip
    need = PublishedNeed.objects.get()
    assert (need.place_code, need.radius_km) == ("59512", 30)
    assert [question["kind"] for question in need.questions] == ["yes_no", "text"]
    assert need.questions[0]["text"] == "Le samedi ?"


@pytest.mark.slow
def test_moderation_exists_for_the_staff_only(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, staff = buyer(), user(is_staff=True)
    need = draft(owner)
    PublishedNeed.objects.filter(pk=need.pk).update(state="a_moderer", submitted_at=timezone.now())
    for stranger in (owner, user(), buyer()):
        assert as_user(stranger).get("/moderation/besoins").status_code == 404
        assert as_user(stranger).post(f"/moderation/besoins/{need.pk}").status_code == 404
    client = as_user(staff)
    assert need.title in client.get("/moderation/besoins").content.decode()
    client.post(f"/moderation/besoins/{need.pk}", {"motif": ""})
    need.refresh_from_db()
    assert need.state == NeedState.WAITING
    client.post(f"/moderation/besoins/{need.pk}", {"motif": "Précisez."})
    need.refresh_from_db()
    assert (need.state, need.refusal) == (NeedState.DRAFT, "Précisez.")
    assert client.post(f"/moderation/besoins/{need.pk}", {"motif": "Encore."}).status_code == 404


def test_opening_the_link_changes_nothing_and_shows_the_need_once_asked() -> None:
    one = listed()
    need = sent(None, one, text="Le détail du besoin.")
    link = link_to(one.email)
    before = NeedRecipient.objects.values().get()
    for _ in range(2):
        html = Client().get(link).content.decode()
    Client().head(link)
    assert need.title in html and "Le détail du besoin." not in html
    assert NeedRecipient.objects.values().get() == before
    assert Client().post(f"{link}/voir").status_code == 302
    assert recipient(need, one).seen_at is not None
    assert "Le détail du besoin." in Client().get(link).content.decode()


def test_a_supplier_answers_without_account() -> None:
    one = listed()
    need = sent(None, one, questions=({"text": "Le samedi ?", "kind": "yes_no"},))
    link = link_to(one.email)
    bad = Client().post(link, {"answer": "interesse", "comment": "Bonjour <b>"})
    assert bad.status_code == 422
    good = {
        "answer": "interesse",
        "question_0": "oui",
        "contact_name": "Camille",
        "contact_phone": "03 20 00 00 00",
    }
    Client().post(f"{link}/voir")
    cut = Client().post(link, good | {"contact_phone": "03 20"})
    assert cut.status_code == 422 and "n’est pas un numéro entier" in cut.content.decode()
    assert Client().post(link, good).status_code == 302
    row = recipient(need, one)
    assert (row.answer, row.answers, row.contact_name) == ("interesse", {"0": "oui"}, "Camille")
    assert Client().post(link, {"answer": "decline", "decline_reason": "charge"}).status_code == 302
    assert recipient(need, one).answer == "decline"


def test_a_link_is_private_and_asks_for_the_token_of_its_forms() -> None:
    one = listed()
    sent(None, one)
    link = link_to(one.email)
    response = Client().get(link)
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{link}/voir").status_code == 403


@pytest.mark.parametrize("token", ["abc", "a" * 22, "é" * 22, "a" * 4000, "' OR 1=1 --"])
def test_a_link_nobody_made_is_a_404_with_a_sentence(token: str) -> None:
    sent()
    response = Client().get(f"/reponse/{token}")
    assert response.status_code == 404
    assert "Ce lien n’existe pas" in response.content.decode()


@pytest.mark.slow
def test_a_link_dies_when_revoked_expired_or_the_need_taken_back() -> None:
    owner, one = buyer(), listed()
    need = sent(owner, one)
    link = link_to(one.email)
    as_user(owner).post(f"/besoins/{need.pk}/liens", {"destinataire": recipient(need, one).pk})
    assert Client().get(link).status_code == 404
    NeedLink.objects.update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    NeedLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert Client().get(link).status_code == 200
    actions.withdraw_need(by=owner, need=need)
    assert Client().get(link).status_code == 404


@pytest.mark.slow
def test_a_link_opens_its_own_need_and_documents_only(settings: Any, tmp_path: Any) -> None:
    settings.LEVIER_HOME = tmp_path
    from django.core.files.uploadedfile import SimpleUploadedFile

    owner, one, other = buyer(), listed(), listed()
    need = draft(owner)
    mine = actions.attach(by=owner, need=need, upload=SimpleUploadedFile("plan.pdf", b"%PDF-1 plan"))
    need.delete()
    need, elsewhere = sent(owner, one), sent(buyer(), other)
    document = NeedAttachment.objects.create(
        need=need, name="plan.pdf", content_type=mine.content_type, size=mine.size, sha256=mine.sha256
    )
    served = Client().get(f"{link_to(one.email)}/pieces/{document.pk}")
    assert b"".join(served.streaming_content) == b"%PDF-1 plan"
    assert served["Content-Disposition"].startswith("attachment")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert Client().get(f"{link_to(other.email)}/pieces/{document.pk}").status_code == 404
    assert as_user(buyer()).get(f"/besoins/{need.pk}/pieces/{document.pk}").status_code == 404
    assert as_user(owner).get(f"/besoins/{elsewhere.pk}/pieces/{document.pk}").status_code == 404
    assert need.title == elsewhere.title  # the same words: only the keys tell them apart


@pytest.mark.slow
def test_received_needs_are_those_of_my_own_structures() -> None:
    place, other_place = organisation(), organisation()
    insider = member(place, role=Role.SUPPLIER).user
    same_place_other_role = member(place, role=Role.NETWORK).user
    rival = member(other_place, role=Role.SUPPLIER).user
    one = listed(place)
    row = recipient(sent(None, one, title="Tonte du parc"), one)
    address = f"/besoins-recus/{row.pk}"
    assert "Tonte du parc" in as_user(insider).get("/besoins-recus").content.decode()
    assert as_user(insider).get(address).status_code == 200
    assert as_user(insider).get(f"{address}/groupement").status_code == 200
    assert "Tonte du parc" not in as_user(rival).get("/besoins-recus").content.decode()
    for path in (address, f"{address}/groupement"):
        assert as_user(rival).get(path).status_code == 404
        assert as_user(user()).get(path).status_code == 404
        assert as_user(same_place_other_role).get(path).status_code == 403
    assert as_user(rival).post(f"{address}/voir").status_code == 404
    assert recipient(row.need, one).seen_at is None
    as_user(insider).post(f"{address}/voir")
    partner = listed(name="Les Voisins")
    answering = as_user(insider).get(address, {"avec": [partner.pk, "x", 10**20]}).content.decode()
    assert "Groupement envisagé avec Les Voisins." in answering
    assert "Groupement envisagé" not in as_user(insider).get(address).content.decode()
    assert recipient(row.need, one).seen_at is not None


@pytest.mark.slow
def test_who_is_interested_is_asked_for_its_teams_unless_it_said_them_this_month() -> None:
    place = organisation()
    keeper = as_user(member(place, role=Role.SUPPLIER).user)
    one = listed(place)
    row = recipient(sent(None, one), one)
    actions.mark_seen(by=LINK_HOLDER, recipient=row)
    address, asked = f"/besoins-recus/{row.pk}", "Vos équipes sont-elles libres"
    assert asked not in keeper.get(address).content.decode()
    actions.answer_need(
        by=LINK_HOLDER, recipient=recipient(row.need, one),
        given=actions.SupplierAnswer(answer="interesse", contact_name="C", contact_phone="1"),
    )  # fmt: skip
    assert asked in keeper.get(address).content.decode()
    today = timezone.localdate()
    long_ago = today - timedelta(days=35)
    said = Capacity.objects.create(
        supplier=one, month=long_ago.replace(day=1), quantity=2, unit="teams", stated_on=long_ago,
        expires_on=long_ago + Capacity.LIFETIME,
    )  # fmt: skip
    page = keeper.get(address).content.decode()
    assert "2\u00a0équipes libres" in page and "/renouveler" in page
    # By the link alone nobody is known to keep the sheet.
    assert asked not in Client().get(link_to(one.email)).content.decode()
    Capacity.objects.filter(pk=said.pk).update(stated_on=today)
    assert asked not in keeper.get(address).content.decode()
    # The month when the work begins is asked for, whatever was said of this one; beyond six months nobody knows.
    begins = add_months(today.replace(day=1), 3)
    PublishedNeed.objects.filter(pk=row.need_id).update(starts_on=begins + timedelta(days=9))
    page = keeper.get(address).content.decode()
    assert asked in page and f'value="{begins}"' in page
    keeper.post(f"/mon-offre/fiche/{slug_of(one.key)}/renouveler", {"mois": begins})
    assert Capacity.objects.filter(supplier=one, month=begins, quantity=2).exists()
    assert asked not in keeper.get(address).content.decode()
    PublishedNeed.objects.filter(pk=row.need_id).update(starts_on=begins + timedelta(days=365))
    assert asked not in keeper.get(address).content.decode()


def test_a_draft_is_no_received_need() -> None:
    place = organisation()
    insider = member(place, role=Role.SUPPLIER).user
    row = NeedRecipient.objects.create(need=draft(), supplier=listed(place))
    assert as_user(insider).get(f"/besoins-recus/{row.pk}").status_code == 404


@pytest.mark.slow
def test_the_follow_up_counts_sorts_and_exports() -> None:
    owner, one, other, silent = (
        buyer(),
        listed(name="Zèbre"),
        # As its card names it.
        listed(name="ZZ HOLDING", brand="Abeille"),
        listed(email="", name="=1+1"),
    )
    need = sent(owner, one, other, silent)
    actions.answer_need(
        by=LINK_HOLDER, recipient=recipient(need, one),
        given=actions.SupplierAnswer(answer="decline", decline_reason="distance"),
    )  # fmt: skip
    client = as_user(owner)
    html = client.get(f"/besoins/{need.pk}?tri=nom").content.decode()
    assert html.index("Abeille") < html.index("Zèbre")
    assert "À appeler" in html and "C’est trop loin" in html
    csv = client.get(f"/besoins/{need.pk}/reponses.csv").content.decode("utf-8-sig")
    assert "'=1+1" in csv and len(csv.strip().splitlines()) == 4
    assert client.get(f"/besoins/{need.pk}/reponses.xlsx").content[:2] == b"PK"
    assert client.get(f"/besoins/{need.pk}/reponses.doc").status_code == 404


@pytest.mark.slow
def test_the_follow_up_takes_the_same_queries_whatever_the_number_of_suppliers(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = buyer()
    few, many = sent(owner, listed()), sent(owner, *(listed() for _ in range(8)))
    client = as_user(owner)
    client.get(f"/besoins/{few.pk}")
    for need in (few, many):
        with django_assert_num_queries(7):
            assert client.get(f"/besoins/{need.pk}").status_code == 200


@pytest.mark.slow
def test_the_buyer_closes_from_the_page() -> None:
    owner, one = buyer(), listed()
    need = sent(owner, one)
    row = recipient(need, one)
    actions.answer_need(
        by=LINK_HOLDER, recipient=row,
        given=actions.SupplierAnswer(answer="interesse", contact_name="C", contact_phone="1"),
    )  # fmt: skip
    client = as_user(owner)
    assert client.post(f"/besoins/{need.pk}/clore", {"amount_ht": "mille"}).status_code == 422
    closed = client.post(f"/besoins/{need.pk}/clore", {"chosen": [row.pk], "amount_ht": "48 000,50 €"})
    assert closed.status_code == 302
    need.refresh_from_db()
    assert f"{need.outcome_amount_ht}" == "48000.50"
    assert "Besoin clos" in client.get(f"/besoins/{need.pk}").content.decode()


@pytest.mark.slow
def test_a_need_from_the_search_travels_in_the_session(client: Client) -> None:
    response = client.post(
        "/besoins/preparer",
        {"q": "tonte du parc", "lieu": "Roubaix", "rayon": "30", "secteur": ["espaces-verts"]},
    )
    assert response["Location"] == "/besoins/nouveau"
    client.force_login(buyer())
    html = client.get("/besoins/nouveau").content.decode()
    assert "tonte du parc" in html and 'value="Roubaix"' in html


@pytest.mark.parametrize("target", ["docx", "odt", "pdf"])
@pytest.mark.slow
def test_the_agreement_is_a_draft_in_three_formats(target: str) -> None:
    owner = buyer()
    one, other = listed(name="Un *SARL*"), listed(name="Deux")
    for each in (one, other):
        each.sectors, each.activity_status = ["nettoyage-locaux"], "stated"
        each.save()
    need = sent(owner, one, other)
    made = as_user(owner).post(
        f"/besoins/{need.pk}/groupement", {"format": target, "forme": "solidaire", "mandataire": other.pk}
    )
    assert made.status_code == 200
    assert made.content[:4] == {"pdf": b"%PDF"}.get(target, b"PK\x03\x04")
