"""Counts the hours of one person's month: what counts, what waits for a person and why. Worked = counted + questioned + unasked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Final

from levier.rulebook import parameters
from levier.rulebook.counting.rules import CountingError, CountingRules
from levier.rulebook.figures import french_number
from levier.rulebook.months import add_months, days_of, first_of, last_day_of_window, last_of
from levier.rulebook.working_days import is_working_day

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal(0)
# Contracts whose training hours count by themselves (CCAG Travaux 2021, article 20.1.2).
TRAINING_CONTRACTS: Final = frozenset({"alternance", "geiq"})
TRAINING_ALONE: Final = "formation"
RULES: Final = {
    "worked": "Plus d’heures demandées que d’heures travaillées",
    "tutoring": "Heures de tutorat",
    "training": "Heures de formation",
    "eligibility": "Éligibilité non établie",
    "place": "Lieu hors de ce que le contrat compte",
    "presence": "Hors des dates d’emploi",
    "eligibility_window": "Hors de la fenêtre d’éligibilité",
    "contract_window": "Hors des dates comptées par le contrat",
    "cdi": "Au-delà de la durée comptée d’un CDI",
    "ai_ceiling": "Au-delà du plafond d’une association intermédiaire",
    "coefficient": "Part écartée par un coefficient local",
}


@dataclass(frozen=True, slots=True)
class Share:
    """Hours of the month that one contract asks for. `training_hours` and `tutoring_hours` are parts of `hours`.

    The days of the lot and of the operation bound what counts; a None end is not known and bounds nothing.
    `in_company`: whether the user is a company, for the ceiling of an association intermédiaire.
    """

    contract: str
    hours: Decimal
    rules: CountingRules
    modality: str = "embauche"
    place: str = "on_site"
    training_hours: Decimal = ZERO
    tutoring_hours: Decimal = ZERO
    hired_on: date | None = None
    left_on: date | None = None
    is_cdi: bool = False
    lot_from: date | None = None
    lot_to: date | None = None
    operation_from: date | None = None
    operation_to: date | None = None
    in_company: bool = True
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AiDerogation:
    """The prefect's decision to lift the ceiling between two days; `hours` is the new ceiling, None for no ceiling."""

    valid_from: date
    valid_to: date
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A person's month. `worked`: all the hours worked; `ai_before`: (month, hours) already done through an AI in companies."""

    month: date
    worked: Decimal
    shares: tuple[Share, ...]
    eligible_from: date | None
    eligible_until: date | None
    ai_before: tuple[tuple[date, Decimal], ...] = ()
    ai_derogation: AiDerogation | None = None


@dataclass(frozen=True, slots=True)
class Questioned:
    """Hours that wait for a person, the rule that asks (a key of RULES), and the sentence that says why."""

    rule: str
    hours: Decimal
    sentence: str


@dataclass(frozen=True, slots=True)
class CountedShare:
    """What one contract gets: `asked` = `counted` + the hours questioned. `bonus` is a local reward, apart from any hour worked."""

    contract: str
    asked: Decimal
    counted: Decimal
    questioned: tuple[Questioned, ...]
    bonus: Decimal
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedMonth:
    """The month of a person over all the contracts, in the order they were given."""

    month: date
    worked: Decimal
    shares: tuple[CountedShare, ...]

    @property
    def counted(self) -> Decimal:
        """Hours that count, all contracts together: never more than the hours worked."""
        return sum((one.counted for one in self.shares), ZERO)

    @property
    def questioned(self) -> Decimal:
        """Hours that wait for a person."""
        return sum((part.hours for one in self.shares for part in one.questioned), ZERO)


@dataclass(slots=True)
class _Count:
    """The running count of one share: what is left, what was questioned, and the trace."""

    share: Share
    left: Decimal
    questioned: list[Questioned] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)

    def question(self, rule: str, hours: Decimal, sentence: str) -> None:
        """Move hours from what counts to what waits; nothing when there are none."""
        hours = min(hours, self.left)
        if hours > 0:
            self.left -= hours
            self.questioned.append(Questioned(rule, hours, sentence))
            self.trace.append(f"{RULES[rule]} : {_h(hours)} en attente, reste {_h(self.left)}")


