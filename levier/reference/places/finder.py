"""Ranks the places that a short text may mean: a name, a code, a postal code, well or badly spelled."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from levier.reference.places import folding
from levier.reference.places.aliases import ALIASES
from levier.reference.places.index import NameIndex
from levier.reference.places.old_regions import OLD_REGIONS
from levier.reference.places.place import FORMER_NAME, Place, PlaceInText, PlaceMatch
from levier.reference.places.sentence import find_in_sentence

LONGEST_TEXT = 120
# Quality of each way to match; the people of the place then part equals.
EXACT, ALIAS, NO_ARTICLE, FORMER, CORE, SPACING = 1.0, 0.99, 0.92, 0.90, 0.84, 0.08
# « lile » is rather a mistake for Lille than the beginning of « L'Île-Bouchard », whose words it glues.
GLUED, GLUED_WORDS = 0.15, 0.02
# A name typed this far as it is written needs no guess at mistakes.
NEARLY_WHOLE = 0.6
PREFIX, WORDS, FUZZY, FUZZY_FLOOR = 0.80, 0.66, 0.82, 0.70
# What a postal code or a département beside the name adds.
QUALIFIED = 0.1
# A place ten times larger gains this much; the largest gain stays under the gap between two ways to match.
PER_POPULATION_DECADE = 0.012
# A commune this large is meant by its name rather than the département or région called the same.
LARGE_COMMUNE = 20_000
# A town this many times larger is meant first by the beginning of its name.
LARGER = 3

CITIES = {"paris": ("75056", 75100, 20), "lyon": ("69123", 69380, 9), "marseille": ("13055", 13200, 16)}

_ARRONDISSEMENT = re.compile(
    r"^(paris|lyon|marseille) ?(\d{1,2}) ?(?:er|e|eme|nd|nde)?(?: (?:arr|ardt|arrdt|arrondissement))?$|"
    r"^(\d{1,2}) ?(?:er|e|eme|nd|nde)? (?:arr|ardt|arrdt|arrondissement) (?:de |d )?(paris|lyon|marseille)$"
)
_POSTAL = re.compile(r"(?<!\d)(\d{5})(?!\d)")
_DEPARTEMENT = re.compile(r"^(?:\d{2}|2[ab]|9[78]\d)$")
_QUALIFIED = re.compile(r"^(.{2,}?)\s*(?:\(\s*([^()]{2,40}?)\s*\)|,\s*([^,]{2,40}))\s*$")
_CODED = re.compile(r"^(.{2,}?)\s*\(\s*(\d{5}|2[abAB]\d{3}|\d{9})\s*\)\s*$")


@dataclass(slots=True)
class _Found:
    """Best quality and reason met so far for each place."""

    best: dict[int, tuple[float, str]]

    def add(self, place: int, quality: float, why: str) -> None:
        if place not in self.best or self.best[place][0] < quality:
            self.best[place] = (quality, why)


class PlaceFinder:
    """Finds places by name, code or postal code among those it was built from.

    Built once (about a second for the whole country), then read by any number of threads.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        # « CC du Pays de l'Arbresle (CCPA) »: nobody types the acronym after the name.
        self.folded = tuple(
            folding.fold(place.name.partition(" (")[0] if place.kind == "epci" else place.name)
            for place in self.places
        )
        self._by_key: dict[tuple[str, str], int] = {
            (place.kind, place.code): rank for rank, place in enumerate(self.places)
        }
        self._by_postal: dict[str, list[int]] = defaultdict(list)
        self._by_epci_core: dict[str, list[int]] = defaultdict(list)
        self._communes = {
            name for name, place in zip(self.folded, self.places, strict=True) if place.kind == "commune"
        }
        self.former = self._former_names()
        names: list[tuple[str, int, float]] = []
        self._prior = [self._prior_of(place) for place in self.places]
        for rank, place in enumerate(self.places):
            for postal in place.postal_codes:
                self._by_postal[postal].append(rank)
            if self._is_named(place):
                names += self._names_of(rank, place)
        self._index = NameIndex(names, [place.population for place in self.places])
        self._postal_codes = sorted(self._by_postal)

    def by_code(self, kind: str, code: str) -> Place | None:
        """The place of this kind and official code, or None."""
        rank = self._by_key.get((kind, code))
        return None if rank is None else self.places[rank]

    def find(self, text: str, limit: int = 10) -> list[PlaceMatch]:
        """The places `text` may mean, best first; empty when nothing comes near."""
        if len(text) > LONGEST_TEXT or limit < 1:
            return []
        folded = folding.fold(text)
        if not folded:
            return []
        found = _Found({})
        self._add_codes(folded, found)
        self._add_arrondissement(folded, found)
        self._add_qualified(text, folded, found)
        if not folded.isdigit():
            self._add_names(folded, found)
        return self._ranked(found, limit)

    def is_called(self, rank: int, folded: str) -> bool:
        """Whether the place bears this folded name, spaced as written: its own, without its article, or one it was merged from."""
        name = self.folded[rank]
        return folded in (name, folding.without_article(name)) or folded in self.former.get(rank, ())

    def exact(self, folded: str) -> list[int]:
        """Ranks of the places that bear this folded name, in any of its usual forms."""
        return [rank for rank, _ in self._index.exact(folding.compact(folded))]

    def find_in_sentence(self, text: str) -> PlaceInText:
        """The place named inside a longer text, with its span; nothing rather than a common word."""
        return find_in_sentence(self, text)

    # ---- building

    @staticmethod
    def _is_named(place: Place) -> bool:
        # Overseas, région and département are one land under one name: the département answers.
        return not (place.kind == "region" and place.departement)

    @staticmethod
    def _prior_of(place: Place) -> float:
        prior = PER_POPULATION_DECADE * math.log10(place.population + 1)
        if place.kind == "commune" and place.population >= LARGE_COMMUNE:
            return prior + 0.03
        # Territories are larger than their communes by nature: their people must not speak for them.
        return {"commune": prior, "arrondissement": prior * 0.5, "epci": prior * 0.5}.get(place.kind, 0.085)

    def _names_of(self, rank: int, place: Place) -> Iterator[tuple[str, int, float]]:
        full = self.folded[rank]
        yield folding.compact(full), rank, EXACT
        bare = folding.without_article(full)
        if bare != full:
            yield folding.compact(bare), rank, NO_ARTICLE
        if place.kind == "epci":
            core = folding.without_article(folding.without_generic(full)[1])
            self._by_epci_core[folding.compact(core)].append(rank)
            if core != full:
                yield folding.compact(core), rank, CORE
            # « Cœur d'Essonne », « Paris-Saclay »: what is said of « CA Coeur d'Essonne Agglomération », « CA Communauté Paris-Saclay ».
            short = folding.without_epci_tail(folding.without_generic(core)[1])
            if short != core and " " in short and short not in self._communes:
                yield folding.compact(short), rank, CORE
        for former in self.former.get(rank, ()):
            yield folding.compact(former), rank, FORMER
        for alias, key in ALIASES.items():
            if key == (place.kind, place.code):
                yield folding.compact(alias), rank, ALIAS

    def _former_names(self) -> dict[int, set[str]]:
        """Names of merged communes, by the rank of what they are in today.

        Left out: an old région (« Bourgogne »), and what is first the short name of a larger town (« Villefranche »).
        """
        short_of: dict[str, int] = defaultdict(int)
        for name, place in zip(self.folded, self.places, strict=True):
            words = name.split() if place.kind == "commune" else []
            for size in range(1, len(words)):
                start = " ".join(words[:size])
                short_of[start] = max(short_of[start], place.population)
        kept: dict[int, set[str]] = {}
        for rank, place in enumerate(self.places):
            names = {folding.fold(name) for name in place.former_names}
            own = self.folded[rank]
            kept[rank] = {
                name
                for name in names
                if name not in OLD_REGIONS
                and (own.startswith(f"{name} ") or short_of[name] <= LARGER * place.population)
            }
        return {rank: names for rank, names in kept.items() if names}

    # ---- searching

    def _add_codes(self, folded: str, found: _Found) -> None:
        digits = folded.replace(" ", "")
        if _DEPARTEMENT.match(digits):
            self._add_key("departement", digits.upper(), EXACT, f"département {digits.upper()}", found)
            return
        if len(digits) == 9 and digits.isdigit():
            self._add_key("epci", digits, EXACT, f"EPCI de SIREN {digits}", found)
            return
        if len(digits) == 4 and digits.isdigit() and "0" + digits in self._by_postal:
            self._add_postal("0" + digits, EXACT, f"code postal 0{digits} (zéro rétabli)", found)
        if len(digits) == 5 and (digits.isdigit() or re.match(r"^2[ab]\d{3}$", digits)):
            self._add_postal(digits, EXACT, f"code postal {digits}", found)
            # « 69003 » is Lyon 3e before it is the INSEE code of a village beside it.
            in_a_city = any(self.places[rank].kind == "arrondissement" for rank in found.best)
            quality = CORE if in_a_city else ALIAS
            for kind in ("commune", "arrondissement"):
                self._add_key(kind, digits.upper(), quality, f"code INSEE {digits.upper()}", found)
            if not found.best:
                departement = digits[:3] if digits.startswith(("97", "98")) else digits[:2]
                why = f"département du code postal {digits}"
                self._add_key("departement", departement, FUZZY, why, found)
        elif 3 <= len(digits) <= 4 and digits.isdigit():
            for postal in self._postal_codes:
                if postal.startswith(digits):
                    self._add_postal(postal, PREFIX, f"code postal {postal}", found)

    def _add_key(self, kind: str, code: str, quality: float, why: str, found: _Found) -> None:
        rank = self._by_key.get((kind, code))
        if rank is not None:
            found.add(rank, quality, why)

    def _add_postal(self, postal: str, quality: float, why: str, found: _Found) -> None:
        for rank in self._by_postal.get(postal, ()):
            # The whole city bears the codes of all its arrondissements: the arrondissement is nearer.
            is_divided = len(self.places[rank].postal_codes) > 8
            found.add(rank, quality - (0.1 if is_divided else 0), why)

    def _add_arrondissement(self, folded: str, found: _Found) -> None:
        match = _ARRONDISSEMENT.match(folded)
        if not match:
            return
        city, number = (match[1], int(match[2])) if match[1] else (match[4], int(match[3]))
        code, first, count = CITIES[city]
        if 1 <= number <= count:
            self._add_key("arrondissement", str(first + number), EXACT, "arrondissement", found)
            self._add_key("commune", code, CORE, "commune entière", found)

    def _add_qualified(self, text: str, folded: str, found: _Found) -> None:
        """« Roubaix 59100 », « roubaix (59) », « Vienne, Isère », « saint denis reunion », « Doubs (25204) »."""
        self._add_coded(text, found)
        postal = _POSTAL.search(text)
        if postal and len(folded) > 5:
            rest = folding.fold(_POSTAL.sub(" ", text)).removesuffix(" cedex")
            inside = set(self._by_postal.get(postal[1], ()))
            for rank, quality in self._named(folding.compact(rest), forgiving=True).items():
                if rank in inside:
                    found.add(rank, quality + QUALIFIED, f"nom et code postal {postal[1]}")
            if not found.best:
                self._add_postal(postal[1], NO_ARTICLE, f"code postal {postal[1]}", found)
            return
        qualified = _QUALIFIED.match(text)
        if qualified:
            name, area = folding.fold(qualified[1]), folding.fold(qualified[2] or qualified[3])
            self._add_in_area(name, area, found, forgiving=True)
            return
        words = folded.split()
        if len(words) > 1 and not self._index.exact(folding.compact(folded)):
            for cut in range(1, min(5, len(words))):
                self._add_in_area(" ".join(words[:-cut]), " ".join(words[-cut:]), found)

    def _add_coded(self, text: str, found: _Found) -> None:
        """A name with its official code, as our own links write a place whose name alone leads elsewhere."""
        coded = _CODED.match(text)
        if coded:
            kinds = ("epci",) if len(coded[2]) == 9 else ("commune", "arrondissement")
            for kind in kinds:
                rank = self._by_key.get((kind, coded[2].upper()))
                if rank is not None and self.folded[rank] == folding.fold(coded[1].partition(" (")[0]):
                    found.add(rank, EXACT + 2 * QUALIFIED, f"nom et code officiel {coded[2].upper()}")

    def _add_in_area(self, name: str, area: str, found: _Found, *, forgiving: bool = False) -> None:
        for rank in self._areas(area):
            place = self.places[rank]
            named = self._named(folding.compact(name), forgiving)
            inside = {
                other: quality
                for other, quality in named.items()
                if place.code in (self.places[other].departement, self.places[other].region)
            }
            for other, quality in inside.items():
                found.add(other, quality + QUALIFIED, f"nom et {place.name}")

    def _areas(self, area: str) -> list[int]:
        if _DEPARTEMENT.match(area):
            rank = self._by_key.get(("departement", area.upper()))
            return [] if rank is None else [rank]
        ranks = [rank for rank, _ in self._index.exact(folding.compact(area))]
        return [rank for rank in ranks if self.places[rank].kind in {"departement", "region"}]

    def _named(self, key: str, forgiving: bool) -> dict[int, float]:
        """Places that bear the name, or nearly when `forgiving`: something beside it must then agree."""
        exact = self._index.exact(key)
        if exact or not forgiving:
            return dict(exact)
        return {rank: quality * FUZZY for rank, quality in self._index.fuzzy(key, FUZZY_FLOOR)}

    def _add_names(self, folded: str, found: _Found) -> None:
        key = folding.compact(folded)
        named = {rank for rank, _ in self._index.exact(key)}
        for rank, quality in self._index.exact(key):
            # « Labalme » and « La Balme » are two communes: the one spelled as typed comes first.
            is_spelled_so = quality < EXACT or self.folded[rank] == folded
            why = "nom exact" if quality >= ALIAS else FORMER_NAME if quality == FORMER else "nom"
            found.add(rank, quality if is_spelled_so else quality - SPACING, why)
        kind, rest = folding.without_generic(folded)
        if kind and not found.best:
            self._add_announced(kind, folding.compact(folding.without_article(rest)), found)
        is_enough = bool(found.best)
        if len(key) >= 2:
            for rank, share in self._index.starting_with(key):
                is_glued = self._is_glued(folded, rank)
                why = "nom" if rank in named else "début du nom"
                found.add(rank, PREFIX + 0.1 * share - (GLUED if is_glued else 0), why)
                is_enough = is_enough or (share >= NEARLY_WHOLE and not is_glued)
        if is_enough:
            return
        for rank, share in self._index.with_words(folded.split()):
            penalty = GLUED_WORDS if self._is_glued(folded, rank) else 0
            found.add(rank, WORDS + 0.1 * share - penalty, "mots du nom")
        for rank, similarity in self._index.fuzzy(key, FUZZY_FLOOR):
            found.add(rank, FUZZY * similarity, "orthographe proche")

    def _is_glued(self, folded: str, rank: int) -> bool:
        """Whether the text meets the name only once their spaces are gone, or inside a word."""
        return f" {folded}" not in f" {self.folded[rank]}"

    def _add_announced(self, kind: str, key: str, found: _Found) -> None:
        """The text said what it wants: « métropole de », « département du », « ville de »."""
        for rank, quality in self._index.exact(key):
            place = self.places[rank]
            if place.kind == kind:
                found.add(rank, max(quality, NO_ARTICLE), "nom exact")
            elif kind == "epci" and place.kind == "commune" and place.epci:
                self._add_key("epci", place.epci, CORE, f"EPCI de {place.name}", found)

    def _ranked(self, found: _Found, limit: int) -> list[PlaceMatch]:
        scored = sorted(
            (-(quality + self._prior[rank]), self.places[rank].code, rank)
            for rank, (quality, _) in found.best.items()
        )
        return [
            PlaceMatch(self.places[rank], round(min(1.0, -score / 1.2), 4), found.best[rank][1])
            for score, _, rank in scored[:limit]
        ]
