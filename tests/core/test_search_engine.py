"""The engine: what is found, counted, sorted and kept after updates, against a plain Python reference."""

import math
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from levier.core.search import (
    Geo,
    GeoField,
    IndexBusyError,
    IndexMissingError,
    IndexOutdatedError,
    IndexSchema,
    IntegerField,
    InvalidDocumentError,
    InvalidQueryError,
    KeywordField,
    Query,
    Range,
    TantivyEngine,
    TextField,
)
from levier.core.search import storage as search_storage

SCHEMA = IndexSchema(
    name="essai",
    version=1,
    text=(TextField("name", weight=3, exact=True), TextField("offer", weight=1)),
    keywords=(
        KeywordField("kind", facet=True),
        KeywordField("sector", facet=True),
        KeywordField("naf"),
        KeywordField("landmass", facet=True),
        KeywordField("siret", identifier=True),
        KeywordField("siren", identifier=True),
    ),
    integers=(IntegerField("staff"),),
    geo=GeoField(landmass="landmass"),
    sort_name="name",
)
WORDS = ["nettoyage", "peinture", "maçonnerie", "espaces", "verts", "traiteur", "menuiserie", "voirie"]
WORDS += ["blanchisserie", "école"]
Row = dict[str, Any]


def make_rows(count: int, seed: int = 1) -> list[Row]:
    rng = random.Random(seed)
    rows: list[Row] = []
    for key in range(1, count + 1):
        is_placed = rng.random() > 0.05
        overseas = rng.random() < 0.1
        siren = f"{100_000_000 + key}"
        rows.append(
            {
                "key": key,
                "name": f"Atelier {rng.choice('ABCDEF')}{rng.choice('éeo')} {rng.choice(WORDS)}",
                "offer": " ".join(rng.sample(WORDS, 3)),
                "kind": rng.choice(["EI", "ACI", "ESAT", "GEIQ"]),
                "sector": rng.sample(
                    ["batiment", "proprete", "espaces-verts", "restauration"], rng.choice([0, 1, 2])
                ),
                "naf": rng.choice(["8121Z", "4334Z"]),
                "landmass": "mayotte" if overseas else "metropole",
                "siret": siren + "00018",
                "siren": siren,
                "staff": rng.randrange(100),
                "latitude": (rng.uniform(-13, -12.6) if overseas else rng.uniform(42.5, 51))
                if is_placed
                else None,
                "longitude": (rng.uniform(45, 45.3) if overseas else rng.uniform(-4.5, 8))
                if is_placed
                else None,
            }
        )
    return rows


def haversine(lat: float, lon: float, row: Row) -> float | None:
    if row["latitude"] is None:
        return None
    a, b = math.radians(lat), math.radians(row["latitude"])
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(row["longitude"] - lon) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return make_rows(1_500)


@pytest.fixture(scope="module")
def engine(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> TantivyEngine:
    built = TantivyEngine(tmp_path_factory.mktemp("index"), SCHEMA)
    built.rebuild(rows, position=(7, 1))
    return built


def small(tmp_path: Path, *rows: Row) -> TantivyEngine:
    built = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    built.rebuild(rows)
    return built


def every_key(engine: TantivyEngine, query: Query) -> list[int | str]:
    return list(engine.search(replace(query, limit=10_000)).keys)


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


# Updates.


def test_updates_are_seen_and_replay_changes_nothing(tmp_path: Path) -> None:
    found = small(tmp_path, *make_rows(50))
    batch = {
        "upserts": [{"key": 3, "name": "Neuf", "kind": "SCOP"}, {"key": 99, "name": "Neuf"}],
        "deletes": [5, 777],
    }
    found.apply(**batch, position=(12, 4))  # type: ignore[arg-type]
    for _ in range(2):
        page = found.search(Query(text="neuf", facets=("kind",)))
        assert (sorted(page.keys), page.facets["kind"]) == ([3, 99], {"SCOP": 1})
        assert found.count() == found.status().documents == 50
        assert found.count(Query(filters={"kind": ("SCOP",)})) == 1
        assert 5 not in every_key(found, Query())
        assert found.position() == (12, 4)
        found.apply(**batch, position=(12, 4))  # type: ignore[arg-type]
    found.close()


def test_many_updates_agree_with_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("levier.core.search.tantivy_engine._MAX_SEGMENTS", 3)
    rng = random.Random(5)
    current = {row["key"]: row for row in make_rows(60)}
    followed = small(tmp_path / "a", *current.values())
    pool = make_rows(120, seed=9)
    for _ in range(9):
        changed, gone = rng.sample(pool, 6), rng.sample(range(1, 120), 4)
        current |= {row["key"]: row for row in changed}
        current = {key: row for key, row in current.items() if key not in gone}
        followed.apply(upserts=changed, deletes=gone)
    rebuilt = small(tmp_path / "b", *current.values())
    fresh = TantivyEngine(tmp_path / "a", SCHEMA)
    queries = [
        Query(sort="name", facets=("kind", "sector"), limit=200),
        Query(geo=Geo(46, 3, 300), sort="distance", facets=("kind",), limit=200),
        Query(text="nettoyage", sort="name", facets=("kind",), limit=200),
        Query(filters={"sector": ("batiment",)}, limit=200),
    ]
    for query in queries:
        expected = rebuilt.search(query)
        for engine in (followed, fresh):
            page = engine.search(query)
            assert (page.keys, page.total, page.facets) == (expected.keys, expected.total, expected.facets)
    followed.close()


def test_a_second_writer_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = small(tmp_path, {"key": 1, "name": "A"})
    first.apply(upserts=[{"key": 2, "name": "B"}])
    second = TantivyEngine(tmp_path, SCHEMA)
    with pytest.raises(IndexBusyError, match="autre processus"):
        second.apply(deletes=[1])
    first.close()
    second.apply(deletes=[1])
    assert second.search(Query()).keys == (2,)
    second.close()


def test_another_process_sees_the_commit_and_the_rebuild(tmp_path: Path) -> None:
    writer = small(tmp_path, {"key": 1, "name": "A"})
    reader = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    assert reader.search(Query(text="voirie")).total == 0
    writer.apply(upserts=[{"key": 2, "name": "Voirie"}])
    assert reader.search(Query(text="voirie")).keys == (2,)
    writer.rebuild([{"key": 3, "name": "Voirie"}])
    assert reader.search(Query(text="voirie")).keys == (3,)
    assert reader.reload() is False
    writer.close()


def test_rows_left_by_a_crash_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashed = small(tmp_path, {"key": 1, "name": "Un"})

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search_storage, "save_state", cut)
    with pytest.raises(KeyboardInterrupt):
        crashed.apply(upserts=[{"key": 2, "name": "Fantôme"}])
    monkeypatch.undo()
    crashed.close()
    after = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    assert after.search(Query(text="fantôme", correct=False)).keys == ()
    after.apply(upserts=[{"key": 3, "name": "Trois"}])
    assert after.search(Query(text="fantôme", correct=False)).total == 0
    assert after.search(Query(text="trois")).keys == (3,)
    after.close()


