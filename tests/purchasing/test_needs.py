"""A need from draft to outcome: who reads it first, one mail each, reminders, the end."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core import mail_returns
from levier.core.audit import Actor
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory.queries import supplier_cards
from levier.purchasing import actions, matching, trust
from levier.purchasing.errors import RefusedError
from levier.purchasing.links import hashed
from levier.purchasing.matching import Candidate, Matching
from levier.purchasing.models import Answer, NeedLink, NeedRecipient, NeedState, VerifiedBuyer
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer, draft, listed, recipient, sent, sent_yesterday, values

pytestmark = pytest.mark.django_db
LINK = Actor.machine("lien du fournisseur")
INTERESTED = actions.SupplierAnswer(
    answer=Answer.INTERESTED, contact_name="Camille Martin", contact_phone="03 20 00 00 00"
)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The suppliers the search « finds »; the engine has tests of its own."""
    suppliers: list[Any] = []

    def match(need: Any) -> Matching:
        candidates = [Candidate(card, 5.0) for card in supplier_cards([one.pk for one in suppliers])]
        return Matching(
            mailed=tuple(one for one in candidates if one.address),
            phoned=tuple(one for one in candidates if not one.address),
            total=len(candidates),
        )

    monkeypatch.setattr(matching, "match", match)
    return suppliers


def mails(address: str = "") -> list[OutgoingMail]:
    rows = OutgoingMail.objects.order_by("pk")
    return list(rows.filter(to_address=address) if address else rows)


def verified(by: User) -> None:
    membership = by.memberships.get()
    VerifiedBuyer.objects.create(organisation=membership.organisation)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": "  "}, "titre"),
        ({"sectors": ()}, "secteur"),
        ({"deadline": timezone.localdate()}, "date limite"),
        ({"deadline": timezone.localdate() + timedelta(days=400)}, "date limite"),
        (
            {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() - timedelta(days=1)},
            "avant son début",
        ),
        ({"questions": tuple({"text": "?", "kind": "text"} for _ in range(11))}, "questions au plus"),
        ({"kinds": ("XX",)}, "types de structure"),
    ],
)
def test_a_need_that_cannot_be_sent_is_refused_with_a_sentence(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RefusedError, match=sentence):
        draft(**changes)


def test_an_unknown_organisation_waits_for_the_staff(found: list[Any]) -> None:
    staff = user(is_staff=True)
    author = buyer()
    found.append(listed())
    need = actions.submit_need(by=author, need=draft(author))
    assert need.state == NeedState.WAITING
    assert [mail.to_address for mail in mails()] == [staff.email]
    assert "Nettoyage" not in mails()[0].body  # the need itself stays on the site
    assert not NeedRecipient.objects.exists()


def test_a_verified_organisation_sends_at_once(found: list[Any]) -> None:
    author = buyer()
    verified(author)
    found.append(listed(email="a@fournisseur.invalid"))
    need = actions.submit_need(by=author, need=draft(author))
    assert need.state == NeedState.SENT
    assert len(mails("a@fournisseur.invalid")) == 1


def test_the_domain_of_a_verified_organisation_vouches_for_its_agents_only() -> None:
    VerifiedBuyer.objects.create(organisation=organisation(), mail_domain="ville.invalid")
    other = organisation()
    agent = member(other, role=Role.BUYER, email="agent@ville.invalid").user
    stranger = member(other, role=Role.BUYER, email="agent@faussville.invalid").user
    assert trust.is_trusted(agent, other)
    assert not trust.is_trusted(stranger, other)
    agent.emailaddress_set.update(verified=False)  # type: ignore[attr-defined]
    assert not trust.is_trusted(agent, other)


@pytest.mark.parametrize("domain", ["gmail.com", "ville", "a@b.fr", "ville .fr"])
def test_a_domain_open_to_all_is_not_written_down(found: list[Any], domain: str) -> None:
    author = buyer()
    found.append(listed())
    need = actions.submit_need(by=author, need=draft(author))
    with pytest.raises(RefusedError, match="domaine"):
        actions.accept_need(by=user(is_staff=True), need=need, verify=True, mail_domain=domain)
    need.refresh_from_db()
    assert need.state == NeedState.WAITING
    assert not VerifiedBuyer.objects.exists()


def test_the_staff_accepts_once_and_the_buyer_is_told(found: list[Any]) -> None:
    staff, author = user(is_staff=True), buyer()
    found += [listed(email="a@fournisseur.invalid"), listed(email="")]
    need = actions.submit_need(by=author, need=draft(author))
    actions.accept_need(by=staff, need=need, verify=True, mail_domain="ville-essai.fr")
    with pytest.raises(RefusedError, match="déjà été relu"):
        actions.accept_need(by=staff, need=need)
    assert len(mails("a@fournisseur.invalid")) == 1
    (told,) = mails(author.email)
    assert "envoyé à 1 fournisseur.\n1 autre, sans adresse publiée, est à joindre vous-même." in told.body
    assert VerifiedBuyer.objects.get().mail_domain == "ville-essai.fr"


