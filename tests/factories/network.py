"""Structures of the database, their people, animations; made by hand, without an import."""

from itertools import count
from typing import Any

from django.utils import timezone

from levier.accounts.models import Role, User
from levier.facilitators import actions
from levier.facilitators.models import Animator, Coverage, Facilitator, ReferralRequest, Structure
from levier.organisations.models import Organisation
from levier.reference.places import Place
from tests.factories.accounts import member, organisation

_NUMBERS = count(1)


def desk(*areas: str, place: Organisation | None = None, **fields: Any) -> Structure:
    """A real desk that covers these « scope:code » (the métropole of Lille by default), perhaps proven."""
    number = next(_NUMBERS)
    given: dict[str, Any] = {
        "kind": "plie", "name": f"Guichet {number}", "has_desk": True, "source": "essai",
        "source_key": f"essai-{number}", "email": f"guichet{number}@exemple.invalid",
    }  # fmt: skip
    if place is not None:
        given |= {"organisation": place, "proven_at": timezone.now()}
    made = Structure.objects.create(**(given | fields))
    for area in areas or ("epci:200093201",):
        scope, _, code = area.partition(":")
        Coverage.objects.create(structure=made, scope=scope, code=code)
    return made


def facilitator_of(structure: Structure) -> User:
    """An account that works for the structure's proven organisation."""
    assert structure.organisation is not None
    return member(structure.organisation, role=Role.FACILITATOR, first_name="Camille").user


def person(structure: Structure, **fields: Any) -> Facilitator:
    """Somebody of the structure."""
    number = next(_NUMBERS)
    given = {
        "first_name": "Camille",
        "last_name": f"Exemple{number}",
        "email": f"personne-{number}@exemple.invalid",
    }
    return Facilitator.objects.create(structure=structure, **(given | fields))


def animation(region: str = "32", **fields: Any) -> Animator:
    """An organisation named for a région (Hauts-de-France by default), or for the country (« »)."""
    place = fields.pop("organisation", None) or organisation()
    level = "region" if region else "pays"
    return Animator.objects.create(organisation=place, level=level, region_id=region or None, **fields)


def animator_of(animator: Animator, **fields: Any) -> User:
    """An account that acts for the animation."""
    return member(animator.organisation, role=Role.NETWORK, **fields).user


# Written out: the place finder takes seconds to start.
ROUBAIX = Place(
    "commune",
    "59512",
    "Roubaix",
    "59",
    "Nord",
    "32",
    "200093201",
    ("59100",),
    99_000,
    50.69,
    3.17,
    "commune",
    "",
)


def buyer_of(place: Organisation | None = None) -> User:
    """An account that buys for an organisation (a new one by default)."""
    return member(place or organisation(), role=Role.BUYER).user


def ask(*, place: Organisation | None = None, by: User | None = None, **fields: Any) -> ReferralRequest:
    """A request of a buyer for Roubaix."""
    house = place or organisation()
    given: dict[str, Any] = {
        "subject_label": "Nettoyage des écoles", "place": ROUBAIX, "message": "Combien d’heures ?",
        "need": (("Durée", "12 mois"),),
    }  # fmt: skip
    values = actions.ReferralValues(**(given | fields))
    return actions.ask_facilitator(by=by or buyer_of(house), buyer=house, values=values)
