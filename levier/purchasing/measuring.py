"""What happens to a purchase and counts for a convention of its facilitator: pushed to the facilitators' room."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from levier.core.audit import Actor
from levier.facilitators import actions as facilitators
from levier.facilitators.models import Measure, MeasureFact, Structure
from levier.purchasing.models import BidderQuestion, Purchase
from levier.rulebook.working_days import working_days_between


def structure_of(purchase: Purchase) -> Structure | None:
    """The structure whose organisation studies the purchase, when the directory of facilitators knows it."""
    if purchase.facilitator_id is None:
        return None
    return Structure.objects.filter(organisation=purchase.facilitator_id).order_by("pk").first()


def note_drafted_answer(by: Actor, question: BidderQuestion) -> None:
    """The first draft counts, once; the buyer's own delay to sign is not the facilitator's."""
    purchase = question.desk.purchase
    asked, today = timezone.localdate(question.asked_at), timezone.localdate()
    days = working_days_between(asked, today, purchase.departement_code)
    _note(
        by, purchase, Measure.ANSWER_TIME, "Réponse à une question de candidat, rédigée", f"question-{question.pk}",
        Decimal(days),
    )  # fmt: skip


def note_delivered_study(by: Actor, purchase: Purchase) -> None:
    """A purchase proposed to its buyer, once even when it is studied again."""
    _note(by, purchase, Measure.STUDIES, "Étude d’un achat, proposée à l’acheteur", f"study-{purchase.pk}")


def note_launch_meeting(by: Actor, purchase: Purchase, lot_pk: int) -> None:
    """The offer of insertion handed over at the launch meeting of a lot."""
    label = "Réunion de lancement, offre d’insertion remise"
    _note(by, purchase, Measure.VISITS, label, f"launch-{lot_pk}")


def note_exchange(by: Actor, purchase: Purchase, exchange_pk: int, held_on: date) -> None:
    """A regular exchange with the référent was held; the handing over of an offer the same day is that meeting."""
    structure = structure_of(purchase)
    same_day = MeasureFact.objects.filter(
        structure=structure, happened_on=held_on, buyer_siren=purchase.organisation.siren or "",
        source_key__startswith="launch-",
    )  # fmt: skip
    if structure is not None and not same_day.exists():
        facilitators.record_measure_fact(
            by=by, structure=structure, measure=Measure.VISITS, happened_on=held_on,
            label="Échange avec le référent de l’acheteur", source_key=f"exchange-{exchange_pk}",
            buyer_siren=purchase.organisation.siren or "",
        )  # fmt: skip


def _note(
    by: Actor, purchase: Purchase, measure: str, label: str, key: str, quantity: Decimal = Decimal(1)
) -> None:
    structure = structure_of(purchase)
    if structure is not None:
        facilitators.record_measure_fact(
            by=by, structure=structure, measure=measure, happened_on=timezone.localdate(), label=label,
            source_key=key, buyer_siren=purchase.organisation.siren or "", quantity=quantity,
        )  # fmt: skip
