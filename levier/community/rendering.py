"""Markdown typed by the editors of a portal, as HTML that can hold nothing but text, lists, tables and links."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from levier.core.typography import as_printed

# No raw HTML, no image: what somebody typed never becomes a script, a style, or a picture of another site.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table").disable(["image"])
_SCHEMES = ("http://", "https://", "mailto:", "tel:", "/", "#")
_DEEPEST = 6


@lru_cache(maxsize=256)
def as_html(markdown: str, *, below: int = 2) -> SafeString:
    """Safe HTML, its titles under one of level `below`, none skipped, whatever the number of « # » typed.

    A link to anything but a page, an address or a phone number stays plain text. A long text takes a tenth of a
    second: the last ones read are kept.
    """
    tokens = _MARKDOWN.parse(markdown)
    opened: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            typed = int(token.tag[1])
            while opened and opened[-1] >= typed:
                opened.pop()
            opened.append(typed)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(below + len(opened), _DEEPEST)}"
        # The alignment of a column comes as a style, which the content policy refuses.
        token.attrs.pop("style", None)
        if token.children:
            token.children = _safe_links(token.children)
            for each in token.children:
                if each.type == "text":
                    each.content = as_printed(each.content)
    # Everything typed is escaped by the renderer; tags come from the tokens above only.
    return SafeString(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _safe_links(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the links that lead to what a reader should not open from here."""
    kept: list[Token] = []
    opened: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            is_safe = str(token.attrs.get("href", "")).lower().startswith(_SCHEMES)
            opened.append(is_safe)
            token.attrs = {"href": token.attrs.get("href", ""), "rel": "noopener nofollow ugc"}
            if not is_safe:
                continue
        elif token.type == "link_close" and not opened.pop():
            continue
        kept.append(token)
    return kept
