"""Territories taken together: a région, a few départements or EPCI, the communes around one."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from levier.reference.distances import haversine_km
from levier.reference.models import Commune
from levier.reference.places import Place

# One degree of latitude, a little short so that the square never cuts the circle.
_KM_OF_A_DEGREE = 110.0


@dataclass(frozen=True)
class Area:
    """Official codes; a commune is inside when any of them holds it. Empty: nowhere."""

    regions: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    epci: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()

    @property
    def is_nowhere(self) -> bool:
        return not (self.regions or self.departements or self.epci or self.communes)

    def inside(self) -> QuerySet[Commune]:
        """Its communes and arrondissements."""
        held = (
            (self.regions, Q(region_id__in=self.regions)),
            (self.departements, Q(departement_id__in=self.departements)),
            (self.epci, Q(epci_id__in=self.epci)),
            (self.communes, Q(code__in=self.communes)),
        )
        condition = Q()
        for codes, holds in held:
            if codes:
                condition |= holds
        return Commune.objects.filter(condition) if condition else Commune.objects.none()


def communes_around(place: Place, radius_km: float) -> tuple[str, ...]:
    """Codes of the communes whose centre is within this radius, on the same land, in the order of their codes. One query."""
    reach = radius_km / _KM_OF_A_DEGREE
    # A degree of longitude shortens towards the pole; no French commune is beyond 60 degrees.
    wide = 2 * reach
    near = Commune.objects.filter(
        latitude__range=(place.latitude - reach, place.latitude + reach),
        longitude__range=(place.longitude - wide, place.longitude + wide),
    )
    return tuple(
        code
        for code, latitude, longitude in near.order_by("code").values_list("code", "latitude", "longitude")
        if haversine_km(place.latitude, place.longitude, latitude, longitude) <= radius_km
    )
