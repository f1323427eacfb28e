"""A number as people write it in a sentence, in digits or in letters."""

import re
import unicodedata

NUMBER = r"(?P<number>\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
# « école - 9 mois »: a dash between spaces parts two things.
MINUS = r"(?P<minus>−\s?|-(?=\d))?"
_SCALES = {"k": 1e3, "millier": 1e3, "milliers": 1e3, "mille": 1e3, "m": 1e6, "million": 1e6, "millions": 1e6}
_SCALES |= {"md": 1e9, "milliard": 1e9, "milliards": 1e9}
WORDS = {
    "un": 1.0,
    "une": 1.0,
    "deux": 2.0,
    "trois": 3.0,
    "quatre": 4.0,
    "cinq": 5.0,
    "six": 6.0,
    "douze": 12.0,
    "dix-huit": 18.0,
}


def normalise(text: str) -> str:
    """Same length as the text: exotic spaces and apostrophes made plain, so that spans stay true."""
    spaces = {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
        "\n": " ",
        "\r": " ",
        "’": "'",
        "ʼ": "'",
    }
    return "".join(spaces.get(char, char) for char in unicodedata.normalize("NFC", text))


def value(match: re.Match[str]) -> float:
    """What the groups « number », « scale » and « minus » of a match say; a unit said by its name alone is one."""
    groups = match.groupdict()
    word = (match["number"] or "un").lower()
    number = WORDS.get(word)
    if number is None:
        compact = word.replace(" ", "")
        is_grouped = re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", compact) is not None
        number = float((compact.replace(".", "") if is_grouped else compact).replace(",", "."))
    scale = (groups.get("scale") or "").lower()
    return number * _SCALES.get(scale, 1.0) * (-1.0 if groups.get("minus") else 1.0)
