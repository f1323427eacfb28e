"""Figures and dates in templates, as a French reader expects them."""

from datetime import UTC, datetime

from django.template import Context, Template


def test_the_day_of_a_moment_is_the_one_in_paris() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert Template("{{ when|day }}").render(Context({"when": late})) == "23\u00a0novembre 2026"
