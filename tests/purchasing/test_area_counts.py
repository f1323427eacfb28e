"""Needs still open and contracts with a social clause, of an area or among suppliers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from levier.directory.models import Supplier
from levier.purchasing.models import Contract, PublishedNeed
from levier.purchasing.queries.areas import PurchasingCounts, counts_among, counts_in_area
from levier.reference.areas import Area
from tests.factories.needs import listed, sent

pytestmark = pytest.mark.django_db

NORD, LILLE, REGION = Area(departements=("59",)), Area(epci=("200093201",)), Area(regions=("32",))


def contract(number: int, **fields: Any) -> Contract:
    today = timezone.localdate()
    given: dict[str, Any] = {
        "uid": f"essai-{number}", "source": "essai", "object": "Nettoyage", "social_considerations": ["clause"],
        "content_hash": "0" * 32, "first_seen": today, "last_seen": today, "departement_code": "59",
        "notified_on": today - timedelta(days=30),
    }  # fmt: skip
    return Contract.objects.create(**(given | fields))


def test_nothing_loaded_is_not_zero() -> None:
    assert counts_in_area(NORD) == PurchasingCounts(needs=0, contracts=None)


def test_contracts_of_the_year_with_a_clause_or_reserved_count_where_they_are_performed() -> None:
    contract(1)
    contract(2, social_considerations=["reserve"], place_kind="commune", place_code="59512")
    contract(3, social_considerations=["aucune"])
    contract(4, notified_on=timezone.localdate() - timedelta(days=400))
    contract(5, departement_code="69")
    assert [counts_in_area(area).contracts for area in (NORD, LILLE, REGION, Area())] == [2, 1, 2, 0]


@pytest.mark.slow
def test_open_needs_count_where_they_are_asked_for() -> None:
    sent(scope="autour", place_code="59512", place_label="Roubaix", radius_km=30)
    sent(scope="departements", departements=("59", "62"))
    sent(scope="regions", regions=("32",))
    sent()
    late = sent(scope="departements", departements=("59",))
    PublishedNeed.objects.filter(pk=late.pk).update(deadline=timezone.localdate() - timedelta(days=1))
    assert [counts_in_area(area).needs for area in (NORD, LILLE, REGION)] == [2, 1, 3]


@pytest.mark.slow
def test_a_network_counts_what_its_members_received_and_won() -> None:
    one, other = listed(siret="12345678900012"), listed()
    sent(None, one, other)
    won = contract(1)
    won.holders.create(rank=1, siret="12345678900012")
    members = Supplier.objects.filter(pk=one.pk)
    assert counts_among(members) == PurchasingCounts(needs=1, contracts=1)
    assert counts_among(Supplier.objects.none()) == PurchasingCounts(needs=0, contracts=0)
