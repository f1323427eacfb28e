"""Equal questions and answers: who asks is kept nowhere, the buyer signs, all read at the same moment."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.core.models import AuditEvent, OutgoingMail
from levier.facilitators.models import MeasureFact
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import (
    BidderQuestion,
    Purchase,
    PurchaseState,
    QuestionDesk,
    QuestionFollower,
)
from levier.purchasing.questions import actions
from levier.purchasing.questions.links import address_of
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.network import desk as structure
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


class Scene:
    """A published purchase with its questions open, and somebody of each side."""

    def __init__(self) -> None:
        self.town, self.house = organisation(name="Ville"), organisation(name="PLIE")
        self.buyer = member(self.town, role=Role.BUYER, first_name="Alix").user
        self.worker = member(self.house, role=Role.FACILITATOR).user
        self.purchase = make.purchase(
            self.town, state=PurchaseState.PUBLISHED, facilitator=self.house, title="École", amount_ht=777_777
        )
        make.contacts(self.purchase)
        self.desk = exchanges.desk(self.purchase)
        self.url = f"/achats/{self.purchase.pk}/questions"
        self.page = f"/consultations/{self.purchase.pk}"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
def test_only_the_buyer_opens_the_questions_of_a_published_consultation() -> None:
    town, house = organisation(), organisation()
    purchase = make.purchase(town, state=PurchaseState.DECIDED, facilitator=house)
    today = timezone.localdate()
    given = {"questions_until": today.isoformat(), "answers_by": (today + timedelta(days=3)).isoformat()}
    buyer, url = member(town, role=Role.BUYER).user, f"/achats/{purchase.pk}/questions"
    assert as_user(make.facilitator(house)).post(url, given).status_code == 403
    assert as_user(buyer).post(url, given).status_code == 422
    assert Client().get(f"/consultations/{purchase.pk}").status_code == 404
    Purchase.objects.update(state=PurchaseState.PUBLISHED)
    late = given | {"answers_by": (today - timedelta(days=1)).isoformat()}
    assert as_user(buyer).post(url, late).status_code == 422
    early = given | {"offers_until": today.isoformat()}
    assert "Les offres se remettent après" in as_user(buyer).post(url, early).content.decode()
    assert as_user(buyer).post(url, given).status_code == 302
    assert Client().get(f"/consultations/{purchase.pk}").status_code == 200
    earlier = given | {"questions_until": (today - timedelta(days=1)).isoformat()}
    answer = as_user(buyer).post(url, earlier)
    assert answer.status_code == 422 and "jamais se raccourcir" in answer.content.decode()


def test_the_public_page_says_what_the_notice_says_and_nothing_else(scene: Scene) -> None:
    page = Client().get(scene.page).content.decode()
    assert "École" in page and "Ville" in page
    assert "777" not in page and "Personne referent" not in page and "exemple.invalid" not in page
    assert scene.page in Client().get("/consultations").content.decode()
    begun = Client().get("/repondre", {"consultation": scene.purchase.pk}).content.decode()
    assert "Une consultation publiée ici" in begun and scene.page in begun and "777" not in begun
    assert Client().get("/repondre", {"consultation": "9999999"}).status_code == 404


def test_a_bidder_says_which_lot_is_answered(scene: Scene) -> None:
    """Of several lots each has its object and its hours: the one answered is chosen, not typed again."""
    second = make.lot(scene.purchase, title="Espaces verts", cpv="77310000")
    for lot, hours in ((scene.purchase.lots.first(), 480), (second, 340)):
        LotChoice.objects.create(
            lot=lot, kind=ChoiceKind.DECISION, levers=["L2112-2"], hours=Decimal(hours), by=scene.buyer
        )
    due = scene.desk.answers_by + timedelta(days=8)
    QuestionDesk.objects.update(offers_until=due)
    asked = {"consultation": scene.purchase.pk}
    both = plain_spaces(Client().get("/repondre", asked).content.decode())
    assert "Pour quel lot répondez-vous ?" in both and f"lot={second.number}" in both and "340 h" in both
    one = Client().get("/repondre", asked | {"lot": second.number}).content.decode()
    assert 'value="Espaces verts"' in one and 'value="340"' in one and f'value="{due.isoformat()}"' in one


@pytest.mark.slow
def test_a_question_keeps_nothing_of_who_asks(scene: Scene) -> None:
    asker = user(first_name="Zélie", email="zelie@exemple.invalid")
    text = "Un apprenti compte-t-il ?"
    assert (
        as_user(asker).post(scene.page, {"text": text, "follow": "zelie@exemple.invalid"}).status_code == 302
    )
    one = BidderQuestion.objects.get()
    columns = str([getattr(one, field.attname) for field in BidderQuestion._meta.concrete_fields])
    assert "zelie" not in columns and one.drafted_by_id is None
    told = OutgoingMail.objects.filter(message_id__contains="-asked-")
    assert told.count() == 2 and not any("zelie" in mail.body for mail in told)
    events = list(
        AuditEvent.objects.filter(verb="purchasing.write_questions").values_list("actor_id", flat=True)
    )
    assert events and set(events) == {None}
    assert "zelie" not in as_user(scene.buyer).get(scene.url).content.decode()
    # Not published yet: nobody else reads it.
    assert text not in Client().get(scene.page).content.decode()
    # A follower is dated to the day: nothing ties it to the second of a question.
    follower = QuestionFollower.objects.get()
    assert not hasattr(follower, "asked_at") and follower.confirmed_at is None


@pytest.mark.slow
def test_each_gesture_is_for_its_side_of_this_purchase(scene: Scene) -> None:
    one = exchanges.question(scene.desk)
    url = f"{scene.url}/{one.pk}"
    given = {f"q{one.pk}-words": one.original, f"q{one.pk}-answer": "Oui, ses heures comptent."}
    for stranger in (user(), make.facilitator(), member(organisation(), role=Role.BUYER).user):
        assert as_user(stranger).get(scene.url).status_code == 404
        assert as_user(stranger).post(url, given | {"faire": "rediger"}).status_code == 404
    colleague = member(scene.town, role=Role.SUPPLIER).user
    assert as_user(colleague).get(scene.url).status_code == 403
    for wanted in ("publier", "ecarter"):
        assert as_user(scene.worker).post(url, given | {"faire": wanted, "motif": "x"}).status_code == 403
    assert "Signer et publier" not in as_user(scene.worker).get(scene.url).content.decode()
    # The right role on the wrong object.
    other = make.purchase(scene.town, state=PurchaseState.PUBLISHED)
    exchanges.desk(other)
    wrong = f"/achats/{other.pk}/questions/{one.pk}"
    assert as_user(scene.buyer).post(wrong, given | {"faire": "publier"}).status_code == 404
    one.refresh_from_db()
    assert one.is_waiting and not one.answer
    mate = member(scene.town, role=Role.BUYER).user
    assert as_user(mate).post(url, given | {"faire": "publier"}).status_code == 302


@pytest.mark.slow
def test_drafted_by_the_facilitator_signed_by_the_buyer_read_by_all_at_once(scene: Scene) -> None:
    known = structure("departement:59", place=scene.house)
    one = exchanges.question(scene.desk, "Nous, titulaires sortants, gardons-nous nos salariés ?")
    followers = [
        QuestionFollower.objects.create(desk=scene.desk, email=f"{name}@exemple.invalid", confirmed_at=when)
        for name, when in (("oui", timezone.now()), ("pas-confirme", None))
    ]
    url = f"{scene.url}/{one.pk}"
    words = "Les salariés en place sont-ils gardés ?"
    given = {f"q{one.pk}-words": words, f"q{one.pk}-answer": "Oui, la reprise est de droit."}
    as_user(scene.worker).post(url, given | {"faire": "rediger"})
    assert "la reprise est de droit" not in Client().get(scene.page).content.decode()
    assert OutgoingMail.objects.filter(message_id__contains="-drafted-").count() == 2
    fact = MeasureFact.objects.get()
    assert (fact.structure, fact.measure, fact.quantity, fact.buyer_siren) == (
        known,
        "delai",
        0,
        scene.town.siren,
    )
    assert "École" not in fact.label
    as_user(scene.worker).post(url, given | {"faire": "rediger"})
    assert MeasureFact.objects.count() == 1
    as_user(scene.buyer).post(url, given | {"faire": "publier"})
    page = Client().get(scene.page).content.decode()
    assert "la reprise est de droit" in page and words in page and "titulaires sortants" not in page
    assert "titulaires sortants" in as_user(scene.worker).get(scene.url).content.decode()
    (mail,) = OutgoingMail.objects.filter(message_id__contains="-published-")
    assert mail.to_address == followers[0].email and words in mail.body and mail.unsubscribe_url
    one.refresh_from_db()
    assert (one.original[:4], one.is_reworded, one.published_by) == ("Nous", True, scene.buyer)
    with pytest.raises(RefusedError, match="ne change plus"):
        actions.publish_answer(by=scene.buyer, question=one, words="", answer="Non")


@pytest.mark.slow
def test_an_empty_answer_keeps_what_was_typed_and_publishes_nothing(scene: Scene) -> None:
    one = exchanges.question(scene.desk)
    answer = as_user(scene.buyer).post(
        f"{scene.url}/{one.pk}", {f"q{one.pk}-words": "REFORMULÉE", "faire": "publier"}
    )
    assert answer.status_code == 422 and "REFORMULÉE" in answer.content.decode()
    one.refresh_from_db()
    assert one.is_waiting
    as_user(scene.buyer).post(f"{scene.url}/{one.pk}", {"faire": "ecarter", "motif": ""})
    one.refresh_from_db()
    assert one.is_waiting
    as_user(scene.buyer).post(f"{scene.url}/{one.pk}", {"faire": "ecarter", "motif": "Posée deux fois"})
    one.refresh_from_db()
    assert not one.is_waiting and one.original not in Client().get(scene.page).content.decode()


@pytest.mark.parametrize(("state", "days"), [(PurchaseState.PUBLISHED, -1), (PurchaseState.AWARDED, 5)])
def test_no_question_after_the_deadline_or_the_award(scene: Scene, state: str, days: int) -> None:
    QuestionDesk.objects.update(questions_until=timezone.localdate() + timedelta(days=days))
    Purchase.objects.filter(pk=scene.purchase.pk).update(state=state)
    assert "Poser une question" not in Client().get(scene.page).content.decode()
    assert Client().post(scene.page, {"text": "Trop tard ?"}).status_code == 422
    assert not BidderQuestion.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_odd_question_is_refused_with_a_sentence(scene: Scene, text: str) -> None:
    assert Client().post(scene.page, {"text": text}).status_code == 422
    assert not BidderQuestion.objects.exists()


@pytest.mark.slow
def test_one_follows_only_once_confirmed_and_stops_with_nothing_kept(scene: Scene) -> None:
    for _ in range(2):
        assert Client().post(scene.page, {"faire": "suivre", "email": "A@exemple.invalid"}).status_code == 302
    assert Client().post(scene.page, {"faire": "suivre", "email": "a@"}).status_code == 422
    (mail,) = OutgoingMail.objects.filter(message_id__endswith="-confirm")
    follower = QuestionFollower.objects.get()
    url = address_of(follower).split("//", 1)[1].split("/", 1)[1]
    assert f"/{url}" in mail.body
    client = Client()
    assert client.get(f"/{url}")["X-Robots-Tag"] == "noindex, nofollow"
    follower.refresh_from_db()
    assert follower.confirmed_at is None, "reading changes nothing"
    client.post(f"/{url}", {"faire": "confirmer"})
    follower.refresh_from_db()
    assert follower.confirmed_at is not None
    client.post(f"/{url}", {"faire": "arreter"})
    assert not QuestionFollower.objects.exists()
    assert client.get(f"/{url}").status_code == 404
    assert client.get("/consultations/suivre/rien").status_code == 404


def test_the_public_page_takes_the_same_queries_whatever_its_size(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    make.lot(scene.purchase)
    for number in range(5):
        exchanges.question(
            scene.desk,
            f"Question {number}",
            answer="Oui.",
            published_at=timezone.now(),
            published_by=scene.buyer,
        )
    client = Client()
    client.get(scene.page)
    with django_assert_num_queries(6):
        page = client.get(scene.page).content.decode()
    assert "Question 4" in page


@pytest.mark.parametrize(
    "words",
    ["Rappelez-moi au 06 12 34 56 78.", "Écrivez à dede@exemple.fr", "Durand SARL peut-elle sous-traiter ?",
     "SIRET 999 200 009 00017", "Notre entreprise Bâti-Nord peut-elle répondre ?"],
)  # fmt: skip
def test_what_would_tell_who_asks_is_refused_when_asked_and_when_published(scene: Scene, words: str) -> None:
    if "Notre" in words:
        words = words.replace("Notre", "Si notre")
    with pytest.raises(RefusedError, match="reconnaître"):
        actions.ask_question(by=scene.buyer.as_actor(), desk=scene.desk, text=words)
    plain = "Peut-on faire les 480 heures du lot 3 avec un ESAT, en 2027 et 2028 ?"
    asked = actions.ask_question(by=scene.buyer.as_actor(), desk=scene.desk, text=plain)
    with pytest.raises(RefusedError, match="reconnaître"):
        actions.publish_answer(by=scene.buyer, question=asked, words=words, answer="Oui.")
    assert actions.publish_answer(by=scene.buyer, question=asked, words="", answer="Oui.").published_at
