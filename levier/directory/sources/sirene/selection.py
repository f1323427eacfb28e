"""The rules that make suppliers of places of the SIRENE stock, from a YAML file, as conditions of SQL."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from levier.directory.sources.errors import UnreadableFileError
from levier.directory.sources.sirene.stock import Stock

PACKAGED = Path(__file__).parent / "selection.yaml"
OWN_NAME = "sirene-selection.yaml"
KINDS = ("SCOP", "ESS", "QPV")
# In the order of size: « NN » (no employee) and « 00 » come first.
BANDS = ("NN", "00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53")
_HEAD_OFFICE = "lower(etablissementSiege) IN ('true', 't', '1')"
_FIELDS = {
    "kind", "legal_categories", "ess_declared", "in_qpv", "head_office_only", "least_band", "departements",
    "excluded_naf",
}  # fmt: skip
_SHAPES = {
    "legal_categories": re.compile(r"\d{1,4}"),
    "departements": re.compile(r"\d{2,3}|2[AB]"),
    "excluded_naf": re.compile(r"\d{2,4}[A-Z]?"),
}


@dataclass(frozen=True)
class Rules:
    """Conditions of SQL: on legal units, on places, and the query of places with their kind (the first rule that holds)."""

    unit_condition: str
    place_condition: str
    query: str
    needs_places: bool

    def refuse_without(self, stock: Stock) -> None:
        """Raises UnreadableFileError when a file that the rules need is not beside the establishments."""
        if stock.units is None:
            raise UnreadableFileError(
                "Le fichier des unités légales (« StockUniteLegale_utf8.parquet » ou .zip) doit se trouver à côté "
                f"de « {stock.establishments.name} »."
            )
        if self.needs_places and stock.places is None:
            raise UnreadableFileError(
                "Une règle demande le quartier prioritaire : le fichier « GeolocalisationEtablissement… » doit se "
                f"trouver à côté de « {stock.establishments.name} »."
            )


def load_rules() -> Rules:
    """The rules of LEVIER_HOME, else those of the package. Raises UnreadableFileError with a French sentence."""
    own = Path(settings.LEVIER_HOME) / OWN_NAME
    path = own if own.is_file() else PACKAGED
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        rules = [_checked(rule) for rule in said["rules"]]
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as problem:
        reason = problem if isinstance(problem, ValueError) else "une liste « rules » est attendue"
        raise UnreadableFileError(f"Les règles « {path} » ne se lisent pas : {reason}.") from None
    if not rules:
        raise UnreadableFileError(f"Les règles « {path} » sont vides : rien à importer.")
    cases = " ".join(f"WHEN {_place_condition(rule)} THEN '{rule['kind']}'" for rule in rules)
    return Rules(
        unit_condition=_common_condition(rules)
        + " AND ("
        + " OR ".join(f"({_unit_condition(rule)})" for rule in rules)
        + ")",
        # What the query asks of every place, so that fewer are read.
        place_condition="coalesce(upper(etatAdministratifEtablissement) <> 'F', true)"
        + (f" AND {_HEAD_OFFICE}" if all(rule.get("head_office_only") for rule in rules) else ""),
        query=f"SELECT * FROM (SELECT NULL AS supplier_key, CASE {cases} END AS kind, * FROM joined)"  # noqa: S608
        " WHERE kind IS NOT NULL AND NOT is_closed AND legal_name IS NOT NULL",
        needs_places=any(rule.get("in_qpv") for rule in rules),
    )


def _checked(rule: dict[str, Any]) -> dict[str, Any]:
    unknown = set(rule) - _FIELDS
    if unknown:
        raise ValueError(f"champ inconnu « {sorted(unknown)[0]} »")
    if rule.get("kind") not in KINDS:
        raise ValueError(f"« kind » vaut « {rule.get('kind')} », on attend {', '.join(KINDS)}")
    if rule.get("least_band", "NN") not in BANDS:
        raise ValueError(f"tranche d’effectif inconnue : « {rule['least_band']} »")
    for name, shape in _SHAPES.items():
        for value in rule.get(name) or ():
            # These texts enter the SQL: nothing but codes may pass.
            if not shape.fullmatch(str(value)):
                raise ValueError(f"« {name} » : « {value} » n’est pas un code")
    return rule


def _begins(column: str, codes: list[Any]) -> str:
    return "(" + " OR ".join(f"starts_with({column}, '{code}')" for code in codes) + ")"


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _common_condition(rules: list[dict[str, Any]]) -> str:
    """What every rule asks of a legal unit, in a form that the reading of a file may use: most firms go there."""
    least = min(BANDS.index(rule.get("least_band", "NN")) for rule in rules)
    bands = f" AND trancheEffectifsUniteLegale IN ({_listed(BANDS[least:])})" if least else ""
    return f"(etatAdministratifUniteLegale = 'A' OR etatAdministratifUniteLegale IS NULL){bands}"


def _unit_condition(rule: dict[str, Any]) -> str:
    code = "lpad(CAST(categorieJuridiqueUniteLegale AS VARCHAR), 4, '0')"
    conditions = [f"{code} <> '1000'"]
    if rule.get("legal_categories"):
        conditions.append(_begins(code, rule["legal_categories"]))
    if rule.get("ess_declared"):
        conditions.append("upper(economieSocialeSolidaireUniteLegale) = 'O'")
    bands = BANDS[BANDS.index(rule.get("least_band", "NN")) :]
    if len(bands) < len(BANDS):
        conditions.append(f"trancheEffectifsUniteLegale IN ({_listed(bands)})")
    if rule.get("excluded_naf"):
        activity = "replace(coalesce(activitePrincipaleUniteLegale, ''), '.', '')"
        conditions.append(f"NOT {_begins(activity, rule['excluded_naf'])}")
    return " AND ".join(conditions)


def _place_condition(rule: dict[str, Any]) -> str:
    conditions = ["category <> '1000'"]
    if rule.get("legal_categories"):
        conditions.append(_begins("category", rule["legal_categories"]))
    if rule.get("ess_declared"):
        conditions.append("ess = 'O'")
    bands = BANDS[BANDS.index(rule.get("least_band", "NN")) :]
    if len(bands) < len(BANDS):
        conditions.append(f"unit_band IN ({_listed(bands)})")
    if rule.get("excluded_naf"):
        activity = "coalesce(unit_naf, '')"
        conditions.append(f"NOT {_begins(activity, rule['excluded_naf'])}")
    if rule.get("head_office_only"):
        conditions.append("is_head_office")
    if rule.get("in_qpv"):
        conditions.append("qpv IS NOT NULL")
    if rule.get("departements"):
        conditions.append(_begins("coalesce(insee, '')", rule["departements"]))
    return " AND ".join(conditions)
