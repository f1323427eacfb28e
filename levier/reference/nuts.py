"""NUTS codes (2021), which European notices give places in: the départements each stands for."""

import csv
from functools import cache
from importlib import resources


@cache
def _departements() -> dict[str, str]:
    """NUTS 3 code → département. In France they are one and the same territory (regulation (EC) 1059/2003)."""
    source = resources.files("levier.reference") / "data" / "territories" / "nuts.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["nuts"]: row["departement"] for row in rows}


def departements_of_nuts(code: str) -> tuple[str, ...]:
    """The départements of a code of any level (« FRE11 », « FRE1 », « FR »); empty outside France."""
    if not code.startswith("FR"):
        return ()
    return tuple(sorted(one for nuts, one in _departements().items() if nuts.startswith(code)))
