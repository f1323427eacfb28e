"""The end of the address of a structure's page."""

from django.utils.text import slugify


def slug_of(number: int, name: str) -> str:
    """« 12-maison-de-l-emploi »: the number finds the structure, the words are for people."""
    words = slugify(name.replace("’", " ").replace("'", " ").replace("œ", "oe").replace("—", " "))[:80].strip(
        "-"
    )
    return f"{number}-{words}" if words else str(number)
