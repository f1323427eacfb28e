"""Owns the facts about a need that decide which legal levers are open."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from levier.rulebook.thresholds import threshold

BuyerSide = Literal["public", "private"]
BuyerKind = Literal["etat", "collectivite", "etablissement_local", "entite_adjudicatrice", "autre"]
ContractKind = Literal["travaux", "fournitures", "services"]

MAX_AMOUNT = 1e13
# Saint-Pierre-et-Miquelon, Saint-Barthélemy and Saint-Martin are in the list of L2691-1.
OVERSEAS_NAMES = {
    "971": "Guadeloupe", "972": "Martinique", "973": "Guyane", "974": "La Réunion", "975": "Saint-Pierre-et-Miquelon",
    "976": "Mayotte", "977": "Saint-Barthélemy", "978": "Saint-Martin",
}  # fmt: skip
OVERSEAS = frozenset(OVERSEAS_NAMES)
# Wallis-et-Futuna, Polynésie française, Nouvelle-Calédonie: the code applies there only in part.
PACIFIC = frozenset({"986", "987", "988"})
CLEANING_CPV = ("9091", "9092")
# Branches whose collective agreements move the staff to the new holder.
TAKEOVER_CPV = (*CLEANING_CPV, "555", "797", "9051", "601")

_AMOUNTS = {
    "need_amount_ht": "le montant du besoin entier",
    "lot_amount_ht": "le montant du lot",
    "max_amount_ht": "le montant maximum de l’accord-cadre",
    "annual_purchases_ht": "le montant annuel des achats",
}
_COUNTS = {
    "buyer_population": "la population",
    "lot_count": "le nombre de lots",
    "insertion_suppliers_in_reach": "le nombre de structures d’insertion à portée",
    "handicap_suppliers_in_reach": "le nombre d’EA et d’ESAT à portée",
    "prison_suppliers_in_reach": "le nombre d’opérateurs pénitentiaires à portée",
}
_NUMBERS = {
    "duration_months": "la durée",
    "youth_unemployment_ratio": "le rapport de chômage des jeunes",
    "reach_km": "le rayon de recherche",
    "minimum_clause_hours": "le volume minimal d’heures",
}
_CHOICES: dict[str, tuple[object, ...]] = {
    "buyer_side": get_args(BuyerSide),
    "buyer_kind": (None, *get_args(BuyerKind)),
    "contract_kind": (None, *get_args(ContractKind)),
}


class FactsError(ValueError):
    """A fact that cannot be true; the message is the French sentence shown to the user."""


@dataclass(frozen=True, slots=True)
class HoursRange:
    """Insertion hours a calibration gives for the lot: low, likely and high, in hours."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        values = (self.low, self.likely, self.high)
        if not all(math.isfinite(value) for value in values) or not 0 <= self.low <= self.likely <= self.high:
            raise FactsError(
                "La fourchette d’heures doit aller du bas au haut, sans valeur négative (bas, probable, "
                "haut)."
            )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a need. Amounts in euros excluding tax, `None` meaning « not known yet ».

    `need_amount_ht` is the whole need, all lots together: the thresholds are read on it. `territory` is a
    département code. The three counts of suppliers are those of the trade, within `reach_km` of the place.
    Raises FactsError (French sentence naming the fact) for an impossible value.
    """

    buyer_side: BuyerSide = "public"
    buyer_kind: BuyerKind | None = None
    buyer_population: int | None = None
    annual_purchases_ht: float | None = None
    contract_kind: ContractKind | None = None
    need_amount_ht: float | None = None
    lot_amount_ht: float | None = None
    lot_count: int | None = None
    launch_date: date | None = None
    duration_months: float | None = None
    cpv: str = ""
    is_social_service: bool | None = None
    is_framework: bool = False
    max_amount_ht: float | None = None
    has_staff_takeover: bool | None = None
    territory: str = ""
    is_concession: bool = False
    is_defence: bool = False
    programme: str = ""
    hours: HoursRange | None = None
    minimum_clause_hours: float | None = None
    insertion_suppliers_in_reach: int | None = None
    handicap_suppliers_in_reach: int | None = None
    prison_suppliers_in_reach: int | None = None
    reach_km: float | None = None
    has_separable_part: bool | None = None
    youth_unemployment_ratio: float | None = None

    def __post_init__(self) -> None:
        for name, label in (_AMOUNTS | _COUNTS | _NUMBERS).items():
            _refuse_impossible(label, getattr(self, name), is_amount=name in _AMOUNTS)
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                known = ", ".join(str(choice) for choice in choices if choice)
                raise FactsError(
                    f"La valeur « {getattr(self, name)} » est inconnue. Valeurs admises : {known}."
                )
        if self.cpv and not self.cpv[:2].isdigit():
            raise FactsError(f"Le code CPV « {self.cpv} » doit commencer par deux chiffres.")

    @property
    def amount_for_thresholds(self) -> float | None:
        """Whole need, or the maximum of a framework when it is higher (R2121-8, wording to confirm)."""
        known = [self.need_amount_ht, self.max_amount_ht if self.is_framework else None]
        amounts = [amount for amount in known if amount is not None]
        return max(amounts, default=None)

    @property
    def has_takeover_branch(self) -> bool:
        """Whether the trade usually moves the staff to the new holder."""
        return self.cpv.startswith(TAKEOVER_CPV)

    @property
    def is_takeover_open(self) -> bool:
        """Whether the question of staff to take over still has to be asked."""
        return self.has_staff_takeover is None and self.has_takeover_branch

    @property
    def minimum_hours(self) -> float:
        """Hours under which a clause is not advised: the territory's own figure, else the usual one."""
        if self.minimum_clause_hours is not None:
            return self.minimum_clause_hours
        takeover = bool(self.has_staff_takeover) or self.is_takeover_open or self.cpv.startswith(CLEANING_CPV)
        return threshold("clause_minimum_hours", takeover="oui" if takeover else "non").value


def _refuse_impossible(label: str, value: float | None, *, is_amount: bool) -> None:
    if value is None:
        return
    if not math.isfinite(value) or value < 0:
        raise FactsError(f"Revoyez {label} : il faut un nombre positif.")
    if is_amount and value == 0:
        raise FactsError(f"Revoyez {label} : un montant nul ne permet pas de choisir un levier.")
    if is_amount and value > MAX_AMOUNT:
        raise FactsError(f"Revoyez {label} : il dépasse dix mille milliards d’euros.")
