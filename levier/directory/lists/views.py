"""Pages of a list that is brought: send it, correct the columns, see a trial's outcome, publish."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from levier.accounts.models import User
from levier.directory import policies
from levier.directory.lists import actions
from levier.directory.lists.forms import ColumnsForm, ListForm
from levier.directory.lists.proposing import Proposal, propose
from levier.directory.models import ListImport
from levier.directory.sources.errors import UnreadableFileError

SHOWN_LISTS = 30


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Send a file; below, the lists already brought."""
    organisation = policies.organisation_that_brings(request.user)
    assert isinstance(request.user, User)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = actions.receive_list(
                file_name=file.name,
                chunks=file.chunks(),
                label=form.cleaned_data["label"],
                by=request.user,
                organisation=organisation,
            )
        except actions.ListRefusedError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("directory:brought", pk=received.pk)
    lists = policies.lists_for(request.user)[:SHOWN_LISTS]
    context = {"form": form, "lists": lists, "organisation": organisation}
    return render(request, "directory/lists/bring.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The first rows, the correspondence to correct, the outcome of the last trial or publication."""
    received = policies.get_list_for(request.user, pk)
    assert isinstance(request.user, User)
    is_running = received.state in {ListImport.State.CHECKING, ListImport.State.PUBLISHING}
    if getattr(request, "htmx", False) and request.method != "POST":
        # The page asks for its outcome while a job runs; once it is there, the whole page comes anew.
        if not is_running:
            return HttpResponseClientRefresh()
        return render(request, "directory/lists/outcome.html", {"list": received, "is_running": True})
    proposal, problem = _proposal(received)
    form = _columns_form(request, received, proposal)
    if request.method == "POST" and form.is_valid():
        try:
            actions.try_list(
                received=received,
                columns=form.columns(),
                kind=form.cleaned_data["kind"],
                label=form.cleaned_data["label"],
                by=request.user,
            )
        except actions.ListRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("directory:brought", pk=received.pk)
    context = {
        "list": received,
        "form": form,
        "proposal": proposal,
        "problem": problem or received.problem,
        "is_running": is_running,
        "outcome": received.outcome,
    }
    status = 422 if form.errors else 200
    return render(request, "directory/lists/one.html", context, status=status)


def _proposal(received: ListImport) -> tuple[Proposal, str]:
    try:
        path = actions.upload_path(received.stored_as)
        return propose(path, received.sheet, received.mapping.columns), ""
    except UnreadableFileError as problem:
        return Proposal((), (), {}), str(problem).replace(received.stored_as, received.file_name)


def _columns_form(request: HttpRequest, received: ListImport, proposal: Proposal) -> ColumnsForm:
    mapping = received.mapping
    kept = {column: title for column, title in mapping.columns.items() if title in proposal.titles}
    # What was saved comes first; a new title is proposed where nothing was.
    columns = {**proposal.columns, **kept}
    initial = {f"column_{column}": title for column, title in columns.items()}
    return ColumnsForm(
        request.POST if request.method == "POST" else None,
        titles=proposal.titles,
        initial={"label": mapping.label, "kind": mapping.kind, **initial},
    )


@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Read another sheet of the workbook."""
    received = policies.get_list_for(request.user, pk)
    assert isinstance(request.user, User)
    try:
        actions.choose_sheet(received=received, sheet=request.POST.get("feuille", ""), by=request.user)
    except actions.ListRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("directory:brought", pk=pk)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a list that a trial has shown."""
    received = policies.get_list_for(request.user, pk)
    assert isinstance(request.user, User)
    try:
        actions.publish_list(received=received, by=request.user)
    except actions.ListRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("directory:brought", pk=pk)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a received file; what was published stays."""
    received = policies.get_list_for(request.user, pk)
    assert isinstance(request.user, User)
    actions.forget_list(received=received, by=request.user)
    messages.success(request, "Le fichier est retiré. Ce qui a été publié reste dans l’annuaire.")
    return redirect("directory:bring")


@never_cache
@require_safe
def rejects(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows of the last trial or publication, each with its reason."""
    received = policies.get_list_for(request.user, pk)
    written = received.outcome.get("rejects_path") or ""
    path = Path(settings.LEVIER_HOME) / "rejects" / Path(written).name
    if not written or not path.is_file():
        raise Http404("Cette liste n’a pas de lignes rejetées, ou leur fichier a été effacé.")
    # No larger than the list itself, which is bounded.
    response = HttpResponse(path.read_bytes(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response
