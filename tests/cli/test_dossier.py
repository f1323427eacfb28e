"""`levier dossier`: the document of the design, the text for people, the refusals."""

import pytest

from tests.cli.calls import document, refusal, run
from tests.odd_inputs import ANSWERED_TEXTS, NORMAL, REFUSED_TEXTS, REFUSED_VALUES
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

OPTIONS = {
    "place": "--place", "amount_ht": "--amount", "max_amount_ht": "--max-amount", "months": "--months",
    "takeover_hours": "--takeover-hours", "cpv": "--cpv", "lot_count": "--lots", "posts": "--posts",
    "programme": "--programme", "buyer_kind": "--buyer-kind", "launch_date": "--launch",
}  # fmt: skip
DESIGNED = {
    "need", "levers", "calibration", "suppliers", "questions", "facilitator", "similar_contracts", "clause",
    "next_steps", "warnings",
}  # fmt: skip


@pytest.mark.slow
def test_the_document_has_the_keys_of_the_design() -> None:
    found = document(
        "dossier", "rénovation d’une école", "--place", "Roubaix", "--amount", "1500000", "--months", "18"
    )
    assert set(found) == DESIGNED | {"answer", "made_on", "lever"}
    assert {"total", "work", "people", "unknown"} <= set(found["suppliers"])
    assert all(isinstance(found["suppliers"][shelf], list) for shelf in ("work", "people", "unknown"))
    assert found["need"]["place"]["name"] == "Roubaix"
    assert found["calibration"]["range"]["low"] == 893


@pytest.mark.slow
def test_a_sentence_and_options_give_the_same_dossier() -> None:
    said = document("dossier", "rénovation d’une école à Roubaix, 1,5 M€ sur 18 mois")
    typed = document(
        "dossier", "rénovation d’une école", "--place", "Roubaix", "--amount", "1500000", "--months", "18"
    )
    for part in ("levers", "calibration", "suppliers", "clause", "next_steps"):
        assert said[part] == typed[part], part


def test_the_text_says_the_answer_first() -> None:
    result = run("dossier", f"{NORMAL}, 1,5 M€, 18 mois")
    lines = plain_spaces(result.stdout).splitlines()
    assert result.exit_code == 0
    assert lines[0].startswith("Rénovation d’une école · CPV 452142")
    assert lines[2].startswith("  → Clause sociale d’insertion")
    for title in ("Leviers", "Calcul", "Facilitateur", "La suite", "À savoir"):
        assert title in lines


@pytest.mark.slow
def test_options_of_the_buyer_are_heard() -> None:
    private = document("dossier", f"{NORMAL}, 1,5 M€, 18 mois", "--buyer", "private")
    assert private["lever"] == "EVI"
    takeover = document(
        "dossier",
        "nettoyage de bureaux à Lille",
        "--amount",
        "120000",
        "--months",
        "24",
        "--takeover-hours",
        "140",
    )
    assert takeover["calibration"]["hours"] == 72
    chosen = document("dossier", f"{NORMAL}, 1,5 M€, 18 mois", "--lever", "R2152-7")
    assert chosen["lever"] == "R2152-7"


@pytest.mark.parametrize("text", REFUSED_TEXTS.values(), ids=list(REFUSED_TEXTS))
def test_a_text_no_purchase_can_be_is_refused(text: str) -> None:
    assert refusal("dossier", "--", text).endswith((".", "?"))


def test_a_refusal_is_one_document_too() -> None:
    found = document("dossier", NORMAL, "--amount", "0", "--place", "Zzyzx", code=1)
    assert {problem["field"] for problem in found["problems"]} == {"amount_ht", "place"}
    assert found["error"].endswith(".")


@pytest.mark.slow
@pytest.mark.parametrize("text", ANSWERED_TEXTS.values(), ids=list(ANSWERED_TEXTS))
def test_an_odd_text_is_answered(text: str) -> None:
    assert document("dossier", text)["need"]["given"]["text"] == text


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["\x00 nettoyage", "\ud800 nettoyage de bureaux", "\x1b[31m nettoyage de bureaux"]
)
def test_characters_no_text_has_never_break_the_command(text: str) -> None:
    assert run("dossier", text, "--json").exit_code in {0, 1}


@pytest.mark.parametrize(
    ("field", "value"), [(name, one) for name, many in REFUSED_VALUES.items() for one in many]
)
def test_a_bad_value_is_one_sentence_and_code_1(field: str, value: str) -> None:
    options = {"--amount": "1000000", "--months": "12", OPTIONS[field]: value}
    sentence = refusal("dossier", NORMAL, *[f"{name}={said}" for name, said in options.items()])
    assert sentence.endswith((".", "?"))


@pytest.mark.parametrize("option", ["--amount", "--max-amount", "--months", "--takeover-hours"])
@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_a_number_that_is_not_finite_is_refused(option: str, number: str) -> None:
    assert refusal("dossier", NORMAL, f"{option}={number}").endswith(".")


@pytest.mark.parametrize(
    "options",
    [
        ("--amount", "douze"),
        ("--lots", "2.5"),
        ("--launch", "12/03/2027"),
        ("--launch", "2026-13-01"),
        ("--buyer", "autre"),
    ],
)
def test_a_wrong_use_is_code_2(options: tuple[str, ...]) -> None:
    assert run("dossier", NORMAL, *options).exit_code == 2


def test_a_text_is_needed() -> None:
    assert run("dossier").exit_code == 2
