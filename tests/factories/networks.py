"""Networks the staff named, with members, for tests."""

from typing import Any

from levier.accounts.models import Membership, Role
from levier.directory.models import NetworkMember, ReviewingNetwork, Supplier
from levier.organisations.models import Organisation
from tests.factories import accounts


def network(name: str = "Réseau du Val", **fields: Any) -> ReviewingNetwork:
    """A network the staff named."""
    organisation = accounts.organisation(name=name)
    return ReviewingNetwork.objects.create(
        organisation=organisation, **({"short_name": name, "kind": ReviewingNetwork.Kind.HEAD} | fields)
    )


def animator(place: Organisation, **fields: Any) -> Membership:
    """A new account, member (role: network) of this organisation."""
    return accounts.member(place, role=Role.NETWORK, **fields)


def member(place: ReviewingNetwork, supplier: Supplier, **fields: Any) -> NetworkMember:
    """A supplier this network gathers."""
    return NetworkMember.objects.create(
        **(
            {"network": place.organisation, "supplier": supplier, "source": NetworkMember.Source.TYPED}
            | fields
        )
    )
