"""The rule sets of eligibility: criteria with their source and date, in versions; proofs and how long they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

from levier.rulebook import parameters
from levier.rulebook.eligibility.conditions import CONDITIONS, check_condition
from levier.rulebook.eligibility.facts import EMPLOYERS, EligibilityError

Status = Literal["confirmed", "to_confirm"]
Validity = int | Literal["standing", "delivery"]

FOLDER: Final = Path(__file__).parent
_LINE: Final = "__line__"
_SET_FIELDS: Final = frozenset({"key", "label", "note", "extends", "versions", _LINE})
_VERSION_FIELDS: Final = frozenset(
    {"version", "valid_from", "valid_to", "source", "dated", "status", "open", "window", "criteria"}
    | {"without", "level_2_needed", _LINE}
)
_USE_FIELDS: Final = frozenset({"use", "source", "dated", "status", "level", "priority", _LINE})
_OWN_FIELDS: Final = frozenset(
    {"key", "label", "category", "sensitive", "when", "proofs", "decides", "source", "dated", "status"}
    | {"level", "priority", _LINE}
)
# Categories of criteria, in the words of a yearly account of publics.
CATEGORIES: Final = {
    "structure": "En parcours dans une structure, comptés d’office",
    "jobseeker": "Demandeurs d’emploi de longue durée",
    "senior": "50 ans et plus",
    "minimum_income": "Minima sociaux et allocations",
    "disabled": "Travailleurs handicapés (L5212-13)",
    "youth": "Moins de 26 ans",
    "territory": "Habitants d’un QPV ou d’une zone FRR",
    "protection": "Réfugiés et protégés",
    "justice": "Sous main de justice ou sortants de détention",
    "social": "Autres difficultés sociales",
    "accompanied": "Accompagnés (PLIE, alternance, diagnostic)",
    "opinion": "Sur avis motivé",
}
START_EVENTS: Final = ("first_clause_hire", "entry")


@dataclass(frozen=True, slots=True)
class Proof:
    """One kind of document. `validity`: months before the entry, or how else it holds. `machine`: who can certify it."""

    key: str
    label: str
    given_by: str
    validity: Validity
    machine: str
    status: Status


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reason to be eligible. `proofs`: one group is enough, every proof of a group is needed.

    `sensitive` is health, justice, protection or empty: such a reason is never shown to a buyer or a company.
    `level` is 1 (enough alone) or 2 (several are needed). `decides` is « facilitator » when no rule can.
    """

    key: str
    label: str
    category: str
    sensitive: str
    when: tuple[tuple[str, Any], ...]
    proofs: tuple[tuple[str, ...], ...]
    decides: str
    level: int
    priority: bool
    source: str
    dated: date
    status: Status


@dataclass(frozen=True, slots=True)
class Window:
    """How long an eligibility lasts: `months` is the name of a dated parameter, `start_event` a key of START_EVENTS."""

    months: str
    start_event: str
    carry_over: bool
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of a list of criteria. An open list leaves room for the facilitator's decision; a closed one does not."""

    key: str
    label: str
    note: str
    version: int
    valid_from: date
    valid_to: date | None
    source: str
    status: Status
    is_open: bool
    window: Window
    level_2_needed: tuple[tuple[str, int], ...]
    criteria: tuple[Criterion, ...]

    @property
    def name(self) -> str:
        """The name kept with an entry: the set and its version, such as « ccag_2021/1 »."""
        return f"{self.key}/{self.version}"


@lru_cache(maxsize=1)
def proofs() -> dict[str, Proof]:
    """Every proof of the library, by key."""
    rows = _read(FOLDER / "proofs.yaml")["proofs"]
    return {
        row["key"]: Proof(
            row["key"], row["label"], row["from"], row["validity"], row.get("machine", ""), row["status"]
        )
        for row in rows
    }


@lru_cache(maxsize=1)
def library() -> dict[str, dict[str, Any]]:
    """The criteria every set may take, by key: plain values, without a source of their own."""
    return {row["key"]: row for row in _read(FOLDER / "criteria.yaml")["criteria"]}


# The lists of an installation, by key: those of its territory, beside the shipped ones.
_own: dict[str, Path] = {}


def use_own_sets(folder: Path) -> tuple[str, ...]:
    """Take the lists of a folder (<key>.yaml) beside the shipped sets; gives one French sentence for each file left out, none when all hold.

    The files are read once: a changed one is seen at the next start.
    """
    _own.clear()
    for cached in (set_keys, _versions):
        cached.cache_clear()
    problems = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in set_keys():
            problems.append(
                f"{path.name} : ce nom est celui d’un jeu fourni ; donnez-en un autre à votre liste."
            )
            continue
        _own[path.stem] = path
        set_keys.cache_clear()
        try:
            _versions(path.stem)
        except EligibilityError as problem:
            del _own[path.stem]
            set_keys.cache_clear()
            problems.append(str(problem))
    return tuple(problems)


