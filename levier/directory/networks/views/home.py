"""The network's home: what needs it today, what it says it is, invitations, requests to join."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.errors import RefusedError
from levier.core.typography import NO_BREAK
from levier.directory.models import NetworkMember
from levier.directory.networks import actions, policies, queries
from levier.directory.networks.forms import PresentationForm
from levier.directory.networks.members import day_of
from levier.directory.ownership.views.signed_in import account
from levier.directory.results import key_of
from levier.reference.queries import place_by_code


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """« Mon réseau »: the only one, or a choice."""
    networks = queries.networks_of(account(request))
    if not networks:
        raise Http404(policies.UNKNOWN)
    if len(networks) == 1:
        return redirect("directory:network", pk=networks[0].organisation_id)
    return render(request, "directory/networks/mine.html", {"networks": networks})


@never_cache
@require_safe
def network(request: HttpRequest, pk: int) -> HttpResponse:
    """What needs the network today, then its figures."""
    found = policies.get_network_for(request.user, pk)
    place = place_by_code(found.territory_kind, found.territory_code) if found.territory_code else None
    context = {"network": found, "day": day_of(found), "place": place}
    return render(request, "directory/networks/home.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def presentation(request: HttpRequest, pk: int) -> HttpResponse:
    """What the network says it is."""
    user = account(request)
    found = policies.get_network_for(user, pk, to="describe")
    data = request.POST if request.method == "POST" else None
    form = PresentationForm(data, network=found, is_staff=user.is_staff)
    if data is not None and form.is_valid():
        actions.present_network(by=user, network=found, values=form.cleaned_data)
        messages.success(request, "Présentation enregistrée.")
        is_animator = any(one.pk == found.pk for one in queries.networks_of(user))
        return redirect("directory:network", pk=pk) if is_animator else redirect("directory:reviews")
    context = {"network": found, "form": form}
    return render(
        request, "directory/networks/presentation.html", context, status=422 if form.errors else 200
    )


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite one member (``f``), or every one whose sheet nobody keeps."""
    user = account(request)
    found = policies.get_network_for(user, pk)
    slug = request.POST.get("f", "")
    done = actions.invite_members(by=user, network=found, keys=[key_of(slug)] if slug else None)
    _say_invited(request, done)
    back = request.POST.get("retour") == "membre" and slug
    return redirect("directory:member", pk=pk, slug=slug) if back else redirect("directory:network", pk=pk)


def _say_invited(request: HttpRequest, done: actions.Invited) -> None:
    aside = [
        (done.recent, "invitée{s} il y a moins de 30 jours"),
        (done.without_address, "sans courriel public"),
        (done.refused, "qui ne veu{lent} plus d’invitation"),
        (done.later, "à inviter au prochain clic"),
    ]
    words = ", ".join(
        f"{count}{NO_BREAK}" + text.format(s="s" if count > 1 else "", lent="lent" if count > 1 else "t")
        for count, text in aside
        if count
    )
    rest = f" Laissées de côté : {words}." if words else ""
    if done.sheets:
        plural = "s" if done.sheets > 1 else ""
        messages.success(
            request, f"{done.sheets}{NO_BREAK}fiche{plural} invitée{plural} à être tenue{plural}.{rest}"
        )
    else:
        messages.info(request, f"Aucune invitation n’est partie.{rest}")


@require_POST
def answer_request(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Accept or refuse a structure that asked to be a member."""
    user = account(request)
    found, supplier = policies.get_member_for(user, pk, key_of(slug), state=NetworkMember.State.ASKED)
    is_accepted = request.POST.get("reponse") == "oui"
    try:
        actions.answer_request(by=user, network=found, supplier=supplier, is_accepted=is_accepted)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Adhésion acceptée." if is_accepted else "Demande refusée.")
    return redirect("directory:network", pk=pk)
