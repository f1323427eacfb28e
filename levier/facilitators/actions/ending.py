"""The end of a convention: given notice by a party, left by one of several, recalled before its term, past it."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core.audit import Actor
from levier.core.typography import day
from levier.facilitators import wording_conventions
from levier.facilitators.actions.conventions import locked_convention, record, save, tell_parties
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Convention,
    ConventionOrigin,
    ConventionParty,
    ConventionState,
)
from levier.facilitators.queries.conventions import first_end, is_left_alone, to_recall

REMINDERS = (90, 30)


@transaction.atomic
def end_convention(
    *,
    by: User,
    party: ConventionParty,
    convention: Convention,
    reason: str,
    on: date | None = None,
    is_agreed: bool = False,
) -> Convention:
    """A party gives notice; the others are told. `on`: last day, the end of the notice when empty; sooner asks `is_agreed`.

    Where several parties stand beside the structure, one of them leaves and the rest goes on. Raises RefusedError.
    """
    locked = locked_convention(convention)
    if locked.state != ConventionState.SIGNED:
        raise RefusedError("Cette convention n’est pas, ou n’est plus, signée.")
    words = reason.strip()[:500]
    if not words:
        raise RefusedError("Dites pourquoi elle prend fin.")
    today = timezone.localdate()
    soonest = first_end(locked, today)
    last = on or (today if is_agreed else soonest)
    if last < today:
        raise RefusedError("Cette date est passée : donnez celle d’aujourd’hui, ou une date à venir.")
    if last < soonest and not is_agreed:
        raise RefusedError(
            f"Le préavis écrit dans le texte court jusqu’au {day(soonest)} : donnez cette date ou une autre plus "
            "lointaine, ou dites que toutes les parties sont d’accord pour plus tôt."
        )
    if locked.valid_to and last > locked.valid_to:
        raise RefusedError(f"Elle prend déjà fin le {day(locked.valid_to)}.")
    if is_left_alone(locked, party):
        return _leave(by, locked, party, words, last)
    locked.end_reason, locked.valid_to = words, max(last, locked.valid_from)
    if last <= today:
        locked.state = ConventionState.ENDED
    save(locked)
    tell_parties(locked, wording_conventions.ended(locked), f"ended-{locked.valid_to:%Y%m%d}")
    record(by.as_actor(), locked, "ended")
    return locked


def _leave(by: User, convention: Convention, party: ConventionParty, words: str, last: date) -> Convention:
    if party.left_on is not None:
        raise RefusedError(f"Votre départ est déjà noté, au {day(party.left_on)}.")
    party.left_on, party.left_words = last, words
    party.save(update_fields=["left_on", "left_words"])
    save(convention)
    tell_parties(convention, wording_conventions.left(convention, party), f"left-{party.pk}")
    record(by.as_actor(), convention, "left")
    return convention


def follow_terms(*, by: Actor, today: date) -> tuple[int, int]:
    """Recall the conventions near their term (90, then 30 days), end those past it. Returns (recalled, ended).

    Run twice, it writes to nobody twice: the key of each mail names the term and the delay.
    """
    recalled = 0
    signed = Convention.objects.filter(
        state=ConventionState.SIGNED, origin=ConventionOrigin.DRAFTED, valid_to__isnull=False
    )
    for convention in to_recall(today, timedelta(days=max(REMINDERS))).select_related("structure"):
        assert convention.valid_to is not None
        left = (convention.valid_to - today).days
        delay = min(days for days in REMINDERS if left <= days)
        with transaction.atomic():
            recalled += tell_parties(
                convention,
                wording_conventions.to_renew(convention, left=left),
                f"renew-{delay}-{convention.valid_to:%Y%m%d}",
                to_structure=wording_conventions.to_renew_by_structure(convention, left=left),
            )
    ended = 0
    for pk in list(signed.filter(valid_to__lt=today).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            locked = locked_convention(Convention(pk=pk))
            if locked.state == ConventionState.SIGNED:
                locked.state = ConventionState.ENDED
                save(locked)
                record(by, locked, "ended")
                ended += 1
    return recalled, ended
