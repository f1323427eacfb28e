"""Demonstration accounts: one per role, passwords of this installation only, removable."""

from pathlib import Path
from typing import Any

import pytest

from levier.accounts import actions
from levier.accounts.actions.demo import DEMO, STAFF
from levier.accounts.models import Membership, Role, User
from levier.core.audit import Actor
from levier.organisations.identifiers import is_valid_siren
from levier.organisations.models import Organisation

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def test_there_is_one_account_for_each_role() -> None:
    accounts = actions.load_demo_accounts(by=BY)
    assert {label for _, _, label in accounts} == {*Role.labels, STAFF[2]}
    assert {each.role for each in Membership.objects.filter(user__is_demo=True)} == set(Role.values)
    for email, password, _ in accounts:
        assert User.objects.get(email=email).check_password(password)


def test_the_staff_account_is_a_member_of_nothing() -> None:
    actions.load_demo_accounts(by=BY)
    staff = User.objects.get(is_staff=True)
    assert staff.email == STAFF[0] and staff.is_demo
    assert not staff.is_superuser
    assert not staff.memberships.exists()


def test_a_demo_organisation_cannot_be_a_real_one() -> None:
    assert not any(is_valid_siren(siren) for _, _, siren, _ in DEMO.values())
    assert all(email.endswith("@exemple.invalid") for email, *_ in DEMO.values())


def test_loading_again_keeps_the_passwords() -> None:
    assert actions.load_demo_accounts(by=BY) == actions.load_demo_accounts(by=BY)
    assert User.objects.filter(is_demo=True).count() == len(Role) + 1


def test_two_installations_have_different_passwords(settings: Any, tmp_path: Path) -> None:
    first = {password for _, password, _ in actions.load_demo_accounts(by=BY)}
    settings.LEVIER_HOME = tmp_path / "autre"
    second = actions.load_demo_accounts(by=BY)
    assert not first & {password for _, password, _ in second}
    assert all(User.objects.get(email=email).check_password(password) for email, password, _ in second)


def test_the_passwords_are_readable_by_their_owner_only() -> None:
    actions.load_demo_accounts(by=BY)
    assert actions.demo_accounts_file().stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_clearing_leaves_nothing_behind() -> None:
    actions.load_demo_accounts(by=BY)
    assert actions.has_demo_accounts()
    assert actions.clear_demo_accounts(by=BY) == len(Role) + 1
    assert not actions.has_demo_accounts()
    assert not Organisation.objects.filter(is_demo=True).exists()
    assert not actions.demo_accounts_file().exists()
