"""How the rule book writes a number in a French sentence."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
# Beyond, the digits say nothing and decimal arithmetic has too few of them.
TOO_LARGE_TO_WRITE = 1e15


def french_number(value: float, decimals: int = 0) -> str:
    """Writes a number the French way: narrow space between thousands, comma, minus sign, trailing zeros dropped."""
    if abs(value) >= TOO_LARGE_TO_WRITE:
        return f"{value:.2e}".replace(".", ",")
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    # Adding zero turns « -0 » into « 0 ».
    text = f"{rounded + 0:,f}".replace(",", NARROW_SPACE).replace(".", ",").replace("-", MINUS)
    return text.rstrip("0").rstrip(",") if "," in text else text


def french_figures(values: ArrayLike, decimals: int = 0) -> str:
    """Writes one number, or « de … à … » for several."""
    # Only what calibrates holds arrays: the rest of the site starts without NumPy.
    import numpy as np

    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        return "aucune valeur"
    low, high = french_number(float(array.min()), decimals), french_number(float(array.max()), decimals)
    return low if low == high else f"de {low} à {high}"


def french_percent(rate: float) -> str:
    """Writes a rate between 0 and 1 as a percentage with at most two decimals."""
    return f"{french_number(rate * 100, 2)}{NARROW_SPACE}%"


def counted(value: float, noun: str, *, plural: str = "") -> str:
    """« 1 lot », « 2 lots »: the noun is that of one, its plural starts at two."""
    return f"{french_number(value, 2)}\u00a0{(plural or f'{noun}s') if value >= 2 else noun}"


def lower_first(text: str) -> str:
    """The text with a small first letter, for the middle of a sentence; an acronym is left alone."""
    if len(text) > 1 and text[1].isupper():
        return text
    return text[:1].lower() + text[1:]
