"""Writes of refusals: one topic by one click of a mail reader, one network, or every switch of the page at once."""

from collections.abc import Mapping

from django.db import transaction

from levier.core import audit
from levier.core.audit import Actor
from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations.addresses import address_hash
from levier.directory.solicitations.queries import refusals_of

Topic = SolicitationRefusal.Topic


@transaction.atomic
def choose_solicitations(
    *, by: Actor, address: str, wanted: Mapping[str, bool], supplier: Supplier | None = None
) -> None:
    """Refuse or accept again each topic given, for an address and, as to needs, for a sheet. Twice changes nothing.

    An empty ``address`` speaks for the sheet alone. A topic accepted stays accepted or refused network by network;
    a topic accepted again after being refused from everybody is accepted from every network.
    """
    kept = address_hash(address)
    for topic in Topic:
        if topic.value not in wanted:
            continue
        sheet = supplier if topic == Topic.NEEDS else None
        given = refusals_of(address, supplier if sheet else None, [topic.value])
        if wanted[topic.value]:
            if given.filter(network=None).exists():
                given.delete()
        elif kept or sheet is not None:
            SolicitationRefusal.objects.get_or_create(
                topic=topic.value, address_hash=kept, supplier=sheet, network=None
            )
    audit.record(
        by=by, verb="directory.choose_solicitations",
        object_type="supplier" if supplier else "address", object_key=supplier.key if supplier else "",
        details={"refused": sorted(topic for topic, is_wanted in wanted.items() if not is_wanted)},
    )  # fmt: skip


@transaction.atomic
def refuse_networks(*, by: Actor, hashed: str, network_id: int | None) -> None:
    """No more mail of this network, or of any when None, for the address of this hash. Twice changes nothing."""
    _, is_new = SolicitationRefusal.objects.get_or_create(
        topic=Topic.NETWORK.value, address_hash=hashed, supplier=None, network_id=network_id
    )
    if is_new:
        _tell_network(by, "refused", network_id)


@transaction.atomic
def accept_network(*, by: Actor, hashed: str, network_id: int) -> None:
    """The mails of this network again, once only they were refused."""
    found = SolicitationRefusal.objects.filter(
        topic=Topic.NETWORK.value, address_hash=hashed, network_id=network_id
    )
    if found.delete()[0]:
        _tell_network(by, "accepted", network_id)


def _tell_network(by: Actor, choice: str, network_id: int | None) -> None:
    audit.record(
        by=by, verb="directory.choose_solicitations", object_type="address", object_key="",
        details={choice: [Topic.NETWORK.value], "network": network_id},
    )  # fmt: skip
