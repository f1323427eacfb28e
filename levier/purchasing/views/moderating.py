"""The staff reads needs of organisations nobody has verified: send, or give back with the reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from levier.directory.ownership.proofs import domain_of_address, is_own_domain
from levier.purchasing import actions, matching, policies
from levier.purchasing.errors import RefusedError
from levier.purchasing.queries.needs import needs_to_moderate
from levier.purchasing.views.common import account, served


@never_cache
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, with all that decides."""
    policies.check_staff(request.user)
    waiting = []
    for need in needs_to_moderate()[:50]:
        domain = domain_of_address(need.author.email) if need.author else ""
        found = matching.match(need)
        waiting.append(
            {
                "need": need,
                "area": matching.area_label(need),
                "count": len(found.mailed),
                "silent": len(found.phoned),
                "coming": found.all_coming,
                "domain": domain if is_own_domain(domain) else "",
                "is_public_domain": bool(domain) and not is_own_domain(domain),
            }
        )
    return render(request, "purchasing/moderation.html", {"waiting": waiting})


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it (and perhaps verify the organisation), or give it back."""
    need = policies.get_need_to_moderate(request.user, pk)
    user = account(request)
    try:
        if request.POST.get("decision") == "envoyer":
            verify = request.POST.get("verifier") == "oui"
            actions.accept_need(
                by=user, need=need, verify=verify, mail_domain=request.POST.get("domaine", "")[:120]
            )
            messages.success(request, f"Le besoin « {need.title} » est envoyé.")
        else:
            actions.refuse_need(by=user, need=need, reason=request.POST.get("motif", ""))
            messages.success(request, f"Le besoin « {need.title} » est rendu à son acheteur.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("purchasing:moderation")


@never_cache
@require_GET
def attachment(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """A document of a need that waits."""
    need = policies.get_need_to_moderate(request.user, pk)
    return served(policies.get_attachment_of(need, attachment_pk))  # type: ignore[return-value]
