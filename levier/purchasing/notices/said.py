"""What a notice says of reservations and clauses: its codes first, then the words of its texts, quoted.

Only what the buyer writes of the purchase is read (titles, descriptions, conditions of execution, award criteria):
conditions of candidature quote the labour code on disabled workers in every notice, and mean nothing here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from levier.purchasing.models.notices import Reservation
from levier.purchasing.reservations import reserved_by

_MOST_REASONS = 4
# Beyond, a figure is no number of hours.
_MOST_HOURS = 1_000_000
_BEFORE, _AFTER = 60, 90

OBJECTIVES = {
    "opp": "emploi de chômeurs de longue durée, de personnes défavorisées ou handicapées (BT-775 «\u00a0opp\u00a0»)",
}
_STRATEGIC = "objectif social, sans précision (BT-06 «\u00a0soc-obj\u00a0»)"
_RES_WS = "participation réservée au handicap ou à l’insertion (BT-71 «\u00a0res-ws\u00a0»)"
_RES_ESS = "participation réservée à des organisations de service public (BT-71 «\u00a0res-pub-ser\u00a0»)"
_EXECUTION = "exécution réservée à des programmes d’emploi protégé (BT-736)"

_CLAUSE = re.compile(
    r"""
      clauses?\s+(?:obligatoires?\s+)?(?:sociales?|d['’]insertion)
    | (?:heures?|actions?|d[ée]marches?|engagements?|objectifs?)\s+(?:sociales?\s+)?d['’]insertion
    | insertion\s+(?:sociale|professionnelle|par\s+l['’](?:activit[ée]\s+[ée]conomique|[ée]conomique|emploi)|par\s+le\s+travail)
    | (?:personnes|publics?)\s+(?:tr[eè]s\s+)?[ée]loign[ée]e?s?\s+(?:durablement\s+)?(?:de\s+l['’]emploi|du\s+march[ée]\s+du\s+travail)
    | (?<!\w)L\.?\s*2112-2(?:-1)?(?![-\d])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ARTICLE = re.compile(r"(?<!\w)L\.?\s*2113-(12|13-1|13|14|15)(?![-\d])", re.IGNORECASE)
# « Sans », « aucune », « pas réservé »… just before, in the same phrase; « non-respect de la clause » denies nothing.
_DENIED = re.compile(
    r"\b(?:sans|aucune?s?|ni|pas|non(?![-\s](?:respect|r[ée]alis|ex[ée]cut|atteinte|seulement)))\b[^.;:,]{0,45}$",
    re.IGNORECASE,
)
_NO_MORE = re.compile(r"^\W{0,3}(?:sans\s+objet|non|n[ée]ant|aucune?)\b", re.IGNORECASE)
_HOURS = re.compile(
    r"(\d{1,3}(?:[\s\u00a0\u202f.]\d{3})+|\d{1,6})(?:[.,]00?)?\s*(?:h|heures?)\s+(?:de\s+travail\s+)?d['’]insertion",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one lot. `reasons`: in words, the codes first; `hours`: of insertion, when the text gives one figure."""

    reservation: Reservation = Reservation.NONE
    reserved_kinds: tuple[str, ...] = ()
    reserved_to: str = ""
    reasons: tuple[str, ...] = ()
    hours: Decimal | None = None

    @property
    def is_social(self) -> bool:
        """Whether it is for us."""
        return bool(self.reasons or self.reservation)


def what_is_said(
    *,
    participation: Sequence[str] = (),
    is_execution_reserved: bool = False,
    objectives: Sequence[str] = (),
    strategic: Sequence[str] = (),
    texts: Sequence[str] = (),
    shared_texts: Sequence[str] = (),
) -> Said:
    """Codes BT-71, BT-736, BT-775 and BT-06 of a lot, and its texts; `shared_texts` speak of the whole notice.

    A reservation quoted by a text that speaks of several lots reserves none: it is told as a reason, to be checked.
    """
    article = _article(texts)
    reservation, kinds, words, reasons = _reserved(participation, is_execution_reserved, article)
    reasons += [OBJECTIVES[code] for code in objectives if code in OBJECTIVES]
    # Another objective (accessibility, equality…) says what the social aim is: no clause of insertion.
    if "soc-obj" in strategic and not objectives:
        reasons.append(_STRATEGIC)
    quoted = [quote for text in texts for quote in _quotes(text, _CLAUSE)]
    quoted += [quote for text in texts for quote in _quotes(text, _ARTICLE)]
    quoted += [
        f"{quote} (dit pour tout l’avis : vérifiez pour ce lot)"
        for text in shared_texts
        for pattern in (_CLAUSE, _ARTICLE)
        for quote in _quotes(text, pattern)
    ]
    reasons += list(dict.fromkeys(quoted))[: max(1, _MOST_REASONS - len(reasons))]
    return Said(reservation, kinds, words, tuple(reasons), _hours(texts) if reasons else None)


def _reserved(
    participation: Sequence[str], is_execution_reserved: bool, article: str
) -> tuple[Reservation, tuple[str, ...], str, list[str]]:
    if article:
        kinds, words = reserved_by(article)
        is_ess = article == "L2113-15"
        return Reservation.ESS if is_ess else Reservation.INCLUSIVE, kinds, words, []
    if "res-ws" in participation:
        # The European code holds both articles: handicap (L2113-12) and insertion (L2113-13).
        return Reservation.INCLUSIVE, *reserved_by("L2113-14"), [_RES_WS]
    if "res-pub-ser" in participation:
        return Reservation.ESS, *reserved_by("L2113-15"), [_RES_ESS]
    if is_execution_reserved:
        return Reservation.EXECUTION, (), "", [_EXECUTION]
    return Reservation.NONE, (), "", []


def _article(texts: Sequence[str]) -> str:
    """The one article of reservation these texts quote; L2113-14 when both its halves are; empty without any."""
    found = {
        f"L2113-{match[1]}"
        for text in texts
        for match in _ARTICLE.finditer(text)
        if _is_affirmed(text, match)
    }
    if {"L2113-12", "L2113-13"} <= found or "L2113-14" in found:
        return "L2113-14"
    return min(found) if len(found) == 1 else ""


def _is_affirmed(text: str, match: re.Match[str]) -> bool:
    before, after = text[max(0, match.start() - _BEFORE) : match.start()], text[match.end() :][:30]
    return not _DENIED.search(before.replace("art.", "art")) and not _NO_MORE.match(after)


def _quotes(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The first affirmed mention in a text, with the words around it."""
    for match in pattern.finditer(text):
        if _is_affirmed(text, match):
            return [_around(text, match)]
    return []


def _around(text: str, match: re.Match[str]) -> str:
    start, end = max(0, match.start() - _BEFORE), min(len(text), match.end() + _AFTER)
    if start:
        start = text.find(" ", start, match.start()) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", match.end(), end), match.end())
    words = " ".join(text[start:end].split())
    return f"«\u00a0{'…' if start else ''}{words}{'…' if end < len(text) else ''}\u00a0»"


def _hours(texts: Sequence[str]) -> Decimal | None:
    """The hours of insertion, when one figure and one only is given."""
    found = {re.sub(r"\D", "", match[1]) for text in texts for match in _HOURS.finditer(text)}
    value = Decimal(found.pop()) if len(found) == 1 else Decimal(0)
    return value if 0 < value < _MOST_HOURS else None
