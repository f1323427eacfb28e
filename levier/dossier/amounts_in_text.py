"""The amounts of a French sentence: in euros, by the year or the month, with or without VAT, or so many at so much."""

import re
from dataclasses import dataclass, replace

from levier.dossier.numbers_in_text import MINUS, NUMBER, value

# « 1,5 M€ », « 120 k€ », « 1 500 000 euros HT », « 2,4 millions d'euros », « 45 000 € ».
_SCALE = r"(?P<scale>md|milliards?|m|millions?|k|milliers?|mille)?"
_EURO = r"(?:d'|de )?(?P<euro>€|euros?|eur\b|(?<=k)e\b)"
_TAX = r"(?: ?(?:ht\b|(?P<ttc>ttc\b|t\.t\.c\.|toutes taxes)|h\.t\.))?"
_AMOUNT = re.compile(rf"(?<![\w,.]){MINUS}{NUMBER} ?{_SCALE} ?{_EURO}{_TAX}", re.IGNORECASE)
_BARE_AMOUNT = re.compile(
    rf"(?<![\w,.]){NUMBER} ?(?P<scale>k|m|millions?)\b(?! ?(?:²|2|ois|3)){_TAX}", re.IGNORECASE
)
# « nettoyage des rues, 80 000 par an »: no euro is written.
_YEARLY_ONLY = re.compile(
    r"(?<![\w,.])(?P<number>\d{1,3}(?:[ .]\d{3})+|\d{4,7})(?= ?(?:ht )?(?:/ ?an\b|par an\b))",
    re.IGNORECASE,
)
# « maximum 200 000 HT »: neither is there; « lot 2 peinture 90 000 »: nor anything else but the lot.
_WITHOUT_TAX = re.compile(rf"(?<![\w,.]){NUMBER} ?(?:ht\b|h\.t\.)", re.IGNORECASE)
_OF_EACH_LOT = re.compile(
    r"(?<![\w,.])(?P<number>\d{1,3}(?:[ .]\d{3})+)(?=\s*(?:[,;(]|$|\blot\b))",
    re.IGNORECASE,
)
_MAXIMUM = re.compile(r"(?:maximum|maxi?|plafond|plafonnée? à|au plus)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_MAXIMUM_AFTER = re.compile(r"^ ?(?:au )?(?:maximum|maxi?\b|de plafond)(?! ?(?:de |: ?)?\d)", re.IGNORECASE)
_MINIMUM = re.compile(r"(?:minimum|mini?|plancher|au moins)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_MINIMUM_AFTER = re.compile(r"^ ?(?:au )?(?:minimum|mini?\b)(?! ?(?:de |: ?)?\d)", re.IGNORECASE)
_NEAR = 40
_YEARLY = re.compile(
    r"^ ?(?:ht )?(?:/ ?an\b|par an\b|l'an\b|an\b|annuels?\b|chaque année)(?: (?:ht|(?P<ttc>ttc))\b)?",
    re.IGNORECASE,
)
# « lot isolation 400 k€, lot menuiseries 250 k€ », « soit 650 k€ au total », « 3 lots ».
_OF_A_LOT = re.compile(r"\blots?\b", re.IGNORECASE)
_TOTAL = re.compile(r"(?:\btotal|\ben tout|\bau total|\bsoit)\W{0,3}(?:de |à |: ?)?$", re.IGNORECASE)
_TOTAL_AFTER = re.compile(r"^ ?(?:ht )?(?:au total|en tout)\b", re.IGNORECASE)
# « 1 200 € par mois ».
_MONTHLY = re.compile(r"^ ?(?:ht )?(?:et )?(?:(?:/ ?|par |le )mois\b|mensuels?\b)", re.IGNORECASE)
# « 4,10 € le repas », « 22 €/h », « 300 € pièce »: the price of one, not what the need is worth.
_OF_ONE = re.compile(
    r"^ ?(?:ht |ttc )?(?:(?:/ ?|par |le |la |l'|de l'|chaque )(?P<unit>heure|h|m2|m²|m3|m³|ml|mètre(?: carré| linéaire| cube)?|km|kilo|kg|tonne|t|"
    r"litre|kwh|unité|repas|couvert|convive|personne|enfant|élève|agent|poste|jour|journée|nuit|nuitée|trajet|course|passage|intervention|"
    r"visite|séance|logement|arbre|exemplaire|page|dossier|panier|colis|kit|pièce|ordinateur|vélo|chaise|véhicule|équipement)"
    r"|pièce|chacune?|(?:à )?l'une?|(?:à )?l'unité|unitaires?)(?!\w)",
    re.IGNORECASE,
)
# « 250 000 repas par an à »: so many of what the price is of.
_SO_MANY = re.compile(
    rf"(?<![\w,.]){NUMBER} ?(?P<thing>(?!(?:mois|ans?|années?|semaines?|lots?)\b)[^\W\d_][^\d,;:.()€%]{{1,30}}?)"
    r"(?P<period>(?: ?/ ?| par )(?:an|mois|semaine|jour)| annuels?| mensuels?)?"
    r"(?: (?:à|x|×|@|au (?:prix|coût) (?:unitaire )?de|à raison de) ?(?:environ )?)$",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"^ ?(?:(?:/ ?|par )(?:ans?|mois|semaine|jour)\b|annuel\w*|mensuel\w*)", re.IGNORECASE)
# « une fois par mois ».
_TIMES = re.compile(
    r"\b(?P<number>\d{1,2}|une|deux|trois|quatre) fois (?:/ ?|par )(?P<period>an|mois|semaine)\b",
    re.IGNORECASE,
)
_A_YEAR: dict[str, float] = {"an": 1, "mois": 12, "mensuel": 12, "semaine": 52}
# How many of a unit of price are in a unit of quantity.
_HOLDS = {
    ("km", "ml"): 1_000,
    ("km", "mètre"): 1_000,
    ("km", "mètre linéaire"): 1_000,
    ("ha", "m2"): 10_000,
    ("ha", "m²"): 10_000,
    ("hectares", "m²"): 10_000,
    ("tonnes", "kg"): 1_000,
    ("t", "kg"): 1_000,
}
# Nobody buys a lot of things for so little: « 200 paniers à 12 € » says a price each even without the word.
_CHEAP = 100
# The ordinary rate (article 278 of the tax code), for an amount said with taxes: thresholds and hours read without.
VAT = 0.20


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of the sentence without VAT, and what the words around it say of it."""

    value: float
    is_with_vat: bool
    is_yearly: bool
    is_maximum: bool
    is_of_a_lot: bool
    is_total: bool
    # How many, and the price of one, when the text says these: the value is their product.
    each: tuple[float, float] | None = None


def amounts(text: str, spans: list[tuple[int, int]]) -> list[Amount]:
    """The amounts that size the need, in the order of the text (normalised); what is read of the text is added to the spans."""
    said: list[Amount] = []
    former = 0
    for match in _amounts_found(text):
        # Only what stands close to an amount speaks of it; the rest is not read again for each of them.
        before = text[max(former, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        one = _OF_ONE.search(after)
        end = match.end() + (one.end() if one else 0)
        each = _each(match, text, before, one)
        spans += each.spans if each else ()
        yearly = _YEARLY.search(text[end : end + _NEAR])
        monthly = _MONTHLY.search(text[end : end + _NEAR]) if yearly is None else None
        former = end + max((found.end() for found in (yearly, monthly) if found), default=0)
        maximum = _MAXIMUM.search(before)
        spans.append((match.start() - (len(maximum[0]) if maximum else 0), former))
        is_least = _MINIMUM.search(before) or _MINIMUM_AFTER.search(after)
        if is_least or (one and each is None):
            # Neither the least that a framework promises nor the price of one among nobody knows how many sizes anything.
            continue
        is_with_vat = bool(match.groupdict().get("ttc") or (yearly and yearly["ttc"]))
        tax = 1 + VAT if is_with_vat else 1
        said.append(
            Amount(
                round(value(match) * (each.count if each else 1) * (12 if monthly else 1) / tax, 2),
                is_with_vat,
                bool(yearly or monthly or (each and each.is_yearly)),
                bool(maximum or _MAXIMUM_AFTER.search(after)),
                bool(_OF_A_LOT.search(before)),
                bool(_TOTAL.search(before) or _TOTAL_AFTER.search(after)),
                (each.count, value(match)) if each else None,
            )
        )
    return said


@dataclass(frozen=True, slots=True)
class _Each:
    """How many of what a price is of, in all or by the year, and where the text says it."""

    count: float
    is_yearly: bool
    spans: tuple[tuple[int, int], ...]


def _each(price: re.Match[str], text: str, before: str, one: re.Match[str] | None) -> _Each | None:
    """How many times the price is paid: said just before it, or elsewhere of the same thing; None when nobody knows, or it is no price of one."""
    many = _SO_MANY.search(before)
    if many and (one or value(price) < _CHEAP):
        start = price.start() - len(before)
        scale = _in_the_unit(many["thing"], one["unit"] if one else None)
        spans = (
            (start + many.start("number"), start + many.end("number")),
            (start + many.end("thing"), price.start()),
        )
        return _by_the_year(text, value(many) * scale, many["period"] or "", spans) if scale else None
    if one is None:
        return None
    elsewhere = re.compile(_counting(one["unit"]), re.IGNORECASE).search(
        text, 0 if one["unit"] else max(0, price.start() - _NEAR)
    )
    if elsewhere is None or elsewhere.start() == price.start():
        return None
    said = _PERIOD.search(text[elsewhere.end() :])
    spans = (elsewhere.span("number"), (elsewhere.end(), elsewhere.end() + (said.end() if said else 0)))
    return _by_the_year(text, value(elsewhere), said[0] if said else "", spans)


def _counting(unit: str | None) -> str:
    """What counts the things of a price: of its own unit, else of any thing that is no time and no part of a contract."""
    noun = (
        f"{_stem(unit)}\\w*"
        if unit
        else r"(?!(?:mois|ans?|années?|semaines?|jours?|lots?|h|heures?|m2|m²)\b)[^\W\d_]{3,}"
    )
    return rf"(?<![\w,.]){NUMBER} ?(?:{noun})(?!\w)"


def _stem(unit: str) -> str:
    return "h(?:eure)?" if unit.lower() in {"h", "heure"} else re.escape(unit.lower())


def _in_the_unit(thing: str, unit: str | None) -> float:
    """How many of the unit one of the things is: « 2 km » at so much « le ml » are 2,000; 0 when it cannot be told."""
    if unit is None or re.match(rf"{_stem(unit)}s?\b", thing, re.IGNORECASE):
        return 1
    return _HOLDS.get((thing.split()[0].lower(), unit.lower()), 0)


def _by_the_year(text: str, count: float, period: str, spans: tuple[tuple[int, int], ...]) -> _Each | None:
    """The count with how often it comes back; None for a day: nobody knows how many there are in a year."""
    if "jour" in period:
        return None
    times = next((often for word, often in _A_YEAR.items() if word in period.lower()), None)
    if times is None and (often := _TIMES.search(text)):
        times = _A_YEAR[often["period"].lower()] * value(often)
        spans = (*spans, often.span())
    return _Each(count * (times or 1), times is not None, spans)


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


def estimate(said: list[Amount], lots: int | None) -> tuple[Amount | None, int | None]:
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
