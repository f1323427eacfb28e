"""{% url %}: what Django's tag gives; an address without arguments is looked up once for a template."""

import pytest
from django.template import Context, Template, defaulttags
from django.urls import NoReverseMatch, reverse


def shown(text: str, **given: object) -> list[str]:
    template = Template(text)
    return [template.render(Context(given)) for _ in range(2)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('{% url "portal:legal" %}', "/mentions-legales"),
        ('{% url "portal:legal" as here %}[{{ here }}]', "[/mentions-legales]"),
        ('{% url "portal:nowhere" as here %}[{{ here }}]', "[]"),
        ("{% url name %}", "/mentions-legales"),
    ],
)
def test_it_says_the_same_twice(text: str, address: str) -> None:
    assert shown(text, name="portal:legal") == [address, address]


def test_an_argument_or_a_name_that_changes_is_read_each_time() -> None:
    template = Template("{% for number in numbers %}{% url 'facilitators:own' number %} {% endfor %}")
    numbers = [3, 4]
    assert template.render(Context({"numbers": numbers})).split() == [
        reverse("facilitators:own", args=[one]) for one in numbers
    ]
    template = Template("{% url name %}")
    assert [template.render(Context({"name": name})) for name in ("portal:legal", "portal:privacy")] == [
        reverse("portal:legal"),
        reverse("portal:privacy"),
    ]


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        shown('{% url "portal:nowhere" %}')


def test_a_fixed_address_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    render = defaulttags.URLNode.render
    monkeypatch.setattr(
        defaulttags.URLNode, "render", lambda node, context: (asked.append(node), render(node, context))[1]
    )
    assert (
        shown('{% url "portal:legal" %}{% url name %}', name="portal:legal") == ["/mentions-legales" * 2] * 2
    )
    assert len(asked) == 3
