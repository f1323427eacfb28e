"""The checks of declared lines, set for a contract by its facilitator."""

from decimal import Decimal

import pytest

from levier.execution.declaring import policies
from levier.execution.errors import RefusedError
from levier.execution.models import LineState
from tests.execution.test_declaring import MONTH, World, as_user, open_to_company, text
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_facilitator_says_which_checks_stop_a_line() -> None:
    world = World()
    at = f"/suivi/contrats/{world.where.contract.pk}/controles"
    client = as_user(world.where.facilitator)
    # Somebody else's contract, the company of this one: neither reads nor sets its checks.
    for other, status in ((open_to_company(world), 403), (World().where.facilitator, 404)):
        assert as_user(other).post(at, {"controle-hours_zero": "off"}).status_code == status
    line = world.line(230)
    with pytest.raises(RefusedError, match="dites pourquoi"):
        world.accept(line)
    page = client.get(at)
    assert 'name="controle-over_a_month"' in text(
        page
    ) and 'name="controle-privacy_notice_missing"' not in text(page)
    assert client.post(at, {"controle-privacy_notice_missing": "off"}).status_code == 422
    set_now = dict.fromkeys((f"controle-{name}" for name in ("over_a_month", "over_48_a_week")), "warn")
    assert client.post(at, set_now | {"controle-no_proof": "warn"}).status_code == 302
    world.where.contract.refresh_from_db()
    assert world.where.contract.check_switches == {"over_a_month": "warn", "over_48_a_week": "warn"}
    world.desk = policies.facilitator_desk(world.where.facilitator, world.where.contract.pk)
    judged = world.book().judge((world.entry.pk, MONTH), Decimal(230))
    assert not judged.is_blocked and any("230 h en un mois" in plain_spaces(one) for one in judged.sentences)
    assert world.accept(line).state == LineState.ACCEPTED
    client.post(at, {"origine": "1", "tous": "1"})
    world.where.contract.refresh_from_db()
    assert world.where.contract.check_switches == {}
