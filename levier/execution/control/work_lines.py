"""A line of the portfolio about a contract: for whom its reader acts, whose turn it is."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse

from levier.execution.models import Contract
from levier.facilitators.queries.work import Who, WorkItem

TO_VALIDATE, LATE, SILENT, TO_COME = "À valider", "En retard", "Sans nouvelles", "À venir"
# A default that is open, as long as its step has no deadline that is past.
UNDERWAY = "Procédures en cours"
_ACTORS: Final[dict[str, str]] = {
    "buyer": "L’acheteur",
    "facilitator": "Le facilitateur",
    "company": "Le titulaire",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One contract with for whom the reader acts on it."""

    contract: Contract
    sides: frozenset[str]


def item(
    line: Line, kind: str, what: str, side: str, since: date, *, due: date | None = None, url: str = "",
    latest: date | None = None,
) -> WorkItem:  # fmt: skip
    """What waits on a contract, and for which side. `url` is where that side acts: the others read the contract."""
    contract = line.contract
    who: Who = "me" if side in line.sides else "buyer" if side == "buyer" else "other"
    page = url if who == "me" else ""
    return WorkItem(
        kind=kind, title=f"{contract.title} : {what}", url=page or reverse("execution:contract", args=[contract.pk]),
        buyer=contract.buyer.name, next_actor=_actor(contract, side, who),
        since=since, due=due, who=who, latest=latest, act=what,
    )  # fmt: skip


def _actor(contract: Contract, side: str, who: Who) -> str:
    if who == "me":
        return "Vous"
    return contract.holder.name if side == "company" else _ACTORS[side]
