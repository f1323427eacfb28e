"""The person's side: its card, its months confirmed or disputed, what it asks and sends, and who answers."""

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from levier.accounts.models import Role, User
from levier.core import received_files
from levier.core.models import OutgoingMail
from levier.execution.cards import actions, answering, notice, policies, queries
from levier.execution.cards.links import address_of
from levier.execution.declaring import actions as declaring
from levier.execution.declaring import showing
from levier.execution.errors import RefusedError
from levier.execution.models import (
    DeclarationLine,
    LedgerHead,
    LedgerPosting,
    MonthAnswer,
    Notice,
    NoticeDelivery,
    Participant,
    PersonCard,
    PersonProof,
    PersonRequest,
)
from levier.execution.people import retention
from levier.execution.people.scope import acting
from tests.execution.test_declaring import World
from tests.factories import people as make
from tests.factories.accounts import member, user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
BIRTH = {"day": "4", "month": "5", "year": "1990"}


class Held(World):
    """A person with a card and one accepted month of 35 hours."""

    def __init__(self) -> None:
        super().__init__()
        with acting(followers=[self.where.structure.pk]):
            self.person_behind = Participant.objects.select_related("follower").get(
                pk=self.entry.participant_id
            )
        self.card = answering.make_card(by=self.where.facilitator, participant=self.person_behind)
        self.line_ = self.accept(self.line("35"))

    @property
    def own(self) -> policies.Own:
        return policies.own_pages(self.card.pk, by_mail=True)

    @property
    def address(self) -> str:
        return address_of(self.card).split("localhost:8000")[-1]

    @property
    def head(self) -> LedgerHead:
        return LedgerHead.objects.get(pk=self.commitment.pk)

    def shown(self) -> queries.CardLine:
        (month,) = queries.months_of(self.person_behind)
        (line,) = month.lines
        return line

    def opened(self) -> Client:
        client = Client()
        assert client.post(self.address, BIRTH).status_code == 302
        return client


@pytest.fixture
def held() -> Held:
    return Held()


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def photo() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(target, "JPEG")
    return SimpleUploadedFile("releve.jpg", target.getvalue())


def test_a_confirmed_month_gets_the_strongest_proof_and_stays_in_the_grid(held: Held) -> None:
    before = held.head
    assert (before.declared, before.confirmed_person) == (35, 0)
    actions.confirm_month(own=held.own, line=held.line_.pk, seen=Decimal(35))
    after = held.head
    assert (after.done, after.declared, after.confirmed_person) == (35, 0, 35)
    assert after.count == before.count + 2
    # The line follows its new posting: the grid still knows what counts for it, and a correction reverses the right one.
    assert held.book().cell((held.entry.pk, held.line_.declaration.month)).own == 35
    held.accept(held.line("30"), reason="verifie")
    assert (held.head.done, held.head.confirmed_person) == (30, 0)
    assert LedgerPosting.objects.filter(by=None).count() == 2


def test_only_what_was_read_is_confirmed_and_once(held: Held) -> None:
    for line, seen in ((held.line_.pk, 36), (held.line_.pk + 999, 35)):
        with pytest.raises(RefusedError, match="changé"):
            actions.confirm_month(own=held.own, line=line, seen=Decimal(seen))
    # Two people with one address: checked, it is hers.
    other, own = held.person(), {"email": "zephirine@personne.invalid", "is_checked": True}
    answering.set_address(by=held.where.facilitator, participant=held.person_behind, **own)
    theirs = held.accept(held.line("10", entry=other))
    with pytest.raises(RefusedError, match="changé"):
        actions.confirm_month(own=held.own, line=theirs.pk, seen=Decimal(10))
    actions.confirm_month(own=held.own, line=held.line_.pk, seen=Decimal(35))
    with pytest.raises(RefusedError):
        actions.confirm_month(own=held.own, line=held.line_.pk, seen=Decimal(35))
    with pytest.raises(RefusedError):
        actions.dispute_month(own=held.own, line=held.line_.pk, reason="moins")


