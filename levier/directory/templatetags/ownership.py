"""How what the owner said is written on a card, a sheet and its own page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from levier.core.templatetags.components import status
from levier.directory.models import Supplier
from levier.directory.ownership.freshness import freshness_of
from levier.directory.ownership.teams import FreeTeams, nearest_free
from levier.directory.ownership.wording import (
    SaidCapacity,
    WrittenLine,
    teams_in_lines,
    turnover_words,
    workforce_words,
    written_labels,
    written_lines,
)
from levier.directory.profile import profile_rows
from levier.directory.queries import SupplierCard
from levier.directory.results import slug_of

register = template.Library()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a sheet adds to the columns, ready to be read."""

    lines: tuple[WrittenLine, ...]
    offers: tuple[dict[str, Any], ...]
    references: tuple[dict[str, Any], ...]
    labels: tuple[str, ...]
    workforce: str
    turnover: str
    contacts: tuple[dict[str, Any], ...]
    images: tuple[dict[str, Any], ...]


@register.simple_tag
def freshness(card: SupplierCard) -> SafeString | str:
    """« confirmé il y a 2 mois », as word, icon and colour; nothing when its owner never spoke."""
    found = freshness_of(card.confirmed_on, timezone.localdate())
    return status(found.tone, found.words[0].upper() + found.words[1:]) if found else ""


@register.simple_tag
def free_teams_asked(
    card: SupplierCard, months: Collection[str], sectors: Collection[str]
) -> FreeTeams | None:
    """The free teams of the months and trades a search asks for, else the nearest ones of these trades."""
    return nearest_free(card.capacities, months=months, sectors=sectors)


@register.simple_tag(takes_context=True)
def free_teams_here(context: Context, card: SupplierCard) -> FreeTeams | None:
    """The free teams that serve the shelf shown, when there is one: of its trades, or of every trade."""
    return nearest_free(card.capacities, sectors=getattr(context.get("shelf"), "sectors", ()))


@register.simple_tag
def own_words(card: SupplierCard) -> OwnWords:
    """The groups of a profile that a page writes."""
    profile = card.profile
    return OwnWords(
        lines=written_lines(profile),
        offers=profile_rows(profile, "offers", "title", "description"),
        references=profile_rows(profile, "references", "client", "work", "year"),
        labels=written_labels({"certificates": profile.get("certificates")}, timezone.localdate()),
        workforce=workforce_words(profile),
        turnover=turnover_words(profile),
        contacts=profile_rows(profile, "contacts", "name", "position", "phone", "email"),
        images=profile_rows(profile, "images", "name", "caption", "width", "height"),
    )


@register.simple_tag
def picture_url(image: dict[str, Any], size: str) -> str:
    """Address of a picture, « grande » or « petite »."""
    return reverse("directory:picture", args=[image["name"], size])


@register.simple_tag
def ask_url(card: SupplierCard) -> str:
    """Where one says « C’est ma structure »."""
    return reverse("directory:ask", args=[slug_of(card.key)])


@register.filter
def slug(supplier: Supplier) -> str:
    """The end of the addresses of a supplier."""
    return slug_of(supplier.key)


@register.filter
def said_of_teams(said: Iterable[SaidCapacity]) -> list[str]:
    """« 2 équipes libres de mars à mai (dit le 3 février) », one line for the months in a row."""
    return teams_in_lines(said)
