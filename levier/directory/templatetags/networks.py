"""How networks are written on pages: their menu, the facts they vouch for, beside the values."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse

from levier.core.typography import NO_BREAK, figure
from levier.directory.models import ReviewingNetwork, Supplier
from levier.directory.networks.facts import FACTS, fact_of_group
from levier.directory.networks.members import Figures
from levier.directory.networks.vouching import StandingVouch

register = template.Library()

_LINKS = (
    ("network", "Aujourd’hui"),
    ("members", "Membres"),
    ("facts", "Faits à attester"),
    ("network_presentation", "Présentation"),
)


@register.inclusion_tag("directory/networks/nav.html")
def network_nav(network: ReviewingNetwork, here: str) -> dict[str, Any]:
    """The pages of one network; ``here``: the name of the current one."""
    links = [
        (name, reverse(f"directory:{name}", args=[network.organisation_id]), word) for name, word in _LINKS
    ]
    return {"network_links": links, "here": here}


@register.inclusion_tag("directory/networks/vouched.html")
def vouched(vouches: Sequence[StandingVouch], fact: str) -> dict[str, Any]:
    """« Attesté par … le … », beside the value of one fact."""
    return {"vouches": [one for one in vouches if one.fact == fact]}


@register.simple_tag
def vouched_for(vouches: Sequence[StandingVouch], group: str) -> list[StandingVouch]:
    """The vouches that stand for a group of values, in the table of provenance."""
    fact = fact_of_group(group)
    return [one for one in vouches if fact is not None and one.fact == fact.slug]


@register.filter
def fact_label(slug: str) -> str:
    """The name of a fact."""
    return FACTS[slug].label if slug in FACTS else slug


@register.filter
def display_name(supplier: Supplier) -> str:
    """The brand when there is one, else the legal name."""
    return supplier.brand or supplier.name


@register.filter
def said_by(figures: Figures) -> str:
    """« dites par 4 fiches »."""
    return f"d’après {figure(figures.saying)}{NO_BREAK}fiche{'s' if figures.saying > 1 else ''}"
