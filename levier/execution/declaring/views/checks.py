"""The page where a facilitator says which checks point out, stop, or are not asked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.execution.declaring import policies
from levier.execution.declaring.checks import CHOICES, checks_of, set_checks
from levier.execution.errors import RefusedError
from levier.facilitators.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """The checks of a contract: read, set, given back to the table."""
    desk = policies.facilitator_desk(request.user, pk)
    refusal = ""
    if request.method == "POST":
        values = {
            name.removeprefix("controle-"): value
            for name, value in request.POST.dict().items()
            if name.startswith("controle-")
        }
        try:
            count = set_checks(
                by=account(request), desk=desk, values={} if "origine" in request.POST else values,
                is_for_all="tous" in request.POST,
            )  # fmt: skip
        except RefusedError as problem:
            refusal = str(problem)
        else:
            messages.success(
                request,
                "Les contrôles sont réglés"
                + (f" pour vos {count} contrats." if count > 1 else " pour ce contrat."),
            )
            return redirect("declaring:checks", pk=pk)
    context = {
        "contract": desk.contract,
        "checks": checks_of(desk.contract),
        "choices": CHOICES,
        "refusal": refusal,
    }
    return render(request, "execution/declaring/checks.html", context, status=422 if refusal else 200)
