"""A subcontractor declares its own part; the holder, or a structure that sold hours, confirms; the ledger says so."""

from datetime import date

import pytest
from django.test import Client

from levier.accounts.models import Membership, Role
from levier.core.models import OutgoingMail
from levier.execution import actions as contracts
from levier.execution.candidates.actions import publish
from levier.execution.candidates.policies import firms_publishing, positions_of
from levier.execution.declaring import links, policies
from levier.execution.declaring.lacking import missing_of
from levier.execution.declaring.policies import company_desk
from levier.execution.declaring.whole import whole_company
from levier.execution.errors import RefusedError
from levier.execution.incoming import confirming
from levier.execution.models import DeclarationLine, LedgerHead
from levier.execution.people import actions as people
from levier.execution.policies import firms_named
from tests.execution.test_candidates import values
from tests.execution.test_declaring import MONTH, World, as_user, open_to_company, text
from tests.factories import people as make
from tests.factories.accounts import member, organisation, user

pytestmark = pytest.mark.django_db


class Site(World):
    """The holder, its subcontractor with somebody of its own, and the accounts of both."""

    def __init__(self) -> None:
        super().__init__()
        self.holder = open_to_company(self)
        self.firm = organisation(name="Peinture Sud")
        # A structure of insertion, known here by its sheet.
        self.sub = member(self.firm, role=Role.SUPPLIER).user
        contracts.add_subcontractor(
            by=self.where.buyer, contract=self.where.contract, organisation=self.firm, email=self.sub.email
        )
        who = make.participant(
            self.where, given_name="Lou", family_name="Martinez", birth_on=date(1980, 1, 1)
        )
        people.give_notice(by=self.where.facilitator, participant=who, on=date(2026, 3, 1), way="main")
        entry = make.entry(self.where, who, company=self.firm)
        self.theirs = people.decide_entry(by=self.where.facilitator, entry=entry, is_valid=True)

    def send(self, client: Client, entry: int, hours: str = "35") -> DeclarationLine:
        page = f"/contrats/{self.where.contract.pk}/declarer?mois=2026-04"
        name = f"h-{entry}-2026-04"
        fields = {name: hours, f"avant-{name}": "", "envoyer": "1"}
        assert client.post(page, fields).status_code == 302
        return DeclarationLine.objects.get(entry=entry, declaration__month=MONTH)

    @property
    def page(self) -> str:
        return f"/contrats/{self.where.contract.pk}/confirmer"


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.mark.slow
def test_a_subcontractor_declares_its_part_and_sees_nothing_else(site: Site) -> None:
    client, pk = as_user(site.sub), site.where.contract.pk
    page = text(client.get(f"/contrats/{pk}/declarer?mois=2026-04"))
    assert "Lou M." in page
    assert "Zéphirine" not in page
    assert "h par semaine" not in page
    assert client.get(f"/contrats/{pk}").status_code == 404
    assert "En sous-traitance" in text(client.get("/contrats"))
    assert f"en sous-traitance, pour {site.where.contract.holder.name}" in text(
        client.get("/contrats/mon-mois")
    )
    other = as_user(member(site.firm, role=Role.CONTRACTOR).user)
    assert other.get(f"/contrats/{pk}/declarer").status_code == 404


@pytest.mark.slow
def test_a_subcontractor_that_is_late_is_seen_and_declares_by_its_own_link(site: Site) -> None:
    """Whatever the holder declared, the month of its subcontractor is missing, and asked for."""
    contract = site.where.contract
    contract.reporting_period = "mois"
    contract.save()

    def late() -> list[str]:
        found = missing_of([contract], date(2026, 5, 20))
        return [one.company.name for one in found if one.company == site.firm]

    assert late() == ["Peinture Sud"]
    link = links.open_link(
        contract=contract, company=site.firm, email=site.sub.email, first_month=MONTH, month=MONTH
    )
    assert links.desk_of(link) == company_desk(site.sub, contract.pk)
    site.send(as_user(site.sub), site.theirs.pk)
    assert not late()


@pytest.mark.slow
def test_the_holder_confirms_and_the_hours_are_posted_as_such(site: Site) -> None:
    line = site.send(as_user(site.sub), site.theirs.pk)
    holder = as_user(site.holder)
    page = text(holder.get(site.page))
    assert "Lou M." in page
    assert "Martinez" not in page
    assert "RSA" not in page
    assert "1 ligne d’une autre entreprise" in text(holder.get("/contrats/mon-mois"))
    holder.post(site.page, {"ligne": line.pk, "heures": str(line.hours), "reponse": "oui"})
    assert "d’une autre entreprise" not in text(holder.get("/contrats/mon-mois"))
    grid = text(as_user(site.where.facilitator).get(f"/suivi/contrats/{site.where.contract.pk}/grille"))
    assert "confirmée" in grid
    site.accept(line)
    assert LedgerHead.objects.get(pk=site.commitment.pk).confirmed_third_party == 35
    assert "déjà acceptées" in text(
        holder.post(site.page, {"ligne": line.pk, "heures": "35", "reponse": "non"}, follow=True)
    )


