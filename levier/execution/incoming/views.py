"""Pages of files that bring hours, people and contracts: given, read, corrected, written, undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from levier.core.typography import figure
from levier.execution.declaring.policies import commitment_of
from levier.execution.errors import RefusedError
from levier.execution.exports import MEDIA
from levier.execution.incoming import actions, policies, shelf, showing
from levier.execution.incoming.forms import HoursFileForm, TakingForm, read_choices
from levier.execution.incoming.one_contract import OneContractForm
from levier.execution.incoming.taking.writing import undo as take_back
from levier.execution.models import Contract, IncomingFile
from levier.execution.policies import contracts_of
from levier.execution.reporting import due_month
from levier.facilitators.views.common import account
from levier.purchasing.views.notes import attached

SHOWN_FILES = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def taking(request: HttpRequest) -> HttpResponse:
    """Give a spreadsheet to take over; below, those given before."""
    structures = policies.structures_for(request.user)
    form = TakingForm(
        request.POST or None, request.FILES or None, structures=[(one.pk, one.name) for one in structures],
        initial={"structure": structures[0].pk},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        own = next(one for one in structures if str(one.pk) == form.cleaned_data["structure"])
        file = form.cleaned_data["file"]
        try:
            made = actions.receive(by=account(request), organisation=own, content=file.read(), name=file.name)
        except RefusedError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("incoming:file", pk=made.pk)
    context = {"form": form, "files": policies.files_of(account(request))[:SHOWN_FILES]}
    return render(request, "execution/incoming/taking.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_contract(request: HttpRequest) -> HttpResponse:
    """Open one contract by hand, whose buyer is not here yet: written at once when its line is understood."""
    structures = policies.structures_for(request.user)
    form = OneContractForm(
        request.POST or None,
        structures=[(one.pk, one.name) for one in structures],
        initial={"structure": structures[0].pk},
    )
    if request.method == "POST" and form.is_valid():
        own = next(one for one in structures if str(one.pk) == form.cleaned_data["structure"])
        user = account(request)
        try:
            made = actions.receive(by=user, organisation=own, content=form.as_table(), name=form.file_name())
            if made.account.get("understood"):
                actions.confirm(by=user, file=made, digest=made.account["digest"], is_statement_seen=False)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            opened = made.contracts.first()
            if opened is None:
                return redirect("incoming:file", pk=made.pk)
            messages.success(
                request,
                "Le contrat est ouvert. Il s’annule depuis « Reprendre un tableau », tant que rien n’y est rattaché.",
            )
            return redirect("execution:contract", pk=opened.pk)
    return render(
        request, "execution/incoming/one_contract.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, pk: int, *, is_company: bool) -> HttpResponse:
    """Give the hours of a month as a file, for one commitment of a contract."""
    desk = policies.desk_for(request.user, pk, is_company=is_company)
    commitment, choices = commitment_of(desk, request.GET.get("engagement", ""))
    month = due_month(desk.contract.starts_on, desk.contract.ends_on, today=timezone.localdate())
    form = HoursFileForm(request.POST or None, request.FILES or None, initial={"month": f"{month:%Y-%m}"})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.receive(
                by=account(request), organisation=policies.organisation_of(desk), content=file.read(),
                name=file.name, desk=desk, commitment=commitment, month=form.cleaned_data["month"],
            )  # fmt: skip
        except RefusedError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("incoming:file", pk=made.pk)
    context = {
        "form": form, "contract": desk.contract, "commitment": commitment, "choices": choices,
        "is_company": is_company, "month": month, "template_url": _template_url(pk, is_company),
    }  # fmt: skip
    return render(request, "execution/incoming/hours.html", context, status=422 if form.errors else 200)


def _template_url(pk: int, is_company: bool) -> str:
    return reverse("incoming:company_template" if is_company else "incoming:desk_template", args=[pk])


@never_cache
@require_safe
def template(request: HttpRequest, pk: int, *, is_company: bool) -> HttpResponse:
    """An empty month to fill: the people of last month, their hours of then beside."""
    desk = policies.desk_for(request.user, pk, is_company=is_company)
    commitment, _ = commitment_of(desk, request.GET.get("engagement", ""))
    month = due_month(desk.contract.starts_on, desk.contract.ends_on, today=timezone.localdate())
    content = showing.template_file(desk, commitment, month)
    return attached(content, MEDIA["xlsx"], f"heures-{month:%Y-%m}.xlsx")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The account of a file, what each column says, and the one button that writes."""
    found, desk = policies.get_file_for(request.user, pk)
    problem, status = found.problem, 200
    if request.method == "POST":
        try:
            _choose(request, found)
        except RefusedError as refusal:
            problem, status = str(refusal), 422
        else:
            return redirect("incoming:file", pk=pk)
    if getattr(request, "htmx", False) and request.method != "POST":
        if not found.is_running:
            return HttpResponseClientRefresh()
        return render(request, "execution/incoming/running.html", _running(found))
    context = _context(request, found) | {
        "problem": problem,
        "is_company": bool(desk and not desk.is_facilitator),
    }
    return render(request, "execution/incoming/file.html", context, status=status)


