"""What one may ask of the index of suppliers, and the shape of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from levier.core.search import Correction, Reach, Wish, Within

Sort = Literal["relevance", "distance", "name"]


@dataclass(frozen=True, slots=True)
class Near:
    """A place in degrees, with its landmass (`levier.reference.distances.landmass`)."""

    latitude: float
    longitude: float
    landmass: str | None = None


@dataclass(frozen=True, kw_only=True)
class SupplierQuery:
    """One search of suppliers. Values of one field are alternatives; fields add up.

    `wishes`: things to answer by words or by codes (`trade_wish`). `name`: the sentence as typed, for whoever bears it.
    `cpv`: codes or prefixes, from 2 digits. `radius_km` needs `near` and stays on its landmass.
    ESS bodies at large (kind ESS) are left out unless `with_ess`, or the kind or its family is asked for:
    they would drown the others. `within`: a part of the directory that is never left, whatever else is asked.
    `serves`: who says it works at `near` (`served.py`). `beyond`: a field and codes left out, (« departement », (« 59 »,)).
    `prefix`: the last word is still being typed. With `relax`, a text of several
    words that finds nothing is tried again with two words in three, then any: the page says so.
    """

    text: str = ""
    wishes: tuple[Wish, ...] = ()
    name: str = ""
    near: Near | None = None
    radius_km: float | None = None
    kinds: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    shelves: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    cpv: tuple[str, ...] = ()
    naf: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    epci: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    postal_codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    eligible: tuple[str, ...] = ()
    available: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    serves: Reach | None = None
    beyond: tuple[str, tuple[str, ...]] | None = None
    within: Within | None = None
    with_ess: bool = False
    with_demo: bool = True
    prefix: bool = False
    relax: bool = True
    sort: Sort = "relevance"
    facets: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class SupplierHit:
    """One supplier found. `why` holds short French reasons the index alone can give (sector, label word)."""

    key: int
    score: float
    distance_km: float | None
    kind: str
    sectors: tuple[str, ...]
    activity: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class SupplierPage:
    """A slice of suppliers, the exact total and the counts.

    Each counted field ignores its own filter, so that a page may offer the other values.
    `relaxed` is true when some words had to be given up; `corrected` is the text once mended.
    """

    hits: tuple[SupplierHit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    corrected: str | None = None
    relaxed: bool = False

    @property
    def keys(self) -> tuple[int, ...]:
        """Keys of the hits, in order."""
        return tuple(hit.key for hit in self.hits)
