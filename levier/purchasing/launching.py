"""The day a consultation was launched, said when its publication is declared: what that day cannot be."""

from dataclasses import replace
from datetime import date

from django.utils import timezone

from levier.core.typography import day
from levier.purchasing.errors import RefusedError
from levier.purchasing.lot_facts import lot_facts
from levier.purchasing.models import Purchase, PurchaseState
from levier.rulebook.levers import levers_for

# The two duties that the day of the launch may open.
_DUTIES = ("L2112-2-1", "L3114-2-1")
_FIRST_YEAR = 2000


def is_launched(purchase: Purchase) -> bool:
    """Whether the purchase says a day of launch that is not to come: a day only planned is asked again."""
    return purchase.launch_on is not None and purchase.launch_on <= timezone.localdate()


def check_launch(purchase: Purchase, launched_on: date) -> None:
    """Raises RefusedError (one sentence) for a day to come, a day after the start, or a day whose duties are not
    those of the decision. At most two SQL queries."""
    if launched_on > timezone.localdate():
        raise RefusedError(
            "Cette date est à venir : déclarez la publication une fois la consultation lancée, avec sa vraie date."
        )
    if launched_on.year < _FIRST_YEAR:
        raise RefusedError("La date de lancement doit être après 2000.")
    if purchase.starts_on and purchase.starts_on < launched_on:
        raise RefusedError(
            f"L’exécution commence le {day(purchase.starts_on)}, avant ce lancement : vérifiez la date."
        )
    changed = _lots_of_another_duty(purchase, launched_on)
    if changed:
        lots = "du lot" if len(changed) == 1 else "des lots"
        raise RefusedError(
            f"Le {day(launched_on)}, l’obligation {lots} {', '.join(changed)} n’est pas celle du jour de la décision : "
            "demandez à revoir l’étude."
        )


def _lots_of_another_duty(purchase: Purchase, launched_on: date) -> list[str]:
    # A publication taken back enters « décidé » again: the day that counts is the signature's.
    signed = purchase.events.filter(before=PurchaseState.PROPOSED, after=PurchaseState.DECIDED).order_by(
        "-at"
    )
    decided_on = timezone.localdate(signed.values_list("at", flat=True).first() or purchase.state_since)
    lots = list(purchase.lots.present())
    found = []
    for lot in lots:
        lot.purchase = purchase
        facts = lot_facts(lot, siblings=lots)
        then, now = (
            {
                one.code: one.outcome
                for one in levers_for(replace(facts, launch_date=on))
                if one.code in _DUTIES
            }
            for on in (decided_on, launched_on)
        )
        if then != now:
            found.append(str(lot.number))
    return found
