"""How often one visitor writes to one structure in a day: per process and in memory, nothing about it is stored."""

from collections import Counter
from datetime import date
from threading import Lock

# A structure takes some messages a day in all (`actions.structures`): one visitor must not use them up.
MOST_OF_A_VISITOR = 5
_MOST_VISITORS = 20_000


class ContactPace:
    """Messages of the day by (address of the caller, structure)."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._sent: Counter[tuple[str, int]] = Counter()
        self._lock = Lock()

    def takes(self, address: str, structure: int, today: date) -> bool:
        """Whether this visitor may write to this structure once more today; it then counts."""
        with self._lock:
            if self._day != today or len(self._sent) > _MOST_VISITORS:
                self._day = today
                self._sent.clear()
            if self._sent[address, structure] >= MOST_OF_A_VISITOR:
                return False
            self._sent[address, structure] += 1
            return True


contact_pace = ContactPace()
