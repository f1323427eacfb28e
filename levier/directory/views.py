"""Results, exports and sheets: public, read only, every page has its shareable address."""

from django.contrib.auth.decorators import login_not_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.directory import exports, index, queries
from levier.directory.address import Address
from levier.directory.forms import SearchForm
from levier.directory.results import REBUILDING, key_of, results_page, slug_of, understand
from levier.directory.understood import DEFAULT_RADIUS
from levier.reference.queries import place_finder

_NAME = "fournisseurs-inclusifs"


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
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The whole search, streamed. The addresses of the page and of the export differ by the path only."""
    if form not in {"csv", "xlsx", "json"}:
        raise Http404("Ce format n’existe pas : choisissez CSV, XLSX ou JSON.")
    fields = SearchForm(request.GET)
    if not fields.is_valid():
        return _refused(
            request, " ".join(str(error) for errors in fields.errors.values() for error in errors)
        )
    asked = understand(fields.cleaned_data)
    if asked.problem:
        return _refused(request, asked.problem)
    try:
        count = index.count(asked.query)
    except (IndexMissingError, IndexOutdatedError):
        return _refused(request, REBUILDING)
    except SearchError as error:
        return _refused(request, str(error))
    lines = exports.rows(asked.query)
    if form == "xlsx":
        if count > exports.MOST_XLSX_ROWS:
            return _refused(
                request,
                "Cette recherche est trop large pour un tableur : prenez le CSV, ou ajoutez un filtre.",
            )
        return FileResponse(exports.as_xlsx(lines), as_attachment=True, filename=f"{_NAME}.xlsx")
    stream = exports.stream(exports.as_csv(lines) if form == "csv" else exports.as_json(lines))
    if stream is None:
        busy = _refused(request, "D’autres exports sont en cours : réessayez dans une minute.", status=503)
        busy["Retry-After"] = "60"
        return busy
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    response = StreamingHttpResponse(stream, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{_NAME}.{form}"'
    return response


def _refused(request: HttpRequest, sentence: str, status: int = 422) -> HttpResponse:
    return render(
        request, "core/error.html", {"title": "Export impossible", "sentence": sentence}, status=status
    )


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
        return HttpResponsePermanentRedirect(reverse("directory:sheet", args=[canonical]))
    context = {"sheet": found, "card": found.card, "website": website_address(found.card.website)}
    return render(request, "directory/sheet.html", context)


def website_address(written: str) -> str:
    """A link from what a source wrote; empty unless it is plainly a web address."""
    text = written.strip()
    if text.startswith(("http://", "https://")):
        return text
    has_scheme = ":" in text.split("/")[0]
    return f"https://{text}" if "." in text and " " not in text and not has_scheme else ""


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def places(request: HttpRequest) -> HttpResponse:
    """Suggestions for the field « Où ? », as options of its list."""
    text = request.GET.get("lieu", "")[:100]
    matches = place_finder().find(text, limit=8) if len(text.strip()) >= 2 else []
    return render(request, "directory/places.html", {"places": [match.place for match in matches]})
