"""Reads a pasted clause: hours, publics, penalties, contacts; what it does not say becomes a question."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,6})"
# Bounded gaps: a text of 60,000 characters costs nothing. « quatre cents (400) heures » closes its bracket.
_HOURS = re.compile(rf"(?<![\d,.]){_NUMBER}(?:,\d+)?\)?[ \u00a0\u202f]?(?:h|heures?)\b", re.IGNORECASE)
# What an hour of insertion is said with, in its own sentence.
_INSERTION = re.compile(r"insertion|clauses? sociales?|éloign\w+ (?:de l.emploi|du marché)", re.IGNORECASE)
# « sous 48 heures », « un préavis de 24 heures », « 72 heures avant »: a delay.
_DELAY_BEFORE = re.compile(
    r"(?:\bsous|délai\w* (?:\w+ ){0,2}de|dans les|préavis (?:\w+ )?de|dont)(?: [^\W\d_]+)?\W{0,2}$",
    re.IGNORECASE,
)
_NOT_A_VOLUME = re.compile(
    r"\W{0,3}(?:par (?!lots?\b)|/|hebdo|mensuel|avant\b|après\b|ouvr|de formation|d.astreinte|pour \d|(?:pour|par) tranche)",
    re.IGNORECASE,
)
# Below, a number of hours is a time of the day, unless « insertion » follows.
_LATEST_CLOCK = 24
# « un volume annuel de 800 heures », « 800 heures par an ».
_YEARLY_BEFORE = re.compile(r"\bannuel\w*[^.;\d]{0,30}$|\bchaque année[^.;\d]{0,40}$", re.IGNORECASE)
_YEARLY_AFTER = re.compile(r"[^.;,\d]{0,20}(?:\bpar an\b|/ ?an\b|\bannuel)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;!?](?=\s)|\n\s*\n|\n(?=\s*(?:\d+[.)]|article\b|lot\b|[-•*]))", re.IGNORECASE)
_WINDOW = 400
_EUROS = r"(?:,\d+)?\)?[ \u00a0\u202f]?(?:€|euros?)(?: ?ht)?"
_PENALTY = re.compile(
    rf"(?<![\d,.]){_NUMBER}{_EUROS}[^.;,\n]{{0,30}}?(?:par|/)[ \u00a0\u202f]?(?:nombre d.)?h(?:eures?)?\b",
    re.IGNORECASE,
)
_PROOF_PENALTY = re.compile(
    rf"(?<![\d,.]){_NUMBER}{_EUROS}[^.;,\n]{{0,20}}?(?:par|/)[ \u00a0\u202f]?jour\b", re.IGNORECASE
)
_RATE = re.compile(
    r"(?<![\d,.])(\d{1,2}(?:,\d{1,2})?)[ \u00a0\u202f]?%[^.;%]{0,40}\b(?:heures?|temps (?:total )?de travail|main d.œuvre)\b",
    re.IGNORECASE,
)
# « une heure d'insertion pour 2 000 € HT facturés », « 5 heures par tranche de 10 000 € ».
_TRANCHE = re.compile(
    rf"(?<![\d,.\w])(une|\d{{1,3}}) ?h(?:eures?)?\b[^.;\d]{{0,30}}(?:pour|par tranche de|tous les) {_NUMBER}[ \u00a0\u202f]?(?:€|euros?)",
    re.IGNORECASE,
)
# At the start of a line, or after a bar or a semicolon: « Lot n° 3 – Peinture : 630 h ».
_LOT = re.compile(
    r"(?:^|[\n;|])[ \t\-•*|]*lots?\s*(?:n\s*[°ºo]\s*)?0*(\d{1,3})\b[ \t]*[:.\-–—|)]?[ \t]*([^\n;|:]{0,120}?)"
    rf"[ \t]*[:\-–—|(][ \t]*{_NUMBER}[ \u00a0\u202f]?(?:h|heures?)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# « Facilitateur : Maison de l'emploi…, 04 00… », « confie l'accompagnement de la clause à : … », « s'adresser à : … ».
_FACILITATOR = re.compile(
    r"(?:\bfacilitat(?:eur|rice)s?(?: [^\W\d_]+){0,5}|accompagnement (?:de la clause|de l.action d.insertion)[^:\n.]{0,40}|"
    r"question sur la clause[^:\n.]{0,60}|renseignements sur (?:la clause|l.insertion)[^:\n.]{0,40})"
    r"[ \u00a0\u202f]*:[ \u00a0\u202f]*(?P<said>[^\n]{4,240})",
    re.IGNORECASE,
)
_END_OF_CONTACT = re.compile(r"\.(?=\s+[A-ZÀÂÉÈÊ])|\.\s*$|;\s|\s\(")
_NAMED = re.compile(r"[^\W\d_]{3}")
LONGEST_CONTACT = 160
_PUBLICS = {
    "RSA": r"\brsa\b|revenu de solidarité active",
    "demandeurs d’emploi de longue durée": r"demandeurs? d.emploi de (?:très )?longue durée|\bdeld\b|plus d.(?:un|1) an|"
    r"plus de (?:12|douze) mois",
    "travailleurs handicapés": r"handicap|\brqth\b|\bboeth\b|5212-13",
    "jeunes": r"jeunes?\b|moins de (?:25|26|30|vingt-six) ans",
    "plus de 50 ans": r"(?:plus|\+) de (?:50|cinquante) ans|séniors?",
    "habitants de QPV": r"quartiers? prioritaires?|\bqpv\b",
    "ASS, AAH": r"\bass\b|\baah\b|allocation (?:de solidarité spécifique|aux? adultes?)",
    "salariés de l’insertion": r"\biae\b|insertion par l.activité économique|\betti\b|\bgeiq\b|structures? d.insertion",
    "réfugiés": r"réfugi|protection subsidiaire",
    "personnes sous main de justice": r"main de justice|détenu|\bppsmj\b",
}
_PUBLIC_WORDS = {label: re.compile(pattern, re.IGNORECASE) for label, pattern in _PUBLICS.items()}
_WORDS = {
    "hours": re.compile(r"\bheures?\b", re.IGNORECASE),
    "publics": re.compile(r"demandeurs? d.emploi|\brsa\b|publics?\b|éligib|bénéficiaires?", re.IGNORECASE),
    "modalities": re.compile(
        r"embauche|mise à disposition|sous-traitance|cotraitance|co-traitance", re.IGNORECASE
    ),
    "facilitator": re.compile(r"facilitat|maison de l.emploi|\bplie\b|guichet", re.IGNORECASE),
    "reporting": re.compile(
        r"relevés?|justificatifs?|attestations?|trimestr|mensuel|chaque mois", re.IGNORECASE
    ),
    "penalties": re.compile(r"pénalit", re.IGNORECASE),
    "globalisation": re.compile(r"globalis|mutualis", re.IGNORECASE),
    "group": re.compile(r"groupement|cotraitan|co-traitan", re.IGNORECASE),
}
QUESTIONS = {
    "hours": "Combien d’heures d’insertion le lot demande-t-il, et sont-elles fixes ou liées aux montants facturés ?",
    "publics": "Quelles personnes sont éligibles, et qui valide leur éligibilité avant l’embauche ?",
    "modalities": "Toutes les modalités sont-elles ouvertes : embauche, mise à disposition, sous-traitance, cotraitance ?",
    "facilitator": "Qui est le facilitateur de cette opération, et comment le joindre pendant la consultation ?",
    "reporting": "Quels justificatifs faut-il remettre, à qui, et à quel rythme ?",
    "penalties": "Quelles pénalités s’appliquent, et dans quels cas le titulaire en est-il dispensé ?",
    "globalisation": "Les heures peuvent-elles être globalisées avec celles d’autres marchés ou lots ?",
    "group": "Comment les heures se répartissent-elles entre cotraitants ?",
}


@dataclass(frozen=True, slots=True)
class LotRead:
    """A lot of the text and the hours of insertion its line says."""

    number: int
    title: str
    hours: float


@dataclass(frozen=True, slots=True)
class ClauseRead:
    """What a clause says; None when it does not say. `hours` in hours, penalties in euros: an hour, a day of delay.

    `yearly`: the hours of one year, when no total is said. `rate` (0 to 1): the share of the hours worked, when no
    volume is. `tranche`: hours, then euros excluding tax invoiced. `lots`: the lots whose hours are said one by one;
    `hours` is then None, nobody having said which is theirs. `missing`: keys of QUESTIONS the text leaves open; empty
    when there is no text at all.
    """

    hours: float | None = None
    penalty: float | None = None
    proof_penalty: float | None = None
    yearly: float | None = None
    rate: float | None = None
    tranche: tuple[float, float] | None = None
    lots: tuple[LotRead, ...] = ()
    publics: tuple[str, ...] = ()
    # Whom the text names to help with the clause, as it says it.
    facilitator: str = ""
    mails: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask the buyer, by the platform of the consultation."""
        return tuple(QUESTIONS[key] for key in self.missing)


