"""What the room of clauses tells of a signed lot, for who sells: written at each signature, shown while published."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from levier.core import audit
from levier.core.audit import Actor
from levier.purchasing.models import Lot, OpenLot


@dataclass(frozen=True, kw_only=True)
class OpenLotValues:
    """What may be told to all. Hours in hours; `reserved_kinds`: keys of `directory.kinds`."""

    lever: str
    signed_on: date
    reserved_kinds: tuple[str, ...] = ()
    reserved_to: str = ""
    hours: Decimal | None = None
    hours_per_100k: Decimal | None = None


@transaction.atomic
def tell_open_lot(*, by: Actor, lot: Lot, values: OpenLotValues | None) -> OpenLot | None:
    """Keep what the buyer signed for a lot; None: neither reserved nor with a clause, and nothing is told any more."""
    made = None
    if values is None:
        if not OpenLot.objects.filter(lot=lot).delete()[0]:
            return None
    else:
        columns = asdict(values) | {"reserved_kinds": list(values.reserved_kinds)}
        made, _ = OpenLot.objects.update_or_create(lot=lot, defaults=columns)
    audit.record(
        by=by, verb="purchasing.tell_open_lot", object_type="lot", object_key=str(lot.pk),
        details={"is_told": made is not None},
    )  # fmt: skip
    return made
