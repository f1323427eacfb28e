"""The group-bid builder: partners for one need, and the first draft of their agreement."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.core.documents import DocumentError
from levier.purchasing import agreement, grouping, policies
from levier.purchasing.agreement import Signatory
from levier.purchasing.models import PublishedNeed
from levier.purchasing.views.answering import account_door, link_door
from levier.purchasing.views.common import account, private, refused

MOST_SET_ASIDE = 24


def _page(request: HttpRequest, need: PublishedNeed, back: str, lead: int | None) -> HttpResponse:
    """A GET proposes; a POST proposes without those set aside, or gives the agreement as a file."""
    posted = request.POST
    without = tuple(
        int(pk) for pk in posted.getlist("sans")[:MOST_SET_ASIDE] if pk.isdecimal() and len(pk) < 18
    )
    proposal = grouping.propose(need, today=timezone.localdate(), lead=lead, without=without)
    target = posted.get("format", "")
    if target:
        return _agreement(request, need, proposal, target)
    context = {
        "need": need,
        "proposal": proposal,
        "back": back,
        "lead": lead,
        "without": without,
        "liabilities": agreement.LIABILITIES.items(),
        "formats": (("docx", "Word"), ("odt", "OpenDocument"), ("pdf", "PDF")),
    }
    return private(render(request, "purchasing/group.html", context))


def _agreement(
    request: HttpRequest, need: PublishedNeed, proposal: grouping.Proposal, target: str
) -> HttpResponse:
    if target not in agreement.FORMATS or not proposal.members:
        raise Http404("Ce document n’existe pas.")
    signatories = [
        Signatory(
            name=one.card.name,
            siret=one.card.siret or "",
            place=one.card.place_label,
            share=one.share,
            work=", ".join(tag.label for tag in one.card.sectors if tag.slug in grouping.sectors_of(need)),
        )
        for one in proposal.members
    ]
    chosen = request.POST.get("mandataire", "")
    keys = [str(one.card.id) for one in proposal.members]
    lead = keys.index(chosen) if chosen in keys else 0
    solidarity = "solidaire" if request.POST.get("forme") == "solidaire" else "conjoint"
    try:
        text = agreement.draft(need, signatories, lead=lead, liability=solidarity)  # type: ignore[arg-type]
        content, media_type = agreement.document(text, target)
    except DocumentError as problem:
        return refused(request, "Document impossible", str(problem), status=500)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="convention-groupement.{target}"'
    return private(response)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def for_buyer(request: HttpRequest, pk: int) -> HttpResponse:
    """Which suppliers could answer together, seen by the buyer: to check that an allotment is realistic."""
    need = policies.get_need_for(account(request), pk)
    return _page(request, need, reverse("purchasing:need", args=[pk]), None)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def for_link(request: HttpRequest, token: str) -> HttpResponse:
    """Partners for the supplier that holds the link."""
    door = link_door(token)
    return _page(request, door.recipient.need, door.home, door.recipient.supplier_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def for_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Partners for the supplier of a signed-in member."""
    door = account_door(request, pk)
    return _page(request, door.recipient.need, door.home, door.recipient.supplier_id)
