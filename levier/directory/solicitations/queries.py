"""Reads of refusals: before a mail leaves, on a buyer's list, on the page of who refuses."""

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations.addresses import address_hash

Topic = SolicitationRefusal.Topic


def refuses(address: str, topic: str, network_id: int | None = None) -> bool:
    """Whether this address asked for no more mail of this topic, from anybody or from this network."""
    return bool(refusing([address], topic, network_id))


def refusing(addresses: Iterable[str], topic: str, network_id: int | None = None) -> frozenset[str]:
    """Of these addresses, those that refuse this topic, as they were given. One SQL query."""
    by_hash: dict[str, set[str]] = {}
    for address in addresses:
        by_hash.setdefault(address_hash(address), set()).add(address)
    by_hash.pop("", None)
    found = SolicitationRefusal.objects.filter(
        Q(network=None) | Q(network_id=network_id), topic=topic, address_hash__in=by_hash
    )
    kept = found.values_list("address_hash", flat=True) if by_hash else ()
    return frozenset(address for one in kept for address in by_hash[one])


def refusing_needs(addresses: Mapping[int, str]) -> frozenset[int]:
    """Of these suppliers (number → published address, perhaps empty), those that wish no need. One SQL query.

    A sheet refuses by itself, by a sheet merged into it, or by its address.
    """
    if not addresses:
        return frozenset()
    by_hash: dict[str, list[int]] = {}
    for pk, address in addresses.items():
        if address:
            by_hash.setdefault(address_hash(address), []).append(pk)
    found = SolicitationRefusal.objects.filter(topic=Topic.NEEDS).filter(
        Q(supplier_id__in=addresses) | Q(supplier__merged_into_id__in=addresses) | Q(address_hash__in=by_hash)
    )
    refused: set[int] = set()
    for kept, supplier_id, merged_into in found.values_list(
        "address_hash", "supplier_id", "supplier__merged_into_id"
    ):
        refused |= {pk for pk in (supplier_id, merged_into) if pk is not None and pk in addresses}
        refused.update(by_hash.get(kept, ()))
    return frozenset(refused)


def wanted_topics(address: str, supplier: Supplier | None) -> dict[str, bool]:
    """Topic → whether its mails are still sent to this address, and needs to this sheet.

    One network refused is not the topic refused.
    """
    found = refusals_of(address, supplier).filter(network=None)
    refused = set(found.values_list("topic", flat=True))
    return {topic.value: topic.value not in refused for topic in Topic}


def refusals_of(
    address: str, supplier: Supplier | None, topics: Iterable[str] = Topic.values
) -> QuerySet[SolicitationRefusal]:
    """The refusals that an address, or a sheet and its published address, gave."""
    ours = Q(address_hash=address_hash(address)) if address else Q(pk__in=())
    if supplier is not None:
        ours |= Q(topic=Topic.NEEDS, supplier=supplier) | Q(topic=Topic.NEEDS, supplier__merged_into=supplier)
        if supplier.email:
            ours |= Q(topic=Topic.NEEDS, address_hash=address_hash(supplier.email))
    return SolicitationRefusal.objects.filter(ours, topic__in=list(topics))
