"""Reads the objects of a long JSON list one at a time: memory holds one object, whatever the file's size."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, TextIO

_CHUNK = 1 << 20
# A single object longer than this is no record of a public list: the file is broken.
_LARGEST_RECORD = 64 << 20


class BrokenJsonError(ValueError):
    """The text is not JSON any more; the message says where, in French (« ligne 12, colonne 4 »)."""


class ListNotFoundError(ValueError):
    """None of the lists asked for is in the text."""


def records(stream: TextIO, lists: Collection[str]) -> Iterator[Any]:
    """Values of a bare list, of the list named by one of ``lists``, or of a file with one value per line.

    Raises BrokenJsonError where the text stops being JSON, ListNotFoundError when it holds no such list.
    """
    window = _Window(stream)
    window.more()
    opening = window.skip(" \t\r\n\ufeff")
    if opening == "[":
        window.at += 1
        yield from _items(window)
        return
    if opening == "{" and _is_one_per_line(window):
        while window.skip(" \t\r\n"):
            yield window.value()
        return
    wanted = re.compile(rf'"(?:{"|".join(map(re.escape, lists))})"\s*:\s*\[')
    while True:
        found = wanted.search(window.text, window.at)
        if found is not None:
            window.at = found.end()
            yield from _items(window)
            return
        # Keep a tail: the name may be cut between two reads.
        window.at = max(window.at, len(window.text) - 64)
        if not window.more():
            raise ListNotFoundError(", ".join(lists))


def _items(window: "_Window") -> Iterator[Any]:
    while window.skip(" \t\r\n,") != "]":
        yield window.value()


def _is_one_per_line(window: "_Window") -> bool:
    """True when a second object follows the first one's line end."""
    first = window.text[window.at :].partition("\n")[0].rstrip()
    try:
        json.loads(first)
    except ValueError:
        return False
    return window.text[window.at + len(first) :].lstrip().startswith("{")


class _Window:
    """The part of the text held in memory, and where we stand in it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.text = ""
        self.at = 0
        self._lines_gone = 0
        self._decoder = json.JSONDecoder()

    def more(self) -> bool:
        """Read further; doubling keeps a long record linear. False at the end of the text."""
        chunk = self._stream.read(max(_CHUNK, len(self.text) - self.at))
        self._lines_gone += self.text.count("\n", 0, self.at)
        self.text = self.text[self.at :] + chunk
        self.at = 0
        return bool(chunk)

    def skip(self, characters: str) -> str:
        """Step over the given characters; the next one, or "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in characters:
                self.at += 1
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def value(self) -> Any:
        """The JSON value that starts here."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as problem:
                distance = problem.pos - self.at
                if len(self.text) - self.at > _LARGEST_RECORD or not self.more():
                    raise BrokenJsonError(self._place(self.at + distance)) from None
                continue
            self.at = end
            return value

    def _place(self, offset: int) -> str:
        before = self.text[:offset]
        line = self._lines_gone + before.count("\n") + 1
        return f"ligne {line}, colonne {offset - (before.rfind(chr(10)) + 1) + 1}"
