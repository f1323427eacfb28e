"""The table of values a structure may keep as its own: what is in it, what is admitted, what it now says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import OwnValue
from levier.rulebook import parameters
from levier.rulebook.calibration import CalibrationError, Trade, all_trades
from levier.rulebook.calibration.quantities import (
    HOURLY_COST,
    INSERTION_RATE,
    LABOUR_SHARE,
    MINIMUM_HOURS,
    quantity,
)
from levier.rulebook.figures import french_number
from levier.rulebook.parameters import Parameter

# Own values a structure may keep, with what each must be. A share and a rate go from 0 to 1.
FIELDS = {
    "labour_share": LABOUR_SHARE,
    "hourly_cost": HOURLY_COST,
    "insertion_rate": INSERTION_RATE,
    "minimum_hours": MINIMUM_HOURS,
}
LABELS = {
    "labour_share": "Part de main-d’œuvre",
    "hourly_cost": "Coût horaire",
    "insertion_rate": "Taux d’insertion",
    "minimum_hours": "Volume minimal d’une clause",
    "expected_people": "Personnes éligibles attendues par an",
}
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table: the national value, the structure's own when it has one, and the trades it serves."""

    name: str
    key: str
    label: str
    national: Parameter | None
    own: OwnValue | None
    trades: tuple[str, ...]

    @property
    def is_share(self) -> bool:
        """Whether the value is read as a percentage."""
        return self.national is not None and self.national.unit == "part"


@dataclass(frozen=True, slots=True)
class KeptValue:
    """One value somebody kept, named as the table names it."""

    row: OwnValue
    label: str
    is_share: bool


def history(own: Iterable[OwnValue], *, most: int) -> tuple[KeptValue, ...]:
    """The values kept, the last first."""
    known = {(row.name, row.key): row for row in parameters.all_parameters()}
    kept = []
    for value in sorted(own, key=lambda one: one.pk, reverse=True)[:most]:
        row = known.get((value.name, value.key))
        label = row.label if row else LABELS.get(value.name, value.name)
        kept.append(KeptValue(value, label, row is not None and row.unit == "part"))
    return tuple(kept)


def check_own_value(
    name: str, key: str, value: float | None, low: float | None, high: float | None, departement_code: str
) -> None:
    """Raises StudyRefusedError, with a French sentence, for what cannot be an own value."""
    if name == "expected_people":
        if not departement_code:
            raise StudyRefusedError("Ce nombre est celui d’un territoire : donnez son département.")
        if key or (value is not None and not 0 < value <= MOST_PEOPLE):
            raise StudyRefusedError("Donnez un nombre de personnes par an, entre 1 et 100 000.")
        return
    if name not in FIELDS or not parameters.has(name, key):
        raise StudyRefusedError(f"La table n’a pas de valeur « {name} » pour « {key} ».")
    for one in (value, low, high):
        if one is None:
            continue
        try:
            quantity(FIELDS[name], one)
        except CalibrationError as problem:
            raise StudyRefusedError(_out_of_bounds(name)) from problem
    if value is not None and not (value if low is None else low) <= value <= (
        value if high is None else high
    ):
        raise StudyRefusedError("La valeur doit être entre son bas et son haut.")


def _out_of_bounds(name: str) -> str:
    field = FIELDS[name]
    if field in (LABOUR_SHARE, INSERTION_RATE):
        return f"{LABELS[name]} : de 0 à 100 %. Écrivez par exemple 55 % ou 0,55."
    least, most = french_number(field.minimum), french_number(field.maximum)
    return f"{LABELS[name]} : entre {least} et {most} {field.unit}."


def table(own: Iterable[OwnValue], *, departement_code: str, on: date) -> tuple[TableRow, ...]:
    """Every value a structure may keep, with its own that counts on this territory (empty: everywhere).

    As a calculation reads them: the value of the territory, else that for everywhere.
    """
    newest: dict[tuple[str, str], OwnValue] = {}
    for value in sorted(own, key=lambda one: (bool(one.departement_code), one.valid_from, one.pk)):
        if value.departement_code in {"", departement_code} and value.valid_from <= on:
            newest[value.name, value.key] = value
    kept = {key: value for key, value in newest.items() if value.value is not None}
    rows = []
    for name in FIELDS:
        for row in parameters.all_parameters():
            if row.name == name and row.covers(on):
                served = tuple(trade.label for trade in all_trades() if _serves(trade, name, row.key))
                rows.append(TableRow(name, row.key, row.label, row, kept.get((name, row.key)), served))
    people = kept.get(("expected_people", ""))
    rows.append(TableRow("expected_people", "", LABELS["expected_people"], None, people, ()))
    return tuple(rows)


def _serves(trade: Trade, name: str, key: str) -> bool:
    return not trade.is_goods and getattr(trade, name, "") == key
