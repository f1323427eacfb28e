"""The dossier's pages: asked by POST (a need is confidential), recalculated in place, shared frozen."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.accounts.queries import buyer_siren_of
from levier.clauses.queries import only_writer
from levier.core.audit import Actor
from levier.core.documents import DocumentError
from levier.core.posted import row_key
from levier.dossier import actions, exporting, policies, publishing
from levier.dossier.composing import compose
from levier.dossier.forms import NeedForm
from levier.dossier.models import Snapshot
from levier.dossier.need import NeedRefused
from levier.dossier.presenting import answer_context, chips_of, clause_texts
from levier.dossier.referring import need_lines
from levier.dossier.result import Dossier
from levier.dossier.serialising import as_json
from levier.facilitators import prefill as requests_to_facilitators
from levier.purchasing import prefill

# Buttons that offer another reading of the need: the field each one fills.
CHOICES = {"cpv_choice": "cpv", "place_choice": "place", "lever_choice": "lever"}
ANONYMOUS = Actor.machine("visiteur")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form alone, or the need and its answer; htmx asks for the two columns only."""
    if request.method == "GET":
        return render(request, "dossier/page.html", {"form": NeedForm(), "dossier": None, "chips": ()})
    form, dossier = composed(request)
    context: dict[str, Any] = {"form": form, "dossier": dossier, "chips": chips_of(form, dossier)}
    if dossier is not None:
        context |= answer_context(dossier)
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "dossier/columns.html" if is_part else "dossier/page.html", context)


@login_not_required
@never_cache
@require_POST
def export(request: HttpRequest, target: str) -> HttpResponse:
    """The dossier as a file: pdf, docx, odt or json."""
    if target not in exporting.FORMATS:
        raise Http404(f"Le format « {target[:10]} » n’existe pas.")
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    try:
        content, kind = exporting.export(dossier, target)
    except DocumentError as problem:
        return render(
            request, "core/error.html", {"title": "Document impossible", "sentence": str(problem)}, status=500
        )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="dossier-levier.{target}"'
    return response


@login_not_required
@never_cache
@require_POST
def texts(request: HttpRequest) -> HttpResponse:
    """The documents of the clause filled with this need: one of them for htmx, all of them as a page."""
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    found = clause_texts(dossier)
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "dossier/texts.html", {"dossier": dossier, "texts": found, "is_frozen": False})
    asked = [text for text in found if text.code == request.GET.get("document")]
    if not asked:
        raise Http404("Ce document ne fait pas partie du texte.")
    context = {"text": asked[0], "is_open": True, "is_frozen": False}
    return render(request, "dossier/parts/clause_text.html", context)


@login_not_required
@never_cache
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Freeze the dossier and show, once, the link to send and the link that takes it back."""
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    frozen = answer_context(dossier, is_frozen=True) | {"dossier": dossier}
    user = request.user if request.user.is_authenticated else None
    try:
        made = actions.share_dossier(
            need=dossier.need.given.as_dict(),
            dossier=as_json(dossier),
            page=render_to_string("dossier/answer.html", frozen),
            by=user.as_actor() if user else ANONYMOUS,
            user=user,
        )
    except actions.TooManyShared as problem:
        context = {"title": "Partage impossible aujourd’hui", "sentence": str(problem)}
        return render(request, "core/error.html", context, status=429)
    links = {
        "link": request.build_absolute_uri(reverse("dossier:shared", args=[made.token])),
        "revocation": request.build_absolute_uri(reverse("dossier:revoke", args=[made.revocation])),
        "expires_at": made.snapshot.expires_at,
    }
    return _private(render(request, "dossier/share.html", links))


@login_not_required
@never_cache
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Take the need to the form that sends it to suppliers: by the session, never in an address."""
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    prefill.keep(request.session, publishing.form_values(dossier.need))
    return redirect("purchasing:new")


@login_not_required
@never_cache
@require_POST
def refer(request: HttpRequest) -> HttpResponse:
    """Take the need to the form that asks the facilitator: by the session, never in an address."""
    form, dossier = composed(request)
    if dossier is None:
        return render(
            request, "dossier/page.html", {"form": form, "dossier": None, "chips": chips_of(form, None)}
        )
    need = dossier.need
    requests_to_facilitators.keep(
        request.session,
        subject_label=need.object[:1].upper() + need.object[1:],
        need=need_lines(dossier),
        place=(need.place.kind, need.place.code) if need.place else ("", ""),
        buyer_side=need.buyer_side,
        programme=need.programme,
    )
    return redirect("facilitators:ask")


@never_cache
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The dossiers this account has shared and that are still open; each can be taken back."""
    user = request.user
    assert user.is_authenticated  # the page is closed by default
    if request.method == "POST":
        snapshot = policies.get_snapshot_for(user, row_key(request.POST.get("dossier", "")), to="revoke")
        actions.revoke_snapshot(snapshot=snapshot, by=user.as_actor())
        messages.success(request, "Le dossier est retiré : son lien ne s’ouvre plus.")
        return redirect("dossier:mine")
    snapshots = Snapshot.objects.open().filter(created_by=user).order_by("-created_at")[:100]
    return render(request, "dossier/mine.html", {"snapshots": snapshots})


@login_not_required
@never_cache
@require_GET
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A frozen dossier, for whoever holds the link."""
    snapshot = policies.get_snapshot_for_link(token)
    if request.GET.get("format") == "json":
        return _private(JsonResponse(snapshot.dossier, json_dumps_params={"ensure_ascii": False}))
    return _private(render(request, "dossier/shared.html", {"snapshot": snapshot}))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, secret: str) -> HttpResponse:
    """Opening the link asks; only the button takes the dossier back."""
    snapshot = policies.get_snapshot_for_revocation(secret)
    if request.method == "GET":
        return _private(render(request, "dossier/revoke.html", {"snapshot": snapshot, "is_done": False}))
    by = request.user.as_actor() if request.user.is_authenticated else ANONYMOUS
    actions.revoke_snapshot(snapshot=snapshot, by=by)
    return _private(render(request, "dossier/revoke.html", {"snapshot": snapshot, "is_done": True}))


def composed(request: HttpRequest) -> tuple[NeedForm, Dossier | None]:
    """The form as typed, and the dossier when the need can be answered."""
    typed = request.POST.copy()
    for button, field in CHOICES.items():
        if button in typed:
            typed[field] = typed[button]
    if request.user.is_authenticated and not typed.get("buyer_siren"):
        typed["buyer_siren"] = buyer_siren_of(request.user)
    form = NeedForm(typed)
    if not form.is_valid():
        return form, None
    try:
        return form, compose(form.as_input(), today=timezone.localdate(), writer=only_writer(request.user))
    except NeedRefused as refusal:
        form.show_problems(refusal.problems)
        return form, None


def _private(response: HttpResponse) -> HttpResponse:
    """A page under a secret address: not indexed, and the address is not given to the next site."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not « no-referrer »: the browser would send « Origin: null » with the form that takes the dossier back,
    # and Django refuses such a form.
    response["Referrer-Policy"] = "same-origin"
    return response
