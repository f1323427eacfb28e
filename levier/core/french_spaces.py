"""The spaces French sets before « ; : ! ? » and inside « »: no line of a page may break there."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from levier.core.typography import NARROW, NO_BREAK

# What a program reads, or somebody typed and will send again, is left as it is.
_ASIDE = re.compile(
    r"(<(?P<tag>script|style|textarea|pre|code)\b.*?</(?P=tag)\s*>|<!--.*?-->)", re.DOTALL | re.IGNORECASE
)
# Words between two tags where such a space stands: the others are not looked at, most of a page.
_WORDS = re.compile(r">[^<>]*?(?: [;:!?»]|« )[^<>]*")
_BEFORE = re.compile(r"(?<=\S) (?=(?P<mark>[;:!?»])(?![\w/]))")
_AFTER = re.compile(r"(?<=«) ")


def spaced(html: str) -> str:
    """The same page with unbreakable spaces: narrow before ; ! ?, whole before : and inside « »."""
    parts = _ASIDE.split(html)
    # Around each part left aside come its text and the name of its tag.
    return "".join(
        _WORDS.sub(_set, part) if at % 3 == 0 else part for at, part in enumerate(parts) if at % 3 != 2
    )


def _set(words: re.Match[str]) -> str:
    said = _BEFORE.sub(lambda found: NARROW if found["mark"] in ";!?" else NO_BREAK, words[0])
    return _AFTER.sub(NO_BREAK, said)


class FrenchSpacesMiddleware:
    """Sets the spaces of every page, and part of a page, that is answered whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = spaced(response.content.decode(response.charset)).encode(response.charset)
        return response
