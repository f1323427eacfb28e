"""Reads what a form or an address carries: whatever is not a number is the key of nothing."""

# PostgreSQL's bigint holds 18 digits whatever they are.
_MOST_DIGITS = 18


def row_key(text: str) -> int:
    """The key of a row, as typed in a form or an address; 0, which no row has, when it is no number."""
    return int(text) if text.isdecimal() and len(text) < _MOST_DIGITS else 0
