"""Answers a search with a page or with a file, over the whole directory or inside a part of it."""

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django_htmx.http import push_url

from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.directory import charting, exports
from levier.directory.address import Address
from levier.directory.forms import MapForm, SearchForm
from levier.directory.results import REBUILDING, results_page, understand
from levier.directory.scopes import SearchScope
from levier.directory.understood import DEFAULT_RADIUS

_NAME = "fournisseurs-inclusifs"
# What one field understands, for whoever does not know what to type.
_EXAMPLES = ("traiteur", "espaces verts près de Chelles", "peintre en bâtiment à Lille", "ESAT en Bretagne")
# An export says more to whoever has signed in: no shared cache may give one the file of the other.
_CACHE = "private"


def results_response(request: HttpRequest, path: str, scope: SearchScope | None = None) -> HttpResponse:
    """The results page at this path, or its changing part for htmx: the view varies on HX-Request."""
    address = Address(path, request.GET)
    form = SearchForm(request.GET)
    results = results_page(form, address, scope)
    context = {
        "form": form, "results": results, "address": address, "default_radius": DEFAULT_RADIUS, "examples": _EXAMPLES,
    }  # fmt: skip
    status = 503 if results.is_down else (422 if results.problem else 200)
    htmx = getattr(request, "htmx", None)
    if htmx:
        # A part is swapped in only when it is a success, and its sentence must be read.
        response = render(request, "directory/swap.html", context)
        # « change » then « submit » ask the same thing: one step back must leave it.
        is_new = htmx.current_url_abs_path != str(address)
        return push_url(response, str(address)) if is_new else response
    return render(request, "directory/search.html", context, status=status)


def chart_response(request: HttpRequest, scope: SearchScope | None = None) -> HttpResponse:
    """Every supplier of a search on a map, as GeoJSON: the window of the map, cut in squares."""
    fields, shown = SearchForm(request.GET), MapForm(request.GET)
    if not fields.is_valid() or not shown.is_valid():
        errors = [*fields.errors.values(), *shown.errors.values()]
        return _no_map(" ".join(str(error) for each in errors for error in each))
    asked = understand(fields.cleaned_data, scope)
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
    # Moving back and forth asks for the same squares again. A part may not be everybody's yet.
    whose = "public" if scope is None else "private"
    patch_cache_control(response, max_age=300, **{whose: True})
    return response


def _no_map(sentence: str, status: int = 422) -> HttpResponse:
    return JsonResponse({"detail": sentence}, status=status, json_dumps_params={"ensure_ascii": False})


def export_response(request: HttpRequest, form: str, scope: SearchScope | None = None) -> HttpResponseBase:
    """The whole search as a file: `csv` and `json` are streamed, `xlsx` is bounded. Raises Http404."""
    if form not in {"csv", "xlsx", "json"}:
        raise Http404("Ce format n’existe pas : choisissez CSV, XLSX ou JSON.")
    fields = SearchForm(request.GET)
    if not fields.is_valid():
        return exports.refused(
            request, " ".join(str(error) for errors in fields.errors.values() for error in errors)
        )
    asked = understand(fields.cleaned_data, scope)
    if asked.problem:
        return exports.refused(request, asked.problem)
    try:
        count = exports.count(asked.query, asked.place)
    except (IndexMissingError, IndexOutdatedError):
        return exports.refused(request, REBUILDING)
    except SearchError as error:
        return exports.refused(request, str(error))
    lines = exports.rows(asked.query, asked.place)
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
    pieces = exports.as_csv(lines, columns) if form == "csv" else exports.as_json(lines, columns)
    stream = exports.stream(pieces)
    if stream is None:
        return exports.busy(request)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    response = StreamingHttpResponse(stream, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{_NAME}.{form}"'
    response["Cache-Control"] = _CACHE
    return response
