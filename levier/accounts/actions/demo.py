"""Demonstration accounts: one per role, passwords drawn here and kept in one private file."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, Q

from levier.accounts.models import Membership, Role, User
from levier.core import audit
from levier.core.audit import Actor
from levier.organisations.models import Organisation

# Role → address, first name, impossible SIREN (its key is wrong on purpose), organisation.
DEMO = {
    Role.BUYER: ("acheteur@exemple.invalid", "Alix", "999999701", "Ville de Valmont"),
    Role.FACILITATOR: ("facilitateur@exemple.invalid", "Camille", "999999702", "Maison de l’emploi du Val"),
    Role.CONTRACTOR: ("entreprise@exemple.invalid", "Sacha", "999999703", "Bâtisseurs du Val"),
    Role.SUPPLIER: ("fournisseur@exemple.invalid", "Charlie", "999999704", "Les Ateliers du Val"),
    Role.NETWORK: ("reseau@exemple.invalid", "Dominique", "999999705", "Réseau du Val"),
}  # fmt: skip

# Who reads what waits for the staff of the site: a member of no organisation.
STAFF = ("moderation@exemple.invalid", "Morgan", "Équipe du site")

# No letter or digit that is taken for another one when read aloud.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def demo_accounts_file() -> Path:
    """Where the passwords of this installation's demonstration accounts are kept."""
    return Path(settings.LEVIER_HOME) / "demo-accounts.txt"


def read_demo_accounts() -> list[tuple[str, str, str]]:
    """(address, password, role) as written at the last load; empty when there is no file."""
    try:
        lines = demo_accounts_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    rows = [line.split("\t") for line in lines if line.count("\t") == 2]
    return [(email, password, role) for email, password, role in rows]


def load_demo_accounts(*, by: Actor) -> list[tuple[str, str, str]]:
    """Create what is missing and return (address, password, role in French), the same at each start.

    When the file was lost, new passwords are drawn: the old ones are known to nobody.
    """
    known = {email: password for email, password, _ in read_demo_accounts()}
    accounts = [
        (email, known.get(email) or _password(), role, first_name, siren, name)
        for role, (email, first_name, siren, name) in DEMO.items()
    ]
    staff_email, staff_name, staff_label = STAFF
    staff_password = known.get(staff_email) or _password()
    # The file and the database go together: a password that opens tells that the others of the file do, and to try
    # each one would cost a second at every start.
    opening = known if _opens(*accounts[0][:2]) else {}
    with transaction.atomic():
        created = [row[0] for row in accounts if _load_one(*row, is_open=row[0] in opening)]
        _, is_new = _load_user(
            staff_email, staff_password, staff_name, is_open=staff_email in opening, is_staff=True
        )
        if is_new:
            created.append(staff_email)
        if created:
            audit.record(by=by, verb="accounts.load_demo_accounts", details={"accounts": len(created)})
    result = [(email, password, str(role.label)) for email, password, role, *_ in accounts]
    result.append((staff_email, staff_password, staff_label))
    _write(result)
    return result


def _opens(email: str, password: str) -> bool:
    user = User.objects.filter(email=email).first()
    return user is not None and user.check_password(password)


def _load_one(
    email: str, password: str, role: Role, first_name: str, siren: str, name: str, *, is_open: bool
) -> bool:
    organisation, _ = Organisation.objects.get_or_create(
        siren=siren, defaults={"name": f"{name} (démonstration)", "is_demo": True}
    )
    user, is_new = _load_user(email, password, first_name, is_open=is_open)
    Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, defaults={"is_admin": True}
    )
    return is_new


def _load_user(
    email: str, password: str, first_name: str, *, is_open: bool, is_staff: bool = False
) -> tuple[User, bool]:
    """The account with this password, and whether it is new. `is_open`: the password is known to be its own."""
    user = User.objects.filter(email=email).first()
    is_new = user is None
    if user is None:
        user = User.objects.create_user(
            email, password, first_name=first_name, last_name="Exemple", is_demo=True, is_staff=is_staff
        )
    elif not is_open and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user, is_new


def clear_demo_accounts(*, by: Actor) -> int:
    """Remove the demonstration accounts, their organisations, the file. Returns how many accounts went."""
    with transaction.atomic():
        users = User.objects.filter(is_demo=True)
        count = users.count()
        # A demonstration account may have proven that another fictitious structure is its own.
        joined = list(Membership.objects.filter(user__is_demo=True).values_list("organisation_id", flat=True))
        users.delete()
        for organisation in Organisation.objects.filter(is_demo=True).filter(
            Q(siren__in=[row[2] for row in DEMO.values()]) | Q(pk__in=joined)
        ):
            # A room above still shows one of them: it goes with that room's own demonstration.
            with suppress(ProtectedError), transaction.atomic():
                organisation.delete()
        if count:
            audit.record(by=by, verb="accounts.clear_demo_accounts", details={"accounts": count})
    demo_accounts_file().unlink(missing_ok=True)
    return count


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def _write(accounts: list[tuple[str, str, str]]) -> None:
    path = demo_accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Readable by its owner only, from the first byte.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.writelines(f"{email}\t{password}\t{role}\n" for email, password, role in accounts)
    path.chmod(0o600)
