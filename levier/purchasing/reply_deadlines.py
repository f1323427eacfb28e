"""Whether the time left to companies is long enough: a warning that explains, never a refusal."""

from dataclasses import dataclass
from datetime import date, timedelta

from levier.core.typography import NO_BREAK, day
from levier.purchasing.models import Procedure, Purchase
from levier.rulebook.thresholds import ThresholdError, threshold


@dataclass(frozen=True, slots=True)
class ReplyWarning:
    """Less time than the law or practice asks. `earliest`: the first day that would do; `to_confirm`: text not read."""

    sentence: str
    explanation: str
    earliest: date
    source: str
    to_confirm: bool


def reply_warning(
    purchase: Purchase, due_on: date | None, *, sent_on: date | None = None
) -> ReplyWarning | None:
    """Compare the day offers are due with the day the notice leaves (`sent_on`, else the launch of the purchase).

    None when a date, the procedure or its minimum is unknown, or when there is time enough. The day of sending does
    not count.
    """
    sent = sent_on or purchase.launch_on
    if sent is None or due_on is None or not purchase.procedure:
        return None
    try:
        row = threshold(
            "reply_days", on=sent, procedure=purchase.procedure, buyer=purchase.buyer_kind or "autre"
        )
    except ThresholdError:
        return None
    given, least = (due_on - sent).days, int(row.value)
    if given >= least:
        return None
    word = "jour" if abs(given) < 2 else "jours"
    earliest = sent + timedelta(days=least)
    return ReplyWarning(
        sentence=(
            f"Les réponses sont attendues le {day(due_on)}, {given}{NO_BREAK}{word} après l’envoi de l’avis "
            f"({day(sent)}). {Procedure(purchase.procedure).label} : {least}{NO_BREAK}jours, soit le {day(earliest)}."
        ),
        explanation=f"{row.note[:1].upper()}{row.note[1:]}",
        earliest=earliest,
        source=row.source,
        to_confirm=row.status == "to_confirm",
    )


# Where the code fixes no number of days: the answers only have to come early enough.
_WITHOUT_FORM = frozenset({Procedure.DIRECT, Procedure.ADAPTED, Procedure.PRIVATE, Procedure.CONCESSION})


def answers_warning(purchase: Purchase, answers_by: date, offers_until: date | None) -> str:
    """A French sentence when the answers to candidates come too late before the offers; empty otherwise."""
    if offers_until is None:
        return ""
    row = threshold("clarification_days", on=answers_by)
    given, least = (offers_until - answers_by).days, int(row.value)
    if purchase.procedure in _WITHOUT_FORM:
        return (
            ""
            if given > 0
            else "Les réponses tombent le jour où les offres sont dues : personne ne pourra en tenir compte."
        )
    if given >= least:
        return ""
    earliest = offers_until - timedelta(days=least)
    return (
        f"En procédure formalisée, les réponses partent {least}{NO_BREAK}jours au plus tard avant la date limite des "
        f"offres ({row.article}), soit le {day(earliest)} ; {row.note}."
    )
