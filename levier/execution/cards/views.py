"""Pages of a card: no account, no script, nothing kept by the browser. A GET changes nothing."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.execution.cards import actions, policies, queries
from levier.execution.cards import everything as mine
from levier.execution.cards.forms import BirthForm, CorrectionForm, DisputeForm, ProofForm
from levier.execution.cards.links import card_key
from levier.execution.cards.policies import Own
from levier.execution.cards.proving import doubt_of
from levier.execution.declaring.reading import read_hours
from levier.execution.errors import RefusedError

_SESSION = "person_card"
View = Callable[..., HttpResponse]


def _private(view: View) -> View:
    """Open without an account, never cached, never indexed, its address given to no other site."""

    @login_not_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            # Whoever follows a person does not speak in its name.
            response = render(request, "execution/cards/signed_in.html", status=403)
        else:
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                response = render(request, "execution/cards/unknown.html", status=404)
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Not « no-referrer »: the browser would send « Origin: null » with the forms, and Django refuses those.
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store, private"
        return response

    return wrapped


def _own(view: View) -> View:
    """A page of the person whose card opened this session; an old session asks for the card again."""

    @_private
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = request.session.get(_SESSION)
        now = time.time()
        if not kept or kept["until"] < now:
            request.session.pop(_SESSION, None)
            return render(request, "execution/cards/again.html", status=403)
        own = policies.own_pages(kept["card"], by_mail=kept.get("proved", False))
        request.session[_SESSION] = kept | {"until": now + policies.SESSION.total_seconds()}
        return view(request, own, *args, **kwargs)

    return wrapped


@_private
@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: HttpRequest, signed: str) -> HttpResponse:
    """The door of a card: it asks the day of birth, and shows no name before."""
    policies.card_behind(signed)
    form = BirthForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            card = policies.open_card(signed, form.cleaned_data["birth_on"], now=timezone.now())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session.cycle_key()
            request.session[_SESSION] = {
                "card": card.pk,
                "proved": card_key(signed)[1],
                "until": time.time() + policies.SESSION.total_seconds(),
            }
            # From here on the address of the card stands in no page.
            return redirect("card:home")
    return render(request, "execution/cards/open.html", {"form": form}, status=422 if form.errors else 200)


@_own
@require_safe
def home(request: HttpRequest, own: Own) -> HttpResponse:
    """My hours, my dates, my requests, who saw my data."""
    entries = queries.entries_of(own.participant)
    context = {
        "own": own,
        "person": own.participant,
        "months": queries.months_of(own.participant),
        "entries": entries,
        "until": queries.eligible_until(entries),
        "requests": queries.requests_of(own.participant),
        "proofs": queries.proofs_of(own.participant),
        "accesses": queries.by_day(queries.accesses_of(own.participant))[:20],
        "today": timezone.localdate(),
        "is_doubted": not own.is_proved and doubt_of(own.participant) is not None,
    }
    return render(request, "execution/cards/home.html", context)


@_own
@require_POST
def confirm(request: HttpRequest, own: Own, line: int) -> HttpResponse:
    """« Oui, c’est juste »."""
    try:
        seen = read_hours(request.POST.get("seen", ""))
        if seen is None:
            raise RefusedError("Ce mois a changé depuis : relisez-le.")
        actions.confirm_month(own=own, line=line, seen=seen)
    except ValueError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, "Merci. Vos heures sont confirmées." if own.is_proved else "Merci. C’est noté."
        )
    return redirect("card:home")


@_own
@require_POST
def mail_link(request: HttpRequest, own: Own) -> HttpResponse:
    """Send the other link of this card to the person's own mail."""
    try:
        actions.send_own_link(own=own)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, "Le lien est parti : ouvrez-le dans votre messagerie, puis confirmez vos mois."
        )
    return redirect("card:home")


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, own: Own, line: int) -> HttpResponse:
    """« Non, ce n’est pas juste »."""
    shown = next(
        (one for month in queries.months_of(own.participant) for one in month.lines if one.line.pk == line),
        None,
    )
    if shown is None:
        raise Http404
    form = DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _done(
            request, form, "Votre question est partie. La réponse s’affichera ici.",
            lambda: actions.dispute_month(own=own, line=line, **form.cleaned_data), {"shown": shown}, "execution/cards/dispute.html",
        )  # fmt: skip
    return _form(request, form, "execution/cards/dispute.html", {"shown": shown})


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, own: Own) -> HttpResponse:
    """A value of mine is wrong."""
    form = CorrectionForm(request.POST or None)
    context = {"person": own.participant}
    if request.method == "POST" and form.is_valid():
        return _done(
            request, form, "Votre demande est partie. La réponse s’affichera ici.",
            lambda: actions.ask_correction(own=own, **form.cleaned_data), context, "execution/cards/correct.html",
        )  # fmt: skip
    return _form(request, form, "execution/cards/correct.html", context)


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, own: Own) -> HttpResponse:
    """I want my data gone."""
    if request.method != "POST":
        return render(request, "execution/cards/erase.html", {"person": own.participant})
    try:
        asked = actions.ask_erasure(own=own)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Votre demande est partie. Réponse avant le {asked.due_on:%d/%m/%Y}.")
    return redirect("card:home")


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, own: Own) -> HttpResponse:
    """A document for my facilitator."""
    form = ProofForm(request.POST or None, request.FILES or None)
    context = {"person": own.participant}
    if request.method == "POST" and form.is_valid():
        return _done(
            request, form, "Votre document est parti. Il sera supprimé dès qu’il sera vu.",
            lambda: actions.send_proof(own=own, kind=form.cleaned_data["kind"], upload=form.cleaned_data["file"]),
            context, "execution/cards/send.html",
        )  # fmt: skip
    return _form(request, form, "execution/cards/send.html", context)


@_own
@require_safe
def everything(request: HttpRequest, own: Own) -> HttpResponse:
    """All that is kept about me, to read or print."""
    return render(
        request,
        "execution/cards/everything.html",
        {"parts": mine.parts(own.participant), "today": timezone.localdate()},
    )


@_own
@require_safe
def everything_file(request: HttpRequest, own: Own) -> HttpResponse:
    """The same, as a file another tool reads."""
    response = JsonResponse(
        mine.as_json(own.participant), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return response


@_own
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest, own: Own) -> HttpResponse:
    """My card is lost: it opens nothing any more."""
    if request.method != "POST":
        return render(request, "execution/cards/lost.html", {"person": own.participant})
    actions.cancel_card(own=own)
    request.session.pop(_SESSION, None)
    return render(request, "execution/cards/closed.html", {"is_cancelled": True})


@_private
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Leave: the next reader of this phone sees nothing."""
    request.session.pop(_SESSION, None)
    return render(request, "execution/cards/closed.html", {"is_cancelled": False})


def _done(
    request: HttpRequest, form: Any, told: str, act: Callable[[], Any], context: dict[str, Any], template: str
) -> HttpResponse:
    """Do it and go back to the card, or show the form again with the refusal."""
    try:
        act()
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return _form(request, form, template, context)
    messages.success(request, told)
    return redirect("card:home")


def _form(request: HttpRequest, form: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, context | {"form": form}, status=status)
