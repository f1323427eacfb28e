"""Reads the hours of insertion a text says: of the whole, of a year or a month, per amount invoiced, lot by lot in a list or a table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,6})"
SPACE = r"[ \u00a0\u202f]?"
# Bounded gaps: a text of 60,000 characters costs nothing. « quatre cents (400) heures » closes its bracket.
_HOURS = re.compile(rf"(?<![\d,.]){NUMBER}(?:,\d+)?\)?{SPACE}(?:h|heures?)\b", re.IGNORECASE)
# « Nombre minimum d'heures d'insertion : 1 200 », the unit in the label.
_LABELLED = re.compile(
    rf"\bheures?\b(?P<said>[^.;:\n\d]{{0,60}})(?<!\bpar)[ \u00a0\u202f]*[:=][ \u00a0\u202f]*{NUMBER}"
    rf"(?![\d,.]|{SPACE}(?:€|euros?|%|h\b|heures?\b|/|:))",
    re.IGNORECASE,
)
# What an hour of insertion is said with, in its own sentence.
INSERTION = re.compile(
    r"insertion|clauses? sociales?|éloign\w+ (?:de l.emploi|du marché)|publics? (?:éligibles?|prioritaires?)|"
    r"demandeurs? d.emploi|bénéficiaires? du rsa",
    re.IGNORECASE,
)
# « sous 48 heures », « un préavis de 24 heures », « 72 heures avant »: a delay; « la durée hebdomadaire de 35 heures ».
_DELAY_BEFORE = re.compile(
    r"(?:\bsous|\bhebdomadaire\w*(?: [^\W\d_]+){0,2}|délai\w* (?:\w+ ){0,2}de|dans les|préavis (?:\w+ )?de|dont)(?: [^\W\d_]+)?\W{0,2}$",
    re.IGNORECASE,
)
_NOT_A_VOLUME = re.compile(
    r"\W{0,3}(?:par (?!lots?\b)|/|hebdo|mensuel|avant\b|après\b|ouvr|de formation|d.astreinte|pour \d|(?:pour|par) tranche)|"
    r"[^.;,:\d]{0,30}\b(?:par (?:semaine|jour|personne)|hebdomadaires?)\b",
    re.IGNORECASE,
)
# Below, a number of hours is a time of the day, unless « insertion » follows.
_LATEST_CLOCK = 24
# « un volume annuel de 800 heures », « 800 heures par an »; then the same of a month.
_RHYTHMS = {
    "yearly": (
        re.compile(r"\bannuel\w*[^.;\d]{0,30}$|\bchaque année[^.;\d]{0,40}$", re.IGNORECASE),
        re.compile(r"[^.;,\d]{0,20}(?:\bpar an\b|/ ?an\b|\bannuel)", re.IGNORECASE),
    ),
    "monthly": (
        re.compile(r"\bmensuel\w*[^.;\d]{0,30}$|\bchaque mois[^.;\d]{0,40}$", re.IGNORECASE),
        re.compile(r"[^.;,\d]{0,20}(?:\bpar mois\b|/ ?mois\b|\bmensuel)", re.IGNORECASE),
    ),
}
_SENTENCE_END = re.compile(r"[.;!?](?=\s)|\n\s*\n|\n(?=\s*(?:\d+[.)]|article\b|lot\b|[-•*]))", re.IGNORECASE)
_WINDOW = 400
_RATE = re.compile(
    rf"(?<![\d,.])(\d{{1,2}}(?:,\d{{1,2}})?){SPACE}%[^.;%]{{0,40}}\b(?:heures?|temps (?:total )?de travail|main d.œuvre)\b",
    re.IGNORECASE,
)
# « une heure d'insertion pour 2 000 € HT facturés », « 5 heures par tranche de 10 000 € ».
_TRANCHE = re.compile(
    rf"(?<![\d,.\w])(une|\d{{1,3}}) ?h(?:eures?)?\b[^.;\d]{{0,30}}(?:pour|par tranche de|tous les) {NUMBER}{SPACE}(?:€|euros?)",
    re.IGNORECASE,
)
# « pour chaque tranche de 50 000 € HT commandés, 35 heures d'insertion ».
_TRANCHE_FIRST = re.compile(
    rf"\btranche (?:entière )?de {NUMBER}{SPACE}(?:€|euros?)[^.;\d]{{0,80}}?(?<![\d,.\w])(\d{{1,3}}){SPACE}h(?:eures?)?\b",
    re.IGNORECASE,
)
_LOT_WORD = r"lots?[ \u00a0\u202f]*(?:n[ \u00a0\u202f]*[°ºo][ \u00a0\u202f]*)?0*(\d{1,3})\b"
# « Lot n° 3 – Peinture : 630 h », « lot 1 Gros œuvre (700 heures), lot 4… »: the hours say their unit.
_LOT_SAID = re.compile(
    rf"(?:^|[\n;|,:(]|\bet )[ \t\-•*–|(]*(?:le |du |au )?{_LOT_WORD}[ \t]*[:.\-–—|)=]?[ \t]*\n?[ \t]*((?:(?!\blots?\b)[^\n;|:=]){{0,120}}?)"
    rf"[ \t]*[:\-–—|(=\t ][ \t|(]*{NUMBER}(?:,\d+)?{SPACE}(?:h|heures?)\b"
    r"(?![^.;,:\n\d]{0,30}(?:par (?:an|mois|semaine)|/ ?an|/ ?mois|annuel|mensuel|hebdo))",
    re.IGNORECASE,
)
# A head of table that names the lots and the hours, or « Heures par lot : »; the hours of its rows carry no unit.
_HEAD = re.compile(
    r"^(?=[^\n]*\bh(?:eures?)?\b)(?:(?=[^\n]*\blots?\b)[^\n]{5,300}|[^\n]{5,300}:[ \t]*(?=\n\s*lot\b))$",
    re.IGNORECASE | re.MULTILINE,
)
_CELLS = re.compile(r"\s*\|\s*|\t+| {2,}|\s*;\s*")
_ROW_START = re.compile(
    r"\|?[ \t]*(?:lots?[ \t]*)?(?:n[ \t]*[°ºo][ \t]*)?0*(\d{1,3})\b[ \t.:\-–|)]*(?=\D)", re.IGNORECASE
)
_ROW_END = re.compile(rf"(?<![\d,.]){NUMBER}(?:,0+)?{SPACE}(?:h|heures?)?[ \t|]*$", re.IGNORECASE)
_A_NUMBER = re.compile(rf"{NUMBER}(?:,0+)?{SPACE}(?:h|heures?)?", re.IGNORECASE)
# Of a row whose cells came one a line, as a PDF gives them.
_ROW_IN_LINES = re.compile(
    rf"^[ \t]*(?:lots?[ \t]*)?(?:n[ \t]*[°ºo][ \t]*)?0*(\d{{1,3}})[ \t]*\n[ \t]*([^\W\d_][^\n]{{2,100}})\n[ \t]*{NUMBER}{SPACE}(?:h|heures?)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class LotRead:
    """A lot of the text and the hours of insertion its line says."""

    number: int
    title: str
    hours: float


@dataclass(frozen=True, slots=True)
class HoursRead:
    """The hours a text says, None when it does not: of the whole, of a year, of a month; `others`: other volumes it cites.

    `rate` (0 to 1): the share of the hours worked. `tranche`: hours, then euros excluding tax invoiced. `lots`: lot by lot,
    `hours` being then None since nobody has said which one is theirs.
    """

    hours: float | None = None
    others: tuple[float, ...] = ()
    yearly: float | None = None
    monthly: float | None = None
    rate: float | None = None
    tranche: tuple[float, float] | None = None
    lots: tuple[LotRead, ...] = ()


def read_hours(text: str) -> HoursRead:
    """The hours of a text whose numbers are in digits (`in_digits`)."""
    lots = tuple(sorted(_lots(text), key=lambda one: one.number)) if INSERTION.search(text) else ()
    flat = " ".join(text.split())
    tranche, rate = _tranche(flat), _RATE.search(flat)
    # Hours that follow the invoices are no volume: another number of the text (a placement of 35 hours) is not theirs.
    said = [] if len(lots) > 1 or tranche else list(_volumes(text))
    of = {name: [value for value, rhythm in said if rhythm == name] for name in ("", *_RHYTHMS)}
    totals = sorted({*of[""], *(one.hours for one in lots if len(lots) == 1 and not said)}, reverse=True)
    hours = totals[0] if totals else None
    yearly = max(of["yearly"], default=None) if hours is None else None
    monthly = max(of["monthly"], default=None) if hours is None and yearly is None else None
    is_open = hours is None and not (yearly or monthly or lots)
    return HoursRead(
        hours=hours,
        others=tuple(totals[1:4]),
        yearly=yearly,
        monthly=monthly,
        rate=float(rate[1].replace(",", ".")) / 100 if rate and is_open else None,
        tranche=tranche,
        lots=lots if len(lots) > 1 else (),
    )


def _tranche(flat: str) -> tuple[float, float] | None:
    if found := _TRANCHE.search(flat):
        return (1.0 if found[1].lower() == "une" else float(found[1])), value_of(found[2])
    if found := _TRANCHE_FIRST.search(flat):
        return float(found[2]), value_of(found[1])
    return None


def _lots(text: str) -> Iterator[LotRead]:
    """The lots of a list or of a table with their hours; a lot said twice counts once."""
    seen = set()
    for number, title, value in (*_said_lots(text), *_rows(text)):
        if number not in seen and value:
            seen.add(number)
            yield LotRead(number, title.strip(" .,;:()|\t-–—") or _title_of(number, text), value)


def _title_of(number: int, text: str) -> str:
    """What the text calls a lot elsewhere: « Lot 2 : Peinture »; empty when it never does."""
    found = re.search(
        rf"\blots?[ \u00a0]*(?:n[ \u00a0]*[°ºo][ \u00a0]*)?0*{number}\b[ \t]*[:.\-–—(][ \t]*([^\W\d_][^\n;|,:()]{{2,100}})",
        text,
        re.IGNORECASE,
    )
    return found[1].strip(" .-–—") if found else ""


def _said_lots(text: str) -> Iterator[tuple[int, str, float]]:
    for found in _LOT_SAID.finditer(text):
        yield int(found[1]), found[2], value_of(found[3])


def _rows(text: str) -> Iterator[tuple[int, str, float]]:
    """The rows under a head of table; a row of total, or of a lot without hours, is none."""
    heads = list(_HEAD.finditer(text))
    # A sentence names both words too: the head that has cells is the head of a table.
    head = next(
        (one for one in heads if len(_CELLS.split(one[0].strip(" |\t"))) > 1), heads[0] if heads else None
    )
    if head is None:
        # The head itself may have come one cell a line: both words stand above the first row.
        if re.search(r"\blots?\b", text, re.IGNORECASE) and re.search(r"\bheures?\b", text, re.IGNORECASE):
            yield from _rows_in_lines(text)
        return
    titles = _CELLS.split(head[0].strip(" |\t"))
    column = next(
        (at for at, one in enumerate(titles) if re.search(r"\bh(?:eures?)?\b", one, re.IGNORECASE)), 0
    )
    for line in text[head.end() :].strip("\n").split("\n")[:_MOST_ROWS]:
        start = _ROW_START.match(line.strip())
        if start is None:
            continue
        cells = _CELLS.split(line.strip().strip("|").strip())
        said = cells[column] if len(cells) == len(titles) > 2 else ""
        end = _A_NUMBER.fullmatch(said.strip()) if said else _ROW_END.search(line)
        if end is None:
            continue
        rest = line.strip()[start.end() :]
        title = cells[1] if said and column > 1 else _ROW_END.sub("", rest)
        if re.search(r"[^\W\d_]{3}", title):
            yield int(start[1]), title, value_of(end[1])


def _rows_in_lines(text: str) -> Iterator[tuple[int, str, float]]:
    for found in _ROW_IN_LINES.finditer(text):
        yield int(found[1]), found[2], value_of(found[3])


def _volumes(text: str) -> Iterator[tuple[float, str]]:
    """The numbers of hours said to be of insertion, and their rhythm (« » for the whole); no delay, no time of the day."""
    for found in _HOURS.finditer(text):
        before, after = (
            text[max(0, found.start() - _WINDOW) : found.start()],
            text[found.end() : found.end() + 60],
        )
        value = value_of(found[1])
        rhythm = _rhythm(before, after)
        if (_NOT_A_VOLUME.match(after) and not rhythm) or _DELAY_BEFORE.search(before[-60:]):
            continue
        if value <= _LATEST_CLOCK and not INSERTION.match(after.lstrip(" d'’")):
            continue
        if INSERTION.search(_sentence(before, text[found.end() : found.end() + _WINDOW])):
            yield value, rhythm
    for found in _LABELLED.finditer(text):
        before = text[max(0, found.start() - _WINDOW) : found.start()]
        value = value_of(found[2])
        if value > _LATEST_CLOCK and (INSERTION.search(found["said"]) or INSERTION.search(before[-80:])):
            yield value, _rhythm(before, found["said"])


def _rhythm(before: str, after: str) -> str:
    for name, (ahead, behind) in _RHYTHMS.items():
        if ahead.search(before[-60:]) or behind.match(after):
            return name
    return ""


def _sentence(before: str, after: str) -> str:
    """What stands around a number in its sentence, and in the one before: « Clause d'insertion. Volume : 480 heures »."""
    starts = [found.end() for found in _SENTENCE_END.finditer(before)]
    end = _SENTENCE_END.search(after)
    return before[starts[-2] if len(starts) > 1 else 0 :] + " " + after[: end.start() if end else len(after)]


def value_of(number: str) -> float:
    """« 1 260 », « 1.260 » → 1260."""
    return float(re.sub(r"\D", "", number))
