"""The supplier itself as a source: what it confirmed comes before every register and every list."""

from pathlib import Path

from levier.directory.kinds import CODES
from levier.directory.sources.definition import SourceDefinition

# Not one of SOURCES: no file is imported from it. Its records have the supplier's key as their own; one that
# is confirmed again has a newer ``last_seen``.
OWNER = SourceDefinition(
    slug="owner",
    label="Le fournisseur lui-même",
    publisher="Le fournisseur",
    licence="Licence Ouverte 2.0",
    url="",
    frequency="à chaque confirmation",
    kinds=tuple(CODES),
    states="ce que le fournisseur a saisi ou confirmé",
    rank=0,
    folder=Path(__file__).parent,
    layouts=(),
    lists_everything=False,
)
