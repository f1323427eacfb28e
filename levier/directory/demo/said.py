"""What the demonstration says beside names and trades: labels with their dates, size, turnover, priority district."""

from collections.abc import Collection
from datetime import date
from typing import Any

from levier.directory.labels import LABEL_GROUP, LABELS

# No district has this code: it names a fictitious one.
FICTITIOUS_DISTRICT = "QNDEMO01"
# Label → the kinds or sectors it suits, and of how many of them one holds it.
_LABELS: dict[str, tuple[frozenset[str], int]] = {
    "rfar": (frozenset({"EA", "ETTI"}), 6),
    "esus": (frozenset({"ESUS", "SCIC", "EI"}), 2),
    "rge": (frozenset({"isolation", "plomberie-chauffage"}), 2),
    "commerce-equitable": (frozenset({"EQUITABLE"}), 1),
    "epv": (frozenset({"patrimoine-bati"}), 3),
    "qualiopi": (frozenset({"formation", "GEIQ"}), 3),
    "bio": (frozenset({"traiteur", "fruits-legumes"}), 2),
    "cedre": (frozenset({"tri-recyclage"}), 2),
    "rse-geiq": (frozenset({"GEIQ"}), 1),
    "charte-adive": (frozenset({"QPV"}), 2),
}
_USUAL_MONTHS = 48
# People in insertion (or employed), permanent staff, band of SIRENE, band of turnover: a small one, then larger ones.
_SIZES = (
    (6, 2, "02", "100k_500k"), (18, 5, "11", "500k_1m"), (34, 9, "12", "500k_1m"), (75, 20, "21", "1m_5m"),
    (12, 3, "11", "100k_500k"), (220, 60, "32", "5m_20m"),
)  # fmt: skip
_INSERTION = {"EI", "ACI", "AI", "ETTI", "EITI", "GEIQ", "REGIE", "EBE"}
_DISTRICT_KINDS = {"QPV", "REGIE"}


def groups_said(number: int, kind: str, sectors: Collection[str], today: date) -> dict[str, Any]:
    """Groups of values of the supplier of this number, the same all year long; some labels are over."""
    groups = _labels(number, {kind, *sectors}, today.year)
    if kind in _DISTRICT_KINDS or number % 9 == 0:
        groups["qpv"] = {"code": FICTITIOUS_DISTRICT}
    # One in five says nothing of its size, as in real lists.
    if number % 5 and kind != "ESAT":
        insertion, permanent, band, turnover = _SIZES[number % len(_SIZES)]
        if kind in _INSERTION:
            groups["workforce"] = {"insertion": insertion, "permanent": permanent}
        else:
            groups["headcount"] = {"band": band, "year": str(today.year - 1)}
        groups["turnover"] = {"bracket": turnover}
    return groups


def _labels(number: int, what: Collection[str], year: int) -> dict[str, Any]:
    found = {}
    for slug, (suits, one_in) in _LABELS.items():
        if suits.isdisjoint(what) or number % one_in:
            continue
        since = date(year - number % 4, number % 12 + 1, 1)
        months = since.year * 12 + since.month - 1 + (LABELS[slug].months or _USUAL_MONTHS)
        until = date(months // 12, months % 12 + 1, 1)
        found[f"{LABEL_GROUP}{slug}"] = {"since": since.isoformat(), "until": until.isoformat()}
    return found
