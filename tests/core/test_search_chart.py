"""Hits on a map: every one counted once, squares that hold, names only where coming closer would part nobody."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from levier.core.search import (
    GeoField,
    IndexSchema,
    InvalidDocumentError,
    InvalidQueryError,
    KeywordField,
    Query,
    TantivyEngine,
    TextField,
    Window,
    Wish,
    charting,
    square_of,
)

SCHEMA = IndexSchema(
    name="essai",
    version=1,
    text=(TextField("name"),),
    keywords=(KeywordField("kind", facet=True),),
    geo=GeoField(),
    sort_name="name",
)
FRANCE = (41.0, -5.5, 51.5, 9.8)


def documents() -> Iterator[dict[str, object]]:
    """Six hundred around the country, thirty at one point of Lille, two overseas, three nowhere."""
    rng = np.random.default_rng(5)
    for key in range(600):
        yield {
            "key": key, "name": f"Jardin {key}", "kind": "EI" if key % 3 else "EA",
            "latitude": float(rng.uniform(43, 50)), "longitude": float(rng.uniform(-1, 6)),
        }  # fmt: skip
    for key in range(600, 630):
        yield {"key": key, "name": f"Nord {900 - key}", "kind": "EI", "latitude": 50.63, "longitude": 3.06}
    yield {"key": 630, "name": "Jardin austral", "kind": "EI", "latitude": -21.1, "longitude": 55.5}
    yield {"key": 631, "name": "Jardin créole", "kind": "EI", "latitude": 16.2, "longitude": -61.5}
    for key in range(632, 635):
        yield {"key": key, "name": f"Jardin sans lieu {key}", "kind": "EI"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TantivyEngine]:
    made = TantivyEngine(tmp_path_factory.mktemp("index"), SCHEMA)
    made.rebuild(documents())
    yield made
    made.close()


def window(level: int, box: tuple[float, float, float, float] = FRANCE, **more: bool) -> Window:
    return Window(*box, level, **more)


@pytest.mark.parametrize("level", [0, 3, 5, 7, 9])
@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(text="jardin"),
        Query(filters={"kind": ("EA",)}),
        Query(text="jardin", filters={"kind": ("EI",)}, excluded={"kind": ("EA",)}),
        Query(wishes=(Wish("nord", (), {"kind": ("EA",)}),)),
    ],
)
def test_every_hit_with_a_point_is_counted_once(engine: TantivyEngine, level: int, query: Query) -> None:
    world = engine.chart(query, window(min(level, 6), (-85, -180, 85, 180)))
    assert world.total == engine.count(query)
    assert sum(square.count for square in world.squares) == world.placed
    found = engine.chart(query, window(level))
    assert (found.total, found.placed) == (world.total, world.placed)
    for square in found.squares:
        assert square.south <= square.latitude <= square.north or not square.is_one_point
        assert square_of(square.latitude, square.longitude, level) == (square.column, square.line)


def test_the_bounds_are_those_of_the_hits_in_the_window(engine: TantivyEngine) -> None:
    found = engine.chart(Query(text="nord"), window(4))
    assert found.bounds == pytest.approx((50.63, 3.06, 50.63, 3.06), abs=1e-4)
    overseas = engine.chart(Query(text="austral"), window(4))
    assert (overseas.bounds, overseas.squares, overseas.placed) == (None, (), 1)


def test_one_point_is_named_in_the_order_of_names(engine: TantivyEngine) -> None:
    found = engine.chart(Query(text="nord"), window(4), most_keys=3)
    (square,) = found.squares
    assert (square.count, square.is_one_point, square.keys) == (30, True, (629, 628, 627))


def test_a_square_of_several_points_is_named_only_when_the_window_names_all(engine: TantivyEngine) -> None:
    apart = engine.chart(Query(text="jardin"), window(3))
    assert all(not square.keys for square in apart.squares if not square.is_one_point)
    named = engine.chart(Query(text="jardin"), window(3, names_all=True), most_keys=5)
    assert all(len(square.keys) == min(5, square.count) for square in named.squares)


@pytest.mark.slow
def test_a_dead_or_moved_document_leaves_its_square(tmp_path: Path) -> None:
    made = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    made.rebuild(documents())
    before = made.chart(Query(text="nord"), window(7))
    made.apply(
        upserts=[{"key": 600, "name": "Nord parti", "kind": "EI", "latitude": 43.0, "longitude": 1.0}],
        deletes=[601],
    )
    after = made.chart(Query(text="nord"), window(7))
    made.close()
    assert [square.count for square in before.squares] == [30]
    assert sorted(square.count for square in after.squares) == [1, 28]


@pytest.mark.parametrize(
    ("level", "box"), [(3, FRANCE), (6, FRANCE), (8, (46.0, 1.0, 48.0, 4.0)), (11, (50.5, 3.0, 50.7, 3.1))]
)
@pytest.mark.parametrize(
    "query", [Query(text="jardin"), Query(text="nord"), Query(text="jardin", filters={"kind": ("EA",)})]
)
def test_counting_without_reading_gives_the_same_squares(
    engine: TantivyEngine,
    monkeypatch: pytest.MonkeyPatch,
    level: int,
    box: tuple[float, float, float, float],
    query: Query,
) -> None:
    read = engine.chart(query, window(level, box))
    monkeypatch.setattr(charting, "_MOST_READ", 5)
    counted = engine.chart(query, window(level, box))
    assert (counted.total, counted.placed) == (read.total, read.placed)
    by_place = [{(each.column, each.line): each.count for each in chart.squares} for chart in (read, counted)]
    assert by_place[0] == by_place[1]
    if read.bounds is not None:
        assert counted.bounds == pytest.approx(read.bounds, abs=1e-4)
    for one, other in zip(
        sorted(read.squares, key=lambda each: (each.column, each.line)),
        sorted(counted.squares, key=lambda each: (each.column, each.line)),
        strict=True,
    ):
        # Who stands alone is put back from the edge of its square: nobody has looked at its place.
        if not one.is_one_point:
            assert (other.latitude, other.longitude) == pytest.approx((one.latitude, one.longitude), abs=1e-3)


@pytest.mark.parametrize(
    "wrong",
    [
        Window(51, -5, 41, 9, 3), Window(41, 9, 51, -5, 3), Window(float("nan"), -5, 51, 9, 3), Window(-95, -5, 51, 9, 3),
        Window(41, -5, 51, 9, -1), Window(41, -5, 51, 9, 21), Window(-85, -180, 85, 180, 12),
    ],
)  # fmt: skip
def test_a_window_that_no_map_shows_is_refused(engine: TantivyEngine, wrong: Window) -> None:
    with pytest.raises(InvalidQueryError):
        engine.chart(Query(), wrong)


def test_a_second_code_is_refused_where_one_is_declared(tmp_path: Path) -> None:
    schema = replace(SCHEMA, keywords=(KeywordField("kind", facet=True, single=True),))
    made = TantivyEngine(tmp_path, schema)
    with pytest.raises(InvalidDocumentError, match="un seul code"):
        made.rebuild([{"key": 1, "name": "Deux types", "kind": ["EI", "EA"]}])
