"""Purchases and lots: opened, changed, moved with what each move needs, and who is told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from levier.core.models import AuditEvent, OutgoingMail
from levier.facilitators.models import Convention, Structure
from levier.organisations.models import Organisation
from levier.purchasing import actions, lot_lines, structures
from levier.purchasing.errors import RefusedError
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import ContactRank, ContactSide, Lot, Purchase, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation
from tests.factories.needs import buyer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_studies_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The room alone: those above, which study lots, have their own tests."""
    monkeypatch.setattr(lot_lines, "_providers", {})


VALUES = actions.PurchaseValues(title="Rénovation d’une école")


def opened(town: Organisation | None = None, **changes: Any) -> Purchase:
    place = town or organisation()
    return actions.open_purchase(by=buyer(place), organisation=place, values=replace(VALUES, **changes))


def advised_desk(town: Organisation) -> Organisation:
    """An organisation of facilitators under convention with this buyer."""
    desk = organisation()
    structure = Structure.objects.create(
        kind="plie",
        name=desk.name,
        organisation=desk,
        proven_at=timezone.now(),
        has_desk=True,
        source="test",
        source_key=str(desk.pk),
    )
    Convention.objects.create(structure=structure, buyer_siren=town.siren or "", valid_from=date(2020, 1, 1))
    return desk


def handed(town: Organisation, desk: Organisation) -> Purchase:
    """A purchase that this buyer handed to that structure."""
    purchase = opened(town)
    make.contacts(purchase)
    return actions.move_purchase(by=buyer(town), purchase=purchase, code="confier", facilitator=desk)


def test_a_purchase_opens_with_one_lot_of_its_own_object() -> None:
    purchase = opened(amount_ht=Decimal(90_000))
    lot = purchase.lots.get()
    assert (lot.number, lot.title, lot.amount_ht) == (1, "Rénovation d’une école", 90_000)
    assert purchase.state == PurchaseState.DRAFT
    assert [event.after for event in purchase.events.all()] == [PurchaseState.DRAFT]
    assert AuditEvent.objects.filter(verb="purchasing.open_purchase").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "  "}, "objet"),
        ({"amount_ht": Decimal(-1)}, "supérieur à 0"),
        ({"amount_ht": Decimal("1e12")}, "dix milliards"),
        ({"amount_ht": Decimal("NaN")}, "nombre"),
        ({"amount_ht": Decimal(10), "max_amount_ht": Decimal(5)}, "inférieur"),
        ({"months": Decimal(601)}, "600"),
        ({"launch_on": date(2027, 5, 1), "starts_on": date(2027, 4, 1)}, "avant le lancement"),
        ({"launch_on": date(1027, 5, 1)}, "2000"),
        ({"side": "private", "procedure": "mapa"}, "privé"),
        ({"procedure": "gre_a_gre"}, "privé"),
        ({"programme": "lune"}, "inconnu"),
    ],
)
def test_a_purchase_that_cannot_be_is_refused_with_a_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        replace(VALUES, **changes).check()


def test_a_concession_is_told_by_its_procedure_and_a_private_buyer_has_no_kind() -> None:
    assert opened(procedure="concession").is_concession
    assert opened(side="private", buyer_kind="etat").buyer_kind == ""


@pytest.mark.slow
def test_no_purchase_leaves_its_draft_without_two_contacts_of_the_buyer() -> None:
    town = organisation()
    desk = advised_desk(town)
    make.facilitator(desk)
    purchase, owner = opened(town), buyer(town)
    with pytest.raises(RefusedError, match="référent et le suppléant"):
        actions.move_purchase(by=owner, purchase=purchase, code="confier", facilitator=desk)
    purchase.contacts.create(side="acheteur", rank="referent", name="A", phone="01")
    with pytest.raises(RefusedError, match="il manque le suppléant"):
        actions.move_purchase(by=owner, purchase=purchase, code="confier", facilitator=desk)
    purchase.contacts.create(side="acheteur", rank="suppleant", name="B", phone="02")
    moved = actions.move_purchase(by=owner, purchase=purchase, code="confier", facilitator=desk)
    assert (moved.state, moved.facilitator) == (PurchaseState.TO_STUDY, desk)


def test_a_purchase_is_never_handed_to_a_stranger() -> None:
    town, stranger = organisation(), organisation()
    make.facilitator(stranger)
    purchase = opened(town)
    make.contacts(purchase)
    with pytest.raises(RefusedError, match="pas de celles"):
        actions.move_purchase(by=buyer(town), purchase=purchase, code="confier", facilitator=stranger)


def test_a_structure_without_facilitators_here_is_shown_but_cannot_be_chosen() -> None:
    town = organisation()
    desk = advised_desk(town)
    purchase = opened(town)
    assert structures.desks_for(purchase)[0].organisation is None
    make.facilitator(desk)
    assert structures.desks_for(purchase)[0].organisation == desk


