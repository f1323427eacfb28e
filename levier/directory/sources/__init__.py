"""The sources of suppliers the product can read: a folder each, and one line here."""

from levier.directory.demo.source import SOURCE as DEMO
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.esat.source import SOURCE as ESAT
from levier.directory.sources.ess.source import SOURCE as ESS
from levier.directory.sources.geiq.source import SOURCE as GEIQ
from levier.directory.sources.siae.source import SOURCE as SIAE
from levier.directory.sources.siae_conventions.source import SOURCE as SIAE_CONVENTIONS
from levier.directory.sources.suppliers_csv.source import SOURCE as SUPPLIERS_CSV

SOURCES: dict[str, SourceDefinition] = {
    source.slug: source for source in (SIAE, SIAE_CONVENTIONS, ESAT, GEIQ, ESS, SUPPLIERS_CSV, DEMO)
}
