"""A hint on reservations from how many suppliers there are and how much they would depend on the contract."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from levier.rulebook.figures import french_number, french_percent

Hint = Literal["reserve_lot", "execution_clause", "reverse_sourcing"]
Confidence = Literal["comfortable", "enough", "few", "none"]

# Published thresholds of the State's platform (Le Marché de l'inclusion, public code).
MANY_SUPPLIERS: Final = 30
ENOUGH_SUPPLIERS: Final = 10
LEAST_SUPPLIERS: Final = 1
DEPENDENCE_LIMIT: Final = 0.30
SOURCE: Final = "Le Marché de l’inclusion, code public"


@dataclass(frozen=True, slots=True)
class Potential:
    """What the number of suppliers suggests for a reservation.

    ``dependence`` is the budget divided by the mean yearly turnover of the suppliers, None when unknown.
    """

    hint: Hint
    confidence: Confidence
    supplier_count: int
    dependence: float | None
    reason: str
    warnings: tuple[str, ...]
    source: str = SOURCE


class PotentialError(ValueError):
    """An input is impossible; the French sentence names it."""


def reservation_potential(
    *, supplier_count: int, budget_ht: float | None = None, mean_turnover: float | None = None
) -> Potential:
    """Says whether a lot may be reserved, from suppliers within reach and their dependence on the contract.

    In: number of suppliers who can do the work, euros excluding tax, mean yearly turnover in euros.
    Where the published rule answers « full reservation » (more than 30 suppliers, dependence under 30 %)
    this one still proposes a lot: reserving everything exposes the buyer. An execution clause needs no
    supplier of the trade, so this hint says nothing against one. Raises PotentialError.
    """
    if supplier_count < 0:
        raise PotentialError(f"Le nombre de fournisseurs vaut {supplier_count} ; il faut 0 ou plus.")
    dependence = _dependence(budget_ht, mean_turnover)
    count = french_number(supplier_count)
    warnings: list[str] = []
    if dependence is not None and dependence >= DEPENDENCE_LIMIT:
        warnings.append(
            f"Le marché pèserait {french_percent(dependence)} du chiffre d’affaires moyen de ces structures "
            f"(repère : {french_percent(DEPENDENCE_LIMIT)}) : prévoyez un lot à leur taille ou un groupement."
        )
    if dependence is None:
        warnings.append("Chiffre d’affaires moyen inconnu : la dépendance au marché n’est pas mesurée.")
    hint: Hint = "reserve_lot"
    if supplier_count > MANY_SUPPLIERS:
        confidence: Confidence = "comfortable"
        reason = f"{count} structures à portée : réservez un lot, en gardant les autres lots ouverts."
    elif supplier_count > ENOUGH_SUPPLIERS:
        confidence = "enough"
        reason = f"{count} structures à portée : un lot réservé trouvera des réponses."
    elif supplier_count > LEAST_SUPPLIERS:
        hint, confidence = "execution_clause", "few"
        reason = (
            f"{count} structures à portée : trop peu pour réserver ; une clause d’exécution reste possible."
        )
    else:
        hint, confidence = "reverse_sourcing", "none"
        reason = (
            f"{count} structure à portée : pas de réservation ; faites connaître votre besoin aux réseaux "
            "(sourcing inversé). Une clause d’exécution reste possible."
        )
    return Potential(hint, confidence, supplier_count, dependence, reason, tuple(warnings))


def _dependence(budget_ht: float | None, mean_turnover: float | None) -> float | None:
    for name, value in (("budget", budget_ht), ("chiffre d’affaires moyen", mean_turnover)):
        if value is not None and (not math.isfinite(value) or value < 0):
            raise PotentialError(f"Le {name} doit être un nombre positif, pas « {value} ».")
    if budget_ht is None or not mean_turnover:
        return None
    return budget_ht / mean_turnover
