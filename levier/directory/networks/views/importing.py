"""A whole list of members: given, read line by line, then written at once when its reader has settled it."""

import json
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.accounts.errors import RefusedError
from levier.core.typography import counted
from levier.directory.models import ReviewingNetwork, Supplier
from levier.directory.networks import actions, policies
from levier.directory.networks.forms import ListForm
from levier.directory.networks.matching import MOST_LINES, Reading, read_list
from levier.directory.ownership.views.signed_in import account
from levier.directory.panel import PanelLine, UnreadablePanelError, read_file, read_text
from levier.organisations.identifiers import clean_digits

# A screen shows this many recognised lines; all of them are counted.
SHOWN = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the preview, and « Importer »; nothing is kept between the three but what the page carries."""
    network = policies.get_network_for(request.user, pk)
    if request.method != "POST":
        return _page(request, network, ListForm())
    form = ListForm(request.POST, request.FILES)
    is_import = request.POST.get("etape") == "importer"
    lines = _carried_lines(form, request.POST.get("liste", "")) if is_import else _lines(form)
    if not lines:
        return _page(request, network, form, status=422)
    try:
        reading = read_list(network, lines)
    except UnreadablePanelError as problem:
        form.add_error("file" if form.cleaned_data.get("file") else "numbers", str(problem))
        return _page(request, network, form, status=422)
    if not is_import:
        return _page(request, network, form, reading=reading, lines=lines)
    try:
        done = _import(request, network, reading)
    except RefusedError as refusal:
        return _page(request, network, form, reading=reading, lines=lines, refused=str(refusal), status=422)
    messages.success(request, _sentence(done))
    return redirect("directory:members", pk=pk)


def _import(request: HttpRequest, network: ReviewingNetwork, reading: Reading) -> actions.ImportedMembers:
    """What was recognised, the sheets ticked among those proposed, the departures ticked."""
    ticked = set(request.POST.getlist("f"))
    chosen = {card.key for line in reading.to_choose for card in line.cards} & ticked
    keys = chosen | {card.key for line in reading.new for card in line.cards}
    leaving = set(request.POST.getlist("partir"))
    awaited = [(one.line.number, one.line.label) for one in reading.unknown]
    return actions.import_members(
        by=account(request), network=network,
        suppliers=list(Supplier.objects.filter(key__in=keys).order_by("name", "key")),
        leaving=[one for one in reading.leaving if one.key in leaving],
        awaited=awaited if request.POST.get("attendre") else (),
    )  # fmt: skip


def _sentence(done: actions.ImportedMembers) -> str:
    parts = (
        [counted(done.added, "membre ajouté", plural="membres ajoutés")]
        if done.added
        else ["aucun nouveau membre"]
    )
    if done.removed:
        parts.append(counted(done.removed, "membre retiré", plural="membres retirés"))
    if done.awaited:
        parts.append(f"{counted(done.awaited, 'ligne notée', plural='lignes notées')} à rattacher")
    return f"Liste importée : {', '.join(parts)}."


def _lines(form: ListForm) -> list[PanelLine]:
    """What was given; empty, with the sentence beside its field, when it cannot be read."""
    if not form.is_valid():
        return []
    upload, text = form.cleaned_data["file"], form.cleaned_data["numbers"]
    try:
        if upload:
            return read_file(upload, upload.name, needs_numbers=False)
        if text.strip():
            return read_text(text, needs_numbers=False)
    except UnreadablePanelError as problem:
        form.add_error("file" if upload else "numbers", str(problem))
        return []
    form.add_error("numbers", "Collez une liste ou donnez un fichier.")
    return []


def _carried(lines: Iterable[PanelLine]) -> str:
    """The list as the preview carries it. Read again as a text, a label could be taken for another number."""
    return json.dumps([[one.line, one.number, one.label] for one in lines], ensure_ascii=False)


def _carried_lines(form: ListForm, text: str) -> list[PanelLine]:
    """The list a preview carried; empty, with a sentence, when the page that sent it was damaged."""
    try:
        rows = json.loads(text)
        return [PanelLine(int(line), clean_digits(number), str(label)[:120]) for line, number, label in rows]
    except (ValueError, TypeError):
        form.add_error(None, "L’aperçu n’est pas revenu entier : donnez de nouveau votre liste.")
        return []


def _page(
    request: HttpRequest,
    network: ReviewingNetwork,
    form: ListForm,
    *,
    reading: Reading | None = None,
    lines: Iterable[PanelLine] = (),
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "network": network, "form": form, "reading": reading, "shown": SHOWN, "refused": refused,
        "most_lines": MOST_LINES, "carried": _carried(lines) if reading else "",
        "leaving": set(request.POST.getlist("partir")),
    }  # fmt: skip
    return render(request, "directory/networks/import.html", context, status=status)
