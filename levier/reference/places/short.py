"""Spots the place in a search of a few words, where a lower-case town at the end is a town: « espaces verts lille »."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from levier.reference.places import folding
from levier.reference.places.aliases import ALIASES
from levier.reference.places.old_regions import OLD_REGIONS
from levier.reference.places.place import Place, PlaceMatch
from levier.reference.places.sentence import common_words

if TYPE_CHECKING:
    from levier.reference.places.finder import PlaceFinder

LONGEST_SEARCH = 300
_LONGEST_NAME = 9
# A town of more people than this bears its common name with a capital: « Tours », « Orange ».
_LARGE = 10_000
# A guess at a mistyped place needs this score, and as many people as this.
_SURE, _SURE_BESIDE, _KNOWN = 0.70, 0.62, 15_000
# A name typed this far is this name, cut short by mistake.
_NEARLY_WHOLE = 0.83
_LARGE_CITY = 50_000
_SHORTEST_GUESS, _SHORTEST_BESIDE = 6, 4
_LOOKED_AT = 6

TOKEN = re.compile(r"\d+(?:[ABab]\b)?|[^\W\d_]+")
# Words that announce a place, and go with it when it is taken out of the sentence.
_ANNOUNCING = {"a", "au", "aux", "en", "dans", "sur", "pres", "proche", "autour", "vers", "alentours", "environs", "loin",
               "secteur", "region", "departement", "ville", "commune", "agglomeration"}  # fmt: skip
_LINKS = {"de", "du", "des", "d", "la", "le", "les", "l"}
# A town that nothing announces, in lower case, is believed from this size on.
_SMALL = 2_000
_LONGEST_INITIALS = 4
_UNIT = re.compile(
    r"\s*(?:€|euros?\b|ht\b|mois\b|ans?\b|jours?\b|heures?\b|h\b|m2|m²|m3|km\b|%|personnes?\b|postes?\b|pers\b)",
    re.I,
)
# « 3e », « 1er », « 13ème arrondissement ».
_ORDINALS = {"e", "er", "ere", "eme", "ieme", "nd", "nde"}
_AREA_CODE = re.compile(r"\d{2}|2[ABab]|97\d|\d{5}")
_ARRONDISSEMENT = {"arr", "ardt", "arrdt", "arrondissement"}
_KINDS = {"commune", "arrondissement", "departement", "region"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the search with its place in the text; `gap` is what stands before the next word."""

    start: int
    end: int
    text: str
    folded: str
    gap: str = ""


@dataclass(frozen=True, slots=True)
class PlaceInSearch:
    """The place named, from `start` to `end` of the text with the words that announce it; its rivals, the largest first.

    An old région is no place: `departements` holds its codes and `label` its name.
    """

    start: int
    end: int
    label: str
    place: Place | None = None
    rivals: tuple[Place, ...] = ()
    departements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """Positions of the words that mean something else, and of ordinary words."""

    taken: set[int]
    ordinary: set[int]


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    weight: float
    found: PlaceInSearch


def tokens_of(text: str) -> list[Token]:
    """Words and numbers of a search."""
    text = text[:LONGEST_SEARCH]
    found = list(TOKEN.finditer(text))
    starts = [each.start() for each in found[1:]] + [len(text)] * bool(found)
    return [
        Token(each.start(), each.end(), each[0], folding.fold_word(each[0]), text[each.end() : following])
        for each, following in zip(found, starts, strict=True)
    ]


def find_in_search(
    finder: "PlaceFinder",
    text: str,
    taken: Collection[int] = (),
    trades: Collection[int] = (),
    ordinary: Collection[int] = (),
) -> PlaceInSearch | None:
    """The place a short search names, or None.

    `taken`: positions in the text of words that already mean something else. `trades`: those of words that name a trade,
    and are a place only when something announces it. `ordinary`: those of known words, which are no mistake for a place.
    """
    tokens = tokens_of(text)
    candidates = list(_candidates(finder, text, tokens, set(taken), set(trades)))
    longest = max((one.last - one.first + 1 for one in candidates), default=0)
    # « sein saint denis » is a département with a mistake rather than a town after a word.
    candidates += _guesses(finder, text, tokens, _Known(set(taken) | set(trades), set(ordinary)), longest)
    if not candidates:
        return None
    best = max(candidates, key=lambda one: (one.weight, one.last - one.first, one.first))
    return _with_announcement(tokens, _in_its_city(finder, text, tokens, best), set(taken))