def test_a_refused_need_is_a_draft_again_with_the_reason(found: list[Any]) -> None:
    staff, author = user(is_staff=True), buyer()
    found.append(listed())
    need = actions.submit_need(by=author, need=draft(author))
    with pytest.raises(RefusedError, match="Dites pourquoi"):
        actions.refuse_need(by=staff, need=need, reason=" ")
    need = actions.refuse_need(by=staff, need=need, reason="Une personne est nommée.")
    assert need.is_editable
    assert "Une personne est nommée." in mails(author.email)[0].body
    need = actions.submit_need(by=author, need=need)
    assert (need.state, need.refusal) == (NeedState.WAITING, "")


def test_each_supplier_receives_one_mail_with_a_link_of_its_own() -> None:
    one, other, silent = listed(), listed(), listed(email="")
    need = sent(None, one, other, silent)
    bodies = [mail.body for mail in mails()]
    tokens = [body.split("/reponse/")[1].split()[0] for body in bodies]
    assert len(bodies) == 2
    assert len(set(tokens)) == 2 and all(len(token) == 22 for token in tokens)
    assert {hashed(token) for token in tokens} == set(NeedLink.objects.values_list("token_hash", flat=True))
    assert recipient(need, silent).sent_at is None
    assert not str(AuditEvent.objects.values_list("details", flat=True)).count("Nettoyage")


def test_a_fictitious_supplier_never_gets_a_real_mail(settings: Any) -> None:
    real, fictitious = listed(), listed(is_demo=True)
    settings.MAIL_URL = "smtp://localhost"
    need = sent(None, real, fictitious)
    assert [mail.to_address for mail in mails()] == [real.email]
    assert recipient(need, fictitious).sent_at is None
    settings.MAIL_URL = ""
    sent(None, fictitious)
    assert len(mails(fictitious.email)) == 1


def test_sending_needs_someone_to_receive_and_not_too_many(
    found: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    author = buyer()
    need = draft(author)
    with pytest.raises(RefusedError, match="Aucun fournisseur"):
        actions.submit_need(by=author, need=need)
    found.extend([listed(), listed()])
    monkeypatch.setattr(matching, "MOST_RECIPIENTS", 1)
    with pytest.raises(RefusedError, match="réduisez"):
        actions.submit_need(by=author, need=need)


def test_a_need_that_left_cannot_be_changed() -> None:
    author = buyer()
    need = sent(author)
    with pytest.raises(RefusedError, match="brouillon"):
        actions.save_need(by=author, organisation=need.organisation, values=values(title="Autre"), need=need)
    with pytest.raises(RefusedError, match="brouillon"):
        actions.delete_draft(by=author, need=need)
    with pytest.raises(RefusedError, match="brouillon"):
        actions.change_list(by=author, need=need, supplier_id=listed().pk, is_in=True)


def test_the_list_of_a_draft_takes_listed_suppliers_only() -> None:
    author, one, hidden = buyer(), listed(), listed(is_listed=False)
    need = draft(author)
    actions.change_list(by=author, need=need, supplier_id=one.pk, is_in=True)
    with pytest.raises(RefusedError, match="annuaire"):
        actions.change_list(by=author, need=need, supplier_id=hidden.pk, is_in=True)
    need.refresh_from_db()
    assert (need.added, need.removed) == ([one.pk], [])
    actions.change_list(by=author, need=need, supplier_id=one.pk, is_in=False)
    need.refresh_from_db()
    assert (need.added, need.removed) == ([], [one.pk])


def test_a_reminder_goes_to_the_silent_ones_once_a_day() -> None:
    author, one, other = buyer(), listed(), listed()
    need = sent(author, one, other)
    actions.answer_need(by=LINK, recipient=recipient(need, one), given=INTERESTED)
    with pytest.raises(RefusedError, match="parti aujourd’hui"):
        actions.remind(by=author, need=need)
    sent_yesterday(need)
    assert actions.remind(by=author, need=need) == 1
    with pytest.raises(RefusedError, match="déjà partie aujourd’hui"):
        actions.remind(by=author, need=need)
    assert (len(mails(one.email)), len(mails(other.email))) == (1, 2)
    assert recipient(need, other).reminded_at is not None
    # The next day it may leave again; its link is new and the first stays good.
    type(need).objects.filter(pk=need.pk).update(reminded_on=timezone.localdate() - timedelta(days=1))
    assert NeedLink.objects.open().filter(recipient__supplier=other).count() == 2


def test_nobody_is_reminded_when_all_have_answered() -> None:
    author, one = buyer(), listed()
    need = sent(author, one)
    actions.answer_need(by=LINK, recipient=recipient(need, one), given=INTERESTED)
    sent_yesterday(need)
    with pytest.raises(RefusedError, match="Personne à relancer"):
        actions.remind(by=author, need=need)


def test_a_dead_address_is_not_reminded() -> None:
    author, one = buyer(), listed()
    need = sent(author, one)
    sent_yesterday(need)
    mail_returns.note(mails(one.email)[0], mail_returns.Failure("5.1.1", True))
    with pytest.raises(RefusedError, match="Personne à relancer"):
        actions.remind(by=author, need=need)


def test_more_time_moves_the_links_and_tells_who_has_not_answered() -> None:
    author, one = buyer(), listed()
    need = sent(author, one)
    later = need.deadline + timedelta(days=10)
    with pytest.raises(RefusedError, match="après la date actuelle"):
        actions.extend_deadline(by=author, need=need, deadline=need.deadline)
    actions.extend_deadline(by=author, need=need, deadline=later)
    assert NeedLink.objects.get().expires_at.date() >= later + timedelta(days=29)
    assert "prolonge" in mails(one.email)[1].body


@pytest.mark.slow
def test_an_answer_may_change_until_the_deadline_and_keeps_its_dates() -> None:
    one = listed()
    need = sent(None, one)
    row = actions.answer_need(by=LINK, recipient=recipient(need, one), given=INTERESTED)
    assert row.seen_at is not None and row.interested_at is not None
    row = actions.answer_need(
        by=LINK, recipient=row, given=actions.SupplierAnswer(answer="decline", decline_reason="charge")
    )
    assert (row.answer, row.decline_reason) == ("decline", "charge")
    assert row.interested_at is not None and row.declined_at is not None
    type(need).objects.filter(pk=need.pk).update(deadline=timezone.localdate() - timedelta(days=1))
    with pytest.raises(RefusedError, match="ne reçoit plus"):
        actions.answer_need(by=LINK, recipient=row, given=INTERESTED)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"answer": "peut-être"}, "Choisissez une réponse"),
        ({"answer": ""}, "Choisissez une réponse"),
        ({"answer": "decline"}, "raison"),
        ({"answer": "decline", "decline_reason": "humeur"}, "raison"),
        ({"answer": "interesse"}, "nom et le téléphone"),
        ({"answer": "groupement", "contact_name": "C", "contact_phone": "1"}, "Il manque la réponse"),
        (
            {"answer": "interesse", "contact_name": "C", "contact_phone": "1", "answers": {0: "peut-être", 1: "x"}},
            "oui ou par non",
        ),
    ],
)  # fmt: skip
def test_an_incomplete_answer_is_refused(given: dict[str, Any], sentence: str) -> None:
    one = listed()
    questions = ({"text": "Le samedi ?", "kind": "yes_no"}, {"text": "Comment ?", "kind": "text"})
    need = sent(None, one, questions=questions)
    with pytest.raises(RefusedError, match=sentence):
        actions.answer_need(by=LINK, recipient=recipient(need, one), given=actions.SupplierAnswer(**given))
    assert recipient(need, one).answer == ""


