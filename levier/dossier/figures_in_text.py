"""Reads the figures of a French sentence: amounts, durations, hours to take over, inhabitants, guests."""

import re
from dataclasses import dataclass

from levier.dossier.amounts_in_text import amounts, estimate
from levier.dossier.numbers_in_text import MINUS, NUMBER, WORDS, normalise, value

_LASTING = (
    r"(?P<number>\d+(?:[.,]\d+)?|une?|deux|trois|quatre|cinq|six|dix-huit|douze) ?"
    r"(?P<unit>mois|ans?|années?|semaines?|jours?)\b"
)
_DURATION = re.compile(rf"(?<![\w,.]){MINUS}{_LASTING}", re.IGNORECASE)
# « 40 k€ par an x3 ».
_TIMES_A_YEAR = re.compile(
    r"(?:/ ?|par )an(?P<times> ?[x×] ?(?P<number>\d{1,2}))\b(?! ?(?:mois|ans?)\b)", re.IGNORECASE
)
# « 1 an reconductible 3 fois », « 3 ans renouvelable une fois 1 an »: the need is the whole, renewals included (R2121-1).
_RENEWAL = (
    r"[ ,(]*(?:fermes?[ ,]*)?(?:tacitement |expressément )?(?:reconductibles?|renouvelables?)(?: tacitement| expressément)?[ ,]*"
    r"(?P<times>\d{1,2}|une|deux|trois|quatre|cinq|six) fois\b"
)
_RENEWED = re.compile(rf"^{_RENEWAL}(?: (?:pour |de |d'|par périodes? de )?{_LASTING})?\)?", re.IGNORECASE)
# « 2 ans + 2 x 1 an ».
_AND_MORE = re.compile(rf"^ ?\+ ?(?P<times>\d) ?[x×] ?{_LASTING}", re.IGNORECASE)
# « 80 000 € par an, reconductible 3 fois »: four years, of which none is said.
_YEAR_RENEWED = re.compile(rf"\ban\b(?P<renewal>{_RENEWAL}\)?)", re.IGNORECASE)
_TAKEOVER = re.compile(
    rf"(?<![\w,.]){NUMBER} ?(?:h|heures?)\.? ?(?:/|par|de|mensuelles?)? ?(?:mois|mensuelles?)?"
    r"(?: de personnel| d'agents?)? ?(?:à reprendre|a reprendre|transférables?|de reprise|reprises?\b)",
    re.IGNORECASE,
)
# « reprise de 3 salariés (260 h/mois au total) », « personnel à reprendre : 140 heures par mois ».
_HOURS_TAKEN = re.compile(
    rf"(?:\breprises?|\breprendre|\btransférer|\btransférables?)\b(?P<aside>[^.;]{{0,60}}?)(?<![\w,.])"
    rf"(?P<hours>{NUMBER} ?(?:h|heures?)\.? ?(?:(?:/|par) ?mois|mensuelles?)(?: (?:au|en) tout| au total)?)",
    re.IGNORECASE,
)
# « avec 2 500 heures d'insertion imposées »: the buyer has a figure in mind.
_INSERTION_HOURS = re.compile(
    rf"(?:\b(?:avec|dont|soit) )?(?<![\w,.]){NUMBER} ?(?:h\b|heures?\b)\.? d'insertion(?: (?:imposées?|obligatoires?|prévues?|demandées?))?",
    re.IGNORECASE,
)
# « une clause d'insertion de 1 500 h ».
_HOURS_OF_A_CLAUSE = re.compile(rf"(?<=d'insertion) (?:de |à )?{NUMBER} ?(?:h\b|heures?\b)\.?", re.IGNORECASE)
_NO_TAKEOVER = re.compile(
    r"(?:sans|pas de|aucune?) (?:personnel à reprendre|reprise|personnel a reprendre)", re.IGNORECASE
)
# « 14 agents à reprendre », « reprise de 12 conducteurs ».
_COUNTED = r"(?P<number>(?<!\d)\d{1,6}|deux|trois|quatre|cinq|six)"
_PART_TIME = r"(?: à (?:mi-temps|temps (?:partiel|plein|complet)))?"
_STAFF = re.compile(
    rf"{_COUNTED} (?!h\b|heures?\b|mois\b)[^\W\d_]{{3,}}(?: d(?:e |')\w+)?{_PART_TIME} (?:à|a) (?:reprendre|transférer){_PART_TIME}",
    re.IGNORECASE,
)
_STAFF_TAKEN = re.compile(
    rf"\breprise (?:de |des ){_COUNTED} (?!h\b|heures\b)[^\W\d_]+{_PART_TIME}", re.IGNORECASE
)
# Bounded and started at a first digit only: a text of 5,000 digits must cost nothing.
_COUNT = r"(?<!\d)(?P<number>\d[\d ]{0,14})"
_INHABITANTS = re.compile(rf"{_COUNT} ?(?:habitants?|hab\.?)\b", re.IGNORECASE)
_GUESTS = re.compile(
    rf"{_COUNT} ?(?:personnes|convives|couverts|invités|repas)\b(?! ?(?:/|par) ?ans?\b)(?: ?(?:/|par) ?jours?\b)?",
    re.IGNORECASE,
)
_LONGEST_RENEWAL = 90
_LOTS = re.compile(
    r"(?<![\w,.])(?P<number>\d{1,2}|deux|trois|quatre|cinq|six) lots\b|\b(?P<single>(?:en )?(?:un )?lot unique)\b",
    re.IGNORECASE,
)
# What is left hanging once the figures and the place are taken out of a sentence: « dans le », « pour la région ».
_DANGLING = re.compile(
    # One that another follows has lost its noun: « un séminaire de (120 personnes) à », « un marché de (2 M€) de terrassement ».
    # Looked for first: « pour pour pour » would be read again from each of its words.
    r"\b(?:de|à|pour)\s+(?=(?:à|de|dans|pour|pendant|durant|après|avant|le \d+|lot \d+)\b|\()|"
    r"(?:(?:\b(?:dans|sur|pour|de|par|en|à) (?:la|les?)\b|\b(?:dans|sur|pour|de|par|à) l'|"
    r"\b(?:à|au|aux|en|sur|dans|de|du|des|pour|pendant|par|environ|soit|est|estimée?s?|maximum|maxi?|minimum|mini|budget|"
    r"montant|durée|ht)\b|\b[dl]'|/ ?an)\s*)++(?=[,;.:]|$)",
    re.IGNORECASE,
)
_BUYER_LEFT = re.compile(
    r"(?:,|\b(?:pour|de|du|par)\b)\s*(?:la |le |l')?(?:commune|ville|mairie|département|région|métropole|agglomération|"
    r"communauté (?:urbaine|de communes|d'agglomération)|conseil (?:départemental|régional))\s*(?=[,;.:]|$)|\bville\s*(?=[,;.:]|$)",
    re.IGNORECASE,
)
# « nettoyage, contrat (de 3 ans) »: what bore a figure, alone between commas.
_BEARER_LEFT = re.compile(r",\s*(?:contrat|marché|chantier)(?: de)?\s*(?=[,;.:]|$)", re.IGNORECASE)
# « ménage — (lot unique) — (3 ans) »: dashes and brackets that hold nothing any more.
_EMPTY_LEFT = re.compile(
    r"\(\s*\)|(?<=\s)[—–-](?=\s+[—–-](?:\s|$))|(?<=\()\s*[,;]\s*|[,;]?\s[—–-]\s*(?=[,;)]|$)"
)
_PEOPLE = re.compile(
    # « 3 agents d'entretien » says a trade: its number alone is taken out.
    r"(?P<number>(?<!\d)\d{1,9}|un|deux|trois|quatre|cinq|six) (?:(?:postes?|ouvriers?|agents?|salariés?)\b(?! d[e'])|(?=agents? d[e']))",
    re.IGNORECASE,
)

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
    takeover_staff: int | None = None
    inhabitants: int | None = None
    guests: int | None = None
    posts: int | None = None
    lots: int | None = None
    insertion_hours: float | None = None
    spans: tuple[tuple[int, int], ...] = ()
    is_yearly: bool = False
    is_maximum_yearly: bool = False
    is_vat_taken_off: bool = False
    # How many, and the price of one: « 250 000 repas à 4,10 € ».
    each: tuple[float, float] | None = None


