"""Invitations to claim a sheet: one mail an address, at most one in thirty days, never to who refused them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from levier.accounts.errors import RefusedError
from levier.accounts.models import User
from levier.core import audit, mail
from levier.core.audit import Actor
from levier.directory.models import InvitationRefusal, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks.queries import gathered_suppliers
from levier.directory.results import slug_of
from levier.organisations.models import Organisation

EVERY = timedelta(days=30)
# One click never floods: the next ones leave on the next click.
MOST_AT_ONCE = 200
_SALT = "levier.directory.invitation"

_BODY = """Bonjour,

{network}, dont vous êtes membre, vous invite à tenir la fiche de votre structure sur Levier, la plateforme
des achats socialement responsables. Des acheteurs la lisent déjà :

{sheets}

Ouvrez-la, choisissez « C’est ma structure » : un code envoyé à l’adresse qui reçoit ce courriel suffit à le
prouver. Vous corrigez alors ce qui est faux, et ce que vous dites passe avant les listes. C’est gratuit.

{network} a trouvé votre adresse dans l’annuaire, qui l’a reçue de listes publiques. Pour ne plus recevoir d’invitation de ce genre, d’aucun réseau :
{stop}
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
    recent, refused = _recently_invited(rows), _refusals(rows)
    for one in rows:
        address = one.email.strip().lower()
        if one.is_claimed:  # type: ignore[attr-defined]
            counts["claimed"] += 1
        elif "@" not in address or one.organisation_id is None:
            counts["without_address"] += 1
        elif address_hash(address) in refused:
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


def address_hash(address: str) -> str:
    """What is kept of an address that refused."""
    return salted_hmac(_SALT, address.strip().lower(), algorithm="sha256").hexdigest()


def stop_address(address: str) -> str:
    """The address at the foot of an invitation; signed, it holds the hash and not the address."""
    signed = signing.dumps(address_hash(address), salt=_SALT)
    return settings.SITE_URL + reverse("directory:refuse_invitations", args=[signed])


def hash_in(signed: str) -> str | None:
    """The hash a signed address holds; None when we did not sign it."""
    try:
        found = signing.loads(signed, salt=_SALT)
    except signing.BadSignature:
        return None
    return found if isinstance(found, str) and len(found) == 64 else None


@transaction.atomic
def refuse_invitations(*, signed: str) -> None:
    """No more invitation to this address, from any network. Raises RefusedError when the link is not ours."""
    found = hash_in(signed)
    if found is None:
        raise RefusedError("Ce lien est incomplet : copiez-le en entier depuis le courriel.")
    _, is_new = InvitationRefusal.objects.get_or_create(address_hash=found)
    if is_new:
        audit.record(by=Actor.machine("lien de courriel"), verb="directory.refuse_invitations")


def _write(network: ReviewingNetwork, address: str, sheets: Sequence[Supplier]) -> None:
    lines = "\n".join(
        f"- {one.brand or one.name}, {one.get_kind_display()} : "
        f"{settings.SITE_URL}{reverse('directory:sheet', args=[slug_of(one.key)])}"
        for one in sheets
    )
    mail.send(
        to=address,
        subject=f"{network} vous invite à tenir votre fiche",
        body=_BODY.format(network=network, sheets=lines, stop=stop_address(address)),
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


def _refusals(suppliers: Sequence[Supplier]) -> frozenset[str]:
    hashes = {address_hash(one.email) for one in suppliers if one.email}
    return frozenset(
        InvitationRefusal.objects.filter(address_hash__in=hashes).values_list("address_hash", flat=True)
    )
