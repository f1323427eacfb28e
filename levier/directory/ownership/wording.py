"""What the owner said, as a page writes it: lines of activities, labels, teams, and each group in one line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from levier.core.typography import MONTHS, NO_BREAK, day, figure
from levier.directory.labels import LABEL_GROUP, LABELS
from levier.directory.ways import WAYS
from levier.reference.sectors import find_sector
from levier.rulebook.months import add_months, first_of

AREAS: dict[str, str] = {
    "radius": "dans un rayon",
    "departements": "dans des départements",
    "regions": "dans des régions",
    "france": "dans toute la France",
}
TURNOVERS: dict[str, str] = {
    "under_100k": "moins de 100 000 €",
    "100k_500k": "de 100 000 à 500 000 €",
    "500k_1m": "de 500 000 € à 1 million d’euros",
    "1m_5m": "de 1 à 5 millions d’euros",
    "5m_20m": "de 5 à 20 millions d’euros",
    "over_20m": "plus de 20 millions d’euros",
}
# The bottom of each, in euros a year; of the first its top, the only figure it gives.
TURNOVER_LOWS: dict[str, float] = {
    "under_100k": 100_000, "100k_500k": 100_000, "500k_1m": 500_000, "1m_5m": 1_000_000, "5m_20m": 5_000_000,
    "over_20m": 20_000_000,
}  # fmt: skip
GROUP_LABELS: dict[str, str] = {
    "offers": "Offres", "references": "Références clients", "workforce": "Effectifs",
    "turnover": "Chiffre d’affaires", "contacts": "Contacts", "lines": "Activités, ligne par ligne",
    "images": "Images", "certificates": "Certificats",
}  # fmt: skip
_UNITS = {"teams": ("équipe", "équipes"), "people": ("personne", "personnes")}


class SaidCapacity(Protocol):
    """What `capacity_words` reads of a statement, from the table or from a card."""

    @property
    def sector(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def month(self) -> date: ...
    @property
    def quantity(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def stated_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """One line of activity: the trade, how it is done, where."""

    trade: str
    ways: str
    area: str


def sector_label(slug: str) -> str:
    """The label of a sector; empty for one that a later list dropped."""
    found = find_sector(slug)
    return found.label if found else ""


def renewed_months(today: date, asked: date | None = None) -> tuple[date, ...]:
    """The months for which free teams are said again: the one that runs, the next, and a later one `asked` for (its first day)."""
    first = first_of(today)
    following = add_months(first, 1)
    return (first, following) if asked is None or asked <= following else (first, following, asked)


def renewed_words(today: date, asked: date | None = None) -> str:
    """« novembre et décembre », « novembre, décembre et mars 2027 »."""
    first, following, *later = renewed_months(today, asked)
    near = [MONTHS[month.month - 1] for month in (first, following)]
    return f"{', '.join(near)} et {month_words(later[0])}" if later else " et ".join(near)


def month_words(month: date) -> str:
    """« mars 2027 »."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def teams_in_lines(said: Iterable[SaidCapacity]) -> list[str]:
    """What is said of free teams, one line for the months in a row of which the same is said."""
    runs: list[list[SaidCapacity]] = []
    for one in sorted(said, key=lambda each: (each.sector, each.area, each.unit, each.month)):
        if runs and _goes_on(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [capacity_words(run[0], until=run[-1].month) for run in sorted(runs, key=lambda run: run[0].month)]


def _goes_on(last: SaidCapacity, one: SaidCapacity) -> bool:
    same = ("sector", "area", "unit", "quantity", "stated_on")
    following = renewed_months(last.month)[1]
    return one.month == following and all(getattr(last, name) == getattr(one, name) for name in same)


def capacity_words(one: SaidCapacity, until: date | None = None) -> str:
    """« 2 équipes libres en mars, nettoyage, Lille (dit le 3 février) »; « de mars à mai » with a last month."""
    single, several = _UNITS[one.unit]
    noun = several if one.quantity > 1 else single
    free = "libres" if one.quantity > 1 else "libre"
    count = f"{one.quantity}{NO_BREAK}{noun} {free}" if one.quantity else f"aucune {single} libre"
    about = [text for text in (sector_label(one.sector).lower() if one.sector else "", one.area) if text]
    where = f", {', '.join(about)}" if about else ""
    last = until or one.month
    month = _month_beside(last, one.stated_on.year)
    if last == one.month:
        when = f"en {month}"
    else:
        first = _month_beside(one.month, last.year)
        when = f"{_of(first)} à {month}"
    # Said 45 days ago at most: its year goes without saying.
    said = day(one.stated_on).rpartition(" ")[0]
    return f"{count} {when}{where} (dit le {said})"


def _month_beside(month: date, year: int) -> str:
    return MONTHS[month.month - 1] if month.year == year else month_words(month)


def _of(month: str) -> str:
    return f"d’{month}" if month[0] in "ao" else f"de {month}"


def written_lines(profile: Mapping[str, Any]) -> tuple[WrittenLine, ...]:
    """The lines of activity of a profile."""
    return tuple(
        WrittenLine(
            label,
            ", ".join(WAYS[way] for way in line.get("ways", ()) if way in WAYS),
            area_words(line.get("area") or {}),
        )
        for line in profile.get("lines") or ()
        if (label := sector_label(line.get("sector", "")))
    )


def area_words(area: Mapping[str, Any]) -> str:
    """« à 30 km autour », « départements 59, 62 », « région Bretagne », « France entière »."""
    kind = area.get("kind", "")
    names = ", ".join(area.get("names") or area.get("codes") or ())
    plural = "s" if len(area.get("codes") or ()) > 1 else ""
    if kind == "radius":
        return f"jusqu’à {area.get('km')}{NO_BREAK}km"
    if kind == "departements":
        return f"département{plural} : {names}"
    if kind == "regions":
        return f"région{plural} : {names}"
    return "France entière" if kind == "france" else ""


def written_labels(profile: Mapping[str, Any], today: date | None = None) -> tuple[str, ...]:
    """Labels then certificates, each with the end of its validity when it is known; one that is over says so."""
    named = [
        (LABELS[slug].name, value)
        for slug in LABELS
        if (value := profile.get(f"{LABEL_GROUP}{slug}", _ABSENT)) is not _ABSENT
    ]
    named += [(one.get("name", ""), one) for one in profile.get("certificates") or ()]
    return tuple(f"{name}{_until(value, today)}" for name, value in named if name)


_ABSENT = object()


def _until(value: Any, today: date | None = None) -> str:
    until = value.get("until") if isinstance(value, Mapping) else None
    try:
        end = date.fromisoformat(until) if until else None
    except (TypeError, ValueError):
        return ""
    if end is None:
        return ""
    return f", échu depuis le {day(end)}" if today and end < today else f", jusqu’au {day(end)}"


def workforce_words(profile: Mapping[str, Any]) -> str:
    """« 24 personnes en insertion, 6 permanents »."""
    said = profile.get("workforce") or {}
    parts = []
    if said.get("insertion") is not None:
        plural = "s" if said["insertion"] > 1 else ""
        parts.append(f"{figure(said['insertion'])}{NO_BREAK}personne{plural} en insertion")
    if said.get("permanent") is not None:
        plural = "s" if said["permanent"] > 1 else ""
        parts.append(f"{figure(said['permanent'])}{NO_BREAK}permanent{plural}")
    return ", ".join(parts)


def turnover_words(profile: Mapping[str, Any]) -> str:
    """« de 1 à 5 millions d’euros »; empty when unsaid."""
    return TURNOVERS.get((profile.get("turnover") or {}).get("bracket", ""), "")


def group_label(group: str) -> str:
    """The French name of a group that has no column."""
    if group.startswith(LABEL_GROUP):
        return "Label"
    return GROUP_LABELS.get(group, group)


def group_text(group: str, value: Any) -> str | None:
    """A group that has no column, in one line; None for another one. Only public contacts ever stand in a record."""
    if group.startswith(LABEL_GROUP):
        label = LABELS.get(group.removeprefix(LABEL_GROUP))
        return f"{label.name if label else group.removeprefix(LABEL_GROUP)}{_until(value)}"
    if group not in GROUP_LABELS:
        return None
    if group == "workforce":
        return workforce_words({group: value}) or "non renseigné"
    if group == "turnover":
        return turnover_words({group: value}) or "non renseigné"
    if group == "images":
        return f"{len(value or ())} image{'s' if len(value or ()) > 1 else ''}"
    if group == "lines":
        texts = [
            " · ".join(filter(None, (one.trade, one.ways, one.area))) for one in written_lines({group: value})
        ]
    else:
        key = {"offers": "title", "references": "client"}.get(group, "name")
        texts = [str(one.get(key, "")) for one in value or () if isinstance(one, Mapping)]
    return " ; ".join(filter(None, texts)) or "aucun"
