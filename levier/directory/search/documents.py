"""Turns a supplier into the document of the index; knows neither the tables nor the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Literal

from levier.directory.kinds import kind_of
from levier.reference.distances import landmass
from levier.reference.sectors import cpv_prefixes_of, sector

Activity = Literal["stated", "inferred", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRow:
    """What the index must know of a supplier. Coordinates in degrees; codes as text, zeros kept.

    `sectors` are slugs of purchase sectors; `activity` says how they are known: stated by a source or by the
    supplier, inferred (name, NAF), unknown. `other_naf`: the code in the other nomenclature. `available`: months
    with free teams, « 2027-03 »; `teams`: the same by trade, « 2027-03/traiteur ». `size`, `ways`: codes of `sizes.py`
    and `ways.py`. `eligible` is None when only the facilitator can say. `standing`: see `standing.py`.
    """

    key: int
    name: str
    kind: str
    siret: str = ""
    siren: str = ""
    brand: str = ""
    description: str = ""
    offer: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    activity: Activity = "unknown"
    naf: str = ""
    other_naf: str = ""
    labels: tuple[str, ...] = ()
    commune: str = ""
    commune_name: str = ""
    postal_code: str = ""
    epci: str = ""
    departement: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    territories: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    size: str = ""
    ways: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    eligible: bool | None = None
    standing: str = "0"
    is_demo: bool = False

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> SupplierRow:
        """From a mapping that may hold more than is needed; None stands for an absent text."""
        known: dict[str, Any] = {}
        for field in fields(cls):
            value = values.get(field.name)
            if value is not None:
                known[field.name] = tuple(value) if isinstance(value, list) else value
        return cls(**known)


@cache
def _sector_entry(slug: str) -> tuple[tuple[str, str], tuple[str, ...]]:
    """Codes (own, group) and CPV prefixes of a sector."""
    found = sector(slug)
    return (found.slug, found.group.slug), cpv_prefixes_of(slug)


def supplier_document(row: SupplierRow) -> dict[str, object]:
    """The document of a supplier. Raises UnknownKindError or UnknownSectorError, each a French sentence."""
    kind = kind_of(row.kind)
    entries = [_sector_entry(slug) for slug in row.sectors]
    eligible = {True: "yes", False: "no", None: "unknown"}[row.eligible]
    return {
        "key": row.key,
        "siret": row.siret,
        "siren": row.siren or row.siret[:9],
        "name": row.name,
        # Many sources repeat the name there: counting it twice would favour them.
        "brand": row.brand if row.brand.casefold() != row.name.casefold() else "",
        "offer": list(row.offer),
        "description": row.description,
        "place": row.commune_name,
        # « ETTI Marseille » is how people ask. Not the full name: « insertion » would match everybody.
        # « RGE Roubaix » too: a label is asked for by its short name, which is its code.
        "kind_words": " ".join(
            [kind.code, *([kind.short] if kind.short.upper() != kind.code else []), *row.labels]
        ),
        "kind": kind.code,
        "family": kind.family,
        "shelf": kind.shelf,
        "sector": list(row.sectors),
        "group": list(dict.fromkeys(codes[1] for codes, _ in entries)),
        "cpv": list(dict.fromkeys(prefix for _, prefixes in entries for prefix in prefixes)),
        "activity": row.activity,
        "naf": [code.replace(".", "") for code in (row.naf, row.other_naf) if code],
        "label": list(row.labels),
        "territory": list(row.territories),
        "commune": row.commune,
        "postal_code": row.postal_code,
        "epci": row.epci,
        "departement": row.departement,
        "region": row.region,
        "landmass": landmass(row.departement) if row.departement else "",
        "latitude": row.latitude,
        "longitude": row.longitude,
        "available": list(row.available),
        "teams": list(row.teams),
        "size": row.size,
        "way": list(row.ways),
        "serves": list(row.serves),
        "eligible": eligible,
        "standing": row.standing,
        "demo": row.is_demo,
    }
