"""The page of a regional portal: what its editors write, joined with what the other rooms know of its scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify

from levier.community.models import Event, RegionalPortal
from levier.community.queries import area_of, current_text, scope_of, upcoming_events
from levier.community.rendering import as_html
from levier.directory.local_offer import SHOWN, TerritoryOffer, offer_within
from levier.directory.queries import SupplierCard
from levier.directory.results import points_of
from levier.directory.scopes import (
    ScopeCounts,
    SearchScope,
    departements_of,
    latest_of,
    scope_counts,
    suppliers_of,
)
from levier.facilitators.covering import CoveringDesk, desks_of_departements, desks_over
from levier.portal.territories import Link, address_of
from levier.purchasing.queries.areas import PurchasingCounts, counts_among, counts_in_area
from levier.reference.queries import place_by_code

MOST_DESKS = 20
# A network has no territory: the départements where most of its members are stand for one.
MOST_DEPARTEMENTS, MOST_DESKS_EACH = 5, 4
_ONLINE = "https://schema.org/OnlineEventAttendanceMode"
_ON_SITE = "https://schema.org/OfflineEventAttendanceMode"
_MIXED = "https://schema.org/MixedEventAttendanceMode"


@dataclass(frozen=True)
class MembersPlace:
    """A département where a network has members, and its desks of the social clause; `others`: not shown here."""

    place: Link
    members: int
    desks: tuple[CoveringDesk, ...]
    others: int


@dataclass(frozen=True)
class RegionalPage:
    """Everything the page shows. `desks`: those of its territory; of a network, `members_places` has them."""

    portal: RegionalPortal
    scope: SearchScope
    search_url: str
    offer: TerritoryOffer
    counts: ScopeCounts
    purchasing: PurchasingCounts
    latest: tuple[SupplierCard, ...]
    desks: tuple[CoveringDesk, ...]
    events: tuple[Event, ...]
    text: SafeString
    territories: tuple[Link, ...]
    members_places: tuple[MembersPlace, ...] = ()
    map_points: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown_desks(self) -> tuple[CoveringDesk, ...]:
        """The first ones; the territories' pages have the others."""
        return self.desks[:MOST_DESKS]


def search_path(portal: RegionalPortal) -> str:
    """Where a search stays within this portal."""
    return reverse("portal:regional_search", args=[portal.slug])


def regional_page(portal: RegionalPortal) -> RegionalPage:
    """The page of a portal, in a fixed number of SQL queries for each kind of scope (tested)."""
    area = area_of(portal)
    scope = scope_of(portal, area)
    path = search_path(portal)
    offer = offer_within(scope, path)
    return RegionalPage(
        portal=portal,
        scope=scope,
        search_url=path,
        offer=offer,
        counts=scope_counts(scope),
        purchasing=counts_among(suppliers_of(scope)) if portal.is_network else counts_in_area(area),
        latest=tuple(latest_of(scope, SHOWN)),
        desks=desks_over(area),
        events=tuple(upcoming_events(portal)),
        text=as_html(current_text(portal), below=1),
        territories=_territories(portal),
        members_places=_members_places(scope) if portal.is_network else (),
        map_points={"points": points_of(offer.found)},
    )


def _territories(portal: RegionalPortal) -> tuple[Link, ...]:
    """The territories' own pages, where neighbours and smaller territories are."""
    places = [place_by_code(portal.scope, code) for code in portal.codes]
    return tuple(
        Link(place.label, address_of(place.kind, place.code, place.name)) for place in places if place
    )


def _members_places(scope: SearchScope) -> tuple[MembersPlace, ...]:
    """Where a network's members are, by their number, with the desks there. Three queries at most."""
    counts = dict(departements_of(scope, MOST_DEPARTEMENTS))
    found = []
    for code, desks in desks_of_departements(list(counts)).items():
        place = place_by_code("departement", code)
        if place is not None:
            link = Link(place.label, address_of(place.kind, place.code, place.name))
            others = max(0, len(desks) - MOST_DESKS_EACH)
            found.append(MembersPlace(link, counts[code], desks[:MOST_DESKS_EACH], others))
    return tuple(found)


def event_address(event: Event) -> str:
    """The address of an event's page: the number finds it, the title is for people."""
    end = f"{event.pk}-{slugify(event.title)[:60].strip('-')}".rstrip("-")
    return reverse("portal:regional_event", args=[event.portal.slug, end])


def event_data(event: Event, site: str) -> dict[str, Any]:
    """An event in the words of schema.org."""
    places: list[dict[str, Any]] = []
    if event.commune:
        address = {
            "@type": "PostalAddress", "addressLocality": event.commune.name, "addressCountry": "FR",
        }  # fmt: skip
        places.append({"@type": "Place", "name": event.venue or event.commune.name, "address": address})
    if event.is_online:
        places.append({"@type": "VirtualLocation", "url": event.link or f"{site}{event_address(event)}"})
    mode = _MIXED if len(places) == 2 else (_ONLINE if event.is_online else _ON_SITE)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "startDate": event.starts_at.isoformat(),
        "endDate": event.ends_at.isoformat(),
        "eventStatus": f"https://schema.org/{'EventCancelled' if event.is_cancelled else 'EventScheduled'}",
        "eventAttendanceMode": mode,
        "location": places[0] if len(places) == 1 else places,
        "organizer": {"@type": "Organization", "name": event.organiser},
        "url": f"{site}{event_address(event)}",
    }
    if event.description:
        data["description"] = event.description
    if event.capacity:
        data["maximumAttendeeCapacity"] = event.capacity
    return data
