"""Owns the dated thresholds and entry dates of public procurement law, read from YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

import yaml

Status = Literal["confirmed", "to_confirm"]
STATUSES = ("confirmed", "to_confirm")
ANY = "*"
_START_DATES = "start_dates"
_ROW_FIELDS = {"from", "to", "value", "status", "source", "note"}


class ThresholdError(ValueError):
    """A threshold that is unknown, asked without a key, or badly written in its file."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One value of a threshold over one period; `unit` says euros excl. tax, hours or a share (0 to 1)."""

    name: str
    title: str
    article: str
    keys: tuple[tuple[str, str], ...]
    value: float
    unit: str
    status: Status
    source: str
    valid_from: date
    valid_to: date | None
    note: str = ""

    def covers(self, on: date) -> bool:
        """Say whether the value was in force on that day (both bounds included)."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class StartDate:
    """The day a rule starts to apply, and the event whose date is compared with it."""

    rule: str
    on: date
    status: Status
    source: str
    basis: str
    basis_status: Status
    basis_source: str


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    title: str
    keys: tuple[str, ...]
    rows: tuple[Threshold, ...]


# A dossier asks a hundred of them to compare the levers, nearly always the same.
@lru_cache(maxsize=2_048)
def threshold(name: str, *, on: date | None = None, **keys: str) -> Threshold:
    """Return the threshold `name` in force on `on` (None: the newest version).

    `keys` selects the row, e.g. `buyer="etat", contract="services"`; an exact key wins over « * ».
    After the last known period the newest value is returned as `to_confirm`, with a note saying so.
    Raises ThresholdError (French sentence) for an unknown name, a missing key or a date before the
    first period.
    """
    table = _table(name)
    unexpected = set(keys) ^ set(table.keys)
    if unexpected:
        raise ThresholdError(
            f"Le seuil « {name} » se demande avec {_listed(table.keys)} ; "
            f"à revoir : {_listed(sorted(unexpected))}."
        )
    rows = [row for row in table.rows if _matches(row, keys)]
    if not rows:
        asked = ", ".join(f"{key} = {value}" for key, value in keys.items())
        raise ThresholdError(f"Le seuil « {name} » n’a aucune valeur pour {asked}.")
    best = min(sum(value == ANY for _, value in row.keys) for row in rows)
    rows = sorted(
        (row for row in rows if sum(value == ANY for _, value in row.keys) == best),
        key=lambda row: row.valid_from,
    )
    if on is None:
        return rows[-1]
    for row in rows:
        if row.covers(on):
            return row
    if on < rows[0].valid_from:
        raise ThresholdError(
            f"Le seuil « {name} » n’est pas connu au {on:%d/%m/%Y} : la première valeur commence "
            f"le {rows[0].valid_from:%d/%m/%Y}."
        )
    # Past the last published period: the newest figure is the best estimate, never a sure one.
    return replace(
        rows[-1],
        status="to_confirm",
        note=f"Dernière valeur connue ; celle en vigueur au {on:%d/%m/%Y} est à vérifier.",
    )


def start_date(rule: str) -> StartDate:
    """Return the entry into force of `rule` (an article such as « L2112-2-1 »).

    Raises ThresholdError when no date is recorded for it.
    """
    dates = _start_dates()
    if rule not in dates:
        raise ThresholdError(f"Aucune date d’entrée en vigueur n’est enregistrée pour « {rule} ».")
    return dates[rule]


def all_thresholds() -> tuple[Threshold, ...]:
    """Return every dated value of every threshold, file by file, in the order of the files."""
    return tuple(row for name in names() for row in _table(name).rows)


@cache
def names() -> tuple[str, ...]:
    """Return the names accepted by `threshold`, in alphabetical order."""
    folder = files("levier.rulebook") / "parameters" / "thresholds"
    stems = (entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(stem for stem in stems if stem != _START_DATES))


def parse_table(name: str, content: Mapping[str, Any]) -> tuple[Threshold, ...]:
    """Turn the content of one file into rows, or raise ThresholdError naming the file and the row.

    Refuses unknown fields, a missing source, an unknown status, and periods that overlap or leave a gap.
    """
    for field in ("title", "article", "unit", "keys", "values"):
        if field not in content:
            raise ThresholdError(f"Fichier de seuil « {name} » : le champ « {field} » manque.")
    keys = tuple(content["keys"])
    rows = tuple(
        _parse_row(name, number, raw, keys, content) for number, raw in enumerate(content["values"], start=1)
    )
    _refuse_overlaps(name, rows)
    return rows


def _parse_row(
    name: str, number: int, raw: Mapping[str, Any], keys: tuple[str, ...], content: Mapping[str, Any]
) -> Threshold:
    where = f"Fichier de seuil « {name} », ligne {number}"
    unknown = set(raw) - _ROW_FIELDS - set(keys)
    if unknown:
        raise ThresholdError(f"{where} : champ inconnu {_listed(sorted(unknown))}.")
    missing = ({"from", "value", "status", "source"} | set(keys)) - set(raw)
    if missing:
        raise ThresholdError(f"{where} : il manque {_listed(sorted(missing))}.")
    if raw["status"] not in STATUSES:
        raise ThresholdError(f"{where} : le statut « {raw['status']} » n’existe pas.")
    if not str(raw["source"]).strip():
        raise ThresholdError(f"{where} : la source est vide.")
    valid_to = raw.get("to")
    if valid_to is not None and valid_to < raw["from"]:
        raise ThresholdError(f"{where} : la période finit avant de commencer.")
    return Threshold(
        name=name,
        title=content["title"],
        article=content["article"],
        keys=tuple((key, str(raw[key])) for key in keys),
        value=float(raw["value"]),
        unit=content["unit"],
        status=raw["status"],
        source=raw["source"],
        valid_from=raw["from"],
        valid_to=valid_to,
        note=raw.get("note", ""),
    )


def _refuse_overlaps(name: str, rows: tuple[Threshold, ...]) -> None:
    by_keys: dict[tuple[tuple[str, str], ...], list[Threshold]] = {}
    for row in rows:
        by_keys.setdefault(row.keys, []).append(row)
    for same in by_keys.values():
        same.sort(key=lambda row: row.valid_from)
        for before, after in pairwise(same):
            if before.valid_to is None or before.valid_to >= after.valid_from:
                raise ThresholdError(
                    f"Fichier de seuil « {name} » : deux périodes se recouvrent "
                    f"au {after.valid_from:%d/%m/%Y}."
                )
            if before.valid_to + timedelta(days=1) != after.valid_from:
                raise ThresholdError(
                    f"Fichier de seuil « {name} » : il y a un trou avant le {after.valid_from:%d/%m/%Y}."
                )


def _matches(row: Threshold, keys: Mapping[str, str]) -> bool:
    return all(value in (ANY, keys[key]) for key, value in row.keys)


@cache
def _table(name: str) -> _Table:
    if name not in names():
        raise ThresholdError(f"Le seuil « {name} » n’existe pas. Seuils connus : {_listed(names())}.")
    content = _read(name)
    rows = parse_table(name, content)
    return _Table(name, content["title"], tuple(content["keys"]), rows)


@cache
def _start_dates() -> dict[str, StartDate]:
    # The file says `date`: YAML 1.1 reads the bare word `on` as the boolean true.
    dates = ({**entry, "on": entry["date"]} for entry in _read(_START_DATES)["dates"])
    return {
        entry["rule"]: StartDate(**{key: value for key, value in entry.items() if key != "date"})
        for entry in dates
    }


def _read(name: str) -> dict[str, Any]:
    path = files("levier.rulebook") / "parameters" / "thresholds" / f"{name}.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _listed(words: Any) -> str:
    return ", ".join(f"« {word} »" for word in words) or "aucune précision"