def test_closing_tells_every_supplier_once_and_never_the_amount() -> None:
    author, one, other = buyer(), listed(), listed()
    need = sent(author, one, other)
    chosen = recipient(need, one)
    actions.close_need(by=author, need=need, chosen=[chosen.pk], amount_ht=Decimal("48000"), note="Merci.")
    with pytest.raises(RefusedError, match="plus, envoyé"):
        actions.close_need(by=author, need=need, no_outcome="abandon")
    assert "est retenue" in mails(one.email)[1].body
    assert "Une autre structure" in mails(other.email)[1].body
    # A token may hold both figures: the amount is what stands together.
    assert not any(re.search(r"48\W?000", mail.body) for mail in mails()[2:])
    assert len(mails()) == 4
    need.refresh_from_db()
    assert (need.state, need.outcome_amount_ht) == (NeedState.CLOSED, Decimal("48000"))
    assert recipient(need, one).is_chosen and recipient(need, other).told_at is not None


def test_an_outcome_is_a_supplier_of_this_need_or_a_reason() -> None:
    author = buyer()
    need, elsewhere = sent(author), sent()
    stranger = elsewhere.recipients.get().pk
    for wrong in ({}, {"chosen": [stranger]}, {"no_outcome": "x"}, {"chosen": [1], "no_outcome": "abandon"}):
        with pytest.raises(RefusedError):
            actions.close_need(by=author, need=need, **wrong)  # type: ignore[arg-type]
    need.refresh_from_db()
    assert need.state == NeedState.SENT


def test_a_need_taken_back_kills_its_links_and_tells() -> None:
    author, one = buyer(), listed()
    need = sent(author, one)
    actions.withdraw_need(by=author, need=need)
    assert not NeedLink.objects.open().exists()
    assert "retiré" in mails(one.email)[1].body
    with pytest.raises(RefusedError):
        actions.withdraw_need(by=author, need=need)


def test_names_are_forgotten_a_year_after_the_end() -> None:
    author, one = buyer(), listed()
    need = sent(author, one)
    row = actions.answer_need(by=LINK, recipient=recipient(need, one), given=INTERESTED)
    actions.close_need(by=author, need=need, chosen=[row.pk])
    today = timezone.localdate()
    assert actions.forget_contacts(by=LINK, before=today - timedelta(days=365)) == 0
    assert actions.forget_contacts(by=LINK, before=today + timedelta(days=1)) == 1
    row.refresh_from_db()
    assert (row.contact_name, row.contact_phone, row.answer) == ("", "", "interesse")
