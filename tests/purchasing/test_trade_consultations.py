"""Trades consulted before publication: the same for all, nothing read before the end, notes for the buyer alone."""

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory.models import SolicitationRefusal
from levier.directory.solicitations.actions import choose_solicitations
from levier.facilitators.models import TradeBody
from levier.purchasing.actions import forget_contacts
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import (
    Purchase,
    PurchaseState,
    QuestionFollower,
    TradeAnswer,
    TradeConsultation,
    TradeParty,
)
from levier.purchasing.tasks import publish_trade_answers, remind_trade_parties_of_the_day
from levier.purchasing.trades import actions, queries
from levier.purchasing.trades.links import token_of
from levier.purchasing.trades.record import as_markdown
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db


class Scene:
    """A purchase being studied, with somebody of each side, a colleague and an outsider."""

    def __init__(self) -> None:
        self.town, self.house = organisation(name="Région"), organisation(name="PLIE")
        self.buyer = member(self.town, role=Role.BUYER).user
        self.worker = member(self.house, role=Role.FACILITATOR).user
        self.purchase = make.purchase(
            self.town, state=PurchaseState.TO_STUDY, facilitator=self.house, amount_ht=900_000, title="Crèche"
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def values(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Insertion : la crèche",
        "facts": ["buyer", "purchase"],
        "hours": "480",
        "trades": "Auxiliaire de crèche",
        "deadline": (timezone.localdate() + timedelta(days=14)).isoformat(),
        "parties": "Fédération des crèches ; ffec@exemple.invalid ; fédération\nSARL Éveil ; eveil@exemple.invalid ; entreprise",
    } | changes


@pytest.mark.slow
def test_the_bodies_of_the_trade_are_offered_and_one_without_address_is_asked_for_it(scene: Scene) -> None:
    lot = scene.purchase.lots.first()
    type(lot).objects.filter(pk=lot.pk).update(cpv="90919200")
    known, other = (
        TradeBody.objects.create(name=name, trades=[trade], source="essai")
        for name, trade in (("Propreté", "proprete"), ("Paysage", "espaces-verts"))
    )
    url, client = f"/achats/{scene.purchase.pk}/metiers/nouvelle", as_user(scene.worker)
    page = client.get(url).content.decode()
    assert f"pick_{known.pk}" in page and f"pick_{other.pk}" not in page
    ticked = values(faire="envoyer", parties="") | {f"pick_{known.pk}": "on"}
    refused = client.post(url, ticked)
    assert refused.status_code == 422 and "page de contact l’indique" in refused.content.decode()
    assert client.post(url, ticked | {f"mail_{known.pk}": "fep@exemple.invalid"}).status_code == 302
    assert TradeParty.objects.get().email == "fep@exemple.invalid"


@pytest.mark.slow
def test_what_leaves_is_chosen_and_shown_before(scene: Scene) -> None:
    url, client = f"/achats/{scene.purchase.pk}/metiers/nouvelle", as_user(scene.worker)
    page = client.get(url).content.decode()
    assert "Montant estimé HT : 900" in page.replace("\u202f", "").replace("\xa0", " ")
    shown = client.post(url, values(faire="voir")).content.decode()
    assert "Voici ce qui partira" in shown and "480" in shown and not TradeConsultation.objects.exists()
    assert client.post(url, values(faire="envoyer")).status_code == 302
    one = TradeConsultation.objects.get()
    assert [fact["label"] for fact in one.shared] == [
        "Acheteur", "Marché", "Heures d’insertion estimées", "Métiers et postes",
    ]  # fmt: skip
    bodies = {
        mail.to_address: mail.body for mail in OutgoingMail.objects.filter(message_id__contains="-asked")
    }
    assert set(bodies) == {"ffec@exemple.invalid", "eveil@exemple.invalid"}
    assert not any("900" in body for body in bodies.values())
    # The same words for all, but for the name and the links.
    texts = {
        body.replace("SARL Éveil", "X").replace("Fédération des crèches", "X").split("Pour répondre")[0]
        for body in bodies.values()
    }
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("parties", "sentence"),
    [
        ("Sans adresse", "Ligne 1 : il manque le nom ou le courriel"),
        ("A ; a@exemple.invalid\nB ; pas-une-adresse", "Ligne 2 : « pas-une-adresse »"),
        ("A ; a@exemple.invalid ; ministère", "n’est pas une nature connue"),
        ("A ; a@exemple.invalid\nB ; A@exemple.invalid", "est déjà dans la liste"),
        ("", "Dites qui consulter"),
    ],
)
def test_a_bad_list_is_said_with_its_line_and_nothing_leaves(
    scene: Scene, parties: str, sentence: str
) -> None:
    url = f"/achats/{scene.purchase.pk}/metiers/nouvelle"
    answer = as_user(scene.buyer).post(url, values(faire="envoyer", parties=parties))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert parties.split("\n")[0][:12] in answer.content.decode()
    assert not TradeConsultation.objects.exists() and not OutgoingMail.objects.exists()


