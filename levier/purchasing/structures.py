"""The structures a buyer may hand a purchase to: those the facilitators room advises, once they have people here."""

from collections.abc import Iterable
from dataclasses import dataclass

from levier.accounts.models import Role
from levier.facilitators.answers import Referral
from levier.facilitators.models import Structure
from levier.facilitators.queries import facilitator_for
from levier.organisations.models import Organisation
from levier.purchasing.models import Purchase
from levier.reference.queries import place_by_code


@dataclass(frozen=True, slots=True)
class Desk:
    """One structure advised for a purchase. `organisation` None: nobody of it has an account yet, call it."""

    referral: Referral
    organisation: Organisation | None


def desks_for(purchase: Purchase) -> tuple[Desk, ...]:
    """Whom to hand a purchase to, best first, with the reason; several structures of one SIREN count once."""
    place = place_by_code(purchase.place_kind, purchase.place_code) if purchase.place_code else None
    answer = facilitator_for(
        place=place,
        departement_code=purchase.departement_code,
        buyer_siren=purchase.organisation.siren,
        programme=purchase.programme or None,
        buyer_side=purchase.side,
    )
    # The general advice (« la maison de l’emploi du bassin ») names nobody: nothing can be handed to it.
    advised = [one for one in (answer.primary, *answer.alternatives) if one.is_known]
    known = organisations_of(one.structure_id for one in advised if one.structure_id is not None)
    desks: list[Desk] = []
    seen: set[int] = set()
    for one in advised:
        found = known.get(one.structure_id) if one.structure_id is not None else None
        if found is not None and found.pk in seen:
            continue
        if found is not None:
            seen.add(found.pk)
        desks.append(Desk(one, found))
    return tuple(desks)


def organisations_of(structure_ids: Iterable[int]) -> dict[int, Organisation]:
    """Structure → the organisation proven to run it, for those that have at least one facilitator here. One query.

    Never by the SIREN alone: whoever opens an organisation takes the role that goes with it.
    """
    found = (
        Structure.objects.filter(
            pk__in=list(structure_ids),
            is_active=True,
            organisation__memberships__role=Role.FACILITATOR,
        )
        .select_related("organisation")
        .distinct()
    )
    return {one.pk: one.organisation for one in found if one.organisation is not None}


def may_study(purchase: Purchase, organisation: Organisation) -> bool:
    """Whether this organisation is one of those advised: a purchase is never handed to a stranger."""
    return any(desk.organisation == organisation for desk in desks_for(purchase))
