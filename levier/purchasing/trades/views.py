"""Pages of the two sides of a purchase: put an estimate to the trades, follow who answered, read what they said."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.core.typography import counted
from levier.facilitators.queries.trade_bodies import trade_bodies_for
from levier.purchasing import policies as purchases
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import Lot, Purchase
from levier.purchasing.trades import actions, exports, policies, queries, sharing
from levier.purchasing.trades.forms import ConsultationForm, MorePartiesForm, initial_of
from levier.purchasing.views.common import account
from levier.purchasing.views.notes import attached


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what is shared and with whom; the page shows it before anything leaves."""
    user = account(request)
    purchase, side = policies.get_purchase_to_consult(user, pk)
    lots = list(purchase.lots.present())
    lot = _lot(request, lots)
    begun = sharing.begin(purchase, lot, lots)
    bodies = trade_bodies_for(
        [one.cpv for one in ([lot] if lot else lots)],
        (lot.departement_code if lot else "") or purchase.departement_code,
    )
    if request.method != "POST":
        start = initial_of(begun, lot.title if lot else purchase.title)
        return _form_page(
            request, purchase, lot, ConsultationForm(facts=begun.facts, bodies=bodies, initial=start)
        )
    form = ConsultationForm(request.POST, facts=begun.facts, bodies=bodies)
    if not form.is_valid():
        return _form_page(request, purchase, lot, form, status=422)
    values, parties = form.as_values(), form.cleaned_data["parties"]
    try:
        if request.POST.get("faire") != "envoyer":
            values.check(timezone.localdate())
            refusing = actions.refusing_addresses([one.email for one in parties])
            return _form_page(
                request, purchase, lot, form,
                shown={"values": values, "parties": [(one, one.email in refusing) for one in parties]},
            )  # fmt: skip
        made = actions.open_trade_consultation(
            by=user, side=side, purchase=purchase, lot=lot, values=values, parties=parties
        )
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, purchase, lot, form, status=422)
    messages.success(
        request, "La consultation est ouverte : tous ont reçu le même texte, avec le même délai."
    )
    return redirect("purchasing:trade_consultation", pk=pk, consultation_pk=made.pk)


def _lot(request: HttpRequest, lots: list[Lot]) -> Lot | None:
    """The lot named in the address, of this purchase and no other."""
    asked = request.GET.get("lot", "")
    if not asked:
        return None
    found = next((lot for lot in lots if str(lot.pk) == asked), None)
    if found is None:
        raise purchases.unknown_purchase()
    return found


def _form_page(
    request: HttpRequest, purchase: Purchase, lot: Lot | None, form: ConsultationForm, *,
    shown: dict[str, Any] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"purchase": purchase, "lot": lot, "form": form, "shown": shown}
    return render(request, "purchasing/trades/new.html", context, status=status)


@never_cache
@require_GET
def one(request: HttpRequest, pk: int, consultation_pk: int) -> HttpResponse:
    """Where a consultation stands; the answers once they are published to all."""
    access = policies.get_trade_consultation_for(account(request), pk, consultation_pk)
    return _page(request, access)


def _page(
    request: HttpRequest, access: policies.TradeAccess, more: MorePartiesForm | None = None, status: int = 200
) -> HttpResponse:
    found, today = access.consultation, timezone.localdate()
    lines = queries.lines_of(found)
    context = {
        "purchase": found.purchase,
        "one": found,
        "lines": lines,
        "summary": queries.summary_of(found, lines),
        "reads_notes": access.reads_notes,
        "takes_answers": found.takes_answers(today),
        "is_due": found.is_due(today),
        "more": more or MorePartiesForm(),
    }
    return render(request, "purchasing/trades/one.html", context, status=status)


@require_POST
def act(request: HttpRequest, pk: int, consultation_pk: int) -> HttpResponse:
    """Ask others, prolong, publish once due, withdraw: « faire » says which."""
    user = account(request)
    access = policies.get_trade_consultation_for(user, pk, consultation_pk)
    found, wanted = access.consultation, request.POST.get("faire", "")
    said = ""
    try:
        if wanted == "ajouter":
            more = MorePartiesForm(request.POST)
            if not more.is_valid():
                return _page(request, access, more, status=422)
            count = actions.ask_more_trades(by=user, consultation=found, parties=more.cleaned_data["parties"])
            said = f"{counted(count, 'participant')} de plus, avec le même texte et le même délai."
        elif wanted == "prolonger":
            deadline = parse_date_or_none(request.POST.get("deadline", ""))
            if deadline is None:
                raise RefusedError("Cette date n’est pas lisible : écrivez-la comme 2027-03-12.")
            actions.extend_trade_consultation(by=user, consultation=found, deadline=deadline)
            said = "Le délai est prolongé pour tous ; tous sont prévenus."
        elif wanted == "publier":
            actions.publish_trade_consultation(
                by=user.as_actor(), consultation=found, today=timezone.localdate()
            )
            said = "Les réponses sont publiées : tous les participants sont prévenus en même temps."
        elif wanted == "retirer":
            actions.withdraw_trade_consultation(
                by=user, consultation=found, reason=request.POST.get("motif", "")
            )
            said = "La consultation est retirée ; les participants sont prévenus."
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect("purchasing:trade_consultation", pk=pk, consultation_pk=consultation_pk)


def parse_date_or_none(typed: str) -> Any:
    """A day, or None for what is none."""
    try:
        return parse_date(typed[:20])
    except ValueError:
        return None


@never_cache
@require_GET
def export(request: HttpRequest, pk: int, consultation_pk: int, form: str) -> HttpResponse:
    """Who was asked and what was said; the notes are in the buyer's file only."""
    access = policies.get_trade_consultation_for(account(request), pk, consultation_pk)
    if form not in exports.FORMATS:
        raise Http404("Ce format n’existe pas.")
    make, media = exports.FORMATS[form]
    found = access.consultation
    content = make(found, queries.lines_of(found), with_notes=access.reads_notes)
    return attached(content, media, f"consultation-des-metiers-{consultation_pk}.{form}")
