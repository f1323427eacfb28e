"""The buyer writes a need, sees who it reaches, adds documents, and sends it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.purchasing import actions, attachments, matching, policies, prefill, trust
from levier.purchasing.errors import RefusedError
from levier.purchasing.forms import PublishNeedForm, initial_of
from levier.purchasing.models import NeedKind, NeedScope, NeedState, PublishedNeed
from levier.purchasing.queries.needs import needs_of_buyer
from levier.purchasing.views.common import account, served
from levier.reference.sectors import sectors_for_text

DEFAULT_WAIT = timedelta(days=21)


@never_cache
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The needs of my organisations."""
    user = account(request)
    context = {
        "needs": needs_of_buyer(user)[:200],
        "is_buyer": policies.buying_organisations(user).exists(),
    }
    return render(request, "purchasing/mine.html", context)


@login_not_required
@never_cache
@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """From the search: keep what was looked for, then open the form (after signing in, if need be)."""
    posted = request.POST
    departements = [code[:3] for code in posted.getlist("dep")[:20]]
    sectors = [slug[:80] for slug in posted.getlist("secteur")[:3]]
    if not sectors:
        # The words of the search say a trade, most often.
        sectors = [guess.sector.slug for guess in sectors_for_text(posted.get("q", "")[:300], limit=1)]
    place = posted.get("lieu", "")[:100]
    values: dict[str, Any] = {
        "title": posted.get("q", "")[:160],
        "text": posted.get("q", "")[:5000],
        "kinds": [code[:10] for code in posted.getlist("type")[:20]],
        "lieu": place,
        "departements": ", ".join(departements),
        "scope": NeedScope.AROUND
        if place
        else (NeedScope.DEPARTEMENTS if departements else NeedScope.FRANCE),
        **{f"sector_{number}": slug for number, slug in enumerate(sectors, start=1)},
    }
    if posted.get("rayon", "").isdecimal():
        values["rayon"] = int(posted["rayon"][:4])
    prefill.keep(request.session, values)
    return redirect("purchasing:new")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new need, perhaps begun in the dossier or the search."""
    user = account(request)
    organisations = policies.buying_organisations(user)
    if not organisations.exists():
        return render(request, "purchasing/not_a_buyer.html", {"is_purchase": False})
    if request.method == "POST":
        return _save(request, None)
    begun = prefill.look(request.session)
    initial = {
        "kind": NeedKind.QUOTE,
        "scope": NeedScope.AROUND,
        "rayon": 50,
        "deadline": timezone.localdate() + DEFAULT_WAIT,
    } | begun
    form = PublishNeedForm(initial=initial, organisations=organisations)
    return render(request, "purchasing/write.html", {"form": form, "need": None, "is_begun": bool(begun)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    user = account(request)
    need = policies.get_need_for(user, pk)
    if not need.is_editable:
        messages.error(request, "Ce besoin n’est plus un brouillon : il ne peut plus être modifié.")
        return redirect("purchasing:need", pk=pk)
    if request.method == "POST":
        return _save(request, need)
    form = PublishNeedForm(initial=initial_of(need), organisations=_only(need))
    return render(request, "purchasing/write.html", {"form": form, "need": need, "is_begun": False})


def _only(need: PublishedNeed) -> Any:
    """The organisation of a draft does not change."""
    return type(need.organisation).objects.filter(pk=need.organisation_id)


def _save(request: HttpRequest, need: PublishedNeed | None) -> HttpResponse:
    user = account(request)
    organisations = _only(need) if need else policies.buying_organisations(user)
    form = PublishNeedForm(request.POST, organisations=organisations)
    if form.is_valid():
        try:
            saved = actions.save_need(
                by=user, organisation=form.cleaned_data["organisation"], values=form.as_values(), need=need
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            prefill.forget(request.session)
            return redirect("purchasing:review", pk=saved.pk)
    context = {"form": form, "need": need, "is_begun": False}
    return render(request, "purchasing/write.html", context, status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Who the need would reach; take out, add, attach, then send. A POST changes the list: one supplier, or those from elsewhere."""
    user = account(request)
    need = policies.get_need_for(user, pk)
    if need.state != NeedState.DRAFT:
        return redirect("purchasing:need", pk=pk)
    if request.method == "POST":
        supplier = request.POST.get("ajouter") or request.POST.get("retirer") or ""
        try:
            if "ailleurs" in request.POST:
                actions.take_coming(by=user, need=need, is_in=request.POST["ailleurs"] == "avec")
                return redirect(reverse("purchasing:review", args=[pk]) + "#destinataires")
            if not supplier.isdecimal() or len(supplier) > 17:
                raise RefusedError("Choisissez un fournisseur de la liste.")
            actions.change_list(
                by=user, need=need, supplier_id=int(supplier), is_in="ajouter" in request.POST
            )
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        return redirect("purchasing:review", pk=pk)
    asked = request.GET.get("q", "")[:200]
    found = matching.match(need)
    present = {one.card.id for one in found.all}
    context = {
        "need": need,
        "area": matching.area_label(need),
        "found": found,
        "most": matching.MOST_RECIPIENTS,
        "asked": asked,
        "to_add": [card for card in matching.find_to_add(need, asked) if card.id not in present],
        "is_trusted": trust.is_trusted(user, need.organisation),
        "may_attach": need.attachments.count() < attachments.MOST,
    }
    return render(request, "purchasing/review.html", context)


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one or several documents."""
    user = account(request)
    need = policies.get_need_for(user, pk)
    uploads = request.FILES.getlist("document")
    if not uploads:
        messages.error(request, "Choisissez un fichier.")
    for upload in uploads[: attachments.MOST + 1]:
        assert isinstance(upload, UploadedFile)
        try:
            actions.attach(by=user, need=need, upload=upload)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
    return redirect("purchasing:review", pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attachment(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """GET: the document, for the buyer. POST: take it out of the draft."""
    user = account(request)
    need = policies.get_need_for(user, pk)
    found = policies.get_attachment_of(need, attachment_pk)
    if request.method != "POST":
        return served(found)  # type: ignore[return-value]
    try:
        actions.detach(by=user, attachment=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("purchasing:review", pk=pk)


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send, or have it read first."""
    user = account(request)
    need = policies.get_need_for(user, pk)
    try:
        need = actions.submit_need(by=user, need=need)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("purchasing:review", pk=pk)
    if need.state == NeedState.SENT:
        messages.success(request, "Votre besoin est envoyé. Les réponses apparaîtront ici.")
    else:
        messages.success(request, "Votre besoin attend une relecture. Un courriel vous dira quand il part.")
    return redirect("purchasing:need", pk=pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a draft."""
    user = account(request)
    need = policies.get_need_for(user, pk)
    try:
        actions.delete_draft(by=user, need=need)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("purchasing:need", pk=pk)
    messages.success(request, "Le brouillon est supprimé.")
    return redirect("purchasing:mine")
