"""Writes of refusals: one topic by one click of a mail reader, or every switch of the page at once."""

from collections.abc import Mapping

from django.db import transaction

from levier.core import audit
from levier.core.audit import Actor
from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations.queries import refusals_of

Topic = SolicitationRefusal.Topic


@transaction.atomic
def choose_solicitations(
    *, by: Actor, address: str, wanted: Mapping[str, bool], supplier: Supplier | None = None
) -> None:
    """Refuse or accept again each topic given, for an address and, as to needs, for a sheet. Twice changes nothing.

    An empty ``address`` speaks for the sheet alone.
    """
    email = address.strip().lower()
    for topic in Topic:
        if topic.value not in wanted:
            continue
        sheet = supplier if topic == Topic.NEEDS else None
        if wanted[topic.value]:
            refusals_of(email, sheet, [topic.value]).delete()
        elif email or sheet is not None:
            SolicitationRefusal.objects.get_or_create(topic=topic.value, address=email, supplier=sheet)
    audit.record(
        by=by, verb="directory.choose_solicitations",
        object_type="supplier" if supplier else "address", object_key=supplier.key if supplier else "",
        details={"refused": sorted(topic for topic, is_wanted in wanted.items() if not is_wanted)},
    )  # fmt: skip
