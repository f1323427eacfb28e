"""Recognises a French social security number (NIR) in what people send, so that it is never kept. Pure."""

import re

_BETWEEN = r"[\s./\-_]{0,3}"
# Sex, year, month (real or conventional), département (2A and 2B too) and commune, order, and the key or not.
_IN_TEXT = re.compile(
    _BETWEEN.join(
        [
            r"(?<!\d)[1-478]",
            r"\d{2}",
            r"(?:0[1-9]|1[0-2]|[2-4]\d|[5-9]\d)",
            rf"(?:(?:\d{{2}}|2[ab]){_BETWEEN}\d{{3}}|\d{{3}}{_BETWEEN}\d{{2}})",
            r"\d{3}",
        ]
    )
    + rf"(?:{_BETWEEN}\d{{2}})?(?!\d)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s./\-_]")
# Neither a SIRET (14 digits) nor a SIREN (9); a Corsican number has a letter in the seventh place.
_WHOLE = re.compile(r"\d{13}(\d{2})?|[1-8]\d{4}2[AB]\d{6}(\d{2})?", re.IGNORECASE)


def is_number_of_a_person(text: str) -> bool:
    """Whether a text is nothing but a number of 13 or 15 digits, however it is separated."""
    return bool(_WHOLE.fullmatch(_SEPARATORS.sub("", text)))


def holds_number_of_a_person(text: str) -> bool:
    """Whether a text holds, somewhere, what looks like a social security number."""
    return is_number_of_a_person(text) or bool(_IN_TEXT.search(text))
