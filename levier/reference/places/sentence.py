"""Spots the place named in a sentence, without taking a common word for a commune."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from levier.reference import tables
from levier.reference.places import folding, words_around
from levier.reference.places.aliases import ALIASES, WRITTEN_ALIASES
from levier.reference.places.performance import Hit as _Hit
from levier.reference.places.performance import place_of_performance
from levier.reference.places.place import FORMER_NAME, Place, PlaceInText, PlaceMatch

if TYPE_CHECKING:
    from levier.reference.places.finder import PlaceFinder

LONGEST_SENTENCE = 5_000
# Places are looked for in the first words only: beyond, a text is a document, not a need.
MOST_WORDS = 400
LONGEST_NAME = 9
ENOUGH = 0.5
# A name with its département or its postal code outweighs all that words around a bare name add up to.
CERTAIN = 2.0
# A rival at least this share of the winner's people makes the name ambiguous.
RIVAL_SHARE = 0.2
LARGE, MIDDLE, SMALL = 50_000, 10_000, 2_000

_TOKEN = re.compile(r"\d+(?:[ABab]\b)?|[^\W\d_]+")
_AREAS = {"departement", "region"}
# What follows a number that is no place: an amount, a duration, a quantity, a lot.
_UNIT = re.compile(
    r"\s*(?:€|k€|m€|euros?|eur\b|ht\b|ttc\b|mois|ans?\b|jours?|semaines?|heures?|h\b|m2|m²|m3|km|%)", re.I
)
_QUALIFIER = re.compile(
    r"\s*\(\s*(?:\d{2,3}|2[ABab]|\d{5}|[^\W\d_][^()]{1,30})\s*\)|\s*,?\s*\d{5}(?!\d)|"
    r"\s+\d{1,2}\s?(?:er|e|ème|eme|è)\b(?:\s+arr\w*)?|\s+(?:\d{2,3}|2[ABab])(?![\w,.])"
)


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str
    folded: str


@cache
def common_words() -> frozenset[str]:
    """Words of needs that are also names of places (« Mur », « Bois », « Lot »): alone they prove nothing."""
    path = tables.DATA / "territories" / "common_words.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def find_in_sentence(finder: "PlaceFinder", text: str) -> PlaceInText:
    """The place that `text` names, its span in the text, and the rivals of an ambiguous name.

    A name counts when something around it says so: « à », « commune de », a postal code, commas on both
    sides, a capital on an uncommon word, a large town. Nothing is returned rather than a guess.
    """
    text = text[:LONGEST_SENTENCE]
    tokens = [
        _Token(found.start(), found.end(), found[0], folding.fold_word(found[0]))
        for found in _TOKEN.finditer(text)
    ][:MOST_WORDS]
    hits = [
        *_postal_hits(finder, text, tokens),
        *_numbered_hits(finder, tokens),
        *_name_hits(finder, text, tokens),
    ]
    if not hits:
        hits = list(_misspelled_hits(finder, text, tokens))
    hits = [hit for hit in hits if hit.evidence >= ENOUGH]
    if not hits:
        return PlaceInText(None, None, ())
    best, others = place_of_performance(text, hits)
    return PlaceInText(
        best.match,
        (best.start, best.end),
        _rivals(finder, text[best.start : best.end], best.match),
        tuple(other.match for other in others),
    )


def _postal_hits(finder: "PlaceFinder", text: str, tokens: Sequence[_Token]) -> Iterator[_Hit]:
    for token in tokens:
        if (
            len(token.text) != 5
            or _UNIT.match(text, token.end)
            or not text[token.start : token.end].isdigit()
        ):
            continue
        if re.search(r"\d[ \u00a0\u202f.,]$", text[: token.start]):
            continue
        matches = [match for match in finder.find(token.text, 3) if match.why.startswith("code postal")]
        if matches and not _counts_something(finder, text, token):
            yield _Hit(0.9, token.start, token.end, matches[0])


def _numbered_hits(finder: "PlaceFinder", tokens: Sequence[_Token]) -> Iterator[_Hit]:
    for head, number in pairwise(tokens):
        place = (
            finder.by_code("departement", number.text.upper())
            if head.folded in words_around.NUMBERED
            else None
        )
        if place:
            yield _Hit(0.8, number.start, number.end, PlaceMatch(place, 1.0, "numéro du département"))


def _counts_something(finder: "PlaceFinder", text: str, token: _Token) -> bool:
    """Whether a noun follows the five digits (« 10000 repas »), and not the name of the place."""
    following = re.match(r"\s+([^\W\d_]+)", text[token.end :])
    if not following or following[1].lower() == "cedex" or not following[1].islower():
        return False
    named = finder.find(f"{token.text} {following[1]}", 1)
    return not (named and named[0].why.startswith("nom et"))


def _name_hits(finder: "PlaceFinder", text: str, tokens: Sequence[_Token]) -> Iterator[_Hit]:
    position = 0
    while position < len(tokens):
        longest = 0
        for size in range(min(LONGEST_NAME, len(tokens) - position), 0, -1):
            words = tokens[position : position + size]
            if words[0].text.isdigit() or _is_broken(text, words) or _starts_with_an_article(words):
                continue
            if not _is_name(finder, text, words):
                continue
            hit = _weighed(finder, text, tokens, position, size)
            if hit:
                yield hit
            # Kept or not, the whole name is read: « France » is no place inside « Belloy-en-France ».
            longest = size
            break
        position += max(1, longest)


def _starts_with_an_article(words: Sequence[_Token]) -> bool:
    """Whether a small article stands before a capital: « dans le Pas-de-Calais » is not at Le Pas, nor « la Marne » La Marne."""
    return (
        len(words) > 1
        and words[0].folded in words_around.ARTICLES
        and words[0].text.islower()
        and words[1].text[0].isupper()
    )


def _is_name(finder: "PlaceFinder", text: str, words: Sequence[_Token]) -> bool:
    """Whether the words, spaced as written, are the name of a place: « de Nice » is not Denicé."""
    folded = folding.fold(text[words[0].start : words[-1].end])
    for rank in finder.exact(folded):
        name = finder.folded[rank]
        if finder.is_called(rank, folded):
            return True
        # « Caen la Mer » is how one calls « CU Caen la Mer »; one word alone may be any other.
        if len(words) > 1 and finder.places[rank].kind == "epci" and _ends_with(name, folded):
            return True
    kind, core = folding.without_generic(folded)
    if (
        kind == "epci"
        and words[0].folded in folding.EPCI_HEADS
        and _is_epci(finder, folding.without_article(core))
    ):
        return True
    return folded in ALIASES and (" " in folded or words[0].text in WRITTEN_ALIASES)


def _is_epci(finder: "PlaceFinder", core: str) -> bool:
    """Whether « communauté d'agglomération du Beauvaisis » names one, whatever word its official name begins with; « agglo de Valence »."""
    places = [(finder.folded[rank], finder.places[rank]) for rank in finder.exact(core)]
    names = (name for name, place in places if place.kind == "epci")
    return any(name == core or _ends_with(name, core) for name in names) or any(
        place.kind == "commune" and place.epci and place.population >= MIDDLE and name == core
        for name, place in places
    )


