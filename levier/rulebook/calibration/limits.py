"""What bounds the hours of a lot beyond its own work: who can be hired, who can supply, what else is under way.

A limit explains; it never blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from levier.rulebook.figures import french_number

LimitName = Literal["site", "people", "structures"]


@dataclass(frozen=True, slots=True)
class Commitment:
    """Hours due elsewhere on the same territory between two days, both included."""

    hours: float
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound on the hours of the lot: ``hours`` it leaves, None when it cannot be counted; the sentence."""

    name: LimitName
    hours: float | None
    sentence: str
    is_binding: bool = False


def hours_meanwhile(commitments: Sequence[Commitment], starts_on: date, ends_on: date) -> float:
    """The hours of these clauses that fall between two days, spread evenly over each clause."""
    due = 0.0
    for one in commitments:
        first, last = max(one.starts_on, starts_on), min(one.ends_on, ends_on)
        if first <= last:
            days = (one.ends_on - one.starts_on).days + 1
            due += one.hours * ((last - first).days + 1) / days
    return due


def people_limit(
    *, people_per_year: float, hours_per_person: float, months: float, due_elsewhere: float
) -> Limit:
    """The hours that the people one expects on the territory can do, less what other clauses take meanwhile."""
    possible = people_per_year * hours_per_person * months / 12
    left = max(0.0, possible - due_elsewhere)
    sentence = (
        f"Le territoire attend {french_number(people_per_year)} personnes éligibles par an, à "
        f"{french_number(hours_per_person)} h chacune : {french_number(possible)} h sur la période"
    )
    sentence += (
        f", dont {french_number(due_elsewhere)} h déjà dues par d’autres clauses. Il reste {french_number(left)} h."
        if due_elsewhere
        else ", et aucune autre clause connue."
    )
    return Limit("people", left, sentence)


def site_limit(hours: float) -> Limit:
    """The physical bound: posts × weeks × 35 h."""
    return Limit(
        "site",
        hours,
        f"L’équipe sur place ne peut pas faire plus de {french_number(hours)} h sur la durée du lot.",
    )


def structures_limit(*, work: int, people: int, free_teams: int) -> Limit:
    """Who is there: structures of the trade, structures that send people, teams said to be free.

    Never counted in hours: an execution clause needs no supplier of the trade, and may be done by direct hire.
    """
    if not work and not people:
        sentence = "Aucune structure connue à portée : les heures reposent sur l’embauche directe, avec les prescripteurs."
    else:
        teams = f"{french_number(free_teams)} équipe{_s(free_teams)} annoncée{_s(free_teams)} libre{_s(free_teams)}"
        sentence = (
            f"À portée : {french_number(work)} structure{_s(work)} du métier, {french_number(people)} qui "
            f"{'peuvent' if people > 1 else 'peut'} fournir des personnes"
            f"{', ' + teams if free_teams else ' ; aucune équipe annoncée libre'}."
        )
    return Limit("structures", None, sentence)


def _s(count: int) -> str:
    return "s" if count > 1 else ""


def binding(limits: Sequence[Limit], hours: float) -> tuple[Limit, ...]:
    """The same limits, the tightest at or below ``hours`` marked as the one that bounds them."""
    # « At most »: hours already cut down to the crew stand exactly on its bound.
    counted = [one for one in limits if one.hours is not None and one.hours <= hours]
    tightest = min(counted, key=lambda one: one.hours or 0.0, default=None)
    return tuple(Limit(one.name, one.hours, one.sentence, is_binding=one is tightest) for one in limits)