@pytest.mark.slow
def test_the_whole_way_each_step_by_its_own_side() -> None:
    town = organisation()
    desk = advised_desk(town)
    helper, owner = make.facilitator(desk), buyer(town)
    purchase = handed(town, desk)
    with pytest.raises(RefusedError, match="revient au côté"):
        actions.move_purchase(by=owner, purchase=purchase, code="proposer")
    with pytest.raises(RefusedError, match="deux contacts du facilitateur"):
        actions.move_purchase(by=helper, purchase=purchase, code="proposer")
    make.contacts(purchase, ContactSide.FACILITATOR)
    actions.move_purchase(by=helper, purchase=purchase, code="proposer")
    with pytest.raises(RefusedError, match="revient au côté"):
        actions.move_purchase(by=helper, purchase=purchase, code="signer")
    with pytest.raises(RefusedError, match="avant de le modifier"):
        actions.change_purchase(by=owner, purchase=purchase, values=VALUES)
    actions.move_purchase(by=owner, purchase=purchase, code="signer")
    with pytest.raises(RefusedError, match="date de lancement"):
        actions.move_purchase(by=owner, purchase=purchase, code="publier")
    Purchase.objects.filter(pk=purchase.pk).update(launch_on=date(2026, 3, 1))
    for code in ("publier", "attribuer", "clore"):
        purchase = actions.move_purchase(by=owner, purchase=purchase, code=code)
    assert purchase.state == PurchaseState.CLOSED
    with pytest.raises(RefusedError, match="n’est pas, ou plus, possible"):
        actions.move_purchase(by=owner, purchase=purchase, code="abandonner", note="trop tard")
    steps = list(purchase.events.values_list("before", "after"))
    assert len(steps) == 7
    assert all(before == after for (_, after), (before, _) in pairwise(steps))
    with pytest.raises(Http404):
        actions.move_purchase(by=buyer(), purchase=purchase, code="clore")


def test_in_house_the_buyer_proposes_and_signs_with_two_contacts() -> None:
    town = organisation()
    owner, purchase = buyer(town), opened(town)
    make.contacts(purchase)
    for code in ("confier", "proposer", "signer"):
        purchase = actions.move_purchase(by=owner, purchase=purchase, code=code)
    assert purchase.is_in_house and purchase.state == PurchaseState.DECIDED


@pytest.mark.slow
def test_going_back_and_giving_up_ask_why() -> None:
    town = organisation()
    desk = advised_desk(town)
    make.facilitator(desk)
    purchase, owner = handed(town, desk), buyer(town)
    for code in ("reprendre", "abandonner"):
        with pytest.raises(RefusedError, match="Dites pourquoi"):
            actions.move_purchase(by=owner, purchase=purchase, code=code, note=" ")
    back = actions.move_purchase(by=owner, purchase=purchase, code="reprendre", note="Le budget change.")
    assert back.is_draft and back.facilitator is None
    over = actions.move_purchase(by=owner, purchase=purchase, code="abandonner", note="Plus de budget.")
    assert over.is_over and over.events.last().note == "Plus de budget."  # type: ignore[union-attr]


@pytest.mark.slow
def test_each_step_writes_once_to_the_contacts_and_not_to_whoever_acts() -> None:
    town = organisation()
    desk = advised_desk(town)
    helper, owner = make.facilitator(desk), buyer(town)
    purchase = opened(town)
    people = {ContactRank.FIRST: actions.Person(account=owner),
              ContactRank.SUBSTITUTE: actions.Person(name="B", email="b@exemple.invalid")}  # fmt: skip
    actions.set_contacts(by=owner, purchase=purchase, side=ContactSide.BUYER, people=people)
    actions.move_purchase(by=owner, purchase=purchase, code="confier", note="Merci !", facilitator=desk)
    told = OutgoingMail.objects.filter(subject__startswith="À étudier")
    assert set(told.values_list("to_address", flat=True)) == {"b@exemple.invalid", helper.email}
    assert all("Merci !" in mail.body and desk.name in mail.body for mail in told)
    make.contacts(purchase, ContactSide.FACILITATOR)
    actions.leave_word(by=helper, purchase=purchase, side=ContactSide.FACILITATOR, note="Quel planning ?")
    asked = OutgoingMail.objects.filter(subject__startswith="Un mot")
    assert owner.email in set(asked.values_list("to_address", flat=True))
    with pytest.raises(RefusedError, match="Écrivez"):
        actions.leave_word(by=helper, purchase=purchase, side=ContactSide.FACILITATOR, note=" ")


