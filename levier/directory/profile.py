"""The names of the groups of values, and how those without a column are written in one French line."""

from collections.abc import Mapping
from typing import Any

from levier.reference.naf import NAF_2025, dotted

# The groups of a source record's values: each is taken whole from one source, never mixed.
GROUP_LABELS = {
    "name": "Raison sociale", "brand": "Enseigne", "legal_form": "Forme juridique",
    "description": "Présentation", "place": "Adresse", "naf": "Code NAF", "website": "Site",
    "phone": "Téléphone", "email": "Courriel", "activity": "Activités", "convention": "Convention",
    "places": "Places autorisées", "siret": "SIRET", "siren": "SIREN", "manager": "Gestionnaire",
    "to_confirm": "À confirmer", "networks": "Réseaux", "legal_name": "Dénomination au répertoire SIRENE",
    "legal_unit": "Unité légale", "closed": "Établissement fermé", "headcount": "Effectif",
    "naf_2025": "Code NAF 2025", "naf_other": "Code NAF, autre nomenclature", "qpv": "Quartier prioritaire",
    "registered_address": "Adresse au répertoire SIRENE",
}  # fmt: skip

# Bands of SIRENE, « trancheEffectifs… »: people employed.
HEADCOUNTS = {
    "NN": "non employeur", "00": "0 salarié", "01": "1 ou 2 salariés", "02": "3 à 5 salariés", "03": "6 à 9 salariés",
    "11": "10 à 19 salariés", "12": "20 à 49 salariés", "21": "50 à 99 salariés", "22": "100 à 199 salariés",
    "31": "200 à 249 salariés", "32": "250 à 499 salariés", "41": "500 à 999 salariés",
    "42": "1 000 à 1 999 salariés", "51": "2 000 à 4 999 salariés", "52": "5 000 à 9 999 salariés",
    "53": "10 000 salariés et plus",
}  # fmt: skip


def profile_rows(profile: Mapping[str, Any], group: str, *names: str) -> tuple[dict[str, Any], ...]:
    """Rows that a list may give in another shape: every name is there, the first one filled."""
    rows = profile.get(group)
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple({name: row.get(name) or "" for name in names} for row in known if row.get(names[0]))


def profile_text(group: str, value: Any) -> str:
    """One line for a group of the profile; lists are joined, an unknown shape shows its members."""
    if group == "headcount" and isinstance(value, dict):
        year = f" ({value['year']})" if value.get("year") else ""
        return f"{HEADCOUNTS.get(value.get('band', ''), value.get('band', ''))}{year}"
    if group == "qpv" and isinstance(value, dict):
        return str(value.get("code") or "hors des quartiers prioritaires")
    if group == "legal_unit" and isinstance(value, dict):
        return ", ".join(str(value[name]) for name in ("form", "ess", "head_office") if value.get(name))
    if group == "naf_other" and isinstance(value, dict):
        name = "NAF 2025" if value.get("nomenclature") == NAF_2025 else "NAF rév. 2"
        return f"{dotted(str(value.get('code', '')))} ({name}), d’après la correspondance de l’INSEE"
    if group == "closed" and isinstance(value, dict):
        return "au répertoire SIRENE" + (f" depuis le {value['since']}" if value.get("since") else "")
    if isinstance(value, dict):
        return ", ".join(str(one) for one in value.values() if isinstance(one, str | int | float))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
