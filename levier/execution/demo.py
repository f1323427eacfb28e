"""The demonstration's contracts: a lot just awarded, an older contract whose months were declared, accepted or questioned, a finished one.

Everybody and every company here is fictitious. The ledger lets nobody delete its lines: `forget_demo_contracts` runs as the owner
of the tables, in a process of its own.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role, User
from levier.core import audit
from levier.core.audit import Actor
from levier.execution import actions
from levier.execution import demo_life as life
from levier.execution.actions import CommitmentValues, ContactPerson, ContractValues, Member
from levier.execution.declaring import actions as declaring
from levier.execution.declaring.policies import Desk
from levier.execution.models import (
    Contract,
    ContractSide,
    DeclarationLine,
    Entry,
    LineReason,
    LineState,
    Notice,
    Participant,
    PeopleAccess,
    ReportingPeriod,
)
from levier.execution.people import actions as people
from levier.organisations.models import Organisation
from levier.purchasing.actions.demo import DemoSides, demo_sides
from levier.purchasing.actions.demo_exchanges import AWARDED
from levier.purchasing.models import ContactRank, Lot
from levier.rulebook.eligibility import Facts, ProofSeen
from levier.rulebook.months import add_months, first_of

REFERENCE = "DEMO-2026-11"
_LABEL = "(démonstration)"
_MONTHS_AGO, _MONTHS = 5, 18
# Impossible SIREN, as those of the accounts: a co-contractor, an insertion firm of temporary work, who proposes candidates.
_FACADES, _INTERIM = ("999999711", "Façades du Val"), ("999999712", "Val Intérim Insertion")
_PRESCRIBER = ("999999713", "Mission locale du Val")
# First name, day of birth, who declares, kind of employer, modality, months since its entry, hours of each month since then.
_PEOPLE = (
    ("Awa", date(1988, 3, 14), "holder", "DIRECT", "embauche", 5, ("112", "121", "118,5", "126", "121")),
    ("Malik", date(2001, 9, 2), "holder", "ETTI", "etti", 4, ("70", "77", "63")),
    ("Odile", date(1968, 1, 25), "siae", "EI", "sous-traitance", 4, ("56", "63", "60", "59,5")),
    ("Teddy", date(1995, 6, 30), "facades", "DIRECT", "embauche", 3, ("98", "105", "91")),
    ("Inès", date(1999, 11, 8), "holder", "ETTI", "etti", 2, ("49", "151")),
    ("Jules", date(1992, 4, 19), "holder", "DIRECT", "embauche", 0, ()),
)  # fmt: skip


@transaction.atomic
def load_demo_contracts(*, by: Actor) -> int:
    """Bring the three contracts; gives how many: none when they are there, or without the demonstration's purchases."""
    sides = demo_sides()
    if sides is None or Contract.objects.filter(buyer=sides.buyer, reference=REFERENCE).exists():
        return 0
    buyer, facilitator = sides.accounts[Role.BUYER], sides.accounts[Role.FACILITATOR]
    firms = {role: Organisation.objects.filter(siren=DEMO[role][2], is_demo=True).first() for role in DEMO}
    company = User.objects.filter(email=DEMO[Role.CONTRACTOR][0], is_demo=True).first()
    holder, siae = firms[Role.CONTRACTOR], firms[Role.SUPPLIER]
    if not (buyer and facilitator and company and holder and siae):
        return 0
    contacts: dict[str, ContactPerson] = {
        ContactRank.FIRST: ContactPerson(name="Sacha Exemple", email=company.email, phone="01 99 00 56 78"),
        ContactRank.SUBSTITUTE: ContactPerson(name="Andrea Exemple", email="travaux@exemple.invalid"),
    }
    lot = Lot.objects.filter(purchase__reference=AWARDED, purchase__organisation=sides.buyer).first()
    if lot is not None:
        _award(buyer, lot, holder, contacts)
    contract = _older(buyer, sides, holder)
    actions.add_subcontractor(by=buyer, contract=contract, organisation=siae, email=DEMO[Role.SUPPLIER][0])
    by_name = {"holder": holder, "siae": siae, "facades": _firm(*_FACADES)}
    entries = _declare(contract, by_name, facilitator, company)
    life.draw_proofs(contract, facilitator)
    life.bring_people_to_life(entries, facilitator)
    life.open_a_post(contract, company, _firm(*_PRESCRIBER))
    life.ask_a_transfer(contract, company)
    controlled = life.open_one_under_control(sides, buyer, facilitator, holder, _LABEL)
    # Named last: nobody is written to about what is told here.
    for one in (contract, controlled):
        actions.set_contacts(by=buyer, contract=one, side=ContractSide.HOLDER, people=contacts)
    count = 3 if lot else 2
    audit.record(by=by, verb="execution.load_demo_contracts", details={"contracts": count})
    return count


