"""The engine: what is found, counted, sorted and kept after updates, against a plain Python reference."""

import math
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from levier.core.search import Geo, InvalidQueryError, KeywordField, Query, Range, TantivyEngine, Wish, Within
from tests.core.search_rows import SCHEMA, Row, every_key, haversine, make_rows, small


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return make_rows(1_500)


@pytest.fixture(scope="module")
def engine(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> TantivyEngine:
    built = TantivyEngine(tmp_path_factory.mktemp("index"), SCHEMA)
    built.rebuild(rows, position=(7, 1))
    return built


# Words.


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("maçonneries", True),
        ("MACONNERIE", True),
        ("l’école", True),
        ("d'écoles", True),
        ("peinture de l'école", True),
        ("peinture des toitures", False),
        ("piscine", False),
        ("🏗️ !!", False),
    ],
)
def test_text_is_found_without_accents_plurals_or_elisions(tmp_path: Path, text: str, is_found: bool) -> None:
    found = small(tmp_path, {"key": 1, "name": "Les Maçons", "offer": "maçonnerie, peinture d’école"})
    assert found.search(Query(text=text, correct=False)).total == int(is_found)


def test_a_mistyped_word_is_mended_and_said(engine: TantivyEngine) -> None:
    page = engine.search(Query(text="netoyage"))
    assert page.total == engine.count(Query(text="nettoyage")) > 0
    assert page.corrected == "nettoyage"
    assert [(c.typed, c.used) for c in page.corrections] == [("netoyage", "nettoyage")]


def test_correction_can_be_refused(engine: TantivyEngine) -> None:
    assert engine.search(Query(text="netoyage", correct=False)).total == 0


def test_a_word_being_typed_is_completed(engine: TantivyEngine) -> None:
    assert engine.count(Query(text="blanchiss", prefix=True)) == engine.count(Query(text="blanchisserie")) > 0


def test_the_very_name_comes_first(tmp_path: Path) -> None:
    other = {"key": 1, "name": "Nettoyage nettoyage", "offer": "nettoyage nord"}
    found = small(tmp_path, other, {"key": 2, "name": "Nord Nettoyage", "offer": "des mots " * 30})
    assert found.search(Query(text="nord nettoyage")).keys == (2, 1)


def test_a_word_of_the_name_weighs_more_than_one_of_the_offer(tmp_path: Path) -> None:
    found = small(
        tmp_path, {"key": 1, "name": "Aube", "offer": "voirie"}, {"key": 2, "name": "Voirie", "offer": "aube"}
    )
    assert found.search(Query(text="voirie", limit=1)).keys == (2,)


@pytest.mark.parametrize("text", ["100 000 012 00018", "10000001200018", "100000012"])
def test_siren_and_siret_are_looked_up_exactly(engine: TantivyEngine, text: str) -> None:
    assert engine.search(Query(text=text)).keys == (12,)


def test_most_words_are_enough_when_asked(tmp_path: Path) -> None:
    found = small(tmp_path, {"key": 1, "name": "Nettoyage peinture"})
    assert found.count(Query(text="nettoyage peinture voirie")) == 0
    assert found.count(Query(text="nettoyage peinture voirie", match="most")) == 1
    assert found.count(Query(text="nettoyage voirie toiture", match="most")) == 0
    assert found.count(Query(text="nettoyage voirie toiture", match="any")) == 1


def test_weak_matches_are_dropped_below_the_minimal_score(engine: TantivyEngine) -> None:
    page = engine.search(Query(text="nettoyage", limit=2_000))
    middle = sorted({hit.score for hit in page.hits})[1]
    kept = engine.search(Query(text="nettoyage", min_score=middle, limit=2_000))
    assert kept.total == sum(hit.score >= middle for hit in page.hits) < page.total


