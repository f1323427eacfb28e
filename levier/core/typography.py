"""French typography of figures: narrow no-break spaces, units, dates."""

import re
from datetime import date, datetime, time
from decimal import Decimal

NARROW = "\u202f"
NO_BREAK = "\u00a0"
_BEFORE_SIGN = re.compile(r"(?<=\S) (?=[?!;:»%€])|(?<=«) ")
_STRAIGHT = re.compile(r"(?<=[^\W\d_])'(?=\w)")

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def figure(value: float | int | Decimal | None, decimals: int = 0) -> str:
    """1250 → « 1 250 », 612.5 → « 612,5 »; None → « ? ». Zeros that end the decimals are cut."""
    text = _decimal(value, decimals)
    return text.rstrip("0").rstrip(",") if "," in text else text


def _decimal(value: float | int | Decimal | None, decimals: int) -> str:
    if value is None:
        return "?"
    text = f"{float(value):,.{decimals}f}"
    return text.replace(",", NARROW).replace(".", ",").replace("-", "\u2212")


def euros(value: float | int | Decimal | None, decimals: int = 0) -> str:
    """120000 → « 120 000 € », 4.5 with two decimals → « 4,50 € »: cents are two, or none when they are zero."""
    return f"{_decimal(value, decimals).removesuffix(',' + '0' * decimals)}{NO_BREAK}€"


def hours(value: float | int | Decimal | None, decimals: int = 0) -> str:
    """480 → « 480 h »."""
    return f"{figure(value, decimals)}{NO_BREAK}h"


def counted(value: float | int | Decimal, noun: str, *, plural: str = "", decimals: int = 0) -> str:
    """« 1,5 emploi », « 2 emplois »: the noun is that of one, its plural starts at two."""
    return f"{figure(value, decimals)}{NO_BREAK}{(plural or f'{noun}s') if value >= 2 else noun}"


def percent(rate: float | None, decimals: int = 1) -> str:
    """0.05 → « 5 % » (a rate is 0 to 1)."""
    return "?" if rate is None else f"{figure(rate * 100, decimals)}{NARROW}%"


def apostrophes(text: str) -> str:
    """« l'école » typed with a straight apostrophe → « l’école »; one that stands apart is left alone."""
    return _STRAIGHT.sub("’", text)


def as_printed(text: str) -> str:
    """A sentence as it was typed → with typographic apostrophes, and no line that begins with « ? » or « : »."""
    return _BEFORE_SIGN.sub(NO_BREAK, apostrophes(text))


def kilometres(value: float | None) -> str:
    """12.4 → « 12 km »; below one kilometre « moins d’1 km »."""
    if value is None:
        return ""
    return f"moins d’1{NO_BREAK}km" if value < 1 else f"{figure(round(value))}{NO_BREAK}km"


def day(value: date | datetime | None) -> str:
    """2027-03-12 → « 12 mars 2027 »; the first of the month is « 1er »."""
    if value is None:
        return "?"
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NO_BREAK}{MONTHS[value.month - 1]} {value.year}"


def phone(text: str) -> str:
    """« 0320000000 » → « 03 20 00 00 00 »; any other writing is left as it is."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"0\d{9}", digits):
        return text
    return NO_BREAK.join(digits[start : start + 2] for start in range(0, 10, 2))


def clock(value: datetime | time) -> str:
    """09:00 → « 9 h », 14:30 → « 14 h 30 »; an instant must already be in the reader's time."""
    return f"{value.hour}{NO_BREAK}h" + (f"{NO_BREAK}{value.minute:02d}" if value.minute else "")


def when(start: datetime, end: datetime) -> str:
    """« 12 mars 2027, de 9 h à 12 h », « du 12 mars 2027, 9 h, au 14 mars 2027, 18 h ». Both in the reader's time."""
    if start.date() != end.date():
        return f"du {day(start)}, {clock(start)}, au {day(end)}, {clock(end)}"
    return (
        f"{day(start)}, {clock(start)}" if start == end else f"{day(start)}, de {clock(start)} à {clock(end)}"
    )