@pytest.mark.slow
def test_accepted_hours_may_still_be_confirmed_and_only_confirmed(site: Site) -> None:
    line = site.send(as_user(site.sub), site.theirs.pk)
    site.accept(line)
    holder = as_user(site.holder)
    assert "que vous pouvez encore confirmer" in text(holder.get(site.page))
    holder.post(site.page, {"ligne": line.pk, "heures": str(line.hours), "reponse": "non"})
    assert LedgerHead.objects.get(pk=site.commitment.pk).declared == 35
    holder.post(site.page, {"ligne": line.pk, "heures": str(line.hours), "reponse": "oui"})
    head = LedgerHead.objects.get(pk=site.commitment.pk)
    assert (head.done, head.declared, head.confirmed_third_party) == (35, 0, 35)
    line.refresh_from_db()
    assert line.posting is not None and line.posting.evidence == "confirmed_third_party"
    assert "pouvez encore confirmer" not in text(holder.get(site.page))


@pytest.mark.slow
def test_disputed_hours_are_not_green_and_changed_hours_are_confirmed_again(site: Site) -> None:
    line = site.send(as_user(site.sub), site.theirs.pk)
    desk = company_desk(site.holder, site.where.contract.pk)
    confirming.answer(by=site.holder, desk=desk, line=line.pk, seen=line.hours, is_right=False)
    with pytest.raises(RefusedError, match="dites pourquoi"):
        site.accept(line)
    with pytest.raises(RefusedError, match="viennent de changer"):
        confirming.answer(by=site.holder, desk=desk, line=line.pk, seen=line.hours + 1, is_right=True)
    confirming.answer(by=site.holder, desk=desk, line=line.pk, seen=line.hours, is_right=True)
    site.type("30", entry=site.theirs)
    line.refresh_from_db()
    site.accept(line)
    head = LedgerHead.objects.get(pk=site.commitment.pk)
    assert (head.declared, head.confirmed_third_party) == (30, 0)


@pytest.mark.slow
def test_a_structure_confirms_the_hours_it_sold_when_it_is_asked(site: Site) -> None:
    bought = site.person(modality="etti", employer_kind="ETTI", facts=make.rsa())
    line = site.send(as_user(site.holder), bought.pk, "20")
    own, theirs = (policies.company_desk(one, site.where.contract.pk) for one in (site.holder, site.sub))
    assert not confirming.lines_to_confirm(theirs)
    with pytest.raises(RefusedError, match="à confirmer par votre entreprise"):
        confirming.answer(by=site.sub, desk=theirs, line=line.pk, seen=line.hours, is_right=True)
    assert "Peinture Sud" in text(as_user(site.holder).get(site.page))
    as_user(site.holder).post(site.page, {"ligne": line.pk, "a": site.firm.pk})
    (shown,) = confirming.lines_to_confirm(theirs)
    told = OutgoingMail.objects.get(to_address=site.sub.email, subject__startswith="Des heures à confirmer")
    assert site.page in told.body and "Zéphirine" not in told.body
    assert "1 ligne d’une autre entreprise" in text(as_user(site.sub).get("/contrats/mon-mois"))
    assert (shown.person, shown.hours) == ("Zéphirine Q.", 20)
    confirming.answer(by=site.sub, desk=theirs, line=line.pk, seen=line.hours, is_right=True)
    site.accept(line)
    assert LedgerHead.objects.get(pk=site.commitment.pk).confirmed_third_party == 20
    assert not confirming.lines_to_ask(own)


@pytest.mark.slow
def test_nobody_else_confirms(site: Site) -> None:
    line = site.send(as_user(site.sub), site.theirs.pk)
    where = site.where
    for who, status in (
        (where.buyer, 403), (where.facilitator, 403), (member(where.contract.holder, role=Role.CONTRACTOR).user, 404),
        (member(organisation(), role=Role.CONTRACTOR).user, 404), (user(), 404),
    ):  # fmt: skip
        assert as_user(who).get(site.page).status_code == status
        assert (
            as_user(who).post(site.page, {"ligne": line.pk, "heures": "35", "reponse": "oui"}).status_code
            == status
        )
    assert Client().get(site.page).status_code == 302


@pytest.mark.slow
def test_whoever_opens_the_siren_of_another_firm_speaks_for_its_own_alone(site: Site) -> None:
    """The contact of the holder opens the subcontractor's space, the buyer opens the holder's: nothing more is read."""
    where = site.where
    Membership.objects.create(user=site.holder, organisation=site.firm, role=Role.CONTRACTOR)
    Membership.objects.create(user=where.buyer, organisation=where.contract.holder, role=Role.CONTRACTOR)
    assert company_desk(site.holder, where.contract.pk).organisations == {where.contract.holder_id}
    assert company_desk(site.sub, where.contract.pk).organisations == {site.firm.pk}
    post = publish(by=site.holder, contract=where.contract, company=where.contract.holder, values=values())
    position_page = f"/suivi/postes/{post.pk}"
    assert as_user(site.holder).get(position_page).status_code == 200
    assert as_user(where.buyer).get(position_page).status_code == 403
    assert not positions_of(where.buyer, MONTH).exists()
    assert [one.name for one in firms_publishing(site.holder, where.contract.pk)[1]] == [
        where.contract.holder.name
    ]
    assert not whole_company(where.buyer).workers
    assert {who.name for who in whole_company(site.holder).workers}.isdisjoint({"Lou M."})
    assert firms_named(where.buyer, where.contract) == frozenset()
