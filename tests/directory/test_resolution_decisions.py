"""Pairs that rules propose: what a person decides is kept, asked again on new evidence alone, and undone."""

from typing import Any

import pytest

from levier.core.audit import Actor
from levier.core.models import AuditEvent
from levier.directory.models import DuplicatePair, Supplier
from levier.directory.resolution import queries
from levier.directory.resolution.actions import (
    DecisionRefusedError,
    decide_duplicate,
    postpone_duplicate,
    resolve_duplicates,
)
from tests.factories.directory import source, supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BY = Actor.machine("essai")
State = DuplicatePair.State

PLACE: dict[str, Any] = {"city": "Roubaix", "departement_code": "59"}


def known(number: str, name: str, **fields: Any) -> Supplier:
    """A supplier of a source of its own, whose record says what the supplier shows."""
    siren = number[:9]
    siret = number if len(number) == 14 else None
    key = f"{siret}:EI" if siret else f"siren-{siren}:EI"
    made = supplier(key=key, name=name, siren=siren, siret=siret, seen_by=source(), **PLACE, **fields)
    said = {
        "name": name,
        "siren": siren,
        "siret": siret,
        "place": {"city": "Roubaix", "departement": "59"},
        **fields,
    }
    made.records.update(values={group: value for group, value in said.items() if value})
    return made


def twins(*names: str, siren: str = "999100019") -> list[Supplier]:
    """Suppliers of one SIREN and one town, each of a source of its own."""
    return [known(f"{siren}{number:05d}", name) for number, name in enumerate(names, 10)]


def pair_of(left: Supplier, right: Supplier) -> DuplicatePair:
    return DuplicatePair.objects.get(left_id=min(left.pk, right.pk), right_id=max(left.pk, right.pk))


def names() -> list[str]:
    return list(Supplier.objects.order_by("id").values_list("name", flat=True))


def test_a_doubtful_pair_waits_for_a_person() -> None:
    left, right = twins("Jardins du Lez Services", "Jardins et Parcs")
    report = resolve_duplicates(by=BY)
    assert (report.merged, report.proposed, report.waiting) == (0, 1, 1)
    pair = pair_of(left, right)
    decide_duplicate(by=BY, pair=pair, state=State.SAME, seen=State.PROPOSED)
    left.refresh_from_db()
    assert left.merged_into_id == right.pk
    assert AuditEvent.objects.get(verb="directory.decide_duplicate").details["to"] == State.SAME


def test_a_pair_said_different_is_asked_again_only_for_new_evidence() -> None:
    left, right = twins("Jardins du Lez Services", "Jardins et Parcs")
    resolve_duplicates(by=BY)
    decide_duplicate(by=BY, pair=pair_of(left, right), state=State.DIFFERENT, seen=State.PROPOSED)
    assert resolve_duplicates(by=BY).reopened == 0
    Supplier.objects.filter(pk__in=[left.pk, right.pk]).update(phone="0320000000")
    assert resolve_duplicates(by=BY).reopened == 1
    assert resolve_duplicates(by=BY).merged == 0, "a rule never overrides a person"
    assert pair_of(left, right).state == State.PROPOSED


def test_a_rule_does_not_join_what_a_person_holds_apart_through_a_third() -> None:
    first, second = twins("Les Jardins du Lez", "Les Jardins du Lez")
    resolve_duplicates(by=BY)
    decide_duplicate(by=BY, pair=pair_of(first, second), state=State.DIFFERENT, seen=State.SAME)
    known("999100019", "Les Jardins du Lez")
    report = resolve_duplicates(by=BY)
    assert report.merged == 1
    assert Supplier.objects.filter(is_listed=True).count() == 2


def test_three_make_one_and_come_apart_again() -> None:
    every = twins("Les Jardins du Lez", "Les Jardins du Lez", "Les Jardins du Lez")
    before = names()
    resolve_duplicates(by=BY)
    assert Supplier.objects.filter(is_listed=True).get() == every[-1]
    assert DuplicatePair.objects.filter(state=State.SAME).count() == 2
    for pair in DuplicatePair.objects.filter(state=State.SAME):
        decide_duplicate(by=BY, pair=pair, state=State.DIFFERENT, seen=State.SAME)
    assert Supplier.objects.filter(is_listed=True).count() == 3
    assert names() == before


def test_a_decision_is_refused_when_it_was_taken_meanwhile_or_makes_no_sense() -> None:
    left, right = twins("Les Jardins du Lez", "Les Jardins du Lez")
    resolve_duplicates(by=BY)
    with pytest.raises(DecisionRefusedError, match="Entre-temps"):
        decide_duplicate(by=BY, pair=pair_of(left, right), state=State.DIFFERENT, seen=State.PROPOSED)
    other = supplier(kind="ETTI", siren="999100019", **PLACE)
    odd = DuplicatePair.objects.create(left=left, right=other, score=0.6)
    with pytest.raises(DecisionRefusedError, match="Deux types"):
        decide_duplicate(by=BY, pair=odd, state=State.SAME, seen=State.PROPOSED)


def test_a_question_put_off_comes_last_and_one_that_no_longer_stands_goes() -> None:
    first, second = twins("Jardins du Lez Services", "Jardins et Parcs")
    elsewhere, _ = twins("Propre Nord Services", "Propre et Net", siren="999100027")
    resolve_duplicates(by=BY)
    before = [pair.id for pair in queries.waiting_pairs(limit=5)]
    assert len(before) == 2
    postpone_duplicate(by=BY, pair=DuplicatePair.objects.get(pk=before[0]))
    assert [pair.id for pair in queries.waiting_pairs(limit=5)] == before[::-1]
    Supplier.objects.filter(pk=elsewhere.pk).update(name="Tout Autre Chose", siren="999100035", siret=None)
    assert resolve_duplicates(by=BY).withdrawn == 1
    assert pair_of(first, second)


def test_labels_give_precision_and_recall() -> None:
    left, right, third = twins("Les Jardins du Lez", "Les Jardins du Lez", "Menuiserie Nord")
    rows = [
        {"left": left.key, "right": right.key, "label": "match"},
        {"left": left.key, "right": third.key, "label": "distinct"},
        {"left": left.key, "right": "absent:EI", "label": "match"},
    ]
    for _ in range(2):  # before a merge, and after
        judged = queries.judged_labels(rows)
        assert (judged.pairs, judged.unknown, judged.precision, judged.recall) == (2, 1, 1.0, 1.0)
        resolve_duplicates(by=BY)
    with pytest.raises(ValueError, match="colonnes"):
        queries.judged_labels([{"a": "b"}])
