"""Reads of the reference room: places by code, the place finder of this process, the ground of the map."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db.models import Max

from levier.reference import tables
from levier.reference.cpv.model import CpvModel, ModelError
from levier.reference.cpv.ranker import CpvRanker
from levier.reference.districts import DistrictFinder, Perimeter
from levier.reference.models import (
    Commune,
    Departement,
    Epci,
    LegalCategory,
    NafLink,
    PriorityDistrict,
    ReferenceTable,
    Region,
)
from levier.reference.places import Place, PlaceFinder, places_from_rows
from levier.reference.places.build import CommuneRow

logger = logging.getLogger("levier.reference")

OUTLINES = tables.DATA / "outlines" / "departements.geojson"
# Tables change once a year: a process that missed a load by another one may lag this long.
SECONDS_BETWEEN_CHECKS = 60.0


@dataclass
class _Held:
    """The finder of this process, and the load it was built from."""

    finder: PlaceFinder | None = None
    loaded_at: datetime | None = None
    checked: float = 0.0


_held = _Held()
_lock = Lock()


def place_finder() -> PlaceFinder:
    """The finder over every place of the database, built once per process and after each new load.

    Empty tables give a finder that finds nothing: `levier doctor` says so, not an exception.
    """
    now = time.monotonic()
    with _lock:
        if _held.finder is not None and now - _held.checked < SECONDS_BETWEEN_CHECKS:
            return _held.finder
        names = ("regions", "departements", "epci", "communes")
        loaded_at = ReferenceTable.objects.filter(name__in=names).aggregate(at=Max("loaded_at"))["at"]
        if _held.finder is None or loaded_at != _held.loaded_at:
            _held.finder, _held.loaded_at = PlaceFinder(places()), loaded_at
        _held.checked = now
        return _held.finder


def forget_place_finder() -> None:
    """Have the next call of this process build its finder again, after its own load."""
    with _lock:
        _held.finder = None


@dataclass
class _HeldRanker:
    """The CPV ranker of this process, and the date of the model it votes with."""

    ranker: CpvRanker | None = None
    model_at: float | None = None
    checked: float = 0.0


_held_ranker = _HeldRanker()


def cpv_model_path() -> Path:
    """Where the model learnt from contracts is kept; absent until contracts are imported."""
    return Path(settings.LEVIER_HOME) / "cpv-model.npz"


def cpv_ranker() -> CpvRanker:
    """The ranker of this process: labels and lexicon, and the vote of the learnt model when there is one."""
    now = time.monotonic()
    with _lock:
        if _held_ranker.ranker is not None and now - _held_ranker.checked < SECONDS_BETWEEN_CHECKS:
            return _held_ranker.ranker
        path = cpv_model_path()
        model_at = path.stat().st_mtime if path.exists() else None
        if _held_ranker.ranker is None or model_at != _held_ranker.model_at:
            ranker = CpvRanker.from_package()
            if model_at is not None:
                try:
                    ranker = ranker.with_model(CpvModel.load(path))
                except ModelError as problem:
                    logger.warning("modèle CPV laissé de côté : %s", problem)
            _held_ranker.ranker, _held_ranker.model_at = ranker, model_at
        _held_ranker.checked = now
        return _held_ranker.ranker


def forget_cpv_ranker() -> None:
    """Have the next call of this process read the model again, after its own training."""
    with _lock:
        _held_ranker.ranker = None


def places() -> list[Place]:
    """Every commune, arrondissement and territory as a place, in four queries."""
    communes = Commune.objects.order_by("parent_id", "code").values_list(
        "code",
        "name",
        "parent_id",
        "departement_id",
        "region_id",
        "epci_id",
        "postal_codes",
        "population",
        "latitude",
        "longitude",
        "precision",
    )
    return places_from_rows(
        regions=dict(Region.objects.values_list("code", "name")),
        departements={
            code: (name, region)
            for code, name, region in Departement.objects.values_list("code", "name", "region_id")
        },
        epcis=dict(Epci.objects.values_list("code", "name")),
        communes=(
            CommuneRow(
                code,
                name,
                parent or "",
                departement,
                region,
                epci or "",
                tuple(postal),
                people or 0,
                lat,
                lon,
                precision,
            )
            for code, name, parent, departement, region, epci, postal, people, lat, lon, precision in (
                communes.iterator()
            )
        ),
    )


def place_by_code(kind: str, code: str) -> Place | None:
    """The place of this kind (commune, arrondissement, epci, departement, region, pays) and code, or None."""
    return place_finder().by_code(kind, code)


def departement(code: str) -> Departement | None:
    """The département of this code (« 59 », « 2A », « 976 »), with its région, or None."""
    return Departement.objects.select_related("region").filter(code=code.upper()).first()


def communes_of_postal_code(postal_code: str) -> list[Commune]:
    """The communes and arrondissements a postal code serves, the largest first; empty when unknown."""
    communes = Commune.objects.filter(postal_codes__contains=[postal_code]).select_related(
        "departement", "epci"
    )
    # Paris as a whole bears the codes of all its arrondissements: it comes after the one meant.
    return sorted(communes, key=lambda commune: (len(commune.postal_codes) > 8, -(commune.population or 0)))


def commune_of_postal_code(postal_code: str) -> Commune | None:
    """The largest commune a postal code serves, or None."""
    return next(iter(communes_of_postal_code(postal_code)), None)


def district_finder() -> DistrictFinder:
    """The finder over every perimeter in force; empty while none was imported. One SQL query.

    Those of 2015 (QP…) ended on the first of January 2024, in 2025 overseas: a former import may have left some.
    """
    rows = PriorityDistrict.objects.filter(code__startswith="QN").values_list("code", "rings")
    return DistrictFinder(Perimeter(code, tuple(rings)) for code, rings in rows)


def district_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name of the priority districts that are known."""
    return dict(PriorityDistrict.objects.filter(code__in=set(codes)).values_list("code", "name"))


def legal_category_label(code: str) -> str:
    """The name of a legal category, empty when the table was not imported or does not hold it."""
    return LegalCategory.objects.filter(code=code).values_list("label", flat=True).first() or ""


def naf_links() -> dict[str, tuple[str, ...]]:
    """NAF 2025 → the NAF rev. 2 codes it came from; empty while the correspondence was not imported."""
    found: dict[str, list[str]] = {}
    for rev2, recent in NafLink.objects.values_list("rev2", "naf_2025"):
        found.setdefault(recent, []).append(rev2)
    return {code: tuple(former) for code, former in found.items()}


def legal_category_labels() -> dict[str, str]:
    """Code → name of every legal category; empty while the table was not imported."""
    return dict(LegalCategory.objects.values_list("code", "label"))


def naf_rev2_of(code: str) -> list[str]:
    """The NAF rev. 2 codes of a NAF 2025 code, by the official correspondence; empty when unknown."""
    return list(NafLink.objects.filter(naf_2025=code).values_list("rev2", flat=True))


def reference_tables() -> list[ReferenceTable]:
    """Versions held by the database, for `levier sources` and `levier doctor`."""
    return list(ReferenceTable.objects.order_by("name"))


def map_ground_path() -> Path:
    """The GeoJSON of the département outlines (properties `code`, `name`), to serve as a file."""
    return OUTLINES
