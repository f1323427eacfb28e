"""What a network says it is: its short name, its nature, its site, its territory, whom it gathers."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from levier.accounts.models import User
from levier.core import audit
from levier.directory.models import ReviewingNetwork

_FIELDS = ("short_name", "website", "territory_kind", "territory_code", "gathers")


@transaction.atomic
def present_network(*, by: User, network: ReviewingNetwork, values: Mapping[str, Any]) -> None:
    """Save what is given of the fields; the nature is the staff's word only."""
    names = [*_FIELDS, *(["kind"] if by.is_staff else [])]
    changed = [name for name in names if name in values and getattr(network, name) != values[name]]
    for name in changed:
        setattr(network, name, values[name])
    if changed:
        network.save(update_fields=changed)
        audit.record(
            by=by.as_actor(), verb="directory.present_network", object_type="organisation",
            object_key=str(network.organisation_id), details={"fields": changed},
        )  # fmt: skip
