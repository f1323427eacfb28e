"""What bounds the hours of a lot in its territory and months: the site, the people, the structures, other clauses."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from levier.clauses.models import LiveClause, OwnValue
from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.directory import index
from levier.directory.search import Near, SupplierQuery
from levier.purchasing.lot_facts import departement_of, weeks_of
from levier.purchasing.models import Lot
from levier.reference.queries import place_by_code
from levier.reference.sectors import sector_for_cpv
from levier.rulebook import parameters
from levier.rulebook.calibration.bounds import physical_bound
from levier.rulebook.calibration.limits import (
    Commitment,
    Limit,
    binding,
    hours_meanwhile,
    people_limit,
    site_limit,
    structures_limit,
)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
REACH_KM = 50.0
USUAL_MONTHS = 12.0
DAYS_A_MONTH = 365.25 / 12


def limits_of(
    lot: Lot, *, hours: float, own: Iterable[OwnValue], today: date, given: Mapping[str, Any] = _NOTHING
) -> tuple[Limit, ...]:
    """Every limit that can be told, the tightest under `hours` marked; `hours`: those one thinks of.

    `given`: the lot as the study in view has it; its crew, weeks and months come before those of the lot.
    """
    found: list[Limit] = []
    months = float(given.get("months") or lot.months or lot.purchase.months or USUAL_MONTHS)
    posts, on_site = given.get("posts") or lot.posts, given.get("weeks") or lot.weeks
    start = lot.starts_on or lot.purchase.starts_on or lot.purchase.launch_on or today
    if posts:
        weeks = float(on_site) if on_site else weeks_of(months)
        found.append(site_limit(float(physical_bound(posts=float(posts), weeks=weeks, on=start))))
    people = _people(lot, start, months, own, today)
    if people:
        found.append(people)
    structures = _structures(lot, start, months)
    if structures:
        found.append(structures)
    return binding(found, hours)


def _people(lot: Lot, start: date, months: float, own: Iterable[OwnValue], today: date) -> Limit | None:
    """None while nobody said how many people the territory expects: no figure is invented."""
    territory = departement_of(lot)
    expected = expected_people(own, territory, today)
    if not territory or expected is None:
        return None
    end = start + timedelta(days=round(months * DAYS_A_MONTH))
    each = parameters.get("average_hours_per_person", on=today).value
    return people_limit(
        people_per_year=expected,
        hours_per_person=each,
        months=months,
        due_elsewhere=due_meanwhile(territory, start, end, but=f"lot-{lot.pk}"),
    )


def expected_people(own: Iterable[OwnValue], territory: str, on: date) -> float | None:
    """How many eligible people a structure expects a year on a territory; None when it never said."""
    told = [
        value
        for value in own
        if value.name == "expected_people" and value.departement_code == territory and value.valid_from <= on
    ]
    return max(told, key=lambda value: (value.valid_from, value.pk)).value if told else None


def due_meanwhile(territory: str, start: date, end: date, *, but: str = "") -> float:
    """Hours that other clauses of the territory ask for between two days."""
    rows = LiveClause.objects.filter(
        departement_code=territory, starts_on__lte=end, ends_on__gte=start
    ).exclude(key=but)
    commitments = [Commitment(float(row.hours), row.starts_on, row.ends_on) for row in rows]
    return hours_meanwhile(commitments, start, end)


def _structures(lot: Lot, start: date, months: float) -> Limit | None:
    """None without a place, a trade or an index: nothing is counted then."""
    kind = lot.place_kind or lot.purchase.place_kind
    code = lot.place_code or lot.purchase.place_code
    place = place_by_code(kind, code) if kind and code else None
    trade = sector_for_cpv(lot.cpv) if lot.cpv else None
    if place is None or trade is None:
        return None
    query = SupplierQuery()
    if place.kind == "departement":
        query = replace(query, departements=(place.code,))
    elif place.kind == "region":
        query = replace(query, regions=(place.code,))
    else:
        near = Near(place.latitude, place.longitude, place.landmass or None)
        query = replace(query, near=near, radius_km=REACH_KM)
    work = replace(query, shelves=("work",), sectors=(trade.slug,))
    try:
        return structures_limit(
            work=index.count(work),
            people=index.count(replace(query, shelves=("people",))),
            free_teams=index.count(replace(work, available=_months(start, months))),
        )
    except (IndexMissingError, IndexOutdatedError):
        return None


def _months(start: date, months: float) -> tuple[str, ...]:
    """« 2027-03 »… for each month of the period, a year at most."""
    first = start.year * 12 + start.month - 1
    return tuple(
        f"{number // 12}-{number % 12 + 1:02d}"
        for number in range(first, first + min(12, max(1, round(months))))
    )
