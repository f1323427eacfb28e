"""The page of a territory: who sells there, whom to call, what stands above and below. Joins two rooms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.text import slugify

from levier.community.queries import Covering, covering
from levier.directory.local_offer import (
    SHOWN,
    TerritoryOffer,
    WiderOffer,
    count_by_commune,
    count_by_epci,
    offer_of,
    wider_offer,
    written_name,
)
from levier.directory.open_data.platforms import Platform, platforms_of
from levier.directory.results import points_of
from levier.facilitators.answers import FacilitatorAnswer, Referral
from levier.facilitators.models import PRESCRIBER_KINDS
from levier.facilitators.queries import facilitator_for
from levier.reference.models import Commune, Departement, Epci
from levier.reference.places import Place, naming
from levier.reference.queries import place_by_code

# An arrondissement of Paris, Lyon or Marseille has the address of a commune.
ADDRESS_KINDS = {
    "commune": "commune", "arrondissement": "commune", "epci": "epci", "departement": "departement",
    "region": "region",
}  # fmt: skip
KIND_WORDS = {
    "commune": "commune", "arrondissement": "arrondissement", "epci": "intercommunalité",
    "departement": "département", "region": "région",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Link:
    """A territory above or below; ``count``: its suppliers, None when not counted."""

    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True)
class TerritoryPage:
    """Everything the page shows. ``inside``: suppliers of the commune itself, None for a larger territory."""

    place: Place
    url: str
    written_name: str
    offer: TerritoryOffer
    wider: WiderOffer | None
    inside: int | None
    facilitator: FacilitatorAnswer
    prescribers: tuple[Referral, ...]
    above: tuple[Link, ...]
    below: tuple[Link, ...]
    below_title: str
    apart: tuple[Link, ...]
    platforms: tuple[Platform, ...]
    national_platforms: tuple[Platform, ...]
    map_points: Mapping[str, Any]
    covering: Covering

    @property
    def kind_word(self) -> str:
        """« commune », « département »…"""
        return KIND_WORDS[self.place.kind]

    @property
    def where(self) -> str:
        """« à Lille », « dans le département de la Creuse »."""
        return naming.inside(self.place)

    @property
    def shown(self) -> tuple[Any, ...]:
        """The suppliers of the list; the map has more."""
        return self.offer.found[:SHOWN]


def place_of_address(kind: str, code: str) -> Place | None:
    """The place of an address of this site, or None."""
    if kind == "commune":
        return place_by_code("commune", code) or place_by_code("arrondissement", code)
    return place_by_code(kind, code) if kind in ADDRESS_KINDS.values() else None


def end_of_address(code: str, name: str) -> str:
    """« 59512-roubaix »: the code finds the place, the name is for people."""
    words = slugify(name.replace("'", " ").replace("’", " ").replace("œ", "oe").replace("Œ", "Oe"))
    return f"{code}-{words}" if words else code


def address_of(kind: str, code: str, name: str) -> str:
    """The address of a territory's page."""
    return _base(ADDRESS_KINDS[kind]) + end_of_address(code, name)


@cache
def _base(kind: str) -> str:
    """The map of the site writes 35,000 addresses: the resolver is asked once for a kind."""
    return reverse("portal:territory", args=[kind, "x"]).removesuffix("x")


def territory_page(place: Place) -> TerritoryPage:
    """The page of a place, in a number of SQL queries that depends on its kind only (tested)."""
    offer = offer_of(place)
    answer = facilitator_for(place=place)
    inside = None
    if place.kind in {"commune", "arrondissement"}:
        inside = sum(count_by_commune(commune=place.code).values())
    below_title, below, apart = _below(place, offer)
    known = [one for one in (answer.primary, *answer.alternatives) if one.is_known]
    region = place.code if place.kind == "region" else place.region
    return TerritoryPage(
        place=place,
        url=address_of(place.kind, place.code, place.name),
        written_name=written_name(place),
        offer=offer,
        wider=wider_offer(place),
        inside=inside,
        facilitator=answer,
        prescribers=tuple(one for one in known if one.kind in PRESCRIBER_KINDS),
        above=_above(place),
        below=below,
        below_title=below_title,
        apart=apart,
        platforms=platforms_of(region),
        national_platforms=platforms_of(""),
        map_points=_map_points(place, offer, below),
        covering=covering(place),
    )


