"""Who opens which study: through the lot, so that a study is never seen by more people than its purchase."""

from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.clauses.models import Scenario, StudyVersion
from levier.organisations.models import Organisation
from levier.purchasing.policies import PurchasePower as Power
from levier.purchasing.policies import Reader, get_lot_for

UNKNOWN = "Cette étude n’existe pas, ou l’achat n’est pas partagé avec votre organisation."
NO_TABLE = "Cette table n’existe pas, ou vous n’êtes pas facilitateur de cette structure."


def get_scenario_for(user: Reader, pk: int, *, to: Power = "see") -> Scenario:
    """A scenario of a lot one may open, with its lot. Raises Http404, PermissionDenied."""
    found = Scenario.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    found.lot = get_lot_for(user, found.lot_id, to=to)
    return found


def get_version_for(user: Reader, pk: int, *, to: Power = "see") -> StudyVersion:
    """A saved study of a lot one may open, with its scenario and lot. Raises Http404, PermissionDenied."""
    found = StudyVersion.objects.select_related("scenario", "by").filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    found.scenario.lot = get_lot_for(user, found.scenario.lot_id, to=to)
    return found


def tables_of(user: User) -> list[Organisation]:
    """The structures whose table of values this account keeps: those it is a facilitator of."""
    return list(
        Organisation.objects.filter(memberships__user=user, memberships__role=Role.FACILITATOR)
        .distinct()
        .order_by("name", "pk")
    )


def get_table_for(user: Reader, organisation_pk: int) -> Organisation:
    """A structure whose table one keeps. Raises Http404."""
    if user.is_authenticated and user.is_active:
        found = (
            Membership.objects.select_related("organisation")
            .filter(user=user, organisation_id=organisation_pk, role=Role.FACILITATOR)
            .first()
        )
        if found:
            return found.organisation
    raise Http404(NO_TABLE)
