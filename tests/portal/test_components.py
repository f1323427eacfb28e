"""Components: what they print for what they are given."""

from dataclasses import dataclass

import pytest
from django.template import Context, Template

from levier.core.templatetags.components import pagination


@dataclass
class Pages:
    number: int
    last: int

    def url_of(self, number: int) -> str:
        return f"?page={number}"


def printed(source: str, **values: object) -> str:
    return Template("{% load components %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("number", "last", "expected"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_pagination_shows_the_ends_and_the_neighbours(
    number: int, last: int, expected: list[int | None]
) -> None:
    assert [shown for shown, _ in pagination(Pages(number, last))["pages"]] == expected  # type: ignore[attr-defined]


def test_one_page_has_no_pagination() -> None:
    assert printed("{% pagination pages %}", pages=Pages(1, 1)).strip() == ""


def test_the_current_page_is_not_a_link() -> None:
    html = printed("{% pagination pages %}", pages=Pages(2, 3))
    assert 'aria-current="page"' in html
    assert 'href="?page=2"' not in html
    assert 'href="?page=3" rel="next"' in html


def test_a_status_says_its_word_and_hides_its_icon_from_readers() -> None:
    html = printed('{% status "check" "À vérifier" %}')
    assert "status-check" in html
    assert "À vérifier" in html
    assert 'aria-hidden="true"' in html


def test_values_are_escaped_wherever_they_are_printed() -> None:
    hostile = "<script>alert(1)</script>"
    source = (
        '{% status "ok" x %}{% chip x x "?" %}{% origin x %}{{ x }}{% endorigin %}'
        "{% fold x %}{{ x }}{% endfold %}"
        '{% notice "info" x %}{{ x }}{% endnotice %}{% empty x %}{% endempty %}{% measure x x x x %}'
        "{% map_panel points x %}"
    )
    html = printed(source, x=hostile, points={"points": [{"name": hostile}]}, map_tiles_url="")
    assert "<script>alert" not in html


def test_a_chip_with_an_address_removes_its_filter() -> None:
    html = printed('{% chip "ESAT" "" "/fournisseurs" %}')
    assert 'href="/fournisseurs"' in html
    assert "Retirer" in html


def test_what_only_a_script_can_do_is_hidden_without_one() -> None:
    assert "hidden" in printed('{% copy_button "texte" %}')