def read_clause(text: str) -> ClauseRead:
    """Read a pasted text; an empty one leaves every question open but says nothing."""
    if not text.strip():
        return ClauseRead()
    lots = tuple(_lots(text)) if _INSERTION.search(text) else ()
    flat = " ".join(text.split())
    tranche, rate = _TRANCHE.search(flat), _RATE.search(flat)
    # Hours that follow the invoices are no volume: another number of the text (a placement of 35 hours) is not theirs.
    said = [] if len(lots) > 1 or tranche else list(_volumes(text))
    hours = max((value for value, is_yearly in said if not is_yearly), default=None)
    yearly = max((value for value, is_yearly in said if is_yearly), default=None) if hours is None else None
    return ClauseRead(
        hours=hours,
        penalty=next((_value(found[1]) for found in _PENALTY.finditer(flat)), None),
        proof_penalty=next((_value(found[1]) for found in _PROOF_PENALTY.finditer(flat)), None),
        yearly=yearly,
        rate=float(rate[1].replace(",", ".")) / 100 if rate and hours is None and not yearly and not lots else None,
        tranche=(1.0 if tranche[1].lower() == "une" else float(tranche[1]), _value(tranche[2])) if tranche else None,
        lots=lots if len(lots) > 1 else (),
        publics=tuple(label for label, pattern in _PUBLIC_WORDS.items() if pattern.search(text)),
        facilitator=_facilitator(text),
        mails=tuple(dict.fromkeys(_MAIL.findall(text)))[:3],
        missing=tuple(key for key, pattern in _WORDS.items() if not pattern.search(text)),
    )  # fmt: skip


