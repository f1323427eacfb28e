"""Pages of the territories: a field to reach them, and one page for each commune, EPCI, département, région."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from levier.portal.territories import (
    ADDRESS_KINDS,
    Link,
    address_of,
    breadcrumbs,
    end_of_address,
    place_of_address,
    territory_page,
)
from levier.reference.models import Region
from levier.reference.places.folding import fold
from levier.reference.queries import place_finder

LONGEST = 100
# Places nearly as good as the first are offered; alone, the first is opened.
AS_GOOD = 0.97


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """A field, and the régions. A place that leaves no doubt is opened at once."""
    text = request.GET.get("lieu", "").strip()[:LONGEST]
    matches = [match for match in place_finder().find(text, limit=8) if match.place.kind in ADDRESS_KINDS]
    if matches:
        close = [match.place for match in matches if match.score > matches[0].score * AS_GOOD]
        if len(close) == 1:
            return redirect(address_of(close[0].kind, close[0].code, close[0].name))
    places = [
        Link(each.place.label, address_of(each.place.kind, each.place.code, each.place.name))
        for each in matches
    ]
    inhabited = Region.objects.filter(communes__population__gt=0)
    regions = [
        Link(name, address_of("region", code, name))
        for code, name in inhabited.values_list("code", "name").distinct()
    ]
    context = {"text": text, "places": places, "regions": sorted(regions, key=lambda link: fold(link.label))}
    status = 404 if text and not places else 200
    return render(request, "portal/territories.html", context, status=status)


@login_not_required
@require_safe
def territory(request: HttpRequest, kind: str, end: str) -> HttpResponse:
    """One territory; an old or shortened address leads to the right one."""
    code = end.partition("-")[0]
    place = place_of_address(kind, code.upper())
    if place is None:
        raise Http404(
            "Ce territoire n’existe pas, ou n’existe plus : cherchez-le par son nom dans « Territoires »."
        )
    if end != end_of_address(place.code, place.name):
        return HttpResponsePermanentRedirect(address_of(place.kind, place.code, place.name))
    page = territory_page(place)
    site = request.build_absolute_uri("/").rstrip("/")
    return render(request, "portal/territory.html", {"page": page, "breadcrumbs": breadcrumbs(page, site)})
