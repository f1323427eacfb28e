"""Words of trades written as they sound: « informatik », « plonbier », « couvreure » → the word of the vocabulary.

Pure: two words are the same one when they sound alike in French, or when one letter apart in a word of six or more.
An index mends what is close to one of its words; a mistake of sound is often far in letters (« k » for « que »).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from levier.reference.cpv.text import fold
from levier.reference.sectors import expressions_of_trades, words_of_trades

# Below, one letter makes another word: « lange », « linge ».
_SHORTEST, _SHORTEST_NEAR = 5, 6
_WORD = re.compile(r"[^\W\d_]+")
# In this order. A silent letter at the end is dropped last, once.
_SOUNDS = (
    (r"ph", "f"), (r"th", "t"), (r"sch|sh|ch", "X"), (r"e?aux?", "o"), (r"ai|ei", "e"), (r"y", "i"),
    (r"qu|ck|k", "K"), (r"sc(?=[ei])", "s"), (r"cc(?=[ei])", "Ks"), (r"c(?=[ei])", "s"), (r"c", "K"),
    (r"gu(?=[ei])", "G"), (r"g(?=[ei])", "j"), (r"g", "G"), (r"h", ""), (r"z", "s"), (r"n(?=[bp])", "m"),
    (r"(.)\1+", r"\1"), (r"(?:er|ez)s?$", "e"), (r"(?<=..)(?:es|ent|e|s|t|x|d|p)$", ""),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)


def sound_of(word: str) -> str:
    """How a word sounds, roughly: words that sound alike have the same key."""
    word = fold(word.replace("ç", "ss"))
    for pattern, sound in _COMPILED:
        word = pattern.sub(sound, word)
    return word


def mended_trade(text: str, *, near: Collection[str] = ()) -> str:
    """The text with its unknown words replaced by the words of trades that sound like them; empty when none does.

    ``near``: folded words that stand nowhere, for which one letter apart is enough.
    """
    known, changed = words_of_trades(), False

    def mend(found: re.Match[str]) -> str:
        nonlocal changed
        word = fold(found[0])
        if len(word) < _SHORTEST or word in known:
            return found[0]
        used = _by_sound().get(sound_of(found[0].lower()), "") or (_near(word) if word in near else "")
        changed = changed or bool(used)
        return used or found[0]

    mended = _WORD.sub(mend, text)
    return mended if changed else ""


@cache
def _vocabulary() -> dict[str, str]:
    """Folded word → the word as written, of our own expressions, long enough to be recognised."""
    found = _WORD.findall(" ".join(expressions_of_trades()).lower())
    return {fold(word): word for word in sorted(found) if len(fold(word)) >= _SHORTEST}


@cache
def _by_sound() -> dict[str, str]:
    """Sound → the shortest word that has it, folded."""
    longest_first = sorted(_vocabulary().items(), key=lambda pair: (-len(pair[0]), pair))
    return {sound_of(word): folded for folded, word in longest_first}


def _near(word: str) -> str:
    """The only word one letter apart (one more, one less, another, two exchanged); empty when none or several."""
    if len(word) < _SHORTEST_NEAR:
        return ""
    found = [one for one in _vocabulary() if abs(len(one) - len(word)) < 2 and _is_one_apart(word, one)]
    return found[0] if len(found) == 1 else ""


def _is_one_apart(one: str, other: str) -> bool:
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return abs(len(one) - len(other)) == 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
