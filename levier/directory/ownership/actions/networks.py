"""Networks that may review documents: named and removed by the staff."""

from django.db import transaction

from levier.accounts.errors import RefusedError
from levier.accounts.models import Role, User
from levier.core import audit
from levier.directory.models import ReviewingNetwork
from levier.organisations.identifiers import clean_digits
from levier.organisations.models import Organisation


@transaction.atomic
def name_reviewing_network(*, by: User, siren: str) -> ReviewingNetwork:
    """Let the members (role: network) of this organisation read documents. Raises RefusedError."""
    organisation = Organisation.objects.filter(siren=clean_digits(siren) or None).first()
    if organisation is None or not organisation.memberships.filter(role=Role.NETWORK).exists():
        raise RefusedError(
            "Aucune organisation de ce SIREN n’a de membre au rôle « Réseau ou territoire » : elle doit d’abord "
            "ouvrir son espace."
        )
    network, _ = ReviewingNetwork.objects.get_or_create(organisation=organisation)
    audit.record(
        by=by.as_actor(), verb="directory.name_reviewing_network", object_type="organisation",
        object_key=str(organisation.pk),
    )  # fmt: skip
    return network


@transaction.atomic
def remove_reviewing_network(*, by: User, network_id: int) -> None:
    """This network reads no document any more."""
    network = ReviewingNetwork.objects.filter(pk=network_id).first()
    if network is None:
        return
    audit.record(
        by=by.as_actor(), verb="directory.remove_reviewing_network", object_type="organisation",
        object_key=str(network.organisation_id),
    )  # fmt: skip
    network.delete()
