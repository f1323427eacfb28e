"""A sheet proven without SIREN, and the list that gives it one: its keeper keeps it, is told once, and confirms."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from levier.accounts.errors import RefusedError
from levier.accounts.models import Membership, Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.directory.models import Claim, SourceRecord, Supplier
from levier.directory.ownership import actions, queries
from levier.directory.results import slug_of
from levier.directory.sources.publishing import merge_again
from levier.organisations.models import Organisation
from tests.directory.ownership.test_sheet_reach import kept_by, numberless, proven, signed_in
from tests.factories import accounts as make
from tests.factories.ownership import keeper, listed_supplier

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")


def numbered(siren: str = "") -> tuple[Supplier, Membership]:
    """A sheet proven without number, to which its list then gives one, as an import does."""
    supplier = numberless()
    membership = proven(supplier)
    give(supplier, siren or make.valid_siren())
    return supplier, membership


def give(supplier: Supplier, siren: str) -> None:
    record = SourceRecord.objects.get(supplier=supplier, source__slug="liste")
    record.values |= {"siren": siren}
    record.save()
    Organisation.objects.get_or_create(siren=siren, defaults={"name": "Raison sociale du registre"})
    merge_again([supplier.pk], date(2027, 1, 1))
    supplier.refresh_from_db()


@pytest.mark.slow
def test_the_list_is_believed_for_the_number_and_the_keeper_keeps_its_space() -> None:
    supplier, membership = numbered()
    assert supplier.siren
    assert supplier.organisation == membership.organisation
    assert kept_by(membership.user) == {supplier.key}
    page = signed_in(membership.user).get(f"/mon-offre/fiche/{slug_of(supplier.key)}").content.decode()
    assert "Ce SIREN est-il le vôtre" in page
    assert supplier.siren in page


@pytest.mark.slow
def test_its_keeper_is_told_once_for_each_number() -> None:
    supplier, membership = numbered()
    OutgoingMail.objects.all().delete()
    assert (actions.tell_of_numbers(by=BY), actions.tell_of_numbers(by=BY)) == (1, 0)
    mail = OutgoingMail.objects.get()
    assert mail.to_address == membership.user.email
    assert str(supplier.siren) in mail.body
    give(supplier, make.valid_siren())
    assert actions.tell_of_numbers(by=BY) == 1


@pytest.mark.slow
def test_the_space_takes_a_number_nobody_else_has() -> None:
    supplier, membership = numbered()
    assert actions.confirm_number(by=membership.user, supplier=supplier) is None
    supplier.refresh_from_db()
    assert supplier.organisation_id == membership.organisation_id
    assert supplier.organisation is not None
    assert supplier.organisation.siren == supplier.siren
    assert not queries.unproven_numbers().exists()
    # The next import finds them there, and a second press says so.
    merge_again([supplier.pk], date(2027, 2, 1))
    supplier.refresh_from_db()
    assert supplier.organisation_id == membership.organisation_id
    with pytest.raises(RefusedError, match="n’attend pas"):
        actions.confirm_number(by=membership.user, supplier=supplier)


@pytest.mark.slow
def test_beside_sheets_nobody_manages_it_joins_them_and_opens_none() -> None:
    other = listed_supplier()
    supplier, membership = numbered(other.siren or "")
    assert actions.confirm_number(by=membership.user, supplier=supplier) is None
    supplier.refresh_from_db()
    assert supplier.organisation == other.organisation
    assert kept_by(membership.user) == {supplier.key}
    assert not Membership.objects.get(user=membership.user, organisation=other.organisation).is_admin


@pytest.mark.slow
@pytest.mark.parametrize("is_accepted", [True, False])
def test_where_somebody_manages_its_managers_are_asked(is_accepted: bool) -> None:
    other = listed_supplier()
    owner = keeper(other)
    supplier, membership = numbered(other.siren or "")
    claim = actions.confirm_number(by=membership.user, supplier=supplier)
    assert claim is not None
    assert (claim.proof, claim.organisation) == (Claim.Proof.MANAGERS, other.organisation)
    assert actions.confirm_number(by=membership.user, supplier=supplier) == claim
    assert kept_by(membership.user) == {supplier.key}
    actions.decide_on_rival(by=owner.user, claim=claim, is_accepted=is_accepted)
    supplier.refresh_from_db()
    assert supplier.organisation == (other.organisation if is_accepted else membership.organisation)
    assert kept_by(membership.user) == {supplier.key}
    assert kept_by(owner.user) == ({supplier.key, other.key} if is_accepted else {other.key})


@pytest.mark.slow
def test_a_number_on_which_something_else_hangs_is_not_taken() -> None:
    """A buyer of that SIREN keeps its space: the sheet joins it, and its keeper manages nobody there."""
    supplier, membership = numbered()
    place = Organisation.objects.get(siren=supplier.siren)
    buyer = make.member(place, role=Role.BUYER, is_admin=True)
    actions.confirm_number(by=membership.user, supplier=supplier)
    supplier.refresh_from_db()
    assert supplier.organisation == place
    assert Membership.objects.filter(pk=buyer.pk, is_admin=True).exists()
    assert kept_by(membership.user) == {supplier.key}


@pytest.mark.slow
def test_a_space_nobody_keeps_any_more_gives_its_sheet_back_to_the_number() -> None:
    supplier = numberless()
    proven(supplier).delete()
    give(supplier, make.valid_siren())
    assert supplier.organisation == Organisation.objects.get(siren=supplier.siren)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "status", "is_done"),
    [("owner", 302, True), ("colleague", 403, False), ("outsider", 404, False), ("rival", 404, False)],
)
def test_who_confirms(who: str, status: int, is_done: bool) -> None:
    supplier, membership = numbered()
    people: dict[str, Any] = {
        "owner": lambda: membership.user,
        "colleague": lambda: keeper(supplier, is_admin=False).user,
        "outsider": make.user,
        "rival": lambda: keeper(listed_supplier()).user,
    }
    user: User = people[who]()
    client: Client = signed_in(user)
    page = client.get(f"/mon-offre/fiche/{slug_of(supplier.key)}")
    assert ("Oui, c’est notre SIREN" in page.content.decode()) is is_done
    assert client.post(f"/mon-offre/fiche/{slug_of(supplier.key)}/siren").status_code == status
    supplier.refresh_from_db()
    assert queries.unproven_numbers().exists() is not is_done
