"""The text of a convention as HTML: typed text never becomes markup, links are not made."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from levier.facilitators.convention_text import ROOM_FOR_A_HAND

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])


def as_html(markdown: str) -> SafeString:
    """Headings go two levels down: the page has its own title. The room for a hand is for paper alone."""
    kept = markdown.replace(ROOM_FOR_A_HAND, "")
    lowered = "\n".join(f"##{line}" if line.startswith("#") else line for line in kept.splitlines())
    return mark_safe(_MARKDOWN.render(lowered))  # noqa: S308 - raw HTML is shown as text
