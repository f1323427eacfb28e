"""Suppliers that do not wish to be solicited: seen and counted by the buyer, never written to."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.directory.index import SUPPLIERS
from levier.directory.solicitations.actions import choose_solicitations
from levier.purchasing import actions, matching
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import Answer, VerifiedBuyer
from tests.factories.needs import buyer, draft, listed, recipient, sent, sent_yesterday

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BY = Actor.machine("essai")
TRADE = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}


def refuse(supplier: object) -> None:
    choose_solicitations(by=BY, address="", supplier=supplier, wanted={"needs": False})  # type: ignore[arg-type]


def test_who_refuses_is_shown_counted_and_never_written_to() -> None:
    willing, refusing = listed(**TRADE), listed(**TRADE)  # type: ignore[arg-type]
    refuse(refusing)
    SUPPLIERS.rebuild()
    author = buyer()
    need = draft(author)
    VerifiedBuyer.objects.create(organisation=need.organisation)
    # Added by hand it stays refused.
    actions.change_list(by=author, need=need, supplier_id=refusing.pk, is_in=True)
    need.refresh_from_db()
    found = matching.match(need)
    assert [one.card.id for one in found.refusing] == [refusing.pk]
    assert [one.card.id for one in found.all] == [willing.pk]
    client = Client()
    client.force_login(author)
    page = client.get(f"/besoins/{need.pk}/relire").content.decode()
    assert "Ne souhaite pas être sollicité" in page
    actions.submit_need(by=author, need=need)
    need.refresh_from_db()
    assert need.refusing == 1
    assert set(OutgoingMail.objects.values_list("to_address", flat=True)) == {willing.email}
    assert "ne souhaitent pas être sollicités" in client.get(f"/besoins/{need.pk}").content.decode()
    # The directory keeps it.
    assert refusing.name in client.get(f"/fournisseurs?q={refusing.name}").content.decode()


def test_a_need_that_would_write_to_nobody_says_so_before_it_is_sent() -> None:
    one = listed(**TRADE, email="")  # type: ignore[arg-type]
    SUPPLIERS.rebuild()
    author = buyer()
    need = draft(author)
    client = Client()
    client.force_login(author)
    page = client.get(f"/besoins/{need.pk}/relire").content.decode()
    assert "Aucun courriel ne partira" in page and "Proposer sans courriel" in page
    one.email = "contact@exemple.invalid"
    one.save()
    page = client.get(f"/besoins/{need.pk}/relire").content.decode()
    assert "Aucun courriel ne partira" not in page and "Proposer à 1 fournisseur<" in page


def test_the_mail_of_a_need_has_its_way_out_and_it_works() -> None:
    one = listed()
    sent(None, one)
    mail = OutgoingMail.objects.get()
    assert mail.unsubscribe_url in mail.body
    path = "/ne-plus-me-solliciter/" + mail.unsubscribe_url.rpartition("/")[2]
    Client().post(path, {"List-Unsubscribe": "One-Click"})
    need = sent(None, one)
    # The factory sends past the matching; a reminder asks again.
    OutgoingMail.objects.all().delete()
    sent_yesterday(need)
    with pytest.raises(RefusedError, match="Personne à relancer"):
        actions.remind(by=buyer(), need=need)
    actions.extend_deadline(by=buyer(), need=need, deadline=timezone.localdate() + timedelta(days=60))
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("has_answered", "mails"), [(True, 1), (False, 0)])
def test_who_answered_still_learns_how_it_ended(has_answered: bool, mails: int) -> None:
    one = listed()
    need = sent(None, one)
    row = recipient(need, one)
    if has_answered:
        given = actions.SupplierAnswer(
            answer=Answer.INTERESTED, contact_name="Ada", contact_phone="03 20 00 00 00"
        )
        actions.answer_need(by=BY, recipient=row, given=given)
    refuse(one)
    OutgoingMail.objects.all().delete()
    actions.close_need(by=buyer(), need=need, no_outcome="abandon")
    assert OutgoingMail.objects.count() == mails
