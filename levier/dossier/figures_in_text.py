"""Reads the figures of a French sentence: amounts, durations, hours to take over, inhabitants, guests."""

import re
import unicodedata
from dataclasses import dataclass

# « 1,5 M€ », « 120 k€ », « 1 500 000 euros HT », « 2,4 millions d'euros », « 45 000 € ».
_NUMBER = r"(?P<number>\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_SCALE = r"(?P<scale>md|milliards?|m|millions?|k|milliers?|mille)?"
_EURO = r"(?:d'|de )?(?P<euro>€|euros?|eur\b)"
_AMOUNT = re.compile(
    rf"(?<![\w,.])(?P<minus>[-−]\s?)?{_NUMBER} ?{_SCALE} ?{_EURO}(?: ?(?:ht|ttc|h\.t\.))?", re.IGNORECASE
)
_BARE_AMOUNT = re.compile(
    rf"(?<![\w,.]){_NUMBER} ?(?P<scale>k|m|millions?)\b(?! ?(?:²|2|ois|3))", re.IGNORECASE
)
_DURATION = re.compile(
    r"(?<![\w,.])(?P<minus>[-−]\s?)?(?P<number>\d+(?:[.,]\d+)?|un|deux|trois|quatre|cinq|six|dix-huit|douze) "
    r"?(?P<unit>mois|ans?|années?|semaines?|jours?)\b",
    re.IGNORECASE,
)
_TAKEOVER = re.compile(
    rf"(?<![\w,.]){_NUMBER} ?(?:h|heures?)\.? ?(?:/|par|de|mensuelles?)? ?(?:mois|mensuelles?)?"
    r"(?: de personnel| d'agents?)? ?(?:à reprendre|a reprendre|transférables?|de reprise)",
    re.IGNORECASE,
)
_NO_TAKEOVER = re.compile(
    r"(?:sans|pas de|aucune?) (?:personnel à reprendre|reprise|personnel a reprendre)", re.IGNORECASE
)
# Bounded and started at a first digit only: a text of 5,000 digits must cost nothing.
_COUNT = r"(?<!\d)(?P<number>\d[\d ]{0,14})"
_INHABITANTS = re.compile(rf"{_COUNT} ?(?:habitants?|hab\.?)\b", re.IGNORECASE)
_GUESTS = re.compile(rf"{_COUNT} ?(?:personnes|convives|couverts|invités|repas)\b", re.IGNORECASE)
_MAXIMUM = re.compile(r"(?:maximum|maxi?|plafond|plafonnée? à|au plus)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_MAXIMUM_AFTER = re.compile(r"^ ?(?:au )?(?:maximum|maxi?\b|de plafond)", re.IGNORECASE)
_NEAR = 40
_YEARLY = re.compile(r"^ ?(?:ht )?(?:/ ?an\b|par an\b|annuels?\b|chaque année)", re.IGNORECASE)
# What is left hanging once the figures and the place are taken out of a sentence.
_DANGLING = re.compile(
    r"(?:(?:\b(?:à|au|aux|en|sur|dans|de|du|des|pour|pendant|par|environ|soit|est|estimée?s?|maximum|maxi|budget|"
    r"montant|durée|ht)\b|\b[dl]'|/ ?an)\s*)++(?=[,;.:]|$)",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"(?P<number>(?<!\d)\d{1,9}|un|deux|trois|quatre|cinq|six) (?:postes?|ouvriers?|agents?|salariés?)\b",
    re.IGNORECASE,
)

_SCALES = {"k": 1e3, "millier": 1e3, "milliers": 1e3, "mille": 1e3, "m": 1e6, "million": 1e6, "millions": 1e6}
_SCALES |= {"md": 1e9, "milliard": 1e9, "milliards": 1e9}
_WORDS = {
    "un": 1.0,
    "deux": 2.0,
    "trois": 3.0,
    "quatre": 4.0,
    "cinq": 5.0,
    "six": 6.0,
    "douze": 12.0,
    "dix-huit": 18.0,
}
WEEKS_PER_MONTH = 52 / 12
# More inhabitants, guests or workers than France has people: another number, left aside.
MOST_PEOPLE = 1e8
_MONTHS_PER = {"mois": 1.0, "an": 12.0, "année": 12.0, "semaine": 1 / WEEKS_PER_MONTH, "jour": 12 / 365}


@dataclass(frozen=True)
class FiguresRead:
    """What the sentence says in figures; None where it says nothing. Spans are (start, end) in the text given."""

    amount_ht: float | None = None
    max_amount_ht: float | None = None
    months: float | None = None
    takeover_hours: float | None = None
    inhabitants: int | None = None
    guests: int | None = None
    posts: int | None = None
    spans: tuple[tuple[int, int], ...] = ()
    is_yearly: bool = False


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


def read_figures(text: str) -> FiguresRead:
    """Find every figure of a need. A negative number is kept negative, for the caller to refuse it."""
    text = normalise(text)
    spans: list[tuple[int, int]] = []
    takeover = _first(_TAKEOVER, text, spans)
    if takeover is None and _NO_TAKEOVER.search(text):
        takeover = 0.0
        spans.append(_NO_TAKEOVER.search(text).span())  # type: ignore[union-attr]
    amount, maximum, is_yearly = _amounts(text, spans)
    return FiguresRead(
        amount_ht=amount,
        max_amount_ht=maximum,
        months=_months(text, spans),
        takeover_hours=takeover,
        inhabitants=_whole(_first(_INHABITANTS, text, spans)),
        guests=_whole(_first(_GUESTS, text, spans)),
        posts=_whole(_first(_PEOPLE, text, spans)),
        spans=tuple(sorted(spans)),
        is_yearly=is_yearly,
    )


def without_spans(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """The text without those parts nor the prepositions left hanging, for who only wants the words."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    # One space at a time: the patterns below would try every start of a long blank.
    words = re.sub(r"\s+", " ", "".join(letters))
    before = ""
    while before != words:
        before = words
        words = _DANGLING.sub(" ", words)
        words = re.sub(r"(?:\s*[,;]\s*)+(?=[,;]|$)", " ", words).strip(" ,;:.–-")
    return re.sub(r" {2,}", " ", words).replace(" ,", ",")


def _amounts(text: str, spans: list[tuple[int, int]]) -> tuple[float | None, float | None, bool]:
    """Estimate, maximum, and whether the estimate is for one year."""
    amount: float | None = None
    maximum: float | None = None
    is_yearly = False
    for match in list(_AMOUNT.finditer(text)) or list(_BARE_AMOUNT.finditer(text)):
        # Only what stands close to an amount speaks of it; the rest is not read again for each of them.
        before = text[max(0, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        yearly = _YEARLY.search(after)
        spans.append((match.start(), match.end() + (yearly.end() if yearly else 0)))
        if maximum is None and (_MAXIMUM.search(before) or _MAXIMUM_AFTER.search(after)):
            maximum = _value(match)
        elif amount is None:
            amount, is_yearly = _value(match), yearly is not None
    return amount, maximum, is_yearly


def _months(text: str, spans: list[tuple[int, int]]) -> float | None:
    months: float | None = None
    for match in _DURATION.finditer(text):
        unit = match["unit"].lower()
        singular = unit if unit == "mois" else unit.rstrip("s")
        if months is None and not any(start <= match.start() < end for start, end in spans):
            months = _value(match) * _MONTHS_PER[singular]
            spans.append(match.span())
    return None if months is None else round(months, 2)


def _first(pattern: re.Pattern[str], text: str, spans: list[tuple[int, int]]) -> float | None:
    match = pattern.search(text)
    if match is None:
        return None
    spans.append(match.span())
    return _value(match)


def _value(match: re.Match[str]) -> float:
    groups = match.groupdict()
    word = match["number"].lower()
    number = _WORDS.get(word)
    if number is None:
        compact = word.replace(" ", "")
        is_grouped = re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", compact) is not None
        number = float((compact.replace(".", "") if is_grouped else compact).replace(",", "."))
    scale = (groups.get("scale") or "").lower()
    return number * _SCALES.get(scale, 1.0) * (-1.0 if groups.get("minus") else 1.0)


def _whole(value: float | None) -> int | None:
    return None if value is None or value > MOST_PEOPLE else round(value)
