"""What is known of a person at entry in the clause: no name, no number, only what a rule asks. Reads it from a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final

from levier.rulebook import parameters

EMPLOYERS: Final = {
    "DIRECT": "entreprise ordinaire",
    "EI": "entreprise d’insertion",
    "ACI": "atelier et chantier d’insertion",
    "AI": "association intermédiaire",
    "ETTI": "entreprise de travail temporaire d’insertion",
    "EITI": "entreprise d’insertion par le travail indépendant",
    "EA": "entreprise adaptée",
    "EATT": "entreprise adaptée de travail temporaire",
    "ESAT": "établissement et service d’accompagnement par le travail",
    "GEIQ": "groupement d’employeurs pour l’insertion et la qualification",
    "REGIE": "régie de quartier ou de territoire agréée",
    "SEP": "atelier pénitentiaire",
    "INTERIM": "entreprise de travail temporaire ordinaire",
}
ALLOCATIONS: Final = {
    "rsa": "RSA",
    "ass": "ASS",
    "aah": "AAH",
    "allocation_insertion": "allocation d’insertion",
    "pension_invalidite": "pension d’invalidité",
    "allocation_veuvage": "allocation de veuvage",
    "are": "ARE",
}
ACCOMPANIMENTS: Final = {
    "pacea": "PACEA",
    "cej": "contrat d’engagement jeune",
    "sma": "service militaire adapté",
    "smv": "service militaire volontaire",
    "garantie_jeunes": "sortie de la Garantie jeunes",
    "epide": "EPIDE",
    "e2c": "École de la deuxième chance",
    "plie": "PLIE",
}
SITUATIONS: Final = {
    "refugee": "réfugié",
    "subsidiary_protection": "protection subsidiaire",
    "temporary_protection": "protection temporaire",
    "asylum_seeker": "demandeur d’asile",
    "leaving_custody": "sortie de détention",
    "under_justice": "placé sous main de justice",
    "leaving_ase": "sortie de l’aide sociale à l’enfance",
    "single_parent": "parent isolé",
    "no_housing": "sans logement à soi",
    "french_below_a1": "français en dessous de A1",
    "mobility": "problème de mobilité",
    "apprentice": "alternance",
}
# Words of identity: refused with their own sentence, for the calculation never needs them.
_IDENTITY: Final = frozenset(
    {"name", "nom", "prenom", "first_name", "last_name", "nir", "email", "phone", "address", "adresse"}
)
# A social security number has 13 or 15 digits, however it is spaced.
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[\s.\u00a0\u202f-]?\d){12,14}(?!\d)")
OLDEST: Final = date(1900, 1, 1)
MAX_BYTES: Final = 20_000


class EligibilityError(ValueError):
    """Facts or a rule set that cannot be read; the French sentence says what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a registration, both included; an open end says that it still runs."""

    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class ProofSeen:
    """A proof that somebody saw: its kind, the day it was issued, and « vu le…, par… ». The document is not kept."""

    kind: str
    issued_on: date | None = None
    seen_on: date | None = None
    seen_by: str = ""
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened after the entry, such as leaving the RSA; it never ends an eligibility."""

    on: date
    what: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A person's situation on the day of entry. None means « not known », an empty list means « none ».

    `employer` is a key of EMPLOYERS. `level` is the French scale of qualifications (3 = CAP or BEP). `first_clause_hire_on`
    is the first hire under any clause, when there was one before.
    """

    entry_on: date
    birth_on: date | None = None
    employer: str | None = None
    in_pathway: bool | None = None
    registrations: tuple[Period, ...] | None = None
    allocations: frozenset[str] | None = None
    rsa_dependant: bool | None = None
    boeth: bool | None = None
    accompaniments: frozenset[str] | None = None
    situations: frozenset[str] | None = None
    level: int | None = None
    out_of_school_on: date | None = None
    in_job_search: bool | None = None
    far_from_work: bool | None = None
    qpv: bool | None = None
    frr: bool | None = None
    prescriber_diagnosis: bool | None = None
    opinion: bool | None = None
    first_clause_hire_on: date | None = None
    proofs: tuple[ProofSeen, ...] = ()
    changes: tuple[Change, ...] = ()


_DAYS: Final = frozenset({"entry_on", "birth_on", "out_of_school_on", "first_clause_hire_on"})
_YES_NO: Final = frozenset(one.name for one in fields(Facts) if one.type == "bool | None")
_LISTS: Final[dict[str, Mapping[str, str]]] = {
    "allocations": ALLOCATIONS,
    "accompaniments": ACCOMPANIMENTS,
    "situations": SITUATIONS,
}
_KNOWN: Final = frozenset(one.name for one in fields(Facts))
_LINE: Final = "__line__"
FILE_FIELDS: Final = _KNOWN | {"sets"}


def read_facts(path: Path) -> tuple[Facts, tuple[str, ...]]:
    """The facts of a YAML file, and the rule sets it asks for (none: the caller chooses).

    Raises EligibilityError with the file, the line and the field when something is wrong.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EligibilityError(
                f"{path.name} : ce fichier est trop gros pour la situation d’une personne."
            )
        text = path.read_text(encoding="utf-8")
        content = parameters.read_yaml(path)
    except parameters.ParameterError as problem:
        raise EligibilityError(str(problem)) from problem
    except UnicodeDecodeError as problem:
        raise EligibilityError(
            f"{path.name} : ce fichier n’est pas du texte en UTF-8 ; enregistrez-le ainsi."
        ) from problem
    except OSError as problem:
        raise EligibilityError(
            f"{path.name} : ce fichier ne peut pas être lu ; vérifiez son chemin."
        ) from problem
    if found := _LONG_NUMBER.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise EligibilityError(
            f"{path.name}, ligne {line} : un nombre de 13 ou 15 chiffres ressemble à un numéro de sécurité sociale ; "
            "retirez-le, il n’est jamais demandé."
        )
    content.pop(_LINE, None)
    asked = content.pop("sets", [])
    if isinstance(asked, str):
        asked = [asked]
    if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
        raise EligibilityError(f"{path.name}, champ « sets » : une liste de jeux de règles est attendue.")
    return facts_from(content, where=_where(path.name, text)), tuple(asked)


