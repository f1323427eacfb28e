"""A buyer brings a consultation: what was read is shown first, then the form of a purchase takes it over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from levier.purchasing import policies, prefill
from levier.purchasing.actions.purchases import MOST_LOTS
from levier.purchasing.consultation import UnreadableConsultationError, read_consultation
from levier.purchasing.consultation.columns import COLUMNS
from levier.purchasing.consultation.template import template_xlsx
from levier.purchasing.views.common import account
from levier.purchasing.views.notes import XLSX, attached


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """The file to give; then what was understood of it. Nothing is stored but in the reader's own session."""
    if not policies.buying_organisations(account(request)).exists():
        return render(request, "purchasing/not_a_buyer.html", {"is_purchase": True})
    context: dict[str, Any] = {
        "draft": None, "problem": "", "columns": [title for title, _ in COLUMNS.values()], "most": MOST_LOTS,
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "purchasing/purchases/bring.html", context)
    upload = request.FILES.get("fichier")
    try:
        if upload is None:
            raise UnreadableConsultationError("Choisissez un fichier.")
        draft = read_consultation(upload.read(), upload.name or "")
        if len(draft.lots) > MOST_LOTS:
            raise UnreadableConsultationError(
                f"Ce fichier donne {len(draft.lots)} lots ; un achat en compte au plus {MOST_LOTS}. Coupez-le en plusieurs."
            )
    except UnreadableConsultationError as problem:
        prefill.forget(request.session, prefill.PURCHASE)
        context["problem"] = str(problem)
        return render(request, "purchasing/purchases/bring.html", context, status=422)
    begun = {"purchase": draft.purchase, "lots": [prefill.plain_lot(one.values) for one in draft.lots]}
    if draft.lots:
        prefill.keep(request.session, begun, prefill.PURCHASE)
    context["draft"] = draft
    return render(request, "purchasing/purchases/bring.html", context)


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The table to fill."""
    return attached(template_xlsx(), XLSX, "modele-consultation.xlsx")