def test_a_wish_is_answered_by_its_words_another_way_to_say_it_or_a_code(tmp_path: Path) -> None:
    found = small(
        tmp_path,
        {"key": 1, "name": "Atelier", "sector": ["linge"]},
        {"key": 2, "name": "Pressing moderne"},
        {"key": 3, "name": "Entretien du linge", "sector": ["linge"]},
        {"key": 4, "name": "Entretien des toitures"},
        {"key": 5, "name": "Atelier", "sector": ["toitures"]},
    )
    wish = Wish("entretien du linge", ("pressing",), {"sector": ("linge",)})
    assert found.search(Query(wishes=(wish,))).keys == (3, 2, 1)
    assert found.search(Query(wishes=(wish, Wish("moderne")))).keys == (2,)
    assert found.search(Query(text="atelier", wishes=(wish,))).keys == (1,)
    assert found.count(Query(wishes=(Wish("rien de tel"),))) == 0


def test_a_wish_counts_the_same_with_and_without_a_radius(engine: TantivyEngine, rows: list[Row]) -> None:
    wish = Wish("nettoyage", ("blanchisserie",), {"sector": ("proprete",)})
    expected = {
        row["key"]
        for row in rows
        if "proprete" in row["sector"]
        or {"nettoyage", "blanchisserie"} & set(f"{row['name']} {row['offer']}".split())
    }
    assert set(engine.search(Query(wishes=(wish,), limit=5_000)).keys) == expected
    around = Query(wishes=(wish,), geo=Geo(46.5, 2.5, 20_000), limit=5_000)
    placed = {row["key"] for row in rows if row["key"] in expected and row["latitude"] is not None}
    assert set(engine.search(around).keys) == placed


def test_a_name_raises_the_score_and_filters_nobody(tmp_path: Path) -> None:
    rows = [
        {"key": 1, "name": "Nettoyage"},
        {"key": 2, "name": "Nettoyage du Nord"},
        {"key": 3, "name": "Nord"},
    ]
    found = small(tmp_path, *rows)
    assert found.search(Query(text="nettoyage", name="nettoyage du nord")).keys == (2, 1)
    assert (
        found.knows_name("NETTOYAGE DU NORD !")
        and not found.knows_name("nettoyage nord")
        and not found.knows_name("")
    )


# Filters, counts, order, against the rows themselves.


@pytest.mark.parametrize("text", ["", "nettoyage"])
@pytest.mark.parametrize("radius", [None, 120.0])
def test_totals_and_counts_agree_with_the_rows(
    engine: TantivyEngine, rows: list[Row], text: str, radius: float | None
) -> None:
    query = Query(
        text=text,
        filters={"kind": ("EI", "ACI"), "naf": ("8121Z",)},
        excluded={"sector": ("restauration",)},
        geo=Geo(46.5, 2.5, radius) if radius else None,
        facets=("kind", "sector", "naf"),
        disjunctive=frozenset({"kind"}),
    )
    common = [
        row
        for row in rows
        if row["naf"] == "8121Z"
        and "restauration" not in row["sector"]
        and (not text or text in f"{row['name']} {row['offer']}")
        and (not radius or (haversine(46.5, 2.5, row) or math.inf) <= radius)
    ]
    kept = [row for row in common if row["kind"] in ("EI", "ACI")]
    page = engine.search(query)
    assert page.total == len(kept) > 0
    assert page.facets["kind"] == dict(Counter(row["kind"] for row in common))
    assert page.facets["sector"] == dict(Counter(s for row in kept for s in row["sector"]))
    assert page.facets["naf"] == {"8121Z": len(kept)}


@pytest.mark.parametrize("radius", [0.5, 3.0, 27.8, 150.0, 600.0, 9_000.0])
@pytest.mark.parametrize("text", ["", "peinture"])
def test_radius_agrees_with_brute_force(
    engine: TantivyEngine, rows: list[Row], radius: float, text: str
) -> None:
    rng = random.Random(radius)
    for _ in range(5):
        lat, lon = rng.uniform(42, 51), rng.uniform(-5, 8)
        near = {
            row["key"]: distance
            for row in rows
            if (distance := haversine(lat, lon, row)) is not None
            and distance <= radius
            and text in f"{row['name']} {row['offer']}"
        }
        page = engine.search(Query(text=text, geo=Geo(lat, lon, radius), sort="distance", limit=2_000))
        assert page.total == len(near)
        assert list(page.keys) == sorted(near, key=lambda key: (round(near[key], 3), key))
        assert all(math.isclose(hit.distance_km or 0, near[int(hit.key)], abs_tol=1e-6) for hit in page.hits)