@pytest.mark.slow
def test_each_page_is_for_the_two_sides_of_this_purchase(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid")
    other = make.purchase(scene.town, state=PurchaseState.TO_STUDY, facilitator=scene.house)
    base = f"/achats/{scene.purchase.pk}/metiers"
    gets = (f"{base}/nouvelle", f"{base}/{one.pk}", f"{base}/{one.pk}/reponses.csv")
    for owner in (scene.buyer, member(scene.town, role=Role.BUYER).user, scene.worker):
        assert [as_user(owner).get(url).status_code for url in gets] == [200, 200, 200]
    colleague = member(scene.town, role=Role.SUPPLIER).user
    assert {as_user(colleague).get(url).status_code for url in gets} == {403}
    strangers = (user(), make.facilitator(), member(organisation(), role=Role.BUYER).user)
    for stranger in strangers:
        assert {as_user(stranger).get(url).status_code for url in gets} == {404}
        assert as_user(stranger).post(f"{base}/{one.pk}/geste", {"faire": "retirer"}).status_code == 404
    assert {Client().get(url).status_code for url in gets} == {302}
    # The right role on the wrong object.
    assert as_user(scene.buyer).get(f"/achats/{other.pk}/metiers/{one.pk}").status_code == 404
    lot = other.lots.get()
    assert as_user(scene.buyer).get(f"{base}/nouvelle", {"lot": lot.pk}).status_code == 404


@pytest.mark.slow
def test_nobody_reads_an_answer_before_the_end_then_all_do_at_once(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid", "b@exemple.invalid")
    first, second = one.parties.order_by("pk")
    exchanges.answered(first)
    url = f"/achats/{scene.purchase.pk}/metiers/{one.pk}"
    places = [
        (as_user(scene.buyer), url), (as_user(scene.buyer), f"{url}/reponses.json"), (as_user(scene.worker), url),
        (Client(), f"/metiers/{token_of(second)}"),
    ]  # fmt: skip
    assert not any("PAROLE PUBLIQUE" in client.get(place).content.decode() for client, place in places)
    assert "1 réponse sur 2" in as_user(scene.buyer).get(url).content.decode()
    with pytest.raises(RefusedError, match="après la date limite"):
        actions.publish_trade_consultation(by=exchanges.BY, consultation=one, today=one.deadline)
    TradeConsultation.objects.filter(pk=one.pk).update(deadline=timezone.localdate() - timedelta(days=1))
    publish_trade_answers(0)
    publish_trade_answers(0)
    assert all("PAROLE PUBLIQUE" in client.get(place).content.decode() for client, place in places)
    told = OutgoingMail.objects.filter(message_id__endswith="-published").values_list("to_address", flat=True)
    assert sorted(told) == ["a@exemple.invalid", "b@exemple.invalid"]
    seen = Client().get(f"/metiers/{token_of(second)}").content.decode()
    assert "Qui a été consulté (2)" in seen and "pas de réponse" in seen
    assert "a@exemple.invalid" not in seen


@pytest.mark.slow
def test_the_confidential_note_is_for_the_buyer_alone(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid", is_public=True)
    party = one.parties.get()
    exchanges.answered(party)
    exchanges.ended(one)
    url = f"/achats/{scene.purchase.pk}/metiers/{one.pk}"
    for form in ("", "/reponses.csv", "/reponses.json"):
        assert "NOTE SECRÈTE" in as_user(scene.buyer).get(url + form).content.decode()
        assert "NOTE SECRÈTE" not in as_user(scene.worker).get(url + form).content.decode()
    for public in (f"/metiers/{token_of(party)}", f"/consultations-des-metiers/{one.pk}"):
        page = Client().get(public).content.decode()
        assert "NOTE SECRÈTE" not in page and "PAROLE PUBLIQUE" in page
    assert as_user(scene.buyer).get(f"{url}/reponses.xlsx").content[:2] == b"PK"
    # The document of the file says the same to each, without opening it.
    one.refresh_from_db()
    lines = queries.lines_of(one)
    assert "NOTE SECRÈTE" in as_markdown(one, lines, with_notes=True)
    shared = as_markdown(one, lines, with_notes=False)
    assert "NOTE SECRÈTE" not in shared and "PAROLE PUBLIQUE" in shared and party.name in shared
    word = as_user(scene.worker).get(f"{url}/reponses.docx").content
    assert word[:2] == b"PK" and b"SECR" not in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml")
    rows = json.loads(as_user(scene.buyer).get(f"{url}/reponses.json").content)
    assert rows["participants"][0]["Heures"] == 400.0
    assert "SECRÈTE" not in str(list(AuditEvent.objects.values_list("details", "object_key")))


@pytest.mark.slow
def test_an_answer_without_account_is_given_and_changed_until_the_deadline(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid")
    url = f"/metiers/{token_of(one.parties.get())}"
    client = Client()
    page = client.get(url)
    assert (
        page["X-Robots-Tag"] == "noindex, nofollow" and "Pas de secret des affaires" in page.content.decode()
    )
    refused = client.post(url, {"feasible": "reserves", "hours": "beaucoup", "profiles": "Jeunes"})
    assert refused.status_code == 422 and "Jeunes" in refused.content.decode()
    assert (
        client.post(url, {"feasible": "reserves", "reservations": "Diplôme", "hours": "1 200"}).status_code
        == 302
    )
    assert client.post(url, {"feasible": "non"}).status_code == 302
    assert TradeAnswer.objects.get().feasible == "non"
    TradeConsultation.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    assert client.post(url, {"feasible": "oui"}).status_code == 422
    assert TradeAnswer.objects.get().feasible == "non"
    TradeConsultation.objects.update(deadline=timezone.localdate() - timedelta(days=91))
    assert client.get(url).status_code == 404
    assert client.get(url[:-2] + "xx").status_code == 404


def test_who_refuses_to_be_solicited_is_named_and_not_written_to(scene: Scene) -> None:
    choose_solicitations(by=exchanges.BY, address="NON@exemple.invalid", wanted={"needs": False})
    sheet = supplier(email="fiche@exemple.invalid")
    SolicitationRefusal.objects.create(topic="needs", supplier=sheet)
    addresses = ("oui@exemple.invalid", "non@exemple.invalid", "fiche@exemple.invalid")
    one = exchanges.trades(scene.purchase, *addresses)
    assert set(OutgoingMail.objects.values_list("to_address", flat=True)) == {"oui@exemple.invalid"}
    assert set(one.parties.filter(is_refusing=True).values_list("email", flat=True)) == set(addresses[1:])
    mail = OutgoingMail.objects.get()
    assert mail.unsubscribe_url and "/ne-plus-me-solliciter/" in mail.body
    page = as_user(scene.buyer).get(f"/achats/{scene.purchase.pk}/metiers/{one.pk}").content.decode()
    assert page.count("ne souhaite pas être sollicitée") == 2


@pytest.mark.slow
def test_the_public_page_lets_anybody_ask_for_a_link_once(scene: Scene) -> None:
    closed = exchanges.trades(scene.purchase, "a@exemple.invalid")
    one = exchanges.trades(scene.purchase, is_public=True)
    client = Client()
    assert client.get(f"/consultations-des-metiers/{closed.pk}").status_code == 404
    assert f"/consultations-des-metiers/{one.pk}" in client.get("/consultations-des-metiers").content.decode()
    given = {"name": "Atelier du Val", "kind": "entreprise", "email": "VAL@exemple.invalid"}
    for _ in range(2):
        assert client.post(f"/consultations-des-metiers/{one.pk}", given).status_code == 302
    (mail,) = OutgoingMail.objects.filter(to_address="val@exemple.invalid")
    party = one.parties.get()
    assert not party.was_asked and token_of(party) in mail.body
    assert client.post(f"/consultations-des-metiers/{one.pk}", given | {"email": "x"}).status_code == 422


@pytest.mark.slow
def test_the_deadline_moves_for_all_and_others_get_the_same(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid")
    url, client = f"/achats/{scene.purchase.pk}/metiers/{one.pk}/geste", as_user(scene.buyer)
    later = one.deadline + timedelta(days=7)
    client.post(url, {"faire": "prolonger", "deadline": later.isoformat()})
    client.post(url, {"faire": "prolonger", "deadline": one.deadline.isoformat()})
    client.post(url, {"faire": "prolonger", "deadline": "demain"})
    one.refresh_from_db()
    assert one.deadline == later
    assert client.post(url, {"faire": "ajouter", "parties": "B ; b@exemple.invalid"}).status_code == 302
    assert client.post(url, {"faire": "ajouter", "parties": "B"}).status_code == 422
    assert one.parties.count() == 2
    assert OutgoingMail.objects.filter(message_id__contains="-until-").count() == 1


@pytest.mark.slow
def test_withdrawn_the_answers_are_erased_unread(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid", is_public=True)
    exchanges.answered(one.parties.get())
    url, client = f"/achats/{scene.purchase.pk}/metiers/{one.pk}", as_user(scene.buyer)
    client.post(f"{url}/geste", {"faire": "retirer", "motif": " "})
    assert TradeAnswer.objects.exists()
    client.post(f"{url}/geste", {"faire": "retirer", "motif": "Achat abandonné"})
    assert not TradeAnswer.objects.exists()
    assert Client().get(f"/consultations-des-metiers/{one.pk}").status_code == 404
    assert "Achat abandonné" in Client().get(f"/metiers/{token_of(one.parties.get())}").content.decode()
    assert "Consultation retirée" in client.get(url).content.decode()


@pytest.mark.parametrize("state", [PurchaseState.PUBLISHED, PurchaseState.AWARDED, PurchaseState.ABANDONED])
def test_once_published_it_is_too_late_to_consult(scene: Scene, state: str) -> None:
    Purchase.objects.filter(pk=scene.purchase.pk).update(state=state)
    with pytest.raises(RefusedError, match="avant la publication"):
        exchanges.trades(scene.purchase, "a@exemple.invalid")


@pytest.mark.slow
def test_the_study_shows_what_the_trades_said_in_three_queries(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    lot = scene.purchase.lots.get()
    for number in range(3):
        one = exchanges.trades(
            scene.purchase, f"a{number}@exemple.invalid", f"b{number}@exemple.invalid", lot=lot
        )
        for rank, party in enumerate(one.parties.order_by("pk")):
            exchanges.answered(party, hours=300 + 100 * rank)
    exchanges.ended(one)
    lot.refresh_from_db()
    with django_assert_num_queries(3):
        found = queries.of_lot(lot)
    by_key = {each.pk: summary for each, summary in found}
    assert (by_key[one.pk].hours_low, by_key[one.pk].hours_middle, by_key[one.pk].hours_high) == (
        300,
        350,
        400,
    )
    assert {summary.feasible for key, summary in by_key.items() if key != one.pk} == {0}
    page = as_user(scene.worker).get(f"/achats/lots/{lot.pk}/etude").content.decode()
    assert "Ce qu’en disent les métiers" in page and "350" in page
    assert "Consultation" in as_user(scene.buyer).get(f"/achats/{scene.purchase.pk}").content.decode()


def test_a_year_later_addresses_are_forgotten_and_answers_stay(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid", "b@exemple.invalid")
    exchanges.answered(one.parties.order_by("pk")[0])
    desk = exchanges.desk(make.purchase(state=PurchaseState.PUBLISHED))
    QuestionFollower.objects.create(desk=desk, email="c@exemple.invalid")
    by = exchanges.BY
    assert forget_contacts(by=by, before=timezone.localdate()) == 0
    assert forget_contacts(by=by, before=one.deadline + timedelta(days=1)) == 3
    assert set(one.parties.values_list("email", flat=True)) == {""}
    assert TradeAnswer.objects.exists() and not QuestionFollower.objects.exists()


@pytest.mark.slow
def test_the_silent_are_reminded_once_two_working_days_before_the_end(scene: Scene) -> None:
    one = exchanges.trades(
        scene.purchase, "muet@exemple.invalid", "dit@exemple.invalid", "non@exemple.invalid"
    )
    exchanges.answered(one.parties.get(email="dit@exemple.invalid"))
    friday = date(2026, 11, 20)
    TradeConsultation.objects.update(deadline=date(2026, 11, 23))  # a Monday
    TradeParty.objects.update(added_at=timezone.now() - timedelta(days=400))
    choose_solicitations(by=exchanges.BY, address="non@exemple.invalid", wanted={"needs": False})
    OutgoingMail.objects.all().delete()

    def reminded(day: date) -> int:
        return actions.remind_trade_parties(by=exchanges.BY, today=day)

    assert reminded(friday - timedelta(days=2)) == 0, "Wednesday: three working days are left"
    assert reminded(date(2026, 11, 22)) == 0, "Sunday: offices are closed"
    assert reminded(friday - timedelta(days=1)) == 1, "Thursday: Friday and Monday are left"
    assert [reminded(friday + timedelta(days=gap)) for gap in range(4)] == [0, 0, 0, 0]
    (mail,) = OutgoingMail.objects.all()
    assert mail.to_address == "muet@exemple.invalid" and mail.unsubscribe_url
    assert (
        "23\u00a0novembre 2026" in mail.body and token_of(one.parties.get(email=mail.to_address)) in mail.body
    )
    # A later deadline reminds nobody a second time.
    TradeConsultation.objects.update(deadline=date(2026, 12, 21))
    assert reminded(date(2026, 12, 17)) == 0


def test_nobody_is_reminded_the_day_it_is_asked_nor_after_the_end(scene: Scene) -> None:
    one = exchanges.trades(scene.purchase, "a@exemple.invalid")
    today = timezone.localdate()
    OutgoingMail.objects.all().delete()
    TradeConsultation.objects.update(deadline=today + timedelta(days=1))
    assert actions.remind_trade_parties(by=exchanges.BY, today=today) == 0
    TradeParty.objects.update(added_at=timezone.now() - timedelta(days=9))
    TradeConsultation.objects.update(withdrawn_at=timezone.now(), withdrawn_reason="x")
    remind_trade_parties_of_the_day(timestamp=0)
    TradeConsultation.objects.filter(pk=one.pk).update(withdrawn_at=None, deadline=today - timedelta(days=1))
    remind_trade_parties_of_the_day(timestamp=0)
    assert not OutgoingMail.objects.exists()
