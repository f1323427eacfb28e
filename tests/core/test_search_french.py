"""French analysis, spelling and grids: the parts that the engine leans on."""

import math
import random

import numpy as np
import pytest

from levier.core.search import french, geo
from levier.core.search.speller import Speller, signature


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’Œuvre d’Été", ["oeuvre", "ete"]),
        ("l'école", ["ecole"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("jusqu’à Saint-Étienne", ["a", "saint", "etienne"]),
        ("E.S.A.T. du Lac", ["esat", "du", "lac"]),
        ("S.A.R.L. Dupré", ["sarl", "dupre"]),
        ("Nettoyage — vitres « hautes »", ["nettoyage", "vitres", "hautes"]),
        ("Cafe\u0301", ["cafe"]),
        ("1\u202f500 m²", ["1", "500", "m2"]),
        ("Straße 🏗️", ["strasse"]),
        ("", []),
    ],
)
def test_words_are_folded_and_cut(text: str, expected: list[str]) -> None:
    assert french.tokens(text) == expected


def test_stop_words_go_unless_nothing_else_is_left() -> None:
    assert french.words("le nettoyage de la voirie") == ["nettoyage", "voirie"]
    assert french.words("à la") == ["a", "la"]


@pytest.mark.parametrize(
    ("one", "other"), [("maçonneries", "maconnerie"), ("Écoles", "ecole"), ("peintures", "peinture")]
)
def test_forms_of_one_word_share_a_stem(one: str, other: str) -> None:
    assert french.stems(one) == french.stems(other)


def test_numbers_are_not_stemmed() -> None:
    assert french.stems("59es 2A") == ["59es", "2a"]


def test_two_spellings_of_a_name_have_one_exact_form() -> None:
    assert french.exact_form("L'Atelier d’Été") == french.exact_form("ATELIER ETE") == "atelier ete"


WORDS = [
    ("nettoyage", 900),
    ("nettoyeur", 20),
    ("peinture", 500),
    ("traiteur", 80),
    ("ville", 70),
    ("veille", 9),
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("netoyage", "nettoyage"),
        ("nettoyagee", "nettoyage"),
        ("nettoyaeg", "nettoyage"),
        ("peintrue", "peinture"),
        ("traitteurs", "traiteur"),
        ("bettoyage", "nettoyage"),
        ("vlile", "ville"),
        ("xyz", None),
        ("informatique", None),
        ("59000", None),
    ],
)
def test_a_word_is_mended_within_two_edits(typed: str, meant: str | None) -> None:
    assert Speller(WORDS).mend(typed) == meant


def test_the_frequent_word_wins_at_equal_distance() -> None:
    assert Speller([("moulin", 3), ("moutin", 300)]).mend("mousin") == "moutin"


def test_completions_are_the_most_frequent() -> None:
    assert Speller(WORDS).completions("nett", 1) == ["nettoyage"]
    assert Speller(WORDS).completions("zz", 3) == []


def test_an_empty_vocabulary_mends_nothing() -> None:
    assert Speller([]).mend("nettoyage") is None


def test_the_signature_never_hides_a_neighbour() -> None:
    rng = random.Random(2)
    letters = "abcdefghijklmnopqrstuvwxyz"
    for _ in range(500):
        word = "".join(rng.choices(letters, k=rng.randrange(4, 12)))
        at = rng.randrange(len(word) - 1)
        edited = rng.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + rng.choice(letters) + word[at:],
                word[:at] + rng.choice(letters) + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
        assert (signature(word) ^ signature(edited)).bit_count() <= 2


def test_covering_cells_hold_every_point_of_the_circle() -> None:
    rng = random.Random(3)
    steps = {"cell_fine": geo.FINE_STEP, "cell_coarse": geo.COARSE_STEP}
    for _ in range(300):
        lat, lon = rng.uniform(-60, 60), rng.uniform(-180, 180)
        radius = rng.choice([0.1, 5, 27.8, 80, 300])
        covered = geo.covering_cells(lat, lon, radius)
        assert covered is not None
        field, cells = covered
        for _ in range(10):
            bearing, reach = rng.uniform(0, 2 * math.pi), radius / geo.EARTH_KM
            phi = math.radians(lat)
            there = math.asin(
                math.sin(phi) * math.cos(reach) + math.cos(phi) * math.sin(reach) * math.cos(bearing)
            )
            turn = math.atan2(
                math.sin(bearing) * math.sin(reach) * math.cos(phi),
                math.cos(reach) - math.sin(phi) * math.sin(there),
            )
            point_lon = (lon + math.degrees(turn) + 540) % 360 - 180
            assert geo.cell(math.degrees(there), point_lon, steps[field]) in cells


def test_a_circle_around_a_pole_has_no_list_of_cells() -> None:
    assert geo.covering_cells(89.9, 0, 100) is None


def test_known_distance_between_lille_and_marseille() -> None:
    found = geo.haversine_km(50.6292, 3.0573, np.array([43.2965, math.nan]), np.array([5.3698, 2.0]))
    assert found[0] == pytest.approx(834.6, abs=1.0)
    assert math.isnan(found[1])
