"""What an animation does: decide on claims, verify sheets, see the holes; and the staff, who names animations."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.models import User
from levier.facilitators import actions, policies
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.structures import AnimatorForm, CheckForm
from levier.facilitators.forms.territories import RegisterForm, initial_of_new, initial_of_registered
from levier.facilitators.models import Animator, AnimatorLevel
from levier.facilitators.queries.animation import claims_to_decide, to_verify
from levier.facilitators.queries.coverage import coverage_by_departement
from levier.facilitators.queries.listing import structure_sheet
from levier.facilitators.views.common import account

STAFF_NAME = "L’équipe du site"


@never_cache
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Claims, sheets to verify, and the territories without a desk."""
    user = policies.check_animates(request.user)
    animations = policies.animations_of(user)
    regions = [str(one.region_id) for one in animations if one.level == AnimatorLevel.REGION]
    is_everywhere = user.is_staff or any(one.level == AnimatorLevel.COUNTRY for one in animations)
    rows = [row for region in ([""] if is_everywhere else regions) for row in coverage_by_departement(region)]
    context = {
        "animations": animations,
        "claims": claims_to_decide(user),
        "to_verify": to_verify(user)[:100],
        "holes": [row for row in rows if row.holes or row.state in {"far", "none"}],
    }
    return render(request, "facilitators/animation.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or refuse a claim."""
    user = account(request)
    claim = policies.get_claim_to_decide(user, pk)
    try:
        actions.decide_claim(
            by=user,
            claim=claim,
            is_accepted=request.POST.get("decision") == "accepter",
            reason=request.POST.get("motif", ""),
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La décision est enregistrée, et le demandeur prévenu.")
    return redirect("facilitators:animation")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a sheet, say whether it is right."""
    user = account(request)
    structure = policies.get_structure_to_check(user, pk)
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.verify_structure(
                by=user, structure=structure, checker_name=checker_name(user), **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error("note", str(refusal))
        else:
            messages.success(request, f"« {structure.name} » : votre vérification est enregistrée.")
            return redirect("facilitators:animation")
    covered = [(one.scope, one.code) for one in structure.coverages.all()]
    context = {
        "structure": structure,
        "sheet": structure_sheet(structure),
        "form": form,
        "may_register": policies.may_cover(user, covered),
    }
    return render(request, "facilitators/check.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a structure of one's territory, or change what one covers."""
    user = policies.check_animates(account(request))
    structure = policies.get_structure_to_register(user, pk) if pk is not None else None
    initial = initial_of_registered(structure) if structure else initial_of_new()
    form = RegisterForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            if not policies.may_cover(user, form.cleaned_data["coverage"]):
                raise RefusedError("Ce territoire n’est pas de la région que vous animez.")
            kept = actions.register_structure(by=user, values=form.as_values(), structure=structure)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"« {kept.name} » est enregistrée. Relisez sa fiche, puis vérifiez-la.")
            return redirect("facilitators:check", pk=kept.pk)
    context = {"form": form, "structure": structure}
    return render(request, "facilitators/register.html", context, status=422 if form.errors else 200)


@require_POST
def detach(request: HttpRequest, pk: int) -> HttpResponse:
    """End a link given by mistake."""
    user = account(request)
    structure = policies.get_structure_to_check(user, pk)
    actions.detach_structure(by=user, structure=structure)
    messages.success(request, f"« {structure.name} » n’est plus rattachée à une organisation.")
    return redirect("facilitators:check", pk=pk)


def checker_name(user: User) -> str:
    """Under which name a verification is shown."""
    animations = policies.animations_of(user)
    return animations[0].organisation.name if animations else STAFF_NAME


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def animators(request: HttpRequest) -> HttpResponse:
    """The staff names animations, and ends them."""
    user = policies.check_staff(request.user)
    if request.method == "POST" and "terminer" in request.POST:
        asked = request.POST["terminer"]
        found = Animator.objects.standing().filter(pk=asked).first() if asked.isdecimal() else None
        if found is None:
            raise Http404("Cette animation n’existe pas, ou est déjà terminée.")
        actions.end_animator(by=user, animator=found)
        messages.success(request, "L’animation est terminée.")
        return redirect("facilitators:animators")
    form = AnimatorForm(request.POST or None, initial={"level": AnimatorLevel.REGION})
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_animator(by=user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "L’animation est nommée.")
            return redirect("facilitators:animators")
    standing = Animator.objects.standing().select_related("organisation", "region")
    context = {"form": form, "standing": standing}
    return render(request, "facilitators/animators.html", context, status=422 if form.errors else 200)
