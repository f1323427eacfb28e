"""The dated checklist: what to do, who does it, counted back from the launch of the purchase."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

# Calibration starts three to four months before the launch, and a facilitator may need four weeks to answer
# (clause sociale de formation, ministry interviews 2019-2020).
USUAL_LEAD_WEEKS = 17

Plan = Literal["clause", "direct", "reservation", "insertion_service", "private"]


@dataclass(frozen=True)
class Step:
    """One thing to do: when, who, and whether the day is already past."""

    day: date
    title: str
    who: str
    detail: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class _Line:
    weeks: float
    title: str
    who: str
    detail: str = ""


_BUYER, _FACILITATOR, _HOLDER = "l'acheteur", "le facilitateur", "l'entreprise titulaire"

_CLAUSE = (
    _Line(-16, "Écrire au facilitateur et lui envoyer ce dossier", _BUYER, "Objet, lots, montants, calendrier, lieu."),
    _Line(-15, "Répondre à la saisine", _FACILITATOR, "Délai d'usage : cinq jours ouvrés, jusqu'à quatre semaines en période chargée."),
    _Line(-12, "Valider le calibrage lot par lot", f"{_FACILITATOR} propose, {_BUYER} signe", "Heures, publics, pénalités éventuelles."),
    _Line(-10, "Rencontrer les structures et les fédérations du métier", f"{_BUYER} et {_FACILITATOR}", "Sourcing (R2111-1) : la même information pour tous."),
    _Line(-8, "Écrire la clause dans les pièces du marché", _BUYER, "Avis ou documents de la consultation, RC, CCAP, annexe à l'acte d'engagement."),
    _Line(-4, "Relire : moyens libres, pas de préférence locale, contact du facilitateur, pénalités chiffrées", _BUYER),
    _Line(0, "Lancer la consultation", _BUYER, "La clause est annoncée dans l'avis ou les documents de la consultation."),
    _Line(12, "Prévenir le facilitateur de l'attributaire", _BUYER, "Deux contacts de chaque côté."),
    _Line(14, "Mettre la clause à l'ordre du jour de la réunion de lancement", _HOLDER, "Plan d'embauche daté."),
)  # fmt: skip
_DIRECT = (
    _Line(-8, "Appeler deux ou trois structures de la liste", _BUYER, "Capacité à la date voulue, références, assurance."),
    _Line(-6, "Demander les devis, avec les mêmes questions à chacune", _BUYER),
    _Line(-3, "Vérifier le total des achats de même nature de l'année", _BUYER, "Le besoin ne se découpe pas (R2122-8)."),
    _Line(-2, "Choisir, et garder une trace écrite du choix", _BUYER, "Ne pas retenir toujours le même fournisseur."),
    _Line(0, "Passer la commande", _BUYER),
    _Line(8, "Demander le nombre d'heures réalisées", "la structure retenue", "Elles comptent dans vos résultats."),
)  # fmt: skip
_RESERVATION = (
    _Line(
        -16,
        "Compter les structures capables de répondre",
        f"{_BUYER} et {_FACILITATOR}",
        "Sourcing (R2111-1).",
    ),
    _Line(-12, "Choisir le lot à réserver", _BUYER, "Un lot à leur taille plutôt que tout le marché."),
    _Line(-8, "Citer l'article de réservation dans l'avis et le règlement", _BUYER),
    _Line(0, "Lancer la consultation", _BUYER),
    _Line(12, "Vérifier la part de travailleurs concernés (50 %, R2113-7)", _BUYER),
)
_INSERTION_SERVICE = (
    _Line(-16, "Écrire le programme d'insertion avec le facilitateur", f"{_BUYER} et {_FACILITATOR}", "Publics, encadrement, formation ; les travaux en sont le support."),
    _Line(-10, "Rencontrer les ateliers et chantiers d'insertion du territoire", _BUYER, "Délai long : planifier sur leur saison."),
    _Line(-6, "Vérifier l'assurance (décennale pour des travaux) et l'encadrement technique", _BUYER),
    _Line(0, "Lancer la procédure adaptée (R2123-1)", _BUYER),
    _Line(8, "Préparer le démarrage avec la structure", f"{_BUYER} et la structure"),
)  # fmt: skip
_PRIVATE = (
    _Line(-12, "Choisir un appui : facilitateur, club d'entreprises, cabinet", _BUYER),
    _Line(-9, "Fixer l'objectif d'heures avec les fournisseurs consultés", _BUYER),
    _Line(-6, "Joindre l'engagement volontaire d'insertion au cahier des charges", _BUYER),
    _Line(0, "Lancer la consultation", _BUYER),
    _Line(10, "Signer l'annexe et nommer un référent de chaque côté", f"{_BUYER} et l'entreprise retenue"),
)
_PLANS: dict[Plan, tuple[_Line, ...]] = {
    "clause": _CLAUSE,
    "direct": _DIRECT,
    "reservation": _RESERVATION,
    "insertion_service": _INSERTION_SERVICE,
    "private": _PRIVATE,
}
_DEROGATION = _Line(
    -6,
    "Si aucune condition sociale n'est posée : consigner le motif de dérogation",
    _BUYER,
    "Liste fermée de L2112-2-1, motif écrit, daté et signé, gardé au dossier.",
)


def assumed_launch(today: date) -> date:
    """Without a launch date: the first Monday that leaves the usual lead time."""
    day = today + timedelta(weeks=USUAL_LEAD_WEEKS)
    return day + timedelta(days=-day.weekday() % 7)


def plan_for(lever: str, *, is_private: bool) -> Plan:
    """Which checklist goes with a lever."""
    if is_private:
        return "private"
    if lever == "R2122-8":
        return "direct"
    if lever == "R2123-1":
        return "insertion_service"
    return "reservation" if lever.startswith("L2113-1") and lever != "L2113-10" else "clause"


def next_steps(*, plan: Plan, launch: date, today: date, is_mandatory: bool = False) -> tuple[Step, ...]:
    """The checklist of a plan, dated. A past day is marked late and stays in its place."""
    lines = [*_PLANS[plan], *([_DEROGATION] if is_mandatory and plan == "clause" else [])]
    steps = [
        Step(
            day=launch + timedelta(weeks=line.weeks),
            title=line.title,
            who=line.who,
            detail=line.detail,
            is_late=launch + timedelta(weeks=line.weeks) < today,
        )
        for line in lines
    ]
    return tuple(sorted(steps, key=lambda step: step.day))
