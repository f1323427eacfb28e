"""An animation brings the CSV of structures, or of their people: read without writing first, every refused line with its reason."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.facilitators import actions, policies
from levier.facilitators.errors import RefusedError
from levier.facilitators.reading import COLUMNS
from levier.facilitators.reading_people import COLUMNS as PEOPLE_COLUMNS
from levier.facilitators.reading_table import UnreadableFileError
from levier.facilitators.views.common import account

_LARGEST = 2 * 1024 * 1024
_SOURCES = {"structures": "Des structures", "facilitators": "Des personnes de ces structures"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Read or import a CSV inside the territory one animates."""
    user = account(request)
    reach = policies.reach_of(user)
    source = request.POST.get("quoi", "structures")
    context: dict[str, Any] = {
        "sources": _SOURCES, "source": source, "columns": COLUMNS, "people_columns": PEOPLE_COLUMNS,
        "problem": "", "report": None,
    }  # fmt: skip
    if request.method == "POST":
        upload = request.FILES.get("fichier")
        try:
            if upload is None or source not in _SOURCES:
                raise RefusedError("Choisissez un fichier CSV, et ce qu’il contient.")
            if (upload.size or 0) > _LARGEST:
                raise RefusedError("Ce fichier dépasse 2 Mo : coupez-le.")
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / (Path(upload.name or "").name[-80:] or "fichier.csv")
                path.write_bytes(upload.read())
                context["report"] = actions.import_structures(
                    source=source,
                    path=path,
                    by=user.as_actor(),
                    dry_run="importer" not in request.POST,
                    reach=reach,
                )
        except (RefusedError, UnreadableFileError) as problem:
            context["problem"] = str(problem)
    return render(request, "facilitators/bring.html", context, status=422 if context["problem"] else 200)
