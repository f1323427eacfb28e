"""The documents most used, word for word: whoever changes a text sees what a buyer will read.

LEVIER_UPDATE_GOLDEN=1 writes them again.
"""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from levier.clauses.drafting import draft
from levier.clauses.exporting import as_markdown
from levier.rulebook.levers import Facts, HoursRange
from tests.clauses.test_drafting import FULL, SCHOOL
from tests.texts import plain_spaces

FOLDER = Path(__file__).parent / "golden"
CLEANING = Facts(
    buyer_kind="collectivite",
    contract_kind="services",
    need_amount_ht=210_000,
    launch_date=date(2026, 12, 1),
    cpv="90911200",
    has_staff_takeover=True,
    hours=HoursRange(400, 480, 520),
)
GREEN = Facts(
    buyer_kind="collectivite", contract_kind="services", need_amount_ht=240_000, launch_date=date(2026, 12, 1),
    cpv="77310000", is_framework=True,
)  # fmt: skip
TEXTS = {
    ("L2112-2", "avis"): SCHOOL,
    ("L2112-2", "rc"): CLEANING,
    ("L2112-2", "ccap"): SCHOOL,
    ("L2112-2", "ae"): SCHOOL,
    ("L2112-2", "fiche"): SCHOOL,
    ("L2112-2", "penalites"): SCHOOL,
    ("L2112-2", "lettre"): GREEN,
    ("L2112-2_R2152-7", "rc"): SCHOOL,
    ("R2152-7", "rc"): SCHOOL,
    ("R2152-7", "cadre"): SCHOOL,
    ("L2113-12", "avis"): SCHOOL,
    ("L2113-13", "rc"): SCHOOL,
    ("R2122-8", "lettre"): Facts(
        contract_kind="services",
        need_amount_ht=18_000,
        launch_date=date(2026, 12, 1),
        cpv="55520000",
        buyer_kind="collectivite",
    ),
    ("EVI", "annexe"): Facts(buyer_side="private", cpv="90911200", hours=HoursRange(400, 480, 520)),
}
VALUES = replace(
    FULL,
    hours=480,
    takeover_hours=400,
    territory="Roubaix",
    insurance="responsabilité civile professionnelle",
    concession_reserved_to="aux entreprises adaptées, aux ESAT et aux structures équivalentes",
    penalty_optional="aucune",
)


@pytest.mark.parametrize(("lever", "code"), sorted(TEXTS))
def test_the_text_is_the_one_that_was_read(lever: str, code: str) -> None:
    values = replace(VALUES, takeover_hours=400 if TEXTS[lever, code].has_staff_takeover else None)
    if TEXTS[lever, code].is_framework:
        values = replace(values, hours=None, tranche_hours=40, tranche_amount_ht=100_000, trigger_amount_ht=0)
    made = draft(lever, facts=TEXTS[lever, code], values=values).document(code)
    assert made is not None
    text = plain_spaces(as_markdown([made], title=made.title))
    path = FOLDER / f"{lever}-{code}.txt"
    if os.environ.get("LEVIER_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "read the difference; LEVIER_UPDATE_GOLDEN=1 keeps it"


def test_no_golden_text_is_left_behind() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {f"{lever}-{code}" for lever, code in TEXTS}
