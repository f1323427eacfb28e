"""Kinds, constraints of the tables, and what the cards and the sheet show."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from levier.directory import queries
from levier.directory.index_rows import rows_for_index
from levier.directory.kinds import (
    CODES,
    FAMILY_LABELS,
    KINDS,
    RESERVATIONS,
    UnknownKindError,
    kind_of,
    kinds_for_reservation,
    kinds_of_family,
)
from levier.directory.labels import labels_of
from levier.directory.models import SourceRun
from levier.directory.sources import SOURCES
from tests.factories import directory as make


def test_the_people_shelf_holds_those_who_make_people_available() -> None:
    assert {kind.code for kind in KINDS if kind.shelf == "people"} == {"ETTI", "AI", "GEIQ", "EATT"}


def test_a_lot_cannot_be_reserved_both_to_prison_work_and_to_others() -> None:
    prison = set(kinds_for_reservation("L2113-13-1"))
    assert prison == {kind_of("SEP")}
    assert not prison & (set(kinds_for_reservation("L2113-12")) | set(kinds_for_reservation("L2113-13")))


@pytest.mark.parametrize("code", CODES)
def test_every_kind_says_why_it_counts_for_a_clause_or_not(code: str) -> None:
    kind = kind_of(code)
    assert kind.clause_reason.endswith(".")
    assert kind.family in FAMILY_LABELS
    assert kind in kinds_of_family(kind.family)
    assert set(kind.reservations) <= set(RESERVATIONS)


def test_a_label_does_not_make_its_employees_count_for_a_clause() -> None:
    assert [kind.code for kind in KINDS if kind.counts_for_clause is False] == [
        "SCOP", "SCIC", "ESUS", "QPV", "EQUITABLE", "ESS",
    ]  # fmt: skip


def test_only_kinds_the_ccag_cite_count_without_a_check_and_the_reason_agrees() -> None:
    for kind in KINDS:
        asks = "facilitateur" in kind.clause_reason
        assert asks == (kind.counts_for_clause is None), kind.code
        assert ("les CCAG de 2021 les citent" in kind.clause_reason) == bool(kind.counts_for_clause), (
            kind.code
        )
    assert [kind.code for kind in KINDS if kind.counts_for_clause is None] == ["EITI", "GEIQ", "EBE", "SEP"]


def test_an_unknown_kind_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownKindError, match=r"« ABC ».*EI, ACI"):
        kind_of("ABC")


@pytest.mark.parametrize("slug", SOURCES)
def test_every_source_is_a_folder_with_its_mappings_and_a_sample(slug: str) -> None:
    source = SOURCES[slug]
    assert (source.folder / "README.md").is_file()
    # The stock of SIRENE is Parquet: `sirene_stock.py` writes its sample.
    assert list(source.folder.glob("sample*.*")) or source.is_heavy
    assert all("FROM raw" in source.mapping_sql(layout) for layout in source.layouts)
    assert set(source.kinds) <= set(CODES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "ABC"},
        {"key": "Une clé:EI"},
        {"siret": "123"},
        {"name": ""},
        {"latitude": 48.0},
        {"latitude": 99.0, "longitude": 2.0, "precision": "commune"},
        {"sectors": ["nettoyage-locaux"]},
        {"activity_status": "stated"},
        {"activity_confidence": 2.0},
        {"convention_status": "perdue"},
    ],
    ids=lambda wrong: ",".join(wrong),
)
def test_the_database_refuses_a_supplier_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.supplier(**wrong)


@pytest.mark.django_db
def test_a_finished_run_that_lost_a_row_is_refused() -> None:
    run = SourceRun(source=make.source(), by_label="essai", state="done", read=3, created=1, rejected=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save()


@pytest.mark.django_db
def test_cards_come_in_the_order_asked_in_one_query(django_assert_num_queries: Any) -> None:
    source = make.source(label="Liste d’essai")
    first = make.supplier(
        seen_by=source, kind="ESAT", sectors=["blanchisserie", "secteur-disparu"], activity_status="stated"
    )
    second = make.supplier(seen_by=source, brand="L’Enseigne")
    with django_assert_num_queries(1):
        cards = queries.supplier_cards([second.id, 10**9, first.id])
    assert [card.id for card in cards] == [second.id, first.id]
    assert cards[0].display_name == "L’Enseigne"
    assert cards[1].kind.code == "ESAT"
    assert [tag.slug for tag in cards[1].sectors] == ["blanchisserie"]
    assert cards[1].sources == ("Liste d’essai",)
    assert cards[1].seen_on == make.SEEN
    assert not cards[1].is_gone


def test_no_card_costs_no_query() -> None:
    assert queries.supplier_cards([]) == []


@pytest.mark.django_db
def test_a_convention_that_ended_since_the_import_is_shown_as_ended() -> None:
    over = make.supplier(convention_status="active", convention_until=date(2021, 12, 31))
    alive = make.supplier(convention_status="active", convention_until=date(2999, 12, 31))
    cards = queries.supplier_cards([over.id, alive.id])
    assert [card.convention_status for card in cards] == ["ended", "active"]


@pytest.mark.django_db
def test_index_rows_hold_listed_suppliers_only_and_cross_the_slices() -> None:
    made = [make.supplier() for _ in range(5)]
    hidden = make.supplier(is_listed=False)
    rows = list(rows_for_index(chunk=2))
    assert [row["id"] for row in rows] == [one.id for one in made]
    assert [row["id"] for row in rows_for_index([made[3].id, hidden.id, made[0].id], chunk=2)] == [
        made[0].id,
        made[3].id,
    ]


@pytest.mark.django_db
def test_the_list_of_sources_shows_those_never_imported() -> None:
    overview = {source.slug: source for source in queries.sources_overview()}
    assert set(overview) == set(SOURCES)
    assert overview["ess"].last_state_label == "jamais importée"
    assert overview["ess"].licence.startswith("Licence Ouverte")


@pytest.mark.django_db
def test_there_is_no_sheet_behind_an_unknown_key() -> None:
    assert queries.supplier_sheet("99999999999999:EI") is None


@pytest.mark.django_db
def test_the_database_keeps_the_story_of_a_supplier_without_the_values_that_may_name_people() -> None:
    made = make.supplier(name="Avant", phone="03 20 00 00 00", profile={"offers": [{"title": "Vitres"}]})
    made.name = "Après"
    made.phone = "03 20 11 11 11"
    made.profile = {"contacts": [{"name": "Camille Essai"}], "label:rfar": {"until": "2027-01-01"}}
    made.save()
    (change,) = made.history.all()
    assert change.changes == {
        "name": ["Avant", "Après"],
        "phone": None,
        "contacts": None,
        "offers": [[{"title": "Vitres"}], None],
        "label:rfar": [None, {"until": "2027-01-01"}],
    }
    made.save()
    assert made.history.count() == 1


@pytest.mark.django_db
def test_the_index_reads_labels_and_offers_in_the_profile() -> None:
    certificates = [{"name": "ISO 9001"}, {"name": "Passé", "until": "2020-01-31"}]
    made = make.supplier(
        profile={"offers": [{"title": "Vitres", "description": "en hauteur"}], "label:rfar": {}, "label:esus": {},
                 "certificates": certificates}
    )  # fmt: skip
    (row,) = rows_for_index([made.pk])
    assert (row["labels"], row["offer"]) == (["esus", "rfar"], ["Vitres en hauteur", "ISO 9001"])
    (card,) = queries.supplier_cards([made.pk])
    assert [label.slug for label in labels_of(card.profile)] == ["rfar", "esus"]
