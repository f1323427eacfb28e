"""The live figures of the home page and the state of the installation."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import DatabaseError, connection

from levier.directory.index import SUPPLIERS
from levier.directory.kinds import KINDS
from levier.directory.models import Supplier
from levier.facilitators.models import Structure
from levier.purchasing.models import Contract

# The home page is the most visited one: its counts are a minute old at most.
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """What this installation holds now. ``is_demo``: every supplier counted is fictitious."""

    suppliers: int
    kinds: int
    departements: int
    structures: int
    contracts: int
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the database answers, whether the search has its index, and how many suppliers are listed."""

    is_database_up: bool
    is_index_ready: bool
    suppliers: int | None


def live_figures() -> LiveFigures:
    """Counts of listed suppliers (the wide list of the social economy apart), structures and contracts."""
    figures = cache.get("portal.live_figures")
    if not isinstance(figures, LiveFigures):
        figures = _count()
        cache.set("portal.live_figures", figures, _SECONDS)
    return figures


def _count() -> LiveFigures:
    useful = [kind.code for kind in KINDS if kind.code != "ESS"]
    listed = Supplier.objects.filter(is_listed=True, kind__in=useful)
    return LiveFigures(
        suppliers=listed.count(),
        kinds=listed.values("kind").distinct().count(),
        departements=listed.exclude(departement_code="").values("departement_code").distinct().count(),
        structures=Structure.objects.count(),
        contracts=Contract.objects.count(),
        is_demo=not listed.filter(is_demo=False).exists(),
    )


def health() -> Health:
    """Never raises: a health page answers what it can."""
    is_index_ready = SUPPLIERS.is_usable()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM directory_supplier WHERE is_listed")
            (suppliers,) = cursor.fetchone()
    except DatabaseError:
        return Health(is_database_up=False, is_index_ready=is_index_ready, suppliers=None)
    return Health(is_database_up=True, is_index_ready=is_index_ready, suppliers=suppliers)
