"""How probable it is that two suppliers are one: pure arithmetic on columns, with the points of each piece of evidence.

The same function weighs one pair or a million. A pair of two kinds scores 0: an EI and an ETTI of one SIRET are
two suppliers, and what ESS, SCOP or ESUS add to an establishment is a link between sheets (same SIREN), not a merge.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from levier.directory.resolution import weights as w
from levier.directory.resolution.naming import (
    NameWords,
    folded,
    name_words,
    phone_digits,
    site_domain,
    street,
)

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one supplier; None or an empty text when it is not. Degrees; ``is_precise``: to the address.

    ``sources``: who lists it today.
    """

    kind: str
    name: str
    brand: str = ""
    siren: str | None = None
    siret: str | None = None
    commune: str | None = None
    city: str = ""
    departement: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_precise: bool = False
    phone: str = ""
    email: str = ""
    website: str = ""
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Weighed:
    """For each pair: score (0 to 1) and, by name of evidence, points. Arrays of one length."""

    score: Floats
    points: dict[str, Floats]

    def evidence(self, position: int) -> dict[str, float]:
        """The points of one pair that say something: names of fields and figures, no value of anybody."""
        found = {name: round(float(values[position]), 2) for name, values in self.points.items()}
        return {name: points for name, points in found.items() if points}


@dataclass
class Table:
    """Suppliers as columns of whole numbers (-1: not known), ready to be compared by position."""

    facts: Sequence[Facts]
    names: list[NameWords] = field(init=False)
    brands: list[NameWords] = field(init=False)
    columns: dict[str, Positions] = field(init=False)
    places: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.names = [name_words(one.name) for one in self.facts]
        self.brands = [name_words(one.brand) for one in self.facts]
        facts = self.facts
        self.columns = {
            "kind": _codes(one.kind for one in facts),
            "siren": _codes(one.siren for one in facts),
            "siret": _codes(one.siret for one in facts),
            "commune": _codes(one.commune or folded(one.city) for one in facts),
            "departement": _codes(one.departement for one in facts),
            "street": _codes(street(one.address) for one in facts),
            "phone": _rare_codes(phone_digits(one.phone) for one in facts),
            "email": _rare_codes(one.email.strip().lower() for one in facts),
            "website": _rare_codes(site_domain(one.website) for one in facts),
            "numbers": _codes(words.numbers for words in self.names),
            "branch": np.array([words.is_branch for words in self.names], dtype=np.int64),
            "bland": np.array([_is_bland(*pair) for pair in zip(facts, self.names, strict=True)], dtype=np.int64),
            "precise": np.array([one.is_precise for one in facts], dtype=np.int64),
            "sources": _masks(facts),
        }  # fmt: skip
        self.places = np.array(
            [(_degrees(one.latitude), _degrees(one.longitude)) for one in facts], dtype=np.float64
        ).reshape(-1, 2)


def weigh(table: Table, left: Positions, right: Positions) -> Weighed:
    """The score of each pair (left[i], right[i]) and the points it is made of; the order of a pair changes nothing."""
    points = {"name": _name_points(table, left, right)} | _other_points(table, left, right)
    score = np.round(1 / (1 + np.exp2(-_total(points))), 3)
    score = np.where(points["listed_apart"] < 0, np.minimum(score, w.SAME - 0.001), score)
    score = np.where(table.columns["kind"][left] == table.columns["kind"][right], score, 0.0)
    return Weighed(score, points)


def promising(table: Table, left: Positions, right: Positions) -> NDArray[np.bool_]:
    """Which pairs could be kept were their names the same: names cost the most to compare."""
    best = _total(_other_points(table, left, right)) + w.NAME_CURVE[-1][1]
    return np.asarray(best >= np.log2(w.DOUBTFUL / (1 - w.DOUBTFUL)))


def _total(points: dict[str, Floats]) -> Floats:
    return np.asarray(w.PRIOR + np.sum(list(points.values()), axis=0))


def _other_points(table: Table, left: Positions, right: Positions) -> dict[str, Floats]:
    """Everything but the name."""
    return {
        "siren": _equal(table, "siren", left, right, w.SIREN_EQUAL, w.SIREN_DIFFERS),
        "siret": np.where(
            _equal(table, "commune", left, right, 0.0, 1.0) > 0,
            _equal(table, "siret", left, right, w.SIRET_EQUAL, w.SIRET_AND_TOWN_DIFFER),
            _equal(table, "siret", left, right, w.SIRET_EQUAL, w.SIRET_DIFFERS),
        ),
        "numbers": _numbers_points(table, left, right),
        "branch": np.where(
            table.columns["branch"][left] != table.columns["branch"][right], w.BRANCH_ON_ONE_SIDE, 0.0
        ),
        **_place_points(table, left, right),
        **_contact_points(table, left, right),
        "listed_apart": np.where(
            table.columns["sources"][left] & table.columns["sources"][right], w.LISTED_APART, 0.0
        ),
    }


def compare(left: Facts, right: Facts) -> tuple[float, dict[str, float]]:
    """One pair: its score and its trace. Contacts cannot be told from a network's in a table of two."""
    weighed = weigh(Table([left, right]), np.array([0]), np.array([1]))
    return float(weighed.score[0]), weighed.evidence(0)


def _codes(values: Iterable[Hashable]) -> Positions:
    numbers: dict[Hashable, int] = {}
    return np.array(
        [numbers.setdefault(value, len(numbers)) if value else -1 for value in values], dtype=np.int64
    )


def _rare_codes(values: Iterable[str]) -> Positions:
    """Codes of values that few share; the others count as not known."""
    known = list(values)
    shared = Counter(known)
    return _codes(value if shared[value] <= w.MOST_SHARING_A_CONTACT else "" for value in known)


