"""Pages of the trades themselves: the public list, one public consultation, and the answer by a personal link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.core.audit import Actor
from levier.purchasing.errors import RefusedError
from levier.purchasing.trades import actions, links, policies, queries
from levier.purchasing.trades.forms import JoinForm, TradeAnswerForm, initial_of_answer
from levier.purchasing.views.common import private

BY_LINK = Actor.machine("lien d’un participant")
BY_PAGE = Actor.machine("page publique des métiers")


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The consultations open to everybody, then those whose answers are published."""
    running, published = queries.public_consultations(timezone.localdate())
    return render(request, "purchasing/trades/index.html", {"running": running, "published": published})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def public(request: HttpRequest, consultation_pk: int) -> HttpResponse:
    """One public consultation: the text, a way to answer, the answers once published."""
    found = policies.get_public_consultation(consultation_pk)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.join_trade_consultation(by=BY_PAGE, consultation=found, values=form.as_values())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                "Si cette adresse n’a pas déjà reçu son lien, il vient de lui être envoyé : ouvrez ce courriel.",
            )
            return redirect("purchasing:trade_public", consultation_pk=consultation_pk)
    lines = queries.lines_of(found) if found.published_at else ()
    context = {
        "one": found,
        "form": form,
        "lines": lines,
        "summary": queries.summary_of(found, lines),
        "takes_answers": found.takes_answers(timezone.localdate()),
        "reads_notes": False,
    }
    return render(request, "purchasing/trades/public.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """A participant reads and answers, without account; at the end it reads what all said."""
    party = links.party_of(token)
    found = party.consultation
    given = getattr(party, "answer", None)
    form = TradeAnswerForm(
        request.POST if request.method == "POST" else None, initial=initial_of_answer(given)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_trade_consultation(by=BY_LINK, party=party, given=form.as_values())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Votre réponse est enregistrée. Vous pouvez la changer jusqu’à la date limite."
            )
            return private(redirect("purchasing:trade_answer", token=token))
    lines = queries.lines_of(found) if found.published_at else ()
    context = {
        "party": party,
        "one": found,
        "form": form,
        "given": given,
        "lines": lines,
        "summary": queries.summary_of(found, lines),
        "takes_answers": found.takes_answers(timezone.localdate()),
        "reads_notes": False,
    }
    return private(
        render(request, "purchasing/trades/answer.html", context, status=422 if form.errors else 200)
    )
