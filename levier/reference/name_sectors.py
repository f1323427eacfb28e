"""What the name of an organisation says of its trade: its words, and the abbreviations and brand words of names."""

import csv
import re
from functools import cache
from importlib import resources

from levier.reference.cpv.text import fold
from levier.reference.sectors import SectorGuess, sector, sectors_for_text


@cache
def _marks() -> tuple[re.Pattern[str], dict[str, tuple[str, float]]]:
    """Whole words of a name; « .net » ends an address."""
    source = resources.files("levier.reference") / "data" / "sectors" / "name_marks.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    marks = {row["mark"]: (sector(row["sector"]).slug, float(row["confidence"])) for row in rows}
    longest = sorted(marks, key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest))})(?!\w)"), marks


def sectors_for_name(name: str) -> tuple[SectorGuess, ...]:
    """Return the sectors that the name of an organisation speaks of, the surest first.

    As `sectors_for_text`, with the abbreviations that mean a trade in a name alone (« BATI RENOV », « MULTI NETT »):
    `name_marks.csv`. A trade said in full keeps its confidence.
    """
    guesses = sectors_for_text(name)
    pattern, marks = _marks()
    said = {guess.sector.slug for guess in guesses}
    for found in dict.fromkeys(pattern.findall(fold(name))):
        slug, confidence = marks[found]
        if slug not in said:
            said.add(slug)
            guesses += (SectorGuess(sector(slug), confidence, (found,)),)
    return tuple(sorted(guesses, key=lambda guess: (-guess.confidence, guess.sector.slug)))
