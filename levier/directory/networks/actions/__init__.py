"""Writes of networks: what they are, their members, what they vouch for, corrections they propose, invitations."""

from levier.directory.networks.actions.corrections import (
    answer_correction,
    propose_correction,
    withdraw_correction,
)
from levier.directory.networks.actions.invitations import Invited, invite_members
from levier.directory.networks.actions.members import (
    ImportedMembers,
    add_member,
    answer_request,
    ask_to_join,
    await_member,
    disown_membership,
    forget_awaited,
    import_members,
    own_membership_again,
    remove_member,
    restore_member,
    settle_awaited,
    settle_every_awaited,
)
from levier.directory.networks.actions.presentation import present_network
from levier.directory.networks.actions.vouches import Checked, restore_vouch, vouch_for, withdraw_vouch

__all__ = [
    "Checked",
    "ImportedMembers",
    "Invited",
    "add_member",
    "answer_correction",
    "answer_request",
    "ask_to_join",
    "await_member",
    "disown_membership",
    "forget_awaited",
    "import_members",
    "invite_members",
    "own_membership_again",
    "present_network",
    "propose_correction",
    "remove_member",
    "restore_member",
    "restore_vouch",
    "settle_awaited",
    "settle_every_awaited",
    "vouch_for",
    "withdraw_correction",
    "withdraw_vouch",
]
