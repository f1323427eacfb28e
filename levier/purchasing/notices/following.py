"""What follows a call on the national forms: its award, told in words or in a few fields, and the correction of its deadline.

What the writer did not say plainly is left out: two amounts are no amount, a date without its year or its hour is no deadline.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret
from levier.purchasing.notices.elements import clean
from levier.purchasing.notices.notice import ReadLot, ReadWinner
from levier.purchasing.notices.parties import bears_legal_form
from levier.purchasing.notices.trees import unescaped

PARIS = ZoneInfo("Europe/Paris")
_MONTHS = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
_MONTH = (
    r"\d{1,2}|janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre"
)
# Beyond, what names the deadline and a date are two subjects.
_NEAR = 250
# What is read of one text.
_LONGEST = 20_000

_LOT = re.compile(
    r"^[ \t\-•*]*lots?\s*(?:n\s*[°ºo]\s*)?0*(\d{1,3})\b[ \t]*[:.\-–)]?[ \t]*", re.IGNORECASE | re.MULTILINE
)
_LOT_OF_TITLE = re.compile(r"\blot\s*(?:n\s*[°ºo]\s*)?0*(\d{1,3})\b", re.IGNORECASE)
_NOBODY = re.compile(r"\binfructueu|\bsans suite\b|\bnon attribu", re.IGNORECASE)
_NUMBER = r"\d(?:[\s.]?\d){13}|\d(?:[\s.]?\d){8}"
_NAMED_NUMBER = re.compile(
    rf"([^\n:()–]{{2,80}}?)\s*\(\s*(?:sire[nt]\s*:?\s*)?({_NUMBER})\s*\)", re.IGNORECASE
)
_SAID_NUMBER = re.compile(rf"sire[nt]\s*(?:n[°o]\s*)?:?\s*({_NUMBER})(?!\d)", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:^[ \t\-•]*|\s-\s)[ \t]*(?:nom du titulaire|titulaires?(?: retenue?s?)?|attributaires?)[ \t]*:?[ \t]+([^\n]+)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESSED = re.compile(r"^[^\d\n:][^\n:]*\b\d{5}\b[^\n:]*", re.MULTILINE)
_NO_ADDRESS = re.compile(
    r"^(?:montant|date|nombre|march[ée]|sous-traitance|renseignements|t[ée]l|dur[ée]e|les?\s|la\s)|attribu|notifi|sire[nt]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:attribu|notifi)[ée]e?s?(?: le [\d/]+)? (?:à|au|aux) (?:l['’]entreprise|la soci[ée]t[ée]|l['’]op[ée]rateur|la |le |l['’])?"
    r"[ \t]*:?\s*([^\n]+)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s+[-–]\s|,|\s:\s|\s*\(|\s+situ[ée]|\s+pour\s|\s+qui\s|\s+sire[nt]\b|\.\s|\s+\d{5}\b", re.IGNORECASE
)
_BEFORE_NAME = re.compile(
    r"^.*\b(?:la soci[ée]t[ée]|l['’]entreprise|attribu[ée]e?s? (?:à|au))\s*:?\s+", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"(?:montant|prix)(?P<said>[^\d\n]{0,120}?)(?P<value>\d[\d \u00a0\u202f.]*(?:,\d{1,2})?)(?P<after>[^\n]{0,12})",
    re.IGNORECASE,
)
_OTHER_AMOUNT = re.compile(r"\b(?:mini?|maxi?|minimum|maximum|ttc|estim)", re.IGNORECASE)
_AWARDED_ON = re.compile(
    r"date (?:d['’]attribution|de conclusion[^:\n]*|de notification[^:\n]*)\s*:\s*(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b",
    re.IGNORECASE,
)

_SUBJECT = re.compile(
    r"limites?\b|(?:remise|r[ée]ception|d[ée]p[ôo]t) des (?:offres|plis|candidatures)", re.IGNORECASE
)
_OTHER_SUBJECT = re.compile(r"visite|compl[ée]mentaires|questions", re.IGNORECASE)
_NEW = re.compile(
    r"(?:\blire|report[ée]e?s?|repouss[ée]e?s?|prolong[ée]e?s?|d[ée]cal[ée]e?s?|port[ée]e?s?|nouvelle date[^:\n]{0,40}:|d[ée]sormais)"
    r"(?:\s|:|\"|«|au\b|le\b|jusqu['’]au\b)*(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?"
    rf"(?P<day>\d{{1,2}})(?:er)?\s*[/.\-\s]\s*(?P<month>{_MONTH})\s*[/.\-\s]\s*(?P<year>\d{{4}}|\d{{2}})\b"
    r"[\s,]*(?:à|a|-|avant)?\s*(?P<hour>\d{1,2})\s*(?:h|:|heures?)\s*(?P<minute>\d{2})?",
    re.IGNORECASE,
)  # fmt: skip
_OTHER_CLOCK = re.compile(r"^\s*(?:heures?\s*)?locales?", re.IGNORECASE)


def awarded_lots(said: Mapping[str, Any], whole: ReadLot) -> tuple[ReadLot, ...]:
    """What an award notice says, lot by lot. `whole`: what it says of the purchase; its number is empty when no lot is named."""
    text = _lines(said.get("attributionMarche"))
    if not text:
        return (_of_fields(said, whole),)
    pieces = list(_LOT.finditer(text))
    if not pieces:
        named = _LOT_OF_TITLE.search(whole.title)
        return (_of_text(text, replace(whole, number=named[1] if named else "")),)
    ends = [one.start() for one in pieces[1:]] + [len(text)]
    lots: dict[str, ReadLot] = {}
    for one, end in zip(pieces, ends, strict=True):
        number = one[1]
        read = _of_text(
            text[one.end() : end], replace(whole, number=number, title=f"{whole.title}, lot {number}")
        )
        known = lots.get(number)
        # One lot, several holders, each in its own part.
        lots[number] = (
            read if known is None else replace(known, amount_ht=None, winners=known.winners + read.winners)
        )
    return tuple(lots.values())


def new_deadline(said: Mapping[str, Any]) -> datetime | None:
    """The deadline a correction gives, its field first, then its words (Paris); None when it changes none, or not plainly."""
    infos = said.get("infosRectif")
    for one in _mappings(infos):
        if str(one.get("rubDelais") or "").startswith("Reception") and (found := moment(one.get("lireDate"))):
            return found
    text = " ".join(_texts(infos))[:_LONGEST]
    subjects = [one.start() for one in _SUBJECT.finditer(text)]
    for one in _NEW.finditer(text):
        about = max((start for start in subjects if start < one.start("day")), default=None)
        if about is None or one.start() - about > _NEAR or _OTHER_SUBJECT.search(text[about : one.start()]):
            continue
        # « Au lieu de lire : 30/09/2026 » gives the former one.
        if re.search(r"au lieu de\s*$", text[: one.start()], re.IGNORECASE) or _OTHER_CLOCK.match(
            text[one.end() :]
        ):
            continue
        if found := _written_moment(one):
            return found
    return None


def _of_fields(said: Mapping[str, Any], whole: ReadLot) -> ReadLot:
    """MAPA: `titulaire.PersonneMorale` and `montant.valeur`, wherever its results stand."""
    named = _LOT_OF_TITLE.search(whole.title)
    holders = [one["titulaire"] for one in _mappings(said) if isinstance(one.get("titulaire"), Mapping)]
    names = [clean(unescaped(str(one.get("PersonneMorale") or ""))) for one in holders]
    amounts = {
        _euros(str(one.get("valeur") or "")) for one in _mappings(said) if "valeur" in one and one.get("@devise", "EUR") == "EUR"
    }  # fmt: skip
    return replace(
        whole, number=named[1] if named else "", winners=tuple(_winner(name, "") for name in names),
        amount_ht=amounts.pop() if len(amounts) == 1 and len(names) == 1 else None,
    )  # fmt: skip


def _of_text(text: str, lot: ReadLot) -> ReadLot:
    """One part of the text of an award: who, for how much, when. Somebody won unless it says that nobody did."""
    winners = _winners(text)
    if not winners and not _NOBODY.search(text):
        winners = (ReadWinner(),)
    amounts = {
        _euros(one["value"])
        for one in _AMOUNT.finditer(text)
        if not _OTHER_AMOUNT.search(f"{one['said']} {one['after']}")
    }
    on = _AWARDED_ON.search(text)
    return replace(
        lot, winners=winners, amount_ht=amounts.pop() if len(amounts) == 1 else None,
        awarded_on=_day(on[3], on[2], on[1]) if on else None,
    )  # fmt: skip


def _winners(text: str) -> tuple[ReadWinner, ...]:
    both = [(_name(one[1]), one[2]) for one in _NAMED_NUMBER.finditer(text)]
    if both:
        return tuple(_winner(name, number) for name, number in both)
    names = [_name(one[1]) for one in _LABELLED.finditer(text)]
    if not names:
        names = [_name(one[0]) for one in _ADDRESSED.finditer(text) if not _NO_ADDRESS.search(one[0])]
    if not names:
        names = [_name(one[1]) for one in _SENTENCE.finditer(text)]
    names = list(dict.fromkeys(name for name in names if name))
    numbers = list(dict.fromkeys(one[1] for one in _SAID_NUMBER.finditer(text)))
    if len(names) == len(numbers):
        return tuple(_winner(name, number) for name, number in zip(names, numbers, strict=True))
    return tuple(_winner(name, "") for name in names) or tuple(_winner("", number) for number in numbers)


def _winner(name: str, number: str) -> ReadWinner:
    """Named when it is known to be no person: it gives a number, or its name bears a legal form."""
    digits = clean_digits(number)
    siret = digits if is_valid_siret(digits) else ""
    siren = siret[:9] or (digits if is_valid_siren(digits) else "")
    if not siren and not bears_legal_form(name):
        return ReadWinner()
    return ReadWinner(siren=siren, siret=siret, name=name[:255])


def _name(text: str) -> str:
    """The company at the head of « Nom, adresse » or « Nom - adresse ». Empty for what is no name."""
    name = _CUT.split(_BEFORE_NAME.sub("", text.strip()), maxsplit=1)[0].strip(" .;:-")
    return name if 2 <= len(name) <= 90 and len(name.split()) <= 10 else ""


def _euros(text: str) -> Decimal | None:
    """« 935 220,00 », « 284 782.86 », « 1.200 »; None beyond what a contract is worth."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).rstrip(".")
    if "," in plain or not re.search(r"\.\d{1,2}$", plain):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = Decimal(plain).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return value if 0 < value < Decimal("1e10") else None


def _written_moment(found: re.Match[str]) -> datetime | None:
    day = _day(found["year"], found["month"], found["day"])
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    return (
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)
        if day and hour < 24 and minute < 60
        else None
    )


def _day(year: str, month: str, day: str) -> date | None:
    if not month.isdecimal():
        plain = month.lower().translate(str.maketrans("éû", "eu"))
        month = str(next((rank for rank, name in enumerate(_MONTHS, start=1) if plain.startswith(name)), 0))
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """A moment of the forms, « 2026-09-28T16:00:00 »: of Paris, unless it says its zone. None without an hour."""
    try:
        found = datetime.fromisoformat(str(value or ""))
    except ValueError:
        return None
    if "T" not in str(value):
        return None
    return (found.replace(tzinfo=PARIS) if found.tzinfo is None else found).astimezone(PARIS)


def _lines(value: Any) -> str:
    """A text with its lines."""
    text = unescaped(value[:_LONGEST]).replace("\x00", "") if isinstance(value, str) else ""
    return text.replace("\r", "\n").strip()


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping inside a value, the value too."""
    if isinstance(value, Mapping):
        yield value
        for one in value.values():
            yield from _mappings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _mappings(one)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str) and (text := clean(unescaped(value))):
        yield text