def _candidates(
    finder: "PlaceFinder", text: str, tokens: Sequence[Token], taken: set[int], trades: set[int]
) -> Iterator[_Candidate]:
    position = 0
    while position < len(tokens):
        step = 1
        for size in range(min(_LONGEST_NAME, len(tokens) - position), 0, -1):
            words = tokens[position : position + size]
            if any(word.start in taken for word in words):
                continue
            found = _code(finder, text, words[0]) if size == 1 else None
            found = found or _named(finder, text, tokens, position, size, trades)
            if found is not None:
                yield _Candidate(position, position + size - 1, found[0], found[1])
                step = size
                break
        position += step


def _code(finder: "PlaceFinder", text: str, token: Token) -> tuple[float, PlaceInSearch] | None:
    """The number of a département, or a postal code."""
    if not token.text[0].isdigit() or _UNIT.match(text, token.end):
        return None
    place: Place | None = None
    if re.fullmatch(r"\d{2}|2[ABab]|97\d", token.text):
        place = finder.by_code("departement", token.text.upper())
    elif re.fullmatch(r"\d{5}", token.text):
        found = [
            match
            for match in finder.find(token.text, 1)
            if match.why.startswith(("code postal", "code INSEE"))
        ]
        place = found[0].place if found else None
    if place is None:
        return None
    return 1.0, PlaceInSearch(token.start, token.end, place.label, place)


def _named(
    finder: "PlaceFinder", text: str, tokens: Sequence[Token], position: int, size: int, trades: set[int]
) -> tuple[float, PlaceInSearch] | None:
    words = tokens[position : position + size]
    if words[0].text[0].isdigit() or words[0].folded in {"de", "du", "des", "d"}:
        return None
    start, end = words[0].start, words[-1].end
    folded = folding.fold(text[start:end])
    if folded in OLD_REGIONS:
        label, codes = OLD_REGIONS[folded]
        return 2.0, PlaceInSearch(start, end, label, departements=codes)
    places = _bearers(finder, folded)
    if not places:
        return None
    weight = _weight(tokens, position, size, places[0], trades)
    if weight <= 0:
        return None
    return weight, PlaceInSearch(start, end, places[0].label, places[0], tuple(places[1:4]))


def _bearers(finder: "PlaceFinder", folded: str) -> list[Place]:
    """Places of this very name, the likeliest first. The name of an EPCI is asked for whole, or by its usual initials."""
    if folded in ALIASES:
        place = finder.by_code(*ALIASES[folded])
        return [place] if place else []
    if len(folded) < 2:
        return []
    named = [finder.places[rank] for rank in finder.exact(folded) if finder.is_called(rank, folded)]
    if not named:
        return _territory(finder, folded)
    ranked: list[PlaceMatch] = finder.find(folded, 8)
    order = [match.place for match in ranked if match.place in named]
    kept = [place for place in order if place.kind in _KINDS or " " in folded]
    if not kept:
        return []
    floor = kept[0].population * 0.2
    return [
        kept[0],
        *(place for place in kept[1:] if place.kind == kept[0].kind and place.population >= floor),
    ]


def _territory(finder: "PlaceFinder", folded: str) -> list[Place]:
    """An EPCI as people call it: « agglo du Grand Avignon », « métropole de Lille », « Pays basque »."""
    kind, rest = folding.without_generic(folded)
    if kind != "epci" and " " not in folded:
        return []
    called = [finder.places[rank] for rank in finder.exact(folding.without_article(rest))]
    found = [place for place in called if place.kind == "epci"]
    if kind == "epci" and not found:
        # The one of the town that gives its name.
        towns = sorted(called, key=lambda place: -place.population)
        found = [one for place in towns if place.epci and (one := finder.by_code("epci", place.epci))]
    return found[:1]


def _weight(tokens: Sequence[Token], position: int, size: int, place: Place, trades: set[int]) -> float:
    """How likely the words mean the place; 0: they do not."""
    words = tokens[position : position + size]
    announced = any(word.folded in _ANNOUNCING for word in tokens[max(0, position - 3) : position])
    is_capital = words[-1].text[0].isupper() and not all(word.text.isupper() for word in tokens)
    is_common = size == 1 and words[0].folded in common_words()
    is_trade = any(word.start in trades for word in words)
    is_edge = position == 0 or position + size == len(tokens)
    is_large = place.kind != "commune" or place.population >= _LARGE
    is_initials = (
        size == 1 and len(words[0].text) <= _LONGEST_INITIALS and words[0].text.isupper() and len(tokens) > 1
    )
    if is_trade and not announced:
        return 0.0
    if is_initials and not announced and words[0].folded not in ALIASES:
        return 0.0
    if (
        not announced
        and not is_large
        and (position == 0 < len(tokens) - size or (not is_capital and place.population < _SMALL))
    ):
        return 0.0
    is_named = is_large and ((is_capital and position > 0) or len(tokens) == 1)
    if is_common and not announced and not is_named:
        return 0.0
    if not (announced or is_capital or is_edge or is_large):
        return 0.0
    weight = (
        1.0 + 0.5 * announced + 0.2 * is_capital + 0.3 * (position + size == len(tokens)) + 0.2 * (size - 1)
    )
    return weight + 0.3 * is_large


