"""Why a supplier that does not state a trade answers it: the passage of its own words that says so."""

import re
from collections.abc import Iterable, Sequence

from levier.core.search import Wish, french
from levier.directory.queries import SupplierCard

_WORD = re.compile(r"[^\W_]+")
# Characters kept on each side of what was found.
_BESIDE = 50


def passage_of(card: SupplierCard, wishes: Iterable[Wish]) -> str:
    """« … la manutention, les espaces verts et les remplacements… »; empty when a trade asked for is among those it states."""
    own = {tag.slug for tag in card.sectors}
    for wish in wishes:
        slugs = wish.values.get("sector", ())
        if slugs and own.isdisjoint(slugs):
            for text in (card.description, *_offers(card)):
                for phrase in (wish.text, *wish.synonyms):
                    if found := excerpt(text, phrase):
                        return found
    return ""


def excerpt(text: str, phrase: str) -> str:
    """What stands around a phrase in a text, whatever its plurals and accents; empty when it is not there."""
    wanted = french.stems(phrase)
    # The place of each word that carries meaning: small words stand between those of a phrase.
    placed = [(french.stems(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]
    placed = [one for one in placed if one[0] and french.fold(text[one[1] : one[2]]) not in french.STOP_WORDS]
    stems = [one[0][0] for one in placed]
    for at in range(len(stems) - len(wanted) + 1):
        if wanted and stems[at : at + len(wanted)] == wanted:
            return _cut(text, placed[at][1], placed[at + len(wanted) - 1][2])
    return ""


def _offers(card: SupplierCard) -> Sequence[str]:
    offers = card.profile.get("offers")
    rows = offers if isinstance(offers, list) else []
    return [f"{one.get('title', '')} {one.get('description', '')}" for one in rows if isinstance(one, dict)]


def _cut(text: str, start: int, end: int) -> str:
    """Whole words around, and « … » where something is left out."""
    first, last = max(0, start - _BESIDE), min(len(text), end + _BESIDE)
    before, after = text[first:start], text[end:last]
    if first:
        before = "…\u00a0" + before.partition(" ")[2]
    if last < len(text):
        after = after.rpartition(" ")[0] + "\u00a0…"
    return f"{before}{text[start:end]}{after}".strip()
