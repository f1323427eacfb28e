"""The sources of suppliers the product can read: a folder each, and one line here."""

from levier.directory.demo.source import SOURCE as DEMO
from levier.directory.sources.data_inclusion.source import SOURCE as DATA_INCLUSION
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.esat.source import SOURCE as ESAT
from levier.directory.sources.ess.source import SOURCE as ESS
from levier.directory.sources.esus.source import LABEL as LABEL_ESUS
from levier.directory.sources.esus.source import SOURCE as ESUS
from levier.directory.sources.fair_trade.source import SOURCE as FAIR_TRADE
from levier.directory.sources.geiq.source import SOURCE as GEIQ
from levier.directory.sources.labels.source import LABELS, RFAR, RGE
from levier.directory.sources.qpv_firms.source import SOURCE as QPV_FIRMS
from levier.directory.sources.regional.source import SOURCE as REGIONAL
from levier.directory.sources.scop.source import SOURCE as SCOP
from levier.directory.sources.siae.source import SOURCE as SIAE
from levier.directory.sources.siae_conventions.source import SOURCE as SIAE_CONVENTIONS
from levier.directory.sources.sirene.source import SIRENE, SIRENE_ESS
from levier.directory.sources.suppliers_csv.source import SOURCE as SUPPLIERS_CSV

# In the order of a first import: those that complete others come after them.
SOURCES: dict[str, SourceDefinition] = {
    source.slug: source
    for source in (
        SIAE, SIAE_CONVENTIONS, ESAT, GEIQ, DATA_INCLUSION, SCOP, ESUS, ESS, SUPPLIERS_CSV, REGIONAL,
        FAIR_TRADE, QPV_FIRMS, SIRENE_ESS, SIRENE, LABELS, RFAR, LABEL_ESUS, RGE, DEMO,
    )
}  # fmt: skip

# Other words one may type for a source; its records keep the slug they have always had.
ALIASES = {"finess": "esat", "ea": "esat"}
