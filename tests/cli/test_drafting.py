"""`levier levers` and `levier draft`: the examples of the manual, files in each format, refusals."""

from pathlib import Path

import pytest

from tests.cli.calls import document, refusal, run

LEVERS = ("levers", "--cpv", "45214210", "--amount", "1500000", "--months", "18", "--buyer", "public")
DRAFT = ("draft", "--lever", "L2112-2", "--document", "ccap", "--trade", "cleaning", "--hours", "480")


def test_the_levers_of_the_example() -> None:
    found = document(*LEVERS, "--launch", "2026-12-01")
    assert next(one["code"] for one in found["levers"] if one["outcome"] == "recommended") == "L2112-2"
    assert found["publication"]["decp"] == ["Clause sociale"]
    assert found["publication"]["eforms"][1] == {
        "term": "BT-775-Lot", "label": "Objectif social", "list_name": "social-objective", "value": "opp",
        "words": "emploi des personnes éloignées du travail ou handicapées",
    }  # fmt: skip
    assert "Clause sociale d’insertion" in run(*LEVERS).stdout


def test_chosen_levers_are_compared() -> None:
    found = document(*LEVERS, "--with", "L2113-12", "--with", "L2113-13-1")
    assert found["chosen"] == ["L2113-12", "L2113-13-1"]
    assert found["compatibility"][0]["verdict"] == "block"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "start"),
    [("docx", b"PK"), ("odt", b"PK"), ("pdf", b"%PDF-"), ("html", b"<!DOCTYPE"), ("txt", b"Cahier"), ("md", b"# Cahier")],
)  # fmt: skip
def test_a_text_leaves_in_each_format(tmp_path: Path, target: str, start: bytes) -> None:
    path = tmp_path / f"ccap.{target}"
    result = run(*DRAFT, "--format", target, "--out", str(path))
    assert result.exit_code == 0
    assert path.read_bytes().startswith(start)
    assert "pas encore prêt pour le juriste" in result.stdout
    assert "takeover_hours" in result.stdout


def test_a_text_can_be_read_in_the_terminal() -> None:
    text = run(*DRAFT).stdout
    assert text.startswith("# Cahier des clauses administratives particulières")
    assert "480" in text
    assert "reprise de personnel" in text


def test_every_value_of_a_text_can_be_set() -> None:
    found = document(
        *DRAFT, "--set", "penalty_hour=60", "--set", "penalty_kinds=hour", "--set", "start=2027-03-01"
    )
    ccap = found["documents"][0]["markdown"]
    assert "1er\u00a0mars 2027" in ccap
    assert "Bilan final non remis" not in ccap
    assert "penalty_hour" not in [gap["name"] for gap in found["gaps"]]


def test_ccp_is_the_ccap_and_the_cctp_together() -> None:
    found = document("draft", "--lever", "L2112-2", "--document", "ccp", "--trade", "works")
    (only,) = found["documents"]
    assert only["title"] == "Cahier des clauses particulières"
    assert "Tâches accessibles" in only["markdown"]


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        ((*DRAFT, "--format", "docx"), "--out", 2),
        (("draft", "--lever", "L1"), "Aucun texte", 1),
        ((*DRAFT, "--set", "penalty_hour"), "nom=valeur", 1),
        ((*DRAFT, "--set", "couleur=bleu"), "couleur", 1),
        (("draft", "--lever", "L2112-2", "--trade", "boulangerie"), "boulangerie", 1),
        (("draft", "--lever", "L2112-2", "--document", "contrat"), "contrat", 1),
        ((*DRAFT, "--out", "/nulle/part.md"), "n’existe pas : créez-le", 1),
        (("levers", "--cpv", "45214210", "--amount", "-3"), "montant", 1),
        (("levers", "--cpv", "45214210", "--with", "L1"), "L1", 1),
    ],
)  # fmt: skip
def test_a_bad_input_gets_a_sentence(arguments: tuple[str, ...], words: str, code: int) -> None:
    assert words in refusal(*arguments, code=code)


@pytest.mark.parametrize("amount", ["1 500 000", "1500000,00", "1,5 M€", "1 500 000 € HT"])
def test_an_amount_is_read_as_people_write_it(amount: str) -> None:
    found = document(
        "levers", "--cpv", "45214210", "--amount", amount, "--months", "18 mois", "--with", "l2112-2"
    )
    assert (found["facts"]["need_amount_ht"], found["facts"]["duration_months"]) == (1_500_000, 18)
    assert found["chosen"] == ["L2112-2"]


def test_a_folder_that_does_not_exist_is_said_in_french(tmp_path: Path) -> None:
    missing = tmp_path / "absent"
    said = refusal(*DRAFT, "--format", "docx", "--out", str(missing / "ccap.docx"))
    assert said == f"Le dossier « {missing} » n’existe pas : créez-le, ou donnez un autre chemin."
    assert "pas un dossier" in refusal(*DRAFT, "--out", str(tmp_path), code=2)
