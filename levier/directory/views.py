"""Results, exports and sheets: public, read only, every page has its shareable address."""

from django.contrib.auth.decorators import login_not_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from levier.accounts.models import User
from levier.accounts.queries import organisations_of
from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.directory import charting, exports, index, queries
from levier.directory.address import Address, website_address
from levier.directory.forms import MapForm, SearchForm
from levier.directory.results import REBUILDING, key_of, results_page, slug_of, understand
from levier.directory.selections.queries import lists_of
from levier.directory.structured_data import supplier_data
from levier.directory.understood import DEFAULT_RADIUS
from levier.reference.queries import place_finder

_NAME = "fournisseurs-inclusifs"
MOST_COMPARED = 4
# An export says more to whoever has signed in: no shared cache may give one the file of the other.
_CACHE = "private"


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """The results page; htmx asks for its changing part only."""
    address = Address(reverse("directory:search"), request.GET)
    form = SearchForm(request.GET)
    results = results_page(form, address)
    context = {"form": form, "results": results, "address": address, "default_radius": DEFAULT_RADIUS}
    status = 503 if results.is_down else (422 if results.problem else 200)
    htmx = getattr(request, "htmx", None)
    if htmx:
        # A part is swapped in only when it is a success, and its sentence must be read.
        response = render(request, "directory/swap.html", context)
        # « change » then « submit » ask the same thing: one step back must leave it.
        is_new = htmx.current_url_abs_path != str(address)
        return push_url(response, str(address)) if is_new else response
    return render(request, "directory/search.html", context, status=status)


@login_not_required
@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """Every supplier of a search on a map, as GeoJSON: the window of the map, cut in squares."""
    fields, shown = SearchForm(request.GET), MapForm(request.GET)
    if not fields.is_valid() or not shown.is_valid():
        errors = [*fields.errors.values(), *shown.errors.values()]
        return _no_map(" ".join(str(error) for each in errors for error in each))
    asked = understand(fields.cleaned_data)
    if asked.problem:
        return _no_map(asked.problem)
    try:
        found = charting.chart_of(asked.query, shown.window)
    except (IndexMissingError, IndexOutdatedError):
        return _no_map(REBUILDING, status=503)
    except SearchError as error:
        return _no_map(str(error))
    response = JsonResponse(
        found, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )
    # Moving back and forth asks for the same squares again.
    patch_cache_control(response, public=True, max_age=300)
    return response


def _no_map(sentence: str, status: int = 422) -> HttpResponse:
    return JsonResponse({"detail": sentence}, status=status, json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The whole search, streamed. The addresses of the page and of the export differ by the path only."""
    if form not in {"csv", "xlsx", "json"}:
        raise Http404("Ce format n’existe pas : choisissez CSV, XLSX ou JSON.")
    fields = SearchForm(request.GET)
    if not fields.is_valid():
        return exports.refused(
            request, " ".join(str(error) for errors in fields.errors.values() for error in errors)
        )
    asked = understand(fields.cleaned_data)
    if asked.problem:
        return exports.refused(request, asked.problem)
    try:
        count = index.count(asked.query)
    except (IndexMissingError, IndexOutdatedError):
        return exports.refused(request, REBUILDING)
    except SearchError as error:
        return exports.refused(request, str(error))
    lines = exports.rows(asked.query)
    columns = exports.columns(with_contacts=request.user.is_authenticated)
    if form == "xlsx":
        if count > exports.MOST_XLSX_ROWS:
            return exports.refused(
                request,
                "Cette recherche est trop large pour un tableur : prenez le CSV, ou ajoutez un filtre.",
            )
        book = FileResponse(exports.as_xlsx(lines, columns), as_attachment=True, filename=f"{_NAME}.xlsx")
        book["Cache-Control"] = _CACHE
        return book
    stream = exports.stream(
        exports.as_csv(lines, columns) if form == "csv" else exports.as_json(lines, columns)
    )
    if stream is None:
        return exports.busy(request)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    response = StreamingHttpResponse(stream, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{_NAME}.{form}"'
    response["Cache-Control"] = _CACHE
    return response


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
        moved["Cache-Control"] = "max-age=3600"
        return moved
    context = {
        "sheet": found,
        "card": found.card,
        "website": website_address(found.card.website),
        "slug": slug,
        "structured": supplier_data(found.card, request.build_absolute_uri("/").rstrip("/")),
    }
    if isinstance(request.user, User):
        context |= {"own_lists": lists_of(request.user), "organisations": organisations_of(request.user)}
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
