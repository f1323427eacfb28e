"""The ledger: what each act writes, what it refuses, what the database keeps whoever writes."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from levier.clauses.models import LiveClause
from levier.core.models import AuditEvent
from levier.execution import actions
from levier.execution.actions import CommitmentValues, Member
from levier.execution.errors import RefusedError
from levier.execution.models import (
    AmendmentState,
    Commitment,
    Contract,
    LedgerHead,
    LedgerPosting,
    PersonMonth,
)
from levier.execution.people.rules import rules_of
from levier.execution.queries.balances import balances
from levier.purchasing.models import PurchaseState
from tests.factories import execution as make
from tests.factories import purchases
from tests.factories.accounts import organisation, user

pytestmark = pytest.mark.django_db


def test_a_contract_owes_its_hours_from_its_start() -> None:
    one = make.commitment()
    line = one.postings.get()
    assert (line.kind, line.account, line.hours, line.number) == ("due", "due", 480, 1)
    assert line.effective_on == one.contract.starts_on and line.contract_id == one.contract_id
    assert len(line.hash) == 64
    head = LedgerHead.objects.get(pk=one.pk)
    assert (head.count, head.hash, head.due, head.done) == (1, line.hash, 480, 0)


def test_hours_done_are_taken_from_the_month() -> None:
    one, month = make.commitment(), make.month(151)
    line = actions.post_done(
        by=user(), commitment=one, month=month, hours=Decimal("100.25"), evidence="declared"
    )
    month.refresh_from_db()
    assert month.allocated == Decimal("100.25") and line.effective_on == date(2026, 3, 31)
    (balance,) = balances(by="commitment", commitment=one.pk)
    assert (balance.due, balance.done, balance.left) == (480, Decimal("100.25"), Decimal("379.75"))
    assert balance.share("declared") == 1 and balance.share("documented") == 0
    assert balances(by="commitment", at=date(2026, 3, 30), commitment=one.pk)[0].done == 0


@pytest.mark.slow
def test_an_hour_counts_once() -> None:
    one, other, month = make.commitment(), make.commitment(), make.month(151)
    actions.post_done(by=user(), commitment=one, month=month, hours=Decimal(100), evidence="declared")
    with pytest.raises(RefusedError, match="Il ne reste que 51 h"):
        actions.post_done(by=user(), commitment=other, month=month, hours=Decimal(52), evidence="declared")
    with pytest.raises(RefusedError, match="déjà comptées"):
        make.month(99, employer=month.employer, participant=month.participant_id)
    assert PersonMonth.objects.get().allocated == 100


def test_a_reversal_gives_the_hours_back_once() -> None:
    one, month = make.commitment(), make.month(151)
    line = actions.post_done(
        by=user(), commitment=one, month=month, hours=Decimal(151), evidence="documented"
    )
    back = actions.reverse(by=user(), posting=line, reason="erreur")
    assert (back.hours, back.reverses_id, back.effective_on) == (-151, line.pk, line.effective_on)
    month.refresh_from_db()
    assert month.allocated == 0 and LedgerHead.objects.get(pk=one.pk).done == 0
    for posting in (line, back):
        with pytest.raises(RefusedError):
            actions.reverse(by=user(), posting=posting, reason="erreur")
    with pytest.raises(RefusedError, match="pourquoi"):
        actions.reverse(by=user(), posting=one.postings.first(), reason="")


def test_hours_move_to_another_commitment_or_get_a_better_proof() -> None:
    one, other, month = make.commitment(), make.commitment(), make.month(151)
    line = actions.post_done(by=user(), commitment=one, month=month, hours=Decimal(151), evidence="declared")
    lines = actions.reallocate(by=user(), posting=line, to=other, hours=Decimal(51))
    assert [(new.commitment_id, new.hours) for new in lines] == [
        (one.pk, -151), (one.pk, 100), (other.pk, 51),
    ]  # fmt: skip
    month.refresh_from_db()
    assert month.allocated == 151
    proved = actions.reallocate(by=user(), posting=lines[1], to=one, evidence="confirmed_person")
    assert [new.reason for new in proved] == ["preuve", ""]
    (balance,) = balances(by="commitment", commitment=one.pk)
    assert balance.done == 100 and balance.share("confirmed_person") == 1
    with pytest.raises(RefusedError, match="déjà comptées ici"):
        actions.reallocate(by=user(), posting=proved[1], to=one)
    with pytest.raises(RefusedError, match="Seules des heures faites"):
        actions.reallocate(by=user(), posting=one.postings.first(), to=other)


def by_amount(**changes: Any) -> CommitmentValues:
    fields: dict[str, Any] = {
        "kind": "montant", "hours_per_tranche": Decimal(1), "tranche_amount_ht": Decimal(2000),
        "trigger_amount_ht": Decimal(10_000), "basis": "facture",
    }  # fmt: skip
    return CommitmentValues(**fields | changes)


def invoice(contract: Contract, name: str, amount: Any, **changes: Any) -> Any:
    fields: dict[str, Any] = {"nature": "facture", "dated_on": date(2026, 4, 1)}
    return actions.add_order(
        by=user(), contract=contract, reference=name, amount_ht=Decimal(amount), **fields | changes
    )


@pytest.mark.slow
def test_hours_by_amount_follow_the_total() -> None:
    contract = make.contract(commitments=[by_amount(), by_amount(is_retroactive=True)])
    after, whole = contract.commitments.all()
    invoice(contract, "F1", 9000)
    invoice(contract, "B1", 50_000, nature="commande")
    assert LedgerPosting.objects.count() == 0
    # What is ordered and not invoiced is to come.
    assert [one.hours_to_come(contract.orders.all()) for one in (after, whole)] == [20, 25]
    second = invoice(contract, "F2", 5000)
    assert (after.head.due, whole.head.due) == (2, 7)
    invoice(contract, "F3", "1333.33")
    actions.cancel_order(by=user(), order=second)
    heads = {head.pk: head.due for head in LedgerHead.objects.all()}
    assert heads == {after.pk: Decimal("0.17"), whole.pk: Decimal("5.17")}
    for name, amount in (("F1", 10), ("", 10), ("F9", 0), ("F9", "0.001")):
        with pytest.raises(RefusedError):
            invoice(contract, name, amount)
    invoice(contract, "F2", 1)
    with pytest.raises(RefusedError, match="déjà annulée"):
        actions.cancel_order(by=user(), order=second)


def test_a_share_of_the_hours_worked() -> None:
    one = make.commitment(commitments=[CommitmentValues(kind="part", rate=Decimal("0.07"))])
    for name, hours in (("mars", "333.33"), ("avril", "333.33"), ("mai", "333.34")):
        actions.add_order(
            by=user(), contract=one.contract, nature="heures", reference=name, dated_on=date(2026, 5, 31),
            worked_hours=Decimal(hours),
        )  # fmt: skip
    assert LedgerHead.objects.get(pk=one.pk).due == 70
    with pytest.raises(RefusedError, match="annulez plutôt cette pièce"):
        actions.reverse(by=user(), posting=one.postings.first(), reason="erreur")


@pytest.mark.slow
def test_an_amendment_moves_nothing_before_its_decision() -> None:
    one = make.commitment()
    propose = {"commitment": one, "signed_on": date(2026, 6, 1)}
    less = actions.propose_amendment(by=user(), reference="A1", hours_change=Decimal(-80), **propose)
    more = actions.propose_amendment(by=user(), reference="A2", hours_change=Decimal(40), **propose)
    none = actions.propose_amendment(by=user(), reference="A3", hours_change=Decimal(-900), **propose)
    assert LedgerHead.objects.get(pk=one.pk).due == 480
    actions.decide_amendment(by=user(), amendment=less, is_accepted=True)
    assert (
        actions.decide_amendment(by=user(), amendment=more, is_accepted=False).state == AmendmentState.REFUSED
    )
    assert LedgerHead.objects.get(pk=one.pk).due == 400
    with pytest.raises(RefusedError, match="plus d’heures"):
        actions.decide_amendment(by=user(), amendment=none, is_accepted=True)
    with pytest.raises(RefusedError, match="déjà décidé"):
        actions.decide_amendment(by=user(), amendment=less, is_accepted=False)
    none.refresh_from_db()
    assert none.state == AmendmentState.WAITING
    assert balances(by="contract", at=date(2026, 5, 31), contract=one.contract_id)[0].due == 480


@pytest.mark.slow
def test_a_group_shares_the_fixed_hours_as_written() -> None:
    members = [Member(organisation=organisation(), share_rate=Decimal(share)) for share in ("0.3333", "0.25")]
    contract = make.contract(members=members, commitments=[CommitmentValues(hours=Decimal("100.01"))])
    owed = {one.contractor_id: one.hours for one in contract.commitments.all()}
    assert sum(hours or 0 for hours in owed.values()) == Decimal("100.01")
    assert owed[members[0].organisation.pk] == Decimal("33.33") and owed[contract.holder_id] == Decimal(
        "41.68"
    )
    too_much = [Member(organisation=organisation(), share_rate=Decimal("0.5")) for _ in range(2)]
    with pytest.raises(RefusedError, match="moins de 100"):
        make.contract(members=too_much)
    first = actions.add_subcontractor(by=user(), contract=contract, organisation=organisation())
    second = actions.add_subcontractor(by=user(), contract=contract, organisation=organisation(), under=first)
    assert (first.tier, second.tier) == (1, 2)
    with pytest.raises(RefusedError, match="déjà sous-traitante"):
        actions.add_subcontractor(by=user(), contract=contract, organisation=second.organisation)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"ends_on": date(2026, 1, 1)},
        {"reporting_due_day": 31},
        {"starts_on": date(1900, 1, 1)},
    ],
)
def test_a_contract_that_does_not_hold_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        make.contract(**changes)
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        CommitmentValues(),
        CommitmentValues(hours=Decimal(0)),
        CommitmentValues(kind="part", rate=Decimal(2)),
        CommitmentValues(kind="montant", hours_per_tranche=Decimal(1)),
        by_amount(basis="heures"),
        CommitmentValues(kind="autre"),
    ],
)
def test_a_commitment_has_one_rule(values: CommitmentValues) -> None:
    with pytest.raises(RefusedError):
        make.contract(commitments=[values])


def test_every_act_leaves_one_event_without_a_person_s_value() -> None:
    one, month = make.commitment(), make.month(151)
    before = AuditEvent.objects.count()
    line = actions.post_done(by=user(), commitment=one, month=month, hours=Decimal(10), evidence="declared")
    actions.reverse(by=user(), posting=line, reason="doublon")
    events = AuditEvent.objects.order_by("pk")[before:]
    assert [event.verb for event in events] == ["execution.post_done", "execution.reverse"]
    assert str(month.participant_id) not in str([event.details for event in events])


REFUSED_SQL = [
    "UPDATE execution_ledgerposting SET hours = 1",
    "DELETE FROM execution_ledgerposting",
    "TRUNCATE execution_ledgerposting",
    "UPDATE execution_ledgerhead SET done = 0",
    "INSERT INTO execution_ledgerhead (commitment_id, count, hash, due, done) VALUES (1, 0, '', 0, 0)",
    "DELETE FROM execution_ledgerhead",
    "UPDATE execution_personmonth SET allocated = 0",
    "DELETE FROM execution_personmonth",
    "UPDATE execution_commitment SET hours = 1",
    "UPDATE execution_purchaseorder SET amount_ht = 1",
]


@pytest.mark.parametrize("sql", REFUSED_SQL)
def test_the_database_refuses_what_would_rewrite_the_ledger(sql: str) -> None:
    one, month = make.commitment(), make.month(151)
    actions.post_done(by=user(), commitment=one, month=month, hours=Decimal(10), evidence="declared")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.slow
def test_a_row_written_aside_is_numbered_chained_and_counted_all_the_same() -> None:
    one, month = make.commitment(), make.month(151)
    fields: dict[str, Any] = {
        "commitment": one, "kind": "done", "account": "done", "evidence": "declared", "person_month": month,
        "effective_on": date(2026, 3, 31),
    }  # fmt: skip
    LedgerPosting.objects.create(**fields, hours=100, number=77, hash="f" * 64)
    line = one.postings.last()
    assert line is not None and line.number == 2 and line.hash != "f" * 64
    assert PersonMonth.objects.get(pk=month.pk).allocated == 100
    wrong: list[dict[str, Any]] = [
        {"hours": 52},
        {"hours": -1},
        {"hours": 1, "evidence": ""},
        {"hours": 1, "person_month": None},
        {"hours": 1, "account": "due"},
        {"hours": 1, "contract": one.contract},
        {"hours": -99, "kind": "reversal", "reason": "erreur", "reverses": line},
        {"hours": -100, "kind": "reversal", "reason": "", "reverses": line},
        {"hours": -100, "kind": "reversal", "reason": "erreur", "reverses": one.postings.first()},
    ]
    for changes in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            LedgerPosting.objects.create(**fields | changes)
    foreign = make.contract()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerPosting.objects.create(
            commitment=one, kind="due", account="due", hours=5, contract=foreign, effective_on=make.MONTH
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonMonth.objects.create(
            participant_id=uuid4(), employer=month.employer, month=make.MONTH, worked=5, allocated=5
        )
    sums = one.postings.values("account").annotate(hours=Sum("hours")).order_by("account")
    assert list(sums.values_list("hours", flat=True)) == [100, 480]
    assert Commitment.objects.get(pk=one.pk).head.done == 100


def test_balances_by_every_cut() -> None:
    town, desk, firm = organisation(name="Ville"), organisation(name="MDE"), organisation(name="Nord BTP")
    one = make.commitment(buyer=town, facilitator=desk, holder=firm)
    make.commitment(buyer=town, departement_code="62")
    actions.post_done(
        by=user(), commitment=one, month=make.month(100), hours=Decimal(80), evidence="declared"
    )
    seen = {
        by: {line.label: (line.due, line.done) for line in balances(by=by)} for by in ("buyer", "facilitator")
    }  # type: ignore[arg-type]
    assert seen["buyer"] == {"Ville": (960, 80)}
    assert seen["facilitator"] == {"MDE": (480, 80), "Ville": (480, 0)}
    assert {line.key: line.left for line in balances(by="territory")} == {"59": 400, "62": 480}
    assert [line.label for line in balances(by="contractor", facilitator=desk.pk)] == ["Nord BTP"]
    assert len(balances(by="lot", buyer=town.pk)) == 1 and len(balances(by="contract", buyer=town.pk)) == 2
    written = one.postings.get(kind="done").written_at
    assert balances(by="commitment", known_at=written, commitment=one.pk)[0].done == 80
    first = one.postings.get(kind="due").written_at
    assert balances(by="commitment", known_at=first, commitment=one.pk)[0].done == 0


@pytest.mark.slow
def test_what_a_contract_owes_weighs_on_its_territory() -> None:
    one = make.commitment()
    live = LiveClause.objects.get()
    assert (live.key, live.hours, live.departement_code) == (f"contract-{one.contract_id}", 480, "59")
    change = actions.propose_amendment(
        by=user(), commitment=one, reference="A1", signed_on=make.MONTH, hours_change=Decimal(-80)
    )
    actions.decide_amendment(by=user(), amendment=change, is_accepted=True)
    live.refresh_from_db()
    assert live.hours == 400
    invoice(make.contract(commitments=[by_amount()]), "F1", 9000)
    assert LiveClause.objects.count() == 1


def test_an_awarded_lot_weighs_by_its_contract_alone() -> None:
    lot = purchases.purchase(state=PurchaseState.PUBLISHED, place_code="59", departement_code="59").lots.get()
    fields: dict[str, Any] = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}
    LiveClause.objects.create(
        key=f"lot-{lot.pk}",
        organisation=lot.purchase.organisation,
        departement_code="59",
        hours=300,
        **fields,
    )
    actions.award_lot(
        by=user(),
        lot=lot,
        holder=organisation(),
        values=make.values(),
        commitments=[CommitmentValues(hours=Decimal(320))],
    )
    assert [live.hours for live in LiveClause.objects.all()] == [320]


def test_the_rules_of_a_commitment_are_named_later() -> None:
    one = make.commitment()
    actions.name_rules(by=user(), contract=one.contract, publics_rule="national", counting_rule="cdi_12")
    one.refresh_from_db()
    assert (one.publics_rule, one.counting_rule, one.hours) == ("national", "cdi_12", 480)
    assert rules_of(one.contract) == "national"
    with pytest.raises(RefusedError, match="jeu de règles"):
        actions.name_rules(by=user(), contract=one.contract, publics_rule="N’importe quoi")


def test_an_optional_tranche_is_due_from_its_day() -> None:
    contract = make.contract()
    values = CommitmentValues(hours=Decimal(60), label="Tranche optionnelle 1")
    made = actions.add_commitment(
        by=user(), contract=contract, contractor=contract.holder, values=values, due_on=date(2027, 1, 4)
    )
    assert (made.number, made.postings.get().effective_on) == (2, date(2027, 1, 4))
    with pytest.raises(RefusedError, match="pendant le contrat"):
        actions.add_commitment(
            by=user(), contract=contract, contractor=contract.holder, values=values, due_on=date(2035, 1, 4)
        )
