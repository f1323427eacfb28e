"""Labels and approvals a supplier may hold: their names and who grants them."""

from dataclasses import dataclass

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
