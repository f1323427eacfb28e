"""Declared hours: typed, sent, judged, accepted, corrected; who may; what the ledger gets."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.execution import actions as ledger
from levier.execution.closing import actions as closing
from levier.execution.declaring import actions, policies
from levier.execution.declaring.book import Book, load
from levier.execution.declaring.reading import read_hours
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Contract,
    ContractContact,
    ContractSide,
    Declaration,
    DeclarationLine,
    DeclarationState,
    Entry,
    LedgerHead,
    LedgerPosting,
    LineState,
    PersonMonth,
)
from levier.execution.people import actions as people
from levier.execution.queries.contracts import declared_hours
from levier.purchasing.models import ContactRank
from tests.factories import execution as contracts
from tests.factories import people as make
from tests.factories.accounts import member, organisation, user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
MONTH = date(2026, 4, 1)


class World:
    """A contract, a validated person who was told about its data, and the desks of each side."""

    def __init__(self) -> None:
        self.where = make.place()
        self.entry = self.person()
        self.commitment = self.where.contract.commitments.get()
        self.desk = policies.facilitator_desk(self.where.facilitator, self.where.contract.pk)

    def person(self, *, told: bool = True, valid: bool = True, **fields: Any) -> Entry:
        who = make.participant(self.where)
        if told:
            people.give_notice(by=self.where.facilitator, participant=who, on=date(2026, 3, 1), way="main")
        entry = make.entry(self.where, who, **fields)
        return people.decide_entry(by=self.where.facilitator, entry=entry, is_valid=True) if valid else entry

    def type(self, hours: Any, month: date = MONTH, entry: Entry | None = None) -> DeclarationLine | None:
        key = ((entry or self.entry).pk, month)
        amount = None if hours is None else Decimal(hours)
        actions.save_hours(
            by=self.where.facilitator, desk=self.desk, commitment=self.commitment, cells={key: amount}
        )
        return DeclarationLine.objects.filter(entry=key[0]).order_by("pk").last()

    def line(self, hours: Any, month: date = MONTH, entry: Entry | None = None) -> DeclarationLine:
        found = self.type(hours, month, entry)
        assert found is not None
        return found

    def accept(self, line: DeclarationLine, **fields: Any) -> DeclarationLine:
        values = {"by": self.where.facilitator, "desk": self.desk, "line": line, "seen": line.hours} | fields
        return actions.accept(**values)

    def book(self) -> Book:
        with self.desk.scope():
            return load(self.desk, self.commitment)

    @property
    def done(self) -> Decimal:
        return LedgerHead.objects.get(pk=self.commitment.pk).done


@pytest.fixture
def world() -> World:
    return World()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


def open_to_company(world: World) -> User:
    """The member of the holder whom the contract names."""
    ContractContact.objects.create(
        contract=world.where.contract, side=ContractSide.HOLDER, rank=ContactRank.FIRST, name="Référent",
        email=world.where.company.email,
    )  # fmt: skip
    return world.where.company


@pytest.mark.parametrize(
    ("typed", "read"),
    [("35,5", "35.5"), ("35.5", "35.5"), ("35h30", "35.5"), ("35:30", "35.5"), ("1\u202f04 h", "104"), ("", None), (" ", None)],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(typed: str, read: str | None) -> None:
    assert read_hours(typed) == (None if read is None else Decimal(read))


@pytest.mark.parametrize("typed", ["douze", "1e999999", "NaN", "12h75", "--"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="n’est pas un nombre"):
        read_hours(typed)


@pytest.mark.slow
def test_a_line_accepted_is_posted_with_its_proof(world: World) -> None:
    line = world.accept(world.line(70), reason="verifie", is_statement_seen=True)
    posting = LedgerPosting.objects.get(kind="done")
    assert (posting.hours, posting.evidence, line.posting_id) == (70, "documented", posting.pk)
    assert line.statement_seen_by_id == world.where.facilitator.pk
    month = PersonMonth.objects.get()
    assert (month.worked, month.allocated, month.month) == (70, 70, MONTH)
    assert Declaration.objects.get().state == DeclarationState.ANSWERED


@pytest.mark.slow
def test_the_same_grid_and_the_same_decision_sent_twice_double_nothing(world: World) -> None:
    line = world.line(70)
    assert world.line(70).pk == line.pk
    world.accept(line)
    with pytest.raises(RefusedError, match="relisez"):
        world.accept(line)
    assert world.done == 70
    world.type(70)
    assert DeclarationLine.objects.count() == 1


@pytest.mark.slow
def test_a_correction_reverses_then_posts_anew(world: World) -> None:
    first = world.accept(world.line(70))
    second = world.line(82)
    assert (second.corrects_id, world.done) == (first.pk, 70)
    world.accept(second)
    assert list(LedgerPosting.objects.exclude(kind="due").order_by("number").values_list("kind", "hours")) == [
        ("done", 70), ("reversal", -70), ("done", 82),
    ]  # fmt: skip
    assert (PersonMonth.objects.get().worked, world.done) == (82, 82)
    world.accept(world.line(0), reason="verifie")
    assert (PersonMonth.objects.get().worked, world.done) == (0, 0)


@pytest.mark.slow
def test_a_correction_taken_back_or_refused_leaves_what_counts(world: World) -> None:
    world.accept(world.line(70))
    line = world.line(82)
    actions.reject(by=world.where.facilitator, desk=world.desk, line=line, seen=line.hours, reason="total")
    assert world.book().cell((world.entry.pk, MONTH)).hours == 70
    world.type(90)
    world.type(70)
    assert not DeclarationLine.objects.filter(state=LineState.WAITING).exists()
    assert world.done == 70


@pytest.mark.slow
def test_a_decided_line_never_changes(world: World) -> None:
    world.accept(world.line(70))
    for act in (lambda: DeclarationLine.objects.update(hours=1), DeclarationLine.objects.all().delete):
        with pytest.raises(DatabaseError, match="ne change plus"), transaction.atomic():
            act()
    with pytest.raises(actions.CellsRefusedError) as refused:
        world.type(None)
    assert "écrivez 0" in str(refused.value.problems)


def test_nobody_is_declared_before_the_notice(world: World) -> None:
    other = world.person(told=False)
    with pytest.raises(actions.CellsRefusedError) as refused:
        world.type(10, entry=other)
    assert "note d’information" in refused.value.problems[(other.pk, MONTH)]
    assert not Declaration.objects.exists()


@pytest.mark.slow
def test_hours_outside_the_window_wait_for_a_person(world: World) -> None:
    entered = world.entry.entered_on
    line = world.line(60, date(2026, 2, 1))
    judged = world.book().judge((world.entry.pk, date(2026, 2, 1)), Decimal(60))
    assert entered.month == 3 and judged.is_blocked and judged.counted == 0
    done = actions.accept_green(
        by=world.where.facilitator, desk=world.desk, commitment=world.commitment, seen={line.pk: line.hours}
    )
    assert (done, world.done) == (0, 0)
    with pytest.raises(RefusedError, match="dites pourquoi"):
        world.accept(line)
    world.accept(line, reason="verifie")
    assert world.done == 60


@pytest.mark.slow
def test_an_entry_that_waits_keeps_its_hours_and_counts_none(world: World) -> None:
    other = world.person(valid=False)
    line = world.line(35, entry=other)
    with pytest.raises(RefusedError, match="pas encore validé"):
        world.accept(line, reason="verifie")
    assert world.done == 0


@pytest.mark.slow
def test_green_lines_are_accepted_at_once_and_only_as_they_were_read(world: World) -> None:
    second = world.person()
    one, two = world.line(70), world.line(30, entry=second)
    world.type(31, entry=second)
    done = actions.accept_green(
        by=world.where.facilitator, desk=world.desk, commitment=world.commitment,
        seen={one.pk: one.hours, two.pk: two.hours},
    )  # fmt: skip
    assert (done, world.done) == (1, 70)


@pytest.mark.slow
def test_an_hour_of_another_contract_is_not_counted_twice(world: World) -> None:
    who = world.entry.participant_id
    month = contracts.month(100, employer=world.where.contract.holder, on=MONTH, participant=who)
    ledger.post_done(
        by=user(), commitment=contracts.commitment(), month=month, hours=Decimal(80), evidence="declared"
    )
    line = world.line(50)
    with pytest.raises(RefusedError, match="ne reste que 20 h"):
        world.accept(line, reason="verifie")
    world.accept(line, reason="verifie", worked=Decimal(130))
    month.refresh_from_db()
    assert (month.worked, month.allocated) == (130, 130)


def grid_of(contract: Contract) -> str:
    return f"/suivi/contrats/{contract.pk}/grille"


@pytest.mark.slow
def test_who_opens_the_grid_and_the_month(world: World) -> None:
    contract, elsewhere = world.where.contract, make.place()
    company = open_to_company(world)
    line = world.line(70)
    grid, month, act = (
        grid_of(contract),
        f"/contrats/{contract.pk}/declarer",
        f"/suivi/contrats/lignes/{line.pk}/decider",
    )
    answers = {
        world.where.facilitator: (200, 403, 302), company: (403, 200, 403), world.where.buyer: (403, 403, 403),
        elsewhere.facilitator: (404, 404, 404), member(contract.holder, role=Role.CONTRACTOR).user: (404, 404, 404),
    }  # fmt: skip
    for who, (on_grid, on_month, on_act) in answers.items():
        client = as_user(who)
        assert client.get(grid).status_code == on_grid
        assert client.post(f"{grid}/accepter").status_code == (302 if on_grid == 200 else on_grid)
        assert client.get(month).status_code == on_month
        assert client.post(act, {"decision": "question"}).status_code == on_act
    assert Client().get(grid)["Location"].startswith("/compte/connexion/")
    line.refresh_from_db()
    assert line.state == LineState.WAITING


@pytest.mark.slow
def test_in_house_a_buyer_sees_nobody() -> None:
    buyer = organisation()
    contract = contracts.contract(buyer=buyer, facilitator=None)
    assert as_user(member(buyer, role=Role.BUYER).user).get(grid_of(contract)).status_code == 403
    assert as_user(member(buyer, role=Role.FACILITATOR).user).get(grid_of(contract)).status_code == 200


@pytest.mark.slow
def test_a_wrong_cell_keeps_all_that_was_typed_and_saves_nothing(world: World) -> None:
    other = world.person()
    name, second = f"h-{world.entry.pk}-2026-04", f"h-{other.pk}-2026-04"
    response = as_user(world.where.facilitator).post(
        grid_of(world.where.contract) + "?jusqu=2026-04", {name: "douze", second: "70"}
    )
    assert response.status_code == 422
    page = text(response)
    assert "« douze » n’est pas un nombre" in page and 'value="douze"' in page and 'value="70"' in page
    assert not DeclarationLine.objects.exists()


@pytest.mark.slow
def test_a_cell_nobody_touched_keeps_what_was_written_meanwhile(world: World) -> None:
    name = f"h-{world.entry.pk}-2026-04"
    world.type(70)
    stale = {name: "", f"avant-{name}": ""}
    as_user(world.where.facilitator).post(grid_of(world.where.contract) + "?jusqu=2026-04", stale)
    assert DeclarationLine.objects.get().hours == 70


def test_from_the_month_of_a_company_to_the_ledger(world: World) -> None:
    company, contract = open_to_company(world), world.where.contract
    page = f"/contrats/{contract.pk}/declarer?mois=2026-04"
    name = f"h-{world.entry.pk}-2026-04"
    shown = text(as_user(company).get(page))
    assert "Zéphirine Q." in shown and make.FAMILY not in shown and "RSA" not in shown
    assert "éligible jusqu’au 01/03/2028" in shown and "h par semaine" in shown
    as_user(company).post(page, {name: "70"})
    grid = as_user(world.where.facilitator)
    line = DeclarationLine.objects.get()
    refused = grid.post(
        f"/suivi/contrats/lignes/{line.pk}/decider", {"decision": "accepter", "heures": "70"}, follow=True
    )
    assert "relisez-la" in text(refused) and world.done == 0
    as_user(company).post(page, {name: "70", f"avant-{name}": "70", "envoyer": "1"})
    assert Declaration.objects.get().state == DeclarationState.SENT
    asked = {"decision": "question", "motif": "total", "heures": "70.00"}
    grid.post(f"/suivi/contrats/lignes/{line.pk}/decider", asked)
    assert "Le total du mois est à vérifier" in text(as_user(company).get(page))
    as_user(company).post(page, {name: "64", f"avant-{name}": "70"})
    assert "1 ligne acceptée" in text(
        grid.post(f"{grid_of(contract)}/accepter", {"ligne": f"{line.pk}:64.00", "releve": "on"}, follow=True)
    )
    assert world.done == 64
    assert "comptées, relevé vu" in text(grid.get(f"{grid_of(contract)}?jusqu=2026-04"))
    assert "64 h" in text(as_user(company).get(f"/contrats/{contract.pk}/declarer?mois=2026-05"))
    later = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    type(contract).objects.filter(pk=contract.pk).update(starts_on=later, ends_on=later)
    ahead = text(as_user(company).get(f"/contrats/{contract.pk}/declarer"))
    assert "mois à venir" in ahead and "mois en cours" not in ahead


@pytest.mark.slow
def test_the_contract_says_what_waits_and_what_was_expected(world: World) -> None:
    world.type(70)
    page = text(as_user(world.where.buyer).get(f"/contrats/{world.where.contract.pk}"))
    assert "Déclaré, à décider" in page and "Attendu à ce jour" in page
    assert make.FAMILY not in page and "/grille" not in page


@pytest.mark.slow
def test_the_grid_costs_the_same_for_one_person_or_four(world: World, django_assert_num_queries: Any) -> None:
    client, page = as_user(world.where.facilitator), grid_of(world.where.contract) + "?jusqu=2026-04"
    client.get(page)
    world.accept(world.line(60))
    for _ in range(3):
        world.type(20, entry=world.person())
    with django_assert_num_queries(36):
        assert client.get(page).content.count(b'scope="row"') == 4


def close(world: World) -> None:
    closing.close(
        by=world.where.buyer, contract=world.where.contract, sides=frozenset({"buyer"}),
        name="Nour", role="directrice", reason="Chantier abandonné",
    )  # fmt: skip


def test_a_month_in_preparation_is_neither_closed_over_nor_sent_after(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = open_to_company(world)
    desk = policies.company_desk(company, world.where.contract.pk)
    cells = {(world.entry.pk, MONTH): Decimal(20)}
    actions.save_hours(by=company, desk=desk, commitment=world.commitment, cells=cells)
    with pytest.raises(RefusedError, match="04/2026 sans les envoyer"):
        close(world)
    # As contracts were closed before this was asked.
    monkeypatch.setattr(closing, "undecided_lines", lambda _: DeclarationLine.objects.none())
    close(world)
    with pytest.raises(RefusedError, match="Ce contrat est clos"):
        actions.send(by=company, desk=desk, commitment=world.commitment, month=MONTH)
    Declaration.objects.update(state=DeclarationState.SENT, sent_at=timezone.now())
    with pytest.raises(RefusedError, match="Ce contrat est clos"):
        world.accept(DeclarationLine.objects.get())


@pytest.mark.slow
def test_a_closed_contract_takes_corrections_and_no_new_hours(world: World) -> None:
    world.accept(world.line(20))
    # A correction of −20 and a line of +20: nothing in sum, two lines to decide.
    less, more = world.line(0), world.line(20, date(2026, 5, 1))
    assert declared_hours(world.where.contract) == 20
    with pytest.raises(RefusedError, match="attendent une décision"):
        close(world)
    for line in (less, more):
        actions.reject(
            by=world.where.facilitator, desk=world.desk, line=line, seen=line.hours, reason="total"
        )
    close(world)
    with pytest.raises(RefusedError, match="Ce contrat est clos"):
        world.type(10, entry=world.entry, month=date(2026, 6, 1))
    with pytest.raises(RefusedError, match="Ce contrat est clos"):
        ledger.post_due(
            by=world.where.buyer, commitment=world.commitment, hours=Decimal(10), effective_on=MONTH
        )
    world.accept(world.line(15), reason="verifie")
    assert world.done == 15
