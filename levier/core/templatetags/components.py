"""Components every page is made of; the gallery at /composants shows each of them.

They know no business noun: a caller gives words and values, already in French.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Line ends of Unicode would end a line of a script where they end none of JSON.
_JSON_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}
_INDENTATION = re.compile(r"\s*\n\s*")

# Tone of a status, a notice → icon of the sprite. A tone is never shown by its colour alone.
TONES = {"ok": "check", "check": "warning", "danger": "stop", "info": "info", "neutral": "dot"}
_MESSAGE_TONES = {"success": "ok", "warning": "check", "error": "danger"}


class Pages(Protocol):
    """What `pagination` asks of a page of results."""

    number: int
    last: int

    def url_of(self, number: int) -> str:
        """Address of another page, filters kept."""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; with a label it speaks, without one it is decoration."""
    address = f"{static('core/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.filter
def tone_icon(tone: str) -> str:
    """Icon of a tone."""
    return TONES[tone]


@register.filter
def message_tone(message: Message) -> str:
    """Tone of one of Django's messages."""
    return _MESSAGE_TONES.get(message.level_tag, "info")


@register.simple_tag
def status(tone: str, word: str) -> SafeString:
    """A state: word, icon and colour. Tones: ok, check, danger, info, neutral."""
    return format_html('<span class="status status-{}">{}{}</span>', tone, icon(TONES[tone]), word)


@register.simple_tag
def unconfirmed(word: str = "valeur à confirmer") -> SafeString:
    """The quiet mark beside a figure whose source is not confirmed."""
    return format_html('<span class="unconfirmed">{}</span>', word)


@register.simple_tag
def chip(value: object, name: str = "", remove_url: str = "", remove_word: str = "Retirer") -> SafeString:
    """A value in a pill; with ``remove_url`` it is a link that takes the filter away."""
    text = format_html('<span class="chip-name">{} :</span> {}', name, value) if name else value
    if not remove_url:
        return format_html('<span class="chip">{}</span>', text)
    return format_html(
        '<a class="chip" href="{}"><span class="visually-hidden">{} </span>{}{}</a>',
        remove_url, remove_word, text, icon("close"),
    )  # fmt: skip


@register.simple_block_tag
def origin(content: str, question: str = "D’où vient ce chiffre ?") -> str:
    """What unfolds under a figure: formula, values, source, date, status."""
    return render_to_string("core/components/origin.html", {"content": content, "question": question})


@register.simple_block_tag
def compact(content: str) -> SafeString:
    """The same HTML without indentation: a long page would carry a tenth of its weight in blanks."""
    return mark_safe(_INDENTATION.sub("\n", content))  # noqa: S308 - the block is already rendered and escaped


@register.simple_block_tag
def fold(content: str, title: str, is_open: bool = False) -> str:
    """A part that is folded until asked for."""
    return render_to_string(
        "core/components/fold.html", {"content": content, "title": title, "is_open": is_open}
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "", role: str = "") -> str:
    """A message in the page. ``role="alert"`` only for what just happened."""
    return render_to_string(
        "core/components/notice.html", {"content": content, "tone": tone, "title": title, "role": role}
    )


@register.simple_block_tag
def empty(content: str, title: str) -> str:
    """Nothing to show: says so, and teaches the next step."""
    return render_to_string("core/components/empty.html", {"content": content, "title": title})


@register.simple_block_tag
def datatable(content: str, caption: str, as_cards: bool = True, is_caption_hidden: bool = False) -> str:
    """A table that scrolls by keyboard; on a phone its rows become cards (cells carry data-label)."""
    return render_to_string(
        "core/components/datatable.html",
        {
            "content": content,
            "caption": caption,
            "as_cards": as_cards,
            "is_caption_hidden": is_caption_hidden,
        },
    )


@register.inclusion_tag("core/components/measure.html")
def measure(value: object, label: str, unit: str = "", hint: str = "") -> dict[str, object]:
    """A large figure, written in French, its unit, what it counts. Stands in a <dl class="measures">."""
    return {"value": value, "label": label, "unit": unit, "hint": hint}


