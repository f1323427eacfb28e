"""Eligibility at entry: the cases of tests/cases/eligibility.yaml, the rule sets, and what a wrong file is told."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.rulebook.eligibility import (
    Change,
    EligibilityError,
    Facts,
    Judgement,
    as_dict,
    facts_from,
    judge,
    lines,
    load_set,
    proofs,
    read_facts,
    rule_set,
    set_keys,
    sets,
)
from levier.rulebook.eligibility.sets import all_versions
from tests.texts import plain_spaces

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "eligibility.yaml").read_text(encoding="utf-8")
)["cases"]


def judged(facts: dict[str, Any], key: str = "ccag_2021") -> Judgement:
    read = facts_from(facts)
    return judge(read, rule_set(key, read.entry_on))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_person_is_judged_as_a_facilitator_would(case: dict[str, Any]) -> None:
    assert case["source"]
    found = judged(case["facts"], case["set"])
    assert found.verdict == case["verdict"], list(lines(found))
    if "reason" in case:
        assert found.reason is not None
        assert found.reason.criterion.key == case["reason"]
    if "until" in case:
        assert found.eligible_until == case["until"]
    if found.verdict not in ("eligible", "proof_missing"):
        assert found.eligible_until is None
    assert case.get("note", "") in plain_spaces(" ".join(found.notes))
    assert case.get("question", "") in " ".join(found.questions)
    assert case.get("says", "") in found.sentence


def test_cases_have_a_name_of_their_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("key", set_keys())
def test_every_criterion_of_a_set_has_a_source_a_day_a_status_and_proofs(key: str) -> None:
    for version in all_versions()[key]:
        assert version.window.source
        for one in version.criteria:
            assert one.source
            assert one.dated
            assert one.status in ("confirmed", "to_confirm")
            assert one.proofs
            assert one.when


def test_the_list_of_the_ccag_is_open_and_the_one_of_the_iae_is_closed() -> None:
    assert rule_set("ccag_2021", date(2026, 1, 1)).is_open
    assert not rule_set("iae_criteria", date(2026, 1, 1)).is_open


def test_a_version_is_chosen_by_its_days_or_by_its_number() -> None:
    assert rule_set("anru", date(2024, 12, 31)).version == 1
    assert rule_set("anru", date(2025, 1, 1)).version == 2
    assert rule_set("anru", date(2026, 1, 1), version=1).name == "anru/1"
    with pytest.raises(EligibilityError, match="versions connues"):
        rule_set("anru", date(2010, 1, 1))
    with pytest.raises(EligibilityError, match="version 9"):
        rule_set("anru", date(2026, 1, 1), version=9)


def test_the_library_says_which_proofs_a_machine_can_certify() -> None:
    assert {key for key, one in proofs().items() if one.machine} == {
        "caf_rsa",
        "caf_aah",
        "caf_single_parent",
        "rqth",
    }
    assert proofs()["caf_rsa"].validity == 3
    assert proofs()["ase"].validity == 12
    assert proofs()["rqth"].validity == "standing"


def test_others_see_eligible_until_and_never_the_reason() -> None:
    found = judged(
        {
            "entry_on": "2026-03-02",
            "boeth": True,
            "proofs": [{"kind": "rqth", "seen_on": "2026-03-01", "valid_to": "2030-01-01"}],
        }
    )
    assert found.verdict == "eligible"
    assert found.shown_to_others() == {"verdict": "eligible", "eligible_until": "2028-03-01"}
    assert judged({"entry_on": "2026-03-02", "boeth": True}).shown_to_others()["eligible_until"] is None


def test_a_decision_that_ended_before_the_entry_does_not_prove() -> None:
    found = judged(
        {
            "entry_on": "2026-03-02",
            "boeth": True,
            "proofs": [{"kind": "rqth", "seen_on": "2026-03-01", "valid_to": "2026-03-01"}],
        }
    )
    assert found.verdict == "proof_missing"


def test_unknown_rules_name_the_proof_that_would_settle_them() -> None:
    found = judged({"entry_on": "2026-03-02"})
    unknown = [one for one in found.rules if one.state == "unknown"]
    assert unknown
    assert all(one.questions and one.proofs for one in unknown)
    assert as_dict(found)["rules"][0]["proofs"]


_DAYS = st.dates(date(2021, 4, 1), date(2035, 1, 1))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    _DAYS,
    st.booleans() | st.none(),
    st.sampled_from([None, frozenset(), frozenset({"rsa"}), frozenset({"aah"})]),
    st.lists(st.tuples(_DAYS, st.text(min_size=1, max_size=9)), max_size=3),
)
def test_what_happens_after_the_entry_never_changes_the_judgement(
    entry: date, boeth: bool | None, allocations: frozenset[str] | None, later: list[tuple[date, str]]
) -> None:
    facts = Facts(entry_on=entry, boeth=boeth, allocations=allocations)
    rules = rule_set("ccag_2021", entry)
    before = judge(facts, rules)
    after = judge(replace(facts, changes=tuple(Change(*one) for one in later)), rules)
    assert (before.verdict, before.eligible_until, before.rules) == (
        after.verdict,
        after.eligible_until,
        after.rules,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("entry_on: 2026-13-45", "ligne 1, champ « entry_on » : « 2026-13-45 » n’est pas une date"),
        ("birth_on: 2001-01-01", "« entry_on » manque"),
        ("entry_on: 2026-01-01\nnom: Dupont", "ligne 2, champ « nom » : n’écrivez ni nom"),
        ("entry_on: 2026-01-01\nrevenu: 3", "ligne 2, champ « revenu » : ce champ est inconnu"),
        ("entry_on: 2026-01-01\nboeth: peut-être", "ligne 2, champ « boeth » : répondez true ou false"),
        ("entry_on: 2026-01-01\nallocations: rsa", "une liste est attendue"),
        ("entry_on: 2026-01-01\nallocations: [rmi]", "« rmi » est inconnu"),
        ("entry_on: 2026-01-01\nemployer: SARL", "n’est pas un type d’employeur"),
        ("entry_on: 2026-01-01\nlevel: 12", "un niveau de 0"),
        ("entry_on: 2026-01-01\nopinion: 1 85 05 78 006 084 36", "ressemble à un numéro de sécurité sociale"),
        (
            "entry_on: 2026-01-01\nregistrations:\n  - {start: 2025-01-01, end: 2024-01-01}",
            "n° 1 : la fin précède",
        ),
        ("entry_on: 2026-01-01\nregistrations:\n  - {end: 2024-01-01}", "« start » manque"),
        ("entry_on: 2026-01-01\nproofs:\n  - {kind: caf_rsa, colour: red}", "« colour » est inconnu"),
        ("entry_on: 2026-01-01\nchanges:\n  - {on: 2025-01-01, what: x}", "précède l’entrée"),
        ("entry_on: 2026-01-01\nbirth_on: 2027-01-01", "la naissance suit l’entrée"),
        ("entry_on: 2026-01-01\nfirst_clause_hire_on: 2027-01-01", "suit l’entrée"),
        ("entry_on: 2026-01-01\nentry_on: 2026-01-02", "est écrit deux fois"),
        ("entry_on: 1026-01-01", "l’année 1026 est impossible"),
        ("[", "n’est pas du YAML lisible"),
        ("- a", "doit commencer par des champs nommés"),
        ("allocations: " + "[" * 5000, "imbrique trop de niveaux"),
        ("allocations: " + "- " * 5000, "imbrique trop de niveaux"),
        ("#" * 30_000, "trop gros"),
    ],
)
def test_a_wrong_file_is_told_where_and_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "situation.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EligibilityError) as caught:
        read_facts(path)
    said = plain_spaces(str(caught.value))
    assert said.startswith("situation.yaml")
    assert told in said


LOCAL = """key: ici
label: Notre liste
extends: national
versions:
  - version: 1
    valid_from: 2020-01-01
    source: délibération du 3 mars 2020
    dated: 2020-03-03
    status: confirmed
    open: false
    without: [opinion]
    criteria:
      - key: sortants_ase
        label: Jeunes sortis de l’aide sociale à l’enfance
        category: social
        when: {situation: [leaving_ase], age: {below: 26}}
        proofs: [ase + identity]
