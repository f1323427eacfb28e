"""How a NAF code is written: with or without its dot, and which level it stands at."""

import re

NAF_REV2 = "naf_rev2"
NAF_2025 = "naf_2025"

_CODE = re.compile(r"^(?:[A-Z]|\d{2}(?:\d(?:\d[A-Z]?)?)?)$")


def normalise(text: str) -> str:
    """A NAF code as we store it: « 62.01z » gives « 6201Z », at any of the five levels.

    Raises ValueError with a French sentence when the text is no NAF code.
    """
    code = re.sub(r"[\s.]", "", text).upper()
    if not _CODE.match(code):
        raise ValueError(
            f"« {text.strip()[:20]} » n’est pas un code NAF : on attend par exemple 43.34Z, 43.3, 43 ou F."
        )
    return code


def dotted(code: str) -> str:
    """The code as INSEE prints it: « 6201Z » gives « 62.01Z »."""
    return code if len(code) < 3 else f"{code[:2]}.{code[2:]}"


def level(code: str) -> int:
    """1 section, 2 division, 3 groupe, 4 classe, 5 sous-classe, for a normalised code."""
    return len(code)
