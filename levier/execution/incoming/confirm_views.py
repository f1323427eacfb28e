"""The page where a company confirms what another one declares, and asks another one to confirm what it bought."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.execution.declaring.policies import company_desk
from levier.execution.errors import RefusedError
from levier.execution.incoming import confirming
from levier.facilitators.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Lines to confirm, lines to have confirmed; one answer at a time."""
    desk = company_desk(request.user, pk)
    if request.method == "POST":
        key, hours = request.POST.get("ligne", ""), request.POST.get("heures", "")
        try:
            line = int(key) if key.isdecimal() else 0
            if "a" in request.POST:
                other = request.POST["a"]
                confirming.ask(
                    by=account(request),
                    desk=desk,
                    line=line,
                    organisation=int(other) if other.isdecimal() else 0,
                )
                said = "C’est demandé : l’entreprise le lit sur la page de ce contrat."
            else:
                is_right = request.POST.get("reponse") == "oui"
                confirming.answer(
                    by=account(request), desk=desk, line=line, seen=_hours(hours), is_right=is_right
                )
                said = (
                    "Heures confirmées."
                    if is_right
                    else "Heures contestées : le facilitateur le lit avant de décider."
                )
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect("incoming:confirm", pk=pk)
    context = {
        "contract": desk.contract,
        "lines": confirming.lines_to_confirm(desk),
        "accepted": confirming.accepted_to_confirm(desk),
        "to_ask": confirming.lines_to_ask(desk),
        "others": confirming.others(desk),
        "is_subcontractor": desk.is_subcontractor,
    }
    return render(request, "execution/incoming/confirm.html", context)


def _hours(text: str) -> Decimal:
    try:
        return Decimal(text[:20])
    except InvalidOperation:
        return Decimal(-1)
