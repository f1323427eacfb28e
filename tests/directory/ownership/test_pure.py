"""Proofs by domain, freshness in words, score, words of capacity: no database."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levier.directory.ownership.freshness import freshness_of, months_between
from levier.directory.ownership.proofs import is_own_domain, proofs_from
from levier.directory.ownership.scoring import ADVICE, FRESHNESS_POINTS, WEIGHTS, score_sheet
from levier.directory.ownership.wording import area_words, capacity_words, group_text, teams_in_lines

TODAY = date(2027, 3, 12)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
FULL = {
    "lines": [{}], "description": "x" * 200, "references": [{}, {}], "offers": [{}], "label:rge": {},
    "workforce": {"insertion": 3}, "phone": "1", "email": "a@b.fr", "images": [{}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "is_proof"),
    [
        ("accueil@ateliers.fr", True),
        ("Directrice@Ateliers.FR", True),
        ("x@jardins.asso.fr", True),
        ("listee@orange.fr", True),
        ("autre@orange.fr", False),
        ("x@sous.ateliers.fr", False),
        ("x@ateliers.fr.mechant.com", False),
        ("ateliers.fr", False),
        ("", False),
    ],
)
def test_a_code_goes_to_listed_addresses_and_their_own_domain_only(address: str, is_proof: bool) -> None:
    proofs = proofs_from(["accueil@ateliers.fr", "listee@orange.fr"], ["http://www.jardins.asso.fr/accueil"])
    assert proofs.accepts(address) is is_proof


@pytest.mark.parametrize(
    "domain", ["gmail.com", "orange.fr", "wanadoo.fr", "moi.wixsite.com", "asso.fr", "localhost", "", "a..fr"]
)
def test_a_shared_domain_proves_nothing(domain: str) -> None:
    assert not is_own_domain(domain)


@pytest.mark.parametrize(
    ("days", "tone", "words"),
    [
        (0, "ok", "confirmé aujourd’hui"),
        (1, "ok", "confirmé hier"),
        (20, "ok", "confirmé il y a 20 jours"),
        (62, "ok", "confirmé il y a 2 mois"),
        (250, "neutral", "confirmé il y a 8 mois"),
        (430, "check", "non confirmé depuis 14 mois"),
    ],
)
def test_an_old_word_fades_in_word_and_tone(days: int, tone: str, words: str) -> None:
    found = freshness_of(TODAY - timedelta(days=days), TODAY)
    assert found is not None
    assert (found.tone, found.words) == (tone, words)


def test_who_never_spoke_has_no_freshness() -> None:
    assert freshness_of(None, TODAY) is None


@pytest.mark.slow
@given(DAYS, DAYS)
def test_months_never_go_below_zero_nor_backwards(one: date, other: date) -> None:
    months = months_between(one, other)
    assert months >= 0
    assert months_between(one, other + timedelta(days=31)) >= months


def test_the_weights_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) + FRESHNESS_POINTS == 100
    assert set(ADVICE) == {*WEIGHTS, "freshness"}


def test_a_full_sheet_confirmed_today_has_a_hundred_points_and_nothing_to_do() -> None:
    score = score_sheet(FULL, TODAY, TODAY)
    assert (score.points, score.next_part) == (100, "")


def test_an_empty_sheet_is_told_to_state_its_activities_first() -> None:
    score = score_sheet({}, None, TODAY)
    assert (score.points, score.next_part, score.next_section) == (0, "lines", "activites")


def test_a_full_sheet_of_two_years_is_told_to_confirm() -> None:
    score = score_sheet(FULL, date(2025, 1, 1), TODAY)
    assert (score.points, score.next_part) == (80, "freshness")


@pytest.mark.slow
@given(st.sets(st.sampled_from(sorted(FULL))), st.one_of(st.none(), DAYS))
def test_a_score_stays_within_a_hundred_and_filling_a_part_never_lowers_it(
    names: set[str], confirmed: date | None
) -> None:
    partial = {name: FULL[name] for name in names}
    score = score_sheet(partial, confirmed, TODAY)
    assert 0 <= score.points <= score_sheet(FULL, confirmed, TODAY).points <= 100


@dataclass(frozen=True)
class Said:
    """A statement of free teams."""

    sector: str = ""
    area: str = ""
    month: date = date(2027, 3, 1)
    quantity: int = 2
    unit: str = "teams"
    stated_on: date = date(2027, 2, 3)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(), "2\xa0équipes libres en mars (dit le 3\xa0février)"),
        (Said(quantity=1, unit="people"), "1\xa0personne libre en mars (dit le 3\xa0février)"),
        (Said(quantity=0), "aucune équipe libre en mars (dit le 3\xa0février)"),
        (Said(area="Lille"), "2\xa0équipes libres en mars, Lille (dit le 3\xa0février)"),
        (Said(stated_on=date(2026, 12, 30), month=date(2027, 1, 1)),
         "2\xa0équipes libres en janvier 2027 (dit le 30\xa0décembre)"),
    ],
)  # fmt: skip
def test_free_teams_are_said_with_the_day_they_were_stated(said: Said, words: str) -> None:
    assert capacity_words(said) == words


def test_months_in_a_row_of_which_the_same_is_said_are_one_line() -> None:
    months = [Said(month=date(2027, number, 1)) for number in (5, 3, 4)]
    other, later = Said(month=date(2027, 6, 1), quantity=1), Said(month=date(2027, 9, 1))
    assert teams_in_lines([*months, other, later]) == [
        "2\xa0équipes libres de mars à mai (dit le 3\xa0février)",
        "1\xa0équipe libre en juin (dit le 3\xa0février)",
        "2\xa0équipes libres en septembre (dit le 3\xa0février)",
    ]
    said = date(2026, 11, 26)
    winter = [Said(month=one, stated_on=said) for one in (date(2026, 12, 1), date(2027, 1, 1))]
    assert teams_in_lines(winter) == [
        "2\xa0équipes libres de décembre 2026 à janvier 2027 (dit le 26\xa0novembre)"
    ]
    spring = [Said(month=one, stated_on=said) for one in (date(2027, 4, 1), date(2027, 5, 1))]
    assert teams_in_lines(spring) == ["2\xa0équipes libres d’avril à mai 2027 (dit le 26\xa0novembre)"]


def test_areas_and_groups_are_written_in_french() -> None:
    assert area_words({"kind": "radius", "km": 40}) == "jusqu’à 40\xa0km"
    assert area_words(
        {"kind": "departements", "codes": ["59", "62"], "names": ["Nord", "Pas-de-Calais"]}
    ) == ("départements : Nord, Pas-de-Calais")
    assert area_words({"kind": "france"}) == "France entière"
    assert group_text("offers", []) == "aucun"
    assert group_text("label:rge", {"until": "2027-12-31"}) == (
        "Reconnu garant de l’environnement (RGE), jusqu’au 31\xa0décembre 2027"
    )
    assert group_text("phone", "03") is None
