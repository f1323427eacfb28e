"""What an address of the results page means, once its fields and its sentence are understood."""

from dataclasses import dataclass, field

from levier.directory.search import SupplierQuery
from levier.directory.understood import Understood
from levier.reference.places import Place


@dataclass(frozen=True)
class Asked:
    """What the address means: the query, the place understood, and why it cannot be answered."""

    query: SupplierQuery
    place: Place | None = None
    others: tuple[Place, ...] = ()
    radius_km: float | None = None
    problem: str = ""
    understood: Understood = field(default_factory=lambda: Understood(SupplierQuery()))

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors chosen, else those the words mean."""
        return self.query.sectors or self.understood.wished_sectors

    @property
    def is_trade(self) -> bool:
        """Whether a trade is asked for."""
        return self.understood.is_trade
