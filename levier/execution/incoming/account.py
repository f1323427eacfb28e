"""What a reading says of each line of a file, and the figures of the whole: read = the sum of the outcomes."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Outcome = Literal["understood", "known", "questioned", "refused", "aside"]
OUTCOMES: dict[Outcome, str] = {
    "understood": "comprise",
    "known": "déjà là",
    "questioned": "à préciser",
    "refused": "refusée",
    # Somebody of the payroll who is not on this contract: nothing is wrong.
    "aside": "laissée de côté",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of the file, or one of its months: what was read in it, what becomes of it, why.

    `sheet`: where, when several are read; `before`: what it replaces.
    """

    line: int
    what: str
    outcome: Outcome
    reason: str = ""
    sheet: str = ""
    before: str = ""

    @property
    def word(self) -> str:
        return OUTCOMES[self.outcome]


@dataclass(slots=True)
class Account:
    """The remarks of a reading and what it would write. Hours in hours."""

    remarks: list[Remark] = field(default_factory=list)
    hours: Decimal = Decimal()
    contracts: int = 0
    people: int = 0

    def say(
        self, line: int, what: str, outcome: Outcome, reason: str = "", *, sheet: str = "", before: str = ""
    ) -> None:
        """Add what becomes of one line."""
        self.remarks.append(Remark(line, what, outcome, reason, sheet, before))

    def figures(self) -> dict[str, Any]:
        """What the database keeps of it: counts and sentences without a name. `digest`: of everything that was said."""
        counts = Counter(one.outcome for one in self.remarks)
        return {
            "read": len(self.remarks),
            **{outcome: counts[outcome] for outcome in OUTCOMES},
            "hours": str(self.hours),
            "contracts": self.contracts,
            "people": self.people,
            "digest": digest(self.remarks),
        }


def digest(remarks: Iterable[Remark]) -> str:
    """Changes as soon as one line would be written otherwise, or over something else."""
    said = hashlib.sha256()
    for one in remarks:
        said.update(f"{one.sheet}{one.line}|{one.what}|{one.outcome}|{one.before}\n".encode())
    return said.hexdigest()[:16]