@pytest.mark.slow
def test_a_radius_that_stops_exactly_on_a_point_holds_it(engine: TantivyEngine, rows: list[Row]) -> None:
    for row in rows[:40]:
        distance = haversine(46.0, 3.0, row)
        if distance is not None:
            limit = distance * (1 + 1e-14)
            assert row["key"] in every_key(engine, Query(geo=Geo(46.0, 3.0, limit)))
            assert row["key"] not in every_key(engine, Query(geo=Geo(46.0, 3.0, distance * (1 - 1e-8))))


def test_a_radius_does_not_cross_the_sea(engine: TantivyEngine, rows: list[Row]) -> None:
    everywhere = Geo(46.5, 2.5, 20_000)
    assert engine.count(Query(geo=everywhere)) == sum(row["latitude"] is not None for row in rows)
    mainland = engine.search(Query(geo=Geo(46.5, 2.5, 20_000, "metropole"), facets=("landmass",)))
    assert set(mainland.facets["landmass"]) == {"metropole"}
    other = Query(geo=Geo(46.5, 2.5, 20_000, "metropole"), filters={"landmass": ("mayotte",)})
    assert engine.count(other) == 0


def test_sort_by_distance_without_radius_puts_unplaced_last(engine: TantivyEngine, rows: list[Row]) -> None:
    page = engine.search(Query(geo=Geo(48.85, 2.35), sort="distance", limit=2_000))
    assert page.total == len(rows)
    distances = [hit.distance_km for hit in page.hits]
    placed = [distance for distance in distances if distance is not None]
    assert [round(distance, 3) for distance in placed] == sorted(round(distance, 3) for distance in placed)
    assert distances[len(placed) :] == [None] * (len(rows) - len(placed))


@pytest.mark.parametrize(
    "query",
    [
        Query(text="atelier"),
        Query(text="nettoyage", geo=Geo(46, 3, 400)),
        Query(text="nettoyage", sort="name"),
        Query(),
        Query(filters={"kind": ("EI",)}, sort="name"),
        Query(geo=Geo(46, 3, 400), sort="distance"),
    ],
)
def test_pages_follow_each_other_without_hole_or_repeat(engine: TantivyEngine, query: Query) -> None:
    whole = every_key(engine, query)
    pages: list[int | str] = []
    for offset in range(0, len(whole) + 37, 37):
        pages += engine.search(replace(query, offset=offset, limit=37)).keys
    assert pages == whole
    assert len(set(whole)) == len(whole) == engine.count(query)


def test_sort_by_name_ignores_accents_and_breaks_ties_by_key(tmp_path: Path) -> None:
    names = ["Écluse", "ebene", "Zèbre", "éclair", "Zebre"]
    found = small(tmp_path, *({"key": at, "name": name} for at, name in enumerate(names)))
    assert found.search(Query(sort="name")).keys == (1, 3, 0, 2, 4)


def test_without_words_or_place_the_standing_ranks_then_the_name(rows: list[Row], tmp_path: Path) -> None:
    keywords = (*SCHEMA.keywords, KeywordField("standing", single=True))
    ranked = TantivyEngine(tmp_path, replace(SCHEMA, keywords=keywords))
    # Some hold no code of it: they are not lost, and come last.
    ranked.rebuild({**row, "standing": str(row["key"] % 4) if row["key"] % 5 else ""} for row in rows)
    for narrowed in ({}, {"naf": ("8121Z",)}, {"kind": ("EI",), "naf": ("4334Z",)}):
        asked = Query(filters=narrowed, standing="standing", values=("standing",), limit=2_000)
        whole = ranked.search(asked)
        held = ["".join(hit.values["standing"]) for hit in whole.hits]
        assert held == sorted(held, reverse=True) and whole.total == len(set(whole.keys))
        rank = {key: place for place, key in enumerate(ranked.search(replace(asked, sort="name")).keys)}
        for code in set(held):
            alike = [hit.key for hit, one in zip(whole.hits, held, strict=True) if one == code]
            assert alike == sorted(alike, key=rank.__getitem__)
        for offset in (0, 7, whole.total - 3):
            page = ranked.search(replace(asked, offset=offset, limit=10))
            assert page.keys == whole.keys[offset : offset + 10]
    for other in (Query(text="nettoyage"), Query(geo=Geo(48.85, 2.35))):
        assert ranked.search(replace(other, standing="standing")).keys == ranked.search(other).keys


