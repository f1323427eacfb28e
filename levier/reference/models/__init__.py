"""Tables of the reference room: territories, nomenclatures, sectors, learning facts, loaded versions."""

from levier.reference.models.nomenclatures import (
    CpvCode,
    CpvExample,
    LegalCategory,
    NafCode,
    NafLink,
    Sector,
    SectorCpv,
    SectorNaf,
)
from levier.reference.models.tables import ReferenceTable
from levier.reference.models.territories import Commune, Departement, Epci, PriorityDistrict, Region

__all__ = [
    "Commune",
    "CpvCode",
    "CpvExample",
    "Departement",
    "Epci",
    "LegalCategory",
    "NafCode",
    "NafLink",
    "PriorityDistrict",
    "ReferenceTable",
    "Region",
    "Sector",
    "SectorCpv",
    "SectorNaf",
]
