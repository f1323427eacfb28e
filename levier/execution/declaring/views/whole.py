"""The page of a company: its month on all its contracts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from levier.execution.declaring.whole import whole_company
from levier.facilitators.views.common import account


@never_cache
@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    """What to declare now, what is left on each commitment, who works where, whom to hire by when."""
    return render(request, "execution/declaring/whole.html", {"whole": whole_company(account(request))})
