"""The term of a convention: recalled to each party, renewed by its structure, then over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from levier.core.models import OutgoingMail
from levier.facilitators import actions
from levier.facilitators.errors import RefusedError
from tests.facilitators.test_drafted_conventions import BY, Pair, as_user, promise
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_convention_is_renewed_from_the_reminder_by_its_structure_alone() -> None:
    """Each party is told what is hers to do; the next one starts the day after, promises moved on, written once."""
    pair, start, end = Pair(), date(2025, 1, 1), date(2026, 12, 31)
    made = pair.signed(
        valid_from=start, valid_to=end, commitments=(promise(measure="constat", due_on=date(2025, 3, 31)),)
    )
    OutgoingMail.objects.all().delete()
    today = end - timedelta(days=30)
    assert actions.follow_terms(by=BY, today=today) == (2, 0)
    said = {one.to_address: plain_spaces(one.body) for one in OutgoingMail.objects.all()}
    assert "Préparer la suivante" in said[pair.worker.email] and "dans 30 jours" in said[pair.mayor.email]
    assert (
        "Préparer la suivante" not in said[pair.mayor.email]
        and f"/conventions/{made.pk}" in said[pair.mayor.email]
    )

    address = f"/conventions/{made.pk}/renouveler"
    assert as_user(pair.mayor).post(address).status_code == 403
    assert as_user(Pair().worker).post(address).status_code == 404
    client = as_user(pair.worker)
    first = client.post(address).headers["Location"]
    following = made.following.get()
    assert first == client.post(address).headers["Location"] == f"/conventions/{following.pk}/modifier"
    assert (following.valid_from, following.valid_to) == (date(2027, 1, 1), date(2028, 12, 31))
    assert following.commitments.get().due_on == date(2027, 3, 31)
    assert [one.name for one in following.parties.all()] == [one.name for one in made.parties.all()]
    # A draft is the structure's own; once proposed, it is shown to all and nobody is recalled any more.
    assert (
        f"/conventions/{following.pk}"
        not in as_user(pair.mayor).get(f"/conventions/{made.pk}").content.decode()
    )
    actions.propose_convention(by=pair.worker, convention=following)
    assert (
        f"/conventions/{following.pk}" in as_user(pair.mayor).get(f"/conventions/{made.pk}").content.decode()
    )
    assert actions.follow_terms(by=BY, today=today) == (0, 0)
    with pytest.raises(RefusedError, match="pas de terme"):
        actions.renew_convention(by=pair.worker, convention=Pair().signed(valid_to=None))


@pytest.mark.slow
def test_a_term_is_recalled_twice_and_then_ends() -> None:
    pair = Pair()
    end = timezone.localdate() + timedelta(days=200)
    made = pair.signed(valid_to=end)
    OutgoingMail.objects.all().delete()
    assert actions.follow_terms(by=BY, today=end - timedelta(days=91)) == (0, 0)
    for left, mails in ((90, 2), (80, 2), (30, 4), (1, 4)):
        actions.follow_terms(by=BY, today=end - timedelta(days=left))
        assert OutgoingMail.objects.count() == mails, left
    assert made.is_to_renew(end - timedelta(days=60))
    assert actions.follow_terms(by=BY, today=end) == (2, 0)
    assert actions.follow_terms(by=BY, today=end + timedelta(days=1)) == (0, 1)
    made.refresh_from_db()
    assert made.state == "terminee"
