"""The review of duplicates: one question at a time, the decisions taken, and their undoing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from levier.accounts.models import User
from levier.core.posted import row_key
from levier.directory.models import DuplicatePair
from levier.directory.resolution import policies, queries
from levier.directory.resolution.actions import DecisionRefusedError, decide_duplicate, postpone_duplicate

State = DuplicatePair.State
# Questions shown: the first in full, the others in a line each.
SHOWN = 11
_SAID = {
    State.SAME: "« {} » et « {} » ne font plus qu’une fiche.",
    State.DIFFERENT: "« {} » et « {} » sont deux structures : chacune garde sa fiche.",
    State.PROPOSED: "« {} » et « {} » : la question est de nouveau posée.",
}


def _user(request: HttpRequest) -> User:
    """The signed-in account: the middleware closes this page to anonymous readers."""
    assert isinstance(request.user, User)
    return request.user


@never_cache
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """The first question side by side, those that follow, and counts."""
    user = _user(request)
    policies.check_may_review(user)
    asked = request.GET.get("paire", "")
    pairs = queries.waiting_pairs(limit=SHOWN, first=row_key(asked))
    context = {
        "first": pairs[0] if pairs else None,
        "others": pairs[1:],
        "count": queries.waiting().count(),
        "sources": queries.waiting_by_sources(in_words=True),
        "last": queries.last_decision(user.as_actor().label),
    }
    return render(request, "directory/duplicates.html", context)


@never_cache
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """What was decided, by whom, and the way back."""
    policies.check_may_review(_user(request))
    text = request.GET.get("q", "").strip()[:100]
    context = {"pairs": queries.with_deciders(queries.decided(text)), "text": text}
    return render(request, "directory/duplicate_decisions.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one decision, then show the next question (or the decisions, from there)."""
    user = _user(request)
    pair = policies.get_pair_for(user, pk)
    choice, seen = request.POST.get("choix", ""), request.POST.get("vu", "")
    back = redirect("directory:duplicate_decisions" if request.POST.get("retour") else "directory:duplicates")
    if choice == "plus-tard":
        postpone_duplicate(by=user.as_actor(), pair=pair)
        messages.success(request, "La paire est remise en fin de liste.")
        return back
    if choice not in State.values:
        messages.error(request, "Choisissez l’une des réponses proposées.")
        return back
    before = pair.left.name, pair.right.name
    try:
        decided = decide_duplicate(by=user.as_actor(), pair=pair, state=choice, seen=seen)
    except DecisionRefusedError as refusal:
        messages.error(request, str(refusal))
        return back
    # Once together the two bear one name: who decided must still recognise both.
    names = before if choice == State.SAME else (decided.left.name, decided.right.name)
    messages.success(request, _SAID[State(choice)].format(*names))
    return back
