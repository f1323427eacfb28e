"""How a supplier is written on a page: its address, its distance, the articles it answers."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from levier.core.typography import kilometres
from levier.directory import coming
from levier.directory.kinds import RESERVATIONS
from levier.directory.models import Supplier
from levier.directory.passages import passage_of
from levier.directory.profile import profile_text
from levier.directory.queries import SupplierCard
from levier.directory.results import slug_of
from levier.directory.search import SupplierHit, SupplierQuery
from levier.directory.sector_field import LIST_ID
from levier.reference.places import Place
from levier.reference.sectors import all_sectors, find_sector

register = template.Library()


@register.simple_tag
def sheet_url(card: SupplierCard | Supplier) -> str:
    """The address of a supplier's sheet."""
    return reverse("directory:sheet", args=[slug_of(card.key)])


@register.simple_tag
def sheet_slug(card: SupplierCard) -> str:
    """How a supplier is named in an address."""
    return slug_of(card.key)


@register.simple_tag
def distance(card: SupplierCard, hit: SupplierHit, place: Place | None) -> str:
    """« 12 km », with « environ » as soon as one of the two ends is not known to the commune."""
    written = kilometres(hit.distance_km)
    is_rough = card.is_place_approximate or (place is not None and place.is_approximate)
    return f"environ {written}" if is_rough and not written.startswith("moins") else written


@register.simple_tag
def sector_list() -> SafeString:
    """The purchase sectors that `SectorField` proposes as one types: once a page, however many fields it has."""
    options = format_html_join("", '<option value="{}"></option>', ((one.label,) for one in all_sectors()))
    return format_html('<datalist id="{}">{}</datalist>', LIST_ID, options)


@register.filter
def trades(slugs: Iterable[str]) -> str:
    """« Nettoyage de bureaux et de locaux, Traiteur » of slugs of sectors; an unknown one is left out."""
    return ", ".join(found.label for slug in slugs if (found := find_sector(slug)))


@register.simple_tag
def sheet_points(card: SupplierCard) -> dict[str, Any]:
    """The only point of a sheet's map."""
    return {"points": [{"lat": card.latitude, "lon": card.longitude, "name": card.display_name}]}


@register.simple_tag
def profile_line(card: SupplierCard, group: str) -> str:
    """A group of the profile in one French line, empty when the supplier has none."""
    return profile_text(group, card.profile[group]) if group in card.profile else ""


@register.simple_tag
def passage(card: SupplierCard, query: SupplierQuery) -> str:
    """What it says of a trade it does not list."""
    return passage_of(card, query.wishes)


@register.simple_tag
def areas_said(card: SupplierCard, query: SupplierQuery) -> str:
    """« jusqu’à 60 km, région Bretagne »: where it says it works, for the trades asked for or for all."""
    return ", ".join(coming.areas_said(card, query))


@register.filter
def reservation_label(article: str) -> str:
    """What an article opens."""
    return RESERVATIONS.get(article, "")
