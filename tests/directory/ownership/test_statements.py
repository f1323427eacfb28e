"""What the owner says: published by the merge of every source, dated, emptied values included, people kept apart."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from levier.accounts.errors import RefusedError
from levier.core.audit import Actor
from levier.core.models import AuditEvent, Change
from levier.directory import index, queries
from levier.directory.index import SUPPLIERS
from levier.directory.models import Capacity, SheetContact, SourceRecord, Supplier, SupplierHistory
from levier.directory.owner import OWNER
from levier.directory.ownership import actions
from levier.directory.ownership.actions import CapacityLine, ContactLine, statements
from levier.directory.ownership.parts import Sheet
from levier.directory.ownership.queries import statement_of
from levier.directory.ownership.teams import nearest_free
from levier.directory.provenance import provenance_of
from levier.directory.search import SupplierQuery
from levier.directory.sources.publishing import PUBLICATION_LOCK, Publisher
from levier.directory.sources.rows import AcceptedRow
from tests.factories.ownership import GUESS, listed_supplier

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")
STATED = {
    "sectors": ["traiteur"],
    "status": "stated",
    "origin": "déclarées par la structure",
    "confidence": 1,
}


def state(supplier: Supplier, **groups: Any) -> Supplier:
    actions.state_groups(by=BY, supplier=supplier, groups=groups)
    supplier.refresh_from_db()
    return supplier


def card(supplier: Supplier) -> queries.SupplierCard:
    return queries.supplier_cards([supplier.pk])[0]


def test_the_owners_word_passes_before_the_lists_and_says_the_day() -> None:
    supplier = state(
        listed_supplier(), description="Dit par nous.", activity=STATED, offers=[{"title": "Cocktail"}]
    )
    assert (supplier.description, supplier.sectors, supplier.activity_status) == (
        "Dit par nous.",
        ["traiteur"],
        "stated",
    )
    assert supplier.name == "Ateliers d’essai"
    assert supplier.profile == {"offers": [{"title": "Cocktail"}]}
    assert card(supplier).confirmed_on == timezone.localdate()
    assert Change.objects.filter(topic="supplier", key=str(supplier.pk)).exists()


@pytest.mark.slow
def test_each_part_keeps_what_the_others_said() -> None:
    supplier = state(state(listed_supplier(), description="Un"), phone="03 00 00 00 00")
    assert (supplier.description, supplier.phone) == ("Un", "03 00 00 00 00")
    assert SourceRecord.objects.filter(supplier=supplier, source_id="owner").count() == 1


def test_an_emptied_value_hides_what_the_lists_say() -> None:
    supplier = state(listed_supplier(), phone="", website="", description="")
    assert (supplier.phone, supplier.website, supplier.description) == ("", "", "")
    rows = provenance_of(supplier.pk)
    assert (
        next(row for row in rows if row.group == "phone" and row.is_published).value
        == "retiré par la structure"
    )


def test_places_given_by_a_register_may_be_emptied() -> None:
    supplier = listed_supplier(kind="ESAT", places=40)
    assert state(supplier, places=None).places is None


@pytest.mark.parametrize("said", [GUESS, GUESS | {"status": "stated"}])
def test_activities_taken_back_are_shown_no_more(said: dict[str, Any]) -> None:
    supplier = state(
        listed_supplier(activity=said), activity={"sectors": [], "status": "unknown", "origin": "x"}
    )
    assert (supplier.sectors, supplier.activity_status) == ([], "unknown")


def test_inferred_activities_are_proposed_until_the_owner_has_spoken() -> None:
    supplier = listed_supplier()
    assert Sheet(supplier, statement_of(supplier)).proposed_sectors == ("nettoyage-locaux",)
    supplier = state(supplier, activity=STATED)
    assert Sheet(supplier, statement_of(supplier)).proposed_sectors == ()


@pytest.mark.slow
def test_labels_of_the_owner_are_replaced_those_of_the_lists_stay() -> None:
    supplier = listed_supplier(**{"label:esus": {"until": "2030-01-01"}})
    supplier = state(supplier, **{"label:rge": {}, "certificates": []})
    assert {"label:esus", "label:rge"} <= set(supplier.profile)
    actions.state_groups(by=BY, supplier=supplier, groups={"certificates": []}, without_labels=True)
    supplier.refresh_from_db()
    assert "label:rge" not in supplier.profile
    assert "label:esus" in supplier.profile


@pytest.mark.slow
def test_confirming_again_changes_the_day_only() -> None:
    supplier = state(listed_supplier(), description="Un", activity=STATED)
    SourceRecord.objects.filter(source_id="owner").update(
        first_seen=date(2026, 1, 1), last_seen=date(2026, 1, 1)
    )
    history = SupplierHistory.objects.count()
    actions.confirm_sheet(by=BY, supplier=supplier)
    assert card(supplier).confirmed_on == timezone.localdate()
    assert SupplierHistory.objects.count() == history


def test_a_supplier_that_lists_dropped_is_gone_whatever_its_owner_says() -> None:
    supplier = state(listed_supplier(), description="Un")
    SourceRecord.objects.exclude(source_id="owner").update(gone_since=date(2026, 11, 2))
    assert card(supplier).is_gone


@pytest.mark.slow
def test_people_are_published_when_ticked_only_and_left_out_of_every_trail() -> None:
    supplier = listed_supplier()
    people = [
        ContactLine("Ada Publique", phone="03 11 11 11 11", is_public=True),
        ContactLine("Zoé Discrète", "chef"),
    ]
    actions.state_contacts(by=BY, supplier=supplier, contacts=people)
    supplier.refresh_from_db()
    assert [one["name"] for one in supplier.profile["contacts"]] == ["Ada Publique"]
    assert SheetContact.objects.count() == 2
    everywhere = str(list(SourceRecord.objects.values())) + str(supplier.profile)
    assert "Discrète" not in everywhere
    trail = str(list(AuditEvent.objects.values())) + str(list(SupplierHistory.objects.values()))
    documents = str(list(index.documents([supplier.pk])))
    assert "Publique" not in trail + documents
    assert "Discrète" not in trail + documents
    actions.state_contacts(by=BY, supplier=supplier, contacts=[])
    supplier.refresh_from_db()
    assert supplier.profile["contacts"] == []


@pytest.mark.slow
def test_what_is_published_is_found_at_once_by_the_follower() -> None:
    supplier = listed_supplier()
    SUPPLIERS.rebuild()
    state(supplier, activity=STATED, offers=[{"title": "Buffets de mariage"}])
    SUPPLIERS.rebuild()
    for query in (SupplierQuery(sectors=("traiteur",)), SupplierQuery(text="buffets mariage")):
        assert index.find(query).keys == (supplier.pk,)
    assert index.find(SupplierQuery(sectors=("nettoyage-locaux",))).keys == ()


def test_while_an_import_holds_the_directory_a_sentence_says_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statements, "LONGEST_WAIT_MS", 20)
    supplier = listed_supplier()
    importing = connection.copy()
    try:
        with importing.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [PUBLICATION_LOCK])
        with pytest.raises(RefusedError, match="enregistrez de nouveau"):
            state(supplier, description="Un")
        with pytest.raises(RefusedError, match="enregistrez de nouveau"):
            actions.state_contacts(by=BY, supplier=supplier, contacts=[ContactLine("Ada")])
    finally:
        importing.close()
    assert not SourceRecord.objects.filter(source_id="owner").exists()
    assert not SheetContact.objects.exists()


def test_a_sheet_may_be_confirmed_before_its_owner_changed_anything() -> None:
    supplier = listed_supplier()
    actions.confirm_sheet(by=BY, supplier=supplier)
    supplier.refresh_from_db()
    assert card(supplier).confirmed_on == timezone.localdate()
    assert (supplier.description, supplier.sectors) == ("Dit par la liste.", ["nettoyage-locaux"])


@pytest.mark.slow
def test_what_the_owner_said_follows_a_place_that_changes_its_siret() -> None:
    supplier = state(listed_supplier(), description="Dit par nous.")
    known = SourceRecord.objects.get(source_id="liste")
    moved = f"{supplier.siren}00020"
    publisher = Publisher(replace(OWNER, slug="liste", rank=20), timezone.localdate())
    values = json.dumps(known.values | {"siret": moved})
    row = AcceptedRow(known.source_key, f"{moved}:EI", "EI", supplier.siren, moved, values, "1" * 32)
    publisher.take([(1, row)])
    publisher.publish()
    supplier.refresh_from_db()
    assert (supplier.key, supplier.siret, supplier.description) == (f"{moved}:EI", moved, "Dit par nous.")
    supplier = state(supplier, phone="03 00 00 00 00")
    assert (supplier.description, supplier.phone) == ("Dit par nous.", "03 00 00 00 00")
    assert SourceRecord.objects.filter(source_id="owner").count() == 1


def test_a_wait_for_the_lock_is_bounded() -> None:
    state(listed_supplier(), description="Un")
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == f"{statements.LONGEST_WAIT_MS // 1000}s"


def month(ahead: int = 0) -> date:
    today = timezone.localdate().replace(day=1)
    number = today.month - 1 + ahead
    return date(today.year + number // 12, number % 12 + 1, 1)


def test_free_teams_are_shown_on_the_card_and_found_by_month() -> None:
    supplier = listed_supplier()
    actions.state_capacities(
        by=BY,
        supplier=supplier,
        lines=[CapacityLine(month(), 2, "teams"), CapacityLine(month(1), 0, "teams")],
    )
    assert [one.quantity for one in card(supplier).capacities] == [2]
    SUPPLIERS.rebuild()
    assert index.find(SupplierQuery(available=(f"{month():%Y-%m}",))).keys == (supplier.pk,)
    assert index.find(SupplierQuery(available=(f"{month(1):%Y-%m}",))).keys == ()


def test_a_statement_of_46_days_counts_no_more() -> None:
    supplier = listed_supplier()
    actions.state_capacities(by=BY, supplier=supplier, lines=[CapacityLine(month(), 2, "teams")])
    one = Capacity.objects.get()
    assert (one.expires_on - one.stated_on).days == 45
    today = timezone.localdate()
    Capacity.objects.update(
        stated_on=date.fromordinal(today.toordinal() - 46), expires_on=date.fromordinal(today.toordinal() - 1)
    )
    assert card(supplier).capacities == ()
    assert not Capacity.objects.counted(today).exists()
    Change.objects.all().delete()
    assert actions.tell_what_faded() == 1
    assert Change.objects.get().key == str(supplier.pk)


def test_renewing_says_again_what_was_said_for_the_month_that_runs_and_the_next() -> None:
    supplier = listed_supplier()
    Capacity.objects.create(
        supplier=supplier,
        month=month(-2),
        quantity=3,
        unit="people",
        stated_on=month(-2),
        expires_on=month(-1),
    )
    assert actions.renew_capacities(by=BY, supplier=supplier) == 2
    assert actions.renew_capacities(by=BY, supplier=supplier) == 2
    said = [(free.month, free.quantity, free.unit, free.stated_on) for free in card(supplier).capacities]
    today = timezone.localdate()
    assert said == [(month(), 3, "people", today), (month(1), 3, "people", today)], "no day without teams"


def test_free_teams_kept_for_a_trade_are_no_answer_to_another_one() -> None:
    supplier = listed_supplier(activity=STATED | {"sectors": ["traiteur", "blanchisserie"]})
    actions.state_capacities(by=BY, supplier=supplier, lines=[CapacityLine(month(), 2, "teams", "traiteur")])
    SUPPLIERS.rebuild()

    def found(*sectors: str) -> int:
        return len(index.find(SupplierQuery(available=(f"{month():%Y-%m}",), sectors=sectors)).keys)

    assert (found("traiteur"), found("blanchisserie"), found()) == (1, 0, 1)
    (free,) = card(supplier).capacities
    assert nearest_free([free], sectors=["blanchisserie"]) is None
    assert nearest_free([free], sectors=["traiteur"]) == nearest_free([free]) == free


def test_who_confirms_everything_confirms_the_trades_we_deduced() -> None:
    supplier = listed_supplier(activity=GUESS)
    actions.confirm_sheet(by=BY, supplier=supplier)
    supplier.refresh_from_db()
    assert (supplier.sectors, supplier.activity_status) == (GUESS["sectors"], "stated")
    state(supplier, activity=STATED)
    actions.confirm_sheet(by=BY, supplier=supplier)
    supplier.refresh_from_db()
    assert supplier.sectors == ["traiteur"], "its own word is not read again from the lists"


def test_free_teams_cost_no_query_more() -> None:
    supplier = listed_supplier()
    actions.state_capacities(by=BY, supplier=supplier, lines=[CapacityLine(month(), 2, "teams")])
    with CaptureQueriesContext(connection) as asked:
        assert card(supplier).capacities
    assert len(asked) == 1
