"""Requests to a facilitator: asked by a buyer, answered by the structure, followed by both."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.models import User
from levier.core.mail_returns import is_given_up
from levier.facilitators import actions, policies, prefill
from levier.facilitators.actions.referrals import agreed_days
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.referrals import AskForm
from levier.facilitators.models import ReferralStage
from levier.facilitators.policies.referrals import Power, RequestAccess
from levier.facilitators.queries.referrals import answer_time, requests_held_by, requests_of_buyer
from levier.facilitators.resolver import PRIVATE, PUBLIC
from levier.facilitators.routing import told_addresses
from levier.facilitators.views.common import account
from levier.organisations.models import Organisation
from levier.reference.places import Place
from levier.reference.queries import place_by_code, place_finder
from levier.rulebook import parameters


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form of a request, perhaps begun in the dossier; it says first who will receive it."""
    user = account(request)
    organisations = policies.asking_organisations(user)
    if not organisations.exists():
        return render(request, "facilitators/not_a_buyer.html")
    begun = _from_link(request) or prefill.look(request.session)
    need = [(str(label), str(value)) for label, value in begun.get("need", ())]
    place = _place(begun)
    initial = {
        "subject_label": begun.get("subject_label", ""),
        "lieu": place.label if place else "",
        "lines": [str(number) for number in range(len(need))],
    }
    form = AskForm(request.POST or None, initial=initial, organisations=organisations, need=need)
    buyer, seen = organisations[0], request.POST.get("montre", "")
    if request.method == "POST" and form.is_valid():
        place, buyer = _meant(form, place), form.cleaned_data["organisation"]
        # Nothing leaves for a place, or for somebody, that the buyer has not read.
        sent = _send(user, form, begun, place) if seen == _shown(place, buyer) else None
        if sent is not None:
            prefill.forget(request.session)
            messages.success(request, "Votre demande est partie. La réponse arrivera ici et par courriel.")
            return redirect("facilitators:request", pk=sent.pk)
    today = timezone.localdate()
    holder = place and actions.holder_for(
        place, buyer=buyer, buyer_side=begun.get("buyer_side", "public"),
        programme=begun.get("programme", ""), on=today,
    )  # fmt: skip
    context = {
        "form": form,
        "place": place,
        "holder": holder,
        "shown": _shown(place, buyer) if place else "",
        "is_to_confirm": request.method == "POST" and not form.errors,
        "days": parameters.get("answer_working_days", on=today),
        "agreed": agreed_days(holder, buyer=buyer, on=today) if holder else None,
    }
    return render(request, "facilitators/ask.html", context, status=422 if form.errors else 200)


def _from_link(request: HttpRequest) -> dict[str, Any]:
    """The place and the side of who comes from « Trouver un facilitateur »; a dossier begun before is another request."""
    text = request.GET.get("lieu", "")[:100]
    found = place_finder().find(text, limit=1) if text.strip() else []
    if not found:
        return {}
    side = PRIVATE if request.GET.get("acheteur") == "prive" else PUBLIC
    return {"place": (found[0].place.kind, found[0].place.code), "buyer_side": side}


def _shown(place: Place, buyer: Organisation) -> str:
    """What the page showed the holder of: it comes back with the form that sends."""
    return f"{place.kind}:{place.code}:{buyer.pk}"


def _meant(form: AskForm, place: Place | None) -> Place:
    """The place typed. Several communes share a name: the one of the dossier stays while its label was not changed."""
    typed: Place = form.cleaned_data["lieu"]
    return place if place is not None and form.data.get("lieu", "").strip() == place.label else typed


def _place(begun: dict[str, Any]) -> Place | None:
    kind, code = begun.get("place") or ("", "")
    return place_by_code(kind, code) if kind and code else None


def _send(user: User, form: AskForm, begun: dict[str, Any], place: Place) -> Any:
    """The request, or None with the refusal in the form."""
    typed = form.cleaned_data
    values = actions.ReferralValues(
        subject_label=typed["subject_label"],
        place=place,
        message=typed["message"],
        need=form.chosen_need,
        buyer_side=begun.get("buyer_side", "public"),
        programme=begun.get("programme", ""),
        subject_key=begun.get("subject_key", ""),
        subject_url=begun.get("subject_url", ""),
    )
    try:
        return actions.ask_facilitator(by=user, buyer=typed["organisation"], values=values)
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return None


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The requests of my organisations; and, for those who answer, the ones they hold."""
    user = account(request)
    animations = [one.pk for one in policies.animations_of(user)]
    today = timezone.localdate()
    structures = list(policies.structures_of(user))
    context = {
        "today": today,
        "sent": requests_of_buyer(user)[:200],
        "held": requests_held_by(user, animations)[:200],
        "is_buyer": policies.asking_organisations(user).exists(),
        "answers": bool(structures or animations or user.is_staff),
        "times": [(one, answer_time(one, on=today)) for one in structures],
    }
    return render(request, "facilitators/requests.html", context)


@never_cache
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A request, its story, and what its reader may do."""
    return _page(request, policies.get_request_for(account(request), pk, to="see"))


def _page(request: HttpRequest, access: RequestAccess, status: int = 200, text: str = "") -> HttpResponse:
    found = access.request
    context = {
        "one": found,
        "access": access,
        "events": found.events.all(),
        "left": found.left(timezone.localdate()),
        "text": text,
        # Only while somebody waits for a mail.
        "is_holder_silent": found.is_open
        and found.stage != ReferralStage.STAFF
        and not told_addresses(found),
        "is_buyer_silent": found.is_open and found.asked_by is not None and is_given_up(found.asked_by.email),
    }
    return render(request, "facilitators/request.html", context, status=status)


# Act in the address → (the side that may, what it does, whether it takes a text, what is said after).
_ACTS: dict[str, tuple[Power, Callable[..., Any], bool, str]] = {
    "accepter": ("answer", actions.accept_request, True, "Vous prenez cette demande en charge ; l’acheteur est prévenu."),
    "questionner": ("answer", actions.ask_question, True, "Votre question est partie. Le délai est arrêté."),
    "decliner": ("answer", actions.decline_request, True, "La demande est déclinée ; l’acheteur est prévenu."),
    "repondre": ("follow", actions.reply_to_question, True, "Votre réponse est partie. Le délai reprend."),
    "repondue-ailleurs": ("follow", actions.answered_outside, False, "C’est noté : vous avez reçu une réponse."),
    "retirer": ("follow", actions.withdraw_request, False, "Votre demande est retirée."),
    "transmettre": ("follow", actions.raise_to_animation, False, "L’animation du réseau a votre demande."),
}  # fmt: skip


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One move on a request."""
    if act not in _ACTS:
        raise Http404("Cette page n’existe pas.")
    power, action, takes_text, said = _ACTS[act]
    user = account(request)
    access = policies.get_request_for(user, pk, to=power)
    given: dict[str, Any] = {"by": user, "request": access.request}
    if takes_text:
        given["text"] = request.POST.get("texte", "")[:3000]
    if power == "answer":
        given["who"] = access.who
    try:
        action(**given)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return _page(request, policies.get_request_for(user, pk, to="see"), 422, given.get("text", ""))
    messages.success(request, said)
    return redirect("facilitators:request", pk=pk)