def count_month(person: PersonMonth) -> CountedMonth:
    """Count the month of one person for every contract that asks for a part of it.

    The contracts are served in the order given: an hour goes to the first that asks for it, and never to two. Hours
    questioned stay kept for the contract that asked, since a person may still accept them.
    Raises CountingError for hours that are not a finite figure with two decimals, or a part greater than the whole.
    """
    _check(person)
    unasked = person.worked
    ai_left = _ai_left(person)
    counted = []
    for share in person.shares:
        count = _Count(share, share.hours)
        count.trace.append(f"Demandé par {share.contract} : {_h(share.hours)}")
        if share.hours > unasked:
            count.question(
                "worked",
                share.hours - unasked,
                f"{_h(share.hours)} demandées, mais il ne reste que {_h(unasked)} travaillées ce mois-ci qu’aucun autre contrat "
                "n’a demandées.",
            )
        unasked -= count.left
        _parts(count)
        _whole(count, person)
        _days(count, person)
        if share.modality == "ai" and share.in_company and ai_left is not None:
            _ai_ceiling(count, person, ai_left)
            ai_left -= count.left
        bonus = _coefficients(count, person.month)
        count.trace.append(f"Compté : {_h(count.left)}")
        counted.append(
            CountedShare(
                share.contract, share.hours, count.left, tuple(count.questioned), bonus, tuple(count.trace)
            )
        )
    return CountedMonth(first_of(person.month), person.worked, tuple(counted))


def _check(person: PersonMonth) -> None:
    names = [one.contract for one in person.shares]
    if len(set(names)) != len(names):
        raise CountingError(
            "Un contrat demande deux fois des heures du même mois ; réunissez les deux lignes."
        )
    _check_hours("Heures travaillées", person.worked)
    for _, hours in person.ai_before:
        _check_hours("Heures déjà faites en association intermédiaire", hours)
    for share in person.shares:
        for what, hours in (
            ("heures", share.hours),
            ("heures de formation", share.training_hours),
            ("heures de tutorat", share.tutoring_hours),
        ):
            _check_hours(f"{share.contract}, {what}", hours)
        if share.training_hours + share.tutoring_hours > share.hours:
            raise CountingError(
                f"{share.contract} : les heures de formation et de tutorat dépassent les heures du mois ; vérifiez les trois."
            )


def _check_hours(what: str, hours: Decimal) -> None:
    if not hours.is_finite() or hours < 0:
        raise CountingError(f"{what} : donnez un nombre d’heures à partir de zéro, pas « {hours} ».")
    if hours != hours.quantize(CENT):
        raise CountingError(f"{what} : deux décimales au plus, pas « {hours} ».")
    if hours > 744:
        raise CountingError(f"{what} : un mois n’a pas {french_number(float(hours), 2)} heures.")


def _parts(count: _Count) -> None:
    """Tutoring never counts; training counts inside the contracts that the rules name."""
    share = count.share
    count.question(
        "tutoring", share.tutoring_hours, "Les heures du tuteur, ou passées à tutorer, ne comptent pas."
    )
    rules, training = share.rules, share.training_hours
    if share.modality == TRAINING_ALONE:
        training = count.left
    allowed = rules.training == "all" or (
        rules.training == "contract" and share.modality in TRAINING_CONTRACTS
    )
    if training and not allowed:
        count.question(
            "training",
            training,
            f"« {rules.label} » ne compte la formation "
            + ("pas." if rules.training == "none" else "que dans un contrat d’alternance ou avec un GEIQ."),
        )
    elif training:
        count.trace.append(f"Dont formation : {_h(min(training, count.left))} ({rules.source})")


def _whole(count: _Count, person: PersonMonth) -> None:
    """What questions every hour left: eligibility nobody established, a place the contract does not count."""
    if person.eligible_until is None:
        count.question(
            "eligibility",
            count.left,
            "L’éligibilité de la personne n’est pas établie : le facilitateur décide.",
        )
    if count.share.place not in count.share.rules.places:
        where = "hors du site" if count.share.place == "off_site" else "sur le site"
        count.question(
            "place",
            count.left,
            f"Heures faites {where} : « {count.share.rules.label} » ne les compte pas d’office.",
        )


def _days(count: _Count, person: PersonMonth) -> None:
    """Each window keeps some of the days of presence; the hours follow, in proportion of the working days."""
    if not count.left:
        return
    share, month = count.share, person.month
    first, last = first_of(month), last_of(month)
    present = _open_days(max(first, share.hired_on or first), min(last, share.left_on or last))
    if not present:
        count.question("presence", count.left, f"La personne n’était pas en poste en {_month(month)}.")
        return
    whole, kept = count.left, present
    for rule, start, end, sentence in _windows(share, person):
        now = tuple(day for day in kept if _is_within(day, start, end))
        if len(now) < len(kept):
            target = (whole * len(now) / len(present)).quantize(CENT, ROUND_FLOOR)
            count.question(rule, count.left - target, sentence)
        kept = now


