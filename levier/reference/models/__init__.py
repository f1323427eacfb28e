"""Tables of the reference room: territories, nomenclatures, sectors, learning facts, loaded versions."""

from levier.reference.models.nomenclatures import CpvCode, CpvExample, NafCode, Sector, SectorCpv, SectorNaf
from levier.reference.models.tables import ReferenceTable
from levier.reference.models.territories import Commune, Departement, Epci, Region

__all__ = [
    "Commune",
    "CpvCode",
    "CpvExample",
    "Departement",
    "Epci",
    "NafCode",
    "ReferenceTable",
    "Region",
    "Sector",
    "SectorCpv",
    "SectorNaf",
]
