"""The staff sees who buys, and recognises a buyer or no longer."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.directory.ownership.proofs import domain_of_address, is_own_domain
from levier.purchasing import actions, policies
from levier.purchasing.errors import RefusedError
from levier.purchasing.queries.buyers import STATES, BuyerFile, buyer_file, buyers
from levier.purchasing.views.common import account

_PER_PAGE = 50


@never_cache
@require_safe
def all_buyers(request: HttpRequest) -> HttpResponse:
    """Every buyer, searched by name or SIREN."""
    policies.check_staff(request.user)
    text, state = request.GET.get("q", "")[:100], request.GET.get("etat", "tous")
    page = Paginator(buyers(text=text, state=state), _PER_PAGE).get_page(request.GET.get("page"))
    kept = urlencode({"q": text, "etat": state})
    context = {"page": page, "text": text, "state": state, "states": STATES.items(), "kept": kept}
    return render(request, "purchasing/buyers.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_buyer(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of one buyer; a decision always has its reason."""
    organisation = policies.get_buyer_for_staff(request.user, pk)
    refused = ""
    if request.method == "POST":
        by, reason = account(request), request.POST.get("motif", "")
        try:
            if request.POST.get("decision") == "verifier":
                domain = request.POST.get("domaine", "")[:120]
                actions.verify_buyer(by=by, organisation=organisation, reason=reason, mail_domain=domain)
                messages.success(request, "Organisation vérifiée : ses besoins partiront sans relecture.")
            else:
                actions.unverify_buyer(by=by, organisation=organisation, reason=reason)
                messages.success(request, "Vérification retirée : ses besoins non envoyés seront relus.")
        except RefusedError as refusal:
            refused = str(refusal)
        else:
            return redirect("purchasing:buyer", pk=pk)
    found = buyer_file(organisation)
    context = {
        "file": found, "refused": refused, "reason": request.POST.get("motif", ""),
        "domain": request.POST.get("domaine") or _domain_of(found),
    }  # fmt: skip
    return render(request, "purchasing/buyer.html", context, status=422 if refused else 200)


def _domain_of(found: BuyerFile) -> str:
    """The domain to propose: the one recorded, else the one that all the buyer's people share."""
    if found.verified is not None:
        return found.verified.mail_domain
    domains = {domain_of_address(one.user.email) for one in found.people}
    domain = domains.pop() if len(domains) == 1 else ""
    return domain if is_own_domain(domain) else ""
