"""What a choice of levers becomes in public data, against the official schemas and lists."""

import copy
import json
import re
from pathlib import Path

import jsonschema
import pytest

from levier.clauses.publication import OCDS_EXTENSIONS, SOCIAL_OBJECTIVES, is_published, publication_fields
from levier.clauses.values import ClauseError
from levier.rulebook.levers import LEVERS

EXPECTED = {
    ("L2112-2",): (["Clause sociale"], "soc-obj", "none", "no"),
    ("L2112-2-1",): (["Clause sociale"], "soc-obj", "none", "no"),
    ("R2152-7",): (["Critère social"], "soc-obj", "none", "no"),
    ("L2112-2_R2152-7",): (["Clause sociale", "Critère social"], "soc-obj", "none", "no"),
    ("L2113-12",): (["Marché réservé"], "soc-obj", "res-ws", "no"),
    ("L2113-13",): (["Marché réservé"], "soc-obj", "res-ws", "no"),
    ("L2113-13-1",): (["Marché réservé"], "soc-obj", "res-ws", "yes"),
    ("L2113-14",): (["Marché réservé"], "soc-obj", "res-ws", "no"),
    ("L2113-15",): (["Marché réservé"], "soc-obj", "res-pub-ser", "no"),
    ("L2691-1",): (["Clause sociale"], "soc-obj", "none", "no"),
    ("R2123-1",): (["Clause sociale", "Critère social"], "soc-obj", "none", "no"),
    ("R2122-8",): (["Pas de considération sociale"], "none", "none", "no"),
    ("L2111-1", "L2113-10"): (["Pas de considération sociale"], "none", "none", "no"),
    ("L2112-2", "R2152-7", "L2113-12"): (
        ["Clause sociale", "Critère social", "Marché réservé"], "soc-obj", "res-ws", "no",
    ),
}  # fmt: skip


def terms(found):
    return {one.term: one.value for one in found.eforms}


@pytest.mark.parametrize(("levers", "expected"), EXPECTED.items())
def test_each_choice_has_its_values(levers, expected):
    found = publication_fields(levers)
    decp, strategic, reserved, execution = expected
    assert list(found.decp) == decp
    assert terms(found)["BT-06-Lot"] == strategic
    assert terms(found)["BT-71-Lot"] == reserved
    assert terms(found)["BT-736-Lot"] == execution
    assert ("BT-775-Lot" in terms(found)) is (strategic == "soc-obj")
    (lot,) = found.ocds["tender"]["lots"]
    assert lot["hasSustainability"] is (strategic == "soc-obj")
    assert ("otherRequirements" in lot) is (reserved != "none")


def test_concessions_have_their_own_value():
    assert publication_fields(["L3114-2"], is_concession=True).decp == ("Clause sociale",)
    assert publication_fields(["L3113-1"], is_concession=True).decp == ("Concession réservée",)
    assert publication_fields(["L3124-5"], is_concession=True).decp == ("Critère social",)


def test_nothing_decided_is_not_no_consideration_and_a_private_contract_publishes_nothing():
    for levers in ((), ("EVI",), ("ACHAT-PRIVE",)):
        found = publication_fields(levers)
        assert (found.decp, found.eforms, found.ocds, found.decp_object) == ((), (), {}, {})
        assert found.notes


def test_our_own_readings_say_so():
    assert publication_fields(["R2123-1"]).status == "to_confirm"
    assert publication_fields(["L2113-13-1"]).status == "to_confirm"
    assert publication_fields(["L2112-2"]).status == "confirmed"


def test_an_unknown_code_gets_a_sentence():
    with pytest.raises(ClauseError, match="levier"):
        publication_fields(["L1"])
    with pytest.raises(ClauseError, match="objectif"):
        publication_fields(["L2112-2"], objectives=["emploi"])


def test_a_social_condition_without_hours_may_serve_another_objective():
    found = publication_fields(["L2112-2"], objectives=["gen-eq", "opp"])
    assert [one.value for one in found.eforms if one.term == "BT-775-Lot"] == ["gen-eq", "opp"]


SCHEMAS = Path(__file__).parent / "schemas"
OCDS = json.loads((SCHEMAS / "ocds-release-1.1.4.json").read_text(encoding="utf-8"))
EXTENSIONS = json.loads((SCHEMAS / "ocds-extensions.json").read_text(encoding="utf-8"))


def merged(target, patch):
    """A JSON merge patch (RFC 7396): how an OCDS extension changes the release schema."""
    if not isinstance(patch, dict):
        return patch
    kept = target if isinstance(target, dict) else {}
    return kept | {name: merged(kept.get(name), value) for name, value in patch.items()}


