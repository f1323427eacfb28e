"""What was typed for one lot, offered again in the forms of the other lots of the purchase: shown, kept once somebody says so."""

from collections.abc import Sequence
from dataclasses import replace

from levier.clauses.lot_texts.fields import TextField
from levier.clauses.models import LotTextValues
from levier.purchasing.models import Lot

# Said of the whole consultation. General conditions, tasks, shares of a mark belong to the trade of each lot.
_SHARED = ("penalty_", "answer_deadline", "eligibility_months")


def as_in_other_lots(lot: Lot, fields: Sequence[TextField], *, posted: dict[str, str]) -> list[TextField]:
    """The fields still to fill with what the nearest lot before (else after) says, and which lot that is. One SQL query."""
    asked = [one.name for one in fields if _is_open(one, posted)]
    if not asked:
        return list(fields)
    rows = sorted(
        LotTextValues.objects.filter(lot__purchase=lot.purchase_id, lot__in=lot.purchase.lots.present())
        .exclude(lot=lot)
        .select_related("lot"),
        key=lambda row: (row.lot.number > lot.number, abs(row.lot.number - lot.number)),
    )
    return [_filled(one, rows) if one.name in asked else one for one in fields]


def _is_open(one: TextField, posted: dict[str, str]) -> bool:
    return one.name.startswith(_SHARED) and one.name not in posted and (not one.value or one.is_suggested)


def _filled(one: TextField, rows: Sequence[LotTextValues]) -> TextField:
    for row in rows:
        if value := row.values.get(one.name):
            hint = f"Comme au lot {row.lot.number} : relisez."
            return replace(one, value=value, hint=hint, is_suggested=True)
    return one
