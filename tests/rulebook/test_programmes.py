"""The programmes: what each charter asks, in its own unit and at its own dates."""

from datetime import date

import pytest

from levier.rulebook.programmes import UnknownProgramme, all_programmes, programme


def test_the_charter_of_2014_asks_shares_of_hours() -> None:
    charter = programme("anru-2014")
    on = date(2020, 1, 1)
    assert (charter.rule("works").unit, charter.rule("works").rate(on).value) == ("hours", 0.05)
    assert (charter.rule("gup").unit, charter.rule("gup").rate(on).value) == ("hours", 0.10)
    assert charter.rule("works").rate(on).is_confirmed


def test_the_charter_of_2005_counts_jobs_in_local_management() -> None:
    rule = programme("anru-2005").rule("gup")
    assert (rule.unit, rule.rate(date(2010, 1, 1)).value) == ("jobs", 0.10)


def test_after_2024_the_charter_is_to_confirm() -> None:
    assert programme("anru-2014").rule("works").rate(date(2026, 11, 22)).status == "to_confirm"


def test_the_games_asked_hours_and_amounts() -> None:
    rules = {rule.part: (rule.unit, rule.rate(date(2023, 1, 1)).value) for rule in programme("solideo").rules}
    assert rules == {"works": ("hours", 0.10), "amounts": ("amounts", 0.25)}


def test_the_games_are_over() -> None:
    with pytest.raises(UnknownProgramme, match="31/12/2024"):
        programme("solideo").rule("works").rate(date(2026, 1, 1))


def test_the_metro_asks_five_to_ten_percent() -> None:
    assert programme("gpe").rule().rate(date(2022, 1, 1)).bounds == (0.05, 0.10)


def test_an_unknown_programme_or_rule_is_answered_with_what_exists() -> None:
    with pytest.raises(UnknownProgramme, match="anru-2014"):
        programme("anru")
    with pytest.raises(UnknownProgramme, match="gup"):
        programme("anru-2014").rule("jobs")


def test_every_programme_says_for_whom() -> None:
    assert all(item.publics for item in all_programmes())
