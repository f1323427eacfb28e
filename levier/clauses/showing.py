"""Owns the showing of a text on a page: Markdown made HTML, what still waits for somebody marked."""

import re

from markdown_it import MarkdownIt

# Typed text never becomes markup: raw HTML is shown as text, links are not made.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])
_WAITING = re.compile(r"\[(à (?:compléter|confirmer)[^\[\]<>]*)\]")


def as_html(markdown: str) -> str:
    """A document as HTML to read and copy; what is to complete or to confirm stands in a <mark>."""
    made = _MARKDOWN.render(markdown)
    # markdown-it aligns cells by a style attribute, which the content policy refuses.
    made = re.sub(r' style="text-align:(?:left|center|right)"', "", made)
    return _WAITING.sub(r"<mark>[\1]</mark>", made)
