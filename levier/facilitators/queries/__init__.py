"""Reads of the facilitators room."""

from levier.facilitators.queries.resolving import (
    all_territories,
    build_resolver,
    facilitator_for,
    known_structures,
    resolver,
    territory_of,
)

__all__ = [
    "all_territories",
    "build_resolver",
    "facilitator_for",
    "known_structures",
    "resolver",
    "territory_of",
]