def _along(curve: Sequence[tuple[float, float]], values: Floats) -> Floats:
    """Straight lines between the points of a curve, flat beyond its ends."""
    known, points = np.array(curve).T
    return np.asarray(np.interp(values, known, points))


def _degrees(value: float | None) -> float:
    return np.nan if value is None else value


def _masks(facts: Sequence[Facts]) -> Positions:
    """One bit per source."""
    bits = {
        slug: 1 << number
        for number, slug in enumerate(sorted({slug for one in facts for slug in one.sources}))
    }
    return np.array([sum(bits[slug] for slug in one.sources) for one in facts], dtype=np.int64)


def _is_bland(facts: Facts, words: NameWords) -> bool:
    return set(words.tokens) <= set(folded(facts.city).split())


def _equal(
    table: Table, column: str, left: Positions, right: Positions, when_equal: float, when_not: float
) -> Floats:
    one, other = table.columns[column][left], table.columns[column][right]
    known = (one >= 0) & (other >= 0)
    return np.where(known, np.where(one == other, when_equal, when_not), 0.0)


def _name_points(table: Table, left: Positions, right: Positions) -> Floats:
    """The best of the four meetings of name and brand."""
    best = _similarity(table.names, table.names, left, right)
    for ours, theirs in (
        (table.names, table.brands),
        (table.brands, table.names),
        (table.brands, table.brands),
    ):
        asked = np.flatnonzero(
            np.array(
                [bool(ours[i].core and theirs[j].core) for i, j in zip(left, right, strict=True)], dtype=bool
            )
        )
        if asked.size:
            alike = np.fmin(_similarity(ours, theirs, left[asked], right[asked]), w.MOST_FOR_BRANDS)
            best[asked] = np.fmax(best[asked], alike)
    points = _along(w.NAME_CURVE, best)
    bland = (table.columns["bland"][left] | table.columns["bland"][right]).astype(bool)
    points = np.where(bland & (points > 0), points * w.BLAND_NAME_FACTOR, points)
    return np.where(np.isnan(best), 0.0, points)


def _similarity(ours: list[NameWords], theirs: list[NameWords], left: Positions, right: Positions) -> Floats:
    """0 to 100; NaN when one of the two has no word that names."""
    pairs = [(ours[i], theirs[j]) for i, j in zip(left, right, strict=True)]
    cores = [one.core for one, _ in pairs], [other.core for _, other in pairs]
    runs = [one.run for one, _ in pairs], [other.run for _, other in pairs]
    contained = _each(*cores, fuzz.token_set_ratio)
    alike = np.fmax((contained + _each(*cores, fuzz.ratio)) / 2, contained * w.CONTAINED_SHARE)
    alike = np.fmax(alike, _each(*runs, fuzz.ratio))
    for position in np.flatnonzero(alike < w.INITIALS_SIMILARITY):
        one, other = pairs[position]
        if (one.initials and one.initials in other.tokens) or (
            other.initials and other.initials in one.tokens
        ):
            alike[position] = w.INITIALS_SIMILARITY
    alike[[not (one.core and other.core) for one, other in pairs]] = np.nan
    return alike


def _each(ours: list[str], theirs: list[str], scorer: Any) -> Floats:
    return np.asarray(cpdist(ours, theirs, scorer=scorer, dtype=np.float64), dtype=np.float64)


def _numbers_points(table: Table, left: Positions, right: Positions) -> Floats:
    one, other = table.columns["numbers"][left], table.columns["numbers"][right]
    both = (one >= 0) & (other >= 0)
    neither = (one < 0) & (other < 0)
    return np.where(neither | (one == other), 0.0, np.where(both, w.NUMBERS_DIFFER, w.NUMBER_ON_ONE_SIDE))


def _place_points(table: Table, left: Positions, right: Positions) -> dict[str, Floats]:
    town = _equal(table, "commune", left, right, w.COMMUNE_EQUAL, -1.0)
    one, other = table.places[left], table.places[right]
    north = one[:, 0] - other[:, 0]
    east = (one[:, 1] - other[:, 1]) * np.cos(np.radians((one[:, 0] + other[:, 0]) / 2))
    # Two towns whose distance nobody knows are taken as far apart.
    kilometres = np.nan_to_num(np.hypot(north, east) * _KM_PER_DEGREE, nan=np.inf)
    elsewhere = _equal(table, "departement", left, right, 0.0, w.DEPARTEMENT_DIFFERS)
    apart = np.minimum(_along(w.TOWNS_CURVE, kilometres), elsewhere)
    precise = table.columns["precise"][left] & table.columns["precise"][right] == 1
    is_one_town = town > 0
    street = _equal(table, "street", left, right, w.STREET_EQUAL, w.STREET_DIFFERS)
    distance = _along(w.DISTANCE_CURVE, kilometres)
    return {
        "place": np.where(town < 0, apart, np.where(is_one_town, town, elsewhere)),
        # The same street name stands in every town: it counts inside one only.
        "street": np.where(is_one_town, street, 0.0),
        "distance": np.where(is_one_town & precise, distance, 0.0),
    }


def _contact_points(table: Table, left: Positions, right: Positions) -> dict[str, Floats]:
    found = {
        "phone": _equal(table, "phone", left, right, w.PHONE_EQUAL, w.PHONE_DIFFERS),
        "email": _equal(table, "email", left, right, w.EMAIL_EQUAL, w.EMAIL_DIFFERS),
        "website": _equal(table, "website", left, right, w.WEBSITE_EQUAL, w.WEBSITE_DIFFERS),
    }
    over = np.maximum(np.sum(list(found.values()), axis=0) - w.MOST_FOR_CONTACTS, 0.0)
    return found | {"contacts_together": -over}
