"""Labels and approvals a supplier may hold: their names and who grants them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

# A label is a group « label:<slug> » of a source record: two lists may each give one.
LABEL_GROUP = "label:"


@dataclass(frozen=True, slots=True)
class Label:
    """One label. ``months``: how long it usually holds, None when the list says so each time."""

    slug: str
    name: str
    granted_by: str
    meaning: str
    months: int | None = None


LABELS: dict[str, Label] = {
    label.slug: label
    for label in (
        Label("rfar", "Relations fournisseurs et achats responsables (RFAR)",
              "Médiateur des entreprises et Conseil national des achats",
              "achats responsables évalués selon la norme ISO 20400", 36),
        Label("esus", "Entreprise solidaire d’utilité sociale (ESUS)", "Préfet de département",
              "agrément de l’État prévu à l’article L3332-17-1 du code du travail"),
        Label("rge", "Reconnu garant de l’environnement (RGE)", "Organismes accrédités",
              "travaux de rénovation énergétique"),
        Label("commerce-equitable", "Commerce équitable", "Labels reconnus par la Plateforme du commerce équitable",
              "prix justes et engagement durable avec les producteurs"),
        Label("epv", "Entreprise du patrimoine vivant (EPV)", "Institut pour les savoir-faire français",
              "savoir-faire rares de l’artisanat et de l’industrie", 60),
        Label("qualiopi", "Qualiopi", "Organismes certificateurs accrédités",
              "qualité des actions de formation", 36),
        Label("bio", "Agriculture biologique", "Agence Bio et organismes certificateurs",
              "produits certifiés biologiques"),
        Label("cedre", "CEDRE ISO 14001", "Collectif CEDRE", "management de l’environnement"),
        Label("rse-geiq", "Label GEIQ", "Fédération française des GEIQ",
              "groupements reconnus chaque année", 12),
        Label("charte-adive", "Charte Adive", "Adive", "entreprise d’un quartier prioritaire accompagnée"),
    )
}  # fmt: skip


def labels_of(profile: dict[str, object]) -> tuple[Label, ...]:
    """The labels of a supplier's profile, in the order of the list; an unknown one is left out."""
    return tuple(label for slug, label in LABELS.items() if f"{LABEL_GROUP}{slug}" in profile)


@dataclass(frozen=True, slots=True)
class HeldLabel:
    """A label of one supplier. ``sentence``: since when, until when and for what; empty when the list says nothing."""

    label: Label
    is_over: bool
    sentence: str


def held_labels(profile: dict[str, Any], today: date) -> tuple[HeldLabel, ...]:
    """The labels of a profile with their validity, in the order of the list."""
    found = []
    for label in labels_of(profile):
        value = profile[f"{LABEL_GROUP}{label.slug}"]
        found.append(HeldLabel(label, is_over(value, today), label_sentence(value)))
    return tuple(found)


def is_over(value: Any, today: date) -> bool:
    """Whether the end of a label or certificate is past; one that says no end still holds."""
    until = _day(value.get("until")) if isinstance(value, dict) else None
    return until is not None and until < today


def label_name(group: str) -> str:
    """The name of a group « label:<slug> », empty for any other."""
    label = LABELS.get(group.removeprefix(LABEL_GROUP)) if group.startswith(LABEL_GROUP) else None
    return label.name if label else ""


def label_sentence(value: Any) -> str:
    """« depuis le 01/01/2024, jusqu’au 31/12/2027 (Isolation du toit) »."""
    said = value if isinstance(value, dict) else {}
    since, until = _day(said.get("since")), _day(said.get("until"))
    dates = [f"depuis le {since:%d/%m/%Y}"] if since else []
    dates += [f"jusqu’au {until:%d/%m/%Y}"] if until else []
    scope = f"({said['scope']})" if said.get("scope") else ""
    return " ".join(filter(None, [", ".join(dates), scope]))


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
