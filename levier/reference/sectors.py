"""Purchase sectors: our two-level list, and the sectors of a CPV code, a NAF code or a free text."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import takewhile

from levier.reference.cpv.tables import cpv_labels, lexicon_entries
from levier.reference.cpv.text import fold, stems

# Words found in a name are weaker evidence than an activity code; below this they are not worth showing.
MINIMUM_CONFIDENCE = 0.3
# A plain word of a buyer is a likely meaning, no more.
_ASKED_CONFIDENCE = 0.5
# « livreur », « livraison »: four letters alike tell one work.
_SHORTEST_ROOT = 4
# Ends of a woman's trade → of a man's, which the tables write: « soudeuse », « électricienne », « jardinière ».
_FEMININE = {
    "trice": "teur", "euse": "eur", "eure": "eur", "ière": "ier", "ère": "er", "ienne": "ien", "onne": "on", "ante": "ant",
    "ale": "al", "ive": "if", "ée": "é",
}  # fmt: skip
_FEMININE_END = re.compile(rf"(?<=\w)({'|'.join(_FEMININE)})s?\b")
_WITHOUT = re.compile(r"\bsans\s+\w+", re.I)
NAF_REV2 = "naf_rev2"


@dataclass(frozen=True, slots=True)
class SectorGroup:
    """The upper level: a family of sectors as buyers name it."""

    slug: str
    label: str


@dataclass(frozen=True, slots=True)
class Sector:
    """The lower level: one trade a buyer orders, with the family it belongs to."""

    slug: str
    label: str
    group: SectorGroup


@dataclass(frozen=True, slots=True)
class SectorGuess:
    """A sector inferred from a text: confidence from 0 to 1, and the expressions that led to it."""

    sector: Sector
    confidence: float
    why: tuple[str, ...]


class UnknownSectorError(LookupError):
    """No sector has this slug."""


def _rows(name: str) -> list[dict[str, str]]:
    source = resources.files("levier.reference") / "data" / "sectors" / name
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


@cache
def all_groups() -> tuple[SectorGroup, ...]:
    """Return the families, in the order of the list."""
    return tuple(SectorGroup(slug=row["slug"], label=row["label"]) for row in _rows("groups.csv"))


@cache
def all_sectors() -> tuple[Sector, ...]:
    """Return every sector, in the order of the list."""
    groups = {group.slug: group for group in all_groups()}
    return tuple(
        Sector(slug=row["slug"], label=row["label"], group=groups[row["group"]])
        for row in _rows("sectors.csv")
    )


@cache
def _by_slug() -> dict[str, Sector]:
    return {sector.slug: sector for sector in all_sectors()}


def sector(slug: str) -> Sector:
    """Return the sector of this slug; raise UnknownSectorError with a French sentence otherwise."""
    try:
        return _by_slug()[slug]
    except KeyError:
        message = f"Le secteur « {slug} » n’existe pas : voir la liste des secteurs d’achat."
        raise UnknownSectorError(message) from None


def find_sector(slug: str) -> Sector | None:
    """Return the sector of this slug, or None: one that is not, or that a later list dropped, must not stop a page."""
    return _by_slug().get(slug)


@cache
def _cpv_prefixes() -> dict[str, Sector]:
    return {row["cpv_prefix"]: sector(row["sector"]) for row in _rows("cpv_sectors.csv")}


def sector_for_cpv(code: str) -> Sector | None:
    """Return the sector of a CPV code (8 digits, or a prefix of 2 or more): the longest prefix wins.

    The table covers every division, so None means that `code` starts with no CPV division.
    """
    digits = "".join(char for char in code.partition("-")[0] if char.isdigit())[:8]
    prefixes = _cpv_prefixes()
    for length in range(len(digits), 1, -1):
        found = prefixes.get(digits[:length])
        if found:
            return found
    return None


def cpv_prefixes_of(slug: str) -> tuple[str, ...]:
    """Return the CPV prefixes that lead to this sector (a longer prefix of another sector may cut them)."""
    wanted = sector(slug)
    return tuple(prefix for prefix, found in _cpv_prefixes().items() if found is wanted)


@cache
def _naf_prefixes(nomenclature: str) -> dict[str, tuple[Sector, ...]]:
    table: dict[str, tuple[Sector, ...]] = {}
    for row in _rows("naf_sectors.csv"):
        if row["nomenclature"] == nomenclature:
            # An empty sector is a statement: this code says nothing of what the organisation makes or does.
            found = (sector(row["sector"]),) if row["sector"] else ()
            table[row["naf_prefix"]] = table.get(row["naf_prefix"], ()) + found
    return table


def _naf_entry(code: str, nomenclature: str) -> tuple[Sector, ...] | None:
    clean = code.strip().upper().replace(".", "").replace(" ", "")
    prefixes = _naf_prefixes(nomenclature)
    for length in range(len(clean), 1, -1):
        if clean[:length] in prefixes:
            return prefixes[clean[:length]]
    return None


def sectors_for_naf(code: str, *, nomenclature: str = NAF_REV2) -> tuple[Sector, ...]:
    """Return the sectors of a NAF code (« 4334Z » or « 43.34Z »); empty when the code names no activity.

    Carriers of inclusive employment often hold a code such as 8899B, 8810C, 7820Z or 9499Z, which says who
    they are and not what they do: no sector is better than a false one.
    """
    return _naf_entry(code, nomenclature) or ()


def is_known_naf(code: str, *, nomenclature: str = NAF_REV2) -> bool:
    """Tell whether the crosswalk has an entry for this NAF code, generic codes included."""
    return _naf_entry(code, nomenclature) is not None


@dataclass(frozen=True, slots=True)
class _Expression:
    stems: tuple[str, ...]
    slug: str
    confidence: float
    text: str


@cache
def expressions_of_trades() -> tuple[str, ...]:
    """Return our own expressions of trades: what a name says, what a buyer says, who does the work."""
    files = ("sector_words.csv", "buyer_words.csv", "trade_people.csv")
    return tuple(row["expression"] for name in files for row in _rows(name))


@cache
def _namesakes() -> dict[str, str]:
    return {fold(row["word"]): row["instead"] for row in _rows("town_namesakes.csv")}


def words_to_look_for(text: str) -> str:
    """Return the words that tell a trade asked for: suppliers write « livraison », and « livreur » would find « livre ».

    Somebody's trade in one word gives the word of the work that begins alike, or nothing: its sector is enough. A word
    that is also a town gives another (« vitres »).
    """
    guesses: tuple[str, ...] = ()
    if " " not in text and fold(text) not in _namesakes():
        guesses = _people().get(tuple(stems(text)), ()) or _people().get(tuple(stems(_masculine(text))), ())
    if not guesses:
        return " ".join(_namesakes().get(fold(word), word) for word in text.split())
    asked = fold(text)
    best, longest = "", _SHORTEST_ROOT - 1
    for expression in (row["expression"] for row in _rows("sector_words.csv") if row["sector"] in guesses):
        alike = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(asked, fold(expression), strict=False))
        )
        if " " not in expression and alike > longest:
            best, longest = expression, alike
    return best


@cache
def _people() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Who does a trade, one or several → the sectors. Stems do not always agree: « maraîcher », « maraîchers »."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _rows("trade_people.csv"):
        first, gap, rest = row["expression"].partition(" ")
        for found in {tuple(stems(row["expression"])), tuple(stems(f"{first}s{gap}{rest}"))}:
            table[found] = (*table.get(found, ()), sector(row["sector"]).slug)
    return table


def _masculine(text: str) -> str:
    """The text with the ends of women's trades written as men's, plural aside."""
    return _FEMININE_END.sub(lambda found: _FEMININE[found[1]], text.lower())


@cache
def _people_by_words() -> dict[tuple[str, ...], tuple[str, ...]]:
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _rows("trade_people.csv"):
        words = tuple(_plain_words(row["expression"]))
        table[words] = (*table.get(words, ()), sector(row["sector"]).slug)
    return table


@cache
def _ranks() -> frozenset[str]:
    """Stems that say a rank and no trade: « aide-maçon », « ouvrier paysagiste », « chef boulanger »."""
    return frozenset(stem for row in _rows("people_ranks.csv") for stem in stems(row["word"]))


@cache
def words_of_trades() -> frozenset[str]:
    """Return the folded words of every expression of ours and of the CPV labels: none is a mistake for a name."""
    expressions = list(expressions_of_trades())
    expressions += [entry.expression for entry in lexicon_entries()]
    expressions += cpv_labels().values()
    return frozenset(re.findall(r"[a-z]+", fold(" ".join(expressions))))


@cache
def neighbours_of(slug: str) -> tuple[str, ...]:
    """Return the trades a buyer would also look at when few suppliers do this one."""
    rows = _rows("neighbours.csv")
    found = [row["neighbour"] for row in rows if row["sector"] == slug]
    found += [row["sector"] for row in rows if row["neighbour"] == slug]
    return tuple(sector(each).slug for each in found)


@cache
def expressions_of(slug: str, *, least: float = 0.9) -> tuple[str, ...]:
    """Return the expressions that mean this sector with this confidence at least, the shortest first."""
    rows = [
        row
        for row in _rows("sector_words.csv")
        if row["sector"] == slug and float(row["confidence"]) >= least
    ]
    return tuple(sorted((row["expression"] for row in rows), key=lambda text: (len(text.split()), text)))


@cache
def _expressions() -> dict[str, tuple[_Expression, ...]]:
    """The expressions by their first stem, the longest first."""
    table: dict[tuple[str, ...], _Expression] = {}
    for row in _rows("sector_words.csv"):
        found = tuple(stems(row["expression"]))
        named = sector(row["sector"])
        table.setdefault(found, _Expression(found, named.slug, float(row["confidence"]), row["expression"]))
    by_first: dict[str, tuple[_Expression, ...]] = {}
    for entry in sorted(table.values(), key=lambda entry: -len(entry.stems)):
        by_first[entry.stems[0]] = (*by_first.get(entry.stems[0], ()), entry)
    return by_first


@cache
def _asked_expressions() -> dict[tuple[str, ...], tuple[str, ...]]:
    """What a buyer means by a plain word, or by who does the work: stems → sectors, the likeliest first."""
    table = dict(_people())
    for row in _rows("buyer_words.csv"):
        found = tuple(stems(row["expression"]))
        table[found] = (*table.get(found, ()), sector(row["sector"]).slug)
    return table


@cache
def _longest() -> int:
    """Most stems of one expression."""
    return max(map(len, _asked_expressions()))


def sectors_asked(text: str) -> tuple[SectorGuess, ...]:
    """Return the sectors that a buyer's words ask for, the surest first.

    Beside the expressions of `sectors_for_text`, which also tell what a name speaks of, plain words that mean a trade when somebody
    asks for them and prove nothing in a name (« déchets », « linge »), and who does it (« peintre », « Boulanger » is
    also a name), man or woman, whatever the rank (« aide-maçon »). They count when they make more than half of the words (« Tremplin
    Énergie » is a name), or when who does the work comes first (« cuisinier de collectivité »). « Sans eau » asks for none.
    """
    for said in dict.fromkeys((_WITHOUT.sub(" ", text), text, _masculine(text))):
        tokens = stems(said)
        guesses = (
            sectors_for_text(said)
            or _sectors_named(tokens)
            or _sectors_named([token for token in tokens if token not in _ranks()])
            or _sectors_of_who(said)
        )
        if guesses:
            return guesses
    return ()


def _sectors_of_who(text: str) -> tuple[SectorGuess, ...]:
    """The sectors of whoever does the work, named first. By whole words: « développement durable » has the stem of « développeur »."""
    words = [word for word in _plain_words(text) if not _ranks().issuperset(stems(word))]
    for size in range(min(_longest(), len(words)), 0, -1):
        slugs = _people_by_words().get(tuple(words[:size]), ())
        if slugs:
            return _guesses({slug: [" ".join(words[:size])] for slug in slugs})
    return ()


def _plain_words(text: str) -> list[str]:
    """Folded words, without their plural nor the small ones."""
    words = re.findall(r"[a-z]+", fold(text))
    return [word.removesuffix("s") for word in words if len(word) > 2 and word not in {"des", "les"}]


def _sectors_named(tokens: list[str]) -> tuple[SectorGuess, ...]:
    """The sectors of plain words and of who does the work, when they make more than half of these stems."""
    table = _asked_expressions()
    found: dict[str, list[str]] = {}
    covered = start = 0
    while start < len(tokens):
        most = min(_longest(), len(tokens) - start)
        size = next((n for n in range(most, 0, -1) if tuple(tokens[start : start + n]) in table), 0)
        for slug in table.get(tuple(tokens[start : start + size]), ()):
            found.setdefault(slug, []).append(" ".join(tokens[start : start + size]))
        covered += size
        start += max(size, 1)
    return _guesses(found) if covered * 2 > len(tokens) else ()


def _guesses(found: dict[str, list[str]]) -> tuple[SectorGuess, ...]:
    return tuple(SectorGuess(_by_slug()[slug], _ASKED_CONFIDENCE, tuple(why)) for slug, why in found.items())


@cache
def _false_friends() -> re.Pattern[str]:
    """Folded words that only look like a trade, the longest first."""
    found = sorted((fold(row["expression"]) for row in _rows("false_friends.csv")), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, found))})\b")


def sectors_for_text(text: str, *, limit: int = 5) -> tuple[SectorGuess, ...]:
    """Return the sectors that a name or a description speaks of, the surest first.

    Expressions are matched on French stems, the longest first, and a word serves only once. Two expressions
    of one sector raise its confidence (1 minus the product of the doubts), which never reaches 1. Words that only
    look like a trade (« assurer un service ») are left out: `false_friends.csv`.
    """
    known = _known_stems()
    # What no expression holds only stands between the others: many names come down to the same few words.
    told = tuple(token if token in known else "" for token in stems(_false_friends().sub(" ", fold(text))))
    return _spoken_of(told)[:limit] if any(told) else ()


@cache
def _known_stems() -> frozenset[str]:
    return frozenset(
        each for expressions in _expressions().values() for entry in expressions for each in entry.stems
    )


@lru_cache(maxsize=20_000)
def _spoken_of(tokens: tuple[str, ...]) -> tuple[SectorGuess, ...]:
    """The sectors of these stems, the surest first; an empty one is a word that no expression holds."""
    by_first = _expressions()
    doubt: dict[str, float] = {}
    why: dict[str, list[str]] = {}
    free = 0
    for start, token in enumerate(tokens):
        if start < free or token not in by_first:
            continue
        for entry in by_first[token]:
            end = start + len(entry.stems)
            if tokens[start:end] == entry.stems:
                reasons = why.setdefault(entry.slug, [])
                if entry.text not in reasons:
                    doubt[entry.slug] = doubt.get(entry.slug, 1.0) * (1.0 - entry.confidence)
                    reasons.append(entry.text)
                free = end
                break
    guesses = [
        SectorGuess(_by_slug()[slug], round(1.0 - left, 3), tuple(why[slug])) for slug, left in doubt.items()
    ]
    kept = [guess for guess in guesses if guess.confidence >= MINIMUM_CONFIDENCE]
    return tuple(sorted(kept, key=lambda guess: (-guess.confidence, guess.sector.slug)))
