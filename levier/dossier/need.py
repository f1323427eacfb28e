"""What the buyer said, and the need as understood from it: the left column of the dossier."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal

from levier.reference.places import Place

BuyerSide = Literal["public", "private"]

BUYER_KINDS = {
    "etat": "État",
    "collectivite": "Collectivité",
    "etablissement_local": "Établissement public local, bailleur",
    "entite_adjudicatrice": "Entité adjudicatrice (réseaux)",
    "autre": "Autre acheteur soumis au code",
}
PROGRAMMES = {"anru-2014": "ANRU (NPNRU)", "gpe": "Grand Paris Express", "solideo": "SOLIDEO"}

LARGEST_AMOUNT = 1e10  # ten billion euros: beyond, a unit is wrong
LONGEST_MONTHS = 600
LONGEST_TEXT = 5_000
# Two things said together may be one contract; a longer list is never answered as a mixture.
MOST_PARTS = 2


@dataclass(frozen=True)
class Problem:
    """One thing the buyer must correct: the field, and the sentence that says what and how."""

    field: str
    sentence: str


class NeedRefused(ValueError):  # noqa: N818 - named for what happened
    """The need cannot be answered as given; each problem is a French sentence tied to a field."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class NeedInput:
    """What was typed. Empty text or None: left unsaid. Amounts in euros excluding tax, hours per month."""

    text: str = ""
    place: str = ""
    amount_ht: float | None = None
    max_amount_ht: float | None = None
    months: float | None = None
    buyer_side: str = ""
    buyer_kind: str = ""
    buyer_siren: str = ""
    takeover_hours: float | None = None
    cpv: str = ""
    is_framework: bool | None = None
    is_concession: bool | None = None
    programme: str = ""
    lot_count: int | None = None
    posts: int | None = None
    launch_date: date | None = None
    lever: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON and for snapshots."""
        values = asdict(self)
        values["launch_date"] = self.launch_date.isoformat() if self.launch_date else None
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "NeedInput":
        """The reverse of ``as_dict``; unknown keys are left aside."""
        known = {field.name for field in fields(cls)}
        kept = {key: value for key, value in values.items() if key in known}
        if isinstance(kept.get("launch_date"), str):
            kept["launch_date"] = date.fromisoformat(kept["launch_date"])
        return cls(**kept)


@dataclass(frozen=True)
class CpvChoice:
    """A CPV code with its French label; ``share`` is how much of the vote it got (0 to 1)."""

    code: str
    label: str
    share: float = 1.0
    why: str = ""

    @property
    def division(self) -> str:
        """The first two digits."""
        return self.code[:2]


@dataclass(frozen=True)
class Need:
    """The need as understood. ``None`` and empty values are unknown, and asked only when they decide."""

    given: NeedInput
    object: str
    cpv: CpvChoice | None
    cpv_candidates: tuple[CpvChoice, ...]
    sector: str
    sector_label: str
    contract_kind: str | None
    is_social_service: bool
    place: Place | None
    place_candidates: tuple[Place, ...]
    amount_ht: float | None
    max_amount_ht: float | None
    months: float | None
    is_framework: bool
    buyer_side: BuyerSide
    buyer_kind: str | None
    buyer_siren: str
    inhabitants: int | None
    guests: int | None
    posts: int | None
    takeover_hours: float | None
    programme: str
    lot_count: int | None
    launch_date: date
    is_launch_assumed: bool
    # The first day of the work, when the text says it, and its words: the launch is then counted back from it.
    starts_on: date | None = None
    starts_said: str = ""
    # A concession has levers and thresholds of its own (third part of the code).
    is_concession: bool = False
    # The amount was said by the year, and not for how many: one is counted.
    is_one_year_counted: bool = False
    # It was said with VAT, which was taken off at the ordinary rate.
    is_vat_taken_off: bool = False
    # How many, and the price of one, when the amount is their product: « 250 000 repas à 4,10 € ».
    each: tuple[float, float] | None = None
    # How many people are to be taken over, when only their number is said: their hours are asked.
    takeover_staff: int | None = None
    # The hours of insertion that the text says are wanted: set beside those that are found.
    insertion_hours: float | None = None
    # What the text asks for, when it asks for several things; two are answered with a question.
    parts: tuple[str, ...] = ()

    @property
    def is_takeover_answered(self) -> bool:
        """Whether the buyer said how many hours of staff are to be taken over (0 included)."""
        return self.takeover_hours is not None
