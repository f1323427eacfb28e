"""What the keeper of a sheet does with networks: say no, ask to join, answer a correction."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from levier.accounts.errors import RefusedError
from levier.directory.models import NetworkMember, ReviewingNetwork
from levier.directory.networks import actions, policies
from levier.directory.networks.facts import FACTS
from levier.directory.ownership.policies import get_own_supplier_for
from levier.directory.ownership.views.signed_in import account
from levier.directory.results import key_of, slug_of


def _back(key: str) -> HttpResponse:
    return redirect(f"{reverse('directory:own_sheet', args=[slug_of(key)])}#reseaux")


@require_POST
def change_membership(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """« Ce n’est pas nous », or its contrary."""
    user = account(request)
    member = policies.get_own_membership_for(user, key_of(slug), pk)
    if request.POST.get("do") == "si":
        actions.own_membership_again(by=user, member=member)
        messages.success(request, "C’est rétabli : votre fiche montre de nouveau ce réseau.")
    else:
        was_asked = member.state == NetworkMember.State.ASKED
        actions.disown_membership(by=user, member=member)
        messages.success(
            request, "Demande retirée." if was_asked else "Votre fiche ne le montre plus, et le réseau est prévenu."
        )  # fmt: skip
    return _back(key_of(slug))


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that one belongs to a network: it answers."""
    user = account(request)
    supplier = get_own_supplier_for(user, key_of(slug))
    text = request.POST.get("reseau", "")
    identity = int(text) if text.isdecimal() and len(text) < 18 else 0
    network = ReviewingNetwork.objects.select_related("organisation").filter(organisation_id=identity).first()
    if network is None:
        messages.error(request, "Choisissez un réseau dans la liste.")
        return _back(supplier.key)
    try:
        actions.ask_to_join(by=user, network=network, supplier=supplier)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Demande envoyée à {network}.")
    return _back(supplier.key)


@require_POST
def answer_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a correction, which opens the part to edit, or set it aside."""
    user = account(request)
    found = policies.get_correction_for(user, pk, to="answer")
    is_accepted = request.POST.get("reponse") == "oui"
    try:
        actions.answer_correction(by=user, correction=found, is_accepted=is_accepted)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return _back(found.supplier.key)
    if not is_accepted:
        messages.success(request, "Proposition écartée : rien n’a changé.")
        return _back(found.supplier.key)
    messages.success(request, f"Corrigez ci-dessous. Proposition du réseau : {found.text}")
    part = FACTS[found.group].part if found.group in FACTS else "activites"
    page = reverse("directory:own_sheet", args=[slug_of(found.supplier.key)])
    return redirect(f"{page}?partie={part}#{part}")
