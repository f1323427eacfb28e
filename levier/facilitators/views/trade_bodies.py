"""The register of professional bodies: read by all, written by the animations, one by one or from a file."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.facilitators import actions, policies
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.trade_bodies import TradeBodyForm, initial_of_body
from levier.facilitators.models import TradeBody
from levier.facilitators.policies.trade_bodies import (
    get_trade_body_for,
    is_inside,
    may_write,
    territories_written,
)
from levier.facilitators.queries.areas import area_names
from levier.facilitators.queries.trade_bodies import trade_in_words
from levier.facilitators.reading_table import UnreadableFileError
from levier.facilitators.views.common import account
from levier.reference.sectors import all_groups, all_sectors

_LARGEST = 2 * 1024 * 1024
_ELSEWHERE = "Ce territoire n’est pas celui que vous animez : donnez un département ou une région du vôtre."


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every body by name, those of a family or of some words when asked."""
    words, family = request.GET.get("q", "").strip()[:80], request.GET.get("famille", "")[:40]
    groups = {one.slug: one.label for one in all_groups()}
    animates = request.user.is_authenticated and policies.may_animate(request.user)
    bodies = TradeBody.objects.all() if animates else TradeBody.objects.filter(is_hidden=False)
    if words:
        bodies = bodies.filter(name__icontains=words)
    own = {family, *(one.slug for one in all_sectors() if one.group.slug == family)}
    rows = [one for one in bodies if family not in groups or own & set(one.trades)]
    names = area_names(tuple(area.split(":", 1)) for one in rows for area in one.territories)  # type: ignore[misc]
    written = territories_written(request.user) if animates else set()
    context = {
        "rows": [
            (
                one,
                animates and is_inside(written, one.territories),
                [trade_in_words(trade) for trade in one.trades],
                [names[tuple(area.split(":", 1))] for area in one.territories],  # type: ignore[index]
            )
            for one in rows
        ],
        "groups": groups,
        "asked": {"q": words, "famille": family},
        "animates": animates,
    }
    return render(request, "facilitators/trade_bodies.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a body, or change it."""
    user = policies.check_animates(account(request))
    body = get_trade_body_for(user, pk) if pk is not None else None
    form = TradeBodyForm(request.POST or None, initial=initial_of_body(body) if body else {})
    if request.method == "POST" and form.is_valid():
        try:
            if not may_write(user, form.cleaned_data["territories"]):
                raise RefusedError(_ELSEWHERE)
            made = actions.save_trade_body(by=user, values=form.as_values(), body=body)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"« {made.name} » est dans le répertoire.")
            return redirect("facilitators:trade_bodies")
    context: dict[str, Any] = {"form": form, "body": body, "groups": all_groups(), "sectors": all_sectors()}
    return render(request, "facilitators/trade_body.html", context, status=422 if form.errors else 200)


@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of the choices of buyers, or back."""
    user = account(request)
    body = get_trade_body_for(user, pk)
    hidden = not body.is_hidden
    actions.hide_trade_body(by=user, body=body, is_hidden=hidden)
    said = "n’est plus proposée aux acheteurs" if hidden else "est de nouveau proposée aux acheteurs"
    messages.success(request, f"« {body.name} » {said}.")
    return redirect("facilitators:trade_bodies")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Import a CSV: what was created, changed, refused and why."""
    user = policies.check_animates(account(request))
    context: dict[str, Any] = {"problem": "", "counts": None, "refused": []}
    if request.method == "POST":
        upload = request.FILES.get("fichier")
        try:
            if upload is None:
                raise RefusedError("Choisissez un fichier CSV.")
            if (upload.size or 0) > _LARGEST:
                raise RefusedError("Ce fichier dépasse 2 Mo : coupez-le.")
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "organisations.csv"
                path.write_bytes(upload.read())
                counts, refused = actions.import_trade_bodies(
                    by=user, path=path, is_allowed=lambda areas: may_write(user, areas)
                )
            context |= {"counts": dict(counts), "refused": refused[:200]}
        except (RefusedError, UnreadableFileError) as problem:
            context["problem"] = str(problem)
    return render(
        request, "facilitators/trade_bodies_bring.html", context, status=422 if context["problem"] else 200
    )
