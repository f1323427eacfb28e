"""Accounts, organisations and members for tests."""

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress

from levier.accounts.models import Membership, Role, User
from levier.organisations.identifiers import is_valid_siren
from levier.organisations.models import Organisation

_NUMBERS = count(1)
PASSWORD = "cheval-agrafe-batterie"


def valid_siren() -> str:
    """A number nobody gave us, with a correct key."""
    start = 10_000_000 + next(_NUMBERS)
    return next(f"{start}{key}" for key in range(10) if is_valid_siren(f"{start}{key}"))


def organisation(**fields: Any) -> Organisation:
    return Organisation.objects.create(
        **({"siren": valid_siren(), "name": f"Organisation {next(_NUMBERS)}"} | fields)
    )


def user(**fields: Any) -> User:
    """An account whose address is verified; its password is PASSWORD."""
    email = fields.pop("email", f"personne{next(_NUMBERS)}@exemple.invalid")
    made = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def member(
    place: Organisation, *, role: str = Role.BUYER, is_admin: bool = False, **fields: Any
) -> Membership:
    """A new account, member of this organisation."""
    return Membership.objects.create(user=user(**fields), organisation=place, role=role, is_admin=is_admin)
