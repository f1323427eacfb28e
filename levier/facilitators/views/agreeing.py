"""What a party does with a convention proposed to it, or signed: sign, refuse, confirm the copy of another, end."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.accounts.models import User
from levier.facilitators import actions, policies
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.conventions import EndForm, SignForm
from levier.facilitators.policies.conventions import ConventionAccess
from levier.facilitators.views.animating import checker_name
from levier.facilitators.views.common import account
from levier.facilitators.views.conventions import convention_page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign the text read, deposit the signed copy, or recognise the one deposited."""
    user = account(request)
    access = policies.get_convention_for(user, pk, to="sign")
    if request.method != "POST":
        return redirect("facilitators:convention", pk=pk)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            _sign(user, access, request, form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Signé au nom de « {access.party.name if access.party else ''} ».")
            return redirect("facilitators:convention", pk=pk)
    return convention_page(request, policies.get_convention_for(user, pk, to="see"), sign=form, status=422)


def _sign(user: User, access: ConventionAccess, request: HttpRequest, typed: dict[str, Any]) -> None:
    assert access.party is not None
    signer = {"signer_name": typed["signer_name"], "signer_title": typed["signer_title"]}
    way = request.POST.get("maniere", "")
    if way == "texte":
        actions.sign_convention(
            by=user, party=access.party, sha256=request.POST.get("empreinte", ""), **signer
        )
    elif way == "copie":
        upload = request.FILES.get("copie")
        if not isinstance(upload, UploadedFile):
            raise RefusedError("Choisissez le PDF de la convention signée.")
        actions.deposit_copy(by=user, party=access.party, upload=upload, **signer)
    elif way.isdecimal() and len(way) < 18:
        kept = policies.get_copy_of(access.convention, int(way))
        actions.recognise_copy(by=user, party=access.party, copy=kept, **signer)
    else:
        raise RefusedError("Choisissez comment signer.")


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A party says why it does not sign, or what must change first."""
    user = account(request)
    access = policies.get_convention_for(user, pk, to="confirm")
    assert access.party is not None
    try:
        actions.object_to_convention(
            by=user,
            party=access.party,
            sha256=request.POST.get("empreinte", ""),
            words=request.POST.get("mots", ""),
        )
    except RefusedError as refusal:
        return convention_page(request, access, refusal=str(refusal), status=422)
    messages.success(request, f"C’est dit à {access.convention.structure.name} et aux autres parties.")
    return redirect("facilitators:convention", pk=pk)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A party that may sign gives notice, or leaves when it stands beside several others."""
    user = account(request)
    access = policies.get_convention_for(user, pk, to="sign")
    assert access.party is not None
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end_convention(
                by=user, party=access.party, convention=access.convention, **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est noté ; les autres parties sont prévenues.")
            return redirect("facilitators:convention", pk=pk)
    return convention_page(request, access, end=form, status=422)


@require_POST
def vouch(request: HttpRequest, pk: int, party_pk: int) -> HttpResponse:
    """The animation confirms the copy of a party without a space here."""
    user = account(request)
    found = policies.get_convention_for(user, pk, to="vouch").convention
    party = policies.get_party_of(found, party_pk)
    asked = request.POST.get("copie", "")
    kept = policies.get_copy_of(found, int(asked) if asked.isdecimal() and len(asked) < 18 else 0)
    try:
        actions.vouch_for_party(by=user, party=party, copy=kept, checker_name=checker_name(user))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"La signature de « {party.name} » est confirmée.")
    return redirect("facilitators:convention", pk=pk)
