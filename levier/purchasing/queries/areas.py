"""What happens on an area, or among a list of suppliers, in two counts: needs still open, contracts with a social clause."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from levier.directory.models import Supplier
from levier.purchasing.models import Contract, NeedState, PlaceKind, PublishedNeed, SocialConsideration
from levier.reference.areas import Area
from levier.reference.models import Departement

_SOCIAL = [SocialConsideration.CLAUSE.value, SocialConsideration.RESERVED.value]
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PurchasingCounts:
    """Needs sent and still open; contracts signed in twelve months with a social clause or reserved.

    `contracts` is None while no published contract is loaded: nothing is not zero.
    """

    needs: int
    contracts: int | None


def counts_in_area(area: Area) -> PurchasingCounts:
    """Of what is performed there. A need sent to the whole country is nobody's in particular."""
    departements = _departements(area)
    communes = area.inside().values("code")
    here = Q(place_code__in=communes)
    if departements:
        here |= Q(departements__overlap=departements)
    if area.regions:
        here |= Q(regions__overlap=list(area.regions))
    performed = Q(place_kind=PlaceKind.COMMUNE, place_code__in=communes)
    if departements:
        performed |= Q(departement_code__in=departements)
    return _counted(_open_needs().filter(here), _social_contracts().filter(performed))


def counts_among(suppliers: QuerySet[Supplier]) -> PurchasingCounts:
    """Of what was sent to these suppliers, and of what they hold."""
    sirets = suppliers.exclude(siret=None).values("siret")
    return _counted(
        _open_needs().filter(recipients__supplier__in=suppliers.values("pk")).distinct(),
        _social_contracts().filter(holders__siret__in=sirets).distinct(),
    )


def _departements(area: Area) -> list[str]:
    """Those that lie wholly inside."""
    of_regions = Departement.objects.filter(region_id__in=area.regions) if area.regions else None
    return [
        *area.departements,
        *(of_regions.values_list("code", flat=True) if of_regions is not None else ()),
    ]


def _open_needs() -> QuerySet[PublishedNeed]:
    return PublishedNeed.objects.filter(state=NeedState.SENT, deadline__gte=timezone.localdate())


def _social_contracts() -> QuerySet[Contract]:
    return Contract.objects.filter(
        social_considerations__overlap=_SOCIAL, notified_on__gte=timezone.localdate() - _YEAR
    )


def _counted(needs: QuerySet[PublishedNeed], contracts: QuerySet[Contract]) -> PurchasingCounts:
    is_loaded = Contract.objects.exists()
    return PurchasingCounts(needs.count(), contracts.count() if is_loaded else None)
