"""Whom a network gathers: active, listed, as the sheet that stands for them, while the staff names the network."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from levier.directory.models import NetworkMember
from levier.directory.networks.queries import member_suppliers, networks_with_members
from levier.directory.open_data.writing import write_file
from tests.factories import accounts, networks
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db


def test_a_network_gathers_its_active_and_listed_members() -> None:
    place, other = networks.network(), networks.network("Autre réseau")
    here, there = supplier(name="Zèbre"), supplier(name="Abeille")
    networks.member(place, here)
    networks.member(place, there)
    networks.member(other, here)
    networks.member(place, supplier(is_listed=False))
    networks.member(place, supplier(), state=NetworkMember.State.DISOWNED)
    networks.member(place, supplier(), state=NetworkMember.State.ASKED)
    networks.member(place, supplier(), state=NetworkMember.State.LEFT, until=dt.date(2099, 1, 1))
    assert [one.name for one in member_suppliers(place.organisation_id)] == ["Abeille", "Zèbre"]
    assert [one.name for one in member_suppliers(other.organisation_id)] == ["Zèbre"]
    assert {one: one.members for one in networks_with_members()} == {place: 2, other: 1}


def test_a_merged_member_counts_as_the_sheet_that_stands_for_it_once() -> None:
    place, kept = networks.network(), supplier(name="Gardée")
    networks.member(place, supplier(is_listed=False, merged_into=kept))
    assert list(member_suppliers(place.organisation_id)) == [kept]
    networks.member(place, kept)
    assert list(member_suppliers(place.organisation_id)) == [kept]
    assert [one.members for one in networks_with_members()] == [1]


def test_a_network_that_is_no_longer_named_gathers_nobody() -> None:
    place = networks.network()
    networks.member(place, supplier())
    organisation_id = place.organisation_id
    place.delete()
    assert not member_suppliers(organisation_id).exists()
    assert not networks_with_members().exists()
    assert not member_suppliers(accounts.organisation().pk).exists()


def test_a_network_without_a_listed_member_is_not_among_them() -> None:
    networks.member(networks.network(), supplier(is_listed=False))
    assert not networks_with_members().exists()


def test_a_supplier_is_a_member_once_at_a_time() -> None:
    place, one = networks.network(), supplier()
    networks.member(place, one, state=NetworkMember.State.LEFT, until=dt.date(2099, 1, 1))
    networks.member(place, one)
    with pytest.raises(IntegrityError), transaction.atomic():
        networks.member(place, one, state=NetworkMember.State.ASKED)


@pytest.mark.slow
def test_the_open_files_name_the_networks_of_each_supplier(tmp_path: Path) -> None:
    kept = supplier(siret="73282932000074")
    alone = supplier()
    networks.member(networks.network("=Réseau | du Val"), supplier(is_listed=False, merged_into=kept))
    networks.member(networks.network("Autre"), kept)
    networks.member(networks.network("Contesté"), kept, state=NetworkMember.State.DISOWNED)
    write_file("jsonl", tmp_path / "f.jsonl", site="https://exemple.fr")
    rows = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text().splitlines()]
    assert {row["cle"]: row["reseaux"] for row in rows} == {
        kept.key: ["Autre", "Réseau / du Val"], alone.key: [],
    }  # fmt: skip
