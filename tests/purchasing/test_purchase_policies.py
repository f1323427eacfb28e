"""Who opens a purchase: its buyers, the facilitators it was handed to, and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from levier.accounts.models import Role
from levier.purchasing import policies
from levier.purchasing.models import ContactSide, PurchaseEvent, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import buyer

pytestmark = pytest.mark.django_db

POWERS = ("see", "edit", "study", "decide")


def powers(who: object, pk: int) -> set[str]:
    """What an account may do; « 404 » or « 403 » alone when it may not even see."""
    allowed = set()
    for power in POWERS:
        try:
            policies.get_purchase_for(who, pk, to=power)  # type: ignore[arg-type]
        except Http404:
            return {"404"}
        except PermissionDenied:
            if power == "see":
                return {"403"}
            continue
        allowed.add(power)
    return allowed


def test_a_purchase_belongs_to_its_buyer_until_it_is_handed_over() -> None:
    town, desk = organisation(), organisation()
    owner, colleague, helper = buyer(town), member(town, role=Role.SUPPLIER).user, make.facilitator(desk)
    draft = make.purchase(town)
    assert powers(owner, draft.pk) == {"see", "edit", "decide"}
    assert powers(colleague, draft.pk) == {"403"}
    # The clause officer of the town too: a draft is the buyer's.
    assert powers(make.facilitator(town), draft.pk) == {"403"}
    for stranger in (helper, user(), buyer(), AnonymousUser()):
        assert powers(stranger, draft.pk) == {"404"}


@pytest.mark.slow
def test_the_facilitator_sees_and_studies_what_was_handed_to_its_structure() -> None:
    town, desk = organisation(), organisation()
    owner, helper, desk_colleague = (
        buyer(town),
        make.facilitator(desk),
        member(desk, role=Role.SUPPLIER).user,
    )
    handed = make.purchase(town, state=PurchaseState.TO_STUDY, facilitator=desk)
    assert powers(owner, handed.pk) == {"see", "edit", "decide"}
    assert powers(helper, handed.pk) == {"see", "study"}
    assert powers(desk_colleague, handed.pk) == {"403"}
    assert powers(make.facilitator(town), handed.pk) == {"403"}
    for stranger in (make.facilitator(), buyer(), user(is_staff=True)):
        assert powers(stranger, handed.pk) == {"404"}


def test_in_house_the_buyer_does_both_and_the_clause_officer_studies() -> None:
    town = organisation()
    handed = make.purchase(town, state=PurchaseState.TO_STUDY)
    assert powers(buyer(town), handed.pk) == set(POWERS)
    assert powers(make.facilitator(town), handed.pk) == {"see", "study"}
    assert powers(make.facilitator(), handed.pk) == {"404"}


@pytest.mark.slow
def test_the_list_holds_what_the_policy_opens() -> None:
    town, desk = organisation(), organisation()
    draft = make.purchase(town)
    handed = make.purchase(town, state=PurchaseState.TO_STUDY, facilitator=desk)
    in_house = make.purchase(town, state=PurchaseState.DECIDED)
    make.purchase(state=PurchaseState.TO_STUDY)
    people = [buyer(town), make.facilitator(desk), make.facilitator(town), user(), buyer()]
    for one in people:
        opened = {p.pk for p in (draft, handed, in_house) if "see" in powers(one, p.pk)}
        assert set(policies.purchases_of(one).values_list("pk", flat=True)) == opened


def test_a_lot_follows_its_purchase_and_a_removed_one_is_gone() -> None:
    town = organisation()
    lot = make.purchase(town).lots.get()
    assert policies.get_lot_for(buyer(town), lot.pk, to="edit").purchase.organisation == town
    with pytest.raises(Http404):
        policies.get_lot_for(buyer(), lot.pk)
    lot.number, lot.removed_at = None, lot.created_at
    lot.save()
    with pytest.raises(Http404):
        policies.get_lot_for(buyer(town), lot.pk)


@pytest.mark.parametrize(
    "verb", ["UPDATE purchasing_purchaseevent SET note='x'", "DELETE FROM purchasing_purchaseevent"]
)
def test_the_story_only_grows(verb: str) -> None:
    PurchaseEvent.objects.create(purchase=make.purchase(), after=PurchaseState.DRAFT, side=ContactSide.BUYER)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)
