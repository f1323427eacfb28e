"""Writes the demonstration directory: the same fictitious suppliers each time, over every département."""

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from django.utils import timezone

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role
from levier.directory.demo.said import groups_said
from levier.organisations.identifiers import luhn_sum
from levier.reference.models import Commune

LABEL = "(démonstration)"
SEED = 20_261
COLUMNS = (
    "siret", "type", "nom", "enseigne", "forme_juridique", "adresse", "code_postal", "code_commune", "ville",
    "site_web", "description", "telephone", "courriel", "secteurs", "places", "complements",
)  # fmt: skip

# What every département has; the wheel turns so that neighbours differ.
_WHEEL = (
    ("ETTI", "EI", "ACI", "EA", "GEIQ"),
    ("ETTI", "EI", "AI", "ESAT", "GEIQ"),
    ("AI", "EI", "ACI", "ESAT", "ETTI"),
    ("ETTI", "ACI", "REGIE", "EA", "GEIQ"),
)
_RICH = (
    "EI", "EI", "ACI", "EA", "ESAT", "AI", "ETTI", "GEIQ", "SCOP", "SCIC", "ESUS", "QPV", "EQUITABLE", "ESS",
)  # fmt: skip
_RARE = ("EITI", "EBE", "EATT", "SEP", "REGIE")
# Communes (INSEE) with more suppliers than the others: large cities, and the places of our worked examples.
_DENSE = {
    "59350": 14, "59512": 10, "44109": 12, "75056": 14, "13055": 12, "69123": 12, "31555": 8, "33063": 8,
    "67482": 8, "35238": 8, "34172": 6, "38185": 6, "93066": 8, "48095": 8, "97611": 10, "97411": 5,
    "97209": 5, "97105": 4, "97302": 4,
}  # fmt: skip
# What the worked examples look for: commune, kind, sector.
_WANTED = (
    ("59512", "EI", "peinture-vitrerie"), ("59512", "EI", "gros-oeuvre"), ("59350", "EI", "plomberie-chauffage"),
    ("59350", "GEIQ", "construction-generale"), ("59599", "EI", "isolation"), ("59009", "ACI", "gros-oeuvre"),
    ("59350", "EA", "nettoyage-locaux"), ("59350", "ESAT", "nettoyage-locaux"), ("59512", "EI", "nettoyage-locaux"),
    ("44109", "EI", "traiteur"), ("44109", "EA", "traiteur"), ("44162", "ESAT", "traiteur"),
    ("48095", "ACI", "patrimoine-bati"), ("48061", "ACI", "gros-oeuvre"), ("97611", "GEIQ", "construction-generale"),
    ("97608", "ACI", "gros-oeuvre"), ("32013", "ESAT", "traiteur"), ("67482", "EA", "impression"),
    ("69123", "EI", "demenagement"), ("35238", "EA", "creation-espaces-verts"), ("75056", "EI", "nettoyage-locaux"),
    ("13055", "ETTI", "mise-a-disposition"), ("31555", "EA", "numerisation-archivage"), ("56260", "ESAT", "blanchisserie"),
)  # fmt: skip
_LEGAL_FORMS = {
    "EI": "SARL", "EITI": "SAS", "ETTI": "SAS", "EATT": "SAS", "EA": "SAS", "SCOP": "SCOP SARL",
    "SCIC": "SCIC SA", "QPV": "SAS", "EQUITABLE": "SARL", "SEP": "SAS",
}  # fmt: skip
_STREETS = (
    "rue des Ateliers", "rue du Moulin", "avenue de la Gare", "rue de l’Industrie", "place du Marché",
    "chemin des Jardins", "rue des Tisserands", "allée des Compagnons", "rue du Four", "rue de l’Écluse",
)  # fmt: skip
# Numbers the regulator keeps for fiction: they call nobody.
_FICTION_PHONES = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98")
_VOWELS = "AEIOUYÂÉÈÊËÎÏÔŒH"


# Roubaix, and a number no other row has.
_MANAGED_TOWN, _MANAGED_NUMBER = "59512", 9_999


class Town(NamedTuple):
    """What a fictitious address needs of a commune: 35,000 are read, so they are no model instances."""

    code: str
    name: str
    departement_code: str
    postal_codes: list[str]


@dataclass(frozen=True)
class Trade:
    """One way of working: which kinds do it, how they are named and what they say of themselves."""

    kinds: tuple[str, ...]
    sectors: tuple[str, ...]
    name: str
    description: str


@cache
def trades() -> tuple[Trade, ...]:
    """The trades of the demonstration, in the order of the file."""
    text = (resources.files("levier.directory") / "demo" / "trades.csv").read_text(encoding="utf-8")
    return tuple(
        Trade(tuple(row["kinds"].split()), tuple(row["sectors"].split()), row["name"], row["description"])
        for row in csv.DictReader(text.splitlines(), delimiter=";")
    )


