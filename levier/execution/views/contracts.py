"""Contracts: each reader's own list, the page of one, their files."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from levier.accounts.models import Role
from levier.core.mail_returns import given_up
from levier.execution import exports, policies
from levier.execution.control.progress import lights_of, standing_of
from levier.execution.declaring.contacts import silent_of
from levier.execution.queries.contracts import MOST_LINES, whole_contract
from levier.execution.queries.listing import (
    PER_PAGE,
    STATES,
    contract_rows,
    count_by_state,
    in_state,
    listed_contracts,
)
from levier.execution.queries.named import named_for
from levier.execution.wording import rules_in_words
from levier.purchasing.views.common import account
from levier.purchasing.views.notes import attached


@dataclass(frozen=True, slots=True)
class ContractPages:
    """The pages of the list, as the component asks."""

    number: int
    last: int
    address: str

    def url_of(self, number: int) -> str:
        """Address of another page, filters kept."""
        return f"{self.address}page={number}"


@never_cache
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts I buy, follow or carry out, those that end first first."""
    user, today = account(request), timezone.localdate()
    asked = _asked(request)
    listed = listed_contracts(user, words=asked["q"])
    roles = set(user.memberships.order_by().values_list("role", flat=True))
    counts = count_by_state(listed, today=today)
    count = counts[asked["etat"]]
    last = max(1, -(-count // PER_PAGE))
    page = min(int(said) if (said := request.GET.get("page", "")[:6]).isdecimal() else 1, last) or 1
    start = (page - 1) * PER_PAGE
    rows = contract_rows(listed.filter(in_state(asked["etat"], today))[start : start + PER_PAGE], today=today)
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "rows": rows,
        "lit": list(zip(rows, lights_of(rows, today=today), strict=True)),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "states": [(value, label, counts[value]) for value, label in STATES.items()],
        "count": count,
        "late": counts["manquent"],
        "pages": ContractPages(page, last, f"{reverse('execution:contracts')}?{query}{'&' if query else ''}"),
        "query": query,
        "may_open": Role.BUYER in roles,
        "subcontracted": policies.subcontracted_by(user) if roles.intersection(policies.FIRM_ROLES) else (),
        "named": named_for(user),
        "may_take_over": Role.FACILITATOR in roles,
        "declares": bool(roles.intersection(policies.FIRM_ROLES)),
    }
    return render(request, "execution/list.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    state = request.GET.get("etat", "")
    return {"etat": state if state in STATES else "", "q": request.GET.get("q", "")[:80]}


@never_cache
@require_safe
def contracts_file(request: HttpRequest, form: str) -> HttpResponse:
    """The rows of the list, as filtered."""
    if form not in exports.MEDIA:
        raise Http404("Ce format n’existe pas.")
    asked, today = _asked(request), timezone.localdate()
    listed = listed_contracts(account(request), words=asked["q"]).filter(in_state(asked["etat"], today))
    content = exports.contracts_file(contract_rows(listed, today=today), form)
    return attached(content, exports.MEDIA[form], f"contrats.{form}")


@never_cache
@require_safe
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """What is due, done, left; how it is proved; every line and its reversal."""
    user = account(request)
    found, sides = policies.contract_and_sides(user, pk)
    today = timezone.localdate()
    whole = whole_contract(found, reader=user, sides=sides, today=today)
    context = {
        "whole": whole,
        "standing": standing_of(found, today=today, waiting=whole.declared, months=whole.months),
        "contract": found,
        "rules": rules_in_words(whole.parts[0].commitment if whole.parts else None),
        "most": MOST_LINES,
        "cut": f":{MOST_LINES}",
        "silent": silent_of(found)
        | frozenset(given_up(one.email for one in (*whole.contacts.values(), *whole.parties))),
    }
    return render(request, "execution/contract.html", context)


@never_cache
@require_safe
def lines_file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The lines of the ledger of one contract, as their reader sees them."""
    user = account(request)
    found, sides = policies.contract_and_sides(user, pk)
    if form not in exports.MEDIA:
        raise Http404("Ce format n’existe pas.")
    whole = whole_contract(found, reader=user, sides=sides, today=timezone.localdate())
    return attached(exports.lines_file(whole, form), exports.MEDIA[form], f"ecritures-{pk}.{form}")
