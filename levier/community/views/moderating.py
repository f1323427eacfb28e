"""The staff opens, refuses, suspends and reinstates portals."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from levier.community import actions, policies, queries
from levier.community.errors import RefusedError
from levier.community.views.common import account


@never_cache
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; then the portals that were opened."""
    policies.check_staff(request.user)
    waiting, opened = queries.portals_to_moderate()
    return render(request, "community/moderation.html", {"waiting": waiting, "opened": opened})


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision on one portal."""
    portal = policies.get_portal_to_moderate(request.user, pk)
    user, decision = account(request), request.POST.get("decision", "")
    reason = request.POST.get("motif", "")
    try:
        if decision == "ouvrir":
            actions.open_portal(by=user, portal=portal)
            messages.success(request, f"Le portail « {portal.title} » est ouvert en brouillon.")
        elif decision == "suspendre":
            actions.suspend_portal(by=user, portal=portal, reason=reason)
            messages.success(request, f"Le portail « {portal.title} » est suspendu.")
        elif decision == "retablir":
            actions.reinstate_portal(by=user, portal=portal)
            messages.success(request, f"Le portail « {portal.title} » est de nouveau en ligne.")
        else:
            actions.refuse_portal(by=user, portal=portal, reason=reason)
            messages.success(request, f"La demande « {portal.title} » est refusée.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("community:moderation")