def _where(name: str, text: str) -> dict[str, str]:
    """For each field at the left margin, the words that say where it is."""
    return {"": name} | {
        found[1]: f"{name}, ligne {number}, champ « {found[1]} »"
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := re.match(r"([A-Za-z_]\w*)\s*:", line))
    }


def facts_from(content: Mapping[str, Any], *, where: Mapping[str, str] | None = None) -> Facts:
    """Facts from plain values (days as dates or AAAA-MM-JJ). Raises EligibilityError naming the field."""
    places = where or {}
    values: dict[str, Any] = {}
    for field, value in content.items():
        place = places.get(field, f"Champ « {field} »")
        if field.casefold() in _IDENTITY:
            raise EligibilityError(
                f"{place} : n’écrivez ni nom, ni adresse, ni numéro ; le calcul n’en a pas besoin. Retirez ce champ."
            )
        if field not in _KNOWN:
            raise EligibilityError(
                f"{place} : ce champ est inconnu ; champs admis : {', '.join(sorted(FILE_FIELDS))}."
            )
        if value is not None:
            values[field] = _value(place, field, value)
    if "entry_on" not in values:
        raise EligibilityError(
            f"{places.get('', 'Situation')} : le champ « entry_on » manque ; donnez le jour de l’entrée (AAAA-MM-JJ)."
        )
    facts = Facts(**values)
    _check_order(facts, places)
    return facts


def _value(place: str, field: str, value: Any) -> Any:
    if field in _DAYS:
        return _day(place, value)
    if field in _YES_NO:
        if not isinstance(value, bool):
            raise EligibilityError(
                f"{place} : répondez true ou false, ou laissez vide si ce n’est pas connu."
            )
        return value
    if field in _LISTS:
        return _choices(place, value, _LISTS[field])
    if field == "employer":
        if not isinstance(value, str) or value not in EMPLOYERS:
            raise EligibilityError(
                f"{place} : « {_said(value)} » n’est pas un type d’employeur ; choisissez parmi : {', '.join(EMPLOYERS)}."
            )
        return value
    if field == "level":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 8:
            raise EligibilityError(
                f"{place} : donnez un niveau de 0 (aucun diplôme) à 8 ; CAP et BEP sont au niveau 3."
            )
        return value
    if not isinstance(value, list):
        raise EligibilityError(f"{place} : une liste est attendue.")
    return tuple(_entry(f"{place}, n° {number}", field, one) for number, one in enumerate(value, start=1))


