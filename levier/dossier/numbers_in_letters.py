"""A number written in letters, as a clause writes it before its digits: « six cents (600) heures »."""

import re

_UNITS = {
    "zéro": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
         "huitante": 80, "nonante": 90}  # fmt: skip
_SCALES = {"cent": 100, "cents": 100, "mille": 1000}
_WORD = "|".join(sorted((*_UNITS, *_TENS, *_SCALES), key=len, reverse=True))
# Only before what is counted: « six cents heures », « cent vingt (120) heures » keeps its digits anyway.
_IN_LETTERS = re.compile(
    rf"(?<![\w-])(?!(?:une?)\b[^-\w])((?:{_WORD})(?:(?:[ \u00a0\u202f-]|[ -]et[ -])(?:{_WORD})){{0,12}})"
    r"(?=\)?[ \u00a0\u202f]+(?:heures?|h|euros?)\b)",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """The text, a number in letters that counts hours or euros put in digits: « quatre cent vingt heures » → « 420 heures »."""
    return _IN_LETTERS.sub(lambda found: str(_spoken(found[1])), text)


def _spoken(words: str) -> int:
    """« mille deux cent quatre-vingt-dix » → 1290."""
    total, current = 0, 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            # « quatre-vingts » multiplies, « cent vingt » adds.
            current = current - 4 + 80 if _TENS[word] == 20 and current % 100 == 4 else current + _TENS[word]
        elif word.startswith("cent"):
            current = max(current, 1) * 100
        elif word == "mille":
            total, current = total + max(current, 1) * 1000, 0
    return total + current
