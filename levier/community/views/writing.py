"""The text of a portal, its versions, and its events."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.community import actions, policies, queries
from levier.community.errors import RefusedError
from levier.community.forms import EventForm, TextForm
from levier.community.models import Event, RegionalPortal
from levier.community.rendering import as_html
from levier.community.views.common import account


@never_cache
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the text; see it before it is saved; go back to a former version."""
    portal = policies.get_open_portal_for(request.user, pk)
    preview = ""
    if request.method == "POST":
        form = TextForm(request.POST)
        if form.is_valid() and request.POST.get("action") == "relire":
            preview = as_html(form.cleaned_data["text"])
        elif form.is_valid():
            try:
                actions.save_text(by=account(request), portal=portal, **form.cleaned_data)
            except RefusedError as refusal:
                form.add_error("text", str(refusal))
            else:
                messages.success(request, "Texte enregistré.")
                return redirect("community:portal", pk=pk)
        if form.errors:
            # Read from now on: the next saving is a choice.
            typed = request.POST.copy()
            typed["read"] = str(_last(portal) or "")
            form.data = typed
    else:
        form = TextForm(initial={"text": queries.current_text(portal), "read": _last(portal)})
    versions = [(one, as_html(one.text)) for one in queries.versions_of(portal, most=20)]
    context = {"portal": portal, "form": form, "versions": versions, "preview": preview}
    return render(request, "community/text.html", context, status=422 if form.errors else 200)


def _last(portal: RegionalPortal) -> int | None:
    return portal.texts.order_by("-written_at", "-pk").values_list("pk", flat=True).first()


@require_POST
def restore(request: HttpRequest, pk: int, version_pk: int) -> HttpResponse:
    """Show a former version again."""
    portal = policies.get_open_portal_for(request.user, pk)
    version = policies.get_text_of(portal, version_pk)
    actions.restore_text(by=account(request), version=version)
    messages.success(request, "Cette version est de nouveau affichée ; l’autre reste dans la liste.")
    return redirect("community:text", pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, pk: int, event_pk: int | None = None) -> HttpResponse:
    """Announce an event, or change one."""
    portal = policies.get_open_portal_for(request.user, pk)
    found = policies.get_event_of(portal, event_pk) if event_pk is not None else None
    if request.method == "GET":
        form = EventForm.of(found) if found else EventForm(initial={"organiser": portal.holder.name})
        return _event_page(request, portal, found, form)
    form = EventForm(request.POST)
    if form.is_valid():
        try:
            actions.save_event(by=account(request), portal=portal, values=form.values(), event=found)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Événement enregistré.")
            return redirect("community:portal", pk=pk)
    return _event_page(request, portal, found, form, status=422)


def _event_page(
    request: HttpRequest, portal: RegionalPortal, found: Event | None, form: EventForm, status: int = 200
) -> HttpResponse:
    return render(
        request, "community/event.html", {"portal": portal, "event": found, "form": form}, status=status
    )


@require_POST
def end_event(request: HttpRequest, pk: int, event_pk: int) -> HttpResponse:
    """Cancel an event, or forget one announced by mistake."""
    portal = policies.get_open_portal_for(request.user, pk)
    found = policies.get_event_of(portal, event_pk)
    if request.POST.get("action") == "supprimer":
        actions.delete_event(by=account(request), event=found)
        messages.success(request, "Événement supprimé.")
    else:
        actions.cancel_event(by=account(request), event=found)
        messages.success(request, "Événement annulé : il reste affiché, marqué « annulé », jusqu’à sa date.")
    return redirect("community:portal", pk=pk)
