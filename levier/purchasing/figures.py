"""Numbers as people write them: « 1 500 000 », « 1,5 M€ », « 120 k€ », « 24 mois », « 12.5 »."""

import re
from decimal import Decimal, InvalidOperation

_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_UNITS = re.compile(
    r"(?:€|euros?|eur|ht|hors taxes?|mois|semaines?|heures?|h|personnes?|postes?|emplois?)+\Z"
)
_TIMES = {"k": 1_000, "m": 1_000_000, "million": 1_000_000, "millions": 1_000_000, "md": 1_000_000_000}
_TIMES_WORD = re.compile(r"\A(.*?\d)(millions?|md|k|m)\Z")
_THOUSANDS_BY_DOTS = re.compile(r"-?\d{1,3}(?:\.\d{3})+")


_YEARS = re.compile(
    r"(?P<years>\d{1,2}(?:[.,]\d{1,2})?)(?:ans?|années?)(?:(?:et)?(?P<months>\d{1,2}(?:[.,]\d)?)(?:mois)?)?"
)
MONTHS_A_YEAR = 12


class NotANumberError(ValueError):
    """The text is not a number."""


def read_number(text: str, *, is_amount: bool = False) -> Decimal | None:
    """The number of a text, None when empty. Raises NotANumberError.

    `is_amount`: « 1.500 » is then one thousand five hundred, as in an amount; elsewhere it is one and a half.
    """
    plain = _UNITS.sub("", _BLANKS.sub("", text).casefold().replace("−", "-"))
    if not plain:
        if _BLANKS.sub("", text):
            raise NotANumberError(text)
        return None
    times = 1
    if is_amount and (found := _TIMES_WORD.match(plain)):
        plain, times = found[1], _TIMES[found[2]]
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif is_amount and _THOUSANDS_BY_DOTS.fullmatch(plain):
        plain = plain.replace(".", "")
    if not re.fullmatch(r"-?\d{1,15}(?:\.\d{1,12})?", plain):
        raise NotANumberError(text)
    try:
        return Decimal(plain) * times
    except InvalidOperation as problem:
        raise NotANumberError(text) from problem


def read_months(text: str) -> Decimal | None:
    """A length in months: « 18 mois », « 18 », « 3 ans », « 2 ans et 6 mois ». Raises NotANumberError."""
    found = _YEARS.fullmatch(_BLANKS.sub("", text).casefold())
    if found is None:
        return read_number(text)
    years, months = (Decimal((found[part] or "0").replace(",", ".")) for part in ("years", "months"))
    return years * MONTHS_A_YEAR + months