def _firm(siren: str, name: str) -> Organisation:
    found, _ = Organisation.objects.get_or_create(
        siren=siren, defaults={"name": f"{name} {_LABEL}", "is_demo": True}
    )
    return found


def _award(buyer: User, lot: Lot, holder: Organisation, contacts: dict[str, ContactPerson]) -> None:
    """The lot of the library, awarded three days ago: its hours are due, and nothing is to declare yet."""
    today = timezone.localdate()
    starts_on = lot.purchase.starts_on or today + timedelta(weeks=14)
    values = ContractValues(
        title=lot.title, reference=AWARDED, notified_on=today - timedelta(days=3), starts_on=starts_on,
        ends_on=add_months(starts_on, 24) - timedelta(days=1), reporting_period=ReportingPeriod.QUARTER,
    )  # fmt: skip
    actions.award_lot(
        by=buyer, lot=lot, holder=holder, values=values, contacts=contacts,
        commitments=[CommitmentValues(hours=Decimal(1400), publics_rule="ccag_2021", counting_rule="national")],
    )  # fmt: skip


def _older(buyer: User, sides: DemoSides, holder: Organisation) -> Contract:
    """A swimming pool under works for five months, held by a group of two; declared each month."""
    starts_on = add_months(first_of(timezone.localdate()), -_MONTHS_AGO)
    values = ContractValues(
        title=f"Rénovation de la piscine des Tilleuls {_LABEL}", reference=REFERENCE, place_label="Roubaix",
        departement_code="59", notified_on=starts_on - timedelta(days=40), starts_on=starts_on,
        ends_on=add_months(starts_on, _MONTHS) - timedelta(days=1), reporting_period=ReportingPeriod.MONTH,
    )  # fmt: skip
    member = Member(
        organisation=_firm(*_FACADES), share_rate=Decimal("0.25"), email="facades@exemple.invalid"
    )
    return actions.open_contract(
        by=buyer, buyer=sides.buyer, holder=holder, facilitator=sides.facilitator, values=values,
        members=[member],
        commitments=[CommitmentValues(hours=Decimal(4000), publics_rule="ccag_2021", counting_rule="national")],
    )  # fmt: skip


