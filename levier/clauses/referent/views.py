"""The pages of the référent: open to all, nothing is kept; that of a purchase, which knows what is already there."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from levier.clauses.errors import StudyRefusedError
from levier.clauses.referent import actions
from levier.clauses.referent.checking import SIDES, Side, factors, outcomes
from levier.clauses.referent.documents import DOCX, Exchange, as_ics, calendar, job_description
from levier.clauses.referent.seeing import seen_answers
from levier.purchasing.forms.fields import day_field
from levier.purchasing.models import Purchase
from levier.purchasing.policies import get_purchase_for
from levier.purchasing.views.common import account


class PostForm(forms.Form):
    """The job description."""

    organisation = forms.CharField(label="Organisation", max_length=150, required=False)
    days_a_month = forms.FloatField(
        label="Temps, en jours par mois", min_value=0.5, max_value=22, initial=2,
        error_messages={"min_value": "Une demi-journée au moins.", "max_value": "22 jours au plus.",
                        "invalid": "Écrivez un nombre, par exemple 2.", "required": "Donnez un temps."},
    )  # fmt: skip
    with_substitute = forms.BooleanField(label="Avec un suppléant", required=False, initial=True)


class CalendarForm(forms.Form):
    """The calendar of exchanges."""

    start = day_field("Démarrage", required=True)
    months = forms.IntegerField(
        label="Durée, en mois", min_value=1, max_value=60, initial=12,
        error_messages={"min_value": "Un mois au moins.", "max_value": "60 mois au plus.",
                        "invalid": "Écrivez un nombre entier.", "required": "Donnez une durée."},
    )  # fmt: skip


class AgendaForm(CalendarForm):
    """The same, for whatever contract the company or the buyer has in mind."""

    of = forms.CharField(
        label="Pour quel marché",
        max_length=120,
        required=False,
        help_text="Facultatif : son nom suit chaque date de votre agenda.",
    )


class HeldForm(forms.Form):
    """An exchange took place."""

    held_on = day_field("Tenu le", required=True)
    words = forms.CharField(label="Ce qui a été décidé", max_length=500, required=False)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Self-check, job description, calendar: one form each, answered in place or as a file."""
    asked = request.POST.get("cote") or request.GET.get("cote", "")
    side: Side = "company" if asked in {"company", "entreprise"} else "buyer"
    doing = request.POST.get("faire", "")
    post = PostForm(request.POST if doing == "fiche" else None)
    dates = AgendaForm(
        request.POST if doing == "calendrier" else None, initial={"start": timezone.localdate()}
    )
    if doing == "fiche" and post.is_valid():
        return _file(job_description(side=side, **post.cleaned_data), DOCX, "referent-insertion.docx")
    if doing == "calendrier" and dates.is_valid():
        values = dict(dates.cleaned_data)
        of = " ".join(values.pop("of").split())
        exchanges = tuple(
            Exchange(one.day, f"{one.title} ({of})" if of else one.title)
            for one in calendar(side=side, **values)
        )
        return _file(
            as_ics(exchanges, of=of or side).encode(),
            "text/calendar; charset=utf-8",
            "echanges-facilitateur.ics",
        )
    yes = set(request.POST.getlist("oui"))
    context: dict[str, Any] = {
        "side": side,
        "sides": SIDES,
        "factors": factors(side),
        "outcomes": outcomes(side, yes) if doing == "verifier" else (),
        "yes": yes,
        "post": post,
        "dates": dates,
    }
    is_wrong = (post.is_bound and post.errors) or (dates.is_bound and dates.errors)
    return render(request, "clauses/referent/page.html", context, status=422 if is_wrong else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """The factors of one purchase, what Levier sees of them ticked already; its exchanges fixed, then said to be held."""
    user = account(request)
    purchase = get_purchase_for(user, pk)
    today = timezone.localdate()
    start = purchase.starts_on or purchase.launch_on or today
    dates = CalendarForm(
        request.POST if request.POST.get("faire") == "fixer" else None,
        initial={"start": start, "months": min(60, max(1, round(purchase.months or 12)))},
    )
    held = HeldForm(request.POST if "tenu" in request.POST else None, initial={"held_on": today})
    try:
        if dates.is_bound and dates.is_valid():
            count = actions.fix_exchanges(by=user, purchase=purchase, **dates.cleaned_data)
            messages.success(request, f"{count} échanges sont fixés.")
            return redirect("clauses:purchase_referent", pk=pk)
        if held.is_bound and held.is_valid():
            exchange = _exchange(purchase, request.POST["tenu"])
            actions.hold_exchange(by=user, exchange=exchange, **held.cleaned_data)
            messages.success(request, "L’échange est noté ; il compte pour la convention, s’il y en a une.")
            return redirect("clauses:purchase_referent", pk=pk)
    except StudyRefusedError as refusal:
        held.add_error(None, str(refusal))
    seen = seen_answers(purchase, on=today)
    yes = set(request.POST.getlist("oui")) | seen.keys()
    context: dict[str, Any] = {
        "purchase": purchase,
        "factors": factors("buyer"),
        "outcomes": outcomes("buyer", yes),
        "seen": seen,
        "yes": yes,
        "dates": dates,
        "held": held,
        "exchanges": purchase.referent_exchanges.select_related("noted_by"),
        "today": today,
    }
    is_wrong = (dates.is_bound and dates.errors) or (held.is_bound and held.errors)
    return render(request, "clauses/referent/purchase.html", context, status=422 if is_wrong else 200)


def _exchange(purchase: Purchase, asked: str) -> Any:
    """An exchange of this purchase and no other. Raises Http404."""
    number = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
    found = purchase.referent_exchanges.filter(pk=number).first()
    if found is None:
        raise Http404("Cet échange n’est pas de cet achat.")
    return found


@never_cache
@require_GET
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """The exchanges of a purchase still to come, for a calendar."""
    purchase = get_purchase_for(account(request), pk)
    rows = purchase.referent_exchanges.filter(held_on=None)
    found = tuple(Exchange(one.planned_on, f"{one.title} ({purchase.title})") for one in rows)
    return _file(
        as_ics(found, of=f"{settings.SITE_URL}/achats/{purchase.pk}").encode(),
        "text/calendar; charset=utf-8",
        "echanges-facilitateur.ics",
    )


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
