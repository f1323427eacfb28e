"""What was understood of a consultation: the purchase, its lots, and each line that was refused, with the reason."""

from dataclasses import dataclass, field
from typing import Any

from levier.purchasing.actions import LotValues


class UnreadableConsultationError(ValueError):
    """The file as a whole cannot be read; the message says why and what to do, in one French sentence."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is no lot: where it stands (« ligne 12 », « marché n° 3 »), what it says, why it is refused."""

    position: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadLot:
    """A lot as understood, where it stands, and what was changed or left out on the way."""

    position: str
    values: LotValues
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConsultationDraft:
    """A consultation read and not stored. `purchase`: initial values of the form of a purchase, as plain values.

    `ignored`: titles of columns nobody recognised. Every line of the file is in `lots` or in `refused`.
    """

    kind: str
    purchase: dict[str, Any]
    lots: tuple[ReadLot, ...]
    refused: tuple[RefusedLine, ...]
    notes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = field(default=())

    @property
    def read(self) -> int:
        """Lines that held something."""
        return len(self.lots) + len(self.refused)
