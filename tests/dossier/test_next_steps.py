"""The checklist is dated from the launch, and says what is already late."""

from datetime import date

import pytest

from levier.dossier.next_steps import assumed_launch, launch_before, next_steps, plan_for

TODAY = date(2026, 11, 22)


def test_the_launch_is_the_day_of_the_consultation() -> None:
    steps = next_steps(plan="clause", launch=date(2027, 4, 5), today=TODAY)
    assert [step.title for step in steps if step.day == date(2027, 4, 5)] == ["Lancer la consultation"]
    assert steps[0].day == date(2026, 12, 14)
    assert not any(step.is_late for step in steps)


def test_a_launch_too_near_shows_what_is_late() -> None:
    steps = next_steps(plan="clause", launch=date(2026, 12, 1), today=TODAY)
    assert steps[0].is_late
    assert not steps[-1].is_late


def test_a_mandatory_condition_adds_the_derogation_file() -> None:
    titles = [
        step.title
        for step in next_steps(plan="clause", launch=date(2027, 4, 5), today=TODAY, is_mandatory=True)
    ]
    assert any("dérogation" in title for title in titles)


def test_the_assumed_launch_is_a_monday_that_leaves_time() -> None:
    launch = assumed_launch(TODAY)
    assert launch.weekday() == 0
    assert (launch - TODAY).days >= 17 * 7


def test_a_known_start_is_counted_back_and_shown() -> None:
    start = date(2027, 9, 1)
    assert launch_before(start, today=TODAY, is_order=False) == date(2027, 5, 10)
    assert launch_before(start, today=TODAY, is_order=True) == date(2027, 8, 2)
    assert launch_before(date(2026, 12, 1), today=TODAY, is_order=False) == date(2026, 11, 23)
    steps = next_steps(plan="clause", launch=date(2027, 5, 10), today=TODAY, start=start)
    assert (steps[-1].day, steps[-1].title) == (start, "Début de la prestation")


@pytest.mark.parametrize(
    ("lever", "is_private", "plan"),
    [
        ("L2112-2", False, "clause"), ("R2122-8", False, "direct"), ("L2113-12", False, "reservation"),
        ("L2113-10", False, "clause"), ("R2123-1", False, "insertion_service"), ("EVI", True, "private"),
    ],
)  # fmt: skip
def test_each_lever_has_its_plan(lever: str, is_private: bool, plan: str) -> None:
    assert plan_for(lever, is_private=is_private) == plan


@pytest.mark.parametrize(("lever", "plan"), [("L2113-10", "lots"), ("L2112-2-1", "condition")])
def test_without_hours_nobody_is_asked_to_write_them(lever: str, plan: str) -> None:
    assert plan_for(lever, is_private=False, has_hours=False) == plan
    titles = " ".join(step.title for step in next_steps(plan=plan, launch=date(2027, 4, 5), today=TODAY))
    assert "calibrage" not in titles
    assert "clause" not in titles
