"""The spaces a page is served with: unbreakable where French wants them, and nowhere a program reads."""

from typing import Any

import pytest
from django.test import Client

from levier.core.french_spaces import FrenchSpacesMiddleware, spaced
from levier.core.typography import NARROW
from levier.core.typography import NO_BREAK as WIDE


@pytest.mark.parametrize(
    ("html", "served"),
    [
        ("<p>Objet : voirie</p>", f"<p>Objet{WIDE}: voirie</p>"),
        ("<b>Objet</b> : voirie", f"<b>Objet</b>{WIDE}: voirie"),
        ("<p>présent ; et vous ?</p>", f"<p>présent{NARROW}; et vous{NARROW}?</p>"),
        ("<p>dites « oui »</p>", f"<p>dites «{WIDE}oui{WIDE}»</p>"),
        ("<p>« <b>oui</b> »</p>", f"<p>«{WIDE}<b>oui</b>{WIDE}»</p>"),
    ],
)
def test_no_line_breaks_before_a_sign(html: str, served: str) -> None:
    assert spaced(html) == served
    assert spaced(served) == served


@pytest.mark.parametrize(
    "html",
    [
        '<a title="a : b" href="/x?q=a ; b">x</a>',
        "<textarea>Objet : voirie</textarea>",
        "<script>const a = b ? c : d;</script>",
        "<pre>a : b</pre><!-- <p>a : b</p> -->",
        "<p>a :b, c ://d</p>",
        "<p>sans rien</p>",
    ],
)
def test_what_is_no_running_text_is_left(html: str) -> None:
    assert spaced(html) == html


@pytest.mark.django_db
def test_a_page_is_served_so_and_data_is_not(client: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        f"{FrenchSpacesMiddleware.__module__}.{FrenchSpacesMiddleware.__name__}",
    ]
    page = client.get("/")
    assert f"acheter, et où{NARROW}?" in page.content.decode()
    assert page["Content-Length"] == str(len(page.content))
    assert NARROW not in client.get("/api/v1/openapi.json").content.decode()
