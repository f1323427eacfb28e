"""Reads of refusals: before a mail leaves, on a buyer's list, on the page of who refuses."""

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from levier.directory.models import SolicitationRefusal, Supplier

Topic = SolicitationRefusal.Topic


def refuses(address: str, topic: str) -> bool:
    """Whether this address asked for no more mail of this topic."""
    return SolicitationRefusal.objects.filter(topic=topic, address=address.strip().lower()).exists()


def refusing_needs(addresses: Mapping[int, str]) -> frozenset[int]:
    """Of these suppliers (number → published address, perhaps empty), those that wish no need. One SQL query.

    A sheet refuses by itself, by a sheet merged into it, or by its address.
    """
    if not addresses:
        return frozenset()
    by_address: dict[str, list[int]] = {}
    for pk, address in addresses.items():
        if address:
            by_address.setdefault(address.strip().lower(), []).append(pk)
    found = SolicitationRefusal.objects.filter(topic=Topic.NEEDS).filter(
        Q(supplier_id__in=addresses) | Q(supplier__merged_into_id__in=addresses) | Q(address__in=by_address)
    )
    refusing: set[int] = set()
    for address, supplier_id, merged_into in found.values_list(
        "address", "supplier_id", "supplier__merged_into_id"
    ):
        refusing |= {pk for pk in (supplier_id, merged_into) if pk is not None and pk in addresses}
        refusing.update(by_address.get(address, ()))
    return frozenset(refusing)


def wanted_topics(address: str, supplier: Supplier | None) -> dict[str, bool]:
    """Topic → whether its mails are still sent to this address, and needs to this sheet."""
    refused = refusals_of(address, supplier).values_list("topic", flat=True)
    return {topic.value: topic.value not in set(refused) for topic in Topic}


def refusals_of(
    address: str, supplier: Supplier | None, topics: Iterable[str] = Topic.values
) -> QuerySet[SolicitationRefusal]:
    """The refusals that an address, or a sheet and its published address, gave."""
    ours = Q(address=address.strip().lower()) if address else Q(pk__in=())
    if supplier is not None:
        ours |= Q(topic=Topic.NEEDS, supplier=supplier) | Q(topic=Topic.NEEDS, supplier__merged_into=supplier)
        if supplier.email:
            ours |= Q(topic=Topic.NEEDS, address=supplier.email.strip().lower())
    return SolicitationRefusal.objects.filter(ours, topic__in=list(topics))
