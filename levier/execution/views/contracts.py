"""Contracts: each reader's own list, the page of one, their files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from levier.execution import exports, policies
from levier.execution.control.progress import lights_of, standing_of
from levier.execution.declaring.contacts import silent_of
from levier.execution.people.scope import followed_by
from levier.execution.queries.contracts import (
    MOST_LINES,
    MOST_LISTED,
    STATES,
    contract_rows,
    listed_contracts,
    whole_contract,
)
from levier.purchasing.views.common import account
from levier.purchasing.views.notes import attached


@never_cache
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts I buy, follow or carry out, those that end first first."""
    user, today = account(request), timezone.localdate()
    asked = _asked(request)
    rows = contract_rows(
        listed_contracts(user, state=asked["etat"], words=asked["q"], today=today), today=today
    )
    context = {
        "rows": rows,
        "lit": list(zip(rows, lights_of(rows, today=today), strict=True)),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "states": STATES.items(),
        "query": request.GET.urlencode(),
        "may_open": policies.opening_organisations(user).exists(),
        "subcontracted": policies.subcontracted_by(user),
        "may_take_over": bool(followed_by(user)),
        "declares": bool(policies.own_firms(user)),
        "most": MOST_LISTED,
    }
    return render(request, "execution/list.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:80] for name in ("etat", "q")}


@never_cache
@require_safe
def contracts_file(request: HttpRequest, form: str) -> HttpResponse:
    """The rows of the list, as filtered."""
    if form not in exports.MEDIA:
        raise Http404("Ce format n’existe pas.")
    asked, today = _asked(request), timezone.localdate()
    listed = listed_contracts(account(request), state=asked["etat"], words=asked["q"], today=today)
    content = exports.contracts_file(contract_rows(listed, today=today), form)
    return attached(content, exports.MEDIA[form], f"contrats.{form}")


@never_cache
@require_safe
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """What is due, done, left; how it is proved; every line and its reversal."""
    user = account(request)
    found = policies.get_contract_for(user, pk)
    today = timezone.localdate()
    whole = whole_contract(found, reader=user, today=today)
    context = {
        "whole": whole,
        "standing": standing_of(found, today=today, waiting=whole.declared),
        "contract": found,
        "most": MOST_LINES,
        "cut": f":{MOST_LINES}",
        "silent": silent_of(found),
    }
    return render(request, "execution/contract.html", context)


@never_cache
@require_safe
def lines_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The lines of the ledger of one contract, as their reader sees them."""
    user = account(request)
    found = policies.get_contract_for(user, pk)
    if form not in exports.MEDIA:
        raise Http404("Ce format n’existe pas.")
    whole = whole_contract(found, reader=user, today=timezone.localdate())
    return attached(exports.lines_file(whole, form), exports.MEDIA[form], f"ecritures-{pk}.{form}")
