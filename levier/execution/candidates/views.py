"""Pages of posts and candidates: the list, a post with its clock, publishing, proposing, the printed fact of weeks without candidates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.execution import policies as contracts
from levier.execution.candidates import actions, letters, policies, queries
from levier.execution.candidates.forms import CandidateForm, ContactsForm, MoveForm, PostForm
from levier.execution.errors import RefusedError
from levier.execution.models import CandidateStage
from levier.facilitators.views.common import account

_MOST_LISTED = 200


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The posts one publishes, follows or may propose for, with the median days of each stage."""
    found = list(policies.positions_of(account(request), timezone.localdate())[:_MOST_LISTED])
    context = {"positions": found, "times": queries.stage_times(found)}
    return render(request, "execution/candidates/index.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a post on a contract."""
    contract, firms = policies.firms_publishing(request.user, pk)
    initial = {
        "place": contract.place_label,
        "contact_email": account(request).email,
        "company": contract.holder_id,
    }
    form = PostForm(request.POST or None, companies=[(one.pk, one.name) for one in firms], initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        company = next(one for one in firms if str(one.pk) == values.pop("company"))
        try:
            made = actions.publish(
                by=account(request), contract=contract, company=company, values=actions.PostValues(**values)
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le poste est publié : les prescripteurs du département le voient.")
            return redirect("candidates:position", pk=made.pk)
    context = {"contract": contract, "form": form}
    return render(request, "execution/candidates/new.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """A post: who is proposed, who acts next, since when."""
    seat = policies.seat_for(request.user, pk)
    today, verbs = timezone.localdate(), _VERBS if seat.is_company else _VERBS_FOR_IT
    lines = queries.candidates_at(seat, today)
    context = {
        "seat": seat, "position": seat.position, "today": today,
        "lines": [(line, [(to.value, verbs[to]) for to in line.moves]) for line in lines],
        "times": queries.stage_times([seat.position]), "drought": queries.drought(seat.position.contract, today),
        "unreachable": letters.unreachable(seat.position) if seat.may_move else frozenset(),
    }  # fmt: skip
    return render(request, "execution/candidates/position.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose somebody for a post."""
    seat = policies.seat_for(request.user, pk)
    form = CandidateForm(request.POST or None, prescribers=[(one.pk, one.name) for one in seat.prescribers])
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        prescriber = next(one for one in seat.prescribers if str(one.pk) == values.pop("prescriber"))
        try:
            actions.propose(by=account(request), seat=seat, prescriber=prescriber, **values)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La candidature est partie. L’entreprise lit le prénom et l’initiale.")
            return redirect("candidates:position", pk=pk)
    context = {"position": seat.position, "form": form, "may_propose": bool(seat.prescribers)}
    return render(request, "execution/candidates/propose.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct who answers for a post."""
    seat = policies.seat_for(request.user, pk)
    policies.need_to_move(seat)
    own = seat.position
    initial = {name: getattr(own, name) for name in ContactsForm.base_fields}
    form = ContactsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_contacts(by=account(request), position=own, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error("backup_email", str(refusal))
        else:
            messages.success(request, "C’est corrigé : les courriels de ce poste partent à ces adresses.")
            return redirect("candidates:position", pk=pk)
    context = {"position": own, "form": form, "unreachable": letters.unreachable(own)}
    return render(request, "execution/candidates/contacts.html", context, status=422 if form.errors else 200)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody is looked for any more."""
    seat = policies.seat_for(request.user, pk)
    if not (seat.is_company or seat.is_follower):
        messages.error(request, "Seules l’entreprise et la structure qui suit le contrat ferment un poste.")
        return redirect("candidates:position", pk=pk)
    try:
        actions.close(by=account(request), position=seat.position)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le poste est fermé.")
    return redirect("candidates:position", pk=pk)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """The next stage of a candidate."""
    seat, candidate = policies.candidate_for(request.user, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Donnez le jour de cette étape.")
        return redirect("candidates:position", pk=candidate.position_id)
    try:
        moved = actions.move(by=account(request), seat=seat, candidate=candidate, **form.cleaned_data)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        hired = (
            " Le facilitateur décide maintenant de son entrée." if moved.stage == CandidateStage.HIRED else ""
        )
        messages.success(request, f"C’est noté : {moved.get_stage_display().lower()}.{hired}")
    return redirect("candidates:position", pk=candidate.position_id)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The prescriber takes its candidate back."""
    seat, candidate = policies.candidate_for(request.user, pk)
    try:
        actions.withdraw(by=account(request), seat=seat, candidate=candidate)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La candidature est retirée.")
    return redirect("candidates:position", pk=candidate.position_id)


@never_cache
@require_safe
def drought(request: HttpRequest, pk: int) -> HttpResponse:
    """Weeks without any candidate, to print: no name, a fact."""
    contract = contracts.get_contract_for(request.user, pk)
    context = {"contract": contract, "drought": queries.drought(contract, timezone.localdate())}
    return render(request, "execution/candidates/drought.html", context)


_VERBS = {
    CandidateStage.TO_MEET: "Je veux la rencontrer",
    CandidateStage.MET: "Je l’ai rencontrée",
    CandidateStage.HIRED: "Je l’embauche",
    CandidateStage.PRESENT: "Elle est toujours là",
    CandidateStage.DECLINED: "Je ne la retiens pas",
    CandidateStage.LEFT: "Elle est partie",
}
# The following structure writes what the company told it.
_VERBS_FOR_IT = _VERBS | {
    CandidateStage.TO_MEET: "L’entreprise veut la rencontrer",
    CandidateStage.MET: "L’entreprise l’a rencontrée",
    CandidateStage.HIRED: "L’entreprise l’embauche",
    CandidateStage.DECLINED: "L’entreprise ne la retient pas",
}