def test_the_database_lets_a_decided_line_change_its_posting_alone(held: Held) -> None:
    other = held.accept(held.line("10", entry=held.person()))
    for changes in ({"posting": other.posting}, {"counted": 20}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DeclarationLine.objects.filter(pk=held.line_.pk).update(**changes)


def test_a_dispute_is_corrected_by_a_reversal_then_confirmed(held: Held) -> None:
    for reason, claimed in (("moins", 35), ("plus", 35), ("plus", 28)):
        with pytest.raises(RefusedError, match="vérifiez l’un des deux"):
            actions.dispute_month(own=held.own, line=held.line_.pk, reason=reason, claimed=Decimal(claimed))
    said = actions.dispute_month(own=held.own, line=held.line_.pk, reason="moins", claimed=Decimal(28))
    assert not held.shown().may_confirm and held.shown().dispute == said
    with pytest.raises(RefusedError, match="bon nombre"):
        answering.answer_dispute(by=held.where.facilitator, answer=said, word="corrigees")
    answering.answer_dispute(by=held.where.facilitator, answer=said, word="corrigees", hours=Decimal(28))
    assert held.done == 28
    shown = held.shown()
    assert shown.answered and shown.answered.get_answer_display() == "Les heures sont corrigées."
    assert (shown.hours, shown.may_confirm) == (28, True)
    actions.confirm_month(own=held.own, line=shown.line.pk, seen=Decimal(28))
    assert held.head.confirmed_person == 28
    assert OutgoingMail.objects.filter(subject__contains="vous a répondu").count() == 1
    with pytest.raises(RefusedError, match="déjà"):
        answering.answer_dispute(by=held.where.facilitator, answer=said, word="releve")


def test_a_month_the_person_disputes_is_not_accepted_with_the_others(held: Held) -> None:
    """Disputed once it counts, then corrected: the correction waits for an answer to the person."""
    actions.dispute_month(own=held.own, line=held.line_.pk, reason="moins", claimed=Decimal(28))
    line = held.line("30")
    with held.desk.scope():
        (shown,) = showing.to_decide(held.book())
    assert not shown.is_green and "elle dit 28 h" in plain_spaces(shown.said[0])
    seen = {line.pk: line.hours}
    done = declaring.accept_green(
        by=held.where.facilitator, desk=held.desk, commitment=held.commitment, seen=seen
    )
    assert (done, held.done) == (0, 35)
    with pytest.raises(RefusedError, match="dites pourquoi"):
        held.accept(line)


def test_hours_kept_carry_a_reason_that_the_person_reads(held: Held) -> None:
    said = actions.dispute_month(own=held.own, line=held.line_.pk, reason="plus")
    with pytest.raises(RefusedError, match="déjà partie"):
        actions.dispute_month(own=held.own, line=held.line_.pk, reason="plus")
    answering.answer_dispute(by=held.where.facilitator, answer=said, word="releve")
    assert held.done == 35
    assert "Le relevé d’heures signé" in text(held.opened().get("/ma-carte/"))


@pytest.mark.slow
def test_the_card_asks_the_day_of_birth_and_says_nothing_before(held: Held) -> None:
    client = Client()
    door = client.get(held.address)
    assert door.status_code == 200 and make.GIVEN not in text(door)
    assert door["X-Robots-Tag"] == "noindex, nofollow" and "no-store" in door["Cache-Control"]
    assert client.get("/ma-carte/").status_code == 403
    for _ in range(policies.MOST_TRIES):
        wrong = client.post(held.address, BIRTH | {"year": "1991"})
        assert wrong.status_code == 422
    assert "fermée pendant une heure" in text(wrong)
    assert "fermée pendant une heure" in text(client.post(held.address, BIRTH))
    PersonCard.objects.update(locked_until=timezone.now() - timedelta(minutes=1))
    home = held.opened().get("/ma-carte/")
    assert make.GIVEN in text(home) and "1er mars 2028" in text(home) and "35 h" in text(home)
    assert held.address.split("/")[-1] not in home.content.decode()


@pytest.mark.slow
def test_a_card_cancelled_old_or_invented_opens_nothing_even_an_open_session(held: Held) -> None:
    client, lost = held.opened(), held.address
    renewed = answering.make_card(by=held.where.facilitator, participant=held.person_behind)
    for address in (lost, "/ma-carte/ouvrir/invente", lost[:-2] + "zz"):
        assert Client().get(address).status_code == 404
    assert client.get("/ma-carte/").status_code == 404
    held.card = renewed
    client = held.opened()
    PersonCard.objects.filter(pk=renewed.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert client.get("/ma-carte/").status_code == 404
    PersonCard.objects.filter(pk=renewed.pk).update(expires_on=timezone.localdate())
    assert "annulée" in text(client.post("/ma-carte/perdue"))
    assert client.get("/ma-carte/").status_code == 403
    assert Client().get(held.address).status_code == 404


@pytest.mark.slow
def test_no_account_opens_a_card_and_a_get_changes_nothing(held: Held) -> None:
    client = held.opened()
    for page in ("confirmer", "contester"):
        expected = 405 if page == "confirmer" else 200
        assert client.get(f"/ma-carte/mois/{held.line_.pk}/{page}").status_code == expected
    for page in ("", "corriger", "effacer", "document", "mes-donnees", "mes-donnees.json", "perdue"):
        assert client.get(f"/ma-carte/{page}").status_code == 200
        for one in (held.where.facilitator, user()):
            assert as_user(one).get(f"/ma-carte/{page}").status_code == 403
    assert as_user(held.where.facilitator).post(held.address, BIRTH).status_code == 403
    with acting(is_retention=True):
        assert not MonthAnswer.objects.exists() and not PersonRequest.objects.exists()
    stranger = held.accept(held.line("10", entry=held.person()))
    assert client.get(f"/ma-carte/mois/{stranger.pk}/contester").status_code == 404


@pytest.mark.slow
def test_the_pages_of_a_card_do_what_they_say(held: Held, settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path
    client = held.opened()
    dispute = f"/ma-carte/mois/{held.line_.pk}/contester"
    bad = client.post(dispute, {"reason": "moins", "claimed": "beaucoup"})
    assert bad.status_code == 422 and "n’est pas un nombre d’heures" in text(bad)
    assert client.post(dispute, {"reason": "moins", "claimed": "28"}).status_code == 302
    wrong_field = {"field": "family_name", "proposed": "2840578006084"}
    wrong = client.post("/ma-carte/corriger", wrong_field)
    assert wrong.status_code == 422 and "aucun numéro" in text(wrong)
    assert client.post("/ma-carte/corriger", wrong_field | {"proposed": "Martin"}).status_code == 302
    assert client.post("/ma-carte/effacer").status_code == 302
    said = {"kind": "releve", "is_no_payslip": "on"}
    slip = said | {"file": SimpleUploadedFile("bulletin de paie.jpg", photo().read())}
    refused = client.post("/ma-carte/document", slip)
    assert refused.status_code == 422 and "bulletin de paie" in text(refused)
    assert client.post("/ma-carte/document", {"kind": "releve", "file": photo()}).status_code == 422
    assert client.post("/ma-carte/document", said | {"file": photo()}).status_code == 302
    page = text(client.get("/ma-carte/"))
    for words in ("Votre question est partie", "Effacer mes données", "pas encore vu"):
        assert words in page
    kept = client.get("/ma-carte/mes-donnees.json").json()
    assert kept["Ce que j’ai demandé"][1]["Valeur proposée"] == "Martin"
    assert kept["Pourquoi je peux travailler au titre de la clause"][0]["Raison"] == "Bénéficiaire du RSA"
    assert "35 h" in text(client.get("/ma-carte/mes-donnees"))


@pytest.mark.slow
def test_who_reads_and_answers_what_a_person_says(held: Held, settings: Any, tmp_path: Path) -> None:
    """Facilitator of the structure, colleague, outsider, same role on the wrong object, anonymous."""
    settings.LEVIER_HOME = tmp_path
    elsewhere = make.place()
    said = actions.dispute_month(own=held.own, line=held.line_.pk, reason="jamais")
    asked = actions.ask_correction(own=held.own, field="given_name", proposed="Zoé")
    sent = actions.send_proof(own=held.own, kind="releve", upload=photo())
    acts = [
        (f"/suivi/personnes/mois/{said.pk}/repondre", {"word": "releve"}),
        (f"/suivi/personnes/demandes/{asked.pk}/repondre", {"word": "fait"}),
        (f"/suivi/personnes/documents/{sent.pk}/vu", {}),
        (f"/suivi/personnes/{held.person_behind.pk}/carte/annuler", {}),
        (f"/suivi/personnes/{held.person_behind.pk}/carte/faire", {}),
        (f"/suivi/personnes/{held.person_behind.pk}/note/courriel", {}),
    ]
    reads = [f"/suivi/personnes/{held.person_behind.pk}/carte", f"/suivi/personnes/documents/{sent.pk}"]
    colleague = member(held.where.structure, role=Role.NETWORK).user
    for one, code in (
        (elsewhere.facilitator, 404),
        (colleague, 403),
        (held.where.company, 403),
        (held.where.buyer, 403),
        (user(), 403),
    ):
        client = as_user(one)
        assert [client.post(address, data).status_code for address, data in acts] == [code] * len(acts)
        assert [client.get(address).status_code for address in reads[1:]] == [code]
    assert [Client().post(address, data).status_code for address, data in acts] == [302] * len(acts)
    own = as_user(held.where.facilitator)
    notice.current_notice(follower=held.where.structure, by=held.where.facilitator)
    assert "<svg" in own.get(reads[0]).content.decode()
    page = text(own.get(f"/suivi/personnes/{held.person_behind.pk}"))
    assert (
        "Je n’ai pas travaillé là ce mois-là" in page and "Zoé" in page and "Non lue par la machine" in page
    )
    assert own.get(reads[1]).content[:2] == b"\xff\xd8"
    for address, data in acts[:3]:
        assert own.post(address, data).status_code == 302
    with acting(followers=[held.where.structure.pk]):
        person = Participant.objects.get(pk=held.person_behind.pk)
        seen = PersonProof.objects.get()
        assert PersonRequest.objects.get().proposed == ""
    assert (person.given_name, seen.file, seen.seen_by) == ("Zoé", "", held.where.facilitator)
    assert own.get(reads[1]).status_code == 404


def test_a_file_seen_is_gone_and_one_that_nobody_saw_goes_too(
    held: Held, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.LEVIER_HOME = tmp_path
    first = actions.send_proof(own=held.own, kind="releve", upload=photo())
    second = actions.send_proof(own=held.own, kind="contrat", upload=photo())
    with django_capture_on_commit_callbacks(execute=True):
        answering.see_proof(by=held.where.facilitator, proof=first)
    assert received_files.path_of(first.file, room=retention.PROOFS_ROOM) is None
    assert received_files.path_of(second.file, room=retention.PROOFS_ROOM) is not None
    for _ in range(actions.MOST_PROOFS - 1):
        actions.send_proof(own=held.own, kind="releve", upload=photo())
    with pytest.raises(RefusedError, match="attendent déjà"):
        actions.send_proof(own=held.own, kind="releve", upload=photo())


def test_an_erasure_waits_for_the_end_of_the_contract(held: Held) -> None:
    asked = actions.ask_erasure(own=held.own)
    assert (asked.due_on - timezone.localdate()).days >= 28
    with pytest.raises(RefusedError, match="déjà partie"):
        actions.ask_erasure(own=held.own)
    with pytest.raises(RefusedError, match="court jusqu"):
        answering.answer_request(by=held.where.facilitator, request=asked, word="fait")
    with acting(followers=[held.where.structure.pk]):
        assert PersonRequest.objects.get().answer == ""
    type(held.where.contract).objects.filter(pk=held.where.contract.pk).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    answering.answer_request(by=held.where.facilitator, request=asked, word="fait")
    with acting(followers=[held.where.structure.pk]):
        assert Participant.objects.get(pk=held.person_behind.pk).full_name == "Personne anonymisée"
    assert not PersonCard.objects.filter(revoked_at=None).exists()
    assert held.done == 35


def test_the_notice_keeps_each_version_and_who_got_it(held: Held) -> None:
    by, structure = held.where.facilitator, held.where.structure
    given = NoticeDelivery.objects.get(participant=held.person_behind)
    assert (given.way, given.by, given.notice.number) == ("main", by, 1)
    assert by.email in given.notice.body and "24 mois" in given.notice.body and "{" not in given.notice.body
    same = notice.publish(by=by, follower=structure, contact=by.email, officer="", basis="interet_public")
    assert same == given.notice
    second = notice.publish(
        by=by,
        follower=structure,
        contact="Mme Roy, 03 20 00 00 00",
        officer="dpo@exemple.invalid",
        basis="interet_public",
    )
    assert second.number == 2 and "dpo@exemple.invalid" in second.body
    answering.mail_notice(by=by, participant=held.person_behind)
    mailed = OutgoingMail.objects.latest("pk")
    assert "Qui est responsable" in mailed.body and address_of(held.card, by_mail=True) in mailed.body
    assert NoticeDelivery.objects.filter(participant=held.person_behind).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.filter(pk=second.pk).update(contact="autre")
    without = make.participant(held.where, email="")
    with pytest.raises(RefusedError, match="pas donné de courriel"):
        answering.mail_notice(by=by, participant=without)
    assert not PersonCard.objects.filter(participant=without.pk).exists()


def test_who_writes_the_notice_of_a_structure(held: Held) -> None:
    page = f"/suivi/personnes/note/{held.where.structure.pk}"
    own = as_user(held.where.facilitator)
    assert "Qui est responsable" in text(own.get(page))
    assert own.post(page, {"contact": "", "basis": "interet_public"}).status_code == 422
    assert own.post(page, {"contact": "Accueil", "basis": "interet_public"}).status_code == 302
    assert as_user(make.place().facilitator).get(page).status_code == 404
    for one in (member(held.where.structure, role=Role.NETWORK).user, held.where.buyer, user()):
        assert as_user(one).get(page).status_code == 403
    assert Client().get(page).status_code == 302


def test_what_a_person_says_is_hidden_from_a_session_that_said_nothing_and_from_companies(held: Held) -> None:
    actions.dispute_month(own=held.own, line=held.line_.pk, reason="moins")
    actions.ask_erasure(own=held.own)
    for scope in (
        {},
        {"companies": [held.where.contract.holder_id]},
        {"followers": [held.where.contract.buyer_id]},
    ):
        with acting(**scope):  # type: ignore[arg-type]
            assert not MonthAnswer.objects.exists() and not PersonRequest.objects.exists()
    other = held.person()
    with acting(person=other.participant_id):
        assert not MonthAnswer.objects.exists()
        assert Participant.objects.count() == 1
