"""A part of the directory that a search never leaves: an area, or the suppliers of a list."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from levier.accounts.models import Membership, Role
from levier.core.search import Within
from levier.directory.models import Capacity, Supplier
from levier.directory.queries import SupplierCard, supplier_cards
from levier.reference.areas import Area

_ESS_AT_LARGE = "ESS"
# Field of the index → column of the table.
_COLUMNS = {
    "region": "region_code", "departement": "departement_code", "epci": "epci_code", "commune": "commune_id",
}  # fmt: skip


@dataclass(frozen=True)
class SearchScope:
    """A part, the name its chip bears, and the page that presents it.

    `with_ess`: bodies of the ESS at large are among those meant, as the members of a list are.
    """

    label: str
    within: Within
    url: str
    with_ess: bool = False


@dataclass(frozen=True, slots=True)
class ScopeCounts:
    """Useful suppliers whose sheet somebody keeps, and those that say they have free teams."""

    kept: int
    available: int


def within_area(area: Area) -> Within:
    """The suppliers that stand in an area."""
    given = {
        "region": area.regions, "departement": area.departements, "epci": area.epci, "commune": area.communes,
    }  # fmt: skip
    return Within({name: codes for name, codes in given.items() if codes})


def suppliers_of(scope: SearchScope) -> QuerySet[Supplier]:
    """The listed suppliers of a part, as the table says; the wide list of the ESS apart unless it is meant."""
    within = scope.within
    condition = Q(id__in=within.keys) if within.keys else Q(pk__in=[])
    for name, codes in within.values.items():
        condition |= Q(**{f"{_COLUMNS[name]}__in": codes})
    listed = Supplier.objects.filter(condition, is_listed=True)
    return listed if scope.with_ess else listed.exclude(kind=_ESS_AT_LARGE)


def scope_counts(scope: SearchScope) -> ScopeCounts:
    """Both counts, in one query."""
    today = timezone.localdate()
    keepers = Membership.objects.filter(organisation_id=OuterRef("organisation_id"), role=Role.SUPPLIER)
    teams = Capacity.objects.filter(
        supplier_id=OuterRef("pk"), quantity__gt=0, expires_on__gte=today, month__gte=today.replace(day=1)
    )
    found = suppliers_of(scope).aggregate(
        kept=Count("pk", filter=Exists(keepers)), available=Count("pk", filter=Exists(teams))
    )
    return ScopeCounts(**found)


def departements_of(scope: SearchScope, most: int) -> list[tuple[str, int]]:
    """The départements (code, how many suppliers) where most of a part stands, the first ones. One query."""
    found = suppliers_of(scope).exclude(departement_code="").order_by().values_list("departement_code")
    return list(found.annotate(count=Count("pk")).order_by("-count", "departement_code")[:most])


def latest_of(scope: SearchScope, most: int) -> list[SupplierCard]:
    """The cards of the suppliers whose sheet changed last, the newest first. Two queries."""
    newest = suppliers_of(scope).order_by("-updated_at", "-id")
    return supplier_cards(list(newest.values_list("id", flat=True)[:most]))
