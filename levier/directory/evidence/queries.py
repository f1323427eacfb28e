"""Reads of the evidence: by SIRET, for an import; for one supplier, on its owner's page."""

from collections.abc import Collection

from levier.directory.inference import WonContracts
from levier.directory.models import ActivityEvidence, Supplier


def won_by_siret(sirets: Collection[str] | None = None) -> dict[str, tuple[WonContracts, ...]]:
    """SIRET → contracts won by sector, the most numerous first; of these SIRET only when given. One SQL query."""
    rows = ActivityEvidence.objects.order_by("siret", "-contracts", "sector")
    if sirets is not None:
        rows = rows.filter(siret__in=sirets)
    found: dict[str, list[WonContracts]] = {}
    for siret, sector, contracts, last_on in rows.values_list("siret", "sector", "contracts", "last_on"):
        found.setdefault(siret, []).append(WonContracts(sector, contracts, last_on))
    return {siret: tuple(won) for siret, won in found.items()}


def won_by(supplier: Supplier) -> tuple[WonContracts, ...]:
    """What one supplier won; empty without a SIRET."""
    return won_by_siret([supplier.siret]).get(supplier.siret, ()) if supplier.siret else ()
