"""The demonstration directory: everywhere, fictitious, and gone when real suppliers come."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.core.audit import Actor
from levier.core.models import Change
from levier.directory import queries
from levier.directory.actions import clear_demo, import_source, load_demo
from levier.directory.demo import generator
from levier.directory.index_rows import rows_for_index
from levier.directory.kinds import CODES
from levier.directory.labels import LABELS
from levier.directory.models import (
    Capacity,
    NetworkMember,
    ReviewingNetwork,
    SourceRecord,
    SourceRun,
    Supplier,
    Vouch,
)
from levier.directory.networks.queries import member_suppliers
from levier.directory.networks.vouching import standing_vouches, vouches_to_check
from levier.directory.ownership.freshness import freshness_of
from levier.directory.sources import SOURCES
from levier.directory.standing import standing_of
from levier.organisations.identifiers import is_valid_siren
from levier.organisations.models import Establishment, Organisation
from levier.reference.models import Departement
from levier.reference.sectors import sector

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("demonstration")]

BY = Actor.machine("essai")


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def test_no_trade_names_a_sector_or_a_kind_that_does_not_exist() -> None:
    for trade in generator.trades():
        assert set(trade.kinds) <= set(CODES)
        assert all(sector(slug) for slug in trade.sectors)
        assert "{of}" in trade.name


def test_the_demonstration_covers_every_departement_and_every_kind() -> None:
    rows = list(generator.demo_rows())
    kinds = Counter(row["type"] for row in rows)
    assert 600 <= len(rows) <= 700
    assert set(kinds) == set(CODES)
    assert min(kinds.values()) >= 3
    run = SourceRun.objects.get(source="demo")
    assert (run.created, run.rejected, run.anomalies) == (len(rows), 0, {})
    by_departement = Counter(Supplier.objects.values_list("departement_code", flat=True))
    main = Departement.objects.exclude(code__in=["975", "977", "978", "984", "986", "987", "988", "989"])
    assert set(by_departement) == set(main.values_list("code", flat=True))
    assert min(by_departement.values()) >= 5
    assert by_departement["59"] > 20
    assert by_departement["976"] >= 10


def test_nothing_in_it_can_be_taken_for_a_real_company() -> None:
    rows = list(generator.demo_rows())
    assert (
        len({(row["siret"], row["type"]) for row in rows}) == len({row["siret"] for row in rows}) == len(rows)
    )
    for row in rows:
        assert row["nom"].endswith("(démonstration)")
        assert not is_valid_siren(row["siret"][:9])
        assert row["courriel"].endswith("@exemple.invalid")
        assert row["telephone"].startswith(generator._FICTION_PHONES)
        assert re.fullmatch(r"\d\d( \d\d){4}", row["telephone"])
    assert rows == list(generator.demo_rows())


def test_a_demonstration_supplier_states_its_activities() -> None:
    assert not Supplier.objects.exclude(activity_status="stated").exists()
    assert Supplier.objects.filter(is_demo=True, is_listed=True).count() == queries.count_listed()


def test_the_demonstration_leaves_the_search_once_a_real_source_is_published_then_goes() -> None:
    before, places, members = Change.objects.count(), Capacity.objects.count(), NetworkMember.objects.count()
    report = import_source(source="siae", path=SOURCES["siae"].folder / "sample.csv", by=BY)
    demo = Supplier.objects.filter(is_demo=True)
    assert not demo.filter(is_listed=True).exists()
    assert queries.count_listed() == report.created
    assert Change.objects.count() - before == demo.count() + report.created
    # Loaded again beside real suppliers, it stays out, and doubles nothing.
    load_demo(by=BY)
    assert not demo.filter(is_listed=True).exists()
    assert (Capacity.objects.count(), NetworkMember.objects.count()) == (places, members)
    # Clearing it leaves the real suppliers and the accounts.
    held = Organisation.objects.filter(is_demo=True).order_by("siren")[0]
    user = User.objects.create_user("essai@exemple.invalid")
    Membership.objects.create(user=user, organisation=held, role=Role.SUPPLIER)
    real = Supplier.objects.filter(is_demo=False).count()
    total = Supplier.objects.count()
    Change.objects.filter(is_deletion=True).delete()
    assert clear_demo(by=BY) == total - real
    assert Supplier.objects.count() == real
    assert not SourceRecord.objects.filter(source="demo").exists()
    assert list(Organisation.objects.filter(is_demo=True)) == [held]
    assert Establishment.objects.filter(siret__startswith="999").exclude(organisation=held).count() == 3
    assert Change.objects.filter(is_deletion=True).count() == total - real
    assert not NetworkMember.objects.exists()
    assert not Vouch.objects.exists()


def test_the_demonstration_network_gathers_members_and_vouches_for_one() -> None:
    network = ReviewingNetwork.objects.get()
    members = member_suppliers(network.organisation_id)
    assert members.count() == 7
    managed = members.get(key=generator.managed_key())
    assert [one.fact for one in standing_vouches([managed])[managed.pk]] == ["effectifs"]
    assert [one.why for one in vouches_to_check(network.organisation_id)] == ["échue"]


def test_every_filter_has_something_to_show() -> None:
    rows = [row for row in rows_for_index() if not row["is_closed"]]
    today = timezone.localdate()
    labels = Counter(slug for row in rows for slug in row["labels"])
    assert set(labels) == set(LABELS)
    assert len({month for row in rows for month in row["available"]}) == 3
    assert sum(row["is_frr"] is True for row in rows) > 50 and sum(bool(row["qpv_code"]) for row in rows) > 50
    # Labels that are over stand on sheets, not among the filters; sheets of every age, the freshest first.
    cards = queries.supplier_cards([row["id"] for row in rows])
    assert any(held.is_over for card in cards for held in card.labels)
    tones = Counter(found.tone for card in cards if (found := freshness_of(card.confirmed_on, today)))
    assert set(tones) == {"ok", "neutral", "check"}
    standings = Counter(standing_of(row, today) for row in rows)
    assert standings["9"] and len(standings) > 4
