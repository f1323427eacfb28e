"""What an import of contracts says of itself, and the file of what it rejected."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from levier.purchasing.contracts.anomalies import LABELS

_COLUMNS = ("place", "motif", "id", "acheteur", "objet")


@dataclass(frozen=True)
class ContractReport:
    """Counts of one import: read = created + updated + unchanged + repeated + rejected.

    `anomalies`: code → number of contracts kept with it. `rejects_file`: None when nothing was rejected.
    `learning`: what the CPV model became, in one French sentence ("" when not asked).
    """

    file_name: str
    file_format: str
    is_dry_run: bool
    read: int
    created: int
    updated: int
    unchanged: int
    repeated: int
    rejected: int
    anomalies: Mapping[str, int] = field(default_factory=dict)
    rejects_file: Path | None = None
    seconds: float = 0.0
    learning: str = ""

    @property
    def accepted(self) -> int:
        """Records kept, the repeated ones included: accepted + rejected = read."""
        return self.created + self.updated + self.unchanged + self.repeated

    def anomaly_lines(self) -> list[tuple[str, int]]:
        """(French label, count), the most frequent first."""
        return sorted(
            ((LABELS.get(code, code), count) for code, count in self.anomalies.items()),
            key=lambda line: (-line[1], line[0]),
        )


class Rejects:
    """Writes the rejected records, opened at the first one only."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now
        self._stream: TextIO | None = None
        self._writer: Any = None
        self.path: Path | None = None
        self.reasons: Counter[str] = Counter()

    def add(self, position: str, reason: str, content: Mapping[str, Any]) -> None:
        """One line: where, why, and enough to find the record (no contact of a person)."""
        if self._stream is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path = self._folder / f"marches-{self._now:%Y%m%d-%H%M%S-%f}.csv"
            self._stream = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._stream, delimiter=";")
            self._writer.writerow(_COLUMNS)
        buyer = content.get("acheteur")
        buyer_id = buyer.get("id") if isinstance(buyer, Mapping) else content.get("acheteur_id", "")
        subject = str(content.get("objet") or "")[:200]
        self._writer.writerow([position, reason, content.get("id") or "", buyer_id or "", subject])
        self.reasons[reason] += 1

    def close(self) -> None:
        """Finish the file."""
        if self._stream is not None:
            self._stream.close()
