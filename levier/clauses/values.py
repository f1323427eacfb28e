"""Owns what a buyer may put into a clause text, and what is asked for when it is missing."""

from dataclasses import dataclass, fields
from datetime import date

from levier.core.typography import day, euros, figure, percent
from levier.rulebook.levers import Facts
from levier.rulebook.levers.thresholds_of import direct_purchase_thresholds
from levier.rulebook.levers.wording import hours_range
from levier.rulebook.thresholds import threshold

MAX_TEXT = 5_000


class ClauseError(ValueError):
    """A value that cannot go into a clause; the message is the French sentence shown to the user."""


@dataclass(frozen=True, slots=True)
class ClauseValues:
    """The buyer's choices for one lot. Hours in hours, amounts in euros excluding tax, weights from 0 to 1.

    `hours` is the figure the buyer picked inside the calibrated range: it is never filled from the range.
    Raises ClauseError (French sentence naming the value) for an impossible figure or a text over 5,000 signs.
    """

    buyer: str = ""
    object: str = ""
    lot: str = ""
    territory: str = ""
    contact: str = ""
    facilitator: str = ""
    start: date | None = None
    end: date | None = None
    answer_deadline: date | None = None
    hours: float | None = None
    takeover_hours: float | None = None
    tranche_hours: float | None = None
    tranche_amount_ht: float | None = None
    trigger_amount_ht: float | None = None
    is_trigger_retroactive: bool | None = None
    eligibility_months: int | None = None
    penalty_hour: float | None = None
    penalty_proof: float | None = None
    penalty_cap: str = ""
    penalty_optional: str = ""
    criterion_weight: float | None = None
    criterion_tasks: float | None = None
    criterion_support: float | None = None
    criterion_training: float | None = None
    criterion_outcome: float | None = None
    criterion_price: float | None = None
    social_condition: str = ""
    separable_part: str = ""
    insurance: str = ""
    suppliers: tuple[str, ...] = ()
    same_purchases: str = ""
    choice_reason: str = ""
    last_purchase: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            label = GAPS.get(field.name.removesuffix("_ht"), field.name)
            if isinstance(value, str) and len(value) > MAX_TEXT:
                raise ClauseError(f"Texte trop long ({label}) : {MAX_TEXT} signes au plus.")
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                _refuse_impossible(value, label, is_share=field.name.startswith("criterion_"))
        if self.start and self.end and self.end < self.start:
            raise ClauseError("La date de fin précède la date de début : revoyez la période d'exécution.")


# Every field a text may ask for, with the words shown while it is missing.
GAPS: dict[str, str] = {
    "buyer": "nom de l'acheteur",
    "object": "objet du marché",
    "lot": "lot ou lots concernés",
    "territory": "territoire d'exécution",
    "contact": "nom, téléphone et courriel du contact",
    "facilitator": "nom et coordonnées du facilitateur",
    "start": "date de début",
    "end": "date de fin",
    "answer_deadline": "date limite de réponse",
    "legal_basis": "base légale",
    "concession_basis": "base légale",
    "hours": "nombre d'heures d'insertion",
    "hours_commitment": "nombre d'heures d'insertion",
    "takeover_hours": "heures mensuelles du personnel à reprendre",
    "tranche_hours": "heures par tranche",
    "tranche_amount": "montant de la tranche (HT)",
    "trigger_sentence": "montant à partir duquel l'engagement commence, ou « dès la première commande »",
    "eligibility_months": "durée de validité de l'éligibilité ; l'usage est de 24 mois",
    "penalty_hour": "montant par heure",
    "penalty_proof": "montant par jour",
    "penalty_cap": "plafond, par exemple une part du montant du lot",
    "penalty_optional": "contrepartie convenue, ou « aucune »",
    "criterion_weight": "pondération",
    "criterion_tasks": "part",
    "criterion_support": "part",
    "criterion_training": "part",
    "criterion_outcome": "part",
    "criterion_price": "part",
    "social_condition": "une condition liée à l'objet, par exemple : former à ce métier des personnes éloignées "
    "de l'emploi ; confier une part de la prestation à une structure inclusive de son choix ; une action "
    "d'égalité professionnelle dans l'équipe affectée au marché",
    "separable_part": "partie détachée",
    "insurance": "assurances demandées",
    "suppliers": "structures sollicitées",
    "same_purchases": "achats de même nature",
    "choice_reason": "raison du choix",
    "last_purchase": "date et montant, ou « aucun »",
    "amount": "montant estimé du besoin entier (HT)",
    "direct_threshold": "seuil en vigueur au lancement",
    "youth_ratio": "rapport des taux de chômage",
    "youth_share": "part des heures",
}

