"""Pages of the people a structure follows: the list, a sheet, an entry tried then written, its decision."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.core import mail_returns
from levier.execution.cards.answering import card_of
from levier.execution.cards.forms import CHECKED
from levier.execution.cards.proving import doubt_of
from levier.execution.cards.queries import waiting_of
from levier.execution.errors import RefusedError
from levier.execution.models import AccessPurpose, DisputeAnswer, EntryState, NoticeDelivery, PostKind
from levier.execution.people import actions, policies
from levier.execution.people.forms import EntryForm, LeaveForm, NoticeForm, PersonForm
from levier.execution.people.retention import initials_months, kept_months
from levier.execution.people.rules import rules_of
from levier.execution.people.showing import entry_lines
from levier.facilitators.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Everybody one's structures follow, those who wait for a decision said."""
    # Posted: a name in an address would stay in the history of the browser and in the logs.
    words = request.POST.get("q", "")[:80]
    found = policies.followed_people(request.user, words=words)
    context = {
        "people": found.people,
        "count": found.count,
        "publics": found.publics,
        "words": words,
        "kept_months": kept_months(),
        "initials_months": initials_months(),
    }
    return render(request, "execution/people/index.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make somebody known."""
    followers = policies.followers_for(request.user)
    form = PersonForm(
        request.POST or None,
        followers=[(one.pk, one.name) for one in followers],
        initial={"follower": followers[0].pk},
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        follower = next(one for one in followers if str(one.pk) == values.pop("follower"))
        try:
            made = actions.add_participant(by=account(request), follower=follower, **values)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "La fiche est créée. Remettez la note d’information, puis écrivez l’entrée."
            )
            return redirect("people:sheet", key=made.pk)
    return render(request, "execution/people/new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """One person: its notice, its entries with their reason, what to decide. The opening is written down."""
    found = policies.open_sheet(request.user, key)
    context = {
        "person": found.participant,
        "entries": entry_lines(found),
        "notice_form": NoticeForm(),
        "leave_form": LeaveForm(),
        "work_contracts": PostKind.choices,
        "waiting": waiting_of(found.participant),
        "dispute_words": DisputeAnswer.choices,
        "card": card_of(found.participant),
        "doubt": doubt_of(found.participant) if found.participant.email else None,
        "checked_words": CHECKED,
        "returned_at": mail_returns.given_up([found.participant.email]).get(found.participant.email),
        "deliveries": NoticeDelivery.objects.filter(participant=found.participant).select_related(
            "notice", "by"
        ),
    }
    return render(request, "execution/people/sheet.html", context)


@require_POST
def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """The notice was given."""
    person = policies.open_sheet(request.user, key).participant
    form = NoticeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Donnez le jour et la façon dont la note a été remise.")
        return redirect("people:sheet", key=key)
    try:
        actions.give_notice(by=account(request), participant=person, **form.cleaned_data)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La remise de la note est enregistrée.")
    return redirect("people:sheet", key=key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, key: UUID) -> HttpResponse:
    """An entry: « Voir l’avis des règles » tries it, « Enregistrer l’entrée » writes it."""
    person = policies.open_sheet(request.user, key).participant
    contracts = policies.contracts_followed(request.user, person)
    form = EntryForm(request.POST or None, contracts=contracts)
    preview = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        contract, company = form.places[values["contract"]]
        rules = values["rules"] or rules_of(contract)
        try:
            if "essayer" in request.POST:
                preview = actions.try_entry(
                    by=account(request), participant=person, facts=values["facts"], rules=rules,
                    employer_kind=values["employer_kind"],
                )  # fmt: skip
            else:
                entry, found = actions.enter(
                    by=account(request), participant=person, contract=contract, company=company,
                    facts=values["facts"], rules=rules, employer_kind=values["employer_kind"],
                    modality=values["modality"], work_contract=values["work_contract"],
                )  # fmt: skip
                decided = " Le statut de l’employeur la valide." if entry.state == EntryState.VALID else ""
                messages.success(request, f"L’entrée est enregistrée. {found.sentence}{decided}")
                return redirect("people:sheet", key=key)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
    context = {"person": person, "form": form, "preview": preview, "has_contract": bool(form.places)}
    return render(request, "execution/people/enter.html", context, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Validate an entry, or refuse it."""
    entry = policies.get_entry_for(request.user, pk)
    policies.open_sheet(request.user, entry.participant_id, purpose=AccessPurpose.VALIDATE)
    try:
        decided = actions.decide_entry(
            by=account(request), entry=entry, is_valid=request.POST.get("decision") == "valider"
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        word = "validée : ses heures comptent" if decided.state == "validee" else "refusée"
        messages.success(request, f"L’entrée est {word}.")
    return redirect("people:sheet", key=entry.participant_id)


@require_POST
def work_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """The work contract that nobody had said."""
    entry = policies.get_entry_for(request.user, pk)
    try:
        actions.say_work_contract(by=account(request), entry=entry, kind=request.POST.get("kind", ""))
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le contrat de travail est enregistré.")
    return redirect("people:sheet", key=entry.participant_id)


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The person left the contract."""
    entry = policies.get_entry_for(request.user, pk)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Donnez le jour de la sortie.")
        return redirect("people:sheet", key=entry.participant_id)
    try:
        actions.leave(by=account(request), entry=entry, on=form.cleaned_data["on"])
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La sortie est enregistrée.")
    return redirect("people:sheet", key=entry.participant_id)
