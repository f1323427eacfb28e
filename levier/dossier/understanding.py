"""Understands a need: object, CPV, sector, place, amount, duration, buyer, from one sentence or from fields."""

import re
from dataclasses import dataclass, replace
from datetime import date

from levier.core.typography import apostrophes
from levier.dossier.checking import check_size, check_values, either
from levier.dossier.dates_in_text import DatesRead, read_dates
from levier.dossier.figures_in_text import FiguresRead, read_figures, without_spans
from levier.dossier.need import (
    MOST_PARTS,
    BuyerSide,
    CpvChoice,
    Need,
    NeedInput,
    NeedRefused,
    Problem,
)
from levier.dossier.next_steps import assumed_launch, counted_back
from levier.dossier.numbers_in_text import normalise
from levier.organisations.identifiers import clean_digits
from levier.reference.cpv import CpvRanker, detect_need_kind, is_social_service, split_needs
from levier.reference.cpv.tables import cpv_labels
from levier.reference.places import Place, PlaceFinder
from levier.reference.sectors import sector_for_cpv, sectors_asked

_FRAMEWORK = re.compile(r"accord[- ]cadre|bons? de commande|marchés? subséquents?", re.IGNORECASE)
# « concession » alone may be a grave or a car dealer.
_CONCESSION = re.compile(
    r"\bdsp\b|délégations? de services? publics?|\bconcession (?:de (?:services?|travaux)|d'aménagement)|contrat de concession|"
    r"\baffermage\b|régie intéressée",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b(?:acheteur|maître d'ouvrage|contrat|achat|marché|entreprise|groupe) privée?\b|\bnotre (?:entreprise|société|usine|siège)\b",
    re.IGNORECASE,
)
_STATE = re.compile(r"\b(?:ministère|préfecture|rectorat|de l'état\b)", re.IGNORECASE)
_LOCAL = re.compile(
    r"\b(?:commune|mairie|ville|epci|communauté (?:de communes|d'agglomération|urbaine)|métropole|"
    r"agglomération|département|conseil (?:départemental|régional)|région|syndicat|collectivité)\b",
    re.IGNORECASE,
)
_PROGRAMME_NAMES = {
    "anru-2014": "anru|npnru|pnru|renouvellement urbain",
    "gpe": "grand paris express",
    "solideo": "solideo",
}
_PROGRAMMES_IN_TEXT = {
    slug: re.compile(rf"\b(?:{names})\b", re.IGNORECASE) for slug, names in _PROGRAMME_NAMES.items()
}
_PROGRAMME_WORDS = re.compile(
    rf"(?:\b(?:du|de l'|d'un|en) ?)?\b(?:(?:opération|projet|programme|convention|quartier)s? )?(?:{'|'.join(_PROGRAMME_NAMES.values())})\b",
    re.IGNORECASE,
)
# « une clause sociale de 5 % pour un marché de terrassement », « nous cherchons un traiteur ».
_CLAUSE_WORDS = re.compile(
    r"(?:\bavec )?(?:\bune )?\bclauses? (?:sociales?(?: d'insertion)?|d'insertion)"
    r"(?:,? (?:de |à )?(?:\d+(?:,\d+)? ?%|\d[\d ]{0,7} ?(?:h|heures)\b))?"
    r"(?: (?:pour|dans|sur|d') ?(?:un|le|notre) marché(?: (?:de|du|des)\b| d')?)?",
    re.IGNORECASE,
)
_ASKING_WORDS = re.compile(
    r"^\s*(?:besoin (?:de |d')(?:des |un |une )?(?=\w)|(?:nous|on|je) (?:re)?cherch\w+|(?:nous|on|je) (?:voudri?\w+|veux|veut|voulons|souhait\w+)|"
    r"(?:nous avons|on a|j'ai) besoin (?:de\b|d')|(?:on|nous) (?:doit|devons)|j'aimerais|il (?:nous|me) fau(?:t|drait))"
    r"(?: (?:acheter|commander|faire|trouver|passer)\b)?(?: une?\b| des\b)?",
    re.IGNORECASE,
)
# « Bonjour, … à peu près … Merci d'avance. »: looked for before the place, the introduction after: it may name the place.
_CIVILITY_WORDS = re.compile(
    r"^\s*(?:bonjour|bonsoir|madame, monsieur|madame|monsieur)\b[ ,.!]*|"
    r"^\s*(?:acheteur|entreprise|groupe) (?:privée?|publi(?:c|que)) ?:|"
    r"(?<![ ,.!])[ ,.!]*\b(?:merci(?: (?:d'avance|beaucoup|de votre \w+))?|cordialement|bien à vous|s'il vous plaît|svp|stp)\s*[.!]*\s*$|"
    r"\bà peu près\b|\bà la louche\b",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"^\s*(?:je suis|nous sommes) [^.;]{0,80}?(?:[.,;]| et) ?(?:(?:je|nous|on) (?:dois|devons|doit) )?"
    r"(?:(?:re)?lancer|renouveler|relancer|passer|acheter|commander)? ?(?:le marché (?:de|du|des)\b)?(?:le|la|les|un|une|des)?\b ?(?=\w)",
    re.IGNORECASE,
)
# « La ville de Lyon lance un marché de travaux… »: who buys is not what is bought.
_BUYER_LAUNCHES = re.compile(
    r"^\s*(?:la |le |l['’]|notre )?(?:ville|commune|mairie|métropole|région|département|communauté|agglo(?:mération)?|ccas|"
    r"conseil (?:départemental|régional|municipal)|office (?:public|hlm))\b"
    r"(?:[^.;:]{0,50}:\s*|[^.;]{0,70}?\b(?:(?:re)?lance|(?:re)?cherche|souhaite(?: acheter| réaliser| passer)?|prévoit|prépare)\s+"
    r"(?:un marché (?:de |d['’]|pour )|une consultation (?:de |d['’]|pour )|un prestataire (?:de |pour )|une entreprise (?:de |pour ))?"
    r"(?:(?:le|la|les|un|une|des|du)\s+|l['’])?)(?=\w)",
    re.IGNORECASE,
)
# « à Sète », « du Mans »: what announces a place goes with it.
_ANNOUNCING = re.compile(
    r"(?:\b(?:à|au|aux|en|de|du|des|dans|sur|vers) (?:la |le |les |l')?|\bd')$", re.IGNORECASE
)
# What is no part of the thing bought.
_ASIDE = (_PROGRAMME_WORDS, _CLAUSE_WORDS, _CIVILITY_WORDS, _ASKING_WORDS)
_CODE = re.compile(r"(\d{2,8})(?:-\d)?(?!\d)")
_HAS_A_WORD = re.compile(r"[^\W\d_]{2,}", re.UNICODE)


@dataclass(frozen=True)
class Reader:
    """Understands needs with a place finder and a CPV ranker (both loaded once per process)."""

    places: PlaceFinder
    ranker: CpvRanker

    def read(self, given: NeedInput, *, today: date) -> Need:
        """The need as understood. Raises NeedRefused with every problem found, in French."""
        problems = check_size(given)
        if problems:
            raise NeedRefused(*problems)
        text = normalise(given.text).strip()
        figures, dates = read_figures(text), read_dates(text, today=today)
        figures = replace(figures, months=either(figures.months, dates.months))
        aside = tuple(found.span() for pattern in _ASIDE for found in pattern.finditer(text))
        words = without_spans(text, (*figures.spans, *dates.spans, *aside))
        place, candidates, words, place_problem = self._place(given, words)
        words = _ASKING_WORDS.sub("", _BUYER_LAUNCHES.sub("", _INTRODUCTION.sub("", words))).strip()
        cpv, ranked = self._cpv(given, words)
        problems = [*check_values(given, figures), *([place_problem] if place_problem else [])]
        parts = tuple(fragment.text for fragment in split_needs(words, self.ranker)) if not given.cpv else ()
        if cpv is None and len(parts) <= MOST_PARTS:
            problems.append(_not_understood(given, words))
        if problems:
            raise NeedRefused(*problems)
        launch = given.launch_date or dates.launch
        need = _assemble(
            given, figures, words, place, candidates, cpv, ranked, parts, launch or assumed_launch(today)
        )
        return _dated(replace(need, is_launch_assumed=launch is None), dates, today)

    def _place(
        self, given: NeedInput, words: str
    ) -> tuple[Place | None, tuple[Place, ...], str, Problem | None]:
        spotted = self.places.find_in_sentence(words)
        rest = words
        # Several places stay in the object: « … à Lyon, Bron et Villeurbanne » would be cut in the middle.
        if spotted.match and spotted.span and not spotted.others:
            start, end = spotted.span
            announced = _ANNOUNCING.search(words[:start])
            rest = without_spans(words, ((announced.start() if announced else start, end),))
        if given.place.strip():
            found = [match.place for match in self.places.find(given.place, limit=6)]
            if not found:
                sentence = (
                    f"Le lieu « {given.place.strip()[:60]} » est inconnu. Donnez une commune, un code postal, "
                    "un EPCI ou un département, par exemple « Roubaix » ou « 59100 »."
                )
                return None, (), rest, Problem("place", sentence)
            return found[0], tuple(found[1:]), rest, None
        if spotted.match is None:
            return None, (), words, None
        named = (*spotted.candidates, *spotted.others)
        rivals = tuple(rival.place for rival in named if rival.place != spotted.match.place)
        return spotted.match.place, rivals[:5], rest, None

    def _cpv(self, given: NeedInput, words: str) -> tuple[CpvChoice | None, tuple[CpvChoice, ...]]:
        ranked = self._ranked(words) or self._of_the_trade(words)
        if not given.cpv.strip():
            return (ranked[0] if ranked else None), ranked
        typed = _CODE.match(given.cpv.strip())
        if typed is None:  # the object said otherwise, in words
            chosen = self._ranked(given.cpv)
            return (chosen[0] if chosen else None), (*chosen, *ranked)[:6]
        code = typed[1].ljust(8, "0")
        label = cpv_labels().get(code)
        if label is None:
            sentence = (
                f"Le code CPV « {typed[1]} » n’existe pas. Un code CPV compte huit chiffres, "
                "par exemple 45214200 ; laissez vide pour le chercher d’après l’objet."
            )
            raise NeedRefused(Problem("cpv", sentence))
        return CpvChoice(code, label, 1.0, "choisi par vous"), ranked

    def _of_the_trade(self, words: str) -> tuple[CpvChoice, ...]:
        """The codes of the trade of whoever is wanted, where no word names a thing: « un plombier », « librairie »."""
        for guess in sectors_asked(words):
            label = guess.sector.label
            found = tuple(
                replace(one, why=f"{', '.join(dict.fromkeys(guess.why))} : {label}")
                for one in self._ranked(label)
                if sector_for_cpv(one.code) is guess.sector
            )
            if found:
                return found
        return ()

    def _ranked(self, words: str) -> tuple[CpvChoice, ...]:
        matches = self.ranker.rank(words, limit=6) if words else []
        return tuple(CpvChoice(m.code, m.label, round(m.share, 3), "; ".join(m.why)) for m in matches)


def _assemble(
    given: NeedInput,
    figures: FiguresRead,
    words: str,
    place: Place | None,
    candidates: tuple[Place, ...],
    cpv: CpvChoice | None,
    ranked: tuple[CpvChoice, ...],
    parts: tuple[str, ...],
    launch: date,
) -> Need:
    text = normalise(given.text)
    sector = sector_for_cpv(cpv.code) if cpv else None
    months = either(given.months, figures.months)
    is_yearly = given.amount_ht is None and figures.is_yearly
    maximum = either(given.max_amount_ht, _in_all(figures.max_amount_ht, figures.is_maximum_yearly, months))
    return Need(
        given=given,
        object=apostrophes(words[:300]) or (cpv.label if cpv else ""),
        cpv=cpv,
        cpv_candidates=ranked,
        sector=sector.slug if sector else "",
        sector_label=sector.label if sector else "",
        contract_kind=detect_need_kind(cpv.code) if cpv else None,
        is_social_service=bool(cpv and is_social_service(cpv.code)),
        place=place,
        place_candidates=candidates,
        amount_ht=either(given.amount_ht, _in_all(figures.amount_ht, is_yearly, months)),
        max_amount_ht=maximum,
        months=months,
        is_one_year_counted=is_yearly and months is None,
        is_concession=_is_concession(given, text),
        each=figures.each if given.amount_ht is None else None,
        is_vat_taken_off=figures.is_vat_taken_off and given.amount_ht is None,
        is_framework=_is_framework(given, text, maximum),
        buyer_side=_side(given, text),
        buyer_kind=given.buyer_kind or _kind(text),
        buyer_siren=clean_digits(given.buyer_siren),
        inhabitants=figures.inhabitants,
        guests=figures.guests,
        posts=given.posts if given.posts is not None else figures.posts,
        takeover_hours=either(given.takeover_hours, figures.takeover_hours),
        takeover_staff=figures.takeover_staff,
        insertion_hours=figures.insertion_hours,
        programme=given.programme or _programme(text),
        lot_count=given.lot_count if given.lot_count is not None else figures.lots,
        launch_date=launch,
        is_launch_assumed=True,
        parts=parts if len(parts) > 1 else (),
    )


def _dated(need: Need, dates: DatesRead, today: date) -> Need:
    """The need with its first day of work; the launch that nobody said is then counted back from it."""
    start = dates.start
    if start is None or (not need.is_launch_assumed and start < need.launch_date):
        return need
    return counted_back(replace(need, starts_on=start, starts_said=apostrophes(dates.said)), today=today)


def _not_understood(given: NeedInput, words: str) -> Problem:
    if not _HAS_A_WORD.search(words):
        sentence = "Ce texte ne dit pas ce que vous achetez. Décrivez l’objet en quelques mots, par exemple « nettoyage de bureaux »."
    else:
        sentence = (
            f"Nous ne reconnaissons pas l’objet « {words[:80]} ». Dites-le autrement "
            "(« rénovation d’une école », « entretien d’espaces verts »…) ou donnez un code CPV."
        )
    return Problem("text", sentence)


def _in_all(amount: float | None, is_yearly: bool, months: float | None) -> float | None:
    """The amount of the whole need: « 90 k€ par an » over three years is 270 k€; over nobody knows how many, one year's."""
    return amount * months / 12 if amount is not None and is_yearly and months else amount


def _is_framework(given: NeedInput, text: str, maximum: float | None) -> bool:
    if given.is_framework is not None:
        return given.is_framework
    return maximum is not None or bool(_FRAMEWORK.search(text))


def _is_concession(given: NeedInput, text: str) -> bool:
    return bool(_CONCESSION.search(text)) if given.is_concession is None else given.is_concession


def _side(given: NeedInput, text: str) -> BuyerSide:
    if given.buyer_side in {"public", "private"}:
        return given.buyer_side  # type: ignore[return-value]
    return "private" if _PRIVATE.search(text) else "public"


def _kind(text: str) -> str | None:
    if _STATE.search(text):
        return "etat"
    return "collectivite" if _LOCAL.search(text) else None


def _programme(text: str) -> str:
    return next((name for name, pattern in _PROGRAMMES_IN_TEXT.items() if pattern.search(text)), "")
