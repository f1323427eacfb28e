"""« J'ai remporté un marché clausé » of one company, by the link its buyer or facilitator sent: the whole file of its lot."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.clauses.offers import document, winners
from levier.clauses.offers.proposing import chosen
from levier.core.audit import Actor
from levier.core.documents import DocumentError
from levier.dossier.bidding.composing import BidDossier, BidInput, compose_bid
from levier.dossier.bidding.won import with_hours_of_contract
from levier.dossier.need import NeedRefused
from levier.purchasing.views.common import private

HOLDER = Actor.machine("lien du titulaire")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def winner(request: HttpRequest, token: str) -> HttpResponse:
    """Read the file of one's lot; a POST says that it was received."""
    link = winners.link_of(token)
    if request.method == "POST":
        winners.confirm_winner_link(by=HOLDER, link=link)
        messages.success(request, "C’est noté : le facilitateur et l’acheteur savent que vous l’avez lu.")
        return private(redirect("dossier:winner", token=token))
    found = with_hours_of_contract(winners.file_of(link))
    cards, prescribers = chosen(found.offer) if found.offer else ([], [])
    context = {
        "file": found,
        "lot": found.lot,
        "purchase": found.purchase,
        "offer": found.offer,
        "cards": cards,
        "prescribers": prescribers,
        "bid": _bid(found),
        "moment": "won",
        "token": token,
        "starts_on": found.lot.starts_on or found.purchase.starts_on,
    }
    return private(render(request, "dossier/bidding/winner.html", context))


def _bid(found: winners.WinnerFile) -> BidDossier | None:
    """The ways compared and the steps, when the lot says enough."""
    lot, purchase = found.lot, found.purchase
    months = lot.months or purchase.months
    place = lot.place_label or purchase.place_label
    if found.hours is None or not place:
        return None
    given = BidInput(
        moment="won",
        object=lot.title,
        place=place,
        hours=float(found.hours),
        months=float(months) if months else None,
        starts_on=lot.starts_on or purchase.starts_on,
        buyer=purchase.organisation.name,
        buyer_siren=purchase.organisation.siren or "",
    )
    try:
        return compose_bid(given, today=timezone.localdate())
    except NeedRefused:
        # A place or an object the reader does not understand: the file still shows the rest.
        return None


@login_not_required
@never_cache
@require_safe
def offer_file(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The offer as a document, for the winner."""
    found = winners.file_of(winners.link_of(token))
    if found.offer is None or form not in document.FORMATS:
        raise Http404("Cette offre n’est pas encore prête.")
    try:
        content, media_type = document.written(found.offer, form)
    except DocumentError as problem:
        context = {"title": "Document impossible", "sentence": str(problem)}
        return render(request, "core/error.html", context, status=500)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="offre-insertion-lot-{found.lot.number}.{form}"'
    return private(response)
