"""Owns the order of the shelf that supplies people: who does it for this trade, for any trade, for another one."""

from collections.abc import Collection
from typing import Literal

from levier.directory.search import SupplierHit
from levier.reference.sectors import sector

Fit = Literal["trade", "any", "unknown", "other"]
# The order in which they are called.
FITS: tuple[Fit, ...] = ("trade", "any", "unknown", "other")


def fit_of(hit: SupplierHit, sectors: Collection[str]) -> Fit:
    """How a structure that supplies people fits a trade, whatever its distance.

    A GEIQ hires for the branch of its members: one of another branch comes last, one that says nothing is to call.
    ETTI, AI and EATT send people to any company.
    """
    if set(hit.sectors) & set(sectors):
        return "trade"
    if hit.kind != "GEIQ":
        return "any"
    if not hit.sectors:
        return "unknown"
    branches = {sector(slug).group for slug in sectors}
    return "trade" if branches & {sector(slug).group for slug in hit.sectors} else "other"
