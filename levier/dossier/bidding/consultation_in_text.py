"""Reads what a pasted consultation says of itself: object, place, dates, buyer. What it does not state stays empty."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from levier.core.typography import apostrophes
from levier.dossier.dates_in_text import MONTH_NAMES, month_number
from levier.dossier.figures_in_text import read_figures
from levier.dossier.numbers_in_text import normalise
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.reference.places import PlaceFinder

LONGEST_PASTED = 60_000
_LONGEST_OBJECT, _LONGEST_BUYER = 300, 200
_NUMBERED = r"(?:(?:article|art\.?)? ?\d{1,2}(?:[.\-]\d{1,2}){0,2}[ .):\-–]*)?"
# « Objet du marché : … », or the same as a heading with its text on the next line.
_OBJECT_LABELS = re.compile(
    rf"(?:^|[\n.;–]) *{_NUMBERED}objet(?: (?:du|de la|de l'|de|des) ?(?:présent[e]? )?(?:marché|consultation|accord-cadre|contrat|"
    r"avis|travaux|prestations?|achat|concession)s?)?(?: public)? *[:–\n-] *\n?(?P<said>[^\n]{4,400})",
    re.IGNORECASE,
)
_OBJECT_SENTENCES = re.compile(
    r"(?:la (?:présente )?consultation|le (?:présent )?(?:marché|accord-cadre|contrat)|l'accord-cadre|"
    r"les stipulations du présent [^:\n]{2,60}?)\s+"
    r"(?:concerne(?:nt)?|porte sur|a pour objet|est relati[fv]e? (?:à|au))\s*:?\s*(?P<said>[^\n]{4,400}(?:\n[^\n]{1,200})?)",
    re.IGNORECASE,
)
# « Opération : … », « le marché « entretien des locaux » de la commune », « Marché de restauration de l'église… ».
_OBJECT_NAMED = re.compile(
    r"(?:^|\n) *(?:opération|intitulé)(?: [^\W\d_]+){0,2} *: *(?P<said>[^\n]{4,300})|"
    r"\b(?:marché|consultation) [«\"“] ?(?P<quoted>[^»\"”\n]{4,200}?) ?[»\"”]|"
    r"(?:^|\n) *(?:marché|accord-cadre|mapa)(?: public)?(?: de travaux)? (?:de |d'|pour )(?P<plain>[^\n]{4,300})",
    re.IGNORECASE,
)
# A mail: « le marché de la ville de Roubaix, peinture du collège Camus (lot 7) ».
_OBJECT_OF_A_MAIL = re.compile(
    r"\b(?:marché|consultation|appel d'offres) (?:de|du|d')(?: la| l')? ?(?:ville|commune|mairie|département|région|métropole) "
    r"[^,:\n]{2,60}[,:] *(?P<said>[^\n.;]{4,200})",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:(?:la|les?|des|du|de) +|[ld]')?(?:réalisation (?:des? |d'|du ))?", re.IGNORECASE)
_LOT_ASIDE = re.compile(r"\s*\(?\blots? (?:n ?° ?)?\d{1,3}\)?", re.IGNORECASE)
# A summary line (« Objet ........ 3 »), a heading alone, or a sentence about the document itself.
_NO_OBJECT = re.compile(
    r"\.{4}|…{2}|^\W*\d*\W*$|^(?:la|le) (?:présente?|présent)\b|^les stipulations\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3})\.(?:\s|$)|;|\n\s*\n|\. (?=[A-ZÉÈÀ])")
_NEXT_LABEL = re.compile(
    r"\s+(?:lieux? (?:principal )?d'exécution|durée|délai|procédure|date limite|objet|code cpv|cpv|montant)[^:.]{0,40}:", re.IGNORECASE
)  # fmt: skip
_PLACE_LABELS = re.compile(
    r"(?:lieux? (?:principal |principaux )?(?:d'exécution|des travaux|des prestations|de livraison)|adresse (?:du chantier|des travaux)|"
    r"site concerné)[^:\n]{0,40}[:–\n-] *\n?(?P<said>[^\n]{2,160})",
    re.IGNORECASE,
)
_BUYER_LABELS = re.compile(
    r"(?:pouvoir adjudicateur|entité adjudicatrice|autorité concédante|ma[îi]tr(?:e|ise) d'ouvrage|organisme acheteur|"
    r"acheteur public|acheteur|nom complet de l'acheteur)(?: exerçant[^:\n]{0,60})?(?: *[:\n] *\n?| est (?:la |le |l'))"
    r"(?P<said>[^\n]{3,200})",
    re.IGNORECASE,
)
_BUYER_HEADS = (
    "ville|commune|mairie|département|région|métropole|communauté (?:de communes|d'agglomération|urbaine)|"
    "conseil (?:départemental|régional)|syndicat|ccas"
)
_BUYER_OF_A_MAIL = re.compile(
    rf"\b(?:marché|consultation|appel d'offres)(?: [«\"“][^»\"”\n]{{4,200}}[»\"”])? (?:de |du )(?:la |l')?(?P<said>(?:{_BUYER_HEADS})\b "
    r"(?:de la |des |de |du |d')?[^,:.;\n]{2,60})",
    re.IGNORECASE,
)
_BUYER_END = re.compile(r"\s*(?:,|;|:|\s[–—-]\s|\(|\. |\bSIRE[NT]\b|\breprésentée?\b|\.$)", re.IGNORECASE)
_SIREN = re.compile(r"\bSIRE[NT]\b[^\d\n]{0,12}(\d(?:[ .]?\d){13}|\d(?:[ .]?\d){8})(?!\d)", re.IGNORECASE)
_DATE = (
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?(?:le )?(?:(?P<iso>\d{4}-\d{2}-\d{2})|"
    rf"(?P<day>\d{{1,2}})(?:er)?(?:[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}|\d{{2}})(?!\d)| (?P<name>{MONTH_NAMES}) (?P<full>\d{{4}})))"
)
_DUE = re.compile(
    r"(?:date(?: et heure)?s? limites? (?:de|pour la|pour le) (?:réception|remise|dépôt|réponse)|(?:remise|réception|dépôt) des (?:offres|plis)|"
    rf"offres? (?:sont )?(?:à |attendues?|à remettre|à rendre|à déposer)|date limite)[^.;\d]{{0,60}}?{_DATE}",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"(?:démarrage|commencement|début|prend(?:ra)? effet)(?: [^\W\d_]+){0,4} ?:? ?(?:prévue? )?(?:au |le |du )?"
    rf"{_DATE}|(?:à compter|à partir) du {_DATE.replace('(?P<', '(?P<b_')}",
    re.IGNORECASE,
)
_LENGTH = r"(?:\d{1,3}|une?|deux|trois|quatre|cinq|six|douze|dix-huit) (?:mois|ans?|années?|semaines?|jours?)"
_LASTS = re.compile(
    r"(?:\bdurée\b(?! de validité)[^.;\n\d]{0,60}?|\bdélai (?:global )?d'exécution\b[^.;\n\d]{0,30}?|\bconclue? pour\b[^.;\n\d]{0,40}?)"
    rf"\b(?P<said>{_LENGTH}[^.;\n]{{0,80}})|(?P<mail>{_LENGTH}) (?:de |d')(?:chantier|travaux|marché|contrat)|"
    rf"\b(?P<renewed>{_LENGTH},? (?:tacitement )?(?:renouvelable|reconductible)[^.;\n]{{0,40}})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ConsultationRead:
    """What the text states, under the names of the form; a key left out is not stated. `where`: the words it was read in.

    `is_place_of_buyer`: no place of performance is stated, only the town of the buyer.
    """

    values: dict[str, Any] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    is_place_of_buyer: bool = False


def read_consultation(text: str, places: PlaceFinder) -> ConsultationRead:
    """Object, place, buyer, SIREN, months, start and deadline of a pasted consultation, each only where it is stated."""
    plain = normalise_lines(text[:LONGEST_PASTED])
    read = ConsultationRead()
    for name, said in (("object", _object(plain)), ("buyer", _buyer(plain))):
        if said:
            read.values[name], read.where[name] = apostrophes(said), said
    if siren := _siren(plain):
        read.values["buyer_siren"] = siren
    for name, pattern in (("due_on", _DUE), ("starts_on", _STARTS)):
        if found := _first_day(pattern, plain):
            read.values[name], read.where[name] = found
    for lasting in _LASTS.finditer(plain.replace("\n", " ")):
        months = read_figures(next(filter(None, lasting.groups()))).months
        if months:
            read.values["months"], read.where["months"] = months, _short(lasting[0])
            break
    return _with_place(read, plain, places)


def normalise_lines(text: str) -> str:
    """Exotic spaces and apostrophes made plain, lines kept: a label ends with its line."""
    return "\n".join(" ".join(normalise(line).split()) for line in text.splitlines())


def _object(text: str) -> str:
    for pattern in (_OBJECT_LABELS, _OBJECT_SENTENCES, _OBJECT_OF_A_MAIL, _OBJECT_NAMED):
        for found in pattern.finditer(text):
            said = next(filter(None, found.groups()))
            # A label whose line is itself the sentence: « La présente consultation concerne… » is read by the next pattern.
            if not _NO_OBJECT.search(said) and (cleaned := _cleaned(said)):
                return cleaned
    return ""


def _cleaned(said: str) -> str:
    said = _NEXT_LABEL.split(said, maxsplit=1)[0]
    said = _SENTENCE.split(said, maxsplit=1)[0].replace("\n", " ")
    said = _LOT_ASIDE.sub("", _LEADING.sub("", said.strip(" :–-\"«»'")))
    said = said.strip(" .,;:–-")
    return said[:_LONGEST_OBJECT] if len(re.findall(r"[^\W\d_]{3,}", said)) else ""


def _buyer(text: str) -> str:
    for pattern in (_BUYER_LABELS, _BUYER_OF_A_MAIL):
        for found in pattern.finditer(text):
            said = _BUYER_END.split(found["said"], maxsplit=1)[0].strip(" .–-")
            if re.search(r"[^\W\d_]{3,}", said) and not said.lower().startswith(
                ("qui ", "se ", "peut ", "et ")
            ):
                return said[:_LONGEST_BUYER]
    return ""


def _siren(text: str) -> str:
    for found in _SIREN.finditer(text):
        siren = clean_digits(found[1])[:9]
        if is_valid_siren(siren):
            return siren
    return ""


def _first_day(pattern: re.Pattern[str], text: str) -> tuple[date, str] | None:
    for found in pattern.finditer(text.replace("\n", " ")):
        if day := _day(found.groupdict()):
            return day, _short(found[0])
    return None


def _day(said: dict[str, str | None]) -> date | None:
    parts = {name.removeprefix("b_"): value for name, value in said.items() if value}
    try:
        if iso := parts.get("iso"):
            return date.fromisoformat(iso)
        if name := parts.get("name"):
            return date(int(parts["full"]), month_number(name), int(parts["day"]))
        if "month" in parts:
            year = int(parts["year"])
            return date(year + 2000 if year < 100 else year, int(parts["month"]), int(parts["day"]))
    except (KeyError, ValueError):
        pass
    return None


def _with_place(read: ConsultationRead, text: str, places: PlaceFinder) -> ConsultationRead:
    """The place of performance that is stated, else the one the object names, else the buyer's own town, said as such."""
    for said, sentence, is_of_buyer in _where(read, text):
        spotted = places.find_in_sentence(sentence)
        if spotted.match and not spotted.is_ambiguous:
            read.values["place"] = spotted.match.place.label
            read.where["place"] = _short(said)
            return replace(read, is_place_of_buyer=is_of_buyer)
    return read


def _where(read: ConsultationRead, text: str) -> Iterator[tuple[str, str, bool]]:
    """The words to look into, the sentence they make, whether they only name the buyer."""
    for found in _PLACE_LABELS.finditer(text):
        said = _SENTENCE.split(found["said"], maxsplit=1)[0]
        yield said, f"à {said}", False
    if "object" in read.where:
        yield read.where["object"], read.where["object"], False
    if "buyer" in read.where:
        yield read.where["buyer"], f"à {read.where['buyer']}", True


def _short(said: str) -> str:
    said = " ".join(said.split())
    return said if len(said) <= 90 else said[:89].rsplit(" ", 1)[0] + "…"
