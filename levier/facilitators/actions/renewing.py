"""The convention that follows another: written from it at its term, with the days moved on by one duration."""

from datetime import date, timedelta

from django.db import transaction

from levier.accounts.models import User
from levier.facilitators.actions.conventions import (
    CommitmentValues,
    ConventionValues,
    PartyValues,
    locked_convention,
    save_convention,
)
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import Convention, ConventionParty, ConventionState, PartyRole
from levier.facilitators.queries.conventions import following_of
from levier.rulebook.months import add_months, full_months, last_day_of_window


@transaction.atomic
def renew_convention(*, by: User, convention: Convention) -> Convention:
    """The draft of the next convention: same parties, services and promises, from the day after this one ends.

    Called again, it gives the one already begun. Raises RefusedError for a convention that is not signed, or has no term.
    """
    locked = locked_convention(convention)
    if begun := following_of(locked):
        return begun
    was_signed = locked.state == ConventionState.SIGNED or (
        locked.state == ConventionState.ENDED and not locked.end_reason
    )
    if not was_signed:
        raise RefusedError("Seule une convention signée se renouvelle.")
    if locked.valid_to is None:
        raise RefusedError("Cette convention n’a pas de terme : elle continue sans être renouvelée.")
    made = save_convention(by=by, structure=locked.structure, values=_next_values(locked, locked.valid_to))
    made.previous = locked
    made.save(update_fields=["previous"])
    return made


def _next_values(convention: Convention, end: date) -> ConventionValues:
    parties = list(convention.parties.order_by("position"))
    # Whoever left is not asked again, and its promises went with it.
    others = [one for one in parties if one.role != PartyRole.STRUCTURE and one.left_on is None]
    places = {one.pk: 0 for one in parties if one.role == PartyRole.STRUCTURE}
    places |= {one.pk: place for place, one in enumerate(others, start=1)}
    start = end + timedelta(days=1)
    months = full_months(convention.valid_from, start)
    is_whole = months > 0 and add_months(convention.valid_from, months) == start
    days = start - convention.valid_from

    def moved(day: date) -> date:
        return add_months(day, months) if is_whole else day + days

    return ConventionValues(
        kind=convention.kind,
        title=convention.title,
        valid_from=start,
        valid_to=last_day_of_window(start, months) if is_whole else end + days,
        structure_party=_typed(next(one for one in parties if one.role == PartyRole.STRUCTURE)),
        others=tuple(_typed(one) for one in others),
        commitments=tuple(
            CommitmentValues(
                party=places[one.party_id],
                text=one.text,
                measure=one.measure,
                target=one.target,
                due_on=moved(one.due_on) if one.due_on else None,
            )
            for one in convention.commitments.order_by("pk")
            if one.party_id in places
        ),
        services=tuple(convention.services),
        territory=convention.territory,
        financial_share=convention.financial_share,
        special_terms=convention.special_terms,
        has_data_annex=convention.has_data_annex,
        data_role=convention.data_role,
        is_lead=convention.is_lead,
        is_public=convention.is_public,
    )


def _typed(one: ConventionParty) -> PartyValues:
    return PartyValues(
        name=one.name,
        siren=one.siren,
        signatory_name=one.signatory_name,
        signatory_title=one.signatory_title,
        share_amount=one.share_amount,
        share_for=one.share_for,
    )
