"""Who a need reaches, on the demonstration directory: the search's own answer, then the buyer's changes."""

from typing import Any

import pytest
from django.utils import timezone

from levier.core import mail_returns
from levier.core.models import OutgoingMail
from levier.directory import index
from levier.directory.models import Supplier
from levier.directory.search import Near, SupplierQuery
from levier.purchasing import grouping, matching, wording
from levier.purchasing.groups import Partner
from levier.purchasing.models import NeedRecipient, PublishedNeed
from levier.reference.queries import place_by_code
from tests.factories.needs import draft, listed

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("demonstration")]


def around_roubaix(**changes: Any) -> PublishedNeed:
    area = {"scope": "autour", "place_code": "59512", "place_label": "Roubaix (Nord)", "radius_km": 50}
    return draft(**(area | changes))


def keys(found: matching.Matching) -> set[int]:
    return {one.card.id for one in found.all}


def test_the_need_reaches_whom_the_search_finds() -> None:
    need = around_roubaix()
    place = place_by_code("commune", "59512")
    assert place is not None
    near = Near(place.latitude, place.longitude, place.landmass)
    same = SupplierQuery(sectors=("nettoyage-locaux",), near=near, radius_km=50, limit=300)
    page = index.find(same)
    need.takes_coming = False
    found = matching.match(need)
    assert found.total == page.total == len(keys(found)) > 2
    assert keys(found) == set(page.keys)
    distances = [one.distance_km for one in found.mailed]
    assert distances == sorted(distances) and max(distances) <= 50  # type: ignore[type-var, operator]


@pytest.mark.parametrize(
    ("area", "is_coming"),
    [
        ({"kind": "radius", "km": 320}, True),
        ({"kind": "radius", "km": 100}, False),
        ({"kind": "departements", "codes": ["59"]}, True),
        ({"kind": "regions", "codes": ["11"]}, False),
    ],
)
def test_who_says_it_comes_from_elsewhere_is_found_told_apart_and_left_out_at_will(
    area: dict[str, Any], is_coming: bool, request: pytest.FixtureRequest
) -> None:
    need, before = around_roubaix(), matching.match(around_roubaix())
    # Paris: 210 km away, no supplier of the area.
    stranger = listed(
        kind="EI", sectors=["nettoyage-locaux"], activity_status="stated", departement_code="75", region_code="11",
        latitude=48.85, longitude=2.35, precision="commune", profile={"lines": [{"sector": "nettoyage-locaux", "ways": [], "area": area}]},
    )  # fmt: skip
    index.engine().apply(upserts=index.documents([stranger.pk]))
    request.addfinalizer(lambda: index.engine().apply(deletes=[stranger.pk]) and None)
    for wanted in (need, draft(scope="departements", departements=("59",))):
        found = matching.match(wanted)
        assert [one.is_coming for one in found.all if one.card.id == stranger.pk] == [True] * is_coming
        assert matching.reaches(wanted, stranger) is is_coming
        assert found.all_established + found.all_coming == len(found.all)
    found = matching.match(need)
    assert (found.coming, found.total) == (before.coming + is_coming, before.total + is_coming)
    need.takes_coming = False
    left = matching.match(need)
    assert (left.coming, left.all_coming) == (found.coming, 0) and keys(left) == keys(found) - {
        one.card.id for one in found.all if one.is_coming
    }
    assert not matching.reaches(need, stranger)
    told = wording.request(NeedRecipient(need=need, supplier=stranger), "https://lien.invalid").body
    assert ("votre fiche dit que vous y intervenez" in told) is is_coming


def test_kinds_and_territories_narrow_it() -> None:
    everywhere = matching.match(draft())
    adapted = matching.match(draft(kinds=("EA", "ESAT")))
    north = matching.match(draft(scope="departements", departements=("59",)))
    region = matching.match(draft(scope="regions", regions=("32",)))
    assert {one.card.kind.code for one in adapted.all} <= {"EA", "ESAT"}
    assert {one.card.departement_code for one in north.all if not one.is_coming} == {"59"}
    assert {one.card.region_code for one in region.all if not one.is_coming} == {"32"}
    assert region.all_coming and keys(region) < keys(everywhere)
    assert keys(adapted) < keys(everywhere)