def _windows(share: Share, person: PersonMonth) -> list[tuple[str, date | None, date | None, str]]:
    # A permanent contract signed by somebody eligible counts on, up to its own limit below (State contracts of 2017, 2021).
    is_kept_on = share.is_cdi and counts_on(share.hired_on, person.eligible_from, person.eligible_until)
    found = [
        (
            "eligibility_window",
            person.eligible_from,
            None if is_kept_on else person.eligible_until,
            f"Éligible du {_day(person.eligible_from)} au {_day(person.eligible_until)}.",
        )
    ]
    if share.rules.window == "operation":
        start, end, what = share.operation_from, share.operation_to, "L’opération"
    else:
        start, end, what = share.lot_from, share.lot_to, "Le lot"
    found.append(("contract_window", start, end, f"{what} va du {_day(start)} au {_day(end)}."))
    if share.is_cdi and share.hired_on:
        months = share.rules.cdi_months
        if months is None:
            months = int(parameters.get("cdi_count_months", "", share.hired_on).value)
        until = last_day_of_window(share.hired_on, months)
        found.append(("cdi", None, until, f"Un CDI compte {months} mois : jusqu’au {_day(until)}."))
    return found


def counts_on(hired_on: date | None, eligible_from: date | None, eligible_until: date | None) -> bool:
    """Whether a CDI goes on counting past the window of eligibility: it was signed by somebody eligible that day."""
    return hired_on is not None and _is_within(hired_on, eligible_from, eligible_until)


def _is_within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or day >= start) and (end is None or day <= end)


@lru_cache(maxsize=2048)
def _open_days(first: date, last: date) -> tuple[date, ...]:
    """The working days between two days; every day when there is none, for somebody who works at weekends only."""
    days = days_of(first, last)
    return tuple(day for day in days if is_working_day(day)) or days


def _ai_left(person: PersonMonth) -> Decimal | None:
    """Hours still open under the ceiling over the months that end with this one; None when the prefect lifted it."""
    month = first_of(person.month)
    ceiling = Decimal(str(parameters.get("ai_ceiling_hours", "", month).value))
    lifted = person.ai_derogation
    if lifted and lifted.valid_from <= last_of(month) and month <= lifted.valid_to:
        if lifted.hours is None:
            return None
        ceiling = lifted.hours
    months = int(parameters.get("ai_ceiling_months", "", month).value)
    oldest = add_months(month, 1 - months)
    used = sum((hours for when, hours in person.ai_before if oldest <= first_of(when) <= month), ZERO)
    return max(ZERO, ceiling - used)


def _ai_ceiling(count: _Count, person: PersonMonth, open_hours: Decimal) -> None:
    months = parameters.get("ai_ceiling_months", "", person.month)
    if count.left > open_hours:
        count.question(
            "ai_ceiling",
            count.left - open_hours,
            f"Une association intermédiaire ne dépasse pas {french_number(parameters.get('ai_ceiling_hours', '', person.month).value)} h "
            f"par personne sur {french_number(months.value)} mois en entreprise (code du travail, L5132-9 et R5132-18), "
            f"sauf dérogation du préfet ; il restait {_h(open_hours)}.",
        )


def _coefficients(count: _Count, month: date) -> Decimal:
    """Apply the local coefficients of the share; gives the bonus hours, which are no hours worked."""
    bonus = ZERO
    for one in count.share.rules.coefficients:
        if one.tag not in count.share.tags or not one.covers(first_of(month)) or not count.left:
            continue
        if one.value < 1:
            kept = (count.left * one.value).quantize(CENT, ROUND_FLOOR)
            count.question(
                "coefficient",
                count.left - kept,
                f"Coefficient local « {one.name} » ({one.source}) : × {one.value}.",
            )
        elif one.value > 1:
            extra = (count.left * (one.value - 1)).quantize(CENT, ROUND_FLOOR)
            extra = extra if one.cap_hours is None else min(extra, one.cap_hours)
            bonus += extra
            count.trace.append(
                f"Bonus local « {one.name} » ({one.source}) : {_h(extra)}, à part des heures travaillées"
            )
    return bonus


def _h(hours: Decimal) -> str:
    return f"{french_number(float(hours), 2)} h"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "jour non connu"


def _month(month: date) -> str:
    return f"{month:%m/%Y}"
