"""Reads what a person types in one field: kinds of structures, place, radius, trade, SIRET or SIREN, or a name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, zip_longest

from levier.directory.kinds import CODES, kind_of
from levier.reference.places import PlaceFinder
from levier.reference.places.folding import fold_word
from levier.reference.places.place import Place
from levier.reference.places.short import Token, find_in_search, tokens_of
from levier.reference.sectors import sectors_asked, words_of_trades

_SIAE = ("EI", "ACI", "AI", "ETTI", "EITI")
_HANDICAP = ("ESAT", "EA", "EATT")
# How people name the kinds: expressions without their small words, plural aside, → codes.
_KIND_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("établissement service accompagnement travail", ("ESAT",)),
    ("établissement service aide travail", ("ESAT",)),
    ("établissement travail protégé", ("ESAT",)),
    ("travail protégé", ("ESAT",)),
    ("secteur protégé adapté", _HANDICAP),
    ("secteur adapté protégé", _HANDICAP),
    ("secteur protégé", ("ESAT",)),
    ("stpa", _HANDICAP),
    ("entreprise adaptée travail temporaire", ("EATT",)),
    ("entreprise adaptée", ("EA", "EATT")),
    ("atelier chantier insertion", ("ACI",)),
    ("chantier insertion", ("ACI",)),
    ("entreprise travail temporaire insertion", ("ETTI",)),
    ("agence intérim insertion", ("ETTI",)),
    ("intérim insertion", ("ETTI",)),
    ("intérim social", ("ETTI",)),
    ("entreprise insertion travail indépendant", ("EITI",)),
    ("entreprise insertion", ("EI",)),
    ("association intermédiaire", ("AI",)),
    ("groupement employeur insertion qualification", ("GEIQ",)),
    ("groupement employeur", ("GEIQ",)),
    ("structure insertion activité économique", _SIAE),
    ("structure insertion", _SIAE),
    ("insertion activité économique", _SIAE),
    ("siae", _SIAE),
    ("iae", _SIAE),
    ("entreprise but emploi", ("EBE",)),
    ("travail pénitentiaire", ("SEP",)),
    ("quartier prioritaire", ("QPV",)),
    ("économie sociale solidaire", ("ESS", "SCOP", "SCIC", "ESUS")),
    ("ess", ("ESS", "SCOP", "SCIC", "ESUS")),
    *((code.lower(), (code,)) for code in CODES if code not in {"ESS", "EQUITABLE", "REGIE", "SCOP", "SCIC", "ESUS", "EBE"}),
)  # fmt: skip
# Qualities that an organisation of another kind bears in its name: asked by the word or by the kind.
_NAMED_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("régie quartier", ("REGIE",)),
    ("régie territoire", ("REGIE",)),
    ("régie", ("REGIE",)),
    ("société coopérative intérêt collectif", ("SCIC",)),
    ("société coopérative participative", ("SCOP",)),
    ("scop", ("SCOP",)),
    ("scic", ("SCIC",)),
    ("coopérative", ("SCOP", "SCIC")),
    ("esus", ("ESUS",)),
    ("ebe", ("EBE",)),
    ("commerce équitable", ("EQUITABLE",)),
    ("équitable", ("EQUITABLE",)),
)
# « petite structure », « grosse association »: the adjective counts only before what it can size up (« petite enfance » is a trade).
_SIZE_WORDS: dict[str, tuple[str, ...]] = {
    "petit": ("micro", "petite"), "petite": ("micro", "petite"), "tpe": ("micro",),
    "grand": ("moyenne", "grande"), "grande": ("moyenne", "grande"), "gros": ("moyenne", "grande"),
    "grosse": ("moyenne", "grande"), "pme": ("micro", "petite", "moyenne"),
}  # fmt: skip
_SIZED = {
    "structure", "entreprise", "association", "prestataire", "fournisseur", "societe", "cooperative", "atelier", "equipe",
    *(code.lower() for code in CODES),
}  # fmt: skip
_SIZE_LABELS = {
    ("micro", "petite"): "moins de 50 personnes", ("micro",): "moins de 10 personnes",
    ("moyenne", "grande"): "50 personnes et plus", ("micro", "petite", "moyenne"): "moins de 250 personnes",
}  # fmt: skip
# Two letters that are also a word: a code when written in capitals, or first of a sentence that names a place.
_AMBIGUOUS = {"ai", "ea"}
_LINKS = {
    "d",
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "l",
    "et",
    "a",
    "au",
    "aux",
    "en",
    "par",
    "pour",
    "dans",
    "un",
    "une",
}
# Words that say nothing in a directory where everybody is a structure of insertion.
_EMPTY = {
    "insertion", "inclusif", "inclusive", "structure", "entreprise", "prestataire", "fournisseur", "prestation", "service",
    "societe", "recherche", "cherche", "trouver", "besoin", "agence", "specialise", "specialisee", "local", "locale",
    "j", "je", "ai", "nous", "avons", "veux", "voudrais", "faut",
}  # fmt: skip
_IDENTIFIER = re.compile(
    r"(?<![\d])(?:FR[\s\u00a0\u202f]?\d{2}[\s\u00a0\u202f]?)?(\d(?:[\s\u00a0\u202f.-]?\d){8,13})(?!\d)", re.I
)
_RADIUS = re.compile(
    r"(?:dans\s+)?(?:un\s+)?(?:rayon\s+(?:de\s+)?|(?:à\s+|a\s+)?moins\s+de\s+|à\s+|a\s+)?(?<!\d)(\d{1,3})\s*km\b(?:\s+autour)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Words that were understood: what they are (`kind`, `size`, `place`, `radius`, `identifier`, `trade`, `words`), where they stand."""

    role: str
    label: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Sentence:
    """A search as understood. `rest`: the words that are neither kind nor place; `is_trade`: they name a known trade.

    `named_kinds`: (words, codes) pairs, to be answered by the words or by the kind.
    """

    raw: str
    identifier: str = ""
    kinds: tuple[str, ...] = ()
    named_kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: Place | None = None
    rivals: tuple[Place, ...] = ()
    departements: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    radius_km: int | None = None
    rest: str = ""
    is_trade: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Nothing but words: neither kind, nor size, nor place, nor number."""
        said = (self.identifier, self.kinds, self.named_kinds, self.sizes, self.place, self.departements)
        return not any(said)

    def without(self, *parts: Part) -> str:
        """The sentence less the words of these parts."""
        return _cut(self.raw, [span for part in parts for span in part.spans])


def read(text: str, finder: PlaceFinder, *, with_place: bool = True) -> Sentence:
    """Understand a search. With `with_place` false (the place has its own field) no word is taken for a place."""
    text = " ".join(text.split())
    identifier = _identifier(text)
    if identifier is not None:
        return identifier
    tokens = tokens_of(text)
    taken: set[int] = set()
    parts: list[Part] = []
    radius = _RADIUS.search(text) if with_place else None
    if radius and 1 <= int(radius[1]) <= 500:
        taken |= {token.start for token in tokens if radius.start() <= token.start < radius.end()}
    else:
        radius = None
    sizes = _sizes(tokens, taken, parts)
    kinds, named = _kinds(tokens, taken, parts)
    found = None
    if with_place:
        ordinary = {token.start for token in tokens if token.folded in words_of_trades()}
        found = find_in_search(finder, text, taken, _trade_words(tokens, taken), ordinary)
    if found is not None:
        taken |= {token.start for token in tokens if found.start <= token.start < found.end}
        parts.append(Part("place", found.label, ((found.start, found.end),)))
    if radius:
        parts.append(Part("radius", f"{radius[1]} km", (radius.span(),)))
    left = [token for token in tokens if token.start not in taken]
    rest, is_trade = _rest(left, says_more=bool(sizes or found))
    if rest:
        spans = tuple((token.start, token.end) for token in left)
        parts.append(Part("trade" if is_trade else "words", rest, spans))
    return Sentence(
        raw=text,
        kinds=kinds,
        named_kinds=named,
        place=found.place if found else None,
        rivals=found.rivals if found else (),
        departements=found.departements if found else (),
        sizes=sizes,
        # A radius without a place means nothing: the place may still be in its own field.
        radius_km=int(radius[1]) if radius else None,
        rest=rest,
        is_trade=is_trade,
        parts=tuple(parts),
    )


def _identifier(text: str) -> Sentence | None:
    """A SIRET, a SIREN or a VAT number anywhere in the text: whatever stands beside it is only a reminder."""
    for found in _IDENTIFIER.finditer(text):
        digits = re.sub(r"\D", "", found[1])
        if len(digits) in {9, 14}:
            label = f"{'SIRET' if len(digits) == 14 else 'SIREN'} {digits}"
            part = Part("identifier", label, ((0, len(text)),))
            return Sentence(raw=text, identifier=digits, parts=(part,))
    return None


def _sizes(tokens: Sequence[Token], taken: set[int], parts: list[Part]) -> tuple[str, ...]:
    """Sizes asked for; marks the word as taken, and leaves what it sizes up to be read."""
    for token, after in zip_longest(tokens, tokens[1:]):
        word = token.folded if token.folded in _SIZE_WORDS else _singular(token.folded)
        is_alone = word in {"tpe", "pme"}
        if word in _SIZE_WORDS and (is_alone or (after and _singular(after.folded) in _SIZED)):
            taken.add(token.start)
            codes = _SIZE_WORDS[word]
            parts.append(Part("size", _SIZE_LABELS[codes], ((token.start, token.end),)))
            return codes
    return ()


def _kinds(
    tokens: Sequence[Token], taken: set[int], parts: list[Part]
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Codes of the kinds named, and kinds asked by name; marks their words as taken."""
    codes: list[str] = []
    named: list[tuple[str, tuple[str, ...]]] = []
    content = [
        token for token in tokens if token.folded not in _LINKS and token.start not in taken | _glued(tokens)
    ]
    position = 0
    while position < len(content):
        size, found, is_named = _kind_at(content, position, len(tokens))
        if not size:
            position += 1
            continue
        words = content[position : position + size]
        start, end = words[0].start, words[-1].end
        taken |= {token.start for token in tokens if start <= token.start < end}
        label = " ".join(word.text for word in words) if is_named else _kinds_label(found)
        parts.append(Part("kind", label, ((start, end),)))
        if is_named:
            named.append((" ".join(word.folded for word in words), found))
        else:
            codes += found
        position += size
    return tuple(dict.fromkeys(codes)), tuple(named)