def test_the_buyer_takes_out_and_adds() -> None:
    need = around_roubaix()
    first = matching.match(need).mailed[0].card.id
    stranger = Supplier.objects.exclude(departement_code="59").filter(is_listed=True)[0]
    need.removed, need.added = [first], [stranger.pk, first]
    found = matching.match(need)
    assert first not in keys(found) and [one.card.id for one in found.removed] == [first]
    (added,) = [one for one in found.all if one.is_added]
    assert added.card.id == stranger.pk


def test_who_publishes_no_address_that_answers_is_to_be_called() -> None:
    need = around_roubaix()
    first, dead = matching.match(need).mailed[:2]
    Supplier.objects.filter(pk=first.card.id).update(email="")
    mail = OutgoingMail.objects.create(message_id="r", to_address=dead.address, subject="Besoin")
    mail_returns.note(mail, mail_returns.Failure("5.1.1", True))
    found = matching.match(need)
    assert [one.card.id for one in found.phoned] == [first.card.id, dead.card.id]


def test_one_letter_box_receives_one_mail() -> None:
    need = around_roubaix()
    before = matching.match(need)
    one, other = before.mailed[:2]
    Supplier.objects.filter(pk=other.card.id).update(email=one.card.email.upper())
    found = matching.match(need)
    assert found.same_address == 1
    assert keys(found) == keys(before) - {other.card.id}


def test_a_supplier_is_found_by_name_to_be_added() -> None:
    name = matching.match(around_roubaix()).mailed[0].card.name
    assert name in {card.name for card in matching.find_to_add(draft(), name)}
    assert matching.find_to_add(draft(), " x ") == ()


def test_a_group_covers_the_sectors_and_says_why() -> None:
    need = around_roubaix(sectors=("nettoyage-locaux", "creation-espaces-verts"), amount_band="100k")
    proposal = grouping.propose(need, today=timezone.localdate())
    covered = {tag.slug for one in proposal.members for tag in one.card.sectors}
    assert {"nettoyage-locaux", "creation-espaces-verts"} <= covered
    assert len(proposal.members) == 2 and all(one.why for one in proposal.members)
    assert sum(one.share for one in proposal.members) == pytest.approx(1)
    assert any(one.capacity_ht for one in proposal.members), "a sheet tells its turnover by bands"
    first = proposal.members[0].card.id
    other = grouping.propose(need, today=timezone.localdate(), without=(first,))
    assert first not in {one.card.id for one in other.members}
    led = grouping.propose(need, today=timezone.localdate(), lead=first)
    assert first in {one.card.id for one in led.members}


def test_a_supplier_learns_nothing_of_whom_the_buyer_consulted() -> None:
    need = around_roubaix()
    found = matching.match(need).mailed
    lead, taken_out = found[0].card.id, found[1].card.id
    stranger = Supplier.objects.exclude(departement_code="59").filter(is_listed=True)[0]
    before = grouping.propose(need, today=timezone.localdate(), lead=lead)
    need.removed, need.added = [taken_out], [stranger.pk]
    NeedRecipient.objects.create(
        need=need, supplier_id=before.members[1].card.id, answer="decline", decline_reason="charge",
        declined_at=timezone.now(),
    )  # fmt: skip
    after = grouping.propose(need, today=timezone.localdate(), lead=lead)
    assert [one.card.id for one in after.members] == [one.card.id for one in before.members]


def test_a_group_nobody_can_make_says_so() -> None:
    need = around_roubaix(radius_km=10, kinds=("SEP",))
    proposal = grouping.propose(need, today=timezone.localdate())
    assert not proposal.members and "élargissez" in proposal.problem


@pytest.mark.parametrize(
    ("profile", "capacity"),
    [
        ({}, None), ({"turnover": {"bracket": "500k_1m"}}, 150_000.0), ({"turnover": {"bracket": "under_100k"}}, 30_000.0),
        ({"turnover": True}, None), ({"turnover": {"bracket": "beaucoup"}}, None), ({"turnover": {}}, None),
    ],
)  # fmt: skip
def test_the_capacity_is_a_share_of_what_the_sheet_tells(profile: Any, capacity: float | None) -> None:
    assert grouping.capacity_of(profile, 0.3) == capacity


def test_shares_follow_the_capacities_when_all_are_known() -> None:
    def one(capacity: float | None) -> Partner:
        return Partner(1, frozenset("a"), capacity)

    assert grouping.shares_of([one(10), one(30)], 40) == [0.25, 0.75]
    assert grouping.shares_of([one(10), one(None)], 40) == [0.5, 0.5]
    assert grouping.shares_of([one(10), one(30)], None) == [0.5, 0.5]
