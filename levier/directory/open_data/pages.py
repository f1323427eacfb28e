"""The page of the open data, its files, its schemas, and the register of other platforms. Public."""

import io

from django.contrib.auth.decorators import login_not_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.views.decorators.http import require_safe

from levier.directory import exports, queries
from levier.directory.open_data import columns
from levier.directory.open_data.platforms import all_platforms, register_csv
from levier.directory.open_data.writing import FORMATS, chunks
from levier.directory.structured_data import dataset_data

# The licence of what we add (merge, deduced activities, territories); each source keeps its own.
LICENCE = "Licence Ouverte 2.0"
LICENCE_ADDRESS = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
_BY_FILE = {form.file_name: form for form in FORMATS.values()}
_MEANINGS = {
    "csv": "Pour un tableur ou un script : UTF-8, virgules, listes séparées par « | ».",
    "jsonl": "Une structure par ligne, pour un programme.",
    "parquet": "Le plus léger, pour DuckDB, pandas, R ou un entrepôt de données.",
    "data-inclusion": "Les structures au schéma data.inclusion version 1, en JSON.",
}


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What may be taken, how much there is, from when, under which licence, column by column."""
    sources = [source for source in queries.sources_overview() if source.records]
    published = [source for source in sources if not source.is_demo] or sources
    updated = max((source.last_success for source in published if source.last_success), default=None)
    context = {
        "formats": [(form, _MEANINGS[form.name]) for form in FORMATS.values()],
        "rows": queries.count_listed(),
        "sources": published,
        "updated": updated,
        "is_demo": bool(published) and all(source.is_demo for source in published),
        "licence": LICENCE,
        "licence_address": LICENCE_ADDRESS,
        "columns": columns.supplier_columns(),
        "platforms": all_platforms(),
        "structured": dataset_data(
            request.build_absolute_uri("/").rstrip("/"),
            modified=updated.date().isoformat() if updated else "",
            licence=LICENCE_ADDRESS,
        ),
    }
    return render(request, "directory/open_data.html", context)


@login_not_required
@require_safe
def download(request: HttpRequest, file_name: str) -> HttpResponseBase:
    """One open file, made then streamed; only a few at a time, like every export."""
    form = _BY_FILE.get(file_name)
    if form is None:
        raise Http404(f"Ce fichier n’existe pas : choisissez {', '.join(_BY_FILE)}.")
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=form.content_type)
    else:
        pieces = exports.stream(chunks(form.name, request.build_absolute_uri("/").rstrip("/")))
        if pieces is None:
            return exports.busy(request)
        response = StreamingHttpResponse(pieces, content_type=form.content_type)
    response["Content-Disposition"] = f'attachment; filename="{form.file_name}"'
    return response


@login_not_required
@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponseBase:
    """The JSON Schema of a line of the open files, or of the structures of data.inclusion."""
    if name not in columns.SCHEMAS:
        raise Http404(f"Ce schéma n’existe pas : choisissez {', '.join(columns.SCHEMAS)}.")
    return FileResponse(
        (columns.FOLDER / columns.SCHEMAS[name]).open("rb"), content_type="application/schema+json"
    )


@login_not_required
@require_safe
def platforms(request: HttpRequest) -> HttpResponseBase:
    """The register of other platforms, as it is kept."""
    # With its mark of order, a spreadsheet reads the accents.
    content = register_csv().encode("utf-8-sig")
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename="plateformes.csv",
        content_type="text/csv; charset=utf-8",
    )
