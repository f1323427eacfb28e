"""Who to call, by place; the list of a département; the page of a structure; the map of the desks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from levier.accounts.models import User
from levier.core.middleware import client_address
from levier.facilitators import actions, coverage_map, policies, queries
from levier.facilitators.contact_pace import contact_pace
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.structures import ContactForm
from levier.facilitators.models import Structure
from levier.facilitators.queries.conventions import public_conventions
from levier.facilitators.queries.coverage import STATE_WORDS, by_region, coverage_by_departement, totals
from levier.facilitators.queries.listing import structure_sheet, structures_of_departement
from levier.facilitators.queries.prescribers import NETWORKS, prescribers_of
from levier.facilitators.queries.referrals import public_answer_time
from levier.facilitators.resolver import PRIVATE, PUBLIC
from levier.facilitators.views.common import VISITOR, number_of
from levier.organisations.identifiers import clean_digits
from levier.reference.models import Departement
from levier.reference.queries import place_finder


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """« Qui appeler ici, et pourquoi », or the structures of a département."""
    text = request.GET.get("lieu", "")[:100].strip()
    found = place_finder().find(text, limit=1) if text else []
    place = found[0].place if found else None
    side = PRIVATE if request.GET.get("acheteur") == "prive" else PUBLIC
    siren = clean_digits(request.GET.get("siren", ""))[:9]
    answer = (
        queries.facilitator_for(place=place, buyer_side=side, buyer_siren=siren or None) if place else None
    )
    departement = Departement.objects.filter(code=request.GET.get("departement", "")[:3]).first()
    context = {
        "text": text,
        "place": place,
        "is_private": side == PRIVATE,
        "answer": answer,
        "departement": departement,
        "listed": structures_of_departement(departement.code) if departement else [],
        "departements": Departement.objects.order_by("code"),
    }
    return render(request, "facilitators/index.html", context)


@login_not_required
@require_safe
def prescribers(request: HttpRequest) -> HttpResponse:
    """Who presents candidates on a territory: a list by network, and a map."""
    text = request.GET.get("lieu", "")[:100].strip()
    matches = place_finder().find(text, limit=1) if text else []
    found = prescribers_of(matches[0].place) if matches else None
    context = {"text": text, "found": found, "networks": NETWORKS}
    return render(
        request, "facilitators/prescribers.html", context, status=404 if text and not matches else 200
    )


@login_not_required
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Where there is a desk, and where there is none: by région, then each hole of one."""
    found = coverage_by_departement()
    by_code = {one.code: one for one in found}
    region = request.GET.get("region", "")[:3]
    inside = [one for one in found if one.region_code == region]
    context = {
        "region": inside[0].region_name if inside else "",
        "rows": inside,
        "regions": by_region(found),
        "totals": totals(inside or found),
        "window": coverage_map.window_on({one.code for one in inside}),
        "is_animating": policies.may_animate(request.user),
        "state_words": STATE_WORDS,
        "shapes": [(shape, by_code[shape.code]) for shape in coverage_map.shapes() if shape.code in by_code],
        "step": coverage_map.STEP,
    }
    return render(request, "facilitators/coverage.html", context)


@login_not_required
@require_safe
def structure(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page of a structure."""
    found = policies.get_public_structure(number_of(slug))
    if slug != found.slug:
        return redirect("facilitators:structure", slug=found.slug, permanent=True)
    return _page(request, ContactForm(), found)


def _page(request: HttpRequest, form: ContactForm, found: Structure, status: int = 200) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    mine = user is not None and policies.structures_of(user).filter(pk=found.pk).exists()
    context = {
        "sheet": structure_sheet(found),
        "form": form,
        "is_mine": mine,
        "conventions": public_conventions(found, on=timezone.localdate()),
        "answer_time": public_answer_time(found, on=timezone.localdate()),
        "may_check": user is not None
        and policies.may_animate(user)
        and policies.structures_to_check(user).filter(pk=found.pk).exists(),
    }
    return render(request, "facilitators/structure.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """The form that writes to a structure."""
    found = policies.get_public_structure(number_of(slug))
    if request.method != "POST":
        return redirect("facilitators:structure", slug=found.slug)
    form = ContactForm(request.POST)
    if form.is_valid():
        about = request.POST.get("personne", "")[:160]
        names = {person.name for person in structure_sheet(found).people}
        values = form.cleaned_data
        try:
            if not form.is_trapped:
                if not contact_pace.takes(client_address(request), found.pk, timezone.localdate()):
                    raise RefusedError(
                        "Vous avez déjà beaucoup écrit à cette structure aujourd’hui : appelez-la, ou revenez demain."
                    )
                actions.contact_structure(
                    by=request.user.as_actor() if isinstance(request.user, User) else VISITOR,
                    structure=found,
                    name=values["name"],
                    email=values["email"],
                    message=values["message"],
                    about=about if about in names else "",
                )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre message est parti. La structure vous répondra à votre adresse.")
            return redirect("facilitators:structure", slug=found.slug)
    return _page(request, form, found, status=422)
