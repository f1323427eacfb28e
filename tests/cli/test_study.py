"""`levier study replay`: the same figures, or the list of what changed."""

import json

import pytest

from levier.clauses.models import StudyVersion
from levier.clauses.studies import actions
from levier.purchasing.models import PurchaseState
from tests.cli.calls import run
from tests.factories import purchases as make

pytestmark = pytest.mark.django_db


def _version() -> StudyVersion:
    user = make.facilitator()
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY,
        facilitator=user.memberships.get().organisation,
        lots=0,
        contract_kind="travaux",
    )
    lot = make.lot(purchase, cpv="45442100", amount_ht=1_000_000, months=10)
    return actions.save_version(by=user, lot=lot)


def test_a_saved_study_gives_the_same_figures() -> None:
    version = _version()
    told = run("study", "replay", str(version.pk))
    assert told.exit_code == 0
    assert "mêmes chiffres" in told.output
    body = json.loads(run("study", "replay", str(version.pk), "--json").output)
    assert body["is_same"] is True
    assert body["hours"]["likely"] == 1000


def test_an_unknown_study_is_said() -> None:
    told = run("study", "replay", "999999")
    assert told.exit_code == 1
    assert "n’existe pas" in told.output
