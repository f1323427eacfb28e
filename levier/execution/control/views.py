"""Pages of control: the facts of a contract, one form for every act, a default step by step, the contractor's answer by its link."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.accounts.models import User
from levier.core.documents import DocumentError
from levier.execution.control import defaults, letters, policies, showing
from levier.execution.control import forms as own_forms
from levier.execution.control.addresses import letter_address
from levier.execution.control.gestures import GESTURES, Gesture
from levier.execution.control.penalties import Excuse, proposal_for, suggested_excuse
from levier.execution.control.progress import standing_of
from levier.execution.control.telling import reached_by_mail, step_of
from levier.execution.errors import RefusedError
from levier.execution.models import Contract, DefaultProcedure, DefaultStep, ProofSample, StepKind
from levier.execution.policies import Side
from levier.execution.wording import in_words_of
from levier.purchasing.views.common import account, private, refused
from levier.purchasing.views.notes import attached
from levier.rulebook.default_steps import who_moves

_STEPS: dict[str, type[forms.Form]] = {
    StepKind.REMINDER: own_forms.StepForm,
    StepKind.MEETING: own_forms.MeetingStepForm,
    StepKind.NOTICE: own_forms.NoticeStepForm,
    StepKind.OBSERVATIONS: own_forms.ObservationsForm,
    StepKind.PROPOSAL: own_forms.ProposalForm,
    StepKind.DECISION: own_forms.DecisionForm,
    StepKind.CLOSED: own_forms.ClosingStepForm,
}
_GONE = "Ce geste n’existe pas."


@never_cache
@require_safe
def control(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts of control of one contract, and what each side may add."""
    contract, sides = policies.contract_for(request.user, pk)
    facts = showing.facts_of(contract, sides)
    may = {name: bool(sides & one.sides) for name, one in GESTURES.items()}
    may["defaut"] = may["defaut"] and all(one.closed_at for one in facts.defaults)
    context = {
        "contract": contract,
        "facts": facts,
        "standing": standing_of(contract, today=timezone.localdate()),
        "sides": sides,
        "today": timezone.localdate(),
        "may": may,
    }
    return render(request, "execution/control/control.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """An act on a contract."""
    gesture = _gesture(name, on_row=False)
    contract, sides = policies.contract_for(request.user, pk, gesture.sides)
    return _acted(request, gesture, name, contract, contract, sides)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """An act on a row of control."""
    gesture = _gesture(name, on_row=True)
    assert gesture.model is not None
    row, sides = policies.row_for(request.user, gesture.model, pk, gesture.sides)
    contract: Contract = row.contract  # type: ignore[attr-defined]
    return _acted(request, gesture, name, row, contract, sides)


def _gesture(name: str, *, on_row: bool) -> Gesture:
    found = GESTURES.get(name)
    if found is None or (found.model is not None) is not on_row:
        raise Http404(_GONE)
    return found


def _acted(
    request: HttpRequest,
    gesture: Gesture,
    name: str,
    target: Any,
    contract: Contract,
    sides: frozenset[Side],
) -> HttpResponse:
    user = account(request)
    form = gesture.form(request.POST or None, **gesture.arguments(user, target))
    in_words_of(contract, form)
    if request.method == "POST" and form.is_valid():
        try:
            made = gesture.act(user, target, sides, form)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gesture.said)
            if isinstance(made, DefaultProcedure):
                return redirect("control:default", pk=made.pk)
            return redirect(gesture.back, pk=contract.pk)
    context = {
        "gesture": gesture, "name": name, "form": form, "contract": contract, "target": target,
        "recap": gesture.recap(target),
    }  # fmt: skip
    return render(
        request, "execution/control/gesture.html", context, status=422 if request.method == "POST" else 200
    )


@never_cache
@require_safe
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """A draw: its seed, its weights, its picks, and how to draw it again."""
    found, _ = policies.row_for(request.user, ProofSample, pk, frozenset({"facilitator"}))
    context = {
        "sample": found,
        "contract": found.contract,
        "lines": showing.drawn_lines(found, reader=account(request)),
    }
    return render(request, "execution/control/sample.html", context)


@never_cache
@require_safe
def default(request: HttpRequest, pk: int) -> HttpResponse:
    """A default: each step, who moved it, when, and what may come next."""
    procedure, sides = policies.procedure_for(request.user, pk)
    return render(request, "execution/control/default.html", _default_context(procedure, sides))


def _default_context(procedure: DefaultProcedure, sides: frozenset[Side]) -> dict[str, Any]:
    story = showing.story_of(procedure, sides, today=timezone.localdate())
    steps = [(one, showing.outcome_word(one), showing.money(one)) for one in story.steps]
    reached, gone = reached_by_mail(procedure.contract)
    return {
        "address": letter_address(procedure.contract) if {"facilitator", "buyer"} & sides else None,
        "story": story, "steps": steps, "contract": procedure.contract, "sides": sides,
        # The company itself reads neither: it would learn of its colleagues.
        "unreached": gone if {"facilitator", "buyer"} & sides else (), "is_nobody_reached": not reached,
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Move one step: only the side it belongs to opens this page."""
    procedure, sides = policies.procedure_for(request.user, pk)
    if kind not in _STEPS:
        raise Http404(_GONE)
    policies.need(sides, who_moves(kind))  # type: ignore[arg-type]
    form = _STEPS[kind](request.POST or None, initial=_initial(procedure, kind, account(request)))
    in_words_of(procedure.contract, form)
    if request.method == "POST" and form.is_valid():
        try:
            _moved(request, procedure, kind, sides, form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{StepKind(kind).label} : c’est enregistré, signé et daté.")
            return redirect("control:default", pk=procedure.pk)
    context = _default_context(procedure, sides) | {
        "form": form, "kind": StepKind(kind), "verb": showing.VERBS[kind], "preview": _preview(procedure, kind),
    }  # fmt: skip
    return render(
        request, "execution/control/step.html", context, status=422 if request.method == "POST" else 200
    )


def _initial(procedure: DefaultProcedure, kind: str, user: User) -> dict[str, Any]:
    if kind != StepKind.PROPOSAL:
        return {"name": user.get_full_name()}
    excuse = suggested_excuse(procedure.contract, today=timezone.localdate())
    observed = procedure.steps.filter(kind=StepKind.OBSERVATIONS).last()
    return {
        "hours": excuse.hours or None,
        "reason": excuse.reason,
        "all_means": "" if observed is None or not observed.facts.get("all_means") else "oui",
    }


def _preview(procedure: DefaultProcedure, kind: str) -> Any:
    """What the contract's penalties would come to, before anything is held out; a sentence when they cannot."""
    if kind != StepKind.PROPOSAL:
        return None
    try:
        return proposal_for(procedure, Excuse(), today=timezone.localdate())
    except RefusedError as refusal:
        return str(refusal)


def _moved(
    request: HttpRequest,
    procedure: DefaultProcedure,
    kind: str,
    sides: frozenset[Side],
    values: dict[str, Any],
) -> DefaultStep:
    user = account(request)
    if kind == StepKind.OBSERVATIONS:
        return defaults.observe(by=user, procedure=procedure, **values)
    if kind == StepKind.PROPOSAL:
        all_means = {"oui": True, "non": False}.get(values["all_means"])
        excuse = Excuse(values["hours"] or Excuse().hours, values["reason"], all_means)
        return defaults.propose_penalty(
            by=user, procedure=procedure, sides=sides, excuse=excuse, text=values["text"]
        )
    if kind == StepKind.DECISION:
        return defaults.decide(by=user, procedure=procedure, sides=sides, **values)
    return defaults.move(by=user, procedure=procedure, kind=kind, sides=sides, **values)


@never_cache
@require_safe
def letter(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The letter of a step, in Word, OpenDocument or PDF."""
    found = DefaultStep.objects.select_related("procedure").filter(pk=pk).first()
    if found is None or form not in letters.FORMATS:
        raise Http404(_GONE)
    procedure, sides = policies.procedure_for(request.user, found.procedure_id)
    story = showing.story_of(procedure, sides, today=timezone.localdate())
    own = next((one for one in story.steps if one.pk == pk), None)
    if own is None:
        raise Http404(_GONE)
    own.procedure = procedure
    try:
        content, media = letters.written(own, form)
    except DocumentError as problem:
        return refused(request, "La lettre n’a pas pu être faite", str(problem), status=503)
    return attached(content, media, f"{own.kind.replace('_', '-')}-{pk}.{form}")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def observations(request: HttpRequest, token: str) -> HttpResponse:
    """The contractor answers a formal notice by the link it was sent, without account. A GET changes nothing."""
    notice = step_of(token)
    procedure = notice.procedure
    form = own_forms.ObservationsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            defaults.observe(procedure=procedure, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Vos observations sont reçues, datées et transmises.")
            return private(redirect("control:observations", token=token))
    story = showing.story_of(procedure, frozenset({"company"}), today=timezone.localdate())
    context = {
        "notice": notice, "contract": procedure.contract, "form": form, "token": token,
        "given": [one for one in story.steps if one.kind == StepKind.OBSERVATIONS and one.pk > notice.pk],
        "may_answer": any(step == StepKind.OBSERVATIONS for step, _ in story.open),
        "standing": standing_of(procedure.contract, today=timezone.localdate()),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return private(render(request, "execution/control/observations.html", context, status=status))