@pytest.mark.slow
def test_a_room_above_says_when_lots_are_proposed_and_signed() -> None:
    town = organisation()
    owner, purchase = buyer(town), opened(town)
    make.contacts(purchase)
    actions.move_purchase(by=owner, purchase=purchase, code="confier")
    said = {"is_proposed": False, "is_signed": False}
    lot_lines.register("test", lambda _, lots, __: [LotLine(lot.pk, ("480 h",), **said) for lot in lots])  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="l’étude de ce lot : 1"):
        actions.move_purchase(by=owner, purchase=purchase, code="proposer")
    said["is_proposed"] = True
    actions.move_purchase(by=owner, purchase=purchase, code="proposer")
    with pytest.raises(RefusedError, match="la signature de ce lot : 1"):
        actions.move_purchase(by=owner, purchase=purchase, code="signer")
    said["is_signed"] = True
    actions.move_purchase(by=owner, purchase=purchase, code="signer")


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([{"email": "a@x.fr"}, {"name": "B", "phone": "1"}], "nom du référent"),
        ([{"name": "A"}, {"name": "B", "phone": "1"}], "courriel ou un téléphone"),
        ([{"name": "A", "email": "a@x.fr"}, {"name": "B", "email": "A@x.fr"}], "deux personnes"),
        ([{"name": "Alix M", "phone": "1"}, {"name": "alix m", "phone": "2"}], "deux personnes"),
    ],
)
def test_two_contacts_are_two_reachable_people(people: list[dict[str, str]], said: str) -> None:
    purchase = opened()
    ranked = {rank: actions.Person(**one) for rank, one in zip(ContactRank, people, strict=True)}
    with pytest.raises(RefusedError, match=said):
        actions.set_contacts(by=buyer(), purchase=purchase, side=ContactSide.BUYER, people=ranked)
    assert not purchase.contacts.exists()


def test_the_account_of_a_contact_is_of_its_own_side() -> None:
    town = organisation()
    purchase = opened(town)
    stranger = {ContactRank.FIRST: actions.Person(account=buyer())}
    with pytest.raises(RefusedError, match="n’est pas celui d’un membre"):
        actions.set_contacts(by=buyer(town), purchase=purchase, side=ContactSide.BUYER, people=stranger)
    with pytest.raises(RefusedError, match="Aucune structure"):
        actions.set_contacts(by=buyer(town), purchase=purchase, side=ContactSide.FACILITATOR, people={})
    colleague = {ContactRank.FIRST: actions.Person(account=member(town).user)}
    actions.set_contacts(by=buyer(town), purchase=purchase, side=ContactSide.BUYER, people=colleague)
    actions.set_contacts(by=buyer(town), purchase=purchase, side=ContactSide.BUYER, people={})
    assert not purchase.contacts.exists()


def titles(purchase: Purchase) -> list[str]:
    return [f"{lot.number}{lot.title}" for lot in purchase.lots.present()]


@pytest.mark.slow
def test_lots_keep_numbers_without_gaps_and_a_removed_one_comes_back_where_it_was() -> None:
    owner = buyer()
    purchase = opened()
    for name in "BCD":
        actions.add_lot(by=owner, purchase=purchase, values=actions.LotValues(title=name))
    first, b, c, d = purchase.lots.present()
    actions.remove_lot(by=owner, lot=b)
    assert titles(purchase) == ["1Rénovation d’une école", "2C", "3D"]
    with pytest.raises(RefusedError, match="vient d’être retiré"):
        actions.change_lot(by=owner, lot=b, values=actions.LotValues(title="X"))
    actions.restore_lot(by=owner, purchase=purchase, pk=b.pk)
    assert titles(purchase) == ["1Rénovation d’une école", "2B", "3C", "4D"]
    actions.shift_lot(by=owner, lot=d, step=-1)
    actions.shift_lot(by=owner, lot=first, step=-1)
    actions.shift_lot(by=owner, lot=c, step=1)
    assert titles(purchase) == ["1Rénovation d’une école", "2B", "3D", "4C"]
    with pytest.raises(RefusedError, match="plus à remettre"):
        actions.restore_lot(by=owner, purchase=purchase, pk=b.pk)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "objet"),
        ({"max_amount_ht": Decimal(5)}, "accord-cadre"),
        ({"weeks": Decimal(0)}, "semaines"),
        ({"posts": Decimal(-2)}, "personnes"),
        ({"takeover_hours": Decimal(-1)}, "reprendre"),
        ({"months": Decimal(0)}, "durée"),
    ],
)
def test_a_lot_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        actions.LotValues(**({"title": "Lot"} | changes)).check()


def test_nobody_to_take_over_is_an_answer() -> None:
    values = actions.LotValues(title="Lot", takeover_hours=Decimal(0))
    values.check()
    assert Lot(**values.columns()).takeover_known
