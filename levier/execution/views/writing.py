"""The acts on a contract: award a lot, open one, orders, amendments, reversals, contacts, subcontractors."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.core.mail_returns import is_given_up
from levier.core.typography import day
from levier.execution import actions, policies
from levier.execution.errors import RefusedError
from levier.execution.forms.awarding import (
    ContractForm,
    OwnContractForm,
    contacts_of,
    initial_of_lot,
    is_owed_nothing,
)
from levier.execution.forms.committing import CommitmentForm
from levier.execution.forms.moving import (
    AmendmentForm,
    ContactsForm,
    OrderForm,
    PartyEmailForm,
    ReversalForm,
    SubcontractorForm,
)
from levier.execution.forms.rules import RulesForm
from levier.execution.models import Amendment, Contract, ContractSide
from levier.purchasing import policies as purchases
from levier.purchasing.models import PurchaseState
from levier.purchasing.views.common import account


def _written(
    request: HttpRequest,
    form: forms.Form,
    template: str,
    context: dict[str, Any],
    act: Callable[[], HttpResponse],
) -> HttpResponse:
    """A form shown, or acted upon; what is refused stays typed, with its sentence."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    return act()
            except RefusedError as refusal:
                form.add_error(None, str(refusal))
    return render(request, template, context | {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def award(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """The buyer says who won a lot, and what is owed."""
    user = account(request)
    lot = purchases.get_lot_for(user, lot_pk, to="decide")
    form = ContractForm(request.POST or None, initial=initial_of_lot(lot))

    def act() -> HttpResponse:
        made = actions.award_lot(
            by=user, lot=lot, holder=form.as_holder(), values=form.as_values(), commitments=[form.as_commitment()],
            members=form.as_members(), contacts=form.as_contacts(),
        )  # fmt: skip
        said = "Le lot est attribué : les heures dues sont au grand livre."
        if lot.purchase.state == PurchaseState.PUBLISHED:
            said += " Quand tous les lots le sont, déclarez l’attribution sur la page de l’achat."
        messages.success(request, said)
        return redirect("execution:contract", pk=made.pk)

    context = {"lot": lot, "purchase": lot.purchase, "is_owed_nothing": is_owed_nothing(lot)}
    return _written(request, form, "execution/award.html", context, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_contract(request: HttpRequest) -> HttpResponse:
    """A contract that no lot studied here became: an older one, or a private firm's own commitment."""
    user = account(request)
    organisations = policies.opening_organisations(user)
    if not organisations.exists():
        return render(request, "purchasing/not_a_buyer.html")
    form = OwnContractForm(request.POST or None, organisations=organisations)

    def act() -> HttpResponse:
        made = actions.open_contract(
            by=user, buyer=form.cleaned_data["organisation"], holder=form.as_holder(),
            facilitator=form.cleaned_data["facilitator_siren"], values=form.as_values(),
            commitments=[form.as_commitment()], members=form.as_members(), contacts=form.as_contacts(),
        )  # fmt: skip
        messages.success(request, "Le contrat est ouvert.")
        return redirect("execution:contract", pk=made.pk)

    return _written(request, form, "execution/award.html", {"lot": None, "purchase": None}, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One more order, invoice or statement of hours worked."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="edit")
    wanted = list(contract.commitments.exclude(basis="").values_list("basis", flat=True))
    form = OrderForm(request.POST or None, initial={"nature": wanted[0] if wanted else None})

    def act() -> HttpResponse:
        made = actions.add_order(by=user, contract=contract, **form.cleaned_data)
        posted = made.postings.count()
        messages.success(
            request,
            f"« {made.reference} » est enregistré : "
            + ("les heures dues ont changé." if posted else "il ne change pas les heures dues."),
        )
        return redirect("execution:contract", pk=pk)

    return _written(request, form, "execution/order.html", {"contract": contract, "wanted": wanted}, act)


@require_POST
def cancel_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an order written by mistake."""
    found = policies.get_order_for(account(request), pk)
    return _acted(request, found.contract, lambda: actions.cancel_order(by=account(request), order=found),
                  f"« {found.reference} » est annulé, avec les heures qu’il rendait dues.")  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """An amendment, the hours and the end it would move."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="edit")
    form = AmendmentForm(request.POST or None, contract=contract)

    def act() -> HttpResponse:
        actions.propose_amendment(by=user, **form.cleaned_data)
        messages.success(request, "L’avenant est noté. Rien ne bouge avant que l’acheteur l’ait décidé.")
        return redirect("execution:contract", pk=pk)

    return _written(request, form, "execution/amendment.html", {"contract": contract}, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment(request: HttpRequest, pk: int) -> HttpResponse:
    """One more commitment, such as an optional tranche that the buyer confirms."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="decide")
    first = contract.commitments.order_by("number").first()
    rules = {"publics_rule": first.publics_rule, "counting_rule": first.counting_rule} if first else {}
    form = CommitmentForm(request.POST or None, contract=contract, initial=rules)

    def act() -> HttpResponse:
        given = form.cleaned_data
        actions.add_commitment(
            by=user, contract=contract, contractor=given["contractor"], values=form.as_commitment(),
            due_on=given["due_on"],
        )  # fmt: skip
        messages.success(request, f"« {given['label']} » est ajouté : ses heures sont au grand livre.")
        return redirect("execution:contract", pk=pk)

    return _written(request, form, "execution/commitment.html", {"contract": contract}, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Which publics the contract retains, which hours it counts."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="edit")
    form = RulesForm(request.POST or None, contract=contract)

    def act() -> HttpResponse:
        actions.name_rules(by=user, contract=contract, **form.cleaned_data)
        messages.success(
            request, "C’est enregistré : les prochaines entrées et les prochains mois suivent ces règles."
        )
        return redirect("execution:contract", pk=pk)

    return _written(request, form, "execution/rules.html", {"contract": contract}, act)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The buyer lets an amendment move the hours and the end, or not."""
    found = policies.get_amendment_for(account(request), pk, to="decide")
    is_accepted = request.POST.get("decision") == "oui"
    return _acted(
        request, found.contract,
        lambda: actions.decide_amendment(by=account(request), amendment=found, is_accepted=is_accepted),
        _amended(found) if is_accepted else "L’avenant est noté sans effet.",
    )  # fmt: skip


@require_POST
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """What a buyer who has nobody here decided on an amendment."""
    found = policies.get_amendment_to_record(account(request), pk)
    is_accepted = request.POST.get("decision") == "oui"
    return _acted(
        request, found.contract,
        lambda: actions.record_decision(
            by=account(request), amendment=found, is_accepted=is_accepted, words=request.POST.get("preuve", ""),
        ),
        _amended(found) if is_accepted else "L’avenant est noté sans effet.",
    )  # fmt: skip


def _amended(amendment: Amendment) -> str:
    """What a decided amendment moves, in words."""
    moved = ["Les heures dues ont changé."] if amendment.hours_change else []
    return " ".join(moved + ([f"Le contrat finit le {day(amendment.ends_on)}."] if amendment.ends_on else []))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Reverse a line, with its reason."""
    user = account(request)
    posting = policies.get_posting_for(user, pk)
    form = ReversalForm(request.POST or None, posting=posting)

    def act() -> HttpResponse:
        actions.reverse(by=user, posting=posting, reason=form.cleaned_data["reason"])
        messages.success(
            request, "L’écriture est annulée par une écriture inverse ; les deux restent visibles."
        )
        return redirect("execution:contract", pk=posting.commitment.contract_id)

    context = {"posting": posting, "contract": posting.commitment.contract}
    return _written(request, form, "execution/reverse.html", context, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """The two people of one side."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="edit")
    if side not in ContractSide.values:
        raise Http404("Cette page n’existe pas.")
    form = ContactsForm(request.POST or None, known=list(contract.contacts.filter(side=side)))

    def act() -> HttpResponse:
        actions.set_contacts(by=user, contract=contract, side=side, people=contacts_of(form.cleaned_data))
        return redirect("execution:contract", pk=pk)

    is_holder = side == ContractSide.HOLDER
    context = {
        "contract": contract, "is_holder": is_holder,
        "organisation": contract.holder if is_holder else contract.buyer,
    }  # fmt: skip
    return _written(request, form, "execution/contacts.html", context, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subcontractor(request: HttpRequest, pk: int) -> HttpResponse:
    """One more subcontractor, of the holder or of another one."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="edit")
    form = SubcontractorForm(request.POST or None, contract=contract)

    def act() -> HttpResponse:
        given = form.cleaned_data
        actions.add_subcontractor(
            by=user,
            contract=contract,
            organisation=actions.firm(siren=given["siren"], name=given["name"]),
            under=given["under"],
            email=given["email"],
        )
        return redirect("execution:contract", pk=pk)

    return _written(request, form, "execution/subcontractor.html", {"contract": contract}, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def party(request: HttpRequest, pk: int, party_pk: int) -> HttpResponse:
    """The address that a co-contractor or subcontractor declares its part from."""
    user = account(request)
    contract = policies.get_contract_for(user, pk, to="edit")
    found = get_object_or_404(contract.parties.select_related("organisation"), pk=party_pk)
    form = PartyEmailForm(request.POST or None, initial={"email": found.email})

    def act() -> HttpResponse:
        actions.set_party_email(by=user, party=found, email=form.cleaned_data["email"])
        return redirect("execution:contract", pk=pk)

    context = {"contract": contract, "party": found, "is_gone": is_given_up(found.email)}
    return _written(request, form, "execution/party.html", context, act)


def _acted(request: HttpRequest, contract: Contract, act: Callable[[], object], said: str) -> HttpResponse:
    """One act from the page of a contract, and back to it."""
    try:
        act()
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("execution:contract", pk=contract.pk)
