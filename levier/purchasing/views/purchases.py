"""A buyer opens a purchase and changes it; both sides read it, and move it by the table of moves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.core.mail_returns import given_up
from levier.organisations.models import Organisation
from levier.purchasing import actions, next_gestures, policies, prefill, structures
from levier.purchasing.errors import RefusedError
from levier.purchasing.forms.purchases import LaunchForm, PurchaseForm, initial_of_purchase, people_forms
from levier.purchasing.launching import is_launched
from levier.purchasing.lot_facts import programme_label
from levier.purchasing.models import ContactRank, ContactSide, Purchase, PurchaseState
from levier.purchasing.queries.purchases import (
    MOST_LISTED,
    TURNS,
    listed_purchases,
    purchase_rows,
    whole_purchase,
)
from levier.purchasing.questions.queries import desk_of
from levier.purchasing.timeline import move_named
from levier.purchasing.trades.actions import BEFORE_PUBLICATION
from levier.purchasing.trades.queries import consultations_of
from levier.purchasing.views.common import account
from levier.reference.cpv.tables import cpv_labels

NOT_ASKED = frozenset({"confier"})


@never_cache
@require_GET
def purchases(request: HttpRequest) -> HttpResponse:
    """The purchases I buy or study, those that wait longest first."""
    user = account(request)
    asked = asked_of(request)
    rows = listed_purchases(user, state=asked["etat"], turn=asked["tour"], words=asked["q"])
    context = {
        "rows": purchase_rows(rows),
        "query": request.GET.urlencode(),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "states": PurchaseState.choices,
        "turns": TURNS.items(),
        "is_buyer": policies.buying_organisations(user).exists(),
        "most": MOST_LISTED,
    }
    return render(request, "purchasing/purchases/list.html", context)


def asked_of(request: HttpRequest) -> dict[str, str]:
    """The filters of the list, as typed in the address."""
    return {name: request.GET.get(name, "")[:80] for name in ("etat", "tour", "q")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_purchase(request: HttpRequest) -> HttpResponse:
    """The form of a purchase, perhaps begun in the dossier: its lot then comes with it."""
    user = account(request)
    organisations = policies.buying_organisations(user)
    if not organisations.exists():
        return render(request, "purchasing/not_a_buyer.html", {"is_purchase": True})
    begun = prefill.look(request.session, prefill.PURCHASE)
    if request.method == "POST":
        form = PurchaseForm(request.POST, organisations=organisations)
        if form.is_valid():
            try:
                made = actions.open_purchase(
                    by=user,
                    organisation=form.cleaned_data["organisation"],
                    values=form.as_values(),
                    lots=prefill.lots_of(begun),
                )
            except RefusedError as refusal:
                form.add_error(None, str(refusal))
            else:
                prefill.forget(request.session, prefill.PURCHASE)
                messages.success(
                    request, "L’achat est créé. Complétez ses lots, puis nommez ses deux contacts."
                )
                return redirect("purchasing:purchase", pk=made.pk)
        context = {
            "form": form,
            "purchase": None,
            "is_begun": bool(begun),
            "begun_lots": len(begun.get("lots", ())),
        }
        return render(request, "purchasing/purchases/write.html", context, status=422)
    initial = {"side": "public"} | begun.get("purchase", {})
    context = {
        "form": PurchaseForm(initial=initial, organisations=organisations),
        "purchase": None,
        "is_begun": bool(begun),
        "begun_lots": len(begun.get("lots", ())),
    }
    return render(request, "purchasing/purchases/write.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """Say the purchase otherwise."""
    user = account(request)
    purchase = policies.get_purchase_for(user, pk, to="edit")
    if not purchase.is_editable:
        messages.error(request, "Demandez d’abord à revoir l’étude : l’achat pourra de nouveau être modifié.")
        return redirect("purchasing:purchase", pk=pk)
    only = Organisation.objects.filter(pk=purchase.organisation_id)
    status = 200
    if request.method == "POST":
        form = PurchaseForm(request.POST, organisations=only)
        if form.is_valid():
            try:
                actions.change_purchase(by=user, purchase=purchase, values=form.as_values())
            except RefusedError as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("purchasing:purchase", pk=pk)
        status = 422
    else:
        form = PurchaseForm(initial=initial_of_purchase(purchase), organisations=only)
    context = {"form": form, "purchase": purchase, "is_begun": False, "begun_lots": 0}
    return render(request, "purchasing/purchases/write.html", context, status=status)


@never_cache
@require_GET
def purchase(request: HttpRequest, pk: int) -> HttpResponse:
    """The purchase: what it is, whose turn it is, its lots, its people, its story."""
    user = account(request)
    found = policies.get_purchase_for(user, pk)
    return render(request, "purchasing/purchases/page.html", page_context(request, found))


def page_context(
    request: HttpRequest, found: Purchase, *, launch_form: LaunchForm | None = None
) -> dict[str, Any]:
    """What the page of a purchase shows. `launch_form`: the day of the launch as it was refused."""
    whole = whole_purchase(found, reader=account(request))
    blocks: list[tuple[ContactSide, Any, bool]] = [
        (ContactSide.BUYER, whole.places(ContactSide.BUYER), ContactSide.BUYER in whole.sides)
    ]
    if found.facilitator is not None:
        mine = ContactSide.FACILITATOR in whole.sides
        blocks.append((ContactSide.FACILITATOR, whole.places(ContactSide.FACILITATOR), mine))
    gestures = next_gestures.gestures(whole)
    gone = given_up(one.email for one in whole.contacts)
    return {
        "whole": whole,
        "purchase": found,
        "gestures": gestures,
        "gesture": next((one for one in gestures if not one.is_done), None),
        "blocks": blocks,
        "gone": gone,
        "moves": [move for move in whole.moves if move.code not in NOT_ASKED],
        # Nothing is proposed before, so no text can be read.
        "has_texts": found.state
        not in {PurchaseState.DRAFT, PurchaseState.TO_STUDY, PurchaseState.ABANDONED},
        "launch_form": None if is_launched(found) else launch_form or LaunchForm(),
        "may_hand": any(move.code == "confier" for move in whole.moves),
        "lots": [(lot, whole.lines.get(lot.pk, ()), cpv_labels().get(lot.cpv, "")) for lot in whole.lots],
        "programme": programme_label(found),
        "trades": consultations_of(found),
        "may_consult": found.state in BEFORE_PUBLICATION,
        "desk": desk_of(found),
        "may_open_desk": found.state == PurchaseState.PUBLISHED and ContactSide.BUYER in whole.sides,
    }


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one move. The table says which side may; the policy, whether one is of that side."""
    user = account(request)
    wanted = move_named(request.POST.get("etape", "")[:20])
    is_study = wanted is not None and wanted.side == ContactSide.FACILITATOR
    found = policies.get_purchase_for(user, pk, to="study" if is_study else "decide")
    launch_form = None
    if wanted and wanted.asks_launch and not is_launched(found) and found.state in wanted.before:
        launch_form = LaunchForm(request.POST)
        if not launch_form.is_valid():
            return _launch_refused(request, found, launch_form)
    try:
        moved = actions.move_purchase(
            by=user, purchase=found, code=wanted.code if wanted else "", note=request.POST.get("mot", ""),
            launched_on=launch_form.cleaned_data["lancement"] if launch_form else None,
        )  # fmt: skip
    except RefusedError as refusal:
        if launch_form is not None:
            launch_form.add_error("lancement", str(refusal))
            return _launch_refused(request, found, launch_form)
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, f"L’achat est maintenant « {moved.get_state_display()} ». Les contacts sont prévenus."
        )
    return redirect("purchasing:purchase", pk=pk)