"""


def test_a_territory_may_bring_its_own_list(tmp_path: Path) -> None:
    path = tmp_path / "ici.yaml"
    path.write_text(LOCAL, encoding="utf-8")
    rules = load_set(path, date(2026, 1, 1))
    assert rules.criteria[0].source == "délibération du 3 mars 2020"
    facts = facts_from({"entry_on": "2026-03-02", "birth_on": "2006-01-01", "situations": ["leaving_ase"]})
    found = judge(facts, rules)
    assert found.verdict == "proof_missing"
    assert [one.proof.key for one in found.reason.proofs] == ["ase", "identity"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("situation: [leaving_ase]", "humeur: true", "« humeur » n’existe pas"),
        ("situation: [leaving_ase]", "situation: [tired]", "demande une liste"),
        ("{below: 26}", "{under: 26}", "demande des bornes"),
        ("ase + identity", "ase + photo", "« photo » n’est pas dans la bibliothèque"),
        ("without: [opinion]", "without: [moon]", "« moon » n’est pas dans le jeu complété"),
        ("status: confirmed", "status: sure", "« status » vaut"),
        ("    open: false\n", "", "« open » manque"),
        ("dated: 2020-03-03", "dated: hier", "« dated » doit être une date"),
        ("extends: national", "extends: moon", "n’existe pas"),
        ("extends: national\n", "", "« window » manque"),
        ("label: Notre liste", "label: Notre liste\ncolour: red", "« colour » est inconnu"),
    ],
)
def test_a_wrong_list_is_told_where_and_what_to_do(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "ici.yaml"
    assert old in LOCAL
    text = LOCAL.replace(old, new)
    path.write_text(
        text.replace("    without: [opinion]\n", "") if old == "extends: national\n" else text, "utf-8"
    )
    with pytest.raises(EligibilityError) as caught:
        load_set(path, date(2026, 1, 1))
    assert told in plain_spaces(str(caught.value))


def test_an_installation_has_lists_of_its_own_and_a_wrong_one_is_left_out(tmp_path: Path) -> None:
    mine = (sets.FOLDER / "sets" / "local_vaucluse.yaml").read_text(encoding="utf-8")
    (tmp_path / "local_ain.yaml").write_text(
        mine.replace("local_vaucluse", "local_ain").replace("(Vaucluse)", "(Ain)"), encoding="utf-8"
    )
    (tmp_path / "national.yaml").write_text(mine, encoding="utf-8")
    (tmp_path / "faux.yaml").write_text("key: faux\n", encoding="utf-8")
    try:
        told = sets.use_own_sets(tmp_path)
        assert len(told) == 2 and "faux.yaml" in told[0] and "jeu fourni" in told[1]
        assert dict(sets.set_labels())["local_ain"] == "Exemple de liste locale (Ain)"
        assert sets.rule_set("local_ain", date(2026, 3, 2)).name == "local_ain/1"
        assert "faux" not in sets.set_keys() and sets.rule_set("national", date(2026, 3, 2)).criteria
    finally:
        assert sets.use_own_sets(tmp_path / "absent") == ()
    assert "local_ain" not in sets.set_keys()
