"""The questions of bidders as both sides of the purchase see them: the desk, the drafts, the signature."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.purchasing.errors import RefusedError
from levier.purchasing.models import PurchaseState
from levier.purchasing.questions import actions, policies
from levier.purchasing.questions.forms import DeskForm, QuestionAnswerForm, initial_of_desk
from levier.purchasing.reply_deadlines import answers_warning, reply_warning
from levier.purchasing.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question of a consultation; a POST opens the desk or changes its dates, by the buyer."""
    user = account(request)
    access = policies.get_desk_for(user, pk, to="decide" if request.method == "POST" else "see")
    form = DeskForm(request.POST if request.method == "POST" else None, initial=initial_of_desk(access.desk))
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_questions(by=user, purchase=access.purchase, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La page publique des questions est ouverte, avec ces dates.")
            return redirect("purchasing:questions", pk=pk)
    return _page(request, access, form, None, 422 if form.errors else 200)


def _page(
    request: HttpRequest, access: policies.DeskAccess, form: DeskForm, bound: tuple[int, QuestionAnswerForm] | None,
    status: int,
) -> HttpResponse:  # fmt: skip
    found = access.desk
    rows = list(found.questions.select_related("lot", "drafted_by")) if found else []
    waiting = []
    for one in rows:
        if one.is_waiting:
            own = bound[1] if bound and bound[0] == one.pk else QuestionAnswerForm.of(one)
            waiting.append((one, own))
    context = {
        "purchase": access.purchase,
        "desk": found,
        "form": form,
        "may_sign": access.may_sign,
        "may_open": access.may_sign and access.purchase.state == PurchaseState.PUBLISHED,
        "waiting": waiting,
        "published": [one for one in rows if one.published_at],
        "aside": [one for one in rows if one.set_aside_at],
        "warning": reply_warning(access.purchase, found.offers_until) if found else None,
        "answers_warning": answers_warning(access.purchase, found.answers_by, found.offers_until)
        if found
        else "",
        "is_late": bool(found and waiting and found.answers_by < timezone.localdate()),
    }
    return render(request, "purchasing/questions/desk.html", context, status=status)


@require_POST
def write(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """Draft the answer (either side), or sign, publish and set aside (the buyer)."""
    user = account(request)
    wanted = request.POST.get("faire", "")
    is_buyers = wanted in {"publier", "ecarter"}
    question, access = policies.get_question_for(user, pk, question_pk, to="decide" if is_buyers else "see")
    form = QuestionAnswerForm(request.POST, prefix=f"q{question.pk}")
    said = "La réponse est rédigée : l’acheteur la signera."
    try:
        if wanted == "ecarter":
            actions.set_question_aside(by=user, question=question, reason=request.POST.get("motif", ""))
            said = "La question est écartée ; elle reste au dossier avec son motif."
        elif not form.is_valid():
            return _again(request, access, question.pk, form)
        elif wanted == "publier":
            actions.publish_answer(by=user, question=question, **form.cleaned_data)
            said = "Question et réponse sont publiées pour tous ; les abonnés sont prévenus."
        else:
            actions.draft_answer(by=user, side=access.side, question=question, **form.cleaned_data)
    except RefusedError as refusal:
        if form.is_bound and wanted != "ecarter" and question.is_waiting:
            form.add_error(None, str(refusal))
            return _again(request, access, question.pk, form)
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("purchasing:questions", pk=pk)


def _again(
    request: HttpRequest, access: policies.DeskAccess, pk: int, form: QuestionAnswerForm
) -> HttpResponse:
    """What was typed stays in its form."""
    return _page(request, access, DeskForm(initial=initial_of_desk(access.desk)), (pk, form), 422)
