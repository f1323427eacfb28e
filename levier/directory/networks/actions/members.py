"""Members of a network: one added, a whole list imported, one removed and put back; what the supplier itself says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from levier.accounts.errors import RefusedError
from levier.accounts.models import Role, User
from levier.core import audit, mail
from levier.core.audit import Actor
from levier.directory.models import AwaitedMember, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks.matching import found_for
from levier.directory.networks.queries import active_members, memberships_of
from levier.organisations.models import Organisation

# More names a list that nobody gathers; the pages stay light.
MOST_MEMBERS = 10_000
State = NetworkMember.State

_DISOWNED_BODY = """Bonjour,

« {supplier} » dit qu’elle n’est pas membre de {network}. Sa fiche ne le montre plus, vos attestations non plus.

Si c’est une erreur, appelez-la : elle seule peut le rétablir, depuis « Ma fiche ».
Vos membres : {link}
"""
_ASKED_BODY = """Bonjour,

« {supplier} » demande à figurer parmi les membres de {network} sur Levier.

Acceptez ou refusez ici : {link}
"""


@dataclass(frozen=True, slots=True)
class ImportedMembers:
    """What an import did: members added, removed as ticked, lines kept to be looked for again."""

    added: int
    removed: int
    awaited: int


@transaction.atomic
def add_member(*, by: User, network: ReviewingNetwork, supplier: Supplier) -> NetworkMember:
    """Gather one listed supplier; one that asked is accepted. Raises RefusedError."""
    _lock(network)
    if not supplier.is_listed:
        raise RefusedError("Cette structure n’est plus dans l’annuaire.")
    member = _gather(network, supplier, NetworkMember.Source.TYPED, by)
    if member is None:
        raise RefusedError(_already(network, supplier))
    AwaitedMember.objects.filter(network_id=network.organisation_id, number__in=_numbers(supplier)).delete()
    audit.record(by=by.as_actor(), verb="directory.add_member", **_about(network, supplier))
    return member


@transaction.atomic
def import_members(
    *,
    by: User,
    network: ReviewingNetwork,
    suppliers: Sequence[Supplier],
    leaving: Sequence[Supplier] = (),
    awaited: Iterable[tuple[str, str]] = (),
) -> ImportedMembers:
    """A list as its reader settled it: whole or not at all. Who is already there, or said no, stays as it was.

    ``awaited``: (number, label) of lines no sheet answers to. Raises RefusedError.
    """
    _lock(network)
    new = [
        member
        for one in dict.fromkeys(suppliers)
        if one.is_listed and (member := _gather(network, one, NetworkMember.Source.IMPORTED, by))
    ]
    gone = sum(_end(network, one) for one in dict.fromkeys(leaving) if one not in suppliers)
    if active_members(network.organisation_id).count() > MOST_MEMBERS:
        raise RefusedError(f"Un réseau réunit au plus {MOST_MEMBERS} fiches : coupez la liste.")
    AwaitedMember.objects.filter(
        network_id=network.organisation_id, number__in=[n for one in suppliers for n in _numbers(one)]
    ).delete()
    kept = [
        AwaitedMember(network_id=network.organisation_id, number=number[:14], label=label[:120])
        for number, label in dict.fromkeys(awaited)
    ]
    before = AwaitedMember.objects.filter(network_id=network.organisation_id).count()
    AwaitedMember.objects.bulk_create(kept, ignore_conflicts=True)
    added = AwaitedMember.objects.filter(network_id=network.organisation_id).count() - before
    done = ImportedMembers(len(new), gone, added)
    audit.record(
        by=by.as_actor(), verb="directory.import_members", object_type="organisation",
        object_key=str(network.organisation_id),
        details={"added": done.added, "removed": done.removed, "awaited": done.awaited},
    )  # fmt: skip
    return done


@transaction.atomic
def remove_member(*, by: User, network: ReviewingNetwork, supplier: Supplier) -> None:
    """The network gathers it no more; nothing happens when it did not. May be undone."""
    _lock(network)
    if _end(network, supplier):
        audit.record(by=by.as_actor(), verb="directory.remove_member", **_about(network, supplier))


@transaction.atomic
def restore_member(*, by: User, network: ReviewingNetwork, supplier: Supplier) -> None:
    """Undo a removal: the membership is what it was, since the day it began. Raises RefusedError."""
    _lock(network)
    held = memberships_of(network.organisation_id, supplier)
    if held.exclude(state=State.LEFT).exists():
        raise RefusedError(_already(network, supplier))
    last = held.filter(state=State.LEFT).order_by("-until", "-id").first()
    if last is None:
        raise RefusedError("Cette structure n’a jamais été membre de votre réseau.")
    last.state, last.until = State.ACTIVE, None
    last.save(update_fields=["state", "until"])
    audit.record(by=by.as_actor(), verb="directory.restore_member", **_about(network, supplier))


@transaction.atomic
def ask_to_join(*, by: User, network: ReviewingNetwork, supplier: Supplier) -> NetworkMember:
    """The keeper of a sheet says that it belongs to a network, which answers. Raises RefusedError."""
    _lock(network)
    if memberships_of(network.organisation_id, supplier).exclude(state=State.LEFT).exists():
        raise RefusedError("Votre structure est déjà membre de ce réseau, ou le lui a déjà demandé.")
    asked = NetworkMember.objects.create(
        network_id=network.organisation_id, supplier=supplier, state=State.ASKED,
        source=NetworkMember.Source.ASKED, added_by=by,
    )  # fmt: skip
    _tell_network(network, supplier, f"Une demande d’adhésion : {_name(supplier)}", _ASKED_BODY)
    audit.record(by=by.as_actor(), verb="directory.ask_to_join", **_about(network, supplier))
    return asked


@transaction.atomic
def answer_request(*, by: User, network: ReviewingNetwork, supplier: Supplier, is_accepted: bool) -> None:
    """The network accepts a supplier that asked, or not. Raises RefusedError."""
    _lock(network)
    asked = memberships_of(network.organisation_id, supplier).filter(state=State.ASKED).first()
    if asked is None:
        raise RefusedError("Cette demande a déjà reçu une réponse.")
    asked.state = State.ACTIVE if is_accepted else State.LEFT
    asked.until = None if is_accepted else _end_of(asked)
    asked.save(update_fields=["state", "until"])
    audit.record(
        by=by.as_actor(), verb="directory.answer_request", **_about(network, supplier, accepted=is_accepted)
    )


@transaction.atomic
def disown_membership(*, by: User, member: NetworkMember) -> None:
    """« Ce n’est pas nous »: hidden at once, and the network is told; a request is taken back."""
    network = _lock(member.network.reviewing)
    held = NetworkMember.objects.filter(pk=member.pk)
    if held.filter(state=State.ASKED).update(state=State.LEFT, until=_end_of(member)):
        audit.record(by=by.as_actor(), verb="directory.withdraw_request", **_about(network, member.supplier))
    elif held.filter(state=State.ACTIVE).update(state=State.DISOWNED):
        _tell_network(
            network, member.supplier, f"{_name(member.supplier)} n’est pas des vôtres ?", _DISOWNED_BODY
        )
        audit.record(by=by.as_actor(), verb="directory.disown_membership", **_about(network, member.supplier))


@transaction.atomic
def own_membership_again(*, by: User, member: NetworkMember) -> None:
    """The supplier takes its « ce n’est pas nous » back; nothing happens when it never said so."""
    _lock(member.network.reviewing)
    held = NetworkMember.objects.filter(pk=member.pk, state=State.DISOWNED)
    if held.update(state=State.ACTIVE):
        audit.record(
            by=by.as_actor(),
            verb="directory.own_membership_again",
            **_about(member.network.reviewing, member.supplier),
        )


@transaction.atomic
def await_member(*, by: User, network: ReviewingNetwork, number: str, label: str) -> AwaitedMember:
    """Keep a name or a number that no sheet answers to yet; the same one is kept once."""
    awaited, is_new = AwaitedMember.objects.get_or_create(
        network_id=network.organisation_id, number=number[:14], label=" ".join(label.split())[:120]
    )
    if is_new:
        audit.record(
            by=by.as_actor(), verb="directory.await_member", object_type="organisation",
            object_key=str(network.organisation_id),
        )  # fmt: skip
    return awaited


@transaction.atomic
def settle_awaited(*, by: Actor, network: ReviewingNetwork) -> int:
    """Look again for the awaited numbers: those that one sheet alone answers to become members. Returns how many."""
    _lock(network)
    waiting = list(AwaitedMember.objects.filter(network_id=network.organisation_id).exclude(number=""))
    settled = 0
    for awaited, supplier in found_for(network, waiting):
        settled += _gather(network, supplier, NetworkMember.Source.IMPORTED, None) is not None
        awaited.delete()
    if settled:
        audit.record(
            by=by, verb="directory.settle_awaited", object_type="organisation",
            object_key=str(network.organisation_id), details={"added": settled},
        )  # fmt: skip
    return settled


def settle_every_awaited(*, by: Actor) -> int:
    """The same for every network, one transaction each: what an import of a source brought. Returns how many."""
    waiting = AwaitedMember.objects.exclude(number="").values("network_id")
    networks = ReviewingNetwork.objects.filter(organisation_id__in=waiting).select_related("organisation")
    return sum(settle_awaited(by=by, network=network) for network in networks)


@transaction.atomic
def forget_awaited(*, by: User, network: ReviewingNetwork, awaited_id: int) -> None:
    """Drop one awaited line."""
    gone, _ = AwaitedMember.objects.filter(network_id=network.organisation_id, pk=awaited_id).delete()
    if gone:
        audit.record(
            by=by.as_actor(), verb="directory.forget_awaited", object_type="organisation",
            object_key=str(network.organisation_id),
        )  # fmt: skip


def _lock(network: ReviewingNetwork) -> ReviewingNetwork:
    """Two people may settle two lists of one network at once: the second waits here."""
    Organisation.objects.select_for_update().get(pk=network.organisation_id)
    return network


def _gather(
    network: ReviewingNetwork, supplier: Supplier, source: NetworkMember.Source, by: User | None
) -> NetworkMember | None:
    """A new membership, or the request accepted; None when it is a member already or said that it is not one."""
    held = memberships_of(network.organisation_id, supplier).exclude(state=State.LEFT).first()
    if held is not None:
        if held.state != State.ASKED:
            return None
        held.state = State.ACTIVE
        held.save(update_fields=["state"])
        return held
    return NetworkMember.objects.create(
        network_id=network.organisation_id, supplier=supplier, source=source, added_by=by
    )


def _end(network: ReviewingNetwork, supplier: Supplier) -> bool:
    """End what is in force, the sheets merged into this one included."""
    ended = 0
    for held in memberships_of(network.organisation_id, supplier).filter(state=State.ACTIVE):
        held.state, held.until = State.LEFT, _end_of(held)
        held.save(update_fields=["state", "until"])
        ended += 1
    return ended > 0


def _end_of(member: NetworkMember) -> date:
    return max(timezone.localdate(), member.since)


def _already(network: ReviewingNetwork, supplier: Supplier) -> str:
    held = memberships_of(network.organisation_id, supplier).exclude(state=State.LEFT).first()
    if held is not None and held.state == State.DISOWNED:
        return f"« {_name(supplier)} » dit qu’elle n’est pas membre de votre réseau : elle seule peut le rétablir."
    return f"« {_name(supplier)} » est déjà membre de votre réseau."


def _numbers(supplier: Supplier) -> list[str]:
    return [number for number in (supplier.siret, supplier.siren) if number]


def _name(supplier: Supplier) -> str:
    return supplier.brand or supplier.name


def _tell_network(network: ReviewingNetwork, supplier: Supplier, subject: str, body: str) -> None:
    """Write to the accounts that animate the network."""
    animators = User.objects.filter(
        is_active=True, memberships__organisation_id=network.organisation_id, memberships__role=Role.NETWORK
    )
    link = settings.SITE_URL + reverse("directory:network", args=[network.organisation_id])
    for animator in animators.distinct():
        mail.send(
            to=animator.email,
            subject=subject,
            body=body.format(supplier=_name(supplier), network=network, link=link),
        )


def _about(network: ReviewingNetwork, supplier: Supplier, **more: Any) -> dict[str, Any]:
    """What an audit event says of one member."""
    details = {"network": network.organisation_id} | more
    return {"object_type": "supplier", "object_key": supplier.key, "details": details}