def _declare(
    contract: Contract, firms: dict[str, Organisation], facilitator: User, company: User
) -> dict[str, Entry]:
    """People enter; past months are accepted; of the last one, a line is questioned, one is missing, the others wait."""
    assert contract.facilitator is not None
    desk = Desk(contract, True, frozenset({contract.facilitator.pk}))
    entries = {one[0]: _enter(contract, facilitator, firms[one[2]], *one) for one in _PEOPLE}
    last = add_months(first_of(timezone.localdate()), -1)
    cells: dict[Organisation, dict[tuple[int, date], Decimal | None]] = {}
    for name, _, firm, _, _, since, hours in _PEOPLE:
        for rank, text in enumerate(hours):
            month = add_months(first_of(timezone.localdate()), rank - since)
            own = firms["facades"] if firm == "facades" else firms["holder"]
            cells.setdefault(own, {})[entries[name].pk, month] = Decimal(text.replace(",", "."))
    for one in contract.commitments.select_related("contractor"):
        typed = cells.get(one.contractor, {})
        past = {key: value for key, value in typed.items() if key[1] < last}
        declaring.save_hours(by=facilitator, desk=desk, commitment=one, cells=past)
        lines = DeclarationLine.objects.filter(declaration__commitment=one, state=LineState.WAITING)
        seen = dict(lines.values_list("pk", "hours"))
        declaring.accept_green(by=facilitator, desk=desk, commitment=one, seen=seen, is_statement_seen=True)
        for line in lines:
            declaring.accept(by=facilitator, desk=desk, line=line, seen=line.hours, reason="verifie")
        own_desk = Desk(contract, False, frozenset({one.contractor_id}))
        recent = {
            key: value for key, value in typed.items()
            if key[1] == last and any(each.pk == key[0] and each.company_id == one.contractor_id for each in entries.values())
        }  # fmt: skip
        declaring.save_hours(by=company, desk=own_desk, commitment=one, cells=recent)
        declaring.send(by=company, desk=own_desk, commitment=one, month=last)
    # Written aside: a question asked by its action sends a mail.
    DeclarationLine.objects.filter(entry=entries["Inès"], state=LineState.WAITING).update(
        state=LineState.QUESTIONED, reason=LineReason.TOTAL
    )
    return entries


def _enter(
    contract: Contract, facilitator: User, company: Organisation, name: str, birth_on: date, _firm: str,
    employer_kind: str, modality: str, since: int, hours: tuple[str, ...],
) -> Entry:  # fmt: skip
    """Somebody told about its data, entered and validated; the last to come waits for the facilitator."""
    assert contract.facilitator is not None
    entered_on = add_months(first_of(timezone.localdate()), -since) + timedelta(days=1 if hours else 0)
    person = people.add_participant(
        by=facilitator,
        follower=contract.facilitator,
        given_name=name,
        family_name="Exemple",
        birth_on=birth_on,
    )
    people.give_notice(by=facilitator, participant=person, on=entered_on, way="main")
    proof = ProofSeen("caf_rsa", issued_on=entered_on - timedelta(days=30), seen_on=entered_on)
    facts = Facts(entry_on=entered_on, allocations=frozenset({"rsa"}), proofs=(proof,))
    entry, _ = people.enter(
        by=facilitator, participant=person, contract=contract, company=company, facts=facts, rules="ccag_2021",
        employer_kind=employer_kind, modality=modality,
    )  # fmt: skip
    return people.decide_entry(by=facilitator, entry=entry, is_valid=True) if hours else entry


def has_demo_contracts() -> bool:
    """Whether a contract of a fictitious buyer is there."""
    return Contract.objects.filter(buyer__is_demo=True).exists()


@transaction.atomic
def forget_demo_contracts(*, by: Actor) -> int:
    """Delete the contracts of fictitious buyers with all that hangs on them, ledger included; gives how many.

    As the owner of the tables only: the guards of the room are lifted and put back inside the transaction.
    """
    tables = [one._meta.db_table for one in apps.get_app_config("execution").get_models()]
    found = list(Contract.objects.filter(buyer__is_demo=True))
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} DISABLE TRIGGER USER")
        persons = Participant.objects.filter(follower__is_demo=True)
        months = apps.get_model("execution", "PersonMonth").objects.filter(
            participant_id__in=persons.values("pk")
        )
        PeopleAccess.objects.filter(participant_id__in=persons.values("pk")).delete()
        _delete([*found, *months, *persons, *Notice.objects.filter(follower__is_demo=True)])
        _delete(
            [
                *Organisation.objects.filter(
                    is_demo=True, siren__in=[one[0] for one in (_FACADES, _INTERIM, _PRESCRIBER)]
                )
            ]
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} ENABLE TRIGGER USER")
    if found:
        audit.record(by=by, verb="execution.forget_demo_contracts", details={"contracts": len(found)})
    return len(found)


def _delete(rows: list[models.Model]) -> None:
    """Each row after those that hold it back."""
    for row in rows:
        while True:
            try:
                with transaction.atomic():
                    type(row)._base_manager.filter(pk=row.pk).delete()
                break
            except ProtectedError as held:
                _delete(list(held.protected_objects))
