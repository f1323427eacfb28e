"""Owns the order of the shelf that supplies people: who does it for this trade, for any trade, for another one."""

from collections.abc import Collection
from typing import Literal, Protocol

from levier.reference.sectors import sector

Fit = Literal["trade", "any", "unknown", "other"]
# The order in which they are called.
FITS: tuple[Fit, ...] = ("trade", "any", "unknown", "other")
# The trade of who lends people: it names no branch.
LENDING = "mise-a-disposition"


class Fitting(Protocol):
    """What is read of a structure: the key of its kind, its trades."""

    @property
    def kind(self) -> str: ...
    @property
    def sectors(self) -> Collection[str]: ...


def fit_of(one: Fitting, sectors: Collection[str]) -> Fit:
    """How a structure that supplies people fits a trade, whatever its distance.

    A GEIQ hires for the branch of its members: one of another branch comes last, one that names none is to call.
    ETTI, AI and EATT send people to any company.
    """
    if set(one.sectors) & set(sectors):
        return "trade"
    if one.kind != "GEIQ":
        return "any"
    named = set(one.sectors) - {LENDING}
    if not named:
        return "unknown"
    branches = {sector(slug).group for slug in sectors}
    return "trade" if branches & {sector(slug).group for slug in named} else "other"