def _glued(tokens: Sequence[Token]) -> set[int]:
    """Ends of a word with a sign inside: « inter'ess » speaks of nobody's ESS."""
    return {
        after.start
        for before, after in pairwise(tokens)
        if after.start - before.end == 1 and before.folded not in _LINKS and before.gap in "'’-"
    }


def _kind_at(content: Sequence[Token], position: int, length: int) -> tuple[int, tuple[str, ...], bool]:
    for size in range(min(5, len(content) - position), 0, -1):
        words = content[position : position + size]
        key = tuple(_singular(word.folded) for word in words)
        if (
            size == 1
            and key[0] in _AMBIGUOUS
            and not (words[0].text.isupper() or (position == 0 and length > 1))
        ):
            continue
        if key in _table():
            codes, is_named = _table()[key]
            return size, codes, is_named
    return 0, (), False


@cache
def _table() -> dict[tuple[str, ...], tuple[tuple[str, ...], bool]]:
    table: dict[tuple[str, ...], tuple[tuple[str, ...], bool]] = {}
    for words, is_named in ((_KIND_WORDS, False), (_NAMED_KINDS, True)):
        for expression, codes in words:
            table[tuple(_singular(fold_word(word)) for word in expression.split())] = (codes, is_named)
    return table


def _singular(word: str) -> str:
    return word.rstrip("sx") if len(word) > 3 else word


