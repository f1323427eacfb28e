"""iCalendar (RFC 5545): a text value escaped, lines folded."""

from collections.abc import Iterable

# RFC 5545, 3.1: a line holds 75 octets at most, its break excluded.
_LINE_BYTES = 75


def escaped(text: str) -> str:
    """A text value: « \\ », « ; » and « , » are marked, a line break is written out, other control signs go."""
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    written = "\\n".join(marked.splitlines())
    return "".join(sign for sign in written if sign.isprintable() or sign in "\u00a0\u202f")


def _folded(line: str) -> str:
    """Lines of 75 bytes at most, never cut inside a letter."""
    pieces, current, size = [], "", 0
    for sign in line:
        weight = len(sign.encode())
        if size + weight > _LINE_BYTES:
            pieces.append(current)
            # The blank that begins a continued line counts.
            current, size = "", 1
        current, size = current + sign, size + weight
    return "\r\n ".join([*pieces, current])


def written(lines: Iterable[str]) -> str:
    """The file: each line folded and ended as the format wants."""
    return "".join(f"{_folded(line)}\r\n" for line in lines)
