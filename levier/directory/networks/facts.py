"""The facts of a sheet a network may vouch for: their value as published, its hash, its words. Pure functions.

A fact is what somebody can check at once: it joins groups of values that the owner's page edits together.
"""

import hashlib
import json
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils import timezone

from levier.core.typography import NO_BREAK, figure
from levier.directory.labels import LABEL_GROUP
from levier.directory.models import Supplier
from levier.directory.owner import OWNER
from levier.directory.ownership.wording import (
    GROUP_LABELS,
    SaidCapacity,
    group_text,
    sector_label,
    teams_in_lines,
    turnover_words,
    workforce_words,
    written_labels,
)

# What fits in `Vouch.said`.
_LONGEST = 500


class Team(SaidCapacity, Protocol):
    """One statement of free teams, from the table."""


@dataclass(frozen=True, slots=True)
class Published:
    """What readers see of one supplier, and the teams it has free (statements still counted)."""

    supplier: Supplier
    teams: tuple[Team, ...] = ()

    @property
    def own_labels(self) -> dict[str, Any]:
        """Certificates, and labels that the owner alone gives: no list proves them."""
        profile, origins = self.supplier.profile, self.supplier.origins
        return {
            group: value
            for group, value in profile.items()
            if (group.startswith(LABEL_GROUP) and _source(origins, group) == OWNER.slug)
            or (group == "certificates" and value)
        }


def _source(origins: Mapping[str, Any], group: str) -> str:
    """Which source a published group comes from; « * » stands for a supplier that one source gave whole."""
    return str((origins.get(group) or origins.get("*") or {}).get("source", ""))


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. ``value``: what is hashed, None when the sheet says nothing; ``words``: the same for a reader.

    ``groups``: the groups of source records it is made of; ``part``: where the owner edits it.
    """

    slug: str
    label: str
    groups: tuple[str, ...]
    part: str
    value: Callable[[Published], Any]
    words: Callable[[Published], str]

    def holds(self, group: str) -> bool:
        """Whether a group of values belongs to this fact."""
        return group in self.groups or (self.slug == "labels" and group.startswith(LABEL_GROUP))


def hash_of(fact: Fact, published: Published) -> str:
    """The hash of a fact's value; empty when the sheet says nothing of it."""
    value = fact.value(published)
    if not value:
        return ""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(f"{fact.slug}\n{text}".encode()).hexdigest()


def words_of(fact: Fact, published: Published) -> str:
    """The value of a fact in one line, cut to what is kept with a vouch."""
    text = fact.words(published)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _profile(group: str) -> Callable[[Published], Any]:
    return lambda published: published.supplier.profile.get(group)


def _group_words(group: str) -> Callable[[Published], str]:
    return lambda published: group_text(group, published.supplier.profile.get(group)) or ""


def _activities(published: Published) -> Any:
    sectors = sorted(published.supplier.sectors)
    lines = published.supplier.profile.get("lines") or []
    return {"sectors": sectors, "lines": lines} if sectors else None


def _activity_words(published: Published) -> str:
    lines = published.supplier.profile.get("lines")
    if lines:
        return group_text("lines", lines) or ""
    return ", ".join(filter(None, map(sector_label, published.supplier.sectors)))


def _teams(published: Published) -> Any:
    # The day it was said is left out: the same teams renewed are the same fact.
    return [[one.sector, one.area, one.month.isoformat(), one.quantity, one.unit] for one in published.teams]


def _places_words(published: Published) -> str:
    places = published.supplier.places
    return f"{figure(places)}{NO_BREAK}place{'s' if (places or 0) > 1 else ''}" if places else ""


FACTS: dict[str, Fact] = {
    fact.slug: fact
    for fact in (
        Fact("activites", "Activités", ("activity", "lines"), "activites", _activities, _activity_words),
        Fact("offres", GROUP_LABELS["offers"], ("offers",), "offres", _profile("offers"), _group_words("offers")),
        Fact("references", GROUP_LABELS["references"], ("references",), "references", _profile("references"),
             _group_words("references")),
        Fact("labels", "Labels et certificats qu’aucune liste ne donne", ("certificates",), "labels",
             lambda published: published.own_labels,
             lambda published: " ; ".join(written_labels(published.own_labels, timezone.localdate()))),
        Fact("effectifs", GROUP_LABELS["workforce"], ("workforce",), "effectifs", _profile("workforce"),
             lambda published: workforce_words(published.supplier.profile)),
        Fact("chiffre-affaires", GROUP_LABELS["turnover"], ("turnover",), "effectifs", _profile("turnover"),
             lambda published: turnover_words(published.supplier.profile)),
        Fact("places", "Places autorisées", ("places",), "effectifs",
             lambda published: published.supplier.places, _places_words),
        Fact("disponibilites", "Équipes libres", (), "disponibilites", _teams,
             lambda published: " ; ".join(teams_in_lines(published.teams))),
    )
}  # fmt: skip

REASONS = {
    "owner": "dit par la structure seule",
    "conflict": "les sources diffèrent",
    "inferred": "déduit, personne ne le déclare",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the sources of today say of one supplier: group → source → values."""

    groups: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def add(self, group: str, source: str, value: Any) -> None:
        """One more group of one source record. Trades deduced from a list are our guess, not its word: left out."""
        if isinstance(value, Mapping) and value.get("status") == Supplier.ActivityStatus.INFERRED:
            return
        self.groups.setdefault(group, {}).setdefault(source, []).append(value)


def reason_to_vouch(fact: Fact, published: Published, said: Said) -> str:
    """A key of REASONS when a network's word would add something; empty when a register or a list says it too."""
    if fact.slug == "activites" and published.supplier.activity_status == Supplier.ActivityStatus.INFERRED:
        return "inferred"
    if fact.slug in {"disponibilites", "labels"}:
        return "owner"
    known = {group: by for group, by in said.groups.items() if fact.holds(group)}
    if any(_differ(group, by) for group, by in known.items()):
        return "conflict"
    sources = {source for by in known.values() for source in by}
    return "owner" if sources == {OWNER.slug} else ""


def _differ(group: str, by_source: Mapping[str, list[Any]]) -> bool:
    values = [value for values in by_source.values() for value in values]
    if group == "activity":
        # Two lists word the origin of the same trades in their own way.
        values = [sorted(value.get("sectors") or ()) for value in values if isinstance(value, Mapping)]
    return len({json.dumps(value, sort_keys=True) for value in values}) > 1


def stated(published: Published) -> Iterable[Fact]:
    """The facts of which the sheet says something, in their order."""
    return [fact for fact in FACTS.values() if fact.value(published)]


def fact_of_group(group: str) -> Fact | None:
    """The fact a group of a source record belongs to."""
    return next((fact for fact in FACTS.values() if fact.holds(group)), None)


def add_months(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
