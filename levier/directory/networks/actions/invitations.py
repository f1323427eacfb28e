"""Invitations to claim a sheet: one mail an address, at most one in thirty days, never to who refused them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.directory.models import NetworkMember, ReviewingNetwork, SolicitationRefusal, Supplier
from levier.directory.networks.queries import gathered_suppliers
from levier.directory.results import slug_of
from levier.directory.solicitations.queries import refusing
from levier.directory.solicitations.sending import solicit
from levier.organisations.models import Organisation

EVERY = timedelta(days=30)
# One click never floods: the next ones leave on the next click.
MOST_AT_ONCE = 200
_TOPIC = SolicitationRefusal.Topic.NETWORK

_BODY = """Bonjour,

{network}, dont vous êtes membre, vous invite à tenir la fiche de votre structure sur Levier, la plateforme
des achats socialement responsables. Des acheteurs la lisent déjà :

{sheets}

Ouvrez-la, choisissez « C’est ma structure » : un code envoyé à l’adresse qui reçoit ce courriel suffit à le
prouver. Vous corrigez alors ce qui est faux, et ce que vous dites passe avant les listes. C’est gratuit.

{network} a trouvé votre adresse dans l’annuaire, qui l’a reçue de listes publiques.
"""


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of the members named: sheets invited, and those left aside, by reason."""

    sheets: int
    mails: int
    recent: int
    without_address: int
    refused: int
    claimed: int
    later: int


@transaction.atomic
def invite_members(*, by: User, network: ReviewingNetwork, keys: Sequence[str] | None = None) -> Invited:
    """Invite these members, or every one, to claim their sheets. One mail names all the sheets of an address."""
    Organisation.objects.select_for_update().get(pk=network.organisation_id)
    members = gathered_suppliers(network.organisation_id).filter(is_listed=True)
    if keys is not None:
        members = members.filter(key__in=keys)
    counts: dict[str, int] = defaultdict(int)
    to_write: dict[str, list[Supplier]] = defaultdict(list)
    rows = list(members)
    recent = _recently_invited(rows)
    refused = refusing((address_of(one) for one in rows), _TOPIC, network.organisation_id)
    for one in rows:
        address = address_of(one)
        if one.is_claimed:  # type: ignore[attr-defined]
            counts["claimed"] += 1
        elif "@" not in address or one.organisation_id is None:
            counts["without_address"] += 1
        elif address in refused:
            counts["refused"] += 1
        elif address in recent or one.pk in recent:
            counts["recent"] += 1
        elif address not in to_write and len(to_write) == MOST_AT_ONCE:
            counts["later"] += 1
        else:
            to_write[address].append(one)
            counts["sheets"] += 1
    for address, sheets in to_write.items():
        _write(network, address, sheets)
    ids = [one.pk for sheets in to_write.values() for one in sheets]
    NetworkMember.objects.filter(
        Q(supplier_id__in=ids) | Q(supplier__merged_into_id__in=ids), network_id=network.organisation_id
    ).update(invited_at=timezone.now())
    if ids:
        audit.record(
            by=by.as_actor(), verb="directory.invite_members", object_type="organisation",
            object_key=str(network.organisation_id), details={"sheets": len(ids), "mails": len(to_write)},
        )  # fmt: skip
    names = ("sheets", "recent", "without_address", "refused", "claimed", "later")
    return Invited(mails=len(to_write), **{name: counts[name] for name in names})


def address_of(supplier: Supplier) -> str:
    """Where the directory writes to it; empty when it gives no address."""
    return supplier.email.strip().lower()


def _write(network: ReviewingNetwork, address: str, sheets: Sequence[Supplier]) -> None:
    lines = "\n".join(
        f"- {one.brand or one.name}, {one.get_kind_display()} : "
        f"{settings.SITE_URL}{reverse('directory:sheet', args=[slug_of(one.key)])}"
        for one in sheets
    )
    solicit(
        to=address,
        topic=_TOPIC,
        subject=f"{network} vous invite à tenir votre fiche",
        body=_BODY.format(network=network, sheets=lines),
        network_id=network.organisation_id,
    )


def _recently_invited(suppliers: Sequence[Supplier]) -> set[int | str]:
    """Ids of those invited in the last thirty days by any network, and the addresses those mails went to."""
    found = NetworkMember.objects.filter(invited_at__gt=timezone.now() - EVERY)
    addresses = [one.email for one in suppliers if one.email]
    rows = found.filter(
        Q(supplier__in=suppliers) | Q(supplier__merged_into__in=suppliers) | Q(supplier__email__in=addresses)
    ).values_list("supplier_id", "supplier__merged_into_id", "supplier__email")
    recent: set[int | str] = set()
    for supplier_id, merged_into, email in rows:
        recent |= {supplier_id, merged_into or supplier_id, email.strip().lower()}
    return recent
