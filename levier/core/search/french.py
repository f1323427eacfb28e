"""French analysis, the same for documents and queries: elisions, accents, stop words, stems."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_NON_ASCII = re.compile(r"[^\x00-\x7f]")
# What decomposition does not give: typographic apostrophes and primes, ligatures, barred letters.
_SPECIAL = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "′": "'", "＇": "'"}
_SPECIAL |= {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"}
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=[a-z0-9])")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_WORD = re.compile(r"[a-z0-9]+")
# Longer runs are noise (addresses, encoded blobs); they would only swell the term dictionary.
_LONGEST_WORD = 40

# Function words, already folded. Left out on purpose because buyers mean them: car, son, or, hors, bois.
_STOP_TEXT = """
a ai ainsi alors au aucun aucune aussi autre autres aux avec avoir c ce ceci cela celle celles celui
ces cet cette ceux chaque chez ci comme comment d dans de des donc dont du elle elles en encore entre
est et etaient etait etant etc etre eu eux fait font furent fut il ils j je jusqu l la le les leur
leurs lors lorsque lui m ma mais me meme memes mes moi moins mon n ne ni nos notre nous on ont ou par
parmi pas pendant peu peut peuvent plus pour pourquoi puis puisque qu quand que quel quelle quelles
quels qui quoi s sa sans se selon sera seront ses si soit sommes sont sous suis sur t ta tandis te tel
telle telles tels tes toi ton tous tout toute toutes tres tu un une vers via voici voila vos votre vous y
"""
STOP_WORDS = frozenset(_STOP_TEXT.split())

_stemmer = Stemmer.Stemmer("french")


def fold(text: str) -> str:
    """Lower case without accents, with plain apostrophes: « L’Œuvre d’Été » → ` l'oeuvre d'ete `.

    Other signs become spaces. Only the characters that are not ASCII are looked at, each form once.
    """
    text = text.lower().replace("`", "'")
    return text if text.isascii() else _NON_ASCII.sub(_folded_char, text)


def _folded_char(found: re.Match[str]) -> str:
    return _fold_char(found.group())


@lru_cache(maxsize=4_096)
def _fold_char(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if unicodedata.combining(char):
        return ""
    return unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode().lower() or " "


def tokens(text: str) -> list[str]:
    """The folded words of a text, elisions gone, dotted acronyms joined, stop words still there."""
    text = fold(text)
    if "'" in text:
        text = _ELISION.sub("", text)
    if "." in text:
        text = _DOTTED.sub(lambda found: found.group().replace(".", "") + " ", text)
    return [word for word in _WORD.findall(text) if len(word) <= _LONGEST_WORD]


def words(text: str) -> list[str]:
    """The folded words that carry meaning. A text made of stop words alone keeps them."""
    every = tokens(text)
    return [word for word in every if word not in STOP_WORDS] or every


@lru_cache(maxsize=262_144)
def stem(word: str) -> str:
    """Snowball French stem of one *folded* word; numbers are left as they are."""
    if word[0].isdigit():
        return word
    found: str = _stemmer.stemWord(word)
    return found or word


def forms(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """All that the index keeps of a text, read once: its exact form, its words and their stems."""
    every = tokens(text)
    found = tuple([word for word in every if word not in STOP_WORDS]) or tuple(every)
    return _joined(every), found, tuple(map(stem, found))


@lru_cache(maxsize=131_072)
def forms_of_short_text(text: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """`forms` of a text that comes back often: a trade, a label, a place."""
    return forms(text)


def stems(text: str) -> list[str]:
    """The stems a text is found by, in order, repetitions kept."""
    return [stem(word) for word in words(text)]


def exact_form(text: str) -> str:
    """One string that two spellings of the same name share; used to put an exact name first."""
    return _joined(tokens(text))


def _joined(every: list[str]) -> str:
    return " ".join(every)[:200]
