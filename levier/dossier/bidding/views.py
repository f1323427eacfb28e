"""« Je réponds à un marché clausé » and « J'ai remporté un marché clausé »: asked by POST, nothing is kept."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.clauses.offers.winners import public_lots_of_buyer
from levier.clauses.showing import as_html
from levier.core.documents import DocumentError, to_docx
from levier.dossier.bidding.composing import BidDossier, Moment, compose_bid
from levier.dossier.bidding.forms import BidForm
from levier.dossier.exporting import FORMATS
from levier.dossier.need import NeedRefused
from levier.purchasing.measuring import structure_of
from levier.purchasing.models import NoticeLot, QuestionDesk
from levier.purchasing.questions.policies import get_public_desk
from levier.purchasing.questions.queries import PublicLot, public_desks, public_lots

MOST_DESKS = 5


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bid(request: HttpRequest) -> HttpResponse:
    """Before the bid: ways compared, whom to call, a paragraph."""
    return _page(request, "bid")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def won(request: HttpRequest) -> HttpResponse:
    """After the award: the buyer's own facilitator, the hours by week, the first hire."""
    return _page(request, "won")


def _page(request: HttpRequest, moment: Moment) -> HttpResponse:
    begun, lots, initial = _begun(request, moment)
    lot = None if begun else _noticed(request, moment)
    if lot is not None:
        initial = _of_notice(lot)
    form = BidForm(request.POST if request.method == "POST" else None, moment=moment, initial=initial)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            given = replace(form.as_input(), known_facilitator=_facilitator_of(begun) if begun else "")
            found = compose_bid(given, today=timezone.localdate())
        except NeedRefused as refusal:
            form.show_problems(refusal.problems)
    if found is not None and request.POST.get("faire") == "word":
        return _as_word(request, found)
    context = {
        "form": form,
        "bid": found,
        "moment": moment,
        "consultation": begun,
        # One lot is answered at a time; one reserved holds no hours to do.
        "lots": [one for one in lots if one.hours],
        "notice": lot.notice if lot else None,
        "open_desks": public_desks(timezone.localdate())[:MOST_DESKS] if moment == "bid" else [],
        "known_lots": public_lots_of_buyer(found.given.buyer_siren) if found and moment == "won" else [],
        "paragraph": as_html(found.paragraph) if found else "",
    }
    return render(
        request, "dossier/bidding/page.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _facilitator_of(desk: QuestionDesk) -> str:
    """The structure that follows the clause of a published consultation, with its public ways to reach it."""
    found = structure_of(desk.purchase)
    if found is None:
        return desk.purchase.facilitator.name if desk.purchase.facilitator else ""
    return ", ".join(filter(None, (found.name, found.phone, found.email)))


def _begun(
    request: HttpRequest, moment: Moment
) -> tuple[QuestionDesk | None, tuple[PublicLot, ...], dict[str, Any]]:
    """The consultation named in the address, its lots, and what its public page says, to start the form with.

    « lot »: the number of the lot answered; without it, only a consultation of one lot says its hours.
    """
    asked = request.GET.get("consultation", "")
    if moment != "bid" or not asked.isdecimal() or len(asked) > 17:
        return None, (), {}
    desk = get_public_desk(int(asked))
    lots = public_lots(desk.purchase)
    wanted = request.GET.get("lot", "")
    only = lots[0] if len(lots) == 1 else next((one for one in lots if str(one.lot.number) == wanted), None)
    purchase = desk.purchase
    return (
        desk,
        lots,
        {
            "object": only.lot.title if only else purchase.title,
            "place": purchase.place_label,
            "hours": _typed(only.hours) if only else "",
            "months": _typed((only.lot.months if only else None) or purchase.months),
            "starts_on": (only.lot.starts_on if only else None) or purchase.starts_on,
            "due_on": desk.offers_until,
            "buyer": purchase.organisation.name,
            "buyer_siren": purchase.organisation.siren or "",
        },
    )


def _noticed(request: HttpRequest, moment: Moment) -> NoticeLot | None:
    """The open lot of a public notice named in the address; 404 once it is closed."""
    asked = request.GET.get("avis", "")
    if moment != "bid" or not asked.isdecimal() or len(asked) > 17:
        return None
    lots = NoticeLot.objects.open_at(timezone.now()).select_related("notice", "commune")
    return get_object_or_404(lots, pk=int(asked))


def _of_notice(lot: NoticeLot) -> dict[str, Any]:
    """What the notice says of its lot; its own words on insertion, not its codes, stand where the clause is read."""
    return {
        "object": lot.title[:300],
        "place": str(
            lot.commune.name if lot.commune else lot.departements[0] if len(lot.departements) == 1 else ""
        ),
        "hours": _typed(lot.hours),
        "due_on": timezone.localdate(lot.deadline) if lot.deadline else None,
        "buyer": lot.notice.buyer_name[:200],
        "buyer_siren": lot.notice.buyer_siren,
        "clause": "\n".join(one for one in lot.reasons if one.startswith("«")),
    }


def _typed(value: Decimal | None) -> str:
    """A number as somebody would type it."""
    return "" if value is None else f"{value.normalize():f}".replace(".", ",")


def _as_word(request: HttpRequest, found: BidDossier) -> HttpResponse:
    try:
        content = to_docx(found.paragraph, title="Notre organisation pour l’insertion")
    except DocumentError as problem:
        return render(
            request, "core/error.html", {"title": "Document impossible", "sentence": str(problem)}, status=500
        )
    response = HttpResponse(content, content_type=FORMATS["docx"])
    response["Content-Disposition"] = 'attachment; filename="insertion.docx"'
    return response