def _said(value: Any) -> str:
    """A wrong value as a sentence may hold it: short, and never a whole structure."""
    text = str(value) if isinstance(value, str | int | float | date) else "…"
    return text if len(text) <= 60 else f"{text[:59]}…"


def _choices(place: str, value: Any, known: Mapping[str, str]) -> frozenset[str]:
    if not isinstance(value, list):
        raise EligibilityError(f"{place} : une liste est attendue ; [] veut dire « aucune ».")
    for one in value:
        if not isinstance(one, str) or one not in known:
            raise EligibilityError(
                f"{place} : « {_said(one)} » est inconnu ; choisissez parmi : {', '.join(sorted(known))}."
            )
    return frozenset(value)


_ENTRIES: Final[dict[str, tuple[type, dict[str, str]]]] = {
    "registrations": (Period, {"start": "day", "end": "day"}),
    "proofs": (
        ProofSeen,
        {"kind": "text", "issued_on": "day", "seen_on": "day", "seen_by": "text", "valid_to": "day"},
    ),
    "changes": (Change, {"on": "day", "what": "text"}),
}
_NEEDED: Final = {"registrations": ("start",), "proofs": ("kind",), "changes": ("on", "what")}


def _entry(place: str, field: str, given: Any) -> Any:
    maker, kinds = _ENTRIES[field]
    if not isinstance(given, dict):
        raise EligibilityError(f"{place} : des champs nommés sont attendus ({', '.join(kinds)}).")
    # YAML 1.1 reads the bare words `on` and `off` as true and false.
    named = {("on" if key in (True, "True") else key): value for key, value in given.items() if key != _LINE}
    values: dict[str, Any] = {}
    for key, value in named.items():
        if key not in kinds:
            raise EligibilityError(
                f"{place} : le champ « {key} » est inconnu ; champs admis : {', '.join(kinds)}."
            )
        if value is not None:
            spot = f"{place}, champ « {key} »"
            values[key] = _day(spot, value) if kinds[key] == "day" else _text(spot, value)
    for key in _NEEDED[field]:
        if key not in values:
            raise EligibilityError(f"{place} : le champ « {key} » manque ; ajoutez-le.")
    made = maker(**values)
    if isinstance(made, Period) and made.end is not None and made.end < made.start:
        raise EligibilityError(f"{place} : la fin précède le début ; vérifiez les deux dates.")
    return made


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise EligibilityError(f"{place} : un texte de 1 à 200 caractères est attendu.")
    return value.strip()


def _day(place: str, value: Any) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError as problem:
            raise EligibilityError(
                f"{place} : « {_said(value)} » n’est pas une date ; écrivez-la AAAA-MM-JJ."
            ) from problem
    if type(value) is not date:
        raise EligibilityError(f"{place} : « {_said(value)} » n’est pas une date ; écrivez-la AAAA-MM-JJ.")
    if not OLDEST <= value < date(2200, 1, 1):
        raise EligibilityError(f"{place} : l’année {value.year} est impossible ; vérifiez la date.")
    return value


def _check_order(facts: Facts, places: Mapping[str, str]) -> None:
    """Days that cannot stand in that order are a typing mistake, not a fact."""

    def place(field: str) -> str:
        return places.get(field, f"Champ « {field} »")

    if facts.birth_on is not None and facts.birth_on >= facts.entry_on:
        raise EligibilityError(f"{place('birth_on')} : la naissance suit l’entrée ; vérifiez les deux dates.")
    if facts.first_clause_hire_on is not None and facts.first_clause_hire_on > facts.entry_on:
        raise EligibilityError(
            f"{place('first_clause_hire_on')} : la première embauche suit l’entrée ; laissez vide s’il n’y en a pas eu avant."
        )
    for change in facts.changes:
        if change.on < facts.entry_on:
            raise EligibilityError(
                f"{place('changes')} : le {change.on:%d/%m/%Y} précède l’entrée ; décrivez la situation du jour de "
                "l’entrée dans les autres champs."
            )
