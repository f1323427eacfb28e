"""The publics a structure put to work, year by year: validated entries by category of reason, those whose reason is gone included."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from levier.execution.models import EntryReason, EntryState, KeptPublic
from levier.rulebook.eligibility import CATEGORIES
from levier.rulebook.small_cells import hidden_below


@dataclass(frozen=True, slots=True)
class YearOfPublics:
    """Validated entries of a year; a count is None when it would tell of somebody."""

    year: int
    entries: int | None
    counts: tuple[tuple[str, int | None], ...]


def by_year(followers: Collection[int]) -> tuple[YearOfPublics, ...]:
    """The years of these structures, newest first; to be read inside their scope. Two SQL queries."""
    found: dict[int, Counter[str]] = {}
    for kept in KeptPublic.objects.filter(follower__in=followers):
        found.setdefault(kept.year, Counter())[kept.category] += kept.entries
    live = EntryReason.objects.filter(follower__in=followers, entry__state=EntryState.VALID)
    for day, category in live.values_list("entry__entered_on", "category"):
        found.setdefault(day.year, Counter())[category] += 1
    return tuple(_year(year, found[year]) for year in sorted(found, reverse=True))


def _year(year: int, counts: Counter[str]) -> YearOfPublics:
    named = {CATEGORIES.get(key, key): count for key, count in counts.items()}
    whole = hidden_below({"": counts.total()})
    shown = hidden_below(named) if whole else None
    return YearOfPublics(
        year, counts.total() if whole else None, tuple(sorted(shown.items())) if shown else ()
    )


def keep_counts(people: Collection[UUID]) -> None:
    """Before the reasons of these people go, add them to the counts of their structure. Inside the scope of the retention."""
    reasons = EntryReason.objects.filter(entry__participant__in=people, entry__state=EntryState.VALID)
    gone = Counter(
        (follower, day.year, category)
        for follower, day, category in reasons.values_list("follower", "entry__entered_on", "category")
    )
    for (follower, year, category), entries in sorted(gone.items()):
        where = {"follower_id": follower, "year": year, "category": category}
        KeptPublic.objects.get_or_create(**where)
        KeptPublic.objects.filter(**where).update(entries=F("entries") + entries)
