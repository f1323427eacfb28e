"""Vouching pages: facts worth a word, many at once; taking a vouch back; proposing a correction."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.accounts.errors import RefusedError
from levier.core.typography import NO_BREAK
from levier.directory.models import Supplier
from levier.directory.networks import actions, policies
from levier.directory.networks.actions import Checked
from levier.directory.networks.forms import CheckForm, CorrectionForm
from levier.directory.networks.members import facts_to_vouch
from levier.directory.networks.views.members import member_page
from levier.directory.networks.vouching import vouches_to_check
from levier.directory.ownership.views.signed_in import account
from levier.directory.results import key_of, slug_of

# More boxes ticked at once than a page shows are no person's work.
MOST_TICKED = 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts of every member worth the network's word; those ticked are vouched for together."""
    user = account(request)
    network = policies.get_network_for(user, pk)
    form, refused = CheckForm(), ""
    if request.method == "POST":
        form = CheckForm(request.POST)
        if form.is_valid():
            try:
                count = actions.vouch_for(
                    by=user, network=network, checked=_checked(request), **form.cleaned_data
                )
            except RefusedError as refusal:
                refused = str(refusal)
            else:
                messages.success(request, _vouched(count))
                return redirect("directory:facts", pk=pk)
    proposed, total = facts_to_vouch(network)
    context = {
        "network": network, "form": form, "refused": refused, "proposed": proposed, "total": total,
        "to_check": vouches_to_check(pk), "ticked": set(request.POST.getlist("fait")),
    }  # fmt: skip
    status = 422 if refused or form.errors else 200
    return render(request, "directory/networks/facts.html", context, status=status)


@require_POST
def vouch(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Vouch for the facts ticked of one member."""
    user = account(request)
    network, supplier = policies.get_member_for(user, pk, key_of(slug))
    form = CheckForm(request.POST)
    if not form.is_valid():
        return member_page(request, network, supplier, check=form)
    checked = [one for one in _checked(request) if one.supplier.pk == supplier.pk]
    try:
        count = actions.vouch_for(by=user, network=network, checked=checked, **form.cleaned_data)
    except RefusedError as refusal:
        return member_page(request, network, supplier, check=form, refused=str(refusal))
    messages.success(request, _vouched(count))
    return redirect("directory:member", pk=pk, slug=slug_of(supplier.key))


def _vouched(count: int) -> str:
    plural = "s" if count > 1 else ""
    return f"{count}{NO_BREAK}fait{plural} attesté{plural} : la fiche publique le montre."


def _checked(request: HttpRequest) -> list[Checked]:
    """The boxes ticked, « key|fact|hash »; the network's action checks that each is a member's and unchanged."""
    ticked = [text.split("|") for text in request.POST.getlist("fait")[:MOST_TICKED]]
    rows = [parts for parts in ticked if len(parts) == 3]
    known = {one.key: one for one in Supplier.objects.filter(key__in=[key for key, _, _ in rows])}
    return [Checked(known[key], fact, value_hash) for key, fact, value_hash in rows if key in known]


@require_POST
def change_vouch(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a vouch back, or put it back."""
    user = account(request)
    found = policies.get_vouch_for(user, pk)
    page = reverse("directory:member", args=[found.network_id, slug_of(found.supplier.key)])
    if request.POST.get("do") == "remettre":
        try:
            actions.restore_vouch(by=user, vouch=found)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Attestation rétablie.")
        return redirect(page)
    actions.withdraw_vouch(by=user, vouch=found)
    return redirect(f"{page}?retiree={found.pk}")


@require_POST
def correct(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Propose a correction to the keeper of one member's sheet."""
    user = account(request)
    network, supplier = policies.get_member_for(user, pk, key_of(slug))
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return member_page(request, network, supplier, correction=form)
    try:
        actions.propose_correction(by=user, network=network, supplier=supplier, **form.cleaned_data)
    except RefusedError as refusal:
        form.add_error("text", str(refusal))
        return member_page(request, network, supplier, correction=form)
    messages.success(request, "Proposition envoyée à qui tient la fiche.")
    return redirect("directory:member", pk=pk, slug=slug_of(supplier.key))


@require_POST
def withdraw_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back while nobody answered it."""
    user = account(request)
    found = policies.get_correction_for(user, pk, to="withdraw")
    try:
        actions.withdraw_correction(by=user, correction=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Proposition retirée.")
    return redirect("directory:member", pk=found.network_id, slug=slug_of(found.supplier.key))
