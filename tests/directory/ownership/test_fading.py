"""What the nightly round tells the index: labels that are over and sheets no longer confirmed, in the last days only."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from levier.core.models import Change
from levier.directory.models import Source, SourceRecord
from levier.directory.networks.facts import add_months
from levier.directory.owner import OWNER
from levier.directory.ownership.actions import tell_what_faded
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db


def label_until(day: date) -> dict[str, Any]:
    return {"profile": {"label:rge": {"until": day.isoformat()}}}


def certificate_until(day: date) -> dict[str, Any]:
    return {
        "profile": {"certificates": [{"name": "ISO 9001"}, {"name": "ISO 14001", "until": day.isoformat()}]}
    }


def confirmed(day: date) -> None:
    one = supplier()
    source, _ = Source.objects.get_or_create(slug=OWNER.slug, defaults={"label": OWNER.label, "rank": 0})
    SourceRecord.objects.create(
        source=source, source_key=one.key, stated_key=one.key, supplier=one, kind=one.kind, values={},
        content_hash="", first_seen=day, last_seen=day,
    )  # fmt: skip


@pytest.mark.parametrize("held", [label_until, certificate_until])
@pytest.mark.parametrize(
    ("days", "is_told"), [(0, False), (-1, True), (-7, True), (-8, False), (30, False)]
)  # fmt: skip
def test_a_label_leaves_the_filters_the_night_after_its_end(days: int, is_told: bool, held: Any) -> None:
    one = supplier(**held(localdate() + timedelta(days=days)))
    supplier()
    Change.objects.all().delete()
    assert tell_what_faded() == is_told
    assert list(Change.objects.values_list("key", flat=True)) == ([str(one.pk)] if is_told else [])


@pytest.mark.parametrize(("months", "is_told"), [(1, False), (6, True), (9, False), (12, True), (14, False)])
def test_a_sheet_is_ranked_again_when_its_confirmation_ages(months: int, is_told: bool) -> None:
    confirmed(add_months(localdate(), -months) - timedelta(days=2))
    assert tell_what_faded() == is_told