def write_demo_csv(path: Path) -> int:
    """Write the whole demonstration directory as a CSV of the product's own columns. Returns the rows."""
    rows = list(demo_rows())
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def demo_rows() -> Iterator[dict[str, str]]:
    """Every supplier of the demonstration; the reference communes must be loaded."""
    chance = random.Random(SEED)  # noqa: S311 - the same directory each time is what is wanted
    used: Counter[str] = Counter()
    turn: Counter[str] = Counter()
    for number, (commune, kind, wanted) in enumerate(_places_and_kinds(), start=1):
        possible = [trade for trade in trades() if kind in trade.kinds and wanted in ("", *trade.sectors)]
        trade = possible[turn[kind] % len(possible)]
        turn[kind] += not wanted
        name = trade.name.format(of=_of(commune.name))
        used[name] += 1
        if used[name] > 1:
            name = f"{name} {used[name]}"
        yield _row(number, commune, kind, trade, f"{name} {LABEL}", chance)
    yield _managed_row(by_code_of(_MANAGED_TOWN), chance)


def managed_key() -> str:
    """The key of the supplier whose sheet the demonstration account keeps."""
    return f"{DEMO[Role.SUPPLIER][2]}00010:EI"


def _managed_row(town: Town, chance: random.Random) -> dict[str, str]:
    """The structure of the demonstration account of a supplier."""
    *_, siren, name = DEMO[Role.SUPPLIER]
    trade = next(trade for trade in trades() if "EI" in trade.kinds and "nettoyage-locaux" in trade.sectors)
    row = _row(_MANAGED_NUMBER, town, "EI", trade, f"{name} {LABEL}", chance)
    # Its account says by itself how large it is and what it holds.
    return row | {"siret": f"{siren}00010", "complements": ""}


def by_code_of(code: str) -> Town:
    """A commune as a town of the demonstration."""
    return Town(*Commune.objects.values_list("code", "name", "departement_id", "postal_codes").get(code=code))


def _places_and_kinds() -> Iterator[tuple[Town, str, str]]:
    """Five suppliers in the largest communes of each département, the dense places, then those wanted by sector."""
    rare = 0
    towns: dict[str, list[Town]] = {}
    # A commune with a town hall of its own, in a département (not a collectivity of the Pacific).
    rows = Commune.objects.whole().filter(population__isnull=False).order_by("-population", "code")
    for row in rows.values_list("code", "name", "departement_id", "postal_codes").iterator(chunk_size=5_000):
        town = Town(*row)
        if not town.departement_code.startswith(("975", "977", "978", "98")) and town.postal_codes:
            towns.setdefault(town.departement_code, []).append(town)
    by_code = {commune.code: commune for found in towns.values() for commune in found[:400]}
    for position, departement in enumerate(sorted(towns)):
        for rank, kind in enumerate(_WHEEL[position % len(_WHEEL)]):
            found = towns[departement]
            yield found[rank % len(found)], kind, ""
    for code, count in _DENSE.items():
        commune = by_code.get(code)
        if commune is None:
            continue
        for rank in range(count):
            if rank % 7 == 6:
                yield commune, _RARE[rare % len(_RARE)], ""
                rare += 1
            else:
                yield commune, _RICH[(rank + rare) % len(_RICH)], ""
    for code, kind, wanted in _WANTED:
        yield by_code[code], kind, wanted


def impossible_siren(number: int) -> str:
    """A SIREN whose key is false, so that it can belong to nobody."""
    digits = f"999{number:06d}"
    if luhn_sum(digits) % 10 == 0:
        # One more never keeps the key: the last digit weighs one.
        digits = f"998{number:06d}"
        if luhn_sum(digits) % 10 == 0:
            digits = f"997{number:06d}"
    return digits


def _of(town: str) -> str:
    """« de Roubaix », « d’Arras », « du Mans », « des Abymes »."""
    if town.startswith("Le "):
        return f"du {town[3:]}"
    if town.startswith("Les "):
        return f"des {town[4:]}"
    return f"d’{town}" if town[0] in _VOWELS else f"de {town}"


def _row(
    number: int, commune: Town, kind: str, trade: Trade, name: str, chance: random.Random
) -> dict[str, str]:
    siren = impossible_siren(number)
    return {
        "siret": f"{siren}000{number % 90 + 10:02d}",
        "type": kind,
        "nom": name,
        "enseigne": "",
        "forme_juridique": _LEGAL_FORMS.get(kind, "Association"),
        "adresse": f"{chance.randint(1, 120)} {chance.choice(_STREETS)}",
        "code_postal": commune.postal_codes[0],
        "code_commune": commune.code,
        "ville": commune.name,
        "site_web": f"https://fournisseur-{number}.exemple.invalid",
        "description": f"{trade.description} Fournisseur fictif, pour la démonstration.",
        "telephone": f"{chance.choice(_FICTION_PHONES)} {number // 100:02d} {number % 100:02d}",
        "courriel": f"contact-{number}@exemple.invalid",
        "secteurs": ";".join(trade.sectors),
        "places": str(chance.randrange(20, 120, 5)) if kind == "ESAT" else "",
        "complements": json.dumps(groups_said(number, kind, trade.sectors, timezone.localdate())),
    }
