"""How tests compare French sentences: with ordinary spaces, as they are typed here."""


def plain_spaces(text: str) -> str:
    """Narrow and ordinary no-break spaces as spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")
