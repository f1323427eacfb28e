"""Pages of the end of a contract: its bilan and close, the attestation and its public page, the situation of people."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.core.documents import DocumentError
from levier.core.qr import qr_code
from levier.core.typography import counted
from levier.execution.closing import actions, bilan, policies, showing, signing
from levier.execution.closing.forms import BilanForm, CloseForm, WithdrawForm
from levier.execution.control import policies as control
from levier.execution.errors import RefusedError
from levier.execution.models import Attestation, Contract
from levier.execution.policies import Side
from levier.execution.wording import in_words_of
from levier.purchasing.views.common import account, private, refused
from levier.purchasing.views.notes import attached
from levier.rulebook.attestations import as_file

_BOTH: frozenset[Side] = frozenset({"buyer", "facilitator"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def closing(request: HttpRequest, pk: int) -> HttpResponse:
    """The bilan, its words, the close and the attestation; each button says which act it is."""
    contract, sides = control.contract_for(request.user, pk)
    act = request.POST.get("geste", "")
    if request.method == "POST":
        control.need(sides, _BOTH)
    seen = bilan.bilan_of(contract, today=timezone.localdate(), reader=request.user)
    words = (
        {name: getattr(seen.closing, name) for name in ("worked", "hard", "after")} if seen.closing else {}
    )
    forms = {
        "bilan": BilanForm(request.POST if act == "bilan" else None, initial=words),
        "clore": CloseForm(
            request.POST if act == "clore" else None, initial={"name": account(request).get_full_name()}
        ),
        "retirer": WithdrawForm(request.POST if act == "retirer" else None),
    }
    in_words_of(contract, *forms.values())
    if request.method == "POST":
        try:
            said = _done(request, contract, sides, act, forms)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            if said:
                messages.success(request, said)
                return redirect("closing:closing", pk=contract.pk)
    last = contract.attestations.first()
    context = {
        "contract": contract, "bilan": seen, "sides": sides, "hidden": bilan.HIDDEN, "bilan_form": forms["bilan"],
        "close_form": forms["clore"], "withdraw_form": forms["retirer"], "attestation": last,
        "may_write": bool(sides & _BOTH), "form": forms.get(act),
        "address": showing.address_of(last) if last else "", "attested": showing.standing(last),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "execution/closing/closing.html", context, status=status)


def _done(request: HttpRequest, contract: Contract, sides: frozenset[Side], act: str, forms: dict) -> str:
    """Do one act; gives what to say, nothing when its form is to correct."""
    user = account(request)
    form = forms.get(act)
    if form is not None and not form.is_valid():
        return ""
    values = form.cleaned_data if form is not None else {}
    if act == "bilan":
        actions.write_bilan(by=user, contract=contract, **values)
        return "Le bilan est enregistré."
    if act == "clore":
        actions.close(by=user, contract=contract, sides=sides, **values)
        return "Le contrat est clos, signé et daté."
    if act == "attester":
        actions.attest(by=user, contract=contract)
        return "L’attestation est délivrée : chacun peut la vérifier à son adresse."
    last = contract.attestations.first()
    if act == "retirer" and last is not None:
        actions.withdraw(by=user, attestation=last, **values)
        return "L’attestation est retirée : sa page le dit."
    raise RefusedError("Choisissez un geste de la page.")


@never_cache
@require_safe
def bilan_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The bilan in Word, OpenDocument or PDF."""
    contract, _ = control.contract_for(request.user, pk)
    if form not in bilan.FORMATS:
        raise Http404("Ce format n’existe pas.")
    seen = bilan.bilan_of(contract, today=timezone.localdate(), reader=request.user)
    content, media = bilan.written(seen, form)
    return attached(content, media, f"bilan-{pk}.{form}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def situations(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of each person, asked to the facilitator at exit, six and twelve months after."""
    found = policies.situations_of(request.user, pk)
    if request.method == "POST":
        answers = {
            (entry.pk, moment.value): request.POST[name]
            for entry, moments in found.rows
            for moment, _ in moments
            if (name := f"s-{entry.pk}-{moment.value}") in request.POST
        }
        try:
            changed = actions.note_situations(by=account(request), situations=found, answers=answers)
        except RefusedError as refusal:
            return refused(request, "Rien n’est enregistré", str(refusal))
        messages.success(
            request, f"{counted(changed, 'situation enregistrée', plural='situations enregistrées')}."
        )
        return redirect("closing:situations", pk=pk)
    context = {"found": found, "contract": found.contract, "choices": policies.situation_choices()}
    return render(request, "execution/closing/situations.html", context)


@login_not_required
@never_cache
@require_safe
def attestation(request: HttpRequest, token: str) -> HttpResponse:
    """Whether an attestation is valid, withdrawn or unknown; public, and silent about people."""
    found = Attestation.objects.filter(token=token).select_related("key").first()
    tone, word, sentence = showing.standing(found)
    context: dict[str, Any] = {"tone": tone, "word": word, "sentence": sentence, "attestation": found}
    if found is not None:
        address = showing.address_of(found)
        context |= {
            "said": showing.sentence(found), "facts": showing.facts(found), "qr": qr_code(address), "address": address,
            "signature": showing.signature_words(found), "keys_address": showing.keys_address(),
        }  # fmt: skip
    status = 200 if found else 404
    return private(render(request, "execution/closing/attestation.html", context, status=status))


@login_not_required
@require_safe
def attestation_keys(request: HttpRequest) -> HttpResponse:
    """The public keys that prove the attestations of this site, at an address that does not change."""
    return HttpResponse(signing.published(), content_type="application/x-pem-file; charset=utf-8")


@login_not_required
@never_cache
@require_safe
def attestation_file(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The attestation to keep: its PDF, or the file `levier attestation verify` proves. Nothing once withdrawn."""
    found = Attestation.objects.filter(token=token, withdrawn_at=None).first()
    makers: dict[str, Callable[[Attestation], tuple[bytes, str]]] = {
        "pdf": lambda one: (showing.as_pdf(one), "application/pdf"),
        "json": lambda one: (
            as_file(
                one.content, address=showing.address_of(one), signature=signing.signature_of(one)
            ).encode(),
            "application/json",
        ),
    }
    if found is None or form not in makers:
        raise Http404("Cette attestation n’existe pas, ou elle a été retirée.")
    try:
        content, media = makers[form](found)
    except DocumentError as problem:
        return refused(request, "Le document n’a pas pu être fait", str(problem), status=503)
    return private(attached(content, media, f"attestation-{found.digest[:8]}.{form}"))
