"""Results, exports and sheets: public, read only, every page has its shareable address."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from levier.accounts.models import User
from levier.accounts.queries import organisations_of
from levier.directory import queries
from levier.directory.address import website_address
from levier.directory.answering import chart_response, export_response, results_response
from levier.directory.networks.queries import public_memberships
from levier.directory.networks.vouching import vouches_shown_on
from levier.directory.ownership.queries import own_suppliers
from levier.directory.provenance import conflicts_of, departure_of
from levier.directory.provenance import for_everybody as provenance_for_everybody
from levier.directory.results import key_of, slug_of
from levier.directory.selections.queries import lists_of
from levier.directory.story import for_everybody as story_for_everybody
from levier.directory.story import story_of
from levier.directory.structured_data import supplier_data
from levier.reference.queries import place_finder

MOST_COMPARED = 4


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """The results page; htmx asks for its changing part only."""
    return results_response(request, reverse("directory:search"))


@login_not_required
@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """Every supplier of a search on a map."""
    return chart_response(request)


@login_not_required
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The whole search, streamed. The addresses of the page and of the export differ by the path only."""
    return export_response(request, form)


@login_not_required
@require_safe
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """One supplier: what it does and where, proofs, origin of each value, contact."""
    found = queries.supplier_sheet(key_of(slug))
    if found is None or not found.card.is_listed:
        raise Http404(
            "Ce fournisseur n’est pas, ou n’est plus, dans l’annuaire. Cherchez-le par son nom : "
            "il a peut-être changé de SIRET."
        )
    canonical = slug_of(found.card.key)
    if slug != canonical:
        # Another writing of the key, or a supplier merged into this one: a merge can be undone, so not for ever.
        moved = HttpResponsePermanentRedirect(reverse("directory:sheet", args=[canonical]))
        # Whoever has just undone one follows the address again at once.
        moved["Cache-Control"] = "no-store" if request.user.is_authenticated else "max-age=3600"
        return moved
    provenance, story = found.provenance, story_of(found.card.id)
    if not request.user.is_authenticated:
        provenance, story = provenance_for_everybody(provenance), story_for_everybody(story)
    context = {
        "sheet": found,
        "provenance": provenance,
        "card": found.card,
        "website": website_address(found.card.website),
        "slug": slug,
        "memberships": public_memberships(found.card.id),
        "vouches": vouches_shown_on(found.card.id),
        "conflicts": conflicts_of(provenance),
        "departure": departure_of(provenance),
        "story": story,
        "structured": supplier_data(found.card, request.build_absolute_uri("/").rstrip("/")),
    }
    if isinstance(request.user, User):
        context |= {
            "own_lists": lists_of(request.user),
            "organisations": organisations_of(request.user),
            "is_own": own_suppliers(request.user).filter(pk=found.card.id).exists(),
        }
    return render(request, "directory/sheet.html", context)


@login_not_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four suppliers side by side; the address holds their names, so that it can be shared."""
    asked = list(dict.fromkeys(request.GET.getlist("f")))
    cards = queries.cards_by_key([key_of(slug) for slug in asked[:MOST_COMPARED]])
    is_enough = len(cards) >= 2
    context = {"cards": cards, "is_enough": is_enough, "left_out": len(asked) - MOST_COMPARED}
    return render(request, "directory/compare.html", context, status=200 if is_enough else 422)


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def places(request: HttpRequest) -> HttpResponse:
    """Suggestions for the field « Où ? », as options of its list."""
    text = request.GET.get("lieu", "")[:100]
    matches = place_finder().find(text, limit=8) if len(text.strip()) >= 2 else []
    return render(request, "directory/places.html", {"places": [match.place for match in matches]})