def _context(request: HttpRequest, found: IncomingFile) -> dict[str, Any]:
    contracts = _contracts(request, found) if found.contract_id is None else ()
    if found.is_running:
        return _running(found)
    sheet = request.GET.get("feuille", "")
    return _running(found) | {
        "again": actions.again(found) if not found.written_at else None,
        "shown": showing.account_of(found),
        "mapping": showing.mapping_of(found, sheet=int(sheet) if sheet.isdecimal() else None),
        "contracts": contracts,
    }


def _running(found: IncomingFile) -> dict[str, Any]:
    done, most = shelf.progress_at(found.stored_as) if found.is_running else (0, 0)
    return {
        "file": found, "done": done, "most": max(most, 1),
        "sentence": f"{figure(done)} lignes sur {figure(most)}" if most else "Le fichier attend son tour.",
    }  # fmt: skip


def _contracts(request: HttpRequest, found: IncomingFile) -> tuple[Contract, ...]:
    rows = contracts_of(account(request)).order_by("title", "pk")
    return tuple(one for one in rows if found.organisation_id == (one.facilitator_id or one.buyer_id))


def _choose(request: HttpRequest, found: IncomingFile) -> None:
    said = read_choices(request.POST)
    tables = shelf.tables_at(found.stored_as)
    table = tables[min(said.sheet, len(tables) - 1)]
    contract = next((one for one in _contracts(request, found) if str(one.pk) == said.contract), None)
    actions.choose(
        by=account(request), file=found, sheet=said.sheet, year=said.year, month=said.month, contract=contract,
        roles={title: said.roles.get(place, "") for place, title in enumerate(table.titles)}, sirens=said.sirens,
        sheets=[rank for rank in said.sheets if rank < len(tables)], names_say=said.names_say,
        dates=said.dates,
    )  # fmt: skip


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was read."""
    found, desk = policies.get_file_for(request.user, pk)
    try:
        actions.confirm(
            by=account(request), file=found, digest=request.POST.get("bilan", ""),
            is_statement_seen="releve" in request.POST, sends="envoyer" in request.POST and desk is not None,
        )  # fmt: skip
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("incoming:file", pk=pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a taking over back."""
    found, desk = policies.get_file_for(request.user, pk)
    if desk is not None:
        raise Http404("Les heures d’un mois se corrigent dans leur page.")
    try:
        done = take_back(by=account(request), file=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, showing.undone_sentence(done))
    return redirect("incoming:file", pk=pk)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the lines kept of a file."""
    found, desk = policies.get_file_for(request.user, pk)
    try:
        actions.forget(by=account(request), file=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("incoming:file", pk=pk)
    messages.success(request, "Les lignes du fichier sont effacées d’ici. Ce qui était écrit reste.")
    if desk is None:
        return redirect("incoming:taking")
    return redirect(
        "incoming:desk_hours" if desk.is_facilitator else "incoming:company_hours", pk=desk.contract.pk
    )


@never_cache
@require_safe
def account_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """Every line with what becomes of it and why."""
    found, _ = policies.get_file_for(request.user, pk)
    if form not in MEDIA:
        raise Http404("Ce format n’existe pas.")
    try:
        content = showing.remarks_file(found, form)
    except RefusedError as refusal:
        raise Http404(str(refusal)) from refusal
    return attached(content, MEDIA[form], f"bilan-{pk}.{form}")
