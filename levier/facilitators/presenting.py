"""The text of a convention as HTML: typed text never becomes markup, links are not made."""

import re

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from levier.facilitators.convention_text import ROOM_FOR_A_HAND

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])


def as_html(markdown: str) -> SafeString:
    """Headings go two levels down: the page has its own title. The room for a hand is for paper alone."""
    kept = markdown.replace(ROOM_FOR_A_HAND, "")
    lowered = "\n".join(f"##{line}" if line.startswith("#") else line for line in kept.splitlines())
    # markdown-it aligns cells by a style attribute, which the content policy refuses.
    made = re.sub(r' style="text-align:(?:left|center|right)"', "", _MARKDOWN.render(lowered))
    return mark_safe(made)  # noqa: S308 - raw HTML is shown as text
