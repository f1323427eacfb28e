"""Writes of an offer of insertion: by the facilitator, until it is handed to the holder."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import InsertionOffer, Route
from levier.clauses.offers.winners import WON
from levier.core import audit
from levier.directory.models import Supplier
from levier.facilitators.models import Structure
from levier.purchasing.measuring import note_launch_meeting
from levier.purchasing.models import Lot

MOST_POSTS = 10


@dataclass(frozen=True, kw_only=True)
class OfferValues:
    """What an offer says. Hours in hours, people in people."""

    posts: tuple[dict[str, Any], ...] = ()
    suppliers: tuple[int, ...] = ()
    prescribers: tuple[int, ...] = ()
    expected_people: int | None = None
    routes: tuple[str, ...] = ()
    routes_note: str = ""
    note: str = ""
    is_ready: bool = False


@transaction.atomic
def save_offer(*, by: User, lot: Lot, values: OfferValues) -> InsertionOffer:
    """Write the offer of a lot. Raises StudyRefusedError once it was handed over, or for what is not there."""
    offer, _ = InsertionOffer.objects.select_for_update().get_or_create(lot=lot)
    if offer.state == InsertionOffer.State.HANDED:
        raise StudyRefusedError("L’offre a été remise au titulaire : elle ne change plus.")
    if len(values.posts) > MOST_POSTS:
        raise StudyRefusedError(f"{MOST_POSTS} postes au plus : regroupez les postes semblables.")
    if values.is_ready and not values.posts:
        raise StudyRefusedError("Dites au moins un poste avant de déclarer l’offre prête.")
    if set(values.routes) - set(Route.values):
        raise StudyRefusedError("Choisissez les parcours dans la liste.")
    suppliers = list(Supplier.objects.filter(pk__in=values.suppliers).values_list("pk", flat=True))
    prescribers = list(Structure.objects.filter(pk__in=values.prescribers).values_list("pk", flat=True))
    offer.posts, offer.suppliers, offer.prescribers = (
        list(values.posts),
        sorted(suppliers),
        sorted(prescribers),
    )
    offer.expected_people, offer.routes = values.expected_people, list(values.routes)
    offer.routes_note, offer.note = values.routes_note.strip(), values.note.strip()
    offer.state = InsertionOffer.State.READY if values.is_ready else InsertionOffer.State.DRAFT
    offer.by = by
    offer.save()
    audit.record(by=by.as_actor(), verb="clauses.save_offer", object_type="lot", object_key=str(lot.pk))
    return offer


@transaction.atomic
def hand_over(
    *, by: User, lot: Lot, to: str, at_launch: bool = False, on: date | None = None
) -> InsertionOffer:
    """Give the offer to the holder: it is frozen from then on, with who gave it and when. Raises StudyRefusedError.

    `at_launch`: face to face at the launch meeting, which counts as a meeting for the facilitator's convention.
    """
    offer = (
        InsertionOffer.objects.select_for_update(of=("self",))
        .select_related("lot__purchase")
        .filter(lot=lot)
        .first()
    )
    if offer is None or offer.state != InsertionOffer.State.READY:
        raise StudyRefusedError("Déclarez d’abord l’offre prête.")
    if offer.lot.purchase.state not in WON:
        raise StudyRefusedError(
            "Déclarez d’abord l’attribution : l’offre se remet à l’entreprise retenue, puis ne change plus."
        )
    if not to.strip():
        raise StudyRefusedError("Dites à quelle entreprise l’offre est remise.")
    offer.state = InsertionOffer.State.HANDED
    offer.handed_to, offer.handed_on = to.strip()[:200], on or timezone.localdate()
    offer.handed_by, offer.at_launch = by, at_launch
    offer.save(update_fields=["state", "handed_to", "handed_on", "handed_by", "at_launch", "updated_at"])
    if at_launch:
        note_launch_meeting(by.as_actor(), lot.purchase, lot.pk)
    audit.record(by=by.as_actor(), verb="clauses.hand_over_offer", object_type="lot", object_key=str(lot.pk))
    return offer
