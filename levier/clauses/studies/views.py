"""The pages of a study: the lot with its scenarios, what is proposed and signed, one saved version."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import StudyVersion
from levier.clauses.studies import actions, derogation_file, policies, presenting, queries
from levier.clauses.studies.calculating import Calculated, calculate
from levier.clauses.studies.forms import ChoiceForm, StudyForm, initial_of
from levier.clauses.studies.replaying import replay
from levier.core.plain import plain
from levier.purchasing.models import ContactSide, Lot
from levier.purchasing.policies import get_lot_for, sides_for
from levier.purchasing.trades.queries import of_lot
from levier.purchasing.views.common import account, refused
from levier.rulebook.calibration import CalibrationError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def study(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """A lot, its scenarios and what bounds its hours. POST tries values, or keeps them as a version."""
    user = account(request)
    if request.method != "POST":
        return _page(request, get_lot_for(user, lot_pk), StudyForm(lot=get_lot_for(user, lot_pk)))
    lot = get_lot_for(user, lot_pk, to="study")
    form = StudyForm(request.POST, lot=lot)
    if not form.is_valid():
        return _page(request, lot, form, status=422)
    try:
        if request.POST.get("faire") != "enregistrer":
            tried = calculate(
                lot, changes=form.changes(), own=queries.own_values_for(lot), today=timezone.localdate()
            )
            return _page(request, lot, form, tried=tried)
        version = actions.save_version(
            by=user, lot=lot, scenario=form.cleaned_data["scenario"], name=form.cleaned_data["name"],
            changes=form.changes(), note=form.cleaned_data["note"],
        )  # fmt: skip
    except CalibrationError as problem:
        form.add_error(problem.field if problem.field in form.fields else None, presenting.on_a_page(problem))
        return _page(request, lot, form, status=422)
    except StudyRefusedError as refusal:
        form.add_error("reason" if "pourquoi" in str(refusal) else None, str(refusal))
        return _page(request, lot, form, status=422)
    messages.success(
        request, f"L’étude est enregistrée : scénario « {version.scenario.name} », version {version.number}."
    )
    return redirect("clauses:study", lot_pk=lot.pk)


def _page(
    request: HttpRequest, lot: Lot, form: StudyForm, *, tried: Calculated | None = None,
    choice_form: ChoiceForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    user = account(request)
    sides = sides_for(user, lot.purchase)
    shown = presenting.study_page(lot, tried=tried, scenario=_scenario(request), today=timezone.localdate())
    if choice_form is None:
        start = shown.proposal if shown.may_be_signed else shown.decision or shown.proposal
        choice_form = ChoiceForm(
            lot=lot, advices=shown.advices, initial=initial_of(start, shown.version, shown.advices)
        )
    may_study = ContactSide.FACILITATOR in sides and shown.may_be_studied
    may_decide = ContactSide.BUYER in sides and shown.may_be_signed
    context: dict[str, Any] = {
        "trades": of_lot(lot),
        "lot": lot,
        "purchase": lot.purchase,
        "page": shown,
        "form": form,
        "choice_form": choice_form,
        "lots": shown.lots,
        "may_study": may_study,
        "may_decide": may_decide,
        "next_lot": shown.next_lot(wanted="signed" if may_decide else "proposed"),
        # What is already said comes as a sentence; its form waits behind a fold.
        "is_choice_folded": shown.proposal is not None,
        "choice_title": "Changer ma proposition" if may_study else "Changer avant de signer",
    }
    return render(request, "clauses/study/page.html", context, status=status)


@require_POST
def propose(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """The facilitator proposes levers and hours for the lot."""
    return _choose(request, get_lot_for(account(request), lot_pk, to="study"), is_decision=False)


@require_POST
def decide(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """The buyer signs."""
    return _choose(request, get_lot_for(account(request), lot_pk, to="decide"), is_decision=True)


def _scenario(request: HttpRequest) -> int | None:
    """The scenario in view: asked for in the address, or that of the page a proposal was written on."""
    typed = request.POST.get("en_vue") or request.GET.get("scenario", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _choose(request: HttpRequest, lot: Lot, *, is_decision: bool) -> HttpResponse:
    user = account(request)
    shown = presenting.study_page(lot, scenario=_scenario(request), today=timezone.localdate())
    form = ChoiceForm(request.POST, lot=lot, advices=shown.advices)
    if form.is_valid():
        act = actions.decide if is_decision else actions.propose
        try:
            act(by=user, lot=lot, values=form.as_values(shown.version))
        except StudyRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"Votre décision pour le lot {lot.number} est signée et datée."
                if is_decision
                else f"La proposition du lot {lot.number} est enregistrée. L’acheteur la verra quand vous "
                "proposerez l’achat.",
            )
            return redirect("clauses:study", lot_pk=lot.pk)
    return _page(request, lot, StudyForm(lot=lot), choice_form=form, status=422)


@require_POST
def remove_scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a scenario out of the comparison, or put it back with « annuler »."""
    user = account(request)
    scenario = policies.get_scenario_for(user, pk, to="study")
    act = actions.restore_scenario if request.POST.get("annuler") else actions.remove_scenario
    try:
        act(by=user, scenario=scenario)
    except StudyRefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("clauses:study", lot_pk=scenario.lot_id)


@never_cache
@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One saved study, whole: its trace, what somebody changed and why, and whether it replays."""
    found = policies.get_version_for(account(request), pk)
    context = {
        "version": found,
        "lot": found.scenario.lot,
        "trace": presenting.trace_of(found.result),
        "replay": replay(found),
        "cost": queries.cost_of(found),
        "jobs": presenting.jobs_of(found.scenario.lot, found.result, found.given),
        "changes": presenting.changes_of(found),
        "others": found.scenario.versions.exclude(pk=found.pk).order_by("number"),
    }
    return render(request, "clauses/study/version.html", context)


@never_cache
@require_GET
def version_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as JSON: given values, values read, result."""
    found: StudyVersion = policies.get_version_for(account(request), pk)
    body = {
        "study": found.pk,
        "made_at": found.at,
        "given": found.given,
        "changes": found.changes,
        "readings": found.readings,
        "result": found.result,
    }
    response = JsonResponse(plain(body), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="etude-{found.pk}.json"'
    return response


@never_cache
@require_GET
def derogation(request: HttpRequest, lot_pk: int, form: str) -> HttpResponse:
    """The file that keeps why a lot has no clause: case, reasons, date and author."""
    lot = get_lot_for(account(request), lot_pk)
    choice = presenting.without_clause(lot)
    if choice is None:
        return refused(
            request, "Pas de dérogation", "Ce lot a un levier : il n’y a pas de motif à imprimer.", status=404
        )
    content, media_type = derogation_file.written(lot, choice, form)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="derogation-lot-{lot.number}.{form}"'
    return response
