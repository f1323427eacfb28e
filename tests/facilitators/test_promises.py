"""The promises of a convention: measured by what happens, or seen by hand with who and when."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from levier.accounts.models import Role
from levier.facilitators import actions
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import MeasureFact
from levier.facilitators.queries.measures import progress_of, year_start
from tests.facilitators.test_drafted_conventions import BY, Pair, as_user
from tests.factories.accounts import member
from tests.factories.network import animation, animator_of, ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


@pytest.mark.slow
def test_commitments_are_measured_by_requests_and_facts() -> None:
    pair = Pair()
    made = pair.signed()
    today = timezone.localdate()
    answers, visits, words = progress_of(made, on=today)
    assert (answers.is_kept, visits.is_kept, words.is_kept) == (None, None, None)
    one = ask(place=pair.town, by=pair.mayor)
    actions.accept_request(by=pair.worker, request=one, who="PLIE du Val")
    assert progress_of(made, on=today)[0].is_kept is True
    later = ask(place=pair.town, by=pair.mayor)
    actions.pass_on_late_requests(by=BY, today=later.due_on + timedelta(days=1))
    assert progress_of(made, on=today)[0].is_kept is False
    fact = {
        "structure": pair.structure,
        "measure": "visites",
        "happened_on": today,
        "label": "Visite du chantier",
    }
    for _ in range(2):
        actions.record_measure_fact(by=BY, source_key="visite-1", **fact)
    assert MeasureFact.objects.filter(measure="visites").count() == 1
    actions.record_measure_fact(by=BY, source_key="visite-2", buyer_siren=pair.town.siren, **fact)
    actions.record_measure_fact(by=BY, source_key="visite-3", buyer_siren="999999999", **fact)
    found = progress_of(made, on=today)[1]
    assert (found.is_kept, found.words) == (True, "2 sur 2 cette année")
    with pytest.raises(RefusedError, match="n’existe pas"):
        actions.record_measure_fact(by=BY, source_key="x", **(fact | {"measure": "sourires"}))


@pytest.mark.slow
def test_what_nothing_sees_is_confirmed_once_by_a_party_with_who_and_when() -> None:
    pair = Pair()
    made = pair.signed()
    today = timezone.localdate()
    promised = made.commitments.get(measure="constat")
    address = f"/conventions/{made.pk}/engagements/{promised.pk}/constater"
    given = {"done_on": today.isoformat(), "words": "courriel du jour"}
    for person, status in (
        (member(pair.town, role=Role.SUPPLIER).user, 403), (Pair().worker, 404), (animator_of(animation("32")), 403),
    ):  # fmt: skip
        assert as_user(person).post(address, given).status_code == status
    other = Pair().signed().commitments.first()
    wrong = f"/conventions/{made.pk}/engagements/{other.pk}/constater"
    assert as_user(pair.mayor).post(wrong, given).status_code == 404
    tomorrow = {"done_on": (today + timedelta(days=1)).isoformat()}
    assert as_user(pair.mayor).post(address, tomorrow).status_code == 422
    assert "Constater" in as_user(pair.mayor).get(f"/conventions/{made.pk}").content.decode()
    assert as_user(pair.mayor).post(address, given).status_code == 302
    line = progress_of(made, on=today)[2]
    assert line.is_kept is True and pair.town.name in line.words and "courriel du jour" in line.words
    assert as_user(pair.worker).post(address, given).status_code == 422
    assert progress_of(pair.signed(), on=today + timedelta(days=61))[2].is_kept is False


def test_the_year_of_a_convention_turns_on_its_own_day() -> None:
    assert year_start(date(2026, 3, 15), date(2027, 3, 14)) == date(2026, 3, 15)
    assert year_start(date(2026, 3, 15), date(2027, 3, 15)) == date(2027, 3, 15)
    assert year_start(date(2024, 2, 29), date(2025, 6, 1)) == date(2025, 3, 1)
