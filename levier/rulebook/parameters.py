"""The dated parameters of the rule book: reads, checks and serves ``parameters/<domain>/<name>.yaml``."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml

from levier.rulebook import readings

Status = Literal["confirmed", "to_confirm"]
DivisorKind = Literal["cost", "selling_price"]

FOLDER: Final = Path(__file__).with_name("parameters")
# These hold tables of another shape, read by the module that owns them.
OTHER_DOMAINS: Final = frozenset({"thresholds"})
OTHER_FILES: Final = frozenset({"calibration/cpv_trades.yaml", "programmes/rules.yaml"})

_FILE_FIELDS: Final = frozenset({"label", "unit", "author", "divisor_kind", "note", "values"})
_ROW_FIELDS: Final = frozenset(
    {
        "key",
        "label",
        "value",
        "low",
        "high",
        "unit",
        "source",
        "status",
        "valid_from",
        "valid_to",
        "author",
        "divisor_kind",
        "note",
    }
)
_SHARED_FIELDS: Final = ("label", "unit", "author", "divisor_kind", "note")
_LINE: Final = "__line__"
_DEEPEST: Final = 50
_BRACKETS: Final = re.compile(r"[\[\]{}]")
_RUN_OF_ENTRIES: Final = re.compile(r"(?:[-?][ \t]+){30}")


class ParameterError(ValueError):
    """A parameter file is wrong; the French sentence names the file, the line and the field."""


class UnknownParameter(LookupError):  # noqa: N818 - named for what happened, as the callers read it
    """No parameter of that name, key or date; the French sentence says what exists instead."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dated value of the rule book.

    ``value`` is the value to compute with, in ``unit``; ``low`` and ``high`` are the plausible bounds or
    None when the source gives one figure. A value whose status is ``to_confirm`` is never shown as sure.
    ``divisor_kind`` tells labour shares and hourly rates measured on cost from those measured on selling
    prices: the two must not be mixed. ``valid_to`` is the last day included, or None.
    """

    domain: str
    name: str
    key: str
    value: float
    low: float | None
    high: float | None
    unit: str
    source: str
    status: Status
    valid_from: date
    valid_to: date | None
    author: str
    divisor_kind: DivisorKind | None
    note: str
    label: str

    @property
    def is_confirmed(self) -> bool:
        """True when the value was read in its source and does not wait for a check."""
        return self.status == "confirmed"

    @property
    def bounds(self) -> tuple[float, float]:
        """Plausible low and high values; the value itself twice when no interval is known."""
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return low, high

    def covers(self, day: date) -> bool:
        """True when ``day`` falls within the validity of this value, both ends included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def as_dict(self) -> dict[str, Any]:
        """Every field as plain values, days in ISO form: what a study keeps."""
        return asdict(self) | {
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Parameter:
        """The reverse of ``as_dict``."""
        end = kept["valid_to"]
        days = {
            "valid_from": date.fromisoformat(kept["valid_from"]),
            "valid_to": date.fromisoformat(end) if end else None,
        }
        return cls(**(kept | days))


# libyaml when the wheel has it: every process reads all the files once, and it shows on the command line.
if TYPE_CHECKING or not yaml.__with_libyaml__:
    _SafeLoader = yaml.SafeLoader
else:
    _SafeLoader = yaml.CSafeLoader


class _RepeatedField(yaml.YAMLError):
    """A field written twice in one mapping, which YAML would let pass in silence."""

    def __init__(self, field: str, line: int) -> None:
        super().__init__(field)
        self.field = field
        self.line = line


class _LineLoader(_SafeLoader):
    """Keeps the line of each mapping and refuses a field written twice."""


def _construct_mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[str, Any]:
    loader.flatten_mapping(node)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in mapping:
            raise _RepeatedField(key, key_node.start_mark.line + 1)
        mapping[key] = loader.construct_object(value_node, deep=True)
    mapping[_LINE] = node.start_mark.line + 1
    return mapping


def _construct_day(loader: _LineLoader, node: yaml.ScalarNode) -> Any:
    """A day, or its text when no such day exists (2026-13-45): whoever reads the field says so by its name."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)
_LineLoader.add_constructor("tag:yaml.org,2002:timestamp", _construct_day)


def read_yaml(path: Path) -> dict[str, Any]:
    """Reads one YAML mapping; each mapping inside carries its line under ``__line__``.

    Raises ParameterError with the file and the line when the text is not valid YAML or not a mapping.
    """
    text = path.read_text(encoding="utf-8")
    if _is_too_deep(text):
        raise ParameterError(
            f"{path.name} : ce fichier imbrique trop de niveaux ; reprenez la forme d’un fichier fourni."
        )
    loader = _LineLoader(text)
    try:
        content = loader.get_single_data()
    except _RepeatedField as error:
        raise ParameterError(
            f"{path.name}, ligne {error.line} : le champ « {error.field} » est écrit deux fois ; "
            "gardez-en un seul."
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise ParameterError(
            f"{path.name}, ligne {line} : le fichier n’est pas du YAML lisible ; corrigez cette ligne."
        ) from error
    finally:
        loader.dispose()
    if not isinstance(content, dict):
        raise ParameterError(f"{path.name}, ligne 1 : le fichier doit commencer par des champs nommés.")
    return content


def _is_too_deep(text: str) -> bool:
    """Whether it nests more than any file of rules does: the C parser recurses, and thousands of levels end the process."""
    if _RUN_OF_ENTRIES.search(text):
        return True
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found[0] in "[{" else -1
        if depth > _DEEPEST:
            return True
    return False


def load_file(path: Path) -> tuple[Parameter, ...]:
    """Reads and checks one parameter file; its folder is the domain and its stem the name.

    Raises ParameterError, naming the file, the line and the row, for an unknown field, a missing source,
    a value out of its bounds, an unknown status or overlapping dates.
    """
    content = read_yaml(path)
    unknown = sorted(set(content) - _FILE_FIELDS - {_LINE})
    if unknown:
        raise ParameterError(
            f"{path.name} : le champ « {unknown[0]} » est inconnu ; champs admis : "
            f"{', '.join(sorted(_FILE_FIELDS))}."
        )
    rows = content.get("values")
    if not isinstance(rows, list) or not rows:
        raise ParameterError(f"{path.name} : la liste « values » manque ou est vide.")
    found = tuple(_row(path, content, row, number) for number, row in enumerate(rows, start=1))
    _check_overlaps(path, found)
    return found


def _row(path: Path, content: dict[str, Any], row: object, number: int) -> Parameter:
    if not isinstance(row, dict):
        raise ParameterError(f"{path.name}, valeur n° {number} : des champs nommés sont attendus.")
    where = f"{path.name}, ligne {row.get(_LINE, '?')}, valeur n° {number}"
    unknown = sorted(set(row) - _ROW_FIELDS - {_LINE})
    if unknown:
        raise ParameterError(
            f"{where} : le champ « {unknown[0]} » est inconnu ; "
            f"champs admis : {', '.join(sorted(_ROW_FIELDS))}."
        )
    merged: dict[str, Any] = {name: content[name] for name in _SHARED_FIELDS if name in content}
    merged |= {name: value for name, value in row.items() if value is not None}
    _check_words(where, merged)
    value, low, high = (_number(where, field, merged.get(field)) for field in ("value", "low", "high"))
    if value is None:
        raise ParameterError(f"{where} : le champ « value » manque ; ajoutez-le.")
    if not (value if low is None else low) <= value <= (value if high is None else high):
        raise ParameterError(f"{where} : la valeur {value} sort de ses bornes {low} et {high}.")
    valid_from, valid_to = _days(where, merged)
    return Parameter(
        domain=path.parent.name,
        name=path.stem,
        key=str(merged.get("key", "")),
        value=value,
        low=low,
        high=high,
        unit=str(merged["unit"]),
        source=str(merged["source"]).strip(),
        status=merged["status"],
        valid_from=valid_from,
        valid_to=valid_to,
        author=str(merged.get("author", "")),
        divisor_kind=merged.get("divisor_kind"),
        note=str(merged.get("note", "")).strip(),
        label=str(merged.get("label", path.stem)),
    )


def _check_words(where: str, merged: dict[str, Any]) -> None:
    for needed in ("unit", "source", "status", "valid_from"):
        if merged.get(needed) in (None, ""):
            raise ParameterError(f"{where} : le champ « {needed} » manque ; ajoutez-le.")
    status, kind = merged["status"], merged.get("divisor_kind")
    if status not in ("confirmed", "to_confirm"):
        raise ParameterError(f"{where} : « status » vaut « confirmed » ou « to_confirm », pas « {status} ».")
    if kind not in (None, "cost", "selling_price"):
        raise ParameterError(
            f"{where} : « divisor_kind » vaut « cost » ou « selling_price », pas « {kind} »."
        )


def _number(where: str, field: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{where} : « {field} » doit être un nombre, pas « {value} ».")
    return float(value)


def _days(where: str, merged: dict[str, Any]) -> tuple[date, date | None]:
    for field in ("valid_from", "valid_to"):
        day = merged.get(field)
        if day is not None and type(day) is not date:
            raise ParameterError(f"{where} : « {field} » doit être une date AAAA-MM-JJ, pas « {day} ».")
    valid_from, valid_to = merged["valid_from"], merged.get("valid_to")
    if valid_to is not None and valid_to < valid_from:
        raise ParameterError(f"{where} : « valid_to » précède « valid_from ».")
    return valid_from, valid_to


def _check_overlaps(path: Path, rows: tuple[Parameter, ...]) -> None:
    by_key: dict[str, list[Parameter]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    for key, dated in by_key.items():
        dated.sort(key=lambda row: row.valid_from)
        for before, after in pairwise(dated):
            if before.valid_to is None or before.valid_to >= after.valid_from:
                name = f"clé « {key} »" if key else "valeur sans clé"
                raise ParameterError(
                    f"{path.name}, {name} : deux valeurs valent le {after.valid_from:%d/%m/%Y} ; "
                    "fermez la première par « valid_to »."
                )


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, tuple[Parameter, ...]]]:
    """All parameters by name, then key, in order of date."""
    index: dict[str, dict[str, tuple[Parameter, ...]]] = {}
    for path in sorted(FOLDER.glob("*/*.yaml")):
        if path.parent.name in OTHER_DOMAINS or f"{path.parent.name}/{path.name}" in OTHER_FILES:
            continue
        if path.stem in index:
            raise ParameterError(
                f"{path.name} : ce nom existe dans deux domaines ; renommez l’un des fichiers."
            )
        keys: dict[str, tuple[Parameter, ...]] = {}
        for row in sorted(load_file(path), key=lambda row: row.valid_from):
            keys[row.key] = (*keys.get(row.key, ()), row)
        index[path.stem] = keys
    return index


def all_parameters() -> tuple[Parameter, ...]:
    """Every dated value of the rule book, by domain, name, key and date."""
    rows = (row for keys in _index().values() for dated in keys.values() for row in dated)
    return tuple(sorted(rows, key=lambda row: (row.domain, row.name, row.key, row.valid_from)))


def has(name: str, key: str = "") -> bool:
    """True when the rule book holds this parameter at some date."""
    return key in _index().get(name, {})


def get(name: str, key: str = "", on: date | None = None) -> Parameter:
    """The value of ``name`` for ``key`` valid on a day (today when None); see ``readings`` for one's own values.

    Raises UnknownParameter, with a sentence that says what exists, when there is none.
    """
    day = on or date.today()  # noqa: DTZ011 - a rule is looked up on the civil day of the machine
    own = readings.own_value(name, key, day)
    if own is not None:
        return readings.write_down(own)
    keys = _index().get(name)
    if keys is None:
        raise UnknownParameter(
            f"Le paramètre « {name} » n’existe pas ; paramètres connus : {', '.join(sorted(_index()))}."
        )
    dated = keys.get(key)
    if dated is None:
        known = ", ".join(sorted(filter(None, keys))) or "aucune clé"
        raise UnknownParameter(
            f"Le paramètre « {name} » n’a pas de valeur pour « {key} » ; clés connues : {known}."
        )
    for row in dated:
        if row.covers(day):
            return readings.write_down(row)
    what = f"« {name} » pour « {key} »" if key else f"« {name} »"
    spans = " ; ".join(
        f"du {row.valid_from:%d/%m/%Y}" + (f" au {row.valid_to:%d/%m/%Y}" if row.valid_to else " à ce jour")
        for row in dated
    )
    raise UnknownParameter(
        f"Le paramètre {what} n’a pas de valeur au {day:%d/%m/%Y} ; valeurs connues : {spans}."
    )
