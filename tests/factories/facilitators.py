"""Territories and structures for the resolver, without a database."""

from typing import Any

from levier.facilitators.answers import KnownStructure, Territory
from levier.facilitators.models import StructureKind

ROUBAIX = Territory(
    "59512",
    "Roubaix",
    "",
    "200093201",
    "Métropole Européenne de Lille",
    "59",
    "Nord",
    "32",
    "Hauts-de-France",
)
LENS = Territory(
    "62498", "Lens", "", "246200364", "CA de Lens-Liévin", "62", "Pas-de-Calais", "32", "Hauts-de-France"
)


def structure(
    number: int, area: str, kind: StructureKind = StructureKind.PLIE, **fields: Any
) -> KnownStructure:
    """A structure that covers « scope:code »; it has a desk unless said otherwise."""
    scope, _, code = area.partition(":")
    return KnownStructure(
        id=number,
        kind=kind,
        name=fields.pop("name", f"structure {number}"),
        coverage=((scope, code),),
        has_desk=fields.pop("has_desk", True),
        **fields,
    )
