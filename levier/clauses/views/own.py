"""« Mes textes »: an organisation's own versions, written beside ours, compared, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.models import User
from levier.clauses import actions, own_texts, policies, queries
from levier.clauses.drafting import documents_of, has_text, trades_of
from levier.clauses.forms import OwnTextForm
from levier.clauses.gaps import GAPS
from levier.clauses.models import TemplateVariant
from levier.clauses.result import EditedText
from levier.clauses.showing import as_html
from levier.clauses.values import ClauseError
from levier.clauses.views.house import FORMAT_NAMES, as_file
from levier.organisations.models import Organisation
from levier.rulebook.levers import lever as lever_of


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the pages are closed by default
    return request.user


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The texts in force of one's organisations."""
    user = _user(request)
    rows = [
        {
            "variant": one,
            "title": _title(one.lever, one.document),
            "trade": queries.trade_name(one.trade),
            "lever": lever_of(one.lever),
            "problem": "" if one.is_house else own_texts.problem_of(one.markdown, one.lever),
            "newer": not one.is_house
            and own_texts.newer_than(one.based_on_versions, one.lever, one.document, one.trade),
        }
        for one in queries.variants_of(user)
    ]
    context = {"rows": rows, "organisations": queries.writing_organisations(user)}
    return render(request, "clauses/mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, organisation: int, lever: str, document: str) -> HttpResponse:
    """Write one's own version: the copy to edit, its preview, the checks, then the new version."""
    owner = policies.get_text_organisation_for(_user(request), organisation, to="edit")
    title, trade = _title(lever, document), request.GET.get("metier", "")
    if trade and trade not in trades_of(lever):
        raise Http404("Ce métier n’a pas de texte propre.")
    last = TemplateVariant.objects.of(owner, lever, document, trade).first()
    try:
        ours = own_texts.copy_of(lever, document, trade)
    except ClauseError as problem:
        raise Http404(str(problem)) from None
    start = last.markdown if last and not last.is_house else ours
    form = OwnTextForm(request.POST or None, initial={"markdown": start})
    text, problem = start, ""
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["markdown"]
        if request.POST.get("do") == "save":
            try:
                made = actions.save_variant(
                    by=_user(request), organisation=owner, lever=lever, document=document, trade=trade,
                    markdown=text, note=form.cleaned_data["note"],
                )  # fmt: skip
            except ClauseError as refusal:
                problem = str(refusal)
            else:
                messages.success(
                    request, f"Version {made.version} enregistrée : elle sert désormais à vos clauses."
                )
                return redirect("clauses:version", pk=made.pk)
        else:
            problem = own_texts.problem_of(text, lever)
    context = _writing(owner, lever, document, trade, title, form, last)
    context |= _preview(text, lever, document, title) if not problem and text.strip() else {"html": ""}
    context["problem"] = problem
    is_refused = bool(problem) or bool(request.method == "POST" and form.errors)
    return render(request, "clauses/write.html", context, status=422 if is_refused else 200)


def _writing(
    owner: Organisation, lever: str, document: str, trade: str, title: str, form: OwnTextForm, last: TemplateVariant | None
) -> dict[str, Any]:  # fmt: skip
    return {
        "organisation": owner,
        "lever": lever_of(lever),
        "document": document,
        "title": title,
        "trade": trade,
        "trade_name": queries.trade_name(trade),
        "form": form,
        "last": last,
        "fields": GAPS,
        "slots": own_texts.slots_for(trade),
        "query": f"?{urlencode({'metier': trade})}" if trade else "",
    }


def _preview(text: str, lever: str, document: str, title: str) -> dict[str, Any]:
    controls = own_texts.controls_of(text, lever, document, title)
    return {
        "html": as_html(own_texts.shown(text, lever)),
        "controls": controls,
        "failed": [control for control in controls if not control.is_ok],
    }


@never_cache
@require_safe
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its text, what differs from ours, its history."""
    user = _user(request)
    found = policies.get_variant_for(user, pk, to="see")
    history = queries.history_of(found)
    title = _title(found.lever, found.document)
    context: dict[str, Any] = {
        "variant": found,
        "title": title,
        "lever": lever_of(found.lever),
        "trade_name": queries.trade_name(found.trade),
        "history": history,
        "is_last": history[0].pk == found.pk,
        "may_write": queries.writing_organisations(user).filter(pk=found.organisation_id).exists(),
        "formats": FORMAT_NAMES,
    }
    context["problem"] = "" if found.is_house else own_texts.problem_of(found.markdown, found.lever)
    if not found.is_house and not context["problem"]:
        context |= _preview(found.markdown, found.lever, found.document, title)
        context["lines"] = queries.compared(found)
        context["newer"] = own_texts.newer_than(
            found.based_on_versions, found.lever, found.document, found.trade
        )
    return render(request, "clauses/version.html", context)


@never_cache
@require_safe
def file(request: HttpRequest, pk: int, target: str) -> HttpResponse:
    """One version as a file, its fields between brackets."""
    found = policies.get_variant_for(_user(request), pk, to="see")
    if found.is_house or own_texts.problem_of(found.markdown, found.lever):
        raise Http404("Cette version ne porte aucun texte, ou ne peut plus être lue.")
    title = _title(found.lever, found.document)
    text = EditedText(found.document, title, own_texts.shown(found.markdown, found.lever))
    return as_file(request, (text,), target, name=f"{found.lever}-{found.document}-v{found.version}")


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a former version up again."""
    user = _user(request)
    found = policies.get_variant_for(user, pk, to="edit")
    try:
        found = actions.restore_variant(by=user, variant=found)
    except ClauseError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La version {found.version} reprend ce texte et sert désormais.")
    return redirect("clauses:version", pk=found.pk)


@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to our text."""
    user = _user(request)
    found = policies.get_variant_for(user, pk, to="edit")
    try:
        found = actions.return_to_house(by=user, variant=found)
    except ClauseError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, "Le texte de la maison sert de nouveau. Vos versions restent dans l’historique."
        )
    return redirect("clauses:version", pk=found.pk)


def _title(lever: str, document: str) -> str:
    titles = dict(documents_of(lever)) if has_text(lever) else {}
    if document not in titles:
        raise Http404(policies.UNKNOWN)
    return titles[document]