@pytest.mark.parametrize("lever", [one.code for one in LEVERS if is_published(one.code)])
def test_a_whole_ocds_release_holds_our_fields_and_their_extensions_are_declared(lever: str) -> None:
    """The official schema, then the same with the extensions, judges the release; an unknown field is refused."""
    found = publication_fields([lever])
    release = {
        "ocid": "ocds-213czf-1", "id": "1", "date": "2026-12-01T09:00:00Z", "tag": ["tender"],
        "initiationType": "tender", "language": "fr", "tender": {"id": "1", "status": "active"} | found.ocds["tender"],
    }  # fmt: skip
    validator = jsonschema.Draft4Validator(OCDS)
    validator.validate(release)
    assert not validator.is_valid(release | {"tag": ["social"]})
    patched = jsonschema.Draft4Validator(merged(OCDS, EXTENSIONS))
    patched.validate(release)
    (lot,) = found.ocds["tender"]["lots"]
    for wrong in (
        {"hasSustainability": "oui"},
        {"sustainability": [{"goal": "social.insertion"}]},
        {"sustainability": []},
        {"otherRequirements": {"reservedParticipation": ["siae"]}},
        {"contractTerms": {}},
        {"reservedParticipation": ["shelteredWorkshop"]},
    ):
        tender = release["tender"] | {"lots": [lot | wrong]}
        assert not patched.is_valid(release | {"tender": tender}), wrong
    core = OCDS["definitions"]["Tender"]["properties"]
    foreign = {"lots", *lot} - {"id"}
    assert not foreign & core.keys()
    assert {OCDS_EXTENSIONS[name] for name in foreign} == set(found.ocds_extensions)


@pytest.mark.real_data
@pytest.mark.parametrize("version", ["2.0.2", "2.0.3", "2.0.4"])
def test_the_official_schema_accepts_our_contracts(shared_data: Path, version: str) -> None:
    schemas = shared_data / "5_marches" / "schemas"
    schema = json.loads((schemas / f"schema_decp_v{version}.json").read_text(encoding="utf-8"))
    examples = shared_data / "5_marches" / "decp_2022" / "exemples_officiels" / "marches_concessions.json"
    official = json.loads(examples.read_text(encoding="utf-8"))["marches"]
    seen: dict[str, set[str]] = {"marche": set(), "contrat-concession": set()}
    for lever in LEVERS:
        kind = "contrat-concession" if lever.code.startswith("L3") else "marche"
        found = publication_fields([lever.code], is_concession=kind != "marche")
        if not found.decp:
            continue
        validator = jsonschema.Draft7Validator(schema)
        document = {"marches": {kind: [copy.deepcopy(official[kind][0]) | found.decp_object]}}
        validator.validate(document)
        document["marches"][kind][0]["considerationsSociales"] = {"considerationSociale": ["Clause inconnue"]}
        assert not validator.is_valid(document)
        seen[kind].update(found.decp)
    assert seen["marche"] == {
        "Clause sociale",
        "Critère social",
        "Marché réservé",
        "Pas de considération sociale",
    }
    assert seen["contrat-concession"] == {"Clause sociale", "Critère social", "Concession réservée"}


def codes_of(shared_data: Path, name: str) -> set[str]:
    text = (shared_data / "2_nomenclatures" / "eforms" / f"{name}.gc").read_text(encoding="utf-8")
    rows = re.findall(r"<Row>(.*?)</Row>", text, re.DOTALL)
    values = [
        re.search(r'ColumnRef="code"[^>]*>\s*<SimpleValue>(.*?)</SimpleValue>', row, re.DOTALL)
        for row in rows
    ]
    return {found.group(1).strip() for found in values if found}


@pytest.mark.real_data
def test_our_european_codes_are_those_of_the_official_lists_and_of_its_examples(shared_data: Path) -> None:
    lists = {
        "strategic-procurement": codes_of(shared_data, "strategic-procurement"),
        "social-objective": codes_of(shared_data, "social-objective"),
        "reserved-procurement": codes_of(shared_data, "reserved-procurement"),
        "reserved-execution": codes_of(shared_data, "applicability_reserved-execution"),
    }
    assert set(SOCIAL_OBJECTIVES) == lists["social-objective"]
    used = {(one.list_name, one.value) for lever in LEVERS for one in publication_fields([lever.code]).eforms}
    assert {name for name, _ in used} == set(lists)
    assert all(value in lists[name] for name, value in used)
    folder = shared_data / "5_marches" / "eforms_exemples_sdk"
    notices = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.xml"))
    for name in lists:
        assert f'listName="{name}"' in notices


def test_every_lever_says_whether_it_is_published():
    assert {lever.code for lever in LEVERS if is_published(lever.code)} == {
        "L2112-2", "L2112-2-1", "L2112-2_R2152-7", "R2152-7", "L2113-12", "L2113-13", "L2113-13-1", "L2113-14",
        "L2113-15", "L2691-1", "L3113-1", "L3114-2", "L3114-2-1", "L3124-5", "R2123-1",
    }  # fmt: skip
