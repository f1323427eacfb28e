"""The pages of a link: the code first, then the month; and the way out of reminders."""

from contextlib import suppress
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from levier.execution.declaring import links
from levier.execution.declaring.contacts import note_contact, stopping
from levier.execution.declaring.policies import commitment_of
from levier.execution.declaring.views.month import Page, asked_month, month_page
from levier.execution.errors import RefusedError
from levier.execution.models import ContactWord, DeclarationLink
from levier.purchasing.views.common import private

# In the session: links opened by their code → until when.
_OPENED = "declaration_links"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The month of a link, once its code was given in this browser; before, nobody's name."""
    found = links.link_of(token)
    if not _is_open(request, found):
        return private(_door(request, found, token))
    desk = links.desk_of(found)
    commitment, choices = commitment_of(desk, request.GET.get("engagement", ""))
    month = asked_month(request, default=found.month, first=found.first_month, last=found.month)
    page = Page(desk, found, commitment, choices, month, found.first_month, found.month)
    return private(month_page(request, page))


@login_not_required
@require_POST
def ask_code(request: HttpRequest, token: str) -> HttpResponse:
    """Send a code to the contact."""
    found = links.link_of(token)
    try:
        links.send_code(found)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return private(redirect("declaring:link", token=token))


@login_not_required
@never_cache
@require_POST
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Try the code; a right one opens the link in this browser for a day."""
    found = links.link_of(token)
    try:
        links.confirm(found, request.POST.get("code", ""))
    except RefusedError as refusal:
        return private(_door(request, found, token, refusal=str(refusal), status=422))
    opened = dict(request.session.get(_OPENED, {}))
    opened[str(found.pk)] = (timezone.now() + links.OPEN_FOR).isoformat()
    # Another session number: one planted before the code opens nothing.
    request.session.cycle_key()
    request.session[_OPENED] = opened
    return private(redirect("declaring:link", token=token))


# RFC 8058: a mail reader sends this POST by itself, without cookie nor token. The signed address is the proof.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """No more reminders for a contact, of the contracts of one mail; reading changes nothing."""
    contracts, email = stopping(token)
    is_done = request.method == "POST"
    if is_done:
        for one in contracts:
            # A contract that no longer names this address sends it nothing: the others still have to be told.
            with suppress(RefusedError):
                note_contact(by=None, contract=one, reach=email, word=ContactWord.NO_REMINDER)
    context = {"contracts": contracts, "is_done": is_done}
    return private(render(request, "execution/declaring/stop.html", context))


def _is_open(request: HttpRequest, found: DeclarationLink) -> bool:
    until = request.session.get(_OPENED, {}).get(str(found.pk), "")
    return bool(until) and datetime.fromisoformat(until) > timezone.now()


def _door(
    request: HttpRequest, found: DeclarationLink, token: str, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    found.refresh_from_db(fields=["code_hash", "code_expires_at", "attempts_left"])
    is_sent = bool(
        found.code_hash
        and found.attempts_left
        and found.code_expires_at
        and found.code_expires_at > timezone.now()
    )
    name, _, domain = found.email.partition("@")
    context = {
        "link": found, "token": token, "refusal": refusal, "is_sent": is_sent, "address": f"{name[:1]}…@{domain}",
    }  # fmt: skip
    return render(request, "execution/declaring/door.html", context, status=status)
