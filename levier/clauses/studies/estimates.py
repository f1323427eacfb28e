"""The hours and posts of lots as far as they are known here: asked by pages of purchasing, which know no study."""

from collections.abc import Mapping, Sequence

from levier.clauses.models import ChoiceKind, InsertionOffer
from levier.clauses.studies import queries
from levier.purchasing.lot_lines import LotEstimate
from levier.purchasing.models import Lot


def estimates_of(lots: Sequence[Lot]) -> Mapping[int, LotEstimate]:
    """The signed hours, else those proposed; the posts of the offer of insertion. Two SQL queries."""
    choices = queries.last_choices(lots)
    posts = dict(
        InsertionOffer.objects.filter(lot__in=[lot.pk for lot in lots]).values_list("lot_id", "posts")
    )
    found = {}
    for lot in lots:
        said = choices.get(lot.pk, {})
        is_signed = queries.is_signed(said)
        choice = said.get(ChoiceKind.DECISION if is_signed else ChoiceKind.PROPOSAL)
        found[lot.pk] = LotEstimate(
            hours=choice.hours if choice else None,
            is_signed=is_signed,
            posts=tuple(
                f"{one['label']} ({one['rome']})" if one["rome"] else one["label"]
                for one in posts.get(lot.pk, ())
            ),
        )
    return found
