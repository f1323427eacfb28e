"""Writes of the texts of a lot."""

from django.db import transaction

from levier.accounts.models import User
from levier.clauses.lot_texts.drafting import checked
from levier.clauses.models import LotTextValues
from levier.core import audit
from levier.purchasing.models import Lot


@transaction.atomic
def keep_values(*, by: User, lot: Lot, values: dict[str, str]) -> LotTextValues:
    """Keep the values of the texts of a lot, those left empty forgotten. Raises ClauseError naming one refused."""
    kept, _ = LotTextValues.objects.select_for_update().get_or_create(lot=lot)
    merged = {name: value for name, value in kept.values.items() if name not in values}
    kept.values, kept.by = merged | checked(values), by
    kept.save()
    audit.record(by=by.as_actor(), verb="clauses.keep_text_values", object_type="lot", object_key=str(lot.pk))
    return kept
