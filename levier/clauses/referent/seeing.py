"""What Levier already sees of the key factors of a purchase: an answer that nobody has to tick, with what shows it."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone

from levier.clauses.models import ChoiceKind, InsertionOffer, LotChoice, StudyVersion
from levier.core.typography import day
from levier.facilitators.models import Convention, ConventionKind
from levier.purchasing.measuring import structure_of
from levier.purchasing.models import ContactSide, Purchase, PurchaseState

# Three months, as the question asks.
_EARLY = timedelta(days=90)


def seen_answers(purchase: Purchase, *, on: date) -> Mapping[str, str]:
    """Key of a question → what shows that it holds, for the buyer's side; absent: Levier does not know."""
    lots = set(purchase.lots.present().values_list("pk", flat=True))
    studied = StudyVersion.objects.filter(scenario__lot__in=lots).values_list("scenario__lot_id", flat=True)
    signed = LotChoice.objects.filter(lot__in=lots, kind=ChoiceKind.DECISION).values_list("lot_id", flat=True)
    offered = InsertionOffer.objects.filter(lot__in=lots).values_list("lot_id", flat=True)
    found = {
        "pertinence-1": "étude enregistrée pour chaque lot" if lots and lots == set(studied) else "",
        "pertinence-2": "levier signé pour chaque lot" if lots and lots == set(signed) else "",
        "territoire-1": "offre d’insertion préparée pour chaque lot" if lots and lots == set(offered) else "",
        "referent-1": _two_people(purchase),
        "facilitateur-1": _convention(purchase, on),
        "facilitateur-5": _told_early(purchase),
    }
    exchanges = list(purchase.referent_exchanges.all())
    held = [one for one in exchanges if one.held_on]
    late = [one for one in exchanges if one.held_on is None and one.planned_on < on]
    if exchanges:
        found["facilitateur-2"] = f"{len(exchanges)} échanges fixés pour cet achat"
    if held and not late:
        last = max(one.held_on for one in held if one.held_on)
        found["facilitateur-3"] = f"{len(held)} échanges tenus, le dernier le {day(last)}"
    return {key: words for key, words in found.items() if words}


def _two_people(purchase: Purchase) -> str:
    names = [one.name for one in purchase.contacts.all() if one.side == ContactSide.BUYER]
    return f"{' et '.join(names)} sont nommés" if len(names) > 1 else ""


def _convention(purchase: Purchase, on: date) -> str:
    structure = structure_of(purchase)
    siren = purchase.organisation.siren
    if structure is None or not siren:
        return ""
    signed = Convention.objects.filter(structure=structure, kind=ConventionKind.BUYER, buyer_siren=siren)
    in_force = next((one for one in signed if one.is_in_force(on)), None)
    return f"convention avec {structure.name}, depuis le {day(in_force.valid_from)}" if in_force else ""


def _told_early(purchase: Purchase) -> str:
    handed = purchase.events.filter(after=PurchaseState.TO_STUDY).order_by("at").first()
    if handed is None or purchase.launch_on is None:
        return ""
    told = timezone.localdate(handed.at)
    return f"confié le {day(told)}" if purchase.launch_on - told >= _EARLY else ""
