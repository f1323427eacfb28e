"""The page of the référent: open to all, nothing is kept."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.clauses.referent.checking import SIDES, Side, factors, outcomes
from levier.clauses.referent.documents import DOCX, as_ics, calendar, job_description
from levier.purchasing.forms.fields import day_field


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


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Self-check, job description, calendar: one form each, answered in place or as a file."""
    asked = request.POST.get("cote") or request.GET.get("cote", "")
    side: Side = "company" if asked == "company" else "buyer"
    doing = request.POST.get("faire", "")
    post = PostForm(request.POST if doing == "fiche" else None)
    dates = CalendarForm(
        request.POST if doing == "calendrier" else None, initial={"start": timezone.localdate()}
    )
    if doing == "fiche" and post.is_valid():
        return _file(job_description(side=side, **post.cleaned_data), DOCX, "referent-insertion.docx")
    if doing == "calendrier" and dates.is_valid():
        exchanges = calendar(side=side, **dates.cleaned_data)
        return _file(as_ics(exchanges).encode(), "text/calendar; charset=utf-8", "echanges-facilitateur.ics")
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


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
