"""The buyer writes the lots of a purchase: add, change, put in order, remove and put back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.purchasing import actions, policies
from levier.purchasing.cpv_hint import proposed_cpv
from levier.purchasing.errors import RefusedError
from levier.purchasing.forms.purchases import LotForm, initial_of_lot
from levier.purchasing.models import Lot, Purchase
from levier.purchasing.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """One more lot."""
    return _write(request, policies.get_purchase_for(account(request), pk, to="edit"), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_lot(request: HttpRequest, pk: int, lot_pk: int) -> HttpResponse:
    """Say a lot otherwise."""
    lot = _lot(request, pk, lot_pk)
    return _write(request, lot.purchase, lot)


def _lot(request: HttpRequest, pk: int, lot_pk: int) -> Lot:
    """A lot of this purchase and no other."""
    lot = policies.get_lot_for(account(request), lot_pk, to="edit")
    if lot.purchase_id != pk:
        raise policies.unknown_purchase()
    return lot


def _write(request: HttpRequest, purchase: Purchase, lot: Lot | None) -> HttpResponse:
    user = account(request)
    if not purchase.is_editable:
        messages.error(request, "Demandez d’abord à revoir l’étude : les lots pourront de nouveau changer.")
        return redirect("purchasing:purchase", pk=purchase.pk)
    status = 200
    form = LotForm(request.POST or None, initial=initial_of_lot(lot) if lot else {})
    if request.method == "POST":
        if form.is_valid():
            values, hint = proposed_cpv(form.as_values(lot=lot))
            try:
                if lot is None:
                    actions.add_lot(by=user, purchase=purchase, values=values)
                else:
                    actions.change_lot(by=user, lot=lot, values=values)
            except RefusedError as refusal:
                form.add_error(None, str(refusal))
            else:
                if hint:
                    messages.info(request, hint)
                return redirect("purchasing:purchase", pk=purchase.pk)
        status = 422
    context = {"form": form, "purchase": purchase, "lot": lot}
    return render(request, "purchasing/purchases/lot.html", context, status=status)


@require_POST
def shift_lot(request: HttpRequest, pk: int, lot_pk: int) -> HttpResponse:
    """Exchange a lot with the one above or below."""
    lot = _lot(request, pk, lot_pk)
    try:
        step = -1 if request.POST.get("sens") == "monter" else 1
        actions.shift_lot(by=account(request), lot=lot, step=step)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("purchasing:purchase", pk=pk)


@require_POST
def remove_lot(request: HttpRequest, pk: int, lot_pk: int) -> HttpResponse:
    """Take a lot out; the page offers to put it back."""
    lot = _lot(request, pk, lot_pk)
    try:
        actions.remove_lot(by=account(request), lot=lot)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(
            request, f"« {lot.title} » est retiré. Vous pouvez le remettre, sous la liste des lots."
        )
    return redirect("purchasing:purchase", pk=pk)


@require_POST
def restore_lot(request: HttpRequest, pk: int, lot_pk: int) -> HttpResponse:
    """Put back a lot just removed."""
    user = account(request)
    purchase = policies.get_purchase_for(user, pk, to="edit")
    try:
        actions.restore_lot(by=user, purchase=purchase, pk=lot_pk)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("purchasing:purchase", pk=pk)
