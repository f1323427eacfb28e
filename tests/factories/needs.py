"""Needs and their recipients made by hand, without a search index."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from levier.accounts.models import Role, User
from levier.directory.models import Supplier
from levier.directory.queries import supplier_cards
from levier.organisations.models import Organisation
from levier.purchasing import actions
from levier.purchasing.actions.sending import deliver
from levier.purchasing.matching import Candidate, Matching
from levier.purchasing.models import NeedRecipient, NeedState, PublishedNeed
from tests.factories.accounts import member, organisation
from tests.factories.directory import supplier


def values(**changes: Any) -> actions.NeedValues:
    """A correct need, all over France."""
    fields: dict[str, Any] = {
        "kind": "devis",
        "title": "Nettoyage des bureaux de la mairie",
        "text": "Deux passages par semaine, 400 m².",
        "deadline": timezone.localdate() + timedelta(days=20),
        "sectors": ("nettoyage-locaux",),
        "scope": "france",
    }
    return actions.NeedValues(**(fields | changes))


def buyer(place: Organisation | None = None) -> User:
    """An account that buys for an organisation (a new one by default)."""
    return member(place or organisation(), role=Role.BUYER).user


def draft(by: User | None = None, **changes: Any) -> PublishedNeed:
    """A draft of the first organisation of this buyer."""
    author = by or buyer()
    place = Organisation.objects.filter(memberships__user=author).order_by("pk").first()
    assert place is not None
    return actions.save_need(by=author, organisation=place, values=values(**changes))


def listed(place: Organisation | None = None, **fields: Any) -> Supplier:
    """A real supplier with a published address, perhaps of an organisation."""
    number = Supplier.objects.count() + 1
    given = {
        "email": f"contact{number}@fournisseur.invalid",
        "phone": "03 20 00 00 00",
        "organisation": place,
    }
    return supplier(**(given | fields))


def sent(by: User | None = None, *suppliers: Supplier, **changes: Any) -> PublishedNeed:
    """A need that has left, for these suppliers (one by default)."""
    need = draft(by, **changes)
    chosen = suppliers or (listed(),)
    candidates = [Candidate(card, 12.0) for card in supplier_cards([one.pk for one in chosen])]
    deliver(
        need,
        Matching(
            mailed=tuple(one for one in candidates if one.address),
            phoned=tuple(one for one in candidates if not one.address),
        ),
    )
    need.refresh_from_db()
    assert need.state == NeedState.SENT
    return need


def sent_yesterday(need: PublishedNeed) -> None:
    """As if it had left the day before: a reminder may leave today."""
    PublishedNeed.objects.filter(pk=need.pk).update(sent_at=timezone.now() - timedelta(days=1))


def recipient(need: PublishedNeed, one: Supplier) -> NeedRecipient:
    """The row of a supplier."""
    return need.recipients.select_related("supplier", "need__organisation").get(supplier=one)
