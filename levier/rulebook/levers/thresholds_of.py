"""Owns the reading of thresholds for one need: which figures may apply while some facts are unknown."""

from typing import Literal, get_args

from levier.rulebook.levers.facts import ContractKind, Facts
from levier.rulebook.thresholds import Threshold, ThresholdError, threshold

Position = Literal["below", "above", "unknown"]
# When the buyer is not described, the three families of thresholds stay possible.
_BUYERS = ("etat", "collectivite", "entite_adjudicatrice")


def eu_thresholds(facts: Facts) -> tuple[Threshold, ...]:
    """Return the European thresholds that may apply (one when buyer and contract are known)."""
    buyers = (facts.buyer_kind,) if facts.buyer_kind else _BUYERS
    kinds = ("concession",) if facts.is_concession else _kinds(facts)
    found = (_find("eu_procedure", facts, buyer=buyer, contract=kind) for buyer in buyers for kind in kinds)
    return tuple(row for row in found if row is not None)


def social_thresholds(facts: Facts) -> tuple[Threshold, ...]:
    """Return the thresholds proper to the listed social and specific services."""
    buyers = (facts.buyer_kind,) if facts.buyer_kind else _BUYERS
    found = (_find("eu_social_services", facts, buyer=buyer) for buyer in buyers)
    return tuple(row for row in found if row is not None)


def direct_purchase_thresholds(facts: Facts) -> tuple[Threshold, ...]:
    """Return the thresholds of R2122-8 that may apply."""
    found = (_find("direct_purchase", facts, contract=kind) for kind in _kinds(facts))
    return tuple(row for row in found if row is not None)


def position(amount: float | None, thresholds: tuple[Threshold, ...]) -> Position:
    """Compare an amount with every threshold that may apply; « unknown » when they do not agree."""
    if amount is None or not thresholds:
        return "unknown"
    reached = {amount >= row.value for row in thresholds}
    if reached == {True}:
        return "above"
    return "below" if reached == {False} else "unknown"


def _kinds(facts: Facts) -> tuple[str, ...]:
    return (facts.contract_kind,) if facts.contract_kind else get_args(ContractKind)


def _find(name: str, facts: Facts, **keys: str) -> Threshold | None:
    try:
        return threshold(name, on=facts.launch_date, **keys)
    except ThresholdError:
        # A launch before the first known period: the rows say « unknown » rather than guess.
        return None
