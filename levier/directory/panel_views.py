"""The page where a buyer matches its own panel: what is given travels by POST and is not stored."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from levier.directory.panel import (
    PanelLine,
    UnreadablePanelError,
    as_csv,
    match_panel,
    read_file,
    read_text,
)

# A screen shows this many lines; the file holds them all.
SHOWN = 200


class PanelForm(forms.Form):
    """A pasted list or a file; the file wins."""

    numbers = forms.CharField(
        label="Collez vos SIRET ou SIREN, un par ligne",
        required=False,
        strip=False,
        help_text="Une ligne peut aussi porter un nom : nous cherchons le numéro.",
        widget=forms.Textarea({"class": "form-control", "rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Ou donnez un fichier",
        required=False,
        help_text="CSV, XLSX ou ODS, 5 Mo et 20 000 lignes au plus ; d’un classeur, la feuille qui porte le plus de numéros. Il n’est pas conservé.",
        widget=forms.FileInput({"class": "form-control", "accept": ".csv,.txt,.xlsx,.xls,.ods"}),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest) -> HttpResponse:
    """The form, then the report under it."""
    if request.method != "POST":
        return render(request, "directory/panel.html", {"form": PanelForm()})
    form = PanelForm(request.POST, request.FILES)
    lines = _lines(form)
    if not lines:
        return render(request, "directory/panel.html", {"form": form}, status=422)
    report = match_panel(lines)
    context = {
        "form": form,
        "report": report,
        "shown": report.matches[:SHOWN],
        "most_shown": SHOWN,
        # The file is asked for with what was read, since nothing is kept here.
        "numbers": "\n".join(f"{line.number} {line.label}" for line in lines),
    }
    return render(request, "directory/panel.html", context)


@login_not_required
@require_POST
def panel_csv(request: HttpRequest) -> HttpResponse:
    """The whole report as a file."""
    form = PanelForm(request.POST)
    lines = _lines(form)
    if not lines:
        return render(request, "directory/panel.html", {"form": form}, status=422)
    response = HttpResponse(as_csv(match_panel(lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="mon-panel-inclusif.csv"'
    return response


def _lines(form: PanelForm) -> list[PanelLine]:
    """What was given; empty, with the sentence beside its field, when it cannot be read."""
    if not form.is_valid():
        return []
    upload, text = form.cleaned_data["file"], form.cleaned_data["numbers"]
    try:
        if upload:
            return read_file(upload, upload.name)
        if text.strip():
            return read_text(text)
    except UnreadablePanelError as problem:
        form.add_error("file" if upload else "numbers", str(problem))
        return []
    form.add_error("numbers", "Collez une liste ou donnez un fichier.")
    return []
