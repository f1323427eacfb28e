"""Facts that count for commitments: pushed by what happens here, or typed by hand and shown as such."""

import uuid
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Commitment,
    Convention,
    ConventionParty,
    ConventionState,
    Measure,
    MeasureFact,
    Structure,
)

# Nothing in Levier sees these by itself, but for launch meetings.
TYPED_MEASURES = (Measure.VISITS, Measure.REPORTS)


@transaction.atomic
def record_measure_fact(
    *,
    by: Actor,
    structure: Structure,
    measure: str,
    happened_on: date,
    label: str,
    source_key: str,
    buyer_siren: str = "",
    company_siren: str = "",
    quantity: Decimal = Decimal(1),
) -> MeasureFact:
    """What was seen to happen and counts for commitments; the same `source_key` counts once. Raises RefusedError.

    `quantity`: working days for an answer, else how many.
    """
    if measure not in Measure.values or measure in {Measure.NONE, Measure.BY_HAND}:
        raise RefusedError(f"La mesure « {measure} » n’existe pas.")
    made, is_new = MeasureFact.objects.get_or_create(
        source_key=source_key[:120],
        defaults={
            "structure": structure, "measure": measure, "happened_on": happened_on, "label": label[:200],
            "buyer_siren": buyer_siren, "company_siren": company_siren, "quantity": quantity,
        },
    )  # fmt: skip
    if is_new:
        audit.record(
            by=by,
            verb="facilitators.record_measure_fact",
            object_type="structure",
            object_key=str(structure.pk),
            details={"measure": measure},
        )
    return made


@transaction.atomic
def confirm_commitment(
    *, by: User, party: ConventionParty, commitment: Commitment, done_on: date, words: str = ""
) -> Commitment:
    """Say that what is seen by hand was done that day. `party`: for whom the account speaks. Raises RefusedError.

    Said once; who said it, for which party, stays beside it and is read by all.
    """
    locked = (
        Commitment.objects.select_for_update(of=("self",)).select_related("convention").get(pk=commitment.pk)
    )
    if locked.measure != Measure.BY_HAND:
        raise RefusedError("Cet engagement est suivi par sa mesure : il ne se constate pas à la main.")
    if locked.convention.state != ConventionState.SIGNED:
        raise RefusedError("Les engagements se suivent une fois la convention signée.")
    if locked.done_on is not None:
        raise RefusedError("Cet engagement est déjà constaté.")
    if done_on > timezone.localdate():
        raise RefusedError("Cette date est à venir : constatez-le quand ce sera fait.")
    if done_on < locked.convention.valid_from:
        raise RefusedError("Cette date est avant la prise d’effet de la convention.")
    locked.done_on, locked.done_words = done_on, " ".join(words.split())[:200]
    locked.confirmed_by, locked.confirmed_for = by, party.name
    locked.save()
    audit.record(
        by=by.as_actor(),
        verb="facilitators.confirm_commitment",
        object_type="convention",
        object_key=str(locked.convention_id),
        details={"commitment": locked.pk},
    )
    return locked


@transaction.atomic
def type_measure_fact(
    *, by: User, convention: Convention, measure: str, happened_on: date, label: str
) -> MeasureFact:
    """Write by hand what nothing here can see: a meeting, a report delivered. Raises RefusedError.

    The page says that it was typed, and by whom; answers and studies are seen, so they are never typed.
    """
    if measure not in TYPED_MEASURES:
        raise RefusedError("Ce fait est relevé automatiquement : il ne se saisit pas.")
    words = " ".join(label.split())[:200]
    if not words:
        raise RefusedError("Dites ce que c’est, en quelques mots.")
    if happened_on > timezone.localdate():
        raise RefusedError("Cette date est à venir : notez-la quand ce sera fait.")
    if happened_on < convention.valid_from:
        raise RefusedError("Cette date est avant la prise d’effet de la convention.")
    if convention.state != ConventionState.SIGNED:
        raise RefusedError("Les engagements se suivent une fois la convention signée.")
    made = MeasureFact.objects.create(
        structure=convention.structure, measure=measure, happened_on=happened_on, label=words,
        buyer_siren=convention.buyer_siren, convention=convention, source_key=f"typed-{uuid.uuid4()}", is_typed=True, typed_by=by,
    )  # fmt: skip
    audit.record(
        by=by.as_actor(),
        verb="facilitators.type_measure_fact",
        object_type="convention",
        object_key=str(convention.pk),
        details={"measure": measure},
    )
    return made
