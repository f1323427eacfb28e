"""The demonstration of the network: people, a request that waits, a signed convention; and nothing left after."""

import pytest

from levier.accounts import actions as accounts
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.facilitators import actions
from levier.facilitators.models import (
    Animator,
    Convention,
    Facilitator,
    MeasureFact,
    ReferralRequest,
    Structure,
)
from levier.facilitators.queries.measures import progress_of
from levier.organisations.models import Organisation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BY = Actor.machine("tests")


def test_the_demonstration_has_a_life_and_leaves_nothing(settings, tmp_path):
    settings.LEVIER_HOME = tmp_path
    assert actions.load_demo_network(by=BY) == 0  # neither desks nor accounts yet
    actions.load_demo(by=BY)
    accounts.load_demo_accounts(by=BY)
    assert [actions.load_demo_network(by=BY) for _ in range(2)] == [2, 0]
    assert actions.load_demo(by=BY) == 0
    assert Facilitator.objects.values("structure").distinct().count() == 2
    made = Convention.objects.get(origin="redigee")
    assert (made.state, made.is_to_renew(made.signed_on)) == ("signee", True)
    assert progress_of(made, on=made.signed_on)[1].words == "1 sur 2 cette année"
    waiting = ReferralRequest.objects.get()
    assert (waiting.state, waiting.person.first_name) == ("attente", "Camille")
    assert "sous convention" in waiting.reason
    assert not OutgoingMail.objects.exists()
    actions.clear_demo(by=BY)
    accounts.clear_demo_accounts(by=BY)
    for table in (Facilitator, Convention, ReferralRequest, Animator, MeasureFact, Structure):
        assert not table.objects.exists(), table
    assert not Organisation.objects.filter(is_demo=True).exists()
