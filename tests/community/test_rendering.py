"""What editors type: text becomes HTML that can do nothing; events become calendars that open."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from levier.community.calendars import COLUMNS, as_csv, as_ics, row_of
from levier.community.models import Event
from levier.community.rendering import as_html
from levier.reference.models import Commune

ALLOWED = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "a", "table", "thead", "tbody", "tr", "th", "td",
    "blockquote", "code", "pre", "hr", "br",
}  # fmt: skip


def test_titles_stand_below_those_of_the_page() -> None:
    html = as_html("# Un\n\n## Deux\n\n- **gras**")
    assert "<h3>Un</h3>" in html and "<h4>Deux</h4>" in html and "<strong>gras</strong>" in html
    levels = re.findall(
        r"<h(\d)", as_html("### Un\n\n###### Deux\n\n## Trois\n\n#### Quatre\n\n# Cinq", below=1)
    )
    assert levels == ["2", "3", "2", "3", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))", "[x](data:text/html;base64,AAAA)", "![x](https://ailleurs.invalid/suivi.gif)",
        "<div style='position:fixed'>x</div>", "[x](vbscript:x)", "<javascript:alert(1)>", "[x](file:///etc/passwd)",
        '[x](https://a.invalid "t\\" onmouseover=alert(1)")',
    ],
)  # fmt: skip
def test_what_is_typed_never_becomes_a_script_a_style_or_a_picture(text: str) -> None:
    html = as_html(text)
    tags = re.findall(r"<(\w+)([^>]*)>", html)
    assert {name for name, _ in tags} <= ALLOWED
    for name, attributes in tags:
        assert not re.search(r"\bon\w+=|style=|src=", attributes), html
        assert name == "a" or not attributes
    assert not re.search(r'href="(javascript|data|vbscript|file)', html, re.I)


def test_good_links_and_tables_stay() -> None:
    html = as_html(
        "[le site](https://exemple.invalid/a) [écrire](mailto:a@exemple.invalid)\n\n|a|b|\n|--:|:-|\n|1|2|"
    )
    assert '<a href="https://exemple.invalid/a" rel="noopener nofollow ugc">le site</a>' in html
    assert 'href="mailto:a@exemple.invalid"' in html
    assert "<table>" in html and "style" not in html


@pytest.mark.slow
@given(some.text(max_size=300))
def test_no_text_makes_another_tag(text: str) -> None:
    assert set(re.findall(r"</?([a-zA-Z!][\w-]*)", as_html(text))) <= ALLOWED


def event(**fields: object) -> Event:
    given = {
        "pk": 7, "kind": "salon", "title": "Salon ; achats, « utiles »", "organiser": "Réseau",
        "starts_at": datetime(2027, 3, 12, 8, 0, tzinfo=UTC), "ends_at": datetime(2027, 3, 12, 11, 30, tzinfo=UTC),
        "description": "Une ligne\nUne autre", "updated_at": datetime(2027, 1, 2, tzinfo=UTC), "venue": "Salle \\ A",
        "commune": Commune(code="59512", name="Roubaix"),
    }  # fmt: skip
    return Event(**(given | fields))


def test_a_calendar_is_in_utc_marked_folded_and_says_what_is_cancelled() -> None:
    url = "https://exemple.invalid/portails/x/evenements/7"
    text = as_ics([(event(), url)], name="Agenda", host="exemple.invalid")
    assert text.endswith("END:VCALENDAR\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "UID:evenement-7@exemple.invalid\r\n" in whole
    assert "DTSTART:20270312T080000Z\r\nDTEND:20270312T113000Z\r\n" in whole
    assert "SUMMARY:Salon \\; achats\\, « utiles »\r\n" in whole
    assert "LOCATION:Salle \\\\ A\\, Roubaix\r\n" in whole
    assert "DESCRIPTION:Une ligne\\nUne autre\\n" in whole
    assert "STATUS:CONFIRMED" in whole
    cancelled = as_ics([(event(cancelled_at=datetime(2027, 1, 3, tzinfo=UTC)), url)], name="A", host="h")
    assert "STATUS:CANCELLED" in cancelled


@pytest.mark.slow
@given(some.text(max_size=200))
def test_no_title_breaks_a_calendar(title: str) -> None:
    lines = as_ics([(event(title=title), "https://a.invalid")], name=title, host="h").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    starts = [line for line in lines if line and not line.startswith(" ")]
    assert [line for line in starts if line.startswith("BEGIN")] == ["BEGIN:VCALENDAR", "BEGIN:VEVENT"]
    assert all(re.match(r"[A-Z-]+:", line) for line in starts)


def test_the_table_of_events_holds_no_formula() -> None:
    rows = [row_of(event(title="=1+1"), "https://a.invalid")]
    found = list(csv.reader(io.StringIO(as_csv(rows).removeprefix("\ufeff")), delimiter=";"))
    assert tuple(found[0]) == COLUMNS
    assert dict(zip(*found, strict=True))["titre"] == "'=1+1"
    assert rows[0]["debut"] == "2027-03-12T09:00:00+01:00"


def test_an_event_says_when_and_where() -> None:
    assert event().when_label == "12\u00a0mars 2027, de 9\u00a0h à 12\u00a0h\u00a030"
    long = event(ends_at=datetime(2027, 3, 14, 17, 0, tzinfo=UTC))
    assert long.when_label == "du 12\u00a0mars 2027, 9\u00a0h, au 14\u00a0mars 2027, 18\u00a0h"
    assert event(is_online=True).place_label == "Salle \\ A, Roubaix, et en ligne"
    assert event(is_online=True, commune=None).place_label == "en ligne"


def test_what_was_typed_is_printed_as_french_is() -> None:
    html = as_html("Vous achetez ? L'annuaire dit « ici » : [voir](/x) `a ? b`")
    assert "achetez\u00a0? L’annuaire dit «\u00a0ici\u00a0»\u00a0: " in html and "a ? b" in html
