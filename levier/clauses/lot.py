"""The door of the room for one lot: facts, levers, compatibility, texts, checks, publication fields, files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from levier.clauses.checks import check as checks
from levier.clauses.drafting import draft, has_text
from levier.clauses.exporting import export
from levier.clauses.publication import is_published, publication_fields
from levier.clauses.result import ClauseDraft
from levier.core.plain import plain
from levier.rulebook.calibration import LotCalibration, lot_calibration
from levier.rulebook.compatibility import Compatibility, check_levers
from levier.rulebook.levers import Facts, HoursRange, LeverAdvice, levers_for

__all__ = [
    "LotFacts", "checks", "choose_levers", "compatibility", "draft", "draft_as_json", "export", "hours_for_levers", "levers_as_json",
    "lot_facts", "publication_as_json", "publication_fields",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LotFacts:
    """The facts of a lot, and the calibration they hold; None while the object or the amount is missing."""

    facts: Facts
    calibration: LotCalibration | None


def lot_facts(
    *,
    cpv: str = "",
    amount_ht: float | None = None,
    months: float | None = None,
    on: date,
    takeover_hours: float | None = None,
    max_amount_ht: float | None = None,
    is_framework: bool = False,
    posts: int | None = None,
    **known: Any,
) -> LotFacts:
    """Calibrate a lot and gather what its levers are read on.

    Amounts in euros excluding tax, the duration in months, `takeover_hours` by month (0: nobody to take over).
    `known` are other facts by their names. Raises CalibrationError or FactsError, French sentences.
    """
    framework = is_framework or max_amount_ht is not None
    calibration = None
    if cpv and (amount_ht is not None or framework):
        calibration = lot_calibration(
            cpv=cpv,
            on=on,
            amount_ht=amount_ht,
            months=months,
            takeover_hours=takeover_hours,
            takeover_known=takeover_hours is not None,
            is_framework=framework,
            max_amount_ht=max_amount_ht,
            programme=known.get("programme") or None,
            posts=posts if posts and months else None,
            weeks=months * 52 / 12 if posts and months else None,
            territory=known.get("territory", ""),
        )
    facts = Facts(
        cpv=cpv,
        contract_kind=known.pop("contract_kind", None) or kind_of(cpv),
        need_amount_ht=amount_ht,
        max_amount_ht=max_amount_ht,
        duration_months=months,
        launch_date=on,
        is_framework=framework,
        has_staff_takeover=None if takeover_hours is None else takeover_hours > 0,
        hours=hours_for_levers(calibration),
        **known,
    )
    return LotFacts(facts, calibration)


def kind_of(cpv: str) -> Any:
    """Works, services or supplies, from the division of a CPV code; None without a code."""
    if not cpv[:2].isdigit():
        return None
    division = int(cpv[:2])
    if division == 45:
        return "travaux"
    return "fournitures" if division < 45 or division == 48 else "services"


def choose_levers(facts: Facts) -> tuple[LeverAdvice, ...]:
    """Every lever for this lot, best first, with its reason; those set aside last. The buyer decides."""
    return levers_for(facts)


def compatibility(levers: Iterable[str], *, scope: str = "lot") -> tuple[Compatibility, ...]:
    """What the matrix says of the levers two by two, the blocking pairs first. Raises CompatibilityError."""
    return check_levers(levers, scope=scope)  # type: ignore[arg-type]


def levers_as_json(lot: LotFacts, chosen: Iterable[str] = ()) -> dict[str, Any]:
    """The levers of a lot as plain values; compatibility and publication for those chosen, or recommended."""
    advices = choose_levers(lot.facts)
    chosen = tuple(chosen)
    codes = chosen or tuple(
        advice.code for advice in advices if advice.outcome in ("required", "recommended")
    )
    calibration = lot.calibration.as_dict() if lot.calibration else None
    # What nobody has chosen yet is published only when it is a social lever: silence is not « none ».
    published = chosen or tuple(code for code in codes if is_published(code))
    return {
        "facts": plain(lot.facts),
        "calibration": calibration,
        "levers": [
            plain(advice) | {"is_retained": advice.is_retained, "has_text": has_text(advice.code)}
            for advice in advices
        ],
        "chosen": list(codes),
        "compatibility": [plain(pair) for pair in compatibility(codes)],
        "publication": publication_as_json(published, is_concession=lot.facts.is_concession),
    }


def draft_as_json(made: ClauseDraft) -> dict[str, Any]:
    """A draft as plain values, whether it is ready, and what to publish for its lever."""
    return plain(made) | {  # type: ignore[no-any-return]
        "is_complete": made.is_complete,
        "is_ready_for_lawyer": made.is_ready_for_lawyer,
        "publication": publication_as_json([made.lever], is_concession=made.lever.startswith("L3")),
    }


def publication_as_json(levers: Iterable[str], *, is_concession: bool = False) -> dict[str, Any]:
    """The publication fields of a choice as plain values."""
    found = publication_fields(levers, is_concession=is_concession)
    return plain(found) | {"decp_object": found.decp_object}  # type: ignore[no-any-return]


def hours_for_levers(calibration: LotCalibration | None) -> HoursRange | None:
    """The range as the levers read it: nothing while the answer that decides is missing."""
    if calibration is None:
        return None
    found = calibration.range
    likely = found.likely
    if likely is None and calibration.verdict == "no_clause":
        likely = found.high  # whatever the answer, even the most is too few
    return None if likely is None else HoursRange(float(found.low), float(likely), float(found.high))
