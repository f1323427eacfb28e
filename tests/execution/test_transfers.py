"""Hours due handed from one member of a group to another; totals taken over; what a contract that is closed teaches."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from levier.accounts.models import Role, User
from levier.clauses.models import RealisedLot
from levier.execution import actions
from levier.execution.closing import actions as closing
from levier.execution.control import actions as control
from levier.execution.control.work import contracts_work
from levier.execution.declaring import actions as declaring
from levier.execution.declaring.policies import facilitator_desk
from levier.execution.errors import RefusedError
from levier.execution.incoming import actions as incoming
from levier.execution.incoming.taking.writing import undo
from levier.execution.models import Contract, HoursTransfer, LedgerHead, Participant, SavedColumns
from levier.execution.people import actions as people
from levier.execution.people.scope import acting
from levier.execution.queries.export import export
from levier.facilitators.models import MeasureFact
from levier.rulebook.ledger import verify
from tests.execution.test_declaring import World
from tests.factories import execution as make
from tests.factories import network, purchases
from tests.factories import people as make_people
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


class Group:
    """A contract of 400 hours, held by two: 300 and 100."""

    def __init__(self) -> None:
        self.town, self.desk = organisation(name="Ville"), organisation()
        self.first, self.second = organisation(name="Nord BTP"), organisation(name="Façades")
        self.owner, self.helper = buyer(self.town), purchases.facilitator(self.desk)
        self.company, self.other = (
            member(one, role=Role.CONTRACTOR).user for one in (self.first, self.second)
        )
        self.contract = make.contract(
            buyer=self.town, facilitator=self.desk, holder=self.first,
            members=[actions.Member(organisation=self.second, share_rate=Decimal("0.25"), email=self.other.email)],
            commitments=[actions.CommitmentValues(hours=Decimal(400))],
        )  # fmt: skip
        actions.set_contacts(
            by=self.owner, contract=self.contract, side="titulaire",
            people={"referent": actions.ContactPerson(name="Sasha", email=self.company.email)},
        )  # fmt: skip
        self.source = self.contract.commitments.get(contractor=self.second)
        self.target = self.contract.commitments.get(contractor=self.first)
        self.at = f"/contrats/{self.contract.pk}"

    def values(self, **changes: Any) -> dict[str, Any]:
        return {
            "source": self.source.pk, "target": self.target.pk, "hours": "40", "effective_on": localdate().isoformat(),
            "note": "Équipe complète.",
        } | changes  # fmt: skip

    @property
    def dues(self) -> tuple[Decimal, Decimal]:
        return tuple(LedgerHead.objects.get(pk=one.pk).due for one in (self.source, self.target))  # type: ignore[return-value]


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


@pytest.mark.slow
def test_a_member_hands_hours_over_once_the_buyer_decides() -> None:
    group = Group()
    asking = f"{group.at}/controle/transfert"
    assert as_user(group.other).post(asking, group.values()).status_code == 302
    moved = HoursTransfer.objects.get()
    assert "Façades" in moved.asked_label and group.dues == (100, 300)
    waits = {one.who for one in contracts_work(group.owner, localdate()) if "transfert" in one.title}
    assert waits == {"me"}
    deciding = f"/contrats/controle/decision-transfert/{moved.pk}"
    # Nobody decides of what the page does not show.
    recap = text(as_user(group.owner).get(deciding))
    assert f"cède 40 h à {group.contract.holder.name}" in recap and moved.note in recap
    strangers = [buyer(), purchases.facilitator(), make.contractor(organisation())]
    for reader, status in [
        (group.helper, 403),
        (group.company, 403),
        (group.other, 403),
        *((one, 404) for one in strangers),
    ]:
        assert as_user(reader).post(deciding, {"answer": "oui"}).status_code == status
    assert as_user(strangers[0]).get(asking).status_code == 404 and Client().get(asking).status_code == 302
    assert as_user(group.owner).post(deciding, {"answer": "oui"}).status_code == 302
    assert group.dues == (60, 340)
    page = text(as_user(group.other).get(group.at))
    assert "Transfert à Nord BTP" in page and "Transfert de Façades" in page
    assert "déjà décidé" in text(as_user(group.owner).post(deciding, {"answer": "non"}))
    moved.refresh_from_db()
    assert moved.given is not None
    with pytest.raises(RefusedError, match="transfert inverse"):
        actions.reverse(by=group.owner, posting=moved.given, reason="erreur")
    # Only what one still owes, and only one's own.
    assert "ne doit plus que 60" in text(as_user(group.other).post(asking, group.values(hours="61")))
    back = group.values(source=group.target.pk, target=group.source.pk)
    assert as_user(group.other).post(asking, back).status_code == 422
    assert as_user(group.company).post(asking, back).status_code == 302
    assert (
        as_user(group.owner)
        .post(
            f"/contrats/controle/decision-transfert/{HoursTransfer.objects.latest('pk').pk}",
            {"answer": "non"},
        )
        .status_code
        == 302
    )
    assert group.dues == (60, 340)


@pytest.mark.slow
def test_a_total_taken_over_is_one_line_that_its_detail_does_not_double() -> None:
    """Hours done before, of which the sheet says no person; the export still proves itself."""
    one = make.commitment(starts_on=date(2026, 2, 1))
    until = date(2026, 4, 30)
    line = actions.post_opening(by=user(), commitment=one, hours=Decimal("120.5"), until=until)
    head = LedgerHead.objects.get(pk=one.pk)
    assert (head.done, head.declared, line.evidence) == (Decimal("120.5"), Decimal("120.5"), "declared")
    stream = io.StringIO()
    export(stream)
    assert verify(io.StringIO(stream.getvalue())).done == Decimal("120.5")
    with pytest.raises(RefusedError, match="compte déjà"):
        actions.post_opening(by=user(), commitment=one, hours=Decimal(1), until=until)
    for on, is_inside in ((date(2026, 4, 1), True), (date(2026, 5, 1), False)):
        given = {
            "by": user(),
            "commitment": one,
            "month": make.month(on=on),
            "hours": Decimal(10),
            "evidence": "declared",
        }
        if is_inside:
            with pytest.raises(RefusedError, match="reprises en un total"):
                actions.post_done(**given)
        else:
            actions.post_done(**given)
    with pytest.raises(RefusedError, match="ne se réimpute pas"):
        actions.reallocate(by=user(), posting=line, to=make.commitment())
    actions.reverse(by=user(), posting=line, reason="erreur")
    assert LedgerHead.objects.get(pk=one.pk).done == 10
    # Detailed from then on.
    actions.post_done(
        by=user(),
        commitment=one,
        month=make.month(on=date(2026, 4, 1)),
        hours=Decimal(9),
        evidence="declared",
    )


@pytest.mark.slow
def test_rows_of_contracts_with_their_total_become_openings(settings: Any, tmp_path: Any) -> None:
    settings.LEVIER_HOME = tmp_path
    desk, town, firm = organisation(name="Maison"), organisation(name="Ville"), organisation(name="Bati")
    helper = purchases.facilitator(desk)
    sheet = (
        "N° de marché;Objet du marché;SIRET acheteur;SIREN titulaire;Début du marché;Fin du marché;Heures à réaliser;Heures réalisées\n"
        f"M-1;École;{town.siren}00011;{firm.siren};01/01/2026;31/12/2027;480;120,5\n"
        f"M-2;Gymnase;{town.siren}00011;{firm.siren};01/01/2026;31/12/2027;300;\n"
    ).encode()
    file = incoming.receive(by=helper, organisation=desk, content=sheet, name="suivi.csv")
    assert (file.account["understood"], file.account["hours"]) == (2, "120.50")
    incoming.confirm(by=helper, file=file, digest=file.account["digest"], is_statement_seen=False)
    heads = {
        one.commitment.contract.reference: one.done
        for one in LedgerHead.objects.select_related("commitment__contract")
    }
    assert heads == {"M-1": Decimal("120.5"), "M-2": 0}
    page = text(as_user(helper).get(f"/contrats/{Contract.objects.get(reference='M-1').pk}"))
    assert "Total repris, arrêté au" in page
    # What was remembered before names were kept out of it is cleaned each night.
    roles = {"titulaire": "holder", "dupont zoe": "buyer"}
    SavedColumns.objects.create(organisation=desk, kind=file.kind, roles=roles)
    assert incoming.clean_saved_columns() == 1
    assert SavedColumns.objects.get().roles == {"titulaire": "holder"}
    undo(by=helper, file=file)
    assert (
        not LedgerHead.objects.filter(done__gt=0).exists()
        and not Contract.objects.filter(removed_at=None).exists()
    )


@pytest.mark.slow
def test_a_contract_that_is_closed_teaches_the_rooms_below() -> None:
    group = Group()
    structure = network.desk("59", place=group.desk)
    group.contract.lot = purchases.lot(purchases.purchase(), cpv="45442100", amount_ht=Decimal(90_000))
    group.contract.save()
    actions.add_order(
        by=group.owner,
        contract=group.contract,
        nature="heures",
        reference="R1",
        dated_on=localdate(),
        worked_hours=Decimal(3000),
    )
    met = control.plan_meeting(
        by=group.helper, contract=group.contract, kind="visite", held_on=localdate() - timedelta(days=3)
    )
    control.note_meeting(
        by=group.helper, meeting=met, buyer="absent", facilitator="present", company="present", conclusions=""
    )
    closing.close(
        by=group.owner,
        contract=group.contract,
        sides=frozenset({"buyer"}),
        name="Jo",
        role="Acheteuse",
        reason="Fin anticipée",
    )
    lot = RealisedLot.objects.get(organisation=group.desk)
    assert (lot.amount_ht, lot.planned_hours, lot.done_hours, lot.worked_hours) == (90_000, 400, 0, 3000)
    facts = {(one.measure, one.label) for one in MeasureFact.objects.filter(structure=structure)}
    assert facts == {("visites", "Visite sur site"), ("bilans", "Bilan de clôture d’un contrat")}
    # Handed over today, whenever the contract ended; and it is the company's too.
    report = MeasureFact.objects.get(measure="bilans")
    assert (report.happened_on, report.company_siren) == (localdate(), group.contract.holder.siren)


@pytest.mark.slow
def test_the_ceiling_of_an_association_counts_every_contract() -> None:
    """480 hours over 24 months for one person, whatever the contract they are done on."""
    world = World()
    entries = [world.person(modality="ai", employer_kind="AI")]
    with acting(followers=[world.where.structure.pk]):
        who = Participant.objects.get(pk=entries[0].participant_id)
    other = make.contract(
        buyer=world.where.contract.buyer,
        holder=world.where.contract.holder,
        facilitator=world.where.structure,
    )
    elsewhere = people.enter(
        by=world.where.facilitator, participant=who, contract=other, company=other.holder, facts=make_people.rsa(),
        rules="ccag_2021", employer_kind="AI", modality="ai",
    )[0]  # fmt: skip
    people.decide_entry(by=world.where.facilitator, entry=elsewhere, is_valid=True)
    desk = facilitator_desk(world.where.facilitator, other.pk)
    for month in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)):
        declaring.save_hours(
            by=world.where.facilitator, desk=desk, commitment=other.commitments.get(),
            cells={(elsewhere.pk, month): Decimal(140)},
        )  # fmt: skip
    judged = world.book().judge((entries[0].pk, date(2026, 6, 1)), Decimal(80))
    assert any("480" in sentence for sentence in judged.sentences)
    assert world.book().judge((entries[0].pk, date(2026, 6, 1)), Decimal(60)).is_green
