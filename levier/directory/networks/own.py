"""What the keeper of a sheet sees of networks: memberships, whom it may ask, vouches, corrections proposed."""

from dataclasses import dataclass

from levier.directory.models import NetworkMember, ReviewingNetwork, SheetCorrection, Supplier
from levier.directory.networks.queries import networks_to_ask, own_memberships
from levier.directory.networks.vouching import StandingVouch, vouches_shown_on


@dataclass(frozen=True, slots=True)
class NetworksBeside:
    """The networks around one sheet."""

    memberships: list[NetworkMember]
    to_ask: list[ReviewingNetwork]
    vouches: tuple[StandingVouch, ...]
    corrections: list[SheetCorrection]


def networks_beside(supplier: Supplier) -> NetworksBeside:
    """All of it for one sheet. Four SQL queries, six with vouches."""
    memberships = own_memberships(supplier)
    waiting = SheetCorrection.objects.filter(
        supplier=supplier, state=SheetCorrection.State.OPEN, network__reviewing__isnull=False
    )
    return NetworksBeside(
        memberships=memberships,
        to_ask=networks_to_ask(supplier, memberships),
        vouches=vouches_shown_on(supplier.pk),
        corrections=list(waiting.select_related("network__reviewing")),
    )
