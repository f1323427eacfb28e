"""Writes of the accounts room: organisations and their members, invitations, demonstration accounts."""

from levier.accounts.actions.demo import clear_demo_accounts, demo_accounts_file, load_demo_accounts
from levier.accounts.actions.invitations import (
    accept_invitation,
    decline_invitation,
    hash_token,
    invite_member,
    revoke_invitation,
)
from levier.accounts.actions.members import (
    admit_proven_supplier,
    admit_supplier_colleague,
    change_name,
    change_role,
    create_organisation,
    open_proven_organisation,
    remove_member,
)
from levier.accounts.queries import has_demo_accounts

__all__ = [
    "accept_invitation",
    "admit_proven_supplier",
    "admit_supplier_colleague",
    "change_name",
    "change_role",
    "clear_demo_accounts",
    "create_organisation",
    "decline_invitation",
    "demo_accounts_file",
    "has_demo_accounts",
    "hash_token",
    "invite_member",
    "load_demo_accounts",
    "open_proven_organisation",
    "remove_member",
    "revoke_invitation",
]
