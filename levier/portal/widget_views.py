"""The search in a frame, the only page of the site that another site may frame; and the page that gives its code."""

from collections.abc import Mapping

from csp.decorators import csp_replace, csp_update
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from levier.community.policies import get_public_portal
from levier.community.queries import online_portals
from levier.portal.widget import (
    ACCENTS,
    FIRST_HEIGHT,
    HEIGHTS,
    LONGEST_PLACE,
    accent_of,
    snippets,
    widget,
)

# Any site may hold the frame: it shows public data, has no button that acts and knows nobody.
_FRAMED = {"frame-ancestors": ["*"]}


@login_not_required
@require_safe
@xframe_options_exempt
@csp_replace(_FRAMED)
def frame(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The frame of a portal, or of the whole directory: no session, no cookie, not indexed, without script."""
    try:
        portal = get_public_portal(slug) if slug else None
    except Http404 as gone:
        # Said inside the frame: the site that holds it shows nothing else.
        context = {"gone": str(gone), "accent": accent_of(request.GET), "widget": None}
        return _framed(context, status=404)
    shown = widget(portal, request.GET)
    status = 503 if shown.is_down else (422 if shown.problem else 200)
    return _framed({"widget": shown, "accent": shown.accent, "gone": ""}, status=status)


def _framed(context: Mapping[str, object], status: int) -> HttpResponse:
    # Rendered without the request: nothing of the page can come to depend on who reads it.
    response = HttpResponse(render_to_string("portal/widget.html", dict(context)), status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "public, max-age=60"
    return response


@login_not_required
@require_safe
@csp_update({"frame-src": ["'self'"]})
def embed(request: HttpRequest) -> HttpResponse:
    """« Mettre la recherche sur votre site »: options, what it looks like, and the code to copy."""
    portals = list(online_portals())
    asked = request.GET.get("portail", "")
    portal = next((one for one in portals if one.slug == asked), None)
    given = request.GET.get("hauteur", "")
    height = int(given) if given in map(str, HEIGHTS) else FIRST_HEIGHT
    place = " ".join(request.GET.get("lieu", "").split())[:LONGEST_PLACE]
    accent = accent_of(request.GET)
    site = request.build_absolute_uri("/").rstrip("/")
    context = {
        "portals": portals,
        "portal": portal,
        "is_unknown": bool(asked) and portal is None,
        "heights": HEIGHTS,
        "height": height,
        "accents": ACCENTS,
        "accent": accent,
        "place": place,
        "snippets": snippets(portal=portal, place=place, accent=accent, height=height, site=site),
    }
    return render(request, "portal/embed.html", context)