def test_hits_carry_the_values_asked_for(engine: TantivyEngine, rows: list[Row]) -> None:
    page = engine.search(Query(text="nettoyage", values=("kind", "sector"), limit=5))
    for hit in page.hits:
        row = rows[int(hit.key) - 1]
        assert hit.values == {"kind": (row["kind"],), "sector": tuple(row["sector"])}


@pytest.mark.parametrize("text", ["", "nettoyage"])
def test_integer_ranges_hold_both_bounds(engine: TantivyEngine, rows: list[Row], text: str) -> None:
    expected = [r for r in rows if 10 <= r["staff"] <= 20 and text in f"{r['name']} {r['offer']}"]
    assert engine.count(Query(text=text, ranges={"staff": Range(10, 20)})) == len(expected) > 0


def test_match_all_counts_are_kept_for_the_generation(engine: TantivyEngine, rows: list[Row]) -> None:
    first = engine.search(Query(facets=("kind",)))
    again = engine.search(Query(facets=("kind",), offset=40))
    assert first.facets["kind"] is again.facets["kind"]
    assert first.facets["kind"] == dict(Counter(row["kind"] for row in rows))


@pytest.mark.parametrize(
    "query",
    [
        Query(offset=-1),
        Query(filters={"colour": ("red",)}),
        Query(facets=("siret",)),
        Query(sort="distance"),
        Query(geo=Geo(float("nan"), 2.0)),
        Query(geo=Geo(48.0, 2.0, 0)),
        Query(geo=Geo(48.0, 2.0, -3)),
        Query(text="a" * 5_001),
        Query(min_score=1.0),
    ],
)
def test_an_impossible_query_gets_a_sentence(engine: TantivyEngine, query: Query) -> None:
    with pytest.raises(InvalidQueryError, match=r"\.$"):
        engine.search(query)


def test_status_says_size_dates_and_position(engine: TantivyEngine) -> None:
    status = engine.status()
    assert (status.documents, status.schema_version, status.position) == (1_500, 1, (7, 1))
    assert status.size_bytes > 10_000
    assert status.built_at is not None and status.built_at.tzinfo is not None


# A part that is never left.


@pytest.mark.parametrize("text", ["", "nettoyage"])
@pytest.mark.parametrize("sort", ["relevance", "name"])
def test_a_search_never_leaves_its_part(engine: TantivyEngine, rows: list[Row], text: str, sort: str) -> None:
    part = Within({"kind": ("EI",), "naf": ("4334Z",)}, keys=(3, 4, 5, 999_999))
    inside = {
        row["key"] for row in rows if row["kind"] == "EI" or row["naf"] == "4334Z" or row["key"] in {3, 4, 5}
    }
    wide = Query(text=text, sort=sort, limit=2_000, facets=("kind",), disjunctive=frozenset({"kind"}))  # type: ignore[arg-type]
    expected = [key for key in engine.search(wide).keys if key in inside]
    found = engine.search(replace(wide, within=part))
    assert sorted(found.keys) == sorted(expected)
    assert found.total == len(expected) == engine.count(replace(wide, within=part))
    # Filtered by kind, the other kinds of the part are still counted, and nothing from outside of it.
    filtered = engine.search(replace(wide, within=part, filters={"kind": ("ACI",)}))
    assert filtered.facets["kind"] == found.facets["kind"]
    around = replace(wide, within=part, geo=Geo(48.0, 2.0, radius_km=300))
    near = set(engine.search(replace(around, within=None)).keys)
    assert set(engine.search(around).keys) == near & inside


def test_an_empty_part_holds_nobody_and_a_part_names_known_fields(engine: TantivyEngine) -> None:
    for text in ("", "nettoyage"):
        assert engine.search(Query(text=text, within=Within())).total == 0
    with pytest.raises(InvalidQueryError, match="périmètre"):
        engine.search(Query(within=Within({"couleur": ("bleu",)})))
