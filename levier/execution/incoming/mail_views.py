"""Pages of what came to the mail address of a contract: a piece, read by the facilitator, then « vu »."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from levier.core import received_files
from levier.execution.declaring.policies import facilitator_desk
from levier.execution.errors import RefusedError
from levier.execution.incoming import mailing
from levier.execution.models import MailedPaper, ReceivedMail
from levier.facilitators.views.common import account

_GONE = "Cette pièce n’existe pas, ou elle est effacée : vue, ou gardée trop longtemps."


@never_cache
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """A page as a file, for the facilitator of its contract."""
    found = _paper_for(request, pk)
    path = received_files.path_of(found.stored_as, room=mailing.ROOM)
    if path is None or found.mail.gone_on:
        raise Http404(_GONE)
    response = FileResponse(path.open("rb"), content_type=received_files.media_type(found.stored_as))
    response["Content-Disposition"] = f'attachment; filename="releve-{pk}{path.suffix}"'
    return response


@require_POST
def payslip(request: HttpRequest, pk: int) -> HttpResponse:
    """A page that is a payslip: it goes at once."""
    found = _paper_for(request, pk)
    try:
        mailing.refuse_payslip_of(by=account(request), paper=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Bulletin de paie effacé : un courriel le dit à qui l’a envoyé.")
    return redirect("declaring:grid", pk=found.mail.contract_id)


def _paper_for(request: HttpRequest, pk: int) -> MailedPaper:
    found = MailedPaper.objects.select_related("mail").filter(pk=pk).first()
    if found is None:
        raise Http404(_GONE)
    facilitator_desk(request.user, found.mail.contract_id)
    return found


@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """The message was read: its pages go."""
    found = ReceivedMail.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("Ce message n’existe pas.")
    desk = facilitator_desk(request.user, found.contract_id)
    try:
        mailing.mark_seen(by=account(request), message=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Message lu : « vu » est noté, les pages sont effacées.")
    return redirect("declaring:grid", pk=desk.contract.pk)
