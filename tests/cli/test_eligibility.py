"""`levier eligibility`: the answer rule by rule, and one sentence for a wrong file."""

from pathlib import Path

from tests.cli.calls import document, refusal, run
from tests.texts import plain_spaces

FACTS = """entry_on: 2026-03-02
allocations: [rsa]
proofs:
  - {kind: caf_rsa, issued_on: 2026-01-15, seen_on: 2026-02-20, seen_by: Mme Duval}
"""


def _file(folder: Path, text: str = FACTS) -> str:
    path = folder / "situation.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_answer_comes_first_then_the_rules(tmp_path: Path) -> None:
    told = plain_spaces(run("eligibility", "check", _file(tmp_path)).stdout)
    assert told.startswith("CCAG 2021 (version 1) : éligible")
    assert "Éligible jusqu’au 01/03/2028" in told
    assert "vu le 20/02/2026, par Mme Duval" in told
    assert "preuve qui trancherait : attestation d’inscription à France Travail" in told


def test_several_sets_in_one_document(tmp_path: Path) -> None:
    found = document("eligibility", "check", _file(tmp_path), "--set", "national", "--set", "iae_criteria")
    assert [one["rule_set"]["name"] for one in found["judgements"]] == ["national/1", "iae_criteria/1"]
    assert found["judgements"][0]["window"]["months"]["status"] == "to_confirm"


def test_a_wrong_field_is_refused_in_one_sentence(tmp_path: Path) -> None:
    told = refusal("eligibility", "check", _file(tmp_path, "entry_on: 2026-03-02\nprenom: Ali\n"))
    assert told.startswith("situation.yaml, ligne 2, champ « prenom »")
    assert "Ali" not in told
    assert "error" in document("eligibility", "check", str(tmp_path / "rien.yaml"), code=1)
    assert "jeux connus" in refusal("eligibility", "check", _file(tmp_path), "--set", "lune")


def test_the_rule_sets_are_listed_with_their_source() -> None:
    told = plain_spaces(run("eligibility", "rules").stdout)
    assert "ccag_2021/1" in told
    assert "liste ouverte" in told
    assert len(document("eligibility", "rules")["rule_sets"]) == 7
    known = {one["key"]: one for one in document("eligibility", "proofs")["proofs"]}
    assert (known["caf_rsa"]["validity"], known["caf_rsa"]["machine"]) == (3, "API Particulier")
    assert "tant que sa date le dit" in plain_spaces(run("eligibility", "proofs").stdout)