def read_figures(text: str) -> FiguresRead:
    """Find every figure of a need. A negative number is kept negative, for the caller to refuse it."""
    text = normalise(text)
    spans: list[tuple[int, int]] = []
    takeover = _first(_TAKEOVER, text, spans)
    if takeover is None and _NO_TAKEOVER.search(text):
        takeover = 0.0
        spans.append(_NO_TAKEOVER.search(text).span())  # type: ignore[union-attr]
    staff = _whole(_first(_STAFF, text, spans) or _first(_STAFF_TAKEN, text, spans))
    if takeover is None:
        takeover = _hours_taken(text, spans)
    insertion_hours = _first(_INSERTION_HOURS, text, spans) or _first(_HOURS_OF_A_CLAUSE, text, spans)
    lots = _whole(_first(_LOTS, text, spans))
    said = amounts(text, spans)
    wanted, lots = estimate([one for one in said if not one.is_maximum], lots)
    maximum = next((one for one in said if one.is_maximum), None)
    return FiguresRead(
        amount_ht=wanted.value if wanted else None,
        max_amount_ht=maximum.value if maximum else None,
        months=_months(text, spans),
        takeover_hours=takeover,
        takeover_staff=staff,
        inhabitants=_whole(_first(_INHABITANTS, text, spans)),
        guests=_guests(text, spans),
        posts=_whole(_first(_PEOPLE, text, spans)) if staff is None else None,
        lots=lots,
        insertion_hours=insertion_hours,
        spans=tuple(sorted(spans)),
        is_yearly=bool(wanted and wanted.is_yearly),
        is_maximum_yearly=bool(maximum and maximum.is_yearly),
        is_vat_taken_off=any(one.is_with_vat for one in (wanted, maximum) if one),
        each=wanted.each if wanted else None,
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
        words = _BUYER_LEFT.sub(" ", words)
        words = _BEARER_LEFT.sub(" ", words)
        words = _EMPTY_LEFT.sub(" ", words)
        words = re.sub(r"(?:\s*[,;]\s*)+(?=[,;]|$)", " ", words).strip(" ,;:.–-/")
    words = re.sub(r" {2,}", " ", words).replace(" ,", ",").replace("( ", "(")
    return re.sub(r"^(?:(?:de|du|des) |d')", "", words)


def _guests(text: str, spans: list[tuple[int, int]]) -> int | None:
    """How many sit at the table; meals that a price is of were counted with it."""
    found = _GUESTS.search(text)
    if found is None or (found[0].lower().endswith("repas") and _is_read(found, spans)):
        return None
    spans.append(found.span())
    return _whole(value(found))


def _is_read(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    return any(start <= match.start() < end for start, end in spans)


def _months(text: str, spans: list[tuple[int, int]]) -> float | None:
    for match in _DURATION.finditer(text):
        if _is_read(match, spans):
            continue
        months, end = _lasting(match), match.end()
        following = text[end : end + _LONGEST_RENEWAL]
        renewed = _RENEWED.search(following) or _AND_MORE.search(following)
        if renewed:
            end += renewed.end()
            months += _times(renewed) * (_lasting(renewed) if renewed["unit"] else months)
        spans.append((match.start(), end))
        return round(months, 2)
    return _years_of_an_amount(text, spans)


def _years_of_an_amount(text: str, spans: list[tuple[int, int]]) -> float | None:
    """The months of an amount by the year whose years are only counted: « par an x3 », « par an, reconductible 3 fois »."""
    if counted := _TIMES_A_YEAR.search(text):
        spans.append(counted.span("times"))
        return 12 * value(counted)
    if renewed := _YEAR_RENEWED.search(text):
        spans.append(renewed.span("renewal"))
        return 12 * (1 + _times(renewed))
    return None


def _times(match: re.Match[str]) -> float:
    """« 3 fois », « une fois »."""
    return WORDS.get(match["times"].lower()) or float(match["times"])


def _hours_taken(text: str, spans: list[tuple[int, int]]) -> float | None:
    """The monthly hours said after the words of a takeover, whatever stands between."""
    match = _HOURS_TAKEN.search(text)
    if match is None:
        return None
    # « reprise : 2 100 h/mois » goes whole; « reprise du personnel de propreté, 260 h/mois » says what is bought.
    spans.append(match.span("hours") if re.search(r"[^\W\d_]{4}", match["aside"]) else match.span())
    return value(match)


def _lasting(match: re.Match[str]) -> float:
    """The months of « 3 ans », « 90 jours »."""
    unit = match["unit"].lower()
    return value(match) * _MONTHS_PER[unit if unit == "mois" else unit.rstrip("s")]


def _first(pattern: re.Pattern[str], text: str, spans: list[tuple[int, int]]) -> float | None:
    match = pattern.search(text)
    if match is None:
        return None
    spans.append(match.span())
    return value(match)


def _whole(value: float | None) -> int | None:
    return None if value is None or value > MOST_PEOPLE else round(value)
