"""Vouching for facts of members' sheets as they stand, and taking it back. A vouch never edits a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.errors import RefusedError
from levier.accounts.models import User
from levier.core import audit
from levier.directory.models import ReviewingNetwork, Supplier, Vouch
from levier.directory.networks.facts import FACTS, add_months, hash_of, words_of
from levier.directory.networks.queries import gathered_suppliers
from levier.directory.networks.vouching import published_of
from levier.organisations.models import Organisation
from levier.rulebook import parameters


@dataclass(frozen=True, slots=True)
class Checked:
    """One fact as the network saw it on its page: the hash says which value."""

    supplier: Supplier
    fact: str
    value_hash: str


@transaction.atomic
def vouch_for(
    *, by: User, network: ReviewingNetwork, checked: Sequence[Checked], how: str, note: str = ""
) -> int:
    """Vouch for these facts of members, for the months of the parameter; a newer vouch replaces the former.

    All of them or none. Returns how many. Raises RefusedError when one changed since the page was shown.
    """
    if how not in Vouch.How.values:
        raise RefusedError("Dites comment vous avez vérifié.")
    if not checked:
        raise RefusedError("Cochez au moins un fait à attester.")
    Organisation.objects.select_for_update().get(pk=network.organisation_id)
    wanted = {one.supplier.pk for one in checked}
    members = list(gathered_suppliers(network.organisation_id).filter(pk__in=wanted))
    if {one.pk for one in members} != wanted:
        raise RefusedError("L’une de ces structures n’est plus membre de votre réseau.")
    published = published_of(members)
    now, today = timezone.now(), timezone.localdate()
    expires_on = add_months(today, int(parameters.get("vouch_months", on=today).value))
    made = []
    for one in dict.fromkeys(checked):
        fact, shown = FACTS.get(one.fact), published[one.supplier.pk]
        if fact is None or not one.value_hash or hash_of(fact, shown) != one.value_hash:
            label = fact.label.lower() if fact else "un fait"
            raise RefusedError(
                f"« {one.supplier.brand or one.supplier.name} » a changé entre-temps ({label}) : relisez, puis attestez."
            )
        Vouch.objects.filter(
            network_id=network.organisation_id, group=fact.slug, withdrawn_at=None,
            supplier_id__in=[one.supplier.pk, *one.supplier.merged.values_list("pk", flat=True)],
        ).update(withdrawn_at=now)  # fmt: skip
        made.append(
            Vouch(
                network_id=network.organisation_id, supplier=one.supplier, group=fact.slug, how=how, by=by, at=now,
                value_hash=one.value_hash, said=words_of(fact, shown), note=" ".join(note.split())[:300],
                expires_on=expires_on,
            )
        )  # fmt: skip
    Vouch.objects.bulk_create(made)
    audit.record(
        by=by.as_actor(), verb="directory.vouch_for", object_type="organisation",
        object_key=str(network.organisation_id),
        details={"vouches": len(made), "suppliers": len(wanted), "how": how},
    )  # fmt: skip
    return len(made)


@transaction.atomic
def withdraw_vouch(*, by: User, vouch: Vouch) -> None:
    """The network takes its word back; nothing happens when it did already."""
    if Vouch.objects.filter(pk=vouch.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        audit.record(by=by.as_actor(), verb="directory.withdraw_vouch", **_about(vouch))


@transaction.atomic
def restore_vouch(*, by: User, vouch: Vouch) -> None:
    """Undo a withdrawal. Raises RefusedError when a newer vouch stands."""
    Organisation.objects.select_for_update().get(pk=vouch.network_id)
    standing = Vouch.objects.filter(
        network_id=vouch.network_id, supplier_id=vouch.supplier_id, withdrawn_at=None
    )
    if standing.filter(group=vouch.group).exists():
        raise RefusedError("Une attestation plus récente existe déjà pour ce fait.")
    Vouch.objects.filter(pk=vouch.pk).update(withdrawn_at=None)
    audit.record(by=by.as_actor(), verb="directory.restore_vouch", **_about(vouch))


def _about(vouch: Vouch) -> dict[str, Any]:
    """What an audit event says of one vouch."""
    details = {"network": vouch.network_id, "fact": vouch.group}
    return {"object_type": "supplier", "object_key": vouch.supplier.key, "details": details}
