"""What the people of a structure keep: its page, its colleagues; and « C’est ma structure »."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.core.mail_returns import given_up
from levier.facilitators import actions, policies
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.structures import (
    ClaimForm,
    PersonForm,
    StructureForm,
    initial_of_person,
    initial_of_structure,
)
from levier.facilitators.models import Rank
from levier.facilitators.views.common import account, number_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask that one's organisation be recognised as running this structure."""
    user = account(request)
    structure = policies.get_public_structure(number_of(slug))
    organisations = policies.claiming_organisations(user)
    form = ClaimForm(request.POST or None, organisations=organisations)
    if request.method == "POST" and form.is_valid():
        try:
            actions.claim_structure(by=user, structure=structure, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                "Votre demande est envoyée. Un courriel vous dira si votre organisation est reconnue.",
            )
            return redirect("facilitators:structure", slug=structure.slug)
    context = {"structure": structure, "form": form, "has_organisation": organisations.exists()}
    return render(request, "facilitators/claim.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of my structure, and its people."""
    user = account(request)
    structure = policies.get_structure_for(user, pk)
    form = StructureForm(request.POST or None, initial=initial_of_structure(structure))
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_structure(by=user, structure=structure, values=form.as_values())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La page de votre structure est à jour.")
            return redirect("facilitators:own", pk=pk)
    people = list(structure.people.all())
    context = {
        "structure": structure,
        "form": form,
        "people": people,
        "gone": given_up([structure.email, *(person.email for person in people)]),
    }
    return render(request, "facilitators/own.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int, person_pk: int | None = None) -> HttpResponse:
    """Add a colleague, or change what is said of one."""
    user = account(request)
    structure = policies.get_structure_for(user, pk)
    found = policies.get_person_of(structure, person_pk) if person_pk else None
    initial = initial_of_person(found) if found else {"rank": Rank.MAIN}
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_person(by=user, structure=structure, values=form.as_values(), person=found)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est enregistré.")
            return redirect("facilitators:own", pk=pk)
    context = {"structure": structure, "person": found, "form": form}
    return render(request, "facilitators/person.html", context, status=422 if form.errors else 200)


@require_POST
def remove_person(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Forget a colleague who left."""
    user = account(request)
    structure = policies.get_structure_for(user, pk)
    actions.remove_person(by=user, person=policies.get_person_of(structure, person_pk))
    messages.success(request, "Cette personne n’est plus dans votre structure.")
    return redirect("facilitators:own", pk=pk)
