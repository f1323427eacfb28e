"""Proposes the CPV of a lot from its object when the buyer left it empty, and says that it did."""

from dataclasses import replace

from levier.purchasing.actions import LotValues
from levier.reference.queries import cpv_ranker


def proposed_cpv(values: LotValues) -> tuple[LotValues, str]:
    """The lot with a code, and the sentence to show; unchanged with an empty sentence when one was given."""
    if values.cpv:
        return values, ""
    found = cpv_ranker().rank(f"{values.title} {values.text[:300]}", limit=1)
    if not found:
        return values, "Aucun code CPV ne ressort de l’objet de ce lot : donnez-le, il décide des heures."
    best = found[0]
    return replace(values, cpv=best.code), (
        f"Code CPV proposé d’après l’objet : {best.code}, {best.label}. Modifiez le lot s’il ne convient pas."
    )
