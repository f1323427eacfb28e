"""The public page of a consultation: what its notice says of the clause, questions and answers, a way to ask and follow."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.core.audit import Actor
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import PurchaseState
from levier.purchasing.questions import actions, links, policies, queries
from levier.purchasing.questions.forms import FollowForm, QuestionForm
from levier.purchasing.views.common import private

# Whoever is signed in: the event of a question never names an account.
BIDDER = Actor.machine("candidat")


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The published consultations that have a page here."""
    return render(
        request, "purchasing/questions/index.html", {"desks": queries.public_desks(timezone.localdate())}
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, ask, follow. Nothing of who asks is stored with the question."""
    desk = policies.get_public_desk(pk)
    lots = queries.public_lots(desk.purchase)
    is_follow = request.POST.get("faire") == "suivre"
    is_post = request.method == "POST"
    form = QuestionForm(request.POST if is_post and not is_follow else None, lots=[one.lot for one in lots])
    follow = FollowForm(request.POST if is_follow else None)
    try:
        if is_follow and follow.is_valid():
            actions.follow_questions(by=BIDDER, desk=desk, email=follow.cleaned_data["email"])
            messages.success(
                request, "Un courriel vient de partir : confirmez-y que vous suivez ces réponses."
            )
            return redirect("purchasing:public_consultation", pk=pk)
        if is_post and not is_follow and form.is_valid():
            values = form.cleaned_data
            actions.ask_question(
                by=BIDDER,
                desk=desk,
                text=values["text"],
                lot=form.lots.get(values["lot"]),
                follow=values["follow"],
            )
            messages.success(
                request,
                "Votre question est transmise, sans votre nom. Elle sera publiée avec sa réponse, pour tous.",
            )
            return redirect("purchasing:public_consultation", pk=pk)
    except RefusedError as refusal:
        (follow if is_follow else form).add_error(None, str(refusal))
    is_open = desk.purchase.state == PurchaseState.PUBLISHED
    context = {
        "desk": desk,
        "purchase": desk.purchase,
        "lots": lots,
        "questions": desk.questions.published().select_related("lot"),
        "waiting": desk.questions.waiting().count(),
        "form": form,
        "follow": follow,
        "takes_questions": is_open and desk.takes_questions(timezone.localdate()),
        "is_open": is_open,
    }
    status = 422 if form.errors or follow.errors else 200
    return render(request, "purchasing/questions/public.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest, signed: str) -> HttpResponse:
    """Confirm that one follows, or stop; reading changes nothing."""
    follower = links.follower_of(signed)
    if request.method == "POST":
        if request.POST.get("faire") == "confirmer":
            actions.confirm_follower(by=BIDDER, follower=follower)
            messages.success(request, "C’est confirmé : chaque nouvelle réponse vous sera envoyée.")
        else:
            actions.stop_following(by=BIDDER, follower=follower)
            messages.success(request, "C’est fait : votre adresse est effacée.")
        return private(redirect("purchasing:public_consultation", pk=follower.desk.purchase_id))
    context = {"follower": follower, "purchase": follower.desk.purchase}
    return private(render(request, "purchasing/questions/following.html", context))