_PENALTIES = ("penalty_hour", "penalty_proof")
_HOURS = ("hours", "takeover_hours", "tranche_hours")
_SHARES = (
    "criterion_weight",
    "criterion_tasks",
    "criterion_support",
    "criterion_training",
    "criterion_outcome",
    "criterion_price",
)
_TEXTS = (
    "buyer",
    "object",
    "lot",
    "territory",
    "contact",
    "facilitator",
    "penalty_cap",
    "penalty_optional",
    "social_condition",
    "separable_part",
    "insurance",
    "same_purchases",
    "choice_reason",
    "last_purchase",
)
_DATES = ("start", "end", "answer_deadline")


def filled(values: ClauseValues, facts: Facts, *, is_mandatory: bool) -> dict[str, str]:
    """Return the fields of the texts as French words; a field left out or empty is still to fill."""
    words: dict[str, str] = {name: getattr(values, name) for name in _TEXTS}
    words |= {name: day(getattr(values, name)) for name in _DATES if getattr(values, name)}
    words |= {name: _hours(getattr(values, name)) for name in _HOURS if getattr(values, name) is not None}
    words |= {name: percent(getattr(values, name)) for name in _SHARES if getattr(values, name) is not None}
    words |= {name: euros(getattr(values, name)) for name in _PENALTIES if getattr(values, name) is not None}
    if values.tranche_amount_ht is not None:
        words["tranche_amount"] = f"{euros(values.tranche_amount_ht)} HT"
    words["suppliers"] = ", ".join(values.suppliers)
    if values.eligibility_months:
        words["eligibility_months"] = f"{values.eligibility_months} mois"
    words["hours_commitment"] = _commitment(values)
    words["trigger_sentence"] = _trigger(values)
    words["legal_basis"] = "les articles L2112-2 et L2112-2-1" if is_mandatory else "l'article L2112-2"
    words["concession_basis"] = "l'article L3114-2"
    if facts.need_amount_ht is not None:
        words["amount"] = f"{euros(facts.need_amount_ht)} HT"
    thresholds = {row.value for row in direct_purchase_thresholds(facts)}
    if len(thresholds) == 1:
        words["direct_threshold"] = f"{euros(thresholds.pop())} HT"
    if facts.youth_unemployment_ratio is not None:
        words["youth_ratio"] = f"{figure(facts.youth_unemployment_ratio, 2)} fois"
    words["youth_share"] = percent(threshold("overseas_youth_share").value)
    return words


def gaps_for(facts: Facts) -> dict[str, str]:
    """Return the words of the gaps for this need, with the calibrated hours and the observed penalties."""
    gaps = dict(GAPS)
    if facts.hours is not None:
        gaps["hours"] = gaps["hours_commitment"] = (
            f"nombre d'heures d'insertion ; le calibrage donne {hours_range(facts)}"
        )
    for name, table, unit in (
        ("penalty_hour", "hour_penalty_observed", "par heure"),
        ("penalty_proof", "proof_penalty_observed", "par jour"),
    ):
        low, high = (threshold(table, bound=bound).value for bound in ("low", "high"))
        gaps[name] = f"montant {unit} ; observé de {figure(low)} à {euros(high)} dans deux contrats publics"
    return gaps


def _hours(value: float) -> str:
    return f"{figure(value, 2)} h"


def _commitment(values: ClauseValues) -> str:
    if values.tranche_hours is not None and values.tranche_amount_ht is not None:
        return (
            f"{_hours(values.tranche_hours)} d'insertion par tranche de "
            f"{euros(values.tranche_amount_ht)} HT facturée"
        )
    return "" if values.hours is None else f"{_hours(values.hours)} d'insertion"


def _trigger(values: ClauseValues) -> str:
    if values.trigger_amount_ht is None:
        return ""
    if values.trigger_amount_ht == 0:
        return "L'engagement commence dès la première commande."
    start = f"L'engagement commence quand le total facturé atteint {euros(values.trigger_amount_ht)} HT"
    if values.is_trigger_retroactive is None:
        # Contracts read on this point leave it open, and a dispute follows: the buyer has to say.
        return ""
    if values.is_trigger_retroactive:
        return f"{start} ; il porte alors sur tout le montant facturé depuis le début."
    return f"{start} ; il ne porte que sur les montants facturés au-delà."


def _refuse_impossible(value: float, label: str, *, is_share: bool) -> None:
    if not 0 <= value < 1e13:
        raise ClauseError(f"Revoyez cette valeur ({label}) : il faut un nombre positif.")
    if is_share and value > 1:
        raise ClauseError(f"Revoyez cette valeur ({label}) : une pondération va de 0 à 1 (0,15 pour 15 %).")
