"""Reads on portals: what each covers, which are online, what they announce."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Max, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.community.models import Event, PortalScope, PortalState, PortalText, RegionalPortal
from levier.community.policies import EDITORS
from levier.core.search import Within
from levier.directory.networks.queries import member_suppliers
from levier.directory.scopes import SearchScope, within_area
from levier.reference.areas import Area, communes_around
from levier.reference.places import Place
from levier.reference.queries import place_by_code

AROUND_KM = 30.0
ONLINE_STATES = [PortalState.PUBLISHED.value]


@dataclass(frozen=True)
class Covering:
    """What a place's page shows of this room: the portals that cover it, the events that take place there."""

    portals: tuple[RegionalPortal, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class PortalList:
    """The portals online under one title: a région, or the networks of the whole country."""

    title: str
    portals: list[RegionalPortal] = field(default_factory=list)


def area_of(portal: RegionalPortal) -> Area:
    """The territory of a portal; nowhere for a network. One query for a commune, whose neighbours are looked for."""
    codes = tuple(portal.codes)
    match portal.scope:
        case PortalScope.REGION:
            return Area(regions=codes)
        case PortalScope.DEPARTEMENT:
            return Area(departements=codes)
        case PortalScope.EPCI:
            return Area(epci=codes)
        case PortalScope.COMMUNE:
            place = place_by_code("commune", codes[0])
            return Area(communes=communes_around(place, AROUND_KM) if place else codes)
    return Area()


def scope_of(portal: RegionalPortal, area: Area) -> SearchScope:
    """The part of the directory a portal shows. One query for a network: its members; none otherwise."""
    url = reverse("portal:regional", args=[portal.slug])
    if portal.is_network:
        # Ordered by key: the same members give the same question.
        members = member_suppliers(portal.holder_id).order_by("id").values_list("id", flat=True)
        return SearchScope(portal.title, Within(keys=tuple(members)), url, with_ess=True)
    return SearchScope(portal.title, within_area(area), url)


def online_portals() -> QuerySet[RegionalPortal]:
    """Those anybody may open, by title."""
    return RegionalPortal.objects.filter(state=PortalState.PUBLISHED).order_by("title", "pk")


def portals_by_region(names: Iterable[tuple[str, str]]) -> list[PortalList]:
    """The portals online by région (code, name), those of several régions in each; networks without territory last."""
    lists = {code: PortalList(name) for code, name in names}
    country = PortalList("Réseaux, dans toute la France")
    for portal in online_portals().select_related("holder"):
        for code in portal.regions:
            if code in lists:
                lists[code].portals.append(portal)
        if not portal.regions:
            country.portals.append(portal)
    return [one for one in (*lists.values(), country) if one.portals]


def covering(place: Place, *, most_events: int = 5) -> Covering:
    """What covers a place, in two queries: portals from the nearest, the next events of its territory.

    A commune is too small to wait for an event of its own: those of its département are shown.
    """
    covers = Q(pk__in=[])
    known = (
        (PortalScope.COMMUNE, place.code if place.kind == "commune" else ""),
        (PortalScope.EPCI, place.code if place.kind == "epci" else place.epci),
        (PortalScope.DEPARTEMENT, place.code if place.kind == "departement" else place.departement),
        (PortalScope.REGION, place.code if place.kind == "region" else place.region),
    )
    for scope, code in known:
        if code:
            covers |= Q(scope=scope, codes__contains=[code])
    if place.kind == "region":
        covers |= Q(regions__contains=[place.code])
    order = [scope.value for scope in PortalScope]
    portals = sorted(
        RegionalPortal.objects.filter(covers, state=PortalState.PUBLISHED),
        key=lambda one: (order.index(one.scope), one.title, one.pk),
    )
    return Covering(tuple(portals), tuple(_events_in(place)[:most_events]))


def _events_in(place: Place) -> QuerySet[Event]:
    field, code = {
        "region": ("region_id", place.code), "epci": ("epci_id", place.code),
        "departement": ("departement_id", place.code),
    }.get(place.kind, ("departement_id", place.departement))  # fmt: skip
    events = Event.objects.public().upcoming().filter(cancelled_at=None, **{f"commune__{field}": code})
    return events.select_related("commune", "portal")


def upcoming_events(portal: RegionalPortal) -> QuerySet[Event]:
    """What a portal announces, the next first."""
    return portal.events.select_related("commune", "portal").upcoming()


def all_events_of(portal: RegionalPortal) -> QuerySet[Event]:
    """Every event of a portal for its editors, the latest first."""
    return portal.events.select_related("commune").order_by("-starts_at", "-pk")


def current_text(portal: RegionalPortal) -> str:
    """The text shown, in Markdown; empty until somebody wrote it."""
    return portal.texts.order_by("-written_at", "-pk").values_list("text", flat=True).first() or ""


def versions_of(portal: RegionalPortal, most: int = 50) -> list[PortalText]:
    """The versions of the text with their authors, the newest first."""
    return list(portal.texts.select_related("author").order_by("-written_at", "-pk")[:most])


def portals_kept_by(user: User) -> QuerySet[RegionalPortal]:
    """The portals of the organisations this account edits for, by title."""
    return (
        RegionalPortal.objects.filter(holder__memberships__user=user, holder__memberships__role__in=EDITORS)
        .distinct()
        .select_related("holder")
        .order_by("title", "pk")
    )


def portals_to_moderate() -> tuple[list[RegionalPortal], list[RegionalPortal]]:
    """What waits for the staff, the oldest first; then every portal it opened, by title."""
    every = RegionalPortal.objects.select_related("holder", "asked_by")
    waiting = every.filter(state=PortalState.ASKED).order_by("asked_at", "pk")
    opened = every.exclude(state__in=[PortalState.ASKED, PortalState.REFUSED]).order_by("title", "pk")
    return list(waiting), list(opened)


@dataclass(frozen=True)
class Indexed:
    """A portal online for search engines: the day of its last change, and what it announces."""

    portal: RegionalPortal
    changed_on: date
    events: tuple[Event, ...]


def indexed_portals() -> list[Indexed]:
    """Every portal online but the fictitious ones, in two queries."""
    real = online_portals().filter(is_demo=False)
    events = Prefetch(
        "events", queryset=Event.objects.select_related("portal").upcoming(), to_attr="announced"
    )
    return [
        Indexed(
            portal,
            timezone.localdate(max(portal.updated_at, portal.written_at or portal.updated_at)),
            tuple(portal.announced),
        )
        for portal in real.annotate(written_at=Max(F("texts__written_at"))).prefetch_related(events)
    ]