@register.inclusion_tag("core/components/pagination.html")
def pagination(page: Pages, label: str = "Pages de résultats") -> dict[str, object]:
    """Links to the first, last and neighbouring pages."""
    near = {1, page.last, page.number - 1, page.number, page.number + 1}
    shown = sorted(number for number in near if 1 <= number <= page.last)
    pages: list[tuple[int | None, str]] = []
    for position, number in enumerate(shown):
        if position and number - shown[position - 1] > 1:
            pages.append((None, ""))
        pages.append((number, page.url_of(number)))
    return {
        "label": label,
        "last": page.last,
        "current": page.number,
        "pages": pages,
        "previous_url": page.url_of(page.number - 1) if page.number > 1 else "",
        "next_url": page.url_of(page.number + 1) if page.number < page.last else "",
    }


@register.inclusion_tag("core/components/facet.html")
def facet(
    title: str, name: str, options: Sequence[Mapping[str, Any]], is_open: bool = False, hint: str = ""
) -> dict[str, object]:
    """Check boxes with counts. An option has ``value``, ``label``, ``count`` (or None) and ``is_on``.

    It may have ``options`` of its own, shown under it, and a ``name`` when its field is another one.
    """
    shown = [{"name": name, "options": ()} | dict(option) for option in options]
    return {"title": title, "name": name, "options": shown, "is_open": is_open, "hint": hint}


@register.inclusion_tag("core/components/copy_button.html")
def copy_button(source_id: str, label: str = "Copier le texte") -> dict[str, object]:
    """Copies the text of one element; hidden where there is no script, since the text can be selected."""
    return {"source_id": source_id, "label": label}


@register.inclusion_tag("core/components/progress.html")
def progress(
    value: int, most: int, label: str, sentence: str, progress_id: str = "avancement"
) -> dict[str, object]:
    """How far a long job is: a bar, and the same in words."""
    return {"value": value, "most": most, "label": label, "sentence": sentence, "progress_id": progress_id}


@register.inclusion_tag("core/components/map.html", takes_context=True)
def map_panel(
    context: Mapping[str, Any], points: Mapping[str, Any], label: str = "Carte", map_id: str = "carte"
) -> dict[str, object]:
    """« Voir la carte ». ``points``: {"points": [{lat, lon, name, url?, note?, is_soft?, mark?, tone?}], "centre"?, "radius_km"?,
    "source"?, "legend"?}.

    ``line``, for name and url: the id of a line of the page whose first link says both.
    ``is_soft``: a point beside the subject, drawn hollow. ``mark`` and ``tone``: its letters and its colour (`.map-tone-…`), by sort.
    ``source``: address of a GeoJSON asked with « bbox » and « zoom » at each move, whose features have a « count » and a « label »,
    then « bounds » (a group one may enter) or « suppliers » (who stands there). ``legend``: a sentence under the map.
    The page also loads `core/map.js` in its ``scripts`` block. The map adds nothing the list does not say.
    """
    return {
        "map_id": map_id,
        "label": label,
        "outlines_url": reverse("portal:outlines"),
        "tiles_url": context.get("map_tiles_url", ""),
        "points_json": format_html(
            '<script id="{}-points" type="application/json">{}</script>', map_id, _json_block(points)
        ),
    }


@register.simple_tag
def json_ld(value: Mapping[str, Any]) -> SafeString:
    """What the page says, for machines (schema.org): a block of data, which no browser runs."""
    return format_html('<script type="application/ld+json">{}</script>', _json_block(value))


def _json_block(value: Mapping[str, Any]) -> SafeString:
    """JSON inside a page, without a blank to spare: « < », « > » and « & » are written as escapes, no value can close the block."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_JSON_ESCAPES)
    return mark_safe(text)  # noqa: S308 - escaped above


@register.simple_tag
def field(bound: BoundField) -> str:
    """One form field: label, help, errors tied to the control; a wrong one is marked for the focus."""
    if bound.is_hidden:
        return str(bound)
    is_group = isinstance(bound.field.widget, CheckboxSelectMultiple | RadioSelect)
    is_check = isinstance(bound.field.widget, CheckboxInput)
    context = {"field": bound, "is_group": is_group, "is_check": is_check}
    return render_to_string("core/components/field.html", context)