def _above(place: Place) -> tuple[Link, ...]:
    """From the région down to the place, without it."""
    kinds = [("region", place.region)]
    if place.kind not in {"region", "departement"}:
        kinds.append(("departement", place.departement))
    if place.kind in {"commune", "arrondissement"}:
        kinds.append(("epci", place.epci))
    if place.kind == "arrondissement":
        parent = Commune.objects.filter(arrondissements=place.code).values_list("code", flat=True).first()
        kinds.append(("commune", parent or ""))
    above = [place_by_code(kind, code) for kind, code in kinds if code and place.kind != "region"]
    found = [one for one in above if one]
    # Overseas, région and département are one land under one name: it is said once.
    if len(found) > 1 and found[0].name == found[1].name:
        found = found[1:]
    return tuple(Link(one.name, address_of(one.kind, one.code, one.name)) for one in found)


def _below(place: Place, offer: TerritoryOffer) -> tuple[str, tuple[Link, ...], tuple[Link, ...]]:
    """Title, territories just below, and the communes that no EPCI holds."""
    if place.kind == "region":
        inside = Departement.objects.filter(region_id=place.code).order_by("code").values_list("code", "name")
        return "Départements", _links("departement", inside, offer.by_departement), ()
    if place.kind == "departement":
        epcis = Epci.objects.filter(communes__departement_id=place.code).distinct().order_by("name")
        alone = Commune.objects.whole().filter(departement_id=place.code, epci=None).order_by("name")
        return (
            "Intercommunalités",
            _links("epci", epcis.values_list("code", "name"), count_by_epci(place.code)),
            _links("commune", alone.values_list("code", "name"), count_by_commune(departement=place.code)),
        )
    if place.kind == "epci":
        communes = (
            Commune.objects.whole().filter(epci_id=place.code).order_by("name").values_list("code", "name")
        )
        return "Communes", _links("commune", communes, count_by_commune(epci=place.code)), ()
    if place.kind == "arrondissement":
        return "", (), ()
    rows = Commune.objects.filter(parent_id=place.code).order_by("code").values_list("code", "name")
    return "Arrondissements", _links("arrondissement", rows, None), ()


def _links(kind: str, rows: Iterable[tuple[str, str]], counts: Mapping[str, int] | None) -> tuple[Link, ...]:
    return tuple(
        Link(name, address_of(kind, code, name), None if counts is None else counts.get(code, 0))
        for code, name in rows
    )


def _map_points(place: Place, offer: TerritoryOffer, below: tuple[Link, ...]) -> dict[str, Any]:
    """Suppliers, or the départements of a région with their counts."""
    points: dict[str, Any] = {"points": points_of(offer.found)}
    if place.kind == "region":
        points["points"] = [
            {"lat": one.latitude, "lon": one.longitude, "name": one.name, "url": link.url,
             "note": f"{link.count or 0} fournisseurs"}
            for link in below
            if (one := place_by_code("departement", link.url.rsplit("/", 1)[1].partition("-")[0]))
        ]  # fmt: skip
    elif offer.radius_km:
        points["centre"] = {"lat": place.latitude, "lon": place.longitude, "name": place.label}
        points["radius_km"] = None if offer.is_far else offer.radius_km
    return points


def breadcrumbs(page: TerritoryPage, site: str) -> dict[str, Any]:
    """The way from the list of territories to this one, in the words of schema.org."""
    steps = [Link("Territoires", reverse("portal:territories")), *page.above, Link(page.place.name, page.url)]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": step.label, "item": f"{site}{step.url}"}
            for number, step in enumerate(steps, start=1)
        ],
    }
