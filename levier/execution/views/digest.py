"""The mail of the morning, wanted or not: by the link of the mail, or from the portfolio. Reading changes nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from levier.execution import digest
from levier.facilitators.views.common import account
from levier.purchasing.views.common import private


# RFC 8058: a mail reader sends this POST by itself, without cookie nor token. The signed address is the proof.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails, or bring them back; whoever holds the link of a mail."""
    reader = digest.reader_of(token)
    if request.method == "POST":
        digest.set_wanted(user=reader, is_wanted=request.POST.get("courriels") == "oui")
    return private(render(request, "execution/digest.html", {"is_stopped": digest.is_stopped(reader)}))


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The same page, for whoever is signed in."""
    return redirect("execution:digest", token=digest.token_of(account(request)))