def _facilitator(text: str) -> str:
    """The name and the ways to reach the facilitator, cut at the end of their sentence; empty when the text names nobody."""
    for found in _FACILITATOR.finditer(text):
        said = " ".join(_END_OF_CONTACT.split(found["said"], maxsplit=1)[0].split()).strip(" ,.-–—")
        if _NAMED.search(said) and said[:1].isupper() and len(said) <= LONGEST_CONTACT:
            return said
    return ""


def _lots(text: str) -> Iterator[LotRead]:
    """The lots of a list or a table with their hours; a lot said twice counts once."""
    seen = set()
    for found in _LOT.finditer(text):
        number = int(found[1])
        if number not in seen:
            seen.add(number)
            yield LotRead(number, found[2].strip(" .,-–—"), _value(found[3]))


def _volumes(text: str) -> Iterator[tuple[float, bool]]:
    """The numbers of hours said to be of insertion, and whether each is of one year; no delay, time of the day or rhythm."""
    for found in _HOURS.finditer(text):
        before, after = (
            text[max(0, found.start() - _WINDOW) : found.start()],
            text[found.end() : found.end() + 60],
        )
        value = _value(found[1])
        is_yearly = bool(_YEARLY_BEFORE.search(before[-60:]) or _YEARLY_AFTER.match(after))
        if (_NOT_A_VOLUME.match(after) and not is_yearly) or _DELAY_BEFORE.search(before[-60:]):
            continue
        if value <= _LATEST_CLOCK and not _INSERTION.match(after.lstrip(" d'’")):
            continue
        if _INSERTION.search(_sentence(before, text[found.end() : found.end() + _WINDOW])):
            yield value, is_yearly


def _sentence(before: str, after: str) -> str:
    """What stands around a number in its sentence, and in the one before: « Clause d'insertion. Volume : 480 heures »."""
    starts = [found.end() for found in _SENTENCE_END.finditer(before)]
    end = _SENTENCE_END.search(after)
    return before[starts[-2] if len(starts) > 1 else 0 :] + " " + after[: end.start() if end else len(after)]


def _value(number: str) -> float:
    return float(re.sub(r"\D", "", number))
