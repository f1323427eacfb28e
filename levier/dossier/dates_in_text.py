"""Reads when a need is to be met, or its consultation launched: « en mars », « du 12 au 14 juin 2027 »."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from levier.core.typography import MONTHS

MONTH_NAMES = "|".join([*MONTHS, "fevrier", "aout", "decembre"])
_UNACCENTED = {"fevrier": "février", "aout": "août", "decembre": "décembre"}
_BACK_TO_SCHOOL = "rentrée"
_NAME = rf"(?:{MONTH_NAMES}|{_BACK_TO_SCHOOL}(?: scolaire)?)"
_YEAR = r"20\d\d(?!\d)"
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"
_PART = r"(?:début|mi|fin|courant)"
# « 12 mars », « le samedi 12 mars 2027 », « fin mars », « la rentrée », « début 2027 », « 12/03/2027 ».
_MOMENT = (
    rf"(?:le |la |l')?{_WEEKDAY}(?:(?P<numeric>\d{{1,2}}/\d{{1,2}}/(?:20)?\d\d)(?!\d)|"
    rf"(?:(?P<day>\d{{1,2}})(?:er)? |(?P<part>{_PART})[ -](?:de |d')?|(?:le )?mois (?:de |d'))?(?P<name>{_NAME})\b(?: (?P<year>{_YEAR}))?|"
    rf"(?P<alone>{_PART})[ -](?P<whole>{_YEAR}))"
)
_RANGE = re.compile(
    r"\b(?:du|de|d'|entre(?: le)?|les?|période(?: de)?) ?(?:la )?"
    rf"{_WEEKDAY}(?:(?P<day>\d{{1,2}})(?:er)?)? ?(?P<name>{_NAME})?\b(?: (?P<year>{_YEAR}))?"
    r" ?(?:au|à|et(?: le)?|-|–|jusqu'(?:au|à|en)) (?:fin )?"
    rf"{_WEEKDAY}(?:(?P<end_day>\d{{1,2}})(?:er)? )?(?P<end_name>{_NAME})\b(?: (?P<end_year>{_YEAR}))?",
    re.IGNORECASE,
)
_LAUNCHED = re.compile(
    r"\b(?:(?:lancement|publication|mise en concurrence|consultation|avis)(?: (?:de|du|de la|de l'|d'))?(?: ?(?:consultation|marché|avis|dce))?"
    r"(?: (?:prévue?|lancée?|publiée?|à lancer|à publier))?|à lancer|à publier|lancée?|publiée?) ?:? ?"
    rf"(?:en |pour |vers |dès |avant |courant )?{_MOMENT}",
    re.IGNORECASE,
)
# « le marché actuel se termine en juin »: the next one starts then.
_FORMER_ENDS = (
    r"(?:(?:(?:le|notre) )?(?:marché|contrat) (?:actuel |en cours )?"
    r"(?:se termine|s'achève|expire|prend fin|finit|arrive à (?:échéance|son terme|terme)) )?"
)
_STARTED = re.compile(
    rf"\b{_FORMER_ENDS}"
    r"(?:(?:à partir|à compter) (?:de |du |d')|(?:dès|d'ici|avant|pour|en|courant|vers|le) |"
    r"(?:début|démarrage|commencement|prise d'effet)(?: [^\W\d_]+'?){0,3}? ?:? ?(?:prévue? )?(?:en |au |à |pour )?|"
    rf"(?={_PART}[ -]|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) ))" + _MOMENT,
    re.IGNORECASE,
)
# What is over then says nothing of what begins: « jusqu'en mars », « livraison fin 2028 », « depuis mars ».
_ENDING = re.compile(
    r"\b(?:jusqu'(?:en|au|à)?|depuis|livr\w+|récept\w+|achev\w+|achèvement|terme|fin (?:des?|du) (?:travaux|prestations?|chantier|marché))"
    r"(?: [^\W\d_]+){0,2} ?:? ?$",
    re.IGNORECASE,
)
# « octobre rose » is a campaign, « mars dernier » is past.
_NOT_A_DATE = re.compile(r"^ ?(?:rose|bleu|dernier|sans tabac)\b", re.IGNORECASE)
_FIRST_MONTHS = {"début": 1, "courant": 1, "mi": 6, "fin": 11}
_FIRST_DAYS = {"mi": 15, "fin": 25}
_FURTHEST_YEARS = 6
_DAYS_PER_MONTH = 30.4


@dataclass(frozen=True)
class DatesRead:
    """What the sentence says of days; None where it says nothing. `said`: its words for the start. Spans are (start, end)."""

    launch: date | None = None
    start: date | None = None
    months: float | None = None
    said: str = ""
    spans: tuple[tuple[int, int], ...] = ()


def read_dates(text: str, *, today: date) -> DatesRead:
    """Find when the consultation is to be launched and the work to start. A day already past is the date of something else."""
    launch = _first(_LAUNCHED, text, today)
    around = _range(text, today)
    if around:
        start, months, span = around
    else:
        found = _first(_STARTED, text, today, beside=launch[1] if launch else None)
        start, months, span = (found[0], None, found[1]) if found else (None, None, None)
    return DatesRead(
        launch=launch[0] if launch else None,
        start=start,
        months=months,
        said=text[slice(*span)].strip() if span else "",
        spans=tuple(sorted(one for one in (launch[1] if launch else None, span) if one)),
    )


def month_number(name: str) -> int:
    """« août », « aout » → 8; « rentrée » → 9."""
    lower = name.lower()
    if lower.startswith(_BACK_TO_SCHOOL):
        return 9
    return MONTHS.index(_UNACCENTED.get(lower, lower)) + 1


def _first(
    pattern: re.Pattern[str], text: str, today: date, *, beside: tuple[int, int] | None = None
) -> tuple[date, tuple[int, int]] | None:
    for match in pattern.finditer(text):
        if beside and beside[0] <= match.start() < beside[1]:
            continue
        if _ENDING.search(text[max(0, match.start() - 60) : match.start()]) or _NOT_A_DATE.search(
            text[match.end() :]
        ):
            continue
        if day := _moment(match.groupdict(), today):
            return day, match.span()
    return None


def _range(text: str, today: date) -> tuple[date, float | None, tuple[int, int]] | None:
    """The first day of « du 12 au 14 juin 2027 », « de septembre 2027 à juin 2028 », and how many months are between."""
    for match in _RANGE.finditer(text):
        said = match.groupdict()
        if not said["name"] and not (said["day"] and said["end_day"]):
            continue
        month, last = month_number(said["name"] or said["end_name"]), month_number(said["end_name"])
        year = int(said["year"] or said["end_year"] or 0)
        if not said["year"] and said["end_year"] and last < month:
            year -= 1
        start = _in_future(said["day"], month, year, today)
        if start is None:
            continue
        end_year = int(said["end_year"] or start.year + (last < month))
        end = _last_day(said["end_day"], last, end_year)
        months = round((end - start).days / _DAYS_PER_MONTH) if end else 0
        # « entre mars et juin » is a window, and says nothing of how long.
        is_window = match[0].lower().startswith("entre")
        return start, (float(months) if months > 0 and not is_window else None), match.span()
    return None


def _moment(said: dict[str, str | None], today: date) -> date | None:
    if numeric := said["numeric"]:
        day, month, year = numeric.split("/")
        return _in_future(day, int(month), int(year) + (2000 if len(year) == 2 else 0), today)
    part = (said["part"] or said["alone"] or "").lower()
    if said["whole"]:
        return _in_future(None, _FIRST_MONTHS[part], int(said["whole"]), today)
    if said["day"] is None and part in _FIRST_DAYS:
        return _in_future(
            str(_FIRST_DAYS[part]), month_number(said["name"] or ""), int(said["year"] or 0), today
        )
    return _in_future(said["day"], month_number(said["name"] or ""), int(said["year"] or 0), today)


def _in_future(day: str | None, month: int, year: int, today: date) -> date | None:
    """The day, the next of that name when no year is said; None when it is past, or no day at all.

    A month without a day is over at its end, and begins no sooner than today.
    """
    end = _last_day(day, month, year or today.year)
    if end and end < today and not year:
        end = _last_day(day, month, today.year + 1)
    if end is None or end < today or end.year > today.year + _FURTHEST_YEARS:
        return None
    return end if day else max(end.replace(day=1), today)


def _last_day(day: str | None, month: int, year: int) -> date | None:
    try:
        return date(year, month, int(day) if day else monthrange(year, month)[1])
    except ValueError:
        return None