def _launch_refused(request: HttpRequest, found: Purchase, form: LaunchForm) -> HttpResponse:
    context = page_context(request, found, launch_form=form)
    return render(request, "purchasing/purchases/page.html", context, status=422)


@require_POST
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a question or an answer to the other side."""
    user = account(request)
    found = policies.get_purchase_for(user, pk)
    sides = policies.sides_for(user, found)
    side = ContactSide.BUYER if ContactSide.BUYER in sides else ContactSide.FACILITATOR
    try:
        actions.leave_word(by=user, purchase=found, side=side, note=request.POST.get("mot", ""))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Votre mot est noté et envoyé aux contacts.")
    return redirect("purchasing:purchase", pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who studies the purchase: a structure advised for it, or the buyer itself."""
    user = account(request)
    found = policies.get_purchase_for(user, pk, to="decide")
    if not found.is_draft:
        return redirect("purchasing:purchase", pk=pk)
    desks = structures.desks_for(found)
    status = 200
    if request.method == "POST":
        chosen = request.POST.get("structure", "")
        by_key = {str(desk.organisation.pk): desk.organisation for desk in desks if desk.organisation}
        try:
            if chosen != "interne" and chosen not in by_key:
                raise RefusedError("Choisissez qui étudie cet achat.")
            actions.move_purchase(
                by=user,
                purchase=found,
                code="confier",
                note=request.POST.get("mot", ""),
                facilitator=by_key.get(chosen),
            )
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            status = 422
        else:
            messages.success(request, "L’achat est confié. Les contacts sont prévenus.")
            return redirect("purchasing:purchase", pk=pk)
    context = {
        "purchase": found,
        "open_desks": [desk for desk in desks if desk.organisation is not None],
        "other_desks": [desk for desk in desks if desk.organisation is None],
        "is_call_open": all(desk.organisation is None for desk in desks),
        "waiting": [
            one for one in next_gestures.gestures(whole_purchase(found, reader=user)) if not one.is_done
        ],
    }
    return render(request, "purchasing/purchases/hand.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """The two people of one side, by somebody of that side."""
    user = account(request)
    whose = ContactSide.BUYER if side == "acheteur" else ContactSide.FACILITATOR
    found = policies.get_purchase_for(user, pk, to="decide" if whose == ContactSide.BUYER else "study")
    organisation = found.organisation if whose == ContactSide.BUYER else found.facilitator
    if organisation is None:
        messages.error(request, "En mission interne, les contacts sont ceux de l’acheteur.")
        return redirect("purchasing:purchase", pk=pk)
    known = list(found.contacts.all())
    is_post = request.method == "POST"
    forms_of = people_forms(whose, organisation, known, request.POST if is_post else None)
    problem = ""
    # Both are read, so that both show what is wrong.
    valid = [form.is_valid() for form in forms_of.values()]
    if is_post and all(valid):
        people = {rank: form.as_person() for rank, form in forms_of.items() if not form.is_empty}
        try:
            actions.set_contacts(by=user, purchase=found, side=whose, people=people)
        except RefusedError as refusal:
            problem = str(refusal)
        else:
            return redirect("purchasing:purchase", pk=pk)
    context = {
        "purchase": found,
        "side": whose,
        "organisation": organisation,
        "people": [(ContactRank(rank), form) for rank, form in forms_of.items()],
        "gone": given_up(one.email for one in known if one.side == whose),
        "problem": problem,
    }
    return render(request, "purchasing/purchases/contacts.html", context, status=422 if is_post else 200)
