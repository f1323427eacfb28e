"""Public pages of the regional portals: the list, one portal, its search and exports, its events, its picture."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from levier.community import calendars, policies
from levier.community.actions.portals import IMAGE_ROOM
from levier.community.models import Event, RegionalPortal
from levier.community.queries import area_of, portals_by_region, scope_of, upcoming_events
from levier.directory.answering import chart_response, export_response, results_response
from levier.directory.networks.queries import networks_with_members
from levier.directory.ownership import images
from levier.portal.regional import event_address, event_data, regional_page, search_path
from levier.reference.models import Region

YEAR_SECONDS = 365 * 24 * 3600
CALENDAR_SECONDS = 3600


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The portals online, by région; then the networks that keep a list of members, with their portal if any."""
    lists = portals_by_region(Region.objects.order_by("name").values_list("code", "name"))
    own = {portal.holder_id: portal for one in lists for portal in one.portals if portal.is_network}
    networks = [(one, own.get(one.organisation_id)) for one in networks_with_members()]
    return render(request, "portal/regionals.html", {"lists": lists, "networks": networks})


@login_not_required
@require_safe
def portal(request: HttpRequest, slug: str) -> HttpResponse:
    """One portal; a draft is shown to its editors and to the staff, and says so."""
    found = policies.get_shown_portal(request.user, slug)
    site = request.build_absolute_uri("/").rstrip("/")
    page = regional_page(found)
    context = {"page": page, "portal": found, "structured": [event_data(one, site) for one in page.events]}
    response = render(request, "portal/regional.html", context)
    if not found.is_online:
        patch_cache_control(response, no_store=True, private=True)
        response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """The search page, which stays among the suppliers of the portal."""
    found = policies.get_shown_portal(request.user, slug)
    return results_response(request, search_path(found), scope_of(found, area_of(found)))


@login_not_required
@require_safe
def chart(request: HttpRequest, slug: str) -> HttpResponse:
    """The map of a search of a portal."""
    found = policies.get_shown_portal(request.user, slug)
    return chart_response(request, scope_of(found, area_of(found)))


@login_not_required
@require_safe
def export(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """The search of a portal as CSV, XLSX or JSON."""
    found = policies.get_shown_portal(request.user, slug)
    return export_response(request, form, scope_of(found, area_of(found)))


@login_not_required
@require_safe
def calendar(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The events to come: a calendar to subscribe to, a table, or data."""
    found = policies.get_public_portal(slug)
    events = [(event, request.build_absolute_uri(event_address(event))) for event in upcoming_events(found)]
    if form == "ics":
        return _as_calendar(events, found.title, f"agenda-{slug}", request)
    rows = [calendars.row_of(event, url) for event, url in events]
    if form == "csv":
        response = HttpResponse(calendars.as_csv(rows), content_type="text/csv; charset=utf-8")
    elif form == "json":
        response = HttpResponse(json.dumps(rows, ensure_ascii=False), content_type="application/json")
    else:
        raise Http404("Ce format n’existe pas : choisissez ICS, CSV ou JSON.")
    response["Content-Disposition"] = f'attachment; filename="agenda-{slug}.{form}"'
    return response


@login_not_required
@require_safe
def event(request: HttpRequest, slug: str, end: str) -> HttpResponse:
    """One event; an old title leads to the right address."""
    found = _event(slug, end)
    if request.path != event_address(found):
        return redirect(event_address(found), permanent=True)
    site = request.build_absolute_uri("/").rstrip("/")
    context = {"event": found, "portal": found.portal, "structured": event_data(found, site)}
    return render(request, "portal/regional_event.html", context)


@login_not_required
@require_safe
def event_calendar(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One event to add to one's calendar."""
    found = policies.get_public_event(slug, pk)
    url = request.build_absolute_uri(event_address(found))
    return _as_calendar([(found, url)], found.title, f"evenement-{pk}", request)


def _event(slug: str, end: str) -> Event:
    number = end.partition("-")[0]
    if not number.isdecimal() or len(number) > 18:
        raise Http404(policies.UNKNOWN_EVENT)
    return policies.get_public_event(slug, int(number))


def _as_calendar(
    events: list[tuple[Event, str]], name: str, file_name: str, request: HttpRequest
) -> HttpResponse:
    text = calendars.as_ics(events, name=name, host=request.get_host().partition(":")[0])
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}.ics"'
    patch_cache_control(response, public=True, max_age=CALENDAR_SECONDS)
    return response


@login_not_required
@require_safe
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def picture(request: HttpRequest, slug: str, name: str, size: str) -> HttpResponseBase:
    """The picture of a portal; its name is its content, so it never changes."""
    shown: RegionalPortal = policies.get_shown_portal(request.user, slug)
    path = images.path_of(name, size, IMAGE_ROOM) if shown.image == name else None
    if path is None:
        raise Http404("Cette image n’existe pas, ou n’est plus sur le portail.")
    return FileResponse(path.open("rb"), content_type="image/jpeg")
