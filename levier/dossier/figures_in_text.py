"""Reads the figures of a French sentence: amounts, durations, hours to take over, inhabitants, guests."""

import re
import unicodedata
from dataclasses import dataclass, replace

# « 1,5 M€ », « 120 k€ », « 1 500 000 euros HT », « 2,4 millions d'euros », « 45 000 € ».
_NUMBER = r"(?P<number>\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_SCALE = r"(?P<scale>md|milliards?|m|millions?|k|milliers?|mille)?"
_EURO = r"(?:d'|de )?(?P<euro>€|euros?|eur\b|(?<=k)e\b)"
_TAX = r"(?: ?(?:ht\b|(?P<ttc>ttc\b|t\.t\.c\.|toutes taxes)|h\.t\.))?"
# « école - 9 mois »: a dash between spaces parts two things.
_MINUS = r"(?P<minus>−\s?|-(?=\d))?"
_AMOUNT = re.compile(rf"(?<![\w,.]){_MINUS}{_NUMBER} ?{_SCALE} ?{_EURO}{_TAX}", re.IGNORECASE)
_BARE_AMOUNT = re.compile(
    rf"(?<![\w,.]){_NUMBER} ?(?P<scale>k|m|millions?)\b(?! ?(?:²|2|ois|3)){_TAX}", re.IGNORECASE
)
# « nettoyage des rues, 80 000 par an »: no euro is written.
_YEARLY_ONLY = re.compile(
    r"(?<![\w,.])(?P<number>\d{1,3}(?:[ .]\d{3})+|\d{4,7})(?= ?(?:ht )?(?:/ ?an\b|par an\b))",
    re.IGNORECASE,
)
# « maximum 200 000 HT »: neither is there; « lot 2 peinture 90 000 »: nor anything else but the lot.
_WITHOUT_TAX = re.compile(rf"(?<![\w,.]){_NUMBER} ?(?:ht\b|h\.t\.)", re.IGNORECASE)
_OF_EACH_LOT = re.compile(
    r"(?<![\w,.])(?P<number>\d{1,3}(?:[ .]\d{3})+)(?=\s*(?:[,;(]|$|\blot\b))",
    re.IGNORECASE,
)
_LASTING = (
    r"(?P<number>\d+(?:[.,]\d+)?|une?|deux|trois|quatre|cinq|six|dix-huit|douze) ?"
    r"(?P<unit>mois|ans?|années?|semaines?|jours?)\b"
)
_DURATION = re.compile(rf"(?<![\w,.]){_MINUS}{_LASTING}", re.IGNORECASE)
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
    rf"(?<![\w,.]){_NUMBER} ?(?:h|heures?)\.? ?(?:/|par|de|mensuelles?)? ?(?:mois|mensuelles?)?"
    r"(?: de personnel| d'agents?)? ?(?:à reprendre|a reprendre|transférables?|de reprise|reprises?\b)",
    re.IGNORECASE,
)
# « reprise de 3 salariés (260 h/mois au total) », « personnel à reprendre : 140 heures par mois ».
_HOURS_TAKEN = re.compile(
    rf"(?:\breprises?|\breprendre|\btransférer|\btransférables?)\b(?P<aside>[^.;]{{0,60}}?)(?<![\w,.])"
    rf"(?P<hours>{_NUMBER} ?(?:h|heures?)\.? ?(?:(?:/|par) ?mois|mensuelles?)(?: (?:au|en) tout| au total)?)",
    re.IGNORECASE,
)
# « avec 2 500 heures d'insertion imposées »: the buyer has a figure in mind.
_INSERTION_HOURS = re.compile(
    rf"(?:\b(?:avec|dont|soit) )?(?<![\w,.]){_NUMBER} ?(?:h\b|heures?\b)\.? d'insertion(?: (?:imposées?|obligatoires?|prévues?|demandées?))?",
    re.IGNORECASE,
)
# « une clause d'insertion de 1 500 h ».
_HOURS_OF_A_CLAUSE = re.compile(
    rf"(?<=d'insertion) (?:de |à )?{_NUMBER} ?(?:h\b|heures?\b)\.?", re.IGNORECASE
)
_NO_TAKEOVER = re.compile(
    r"(?:sans|pas de|aucune?) (?:personnel à reprendre|reprise|personnel a reprendre)", re.IGNORECASE
)
# « 14 agents à reprendre », « reprise de 12 conducteurs ».
_COUNTED = r"(?P<number>(?<!\d)\d{1,6}|deux|trois|quatre|cinq|six)"
_STAFF = re.compile(
    rf"{_COUNTED} (?!h\b|heures?\b|mois\b)[^\W\d_]{{3,}}(?: d(?:e |')\w+)? (?:à|a) (?:reprendre|transférer)",
    re.IGNORECASE,
)
_STAFF_TAKEN = re.compile(rf"\breprise (?:de |des ){_COUNTED} (?!h\b|heures\b)[^\W\d_]+", re.IGNORECASE)
# Bounded and started at a first digit only: a text of 5,000 digits must cost nothing.
_COUNT = r"(?<!\d)(?P<number>\d[\d ]{0,14})"
_INHABITANTS = re.compile(rf"{_COUNT} ?(?:habitants?|hab\.?)\b", re.IGNORECASE)
_GUESTS = re.compile(
    rf"{_COUNT} ?(?:personnes|convives|couverts|invités|repas)\b(?: ?(?:/|par) ?jours?\b)?", re.IGNORECASE
)
_MAXIMUM = re.compile(r"(?:maximum|maxi?|plafond|plafonnée? à|au plus)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_MAXIMUM_AFTER = re.compile(r"^ ?(?:au )?(?:maximum|maxi?\b|de plafond)(?! ?(?:de |: ?)?\d)", re.IGNORECASE)
_MINIMUM = re.compile(r"(?:minimum|mini?|plancher|au moins)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_MINIMUM_AFTER = re.compile(r"^ ?(?:au )?(?:minimum|mini?\b)(?! ?(?:de |: ?)?\d)", re.IGNORECASE)
_NEAR = 40
_LONGEST_RENEWAL = 90
_YEARLY = re.compile(
    r"^ ?(?:ht )?(?:/ ?an\b|par an\b|l'an\b|an\b|annuels?\b|chaque année)(?: (?:ht|(?P<ttc>ttc))\b)?",
    re.IGNORECASE,
)
# « lot isolation 400 k€, lot menuiseries 250 k€ », « soit 650 k€ au total », « 3 lots ».
_OF_A_LOT = re.compile(r"\blots?\b", re.IGNORECASE)
_TOTAL = re.compile(r"(?:\btotal|\ben tout|\bau total|\bsoit)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_TOTAL_AFTER = re.compile(r"^ ?(?:ht )?(?:au total|en tout)\b", re.IGNORECASE)
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
    r"communauté (?:urbaine|de communes|d'agglomération)|conseil (?:départemental|régional))\s*(?=[,;.:]|$)",
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

_SCALES = {"k": 1e3, "millier": 1e3, "milliers": 1e3, "mille": 1e3, "m": 1e6, "million": 1e6, "millions": 1e6}
_SCALES |= {"md": 1e9, "milliard": 1e9, "milliards": 1e9}
_WORDS = {
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
WEEKS_PER_MONTH = 52 / 12
# More inhabitants, guests or workers than France has people: another number, left aside.
MOST_PEOPLE = 1e8
# The ordinary rate (article 278 of the tax code), for an amount said with taxes: thresholds and hours read without.
VAT = 0.20
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
    staff = _whole(_first(_STAFF, text, spans) or _first(_STAFF_TAKEN, text, spans))
    if takeover is None:
        takeover = _hours_taken(text, spans)
    insertion_hours = _first(_INSERTION_HOURS, text, spans) or _first(_HOURS_OF_A_CLAUSE, text, spans)
    lots = _whole(_first(_LOTS, text, spans))
    said = _amounts(text, spans)
    estimate, lots = _estimate([one for one in said if not one.is_maximum], lots)
    maximum = next((one for one in said if one.is_maximum), None)
    return FiguresRead(
        amount_ht=estimate.value if estimate else None,
        max_amount_ht=maximum.value if maximum else None,
        months=_months(text, spans),
        takeover_hours=takeover,
        takeover_staff=staff,
        inhabitants=_whole(_first(_INHABITANTS, text, spans)),
        guests=_whole(_first(_GUESTS, text, spans)),
        posts=_whole(_first(_PEOPLE, text, spans)) if staff is None else None,
        lots=lots,
        insertion_hours=insertion_hours,
        spans=tuple(sorted(spans)),
        is_yearly=bool(estimate and estimate.is_yearly),
        is_maximum_yearly=bool(maximum and maximum.is_yearly),
        is_vat_taken_off=any(one.is_with_vat for one in (estimate, maximum) if one),
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


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of the sentence without VAT, and what the words around it say of it."""

    value: float
    is_with_vat: bool
    is_yearly: bool
    is_maximum: bool
    is_of_a_lot: bool
    is_total: bool


def _amounts(text: str, spans: list[tuple[int, int]]) -> list[_Amount]:
    said: list[_Amount] = []
    former = 0
    for match in _amounts_found(text):
        # Only what stands close to an amount speaks of it; the rest is not read again for each of them.
        before = text[max(former, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        yearly = _YEARLY.search(after)
        former = match.end() + (yearly.end() if yearly else 0)
        maximum = _MAXIMUM.search(before)
        spans.append((match.start() - (len(maximum[0]) if maximum else 0), former))
        if _MINIMUM.search(before) or _MINIMUM_AFTER.search(after):
            # The least that a framework promises sizes nothing.
            continue
        is_with_vat = bool(match.groupdict().get("ttc") or (yearly and yearly["ttc"]))
        said.append(
            _Amount(
                _value(match) / (1 + VAT if is_with_vat else 1),
                is_with_vat,
                yearly is not None,
                bool(maximum or _MAXIMUM_AFTER.search(after)),
                bool(_OF_A_LOT.search(before)),
                bool(_TOTAL.search(before) or _TOTAL_AFTER.search(after)),
            )
        )
    return said


def _amounts_found(text: str) -> list[re.Match[str]]:
    """The amounts as they are written: with their euros, else with what stands for them."""
    for pattern in (_AMOUNT, _BARE_AMOUNT, _YEARLY_ONLY, _WITHOUT_TAX):
        if found := list(pattern.finditer(text)):
            return found
    of_lots = list(_OF_EACH_LOT.finditer(text))
    is_each_announced = all(
        _OF_A_LOT.search(text[max(0, match.start() - _NEAR) : match.start()]) for match in of_lots
    )
    return of_lots if is_each_announced else []


def _estimate(said: list[_Amount], lots: int | None) -> tuple[_Amount | None, int | None]:
    """The amount of the whole need, and its lots: the total that is said, the sum of the lots, else the first amount."""
    if len(said) < 2:
        return (said[0] if said else None), lots
    of_lots = [one for one in said if not one.is_total]
    are_lots = len(of_lots) == lots or all(one.is_of_a_lot for one in of_lots)
    counted = lots or (len(of_lots) if are_lots and len(of_lots) > 1 else None)
    total = next((one for one in said if one.is_total), None)
    if total is None and are_lots and len({one.is_yearly for one in of_lots}) == 1:
        total = replace(of_lots[0], value=sum(one.value for one in of_lots))
    return total or said[0], counted


def _months(text: str, spans: list[tuple[int, int]]) -> float | None:
    for match in _DURATION.finditer(text):
        if any(start <= match.start() < end for start, end in spans):
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
        return 12 * _value(counted)
    if renewed := _YEAR_RENEWED.search(text):
        spans.append(renewed.span("renewal"))
        return 12 * (1 + _times(renewed))
    return None


def _times(match: re.Match[str]) -> float:
    """« 3 fois », « une fois »."""
    return _WORDS.get(match["times"].lower()) or float(match["times"])


def _hours_taken(text: str, spans: list[tuple[int, int]]) -> float | None:
    """The monthly hours said after the words of a takeover, whatever stands between."""
    match = _HOURS_TAKEN.search(text)
    if match is None:
        return None
    spans.append(match.span("hours"))
    return _value(match)


def _lasting(match: re.Match[str]) -> float:
    """The months of « 3 ans », « 90 jours »."""
    unit = match["unit"].lower()
    return _value(match) * _MONTHS_PER[unit if unit == "mois" else unit.rstrip("s")]


def _first(pattern: re.Pattern[str], text: str, spans: list[tuple[int, int]]) -> float | None:
    match = pattern.search(text)
    if match is None:
        return None
    spans.append(match.span())
    return _value(match)


def _value(match: re.Match[str]) -> float:
    groups = match.groupdict()
    word = (match["number"] or "un").lower()
    number = _WORDS.get(word)
    if number is None:
        compact = word.replace(" ", "")
        is_grouped = re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", compact) is not None
        number = float((compact.replace(".", "") if is_grouped else compact).replace(",", "."))
    scale = (groups.get("scale") or "").lower()
    return number * _SCALES.get(scale, 1.0) * (-1.0 if groups.get("minus") else 1.0)


def _whole(value: float | None) -> int | None:
    return None if value is None or value > MOST_PEOPLE else round(value)