@lru_cache(maxsize=1)
def set_keys() -> tuple[str, ...]:
    """The rule sets that are known, shipped or of the installation, in alphabetical order."""
    return tuple(sorted({path.stem for path in (FOLDER / "sets").glob("*.yaml")} | set(_own)))


def rule_set(key: str, on: date, *, version: int | None = None) -> RuleSet:
    """The version of a shipped set in force on a day, or that very version when it is given.

    Raises EligibilityError when there is none, saying what exists.
    """
    if key not in set_keys():
        raise EligibilityError(
            f"Le jeu de règles « {key} » n’existe pas ; jeux connus : {', '.join(set_keys())}."
        )
    return _chosen(_versions(key), key, on, version)


def set_labels() -> tuple[tuple[str, str], ...]:
    """Key and name of each shipped set."""
    return tuple((key, _versions(key)[-1].label) for key in set_keys())


def all_versions() -> dict[str, tuple[RuleSet, ...]]:
    """Every version of every shipped set, by key, in order of date."""
    return {key: _versions(key) for key in set_keys()}


def load_set(path: Path, on: date, *, version: int | None = None) -> RuleSet:
    """The same from a file of one's own, such as a territory's list. Raises EligibilityError with the file and the line."""
    found = parse_versions(path.name, _read(path))
    return _chosen(found, found[0].key, on, version)


@lru_cache(maxsize=32)
def _versions(key: str) -> tuple[RuleSet, ...]:
    path = _own.get(key) or FOLDER / "sets" / f"{key}.yaml"
    found = parse_versions(path.name, _read(path))
    if found[0].key != key:
        raise EligibilityError(f"{path.name} : « key » vaut « {found[0].key} » ; écrivez « {key} ».")
    return found


