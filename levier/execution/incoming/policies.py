"""Who may bring a file and read what it gave: loads and checks in one step, closed by default.

A taking over is the facilitators' of the structure. A month of hours is its desk's: the following structure's, or the company's.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from levier.accounts.models import User
from levier.execution.declaring import policies as desks
from levier.execution.declaring.policies import Desk
from levier.execution.models import Contract, IncomingFile, IncomingKind
from levier.execution.people.policies import followers_for
from levier.execution.people.scope import followed_by
from levier.execution.policies import Reader
from levier.organisations.models import Organisation

UNKNOWN = "Ce fichier n’existe pas, ou il n’est pas à votre organisation."
_OTHER_ROLE = "seuls les facilitateurs de la structure ouvrent les fichiers qu’elle reprend"


def structures_for(user: Reader) -> tuple[Organisation, ...]:
    """Those whose past this account may take over. Raises Http404, PermissionDenied."""
    return followers_for(user)


def files_of(user: User) -> QuerySet[IncomingFile]:
    """The takings over of one's structures, the last first."""
    return IncomingFile.objects.filter(
        organisation__in=followed_by(user), kind=IncomingKind.TAKING_OVER
    ).select_related("organisation", "by")


def get_file_for(user: Reader, pk: int) -> tuple[IncomingFile, Desk | None]:
    """A file one may read and write from; the desk of a month of hours. Raises Http404, PermissionDenied."""
    found = (
        IncomingFile.objects.select_related("organisation", "by", "contract", "commitment__head")
        .filter(pk=pk)
        .first()
    )
    if found is None or not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    assert isinstance(user, User)
    if found.kind == IncomingKind.TAKING_OVER:
        if found.organisation_id not in followed_by(user):
            if user.memberships.filter(organisation=found.organisation_id).exists():
                raise PermissionDenied(_OTHER_ROLE)
            raise Http404(UNKNOWN)
        return found, None
    assert found.contract is not None
    desk = desk_for(user, found.contract.pk, is_company=not _follows(found.contract, found.organisation_id))
    if found.organisation_id not in desk.organisations:
        raise Http404(UNKNOWN)
    return found, desk


def desk_for(user: Reader, contract: int, *, is_company: bool) -> Desk:
    """Where hours of a contract are brought. Raises Http404, PermissionDenied."""
    return desks.company_desk(user, contract) if is_company else desks.facilitator_desk(user, contract)


def organisation_of(desk: Desk) -> Organisation:
    """For whom a desk brings a file: the structure, or the company (its commitment's when it has several)."""
    if not desk.is_facilitator:
        return Organisation.objects.get(pk=min(desk.organisations))
    return desk.contract.facilitator or desk.contract.buyer


def _follows(contract: Contract, organisation: int) -> bool:
    return organisation == (contract.facilitator_id or contract.buyer_id)