def _ends_with(name: str, core: str) -> bool:
    """Whether the official name is a word of kind, then the words typed, « agglomération » left out or not."""
    return name.endswith(f" {core}") or folding.without_epci_tail(name).endswith(f" {core}")


def _is_broken(text: str, words: Sequence[_Token]) -> bool:
    """Whether punctuation other than a hyphen, an apostrophe or « St. » parts the words."""
    gaps = (text[one.end : other.start] for one, other in pairwise(words))
    return any(gap.strip(" -'’.\u00a0/") for gap in gaps)


def _weighed(
    finder: "PlaceFinder", text: str, tokens: Sequence[_Token], position: int, size: int
) -> _Hit | None:
    words = tokens[position : position + size]
    start, end = words[0].start, words[-1].end
    qualifier = _QUALIFIER.match(text, end)
    matches: list[PlaceMatch] = []
    if qualifier and not _UNIT.match(text, qualifier.end()):
        matches = [
            match
            for match in finder.find(text[start : qualifier.end()].strip(), 3)
            if match.why.startswith(("nom et", "arrondissement"))
        ]
    if matches:
        return _Hit(CERTAIN, start, qualifier.end() if qualifier else end, matches[0])
    named = [match for match in finder.find(text[start:end], 5) if match.why.startswith(("nom", "EPCI de"))]
    if not named:
        return None
    evidence = _evidence(text, tokens, position, size, named[0].place)
    return _Hit(evidence, start, end, named[0]) if evidence >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around the words that are the name of a place, and how they are written."""

    text: str
    words: Sequence[_Token]
    previous: str
    head: str
    announced: bool
    inside: bool
    is_first: bool
    is_capital: bool
    is_apart: bool
    is_all_capitals: bool
    is_among_capitals: bool


def _around(text: str, tokens: Sequence[_Token], position: int, size: int, place: Place) -> _Around:
    words = tokens[position : position + size]
    before = [token.folded for token in tokens[max(0, position - 3) : position]]
    previous = before[-1] if before else ""
    head = next((word for word in reversed(before) if word not in words_around.OF), "")
    ends = (words[0].folded, words[-1].folded)
    announced = bool(before) and head in words_around.HEAD
    if place.kind in _AREAS and previous in words_around.OF:
        announced = announced or head in words_around.KEPT_BY_AREA
    return _Around(
        text=text,
        words=words,
        previous=previous,
        head=head,
        # « Communauté d'agglomération du Beauvaisis », « Brest métropole » say themselves what they are.
        announced=announced
        or (size > 1 and place.kind == "epci" and not folding.EPCI_HEADS.isdisjoint(ends)),
        inside=previous in words_around.IN
        or (previous in words_around.ARTICLES and before[-2:-1] in (["a"], ["dans"], ["sur"])),
        is_first=position == 0 or bool(re.search(r"[.!?;:\n]\s*$", text[: words[0].start])),
        is_capital=words[-1].text[0].isupper() and words[0].text[0].isupper(),
        is_apart=_stands_apart(text, words),
        is_all_capitals=text.isupper(),
        is_among_capitals=_is_among_capitals(tokens, position, size),
    )


def _is_among_capitals(tokens: Sequence[_Token], position: int, size: int) -> bool:
    """Whether the words before and after are all in capitals too, those of two letters aside: capitals say nothing there."""
    before = [token.text for token in tokens[max(0, position - 3) : position] if len(token.text) > 2]
    after = [token.text for token in tokens[position + size : position + size + 3] if len(token.text) > 2]
    around = [*before[-1:], *after[:1]]
    return len(around) == 2 and all(word.isupper() for word in around)


def _evidence(text: str, tokens: Sequence[_Token], position: int, size: int, place: Place) -> float:
    """Adds up what speaks for a place; 0 when a common word has nothing that sets it apart."""
    around = _around(text, tokens, position, size, place)
    first = around.words[0]
    is_acronym = size == 1 and len(first.text) <= 4 and first.text.isupper() and not around.is_all_capitals
    # « NICE », « PAU » are towns where something says so; « GAN » is not worth a guess.
    is_town = place.population >= MIDDLE and (around.announced or around.inside or around.is_apart)
    if is_acronym and first.text not in WRITTEN_ALIASES and not is_town:
        return 0.0
    long_words = [word for word in around.words if len(word.folded) > 2]
    is_usual_name = (
        size > 1 and around.is_capital and " ".join(word.folded for word in around.words) in ALIASES
    )
    if is_usual_name:  # « Plaine Commune » is made of two words of every day
        return _added_up(around, place, len(long_words))
    if all(word.folded in common_words() for word in long_words) or len(first.folded) * size < 3:
        return 0.75 if _sets_apart(around, place) else 0.0
    return _added_up(around, place, len(long_words))


def _sets_apart(around: _Around, place: Place) -> bool:
    """Whether words of every day mean a place: « Lot 2 », « mur du cimetière », « Port de pêche » do not."""
    if not around.is_capital or around.is_all_capitals or around.is_first:
        return False
    if around.is_among_capitals and place.population < LARGE:
        return False
    # A capital and a word that announces a place.
    if (around.inside and around.previous != "sur") or around.announced:
        return True
    # « de Tours », « Orange, 120 k€ »: a large town bears its common name with a capital; « Creuse, 90 k€ ».
    if place.kind in _AREAS:
        return around.is_apart
    is_large = place.population >= MIDDLE and place.kind == "commune"
    return is_large and (around.is_apart or around.previous in {"de", "d"})


def _added_up(around: _Around, place: Place, long_words: int) -> float:
    text, words, previous = around.text, around.words, around.previous
    is_capital = around.is_capital
    score = (
        0.55 if around.announced else 0.5 if around.inside else 0.2 if previous in words_around.OF else 0.0
    )
    score += 0.25 if is_capital and not around.is_first and not around.is_all_capitals else 0.0
    score += 0.0 if not around.is_apart else 0.5 if is_capital else 0.3
    score += 0.3 if place.population >= LARGE else 0.2 if place.population >= MIDDLE else 0.0
    score -= 0.1 if place.population < SMALL and place.kind == "commune" and not around.announced else 0.0
    score += 0.25 if long_words >= 3 else 0.1 if long_words == 2 else 0.0
    score += 0.2 if place.kind in _AREAS | {"epci"} and is_capital else 0.0
    # « centre-bourg de Plouay, 800 k€ »: the last words of a clause, and no small village that « de » could name by chance.
    ends = _ends_a_clause(text, words[-1])
    score += 0.1 if ends and is_capital and previous in {"de", "d"} and place.population >= SMALL else 0.0
    # « Rénovation de logements, Évreux quartier de la Madeleine ».
    starts = _starts_a_clause(text, words[0])
    score += 0.1 if starts and not ends and is_capital and place.population >= MIDDLE else 0.0
    # « peinture d'écoles lille »: a large town closes what is typed without capitals.
    score += 0.2 if ends and place.population >= LARGE and text.islower() else 0.0
    # « l'église de Conques », « salle des fêtes d'Aubin »: a public building is named after its town.
    score += 0.2 if around.head in words_around.DEDICATED and previous in {"de", "d"} and is_capital else 0.0
    score -= 0.4 if around.head in words_around.INSIDE_A_TOWN and previous in words_around.OF else 0.0
    score -= 0.5 if previous in words_around.DEDICATED and words[0].folded in words_around.SAINTS else 0.0
    return score


def _stands_apart(text: str, words: Sequence[_Token]) -> bool:
    """Whether commas, ends or dashes stand on both sides: « Nettoyage de bureaux, Lille, 120 k€ »."""
    return _starts_a_clause(text, words[0]) and _ends_a_clause(text, words[-1])


def _starts_a_clause(text: str, word: _Token) -> bool:
    before = text[: word.start].rstrip(" \u00a0")
    return not before or before[-1] in ",;:–—-(\n."


def _ends_a_clause(text: str, word: _Token) -> bool:
    after = text[word.end :].lstrip(" \u00a0")
    return not after or after[0] in ",;:–—-)\n."


def _misspelled_hits(finder: "PlaceFinder", text: str, tokens: Sequence[_Token]) -> Iterator[_Hit]:
    """A capital after « à » or « commune de » that is no known name: a typing mistake is forgiven."""
    if text.isupper():
        return
    for position in range(1, len(tokens)):
        token = tokens[position]
        before = tokens[position - 1].folded
        announced = (
            before in {"de", "d"} and position > 1 and tokens[position - 2].folded in words_around.HEAD
        )
        if not (token.text.istitle() and len(token.text) >= 5 and (before == "a" or announced)):
            continue
        words = [token]
        for following in tokens[position + 1 : position + 5]:
            gap = text[words[-1].end : following.start]
            if gap.strip(" -'’") or not (following.text[0].isupper() or "-" in gap):
                break
            words.append(following)
        near = finder.find(text[token.start : words[-1].end], 1)
        if near and near[0].why == "orthographe proche" and near[0].score >= ENOUGH:
            yield _Hit(0.5, token.start, words[-1].end, near[0])


def _rivals(finder: "PlaceFinder", name: str, best: PlaceMatch) -> tuple[PlaceMatch, ...]:
    """The winner, then its homonyms of comparable size; a qualified name has none."""
    homonyms = [
        match
        for match in finder.find(name, 8)
        if match.why == best.why
        and match.place.kind == best.place.kind
        and match.why in {"nom exact", FORMER_NAME}
    ]
    floor = RIVAL_SHARE * best.place.population
    rivals = [match for match in homonyms if match.place != best.place and match.place.population >= floor]
    return (best, *rivals)