def _chosen(found: tuple[RuleSet, ...], key: str, on: date, version: int | None) -> RuleSet:
    if version is not None:
        for one in found:
            if one.version == version:
                return one
        known = ", ".join(str(one.version) for one in found)
        raise EligibilityError(f"Le jeu « {key} » n’a pas de version {version} ; versions connues : {known}.")
    for one in found:
        if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to):
            return one
    spans = " ; ".join(f"à partir du {one.valid_from:%d/%m/%Y}" for one in found)
    raise EligibilityError(f"Le jeu « {key} » ne vaut pas au {on:%d/%m/%Y} ; versions connues : {spans}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        return parameters.read_yaml(path)
    except parameters.ParameterError as problem:
        raise EligibilityError(str(problem)) from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise EligibilityError(
            f"{path.name} : ce fichier ne peut pas être lu ; vérifiez son chemin et qu’il est en UTF-8."
        ) from problem


def parse_versions(name: str, content: dict[str, Any]) -> tuple[RuleSet, ...]:
    """Every version of a set, checked. Raises EligibilityError naming the file, the line and the field."""
    _refuse_unknown(name, content, _SET_FIELDS)
    _need(name, content, ("key", "label", "versions"))
    base = content.get("extends", "")
    if base and base not in set_keys():
        raise EligibilityError(f"{name} : le jeu « {base} » à compléter n’existe pas.")
    if not isinstance(content["versions"], list) or not content["versions"]:
        raise EligibilityError(f"{name} : la liste « versions » est vide ; écrivez-en une.")
    found = sorted(
        (_version(name, content, raw) for raw in content["versions"]), key=lambda one: one.valid_from
    )
    numbers = [one.version for one in found]
    if len(set(numbers)) != len(numbers):
        raise EligibilityError(f"{name} : deux versions portent le même numéro ; changez-en un.")
    for before, after in pairwise(found):
        if before.valid_to is None or before.valid_to >= after.valid_from:
            raise EligibilityError(
                f"{name} : deux versions valent le {after.valid_from:%d/%m/%Y} ; fermez la première par « valid_to »."
            )
    return tuple(found)


def _version(name: str, content: dict[str, Any], raw: Any) -> RuleSet:
    where = _at(name, raw)
    _refuse_unknown(where, raw, _VERSION_FIELDS)
    _need(where, raw, ("version", "valid_from", "source", "dated", "status", "open", "criteria"))
    for field in ("valid_from", "dated", "valid_to"):
        if raw.get(field) is not None and type(raw[field]) is not date:
            raise EligibilityError(f"{where} : « {field} » doit être une date AAAA-MM-JJ.")
    if not isinstance(raw["version"], int) or not isinstance(raw["open"], bool):
        raise EligibilityError(f"{where} : « version » est un nombre entier, « open » vaut true ou false.")
    _check_status(where, raw["status"])
    base = rule_set(content["extends"], raw["valid_from"]) if content.get("extends") else None
    own = tuple(_criterion(name, one, raw) for one in raw["criteria"])
    keys = [one.key for one in own]
    if len(set(keys)) != len(keys):
        raise EligibilityError(f"{where} : un critère est écrit deux fois ; gardez-en un.")
    return RuleSet(
        key=str(content["key"]),
        label=str(content["label"]),
        note=str(content.get("note", "")),
        version=raw["version"],
        valid_from=raw["valid_from"],
        valid_to=raw.get("valid_to"),
        source=str(raw["source"]),
        status=raw["status"],
        is_open=raw["open"],
        window=_window(where, raw.get("window"), base),
        level_2_needed=_level_2(where, raw.get("level_2_needed")),
        criteria=own + _inherited(where, raw.get("without", []), base, keys),
    )


def _inherited(
    where: str, without: list[str], base: RuleSet | None, taken: list[str]
) -> tuple[Criterion, ...]:
    inherited = base.criteria if base else ()
    unknown = [key for key in without if key not in {one.key for one in inherited}]
    if unknown:
        raise EligibilityError(
            f"{where} : « {unknown[0]} » n’est pas dans le jeu complété, il ne peut en être retiré."
        )
    return tuple(one for one in inherited if one.key not in {*without, *taken})


def _criterion(name: str, raw: Any, version: dict[str, Any]) -> Criterion:
    where = _at(name, raw)
    if not isinstance(raw, dict):
        raise EligibilityError(f"{where} : un critère est un groupe de champs (use: rsa, par exemple).")
    if "use" in raw:
        _refuse_unknown(where, raw, _USE_FIELDS)
        if raw["use"] not in library():
            raise EligibilityError(
                f"{where} : le critère « {raw['use']} » n’existe pas ; critères connus : {', '.join(library())}."
            )
        row = library()[raw["use"]] | raw
    else:
        _refuse_unknown(where, raw, _OWN_FIELDS)
        _need(where, raw, ("key", "label", "category", "when", "proofs"))
        row = raw
    for condition, wanted in row["when"].items():
        if condition != _LINE and (problem := check_condition(condition, wanted)):
            raise EligibilityError(f"{where} : {problem} Conditions connues : {', '.join(CONDITIONS)}.")
    groups = tuple(tuple(part.strip() for part in group.split("+")) for group in row["proofs"])
    unknown = [key for group in groups for key in group if key not in proofs()]
    if unknown:
        raise EligibilityError(f"{where} : la preuve « {unknown[0]} » n’est pas dans la bibliothèque.")
    status = row.get("status", version["status"])
    _check_status(where, status)
    return Criterion(
        key=row["key"],
        label=row["label"],
        category=row["category"],
        sensitive=row.get("sensitive", ""),
        when=tuple((key, value) for key, value in row["when"].items() if key != _LINE),
        proofs=groups,
        decides=row.get("decides", ""),
        level=int(row.get("level", 1)),
        priority=bool(row.get("priority", False)),
        source=str(row.get("source", version["source"])),
        dated=row.get("dated", version["dated"]),
        status=status,
    )


def _window(where: str, raw: Any, base: RuleSet | None) -> Window:
    if raw is None and base is not None:
        return replace(base.window)
    if not isinstance(raw, dict):
        raise EligibilityError(
            f"{where} : le champ « window » manque ; dites la durée et ce qui la fait partir."
        )
    _need(where, raw, ("months", "start_event", "carry_over", "status", "source"))
    if raw["start_event"] not in START_EVENTS:
        raise EligibilityError(f"{where} : « start_event » vaut {' ou '.join(START_EVENTS)}.")
    if not parameters.has(str(raw["months"])):
        raise EligibilityError(f"{where} : « months » nomme un paramètre daté, tel que eligibility_months.")
    _check_status(where, raw["status"])
    return Window(
        str(raw["months"]), raw["start_event"], bool(raw["carry_over"]), raw["status"], str(raw["source"])
    )


def _level_2(where: str, raw: Any) -> tuple[tuple[str, int], ...]:
    needed = {key: value for key, value in (raw or {}).items() if key != _LINE}
    for employer, count in needed.items():
        if employer not in EMPLOYERS or not isinstance(count, int) or count < 1:
            raise EligibilityError(f"{where} : « level_2_needed » donne un nombre par type d’employeur.")
    return tuple(needed.items())


def _at(name: str, raw: Any) -> str:
    return f"{name}, ligne {raw.get(_LINE, '?')}" if isinstance(raw, dict) else name


def _check_status(where: str, status: Any) -> None:
    if status not in ("confirmed", "to_confirm"):
        raise EligibilityError(
            f"{where} : « status » vaut « confirmed » ou « to_confirm », pas « {status} »."
        )


def _refuse_unknown(where: str, raw: Any, known: frozenset[str]) -> None:
    if not isinstance(raw, dict):
        raise EligibilityError(f"{where} : des champs nommés sont attendus.")
    unknown = sorted(set(raw) - known)
    if unknown:
        raise EligibilityError(
            f"{where} : le champ « {unknown[0]} » est inconnu ; champs admis : "
            f"{', '.join(sorted(known - {_LINE}))}."
        )


def _need(where: str, raw: dict[str, Any], fields: tuple[str, ...]) -> None:
    for field in fields:
        if raw.get(field) in (None, ""):
            raise EligibilityError(f"{where} : le champ « {field} » manque ; ajoutez-le.")