def _kinds_label(codes: tuple[str, ...]) -> str:
    if codes == _SIAE:
        return "Structures d’insertion"
    if codes == _HANDICAP:
        return "Travail protégé et adapté"
    if "ESS" in codes:
        return "Économie sociale et solidaire"
    return ", ".join(kind_of(code).short for code in codes)


def _trade_words(tokens: Sequence[Token], taken: set[int]) -> set[int]:
    """Positions of the words that are a trade, alone (« bois », « jardins » are no village there) or by twos (« espace vert »)."""
    free = [token for token in tokens if token.start not in taken and len(token.folded) > 2]
    alone = {token.start for token in free if sectors_asked(token.folded)}
    pairs = [pair for pair in pairwise(free) if not alone & {token.start for token in pair}]
    together = {
        token.start
        for pair in pairs
        if sectors_asked(" ".join(token.folded for token in pair))
        for token in pair
    }
    return alone | together


def _rest(left: Sequence[Token], *, says_more: bool) -> tuple[str, bool]:
    """The words that remain, without those that say nothing; and whether they name a trade.

    When nothing else remains they are searched all the same (a name may be made of them), unless a size or a place
    went with them (« insertion Mayotte »).
    """
    words = _trimmed(left)
    if not words:
        return "", False
    full = _trimmed([word for word in words if _singular(word.folded) not in _EMPTY])
    text = _joined(full if full or says_more else words)
    return text, bool(sectors_asked(text))


def _trimmed(words: Sequence[Token]) -> list[Token]:
    """Without the small words of its ends."""
    kept = list(words)
    while kept and kept[0].folded in _LINKS:
        kept.pop(0)
    while kept and kept[-1].folded in _LINKS:
        kept.pop()
    return kept


def _joined(words: Sequence[Token]) -> str:
    """The words with the apostrophes and hyphens that stood between them."""
    text = ""
    for word in words:
        text += word.text + (word.gap if word.gap in {"", "'", "’", "-"} else " ")
    return text.strip(" '’-")


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split()).strip(" ,;-")
