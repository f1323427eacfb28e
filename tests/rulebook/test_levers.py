"""The levers rank as a good facilitator would, each with its reason, article and documents."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.rulebook.levers import LEVERS, Facts, FactsError, HoursRange, lever, levers_for
from levier.rulebook.levers.printing import as_markdown

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "levers.yaml").read_text(encoding="utf-8"))[
    "cases"
]
LAUNCH = date(2026, 12, 1)


def facts_of(raw):
    hours = raw.get("hours")
    return Facts(**{**raw, "hours": HoursRange(*hours) if hours else None})


def plain(texts):
    """The warnings with ordinary spaces, to compare them with words typed here."""
    return [text.replace("\u202f", " ") for text in texts]


def by_code(facts):
    return {advice.code: advice for advice in levers_for(facts)}


def works(**changes):
    base = {
        "buyer_kind": "collectivite",
        "contract_kind": "travaux",
        "launch_date": LAUNCH,
        "cpv": "45000000",
    }
    return Facts(**{**base, **changes})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["need"])
def test_the_ranking_is_the_one_a_facilitator_expects(case):
    advices = levers_for(facts_of(case["facts"]))
    found = {advice.code: advice for advice in advices}
    first = advices[0]
    assert first.code == case["first"], case["why"]
    assert first.outcome == case.get("first_outcome", first.outcome)
    assert first.rule == case.get("rule", first.rule)
    assert first.status == case.get("status", first.status)
    if "second" in case:
        assert advices[1].code == case["second"]
    assert [code for code in case.get("keep", []) if not found[code].is_retained] == []
    assert [code for code in case.get("set_aside", []) if found[code].is_retained] == []
    for code, words in case.get("warns", {}).items():
        assert any(words in warning for warning in plain(found[code].warnings)), code
    for code, outcome in case.get("outcomes", {}).items():
        assert found[code].outcome == outcome
    for code, question in case.get("asks", {}).items():
        assert question in {asked.code for asked in found[code].questions}


def test_every_lever_is_given_with_reason_article_source_and_documents():
    for advice in levers_for(works(need_amount_ht=800_000)):
        assert advice.reason
        assert advice.article
        assert advice.source
        assert advice.documents


def test_levers_set_aside_come_after_all_the_others():
    retained = [advice.is_retained for advice in levers_for(works(need_amount_ht=800_000))]
    assert retained == sorted(retained, reverse=True)


def test_too_few_hours_says_what_to_do_instead():
    advice = by_code(works(need_amount_ht=150_000, hours=HoursRange(20, 30, 40)))["L2112-2"]
    assert advice.outcome == "not_applicable"
    assert len(advice.instead) == 3
    assert "R2123-1" in advice.instead[2]


def test_the_minimum_of_the_territory_replaces_the_usual_one():
    few = works(need_amount_ht=150_000, hours=HoursRange(40, 50, 60))
    assert by_code(few)["L2112-2"].outcome == "not_applicable"
    assert by_code(replace(few, minimum_clause_hours=35))["L2112-2"].outcome == "recommended"


def test_a_range_astride_the_minimum_is_left_to_people():
    assert (
        by_code(works(need_amount_ht=300_000, hours=HoursRange(50, 90, 120)))["L2112-2"].outcome
        == "to_answer"
    )


def test_above_the_threshold_the_obligation_shows_both_amounts_and_four_derogations():
    found = by_code(works(need_amount_ht=6_000_000, hours=HoursRange(900, 1000, 1100)))
    obligation = found["L2112-2-1"].obligation
    assert (obligation.amount_ht, obligation.threshold_ht) == (6_000_000, 5_404_000)
    assert obligation.starts_on == date(2026, 8, 21)
    assert obligation.launch_date == LAUNCH
    assert len(obligation.derogations) == 4
    assert obligation.is_ready_for_lawyer is False
    assert found["L2112-2"].obligation == obligation


@pytest.mark.slow
def test_the_first_euro_of_the_threshold_creates_the_obligation():
    assert by_code(works(need_amount_ht=5_403_999))["L2112-2-1"].outcome == "not_applicable"
    assert by_code(works(need_amount_ht=5_404_000))["L2112-2-1"].outcome == "required"


def test_the_first_day_creates_the_obligation():
    assert not by_code(works(need_amount_ht=9e6, launch_date=date(2026, 8, 20)))["L2112-2-1"].is_retained
    assert (
        by_code(works(need_amount_ht=9e6, launch_date=date(2026, 8, 21)))["L2112-2-1"].outcome == "required"
    )


def test_an_obligation_without_hours_is_met_by_another_condition():
    found = by_code(works(need_amount_ht=9e6, hours=HoursRange(0, 10, 20)))
    assert found["L2112-2"].rule == "mandatory_without_hours"
    assert found["L2112-2"].is_retained


def test_unknown_launch_date_asks_rather_than_guesses():
    advice = by_code(works(need_amount_ht=9e6, launch_date=None))["L2112-2-1"]
    assert advice.outcome == "to_answer"
    assert [question.code for question in advice.questions] == ["launch_date"]


def test_unknown_buyer_only_asks_when_the_answer_changes_the_result():
    def social_condition(amount):
        facts = Facts(contract_kind="services", need_amount_ht=amount, launch_date=LAUNCH)
        return by_code(facts)["L2112-2-1"].outcome

    assert social_condition(100_000) == "not_applicable"
    assert social_condition(300_000) == "to_answer"
    assert social_condition(500_000) == "required"


def test_listed_social_services_have_a_threshold_still_to_confirm():
    facts = Facts(
        buyer_kind="collectivite",
        contract_kind="services",
        need_amount_ht=300_000,
        launch_date=LAUNCH,
        is_social_service=True,
    )
    found = by_code(facts)
    assert (found["L2112-2-1"].outcome, found["L2112-2-1"].status) == ("to_answer", "to_confirm")
    assert found["L2113-15"].outcome == "possible"
    assert by_code(replace(facts, need_amount_ht=800_000))["L2112-2-1"].outcome == "required"


def test_reserved_contracts_are_never_said_to_escape_the_obligation():
    advice = by_code(works(need_amount_ht=9e6))["L2112-2-1"]
    assert any("Aucun texte lu n’écarte l’obligation" in warning for warning in advice.warnings)


def test_concession_has_two_derogations_only():
    facts = Facts(is_concession=True, need_amount_ht=9e6, launch_date=LAUNCH)
    advice = by_code(facts)["L3114-2-1"]
    assert advice.outcome == "required"
    assert [case.code for case in advice.obligation.derogations] == [
        "lien_insuffisant",
        "concurrence_ou_difficulte",
    ]


@pytest.mark.parametrize(
    ("ratio", "outcome"), [(None, "to_answer"), (1.49, "not_applicable"), (1.5, "possible"), (2, "possible")]
)
def test_overseas_clause_depends_on_youth_unemployment(ratio, outcome):
    facts = works(need_amount_ht=2e6, territory="974", youth_unemployment_ratio=ratio)
    assert by_code(facts)["L2691-1"].outcome == outcome


def test_overseas_clause_stays_out_of_the_mainland():
    assert not by_code(works(need_amount_ht=2e6, territory="59", youth_unemployment_ratio=2))[
        "L2691-1"
    ].is_retained


def test_pacific_territories_are_left_to_local_law():
    outcomes = {
        advice.outcome
        for advice in levers_for(works(need_amount_ht=2e6, territory="988"))
        if advice.is_retained and advice.code not in {"L2111-3", "R2111-1"}
    }
    assert outcomes == {"to_answer"}


@pytest.mark.parametrize(
    ("count", "outcome"),
    [(None, "to_answer"), (0, "not_applicable"), (1, "not_applicable"), (2, "possible"), (11, "recommended")],
)
def test_reservation_follows_the_number_of_suppliers(count, outcome):
    found = by_code(works(need_amount_ht=800_000, insertion_suppliers_in_reach=count))
    assert found["L2113-13"].outcome == outcome


def test_staff_takeover_warns_on_every_reservation():
    facts = Facts(
        contract_kind="services",
        need_amount_ht=500_000,
        launch_date=LAUNCH,
        cpv="90910000",
        handicap_suppliers_in_reach=12,
        insertion_suppliers_in_reach=12,
    )
    found = by_code(facts)
    for code in ("L2113-12", "L2113-13", "L2113-14"):
        assert any("50 %" in warning for warning in plain(found[code].warnings)), code
    without = by_code(replace(facts, has_staff_takeover=False))
    assert not any("50 %" in warning for warning in plain(without["L2113-12"].warnings))


def test_no_advice_ever_says_to_reserve_everything():
    facts = works(need_amount_ht=800_000, insertion_suppliers_in_reach=50, handicap_suppliers_in_reach=50)
    texts = " ".join(advice.reason + " ".join(advice.warnings) for advice in levers_for(facts)).lower()
    assert "réservez tout" not in texts
    assert "réserver tout" not in texts
    assert "plutôt que tout le besoin" in texts


def test_criterion_never_scores_the_general_policy_of_the_company():
    for code in ("R2152-7", "L2112-2_R2152-7"):
        found = by_code(works(need_amount_ht=2e6, hours=HoursRange(500, 600, 700)))[code]
        assert any("417580" in warning for warning in found.warnings)


def test_direct_purchase_without_kind_is_sure_only_under_the_lowest_threshold():
    def outcome(amount):
        return by_code(Facts(need_amount_ht=amount, launch_date=LAUNCH))["R2122-8"].outcome

    assert (outcome(59_999), outcome(80_000), outcome(100_000)) == (
        "recommended",
        "to_answer",
        "not_applicable",
    )


def test_spaser_follows_the_yearly_purchases():
    def outcome(amount):
        return by_code(works(annual_purchases_ht=amount))["L2111-3"].outcome

    assert (outcome(None), outcome(50e6), outcome(50e6 + 1)) == ("to_answer", "not_applicable", "required")


@pytest.mark.parametrize("table", LEVERS, ids=lambda table: table.code)
def test_a_table_can_be_read_by_a_lawyer_and_always_decides(table):
    names = [row.name for row in table.rows]
    assert len(names) == len(set(names))
    assert all(row.when.label and row.reason for row in table.rows)
    assert table.rows[-1].when.label == "dans tous les autres cas" or table.code == "R2122-8"
    assert table.row_for(Facts()) in table.rows


def test_a_table_prints_for_the_lawyer_row_by_row():
    table = lever("L2112-2-1")
    printed = as_markdown(table).replace("\u202f", " ")
    assert printed.startswith("## Condition sociale obligatoire")
    assert all(row.when.label in printed for row in table.rows)
    assert printed.count("à confirmer |") == sum(row.status == "to_confirm" for row in table.rows)


AMOUNT = st.none() | st.floats(1, 1e9)
COUNT = st.none() | st.integers(0, 40)
FACTS = st.builds(
    Facts,
    buyer_side=st.sampled_from(["public", "private"]),
    buyer_kind=st.sampled_from([None, "etat", "collectivite", "entite_adjudicatrice", "autre"]),
    contract_kind=st.sampled_from([None, "travaux", "fournitures", "services"]),
    need_amount_ht=AMOUNT,
    lot_amount_ht=AMOUNT,
    max_amount_ht=AMOUNT,
    launch_date=st.none() | st.dates(date(2015, 1, 1), date(2035, 1, 1)),
    cpv=st.sampled_from(["", "45000000", "90911200", "85000000", "30192000"]),
    is_social_service=st.sampled_from([None, True, False]),
    is_framework=st.booleans(),
    has_staff_takeover=st.sampled_from([None, True, False]),
    territory=st.sampled_from(["", "59", "976", "988"]),
    is_concession=st.booleans(),
    is_defence=st.booleans(),
    hours=st.none() | st.builds(lambda a, b, c: HoursRange(*sorted((a, b, c))), *[st.floats(0, 9e5)] * 3),
    insertion_suppliers_in_reach=COUNT,
    handicap_suppliers_in_reach=COUNT,
    has_separable_part=st.sampled_from([None, True, False]),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(FACTS)
def test_any_need_gets_at_least_one_lever_and_finished_sentences(facts):
    advices = levers_for(facts)
    assert advices[0].is_retained
    assert {advice.code for advice in advices} == {table.code for table in LEVERS}
    texts = [text for advice in advices for text in (advice.reason, *advice.warnings, *advice.instead)]
    assert not any("{" in text or "inconnu HT" in text for text in texts)


WEIGHT = ["not_applicable", "to_answer", "required"]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([None, "etat", "collectivite", "entite_adjudicatrice"]),
    st.sampled_from([None, "travaux", "fournitures", "services"]),
    st.sampled_from([None, True, False]),
    st.tuples(st.floats(1e4, 1e8), st.floats(1e4, 1e8)).map(sorted),
)
def test_a_larger_need_never_weighs_less_on_the_obligation(buyer, contract, social, amounts):
    outcomes = [
        by_code(
            works(buyer_kind=buyer, contract_kind=contract, is_social_service=social, need_amount_ht=amount)
        )["L2112-2-1"].outcome
        for amount in amounts
    ]
    assert WEIGHT.index(outcomes[0]) <= WEIGHT.index(outcomes[1])


def test_each_code_names_one_lever():
    codes = [table.code for table in LEVERS]
    assert len(codes) == len(set(codes))
    assert lever("L2112-2").title.startswith("Clause sociale")
    with pytest.raises(KeyError, match="n’existe pas"):
        lever("L9999")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"need_amount_ht": -1}, "le montant du besoin entier"),
        ({"need_amount_ht": 0}, "montant nul"),
        ({"need_amount_ht": 1e15}, "dix mille milliards"),
        ({"need_amount_ht": float("nan")}, "nombre positif"),
        ({"duration_months": -3}, "la durée"),
        ({"insertion_suppliers_in_reach": -2}, "structures d’insertion"),
        ({"contract_kind": "bail"}, "travaux, fournitures, services"),
        ({"buyer_side": "mixte"}, "public, private"),
        ({"cpv": "école"}, "code CPV"),
    ],
)
def test_impossible_facts_get_a_sentence(changes, words):
    with pytest.raises(FactsError, match=words):
        Facts(**changes)


def test_a_range_of_hours_goes_from_low_to_high():
    with pytest.raises(FactsError, match="du bas au haut"):
        HoursRange(10, 5, 20)
