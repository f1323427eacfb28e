"""The buyer follows a need: figures, table, exports, reminder, more time, the end."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.core.posted import row_key
from levier.purchasing import actions, exports, matching, policies
from levier.purchasing.errors import RefusedError
from levier.purchasing.forms import CloseForm, ExtendForm
from levier.purchasing.models import NeedState, PublishedNeed
from levier.purchasing.queries.needs import SORTS, counts_of, recipients_of
from levier.purchasing.views.common import account

_TYPES = {
    "csv": ("text/csv; charset=utf-8", exports.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", exports.as_xlsx),
}


@never_cache
@require_GET
def need(request: HttpRequest, pk: int) -> HttpResponse:
    """One need: a draft goes to its review, the others show where they are."""
    found = policies.get_need_for(account(request), pk)
    if found.state == NeedState.DRAFT:
        return redirect("purchasing:review", pk=pk)
    return _page(request, found)


def _page(
    request: HttpRequest, found: PublishedNeed, *, extend: Any = None, close: Any = None, status: int = 200
) -> HttpResponse:
    sort = request.GET.get("tri", "reponse")
    sort = sort if sort in SORTS else "reponse"
    rows = recipients_of(found, sort=sort)
    today = timezone.localdate()
    context = {
        "need": found,
        "area": matching.area_label(found),
        "rows": rows,
        "counts": counts_of(rows),
        "sorts": SORTS.items(),
        "sort": sort,
        "may_remind": found.may_remind(today),
        "is_reminded_today": found.reminded_on == today,
        "is_sent_today": found.was_sent_on(today),
        "extend": extend or ExtendForm(),
        "close": close or CloseForm(recipients=rows),
        "is_time_to_close": found.is_late or close is not None,
        "from_elsewhere": {
            one.supplier_id for one in rows if not matching.is_established(found, one.supplier)
        },
    }
    return render(request, "purchasing/need.html", context, status=status)


@never_cache
@require_GET
def export(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The table as a file."""
    found = policies.get_need_for(account(request), pk)
    if form not in _TYPES:
        raise Http404(f"Le format « {form[:10]} » n’existe pas.")
    media_type, make = _TYPES[form]
    response = HttpResponse(make(found, recipients_of(found)), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="besoin-{found.pk}-reponses.{form}"'
    return response


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Write again to those who have not answered."""
    user = account(request)
    found = policies.get_need_for(user, pk)
    try:
        count = actions.remind(by=user, need=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Relance envoyée à {count} fournisseur{'s' if count > 1 else ''}.")
    return redirect("purchasing:need", pk=pk)


@require_POST
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give more time."""
    user = account(request)
    found = policies.get_need_for(user, pk)
    form = ExtendForm(request.POST)
    if form.is_valid():
        try:
            actions.extend_deadline(by=user, need=found, deadline=form.cleaned_data["deadline"])
        except RefusedError as refusal:
            form.add_error("deadline", str(refusal))
        else:
            messages.success(request, "Le délai est prolongé ; ceux qui n’ont pas répondu sont prévenus.")
            return redirect("purchasing:need", pk=pk)
    return _page(request, found, extend=form, status=422)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the need with its outcome."""
    user = account(request)
    found = policies.get_need_for(user, pk)
    form = CloseForm(request.POST, recipients=recipients_of(found))
    if form.is_valid():
        values = form.cleaned_data
        try:
            actions.close_need(by=user, need=found, **values)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le besoin est clos ; les fournisseurs sont informés.")
            return redirect("purchasing:need", pk=pk)
    return _page(request, found, close=form, status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A GET asks; the button takes the need back."""
    user = account(request)
    found = policies.get_need_for(user, pk)
    if request.method != "POST":
        return render(request, "purchasing/withdraw.html", {"need": found})
    try:
        actions.withdraw_need(by=user, need=found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le besoin est retiré : ses liens ne s’ouvrent plus.")
    return redirect("purchasing:need", pk=pk)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the links of one recipient."""
    user = account(request)
    found = policies.get_need_for(user, pk)
    recipient = policies.get_recipient_of(found, row_key(request.POST.get("destinataire", "")))
    actions.revoke_links(by=user, recipient=recipient)
    messages.success(request, f"Les liens envoyés à « {recipient.supplier.display_name} » ne s’ouvrent plus.")
    return redirect("purchasing:need", pk=pk)
