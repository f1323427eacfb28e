"""The editors' portals: asked for, presented, illustrated, put online."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.community import actions, policies, queries
from levier.community.errors import RefusedError
from levier.community.forms import AskPortalForm, ImageForm, PortalForm
from levier.community.models import PortalState, RegionalPortal
from levier.community.views.common import account


@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The portals one writes, and how to have one."""
    user = account(request)
    context = {
        "portals": queries.portals_kept_by(user),
        "may_ask": policies.holding_organisations(user).exists(),
    }
    return render(request, "community/mine.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a portal in the name of an organisation one is a network or a facilitator of."""
    user = account(request)
    organisations = policies.holding_organisations(user)
    if not organisations.exists():
        return render(request, "community/mine.html", {"portals": [], "may_ask": False}, status=403)
    form = AskPortalForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        holder = policies.get_holder_for(user, form.cleaned_data["organisation"].pk)
        try:
            actions.ask_portal(by=user, holder=holder, holding=form.holding())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Demande envoyée : l’équipe la lit et vous écrit.")
            return redirect("community:mine")
    return render(request, "community/ask.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def portal(request: HttpRequest, pk: int) -> HttpResponse:
    """One portal: its state, what to do next, and how it presents itself."""
    found = policies.get_portal_for(request.user, pk)
    if request.method == "GET":
        return _page(request, found, PortalForm.of(found))
    found = policies.get_open_portal_for(request.user, pk)
    form = PortalForm(request.POST)
    if form.is_valid():
        try:
            actions.save_portal(by=account(request), portal=found, values=form.values())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Présentation enregistrée.")
            return redirect("community:portal", pk=pk)
    return _page(request, found, form, status=422)


@require_POST
def image(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the picture, or take it off."""
    found = policies.get_open_portal_for(request.user, pk)
    user = account(request)
    if request.POST.get("retirer"):
        actions.remove_image(by=user, portal=found)
        messages.success(request, "Image retirée.")
        return redirect("community:portal", pk=pk)
    form = ImageForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.save_image(
                by=user, portal=found, upload=form.cleaned_data["image"], caption=form.cleaned_data["caption"]
            )
        except RefusedError as refusal:
            form.add_error("image", str(refusal))
        else:
            messages.success(request, "Image enregistrée.")
            return redirect("community:portal", pk=pk)
    return _page(request, found, PortalForm.of(found), image_form=form, status=422)


@require_POST
def put_online(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft online, or take it back to a draft."""
    found = policies.get_open_portal_for(request.user, pk)
    try:
        if request.POST.get("etat") == "en_ligne":
            actions.publish_portal(by=account(request), portal=found)
            messages.success(request, "Le portail est en ligne.")
        else:
            actions.withdraw_portal(by=account(request), portal=found)
            messages.success(request, "Le portail est redevenu un brouillon : vous seuls le voyez.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("community:portal", pk=pk)


def _page(
    request: HttpRequest,
    found: RegionalPortal,
    form: PortalForm,
    *,
    image_form: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "portal": found,
        "form": form,
        "image_form": image_form or ImageForm(initial={"caption": found.image_caption}),
        "is_open": found.state not in {PortalState.ASKED, PortalState.REFUSED},
        "has_text": found.texts.exists(),
        "events": queries.all_events_of(found)[:100],
    }
    return render(request, "community/portal.html", context, status=status)
