"""The page of an offer of insertion: written by the facilitator, read by the buyer, handed to the holder."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import InsertionOffer
from levier.clauses.offers import actions, document, winners
from levier.clauses.offers.forms import POST_ROWS, OfferForm, PostFormSet, initial_of
from levier.clauses.offers.proposing import begun_from, chosen, proposal_for, usual_posts
from levier.clauses.studies.presenting import lots_of
from levier.core.typography import hours
from levier.purchasing.lot_lines import LotEstimate, estimates_of
from levier.purchasing.models import ContactSide, Lot
from levier.purchasing.policies import get_lot_for, sides_for
from levier.purchasing.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """The offer of a lot."""
    user = account(request)
    lot = get_lot_for(user, lot_pk, to="study" if request.method == "POST" else "see")
    present = InsertionOffer.objects.filter(lot=lot).first()
    proposal = proposal_for(lot, present)
    if request.method != "POST":
        posts = PostFormSet(initial=_rows(lot, present), prefix="postes")
        form = OfferForm(proposal=proposal, initial=initial_of(present, begun_from(lot)))
        return _page(request, lot, present, posts, form)
    posts, form = PostFormSet(request.POST, prefix="postes"), OfferForm(request.POST, proposal=proposal)
    if posts.is_valid() and form.is_valid():
        rows = [row for row in (one.as_row() for one in posts.forms) if row]
        try:
            saved = actions.save_offer(by=user, lot=lot, values=form.as_values(rows))
        except StudyRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"L’offre est enregistrée : {saved.get_state_display().lower()}.")
            estimate = _hours(lot)
            if saved.post_hours and estimate and saved.post_hours != estimate.hours:
                messages.warning(
                    request,
                    f"Les postes portent {hours(saved.post_hours)}, la clause {hours(estimate.hours)} : vérifiez si c’est voulu.",
                )
            return redirect("clauses:offer", lot_pk=lot.pk)
    return _page(request, lot, present, posts, form, status=422)


def _hours(lot: Lot) -> LotEstimate | None:
    """The hours signed or proposed for the lot; None before."""
    found = estimates_of([lot]).get(lot.pk)
    return found if found and found.hours else None


def _rows(lot: Lot, present: InsertionOffer | None) -> list[dict[str, Any]]:
    rows = list(present.posts) if present else usual_posts(lot.cpv)
    return [*rows, *({} for _ in range(max(1, POST_ROWS - len(rows))))][:10]


def _page(
    request: HttpRequest,
    lot: Lot,
    present: InsertionOffer | None,
    posts: Any,
    form: OfferForm,
    status: int = 200,
) -> HttpResponse:
    sides = sides_for(account(request), lot.purchase)
    cards, prescribers = chosen(present) if present else ([], [])
    is_handed = present is not None and present.state == InsertionOffer.State.HANDED
    context = {
        "lot": lot,
        "purchase": lot.purchase,
        "offer": present,
        "hours": _hours(lot),
        "cards": cards,
        "prescribers": prescribers,
        "posts": posts,
        "form": form,
        "lots": lots_of(lot),
        "may_write": ContactSide.FACILITATOR in sides and not is_handed,
        "winner": winners.open_link_of(lot),
        "may_send": lot.purchase.state in winners.WON,
    }
    return render(request, "clauses/offer/page.html", context, status=status)


@require_POST
def hand_over(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """Say to whom the offer was given; it is frozen from then on."""
    user = account(request)
    lot = get_lot_for(user, lot_pk, to="study")
    try:
        actions.hand_over(
            by=user, lot=lot, to=request.POST.get("entreprise", ""), at_launch="lancement" in request.POST
        )
    except StudyRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L’offre est remise : elle ne change plus.")
    return redirect("clauses:offer", lot_pk=lot.pk)


@never_cache
@require_GET
def file(request: HttpRequest, lot_pk: int, form: str) -> HttpResponse:
    """The offer as a document: docx, odt or pdf."""
    lot = get_lot_for(account(request), lot_pk)
    present = InsertionOffer.objects.filter(lot=lot).first()
    if present is None or form not in document.FORMATS:
        raise Http404("Cette offre n’est pas encore écrite.")
    present.lot = lot
    content, media_type = document.written(present, form)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="offre-insertion-lot-{lot.number}.{form}"'
    return response


@require_POST
def winner_link(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """Send the winner its link, or close it: either side of the purchase may."""
    user = account(request)
    lot = get_lot_for(user, lot_pk)
    try:
        if request.POST.get("faire") == "fermer":
            winners.close_winner_link(by=user, lot=lot)
            said = "Le lien est fermé : il n’ouvre plus rien."
        else:
            made = winners.send_winner_link(
                by=user,
                lot=lot,
                company=request.POST.get("entreprise", ""),
                email=request.POST.get("courriel", ""),
            )
            said = f"Le lien est envoyé à {made.email}."
    except StudyRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("clauses:offer", lot_pk=lot.pk)