@pytest.mark.parametrize(
    "document",
    [
        {"key": 2, "colour": "red"},
        {"key": "2", "name": "x"},
        {"key": True, "name": "x"},
        {"name": "x"},
        {"key": 2, "staff": 1.5},
        {"key": 2, "staff": 2**63},
        {"key": 2, "naf": 8121},
        {"key": 2, "naf": [59]},
        {"key": 2, "name": 12},
        {"key": 2, "latitude": 120.0, "longitude": 2.0},
        {"key": 2, "latitude": "nord", "longitude": 2.0},
    ],
)
def test_a_bad_document_leaves_the_index_untouched(tmp_path: Path, document: Row) -> None:
    found = small(tmp_path, {"key": 1, "name": "Un"})
    with pytest.raises(InvalidDocumentError, match=r"\.$"):
        found.apply(upserts=[{"key": 1, "name": "Deux"}, document])
    assert found.search(Query(text="un", correct=False)).total == 1 == found.count()
    with pytest.raises(InvalidDocumentError):
        found.rebuild([{"key": 1, "name": "Deux"}, document])
    assert found.search(Query(text="un", correct=False)).total == 1
    found.apply(upserts=[{"key": 1, "name": "Deux"}])
    assert found.search(Query(text="deux", correct=False)).total == 1
    found.close()


def test_no_index_and_another_schema_say_what_to_do(tmp_path: Path) -> None:
    missing = TantivyEngine(tmp_path, SCHEMA)
    assert missing.status().exists is False
    with pytest.raises(IndexMissingError, match="levier index rebuild"):
        missing.search(Query())
    missing.rebuild([])
    assert missing.search(Query(facets=("kind",))).facets == {"kind": {}}
    other = TantivyEngine(tmp_path, IndexSchema(name="essai", version=2))
    assert other.status().is_outdated is True
    with pytest.raises(IndexOutdatedError, match="levier index rebuild"):
        other.search(Query())


def test_status_says_size_dates_and_position(engine: TantivyEngine) -> None:
    status = engine.status()
    assert (status.documents, status.schema_version, status.position) == (1_500, 1, (7, 1))
    assert status.size_bytes > 10_000
    assert status.built_at is not None and status.built_at.tzinfo is not None


def test_text_keys_are_sorted_as_text(tmp_path: Path) -> None:
    schema = IndexSchema(name="textes", version=1, text=(TextField("name"),), key_type="str")
    found = TantivyEngine(tmp_path, schema, refresh_seconds=0)
    found.rebuild([{"key": "b2", "name": "mur"}, {"key": "a10", "name": "mur"}])
    found.apply(upserts=[{"key": "a-plus-longue-que-les-autres", "name": "mur"}], deletes=["b2"])
    assert found.search(Query(text="mur")).keys == ("a-plus-longue-que-les-autres", "a10")
    found.close()
