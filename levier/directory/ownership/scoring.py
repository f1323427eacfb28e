"""How complete and fresh a sheet is, from 0 to 100, and the next best thing to do. Pure functions.

The weights say what a buyer looks for before calling: what is done and where (35), proofs that it can be done (25),
whom to call (15), what it looks like (5), and whether all that is still true (20).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from levier.directory.ownership.freshness import FRESH_MONTHS, STALE_MONTHS, months_between

# Part of the sheet → points; they add up to 80, freshness gives the other 20.
WEIGHTS: dict[str, int] = {
    "lines": 25,
    "description": 10,
    "references": 10,
    "offers": 5,
    "labels": 5,
    "workforce": 5,
    "contact": 15,
    "images": 5,
}
FRESHNESS_POINTS = 20
# A network that checked a fact makes up for something that is missing; never needed to reach 100.
VOUCHED_POINTS, MOST_VOUCHED_POINTS = 2, 6

# Part → its name on the page.
NAMES: dict[str, str] = {
    "lines": "activités", "description": "présentation", "references": "références clients", "offers": "offres",
    "labels": "labels et certificats", "workforce": "effectifs", "contact": "téléphone et courriel",
    "images": "images", "freshness": "confirmation récente", "vouched": "faits attestés par un réseau",
}  # fmt: skip

# Part → (section of the page, what to do).
ADVICE: dict[str, tuple[str, str]] = {
    "lines": ("activites", "dites vos activités, ligne par ligne (c’est ce que les acheteurs cherchent)"),
    "contact": ("presentation", "donnez un téléphone et un courriel (sans eux, personne ne vous appelle)"),
    "description": ("presentation", "présentez-vous en quelques phrases (120 caractères au moins)"),
    "references": ("references", "citez deux clients (un acheteur rassuré appelle)"),
    "offers": ("offres", "décrivez une offre avec vos propres mots (la recherche les trouve)"),
    "labels": ("labels", "ajoutez vos labels et certificats, avec leur date"),
    "workforce": ("effectifs", "dites combien de personnes travaillent chez vous"),
    "images": ("images", "montrez une photo de vos réalisations"),
    "freshness": ("confirmer", "confirmez que tout est toujours exact (un seul geste)"),
}
DESCRIPTION_LENGTH = 120
ENOUGH_REFERENCES = 2


@dataclass(frozen=True, slots=True)
class Score:
    """Points from 0 to 100, points of each part, and the part that would add the most (empty at 100)."""

    points: int
    parts: dict[str, int]
    next_part: str

    @property
    def rows(self) -> tuple[tuple[str, int, int], ...]:
        """Name of each part, its points, the most it can bring."""
        most = WEIGHTS | {"freshness": FRESHNESS_POINTS, "vouched": MOST_VOUCHED_POINTS}
        return tuple((NAMES[part], points, most[part]) for part, points in self.parts.items())

    @property
    def next_section(self) -> str:
        """The section of the owner's page where the next best thing is done."""
        return ADVICE[self.next_part][0] if self.next_part else ""

    @property
    def next_step(self) -> str:
        """The next best thing to do, as a sentence without its capital."""
        return ADVICE[self.next_part][1] if self.next_part else ""


def score_sheet(
    published: Mapping[str, Any], confirmed_on: date | None, today: date, *, vouched: int = 0
) -> Score:
    """Score what a sheet shows: its text fields and the groups of its profile, and the owner's last word.

    ``vouched``: facts that networks vouch for; they add a little, up to 100 in all.
    """
    parts = {part: round(WEIGHTS[part] * _share(part, published)) for part in WEIGHTS}
    parts["freshness"] = round(FRESHNESS_POINTS * _freshness_share(confirmed_on, today))
    most = WEIGHTS | {"freshness": FRESHNESS_POINTS}
    missing = {part: most[part] - parts[part] for part in parts}
    # At equal gain, the order of ADVICE: what a buyer looks at first.
    best = max(ADVICE, key=lambda part: missing[part])
    if vouched:
        parts["vouched"] = min(VOUCHED_POINTS * vouched, MOST_VOUCHED_POINTS)
    return Score(min(sum(parts.values()), 100), parts, best if missing[best] else "")


def _share(part: str, published: Mapping[str, Any]) -> float:
    """How much of a part is there, from 0 to 1."""
    if part == "description":
        return min(len(str(published.get("description") or "").strip()) / DESCRIPTION_LENGTH, 1.0)
    if part == "contact":
        return (bool(published.get("phone")) + bool(published.get("email"))) / 2
    if part == "references":
        return min(len(published.get("references") or ()) / ENOUGH_REFERENCES, 1.0)
    if part == "labels":
        named = any(name.startswith("label:") for name in published)
        return float(named or bool(published.get("certificates")))
    return float(bool(published.get(part)))


def _freshness_share(confirmed_on: date | None, today: date) -> float:
    if confirmed_on is None:
        return 0.0
    months = months_between(confirmed_on, today)
    if months < FRESH_MONTHS:
        return 1.0
    return 0.5 if months < STALE_MONTHS else 0.0
