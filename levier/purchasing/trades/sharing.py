"""What may be shared of a purchase or a lot: each fact with its value, so that one chooses knowing what leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from levier.core.typography import day, euros, figure
from levier.purchasing import lot_lines
from levier.purchasing.models import Lot, Purchase
from levier.reference.cpv.tables import cpv_labels


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact; `is_usual`: ticked at first. An amount is never shared unless somebody ticks it."""

    key: str
    label: str
    value: str
    is_usual: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """How the form starts: the facts to tick, the hours estimated, the trades, the calendar."""

    facts: tuple[Fact, ...]
    hours: Decimal | None
    trades: str
    calendar: str


def begin(purchase: Purchase, lot: Lot | None, lots: Sequence[Lot]) -> Begun:
    """Everything known, for one lot or for the whole purchase."""
    about = [lot] if lot else list(lots)
    estimates = lot_lines.estimates_of(about)
    hours = [one.hours for one in estimates.values() if one.hours is not None]
    posts = [post for one in estimates.values() for post in one.posts]
    return Begun(
        facts=facts_of(purchase, lot, about),
        hours=sum(hours, Decimal(0)) if hours else None,
        trades="\n".join(dict.fromkeys(posts)),
        calendar=_calendar(purchase, lot),
    )


def facts_of(purchase: Purchase, lot: Lot | None, lots: Sequence[Lot]) -> tuple[Fact, ...]:
    """The facts that have a value."""
    amount = lot.amount_ht if lot else purchase.amount_ht
    months = (lot.months if lot else None) or purchase.months
    codes = dict.fromkeys(one.cpv for one in lots if one.cpv)
    titles = "" if lot else " ; ".join(f"{one.number}. {one.title}" for one in lots)
    posts = f"{figure(lot.posts, 1)} personnes" if lot and lot.posts else ""
    takeover = ""
    if lot and lot.takeover_known:
        takeover = (
            f"{figure(lot.takeover_hours)} h par mois" if lot.takeover_hours else "personne à reprendre"
        )
    found = (
        Fact("buyer", "Acheteur", purchase.organisation.name),
        Fact("purchase", "Marché", purchase.title),
        Fact("lot", "Lot", f"{lot.number}. {lot.title}" if lot else ""),
        Fact("lots", "Lots", titles),
        Fact("place", "Lieu", (lot.place_label if lot else "") or purchase.place_label),
        Fact("trade", "Métier", " ; ".join(filter(None, (cpv_labels().get(code, "") for code in codes)))),
        Fact("months", "Durée", f"{figure(months, 1)} mois" if months else ""),
        Fact("crew", "Équipe sur place", posts),
        Fact("takeover", "Personnel à reprendre", takeover),
        Fact("amount", "Montant estimé HT", euros(amount) if amount is not None else "", is_usual=False),
    )
    return tuple(one for one in found if one.value)


def _calendar(purchase: Purchase, lot: Lot | None) -> str:
    starts = (lot.starts_on if lot else None) or purchase.starts_on
    parts = [f"consultation le {day(purchase.launch_on)}" if purchase.launch_on else ""]
    parts += [f"exécution à partir du {day(starts)}" if starts else ""]
    return ", ".join(filter(None, parts))