def _guesses(
    finder: "PlaceFinder", text: str, tokens: Sequence[Token], known: _Known, longest: int
) -> Iterator[_Candidate]:
    """A place badly written at the end: several words, one that is announced, or one beside a trade or a kind."""
    for size in range(min(5, len(tokens)), longest, -1):
        position = len(tokens) - size
        words = tokens[position:]
        if (
            any(word.start in known.taken or word.text[0].isdigit() for word in words)
            or words[0].folded in _LINKS
        ):
            continue
        announced = position > 0 and any(
            word.folded in _ANNOUNCING for word in tokens[max(0, position - 2) : position]
        )
        beside = not announced and size == 1
        typed = text[words[0].start : words[-1].end]
        if len(typed) < (_SHORTEST_BESIDE if beside else _SHORTEST_GUESS) or (beside and not known.taken):
            continue
        if beside and (words[0].start in known.ordinary or words[0].folded in common_words()):
            continue
        place = _meant(finder, typed, beside=beside, announced=announced)
        if place is not None:
            span = PlaceInSearch(words[0].start, words[-1].end, place.label, place)
            yield _Candidate(position, len(tokens) - 1, 2.0 + size, span)
            return


def _meant(finder: "PlaceFinder", typed: str, *, beside: bool, announced: bool) -> Place | None:
    """The place a mistyped name stands for. Beside a trade, a large city is meant, were a village spelled more like it."""
    for match in finder.find(typed, _LOOKED_AT if beside else 1):
        place = match.place
        is_city = place.population >= _LARGE_CITY
        if place.kind not in _KINDS or not (is_city if beside else announced or place.population >= _KNOWN):
            continue
        letters, whole = len(folding.fold(typed)), len(folding.fold(place.name))
        if match.why == "début du nom" and letters >= _NEARLY_WHOLE * whole:
            return place
        if match.why == "orthographe proche" and match.score >= (_SURE_BESIDE if beside else _SURE):
            return place
    return None


def _in_its_city(finder: "PlaceFinder", text: str, tokens: Sequence[Token], best: _Candidate) -> _Candidate:
    """The town that the number after it means: « Saint-Denis 93 » is in the Seine, « Paris 18 » and « Lyon 3e » are arrondissements."""
    place, position = best.found.place, best.last + 1
    if place is None or place.kind not in {"commune", "departement"} or position >= len(tokens):
        return best
    number = tokens[position]
    if _UNIT.match(text, number.end):
        return best
    if _AREA_CODE.fullmatch(number.text) and (namesake := _of_area(finder, place, number.text.upper())):
        found = PlaceInSearch(best.found.start, number.end, namesake.label, namesake)
        return _Candidate(best.first, position, best.weight, found)
    if place.kind != "commune" or not number.text.isdigit():
        return best
    is_ordinal = position + 1 < len(tokens) and not number.gap and tokens[position + 1].folded in _ORDINALS
    if number.text == place.departement and not is_ordinal:
        return best
    inside = next(
        (one for one in finder.find(f"{place.name} {number.text}", 2) if one.why == "arrondissement"), None
    )
    if inside is None:
        return best
    last = position + is_ordinal
    last += last + 1 < len(tokens) and tokens[last + 1].folded in _ARRONDISSEMENT
    found = PlaceInSearch(best.found.start, tokens[last].end, inside.place.label, inside.place)
    return _Candidate(best.first, last, best.weight, found)


def _of_area(finder: "PlaceFinder", place: Place, code: str) -> Place | None:
    """The namesake of a town in another département, by its number or a postal code."""
    if code == place.departement or code in place.postal_codes:
        return None
    for match in finder.find(f"{place.name} {code}", 1):
        if match.why.startswith("nom et ") and folding.fold(match.place.name) == folding.fold(place.name):
            return match.place
    return None


def _with_announcement(tokens: Sequence[Token], best: _Candidate, taken: set[int]) -> PlaceInSearch:
    """The same with « près de » before it and, for a commune, the number of its own département beside it."""
    found, first, last = best.found, best.first, best.last
    while (
        first > 0
        and tokens[first - 1].folded in _ANNOUNCING | _LINKS
        and tokens[first - 1].start not in taken
    ):
        first -= 1
    place = found.place
    if place is not None and place.kind in {"commune", "arrondissement"} and last + 1 < len(tokens):
        following = tokens[last + 1].text.upper()
        if following == place.departement or following in place.postal_codes:
            last += 1
    return PlaceInSearch(
        tokens[first].start, tokens[last].end, found.label, place, found.rivals, found.departements
    )
