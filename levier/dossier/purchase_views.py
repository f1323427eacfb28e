"""From the dossier to a purchase, and the « note d'opportunité » of a need or of a purchase."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from levier.accounts.models import User
from levier.core.documents import DocumentError
from levier.dossier import opportunity_note, publishing
from levier.dossier.presenting import chips_of
from levier.dossier.purchase_lots import lot_dossiers
from levier.dossier.views import composed
from levier.purchasing import actions, policies, prefill
from levier.purchasing.errors import RefusedError


@login_not_required
@never_cache
@require_POST
def prepare_purchase(request: HttpRequest) -> HttpResponse:
    """A purchase with one lot from the need: at once for a buyer of one organisation, else by its form.

    A visitor signs in on the way: the need waits in the session, never in an address.
    """
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    values, lot = publishing.purchase_values(dossier.need)
    user = request.user
    if isinstance(user, User):
        organisations = list(policies.buying_organisations(user)[:2])
        if len(organisations) == 1:
            try:
                made = actions.open_purchase(
                    by=user, organisation=organisations[0], values=values, lots=[lot]
                )
            except RefusedError:
                # The form says what to correct.
                pass
            else:
                return redirect("purchasing:purchase", pk=made.pk)
    begun = {"purchase": publishing.purchase_initial(values), "lots": [prefill.plain_lot(lot)]}
    prefill.keep(request.session, begun, prefill.PURCHASE)
    return redirect("purchasing:new_purchase")


@login_not_required
@never_cache
@require_POST
def note(request: HttpRequest, target: str) -> HttpResponse:
    """The note of the need as typed; like the dossier, nothing is stored."""
    if target not in opportunity_note.MEDIA:
        raise Http404("Ce format n’existe pas.")
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    try:
        content = opportunity_note.note_of_need(dossier, target)
    except DocumentError as problem:
        return _impossible(request, problem)
    return _attached(content, target, "note-opportunite")


@never_cache
@require_GET
def purchase_note(request: HttpRequest, pk: int, target: str) -> HttpResponse:
    """The note of a purchase, for both sides."""
    purchase = policies.get_purchase_for(request.user, pk)
    if target not in opportunity_note.MEDIA:
        raise Http404("Ce format n’existe pas.")
    today = timezone.localdate()
    lots = list(purchase.lots.present())
    for lot in lots:
        lot.purchase = purchase
    try:
        content = opportunity_note.note_of_purchase(
            purchase, lot_dossiers(lots, today=today), target, on=today
        )
    except DocumentError as problem:
        return _impossible(request, problem)
    return _attached(content, target, f"note-opportunite-{pk}")


def _impossible(request: HttpRequest, problem: DocumentError) -> HttpResponse:
    context = {"title": "La note n’a pas pu être faite", "sentence": str(problem)}
    return render(request, "core/error.html", context, status=503)


def _attached(content: bytes, target: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=opportunity_note.MEDIA[target])
    response["Content-Disposition"] = f'attachment; filename="{name}.{target}"'
    return response
