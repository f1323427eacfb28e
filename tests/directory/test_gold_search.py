"""The reference set of the search is well formed, and its judge grades by facts alone."""

import pytest

from benchmarks import gold

TRADES, QUERIES = gold.read()
FACTS = {"siret": "11111111100011", "siren": "111111111", "naf": "", "region": "32", "departement": "59"}
LILLE, ARRAS, LYON = (50.63, 3.06), (50.29, 2.78), (45.76, 4.84)


def fact(key: int, kind: str, text: str, at: tuple[float, float], **values: str) -> gold.Fact:
    return gold.Fact(
        id=key, kind=kind, text=gold.fold(text), latitude=at[0], longitude=at[1], **(FACTS | values)
    )


def grades(query: gold.GoldQuery, *facts: gold.Fact) -> dict[int, int]:
    return gold.Judge(TRADES, {("commune", "59350"): LILLE}).grades(query, facts)


def ask(**values: object) -> gold.GoldQuery:
    return gold.GoldQuery("x", "x", "x", "tune", **values)  # type: ignore[arg-type]


def test_there_are_enough_queries_each_once_and_nobody_chose_its_half() -> None:
    assert len(QUERIES) >= 150
    assert len({query.text for query in QUERIES}) == len(QUERIES)
    assert [query.half for query in QUERIES] == [gold.half_of(query.text) for query in QUERIES]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.text)
def test_a_query_says_what_it_wants_and_how_to_judge(query: gold.GoldQuery) -> None:
    assert query.intent
    assert query.trade or query.kinds or query.keys
    assert not query.trade or query.trade in TRADES


def test_neighbours_of_a_trade_are_trades() -> None:
    assert {name for trade in TRADES.values() for name in trade.close} <= set(TRADES)


def test_a_grade_weighs_the_trade_the_place_and_the_kind() -> None:
    query = ask(trade="nettoyage", area={"commune": "59350"}, kinds=("EI",))
    assert grades(
        query,
        fact(1, "EI", "Propreté du Nord", LILLE),
        fact(2, "EI", "Untel", LILLE, naf="8121Z"),
        fact(3, "EI", "Propreté de l’Artois", ARRAS),
        fact(4, "ESAT", "Les Nettoyeurs", LILLE),
        fact(5, "EI", "Untel", LILLE, naf="8899B"),
        fact(6, "EI", "Propreté du Rhône", LYON),
        fact(7, "EI", "Untel", LILLE, naf="4334Z"),
        fact(8, "ESS", "Propreté solidaire", LILLE),
    ) == {1: 3, 2: 2, 3: 2, 4: 1, 5: 1}


def test_a_known_item_is_its_number_and_its_company() -> None:
    query = ask(keys={"11111111100011": 3})
    kin = fact(2, "EI", "Untel", LYON, siret="11111111100029")
    other = fact(3, "EI", "Untel", LYON, siret="22222222200022", siren="222222222")
    assert grades(query, fact(1, "EI", "Untel", LILLE), kin, other) == {1: 3, 2: 1}


def test_the_gain_is_one_in_the_best_order_and_less_otherwise() -> None:
    worth = {1: 3, 2: 2, 3: 1}
    assert gold.ndcg([1, 2, 3], worth) == pytest.approx(1)
    assert 0.5 < gold.ndcg([3, 2, 1], worth) < 1
    assert gold.ndcg([9, 8], worth) == 0
    assert gold.ndcg([1], {}) == 0
