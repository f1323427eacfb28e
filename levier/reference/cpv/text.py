"""French text to comparable stems: folding, elisions, stop words and noise such as amounts and durations."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from itertools import chain

import Stemmer

# A need is one sentence; beyond this length the rest adds nothing and would only cost time.
MAX_CHARACTERS = 4_000

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_SPECIAL = {"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " "}
# Initials are kept together: « A.M.O. » is one word.
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
# A file read in the wrong encoding has lost its accents: what « � » replaced is an apostrophe, « à », most
# often « é ».
_LOST = "\ufffd"
_LOST_APOSTROPHE = re.compile(rf"\b([dlnmsct]|qu){_LOST}(?=[aeiouyh{_LOST}])")
# What each costly pattern needs, looked for first.
_BETWEEN_DOTS = re.compile(r"\.[a-z]\.")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_CAPITAL = re.compile(r"(?<=[^.!?:»\s])[ \u00a0'’-]+([A-ZÀ-Þ][\w]+)")
_ELISION = re.compile(r"^(?:l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu|quelqu)'")
_UNIT = (
    r"(?:m2|m3|ml|m²|m³|km|kg|tonnes?|litres?|heures?|h|jours?|semaines?|mois|ans?|annees?|personnes?|habitants?"
    r"|hab|eur|euros?|€|k€|m€|ke|keur|millions?|milliers?|ht|ttc|%)"
)
_AMOUNT = re.compile(rf"\b\d[\d\s.,]*\s*{_UNIT}(?:\s*/\s*[a-z]+)?(?:\s+(?:ht|ttc))?(?![a-z])")

# Set phrases whose words mislead when read one by one: a town hall is no hotel. Replaced in this order.
_SET_PHRASES = (
    ("hotel de ville", "mairie"),
    ("hotel du departement", "mairie"),
    ("hotel de region", "mairie"),
    ("r&d", "recherche developpement"),
    ("maison d'arret", "prison"),
    # « Appel » says nothing, for « appel d'offres » is everywhere: in the singular a call centre would be a centre.
    ("centre d'appels", "centre d'appel"),
    ("centre d'appel", "centre d'appels"),
)

STOP_WORDS = frozenset(
    (resources.files("levier.reference") / "data" / "cpv" / "lexicon_stop_words.txt")
    .read_text(encoding="utf-8")
    .split()
)

# No inner cache (it is not made for several threads): ours is below.
_STEMMER = Stemmer.Stemmer("french", 0)


def fold(text: str) -> str:
    """Return `text` in lower case without accents, ligatures or typographic apostrophes.

    Only the characters that are not ASCII are looked at, each form once: an import folds millions of words.
    """
    lowered = text.lower().replace("`", "'")
    return lowered if lowered.isascii() else _NON_ASCII.sub(_folded_character, lowered)


def _folded_character(found: re.Match[str]) -> str:
    return _fold_character(found.group())


@lru_cache(maxsize=4_096)
def _fold_character(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    decomposed = unicodedata.normalize("NFD", char)
    return "".join(part for part in decomposed if not unicodedata.combining(part))


def _raw_words(text: str) -> list[str]:
    """The folded words of a text with their apostrophes, without amounts nor durations."""
    folded = fold(text[:MAX_CHARACTERS])
    if _LOST in folded:
        folded = _LOST_APOSTROPHE.sub(r"\1'", folded).replace(f" {_LOST} ", " ").replace(_LOST, "e")
    if _BETWEEN_DOTS.search(folded):
        folded = _INITIALS.sub(lambda match: match.group().replace(".", ""), folded)
    if _DIGIT.search(folded):
        folded = _AMOUNT.sub(" ", folded)
    for phrase, meaning in _SET_PHRASES:
        folded = folded.replace(phrase, meaning)
    return _WORD.findall(folded)


def words(text: str) -> list[str]:
    """Return the folded words of `text`: elisions cut; no amounts, durations or stop words."""
    return list(chain.from_iterable(map(_parts, _raw_words(text))))


@lru_cache(maxsize=100_000)
def _parts(raw: str) -> tuple[str, ...]:
    """What a folded word and its apostrophes hold: « l'eau » is « eau », « le » is nothing."""
    return tuple(part for part in _ELISION.sub("", raw).split("'") if _is_word(part))


def _is_word(part: str) -> bool:
    return 1 < len(part) <= 40 and part not in STOP_WORDS and not part[0].isdigit()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the Snowball French stem of one folded word; words of three letters or fewer are kept whole."""
    if len(word) <= 3:
        return word
    return str(_STEMMER.stemWord(word))


class _StemsOfWords(dict[str, tuple[str, ...]]):
    """Stems of the folded words met so far: read in C, which an import of millions of words feels."""

    def __missing__(self, raw: str) -> tuple[str, ...]:
        if len(self) > 100_000:
            self.clear()
        found = self[raw] = tuple(map(stem, _parts(raw)))
        return found


_STEMS = _StemsOfWords()


def stems(text: str) -> list[str]:
    """Return the stems of `text`, in order, repetitions kept."""
    return list(chain.from_iterable(map(_STEMS.__getitem__, _raw_words(text))))


def phrase_key(text: str) -> str:
    """Return the form under which two expressions are the same one: stems joined by a space."""
    return " ".join(stems(text))


def proper_names(text: str) -> frozenset[str]:
    """Return the folded words written with a capital inside `text`: names of places, not to be corrected.

    A text all in capitals says nothing, nor does the first word of a sentence.
    """
    start = text[:MAX_CHARACTERS]
    if start.isupper():
        return frozenset()
    return frozenset(fold(found) for found in _CAPITAL.findall(start))
