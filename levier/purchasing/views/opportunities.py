"""« Opportunités »: which lots are open near you, who has just won a contract, which needs wait, and the Monday mail."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from levier.accounts.models import Role, User
from levier.core.posted import row_key
from levier.directory.models import SolicitationRefusal
from levier.directory.sector_field import sector_choices
from levier.directory.solicitations.queries import refuses
from levier.organisations.models import Organisation
from levier.purchasing import actions, policies
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import OpportunityAlert
from levier.purchasing.queries.awarded import PER_PAGE, recently_awarded
from levier.purchasing.queries.openings import Openings, openings
from levier.purchasing.queries.opportunities import Ground, ground_of, open_needs, shown_needs
from levier.purchasing.views.common import account
from levier.reference.models import Commune, Departement
from levier.reference.places import Place
from levier.reference.queries import place_finder
from levier.reference.sectors import find_sector

_LAST_PAGE = 40


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Public by place and sector; a supplier member starts from its own, and sees its needs and its alert."""
    user = request.user if isinstance(request.user, User) else None
    own = _own_organisations(user)
    asked_place, asked_sector = request.GET.get("lieu", "")[:100].strip(), request.GET.get("secteur", "")[:80]
    is_own = bool(own) and not request.GET
    ground = Ground(tuple(sheet for one in own for sheet in ground_of(one).sheets)) if is_own else None
    place, problem = _place(asked_place)
    asked_trade = find_sector(asked_sector)
    sectors = (asked_trade.slug,) if asked_trade else ()
    departements = _departements(place)
    sheets = ground.sheets if ground else ()
    page_number = _page_number(request.GET.get("page", ""))
    today = timezone.localdate()
    has_ground = bool(sheets or departements or sectors or (place and place.kind == "pays"))
    result = (
        recently_awarded(
            today=today,
            departements=departements,
            sectors=sectors,
            sheets=sheets,
            offset=(page_number - 1) * PER_PAGE,
        )
        if has_ground and not problem
        else None
    )
    kept = urlencode(
        {name: value for name, value in (("lieu", asked_place), ("secteur", asked_sector)) if value}
    )
    context = {
        "place_text": asked_place,
        "place": place,
        "problem": problem,
        "sector_slug": asked_sector,
        "result": result,
        # Open lots are few and short-lived: they stand on the first page only.
        "lots": None if problem or page_number > 1 else _lots(today, ground, place, sectors),
        "number": page_number,
        "kept": kept,
        "around": asked_place or (sheets[0].departement if sheets else ""),
        "ground": ground,
        "own": own,
        "needs": open_needs(user, today=today) if user and own else [],
        "shown": shown_needs(list(policies.own_suppliers(user)[:50]), today=today) if user and own else [],
        "alerts": _alerts(user, own),
        "sector_choices": sector_choices(),
    }
    return render(request, "purchasing/opportunities.html", context)


def _lots(today: date, ground: Ground | None, place: Place | None, sectors: tuple[str, ...]) -> Openings:
    """For the reader's own sheets, else of the place and the trade asked; the whole country when none is asked."""
    if ground:
        return openings(today=today, sheets=ground.sheets)
    departements = _departements(place)
    if place is not None and place.kind != "pays" and not departements:
        return Openings((), 0)
    return openings(today=today, departements=departements, sectors=sectors)


def _own_organisations(user: User | None) -> list[Organisation]:
    if user is None:
        return []
    own = Organisation.objects.filter(memberships__user=user, memberships__role=Role.SUPPLIER)
    return list(own.distinct().order_by("name", "pk"))


def _alerts(user: User | None, own: list[Organisation]) -> list[dict[str, object]]:
    if user is None or not own:
        return []
    asked = set(OpportunityAlert.objects.filter(user=user).values_list("organisation_id", flat=True))
    is_refused = refuses(user.email, SolicitationRefusal.Topic.WEEKLY)
    return [{"organisation": one, "is_on": one.pk in asked and not is_refused} for one in own]


def _place(text: str) -> tuple[Place | None, str]:
    if not text:
        return None, ""
    found = place_finder().find(text, limit=1)
    if not found:
        return (
            None,
            f"Le lieu « {text} » est introuvable : écrivez une commune, un code postal ou un département.",
        )
    return found[0].place, ""


def _departements(place: Place | None) -> tuple[str, ...]:
    """The départements a place stands for: contracts say no more precise place than theirs, most often."""
    if place is None or place.kind == "pays":
        return ()
    if place.kind == "region":
        codes = Departement.objects.filter(region_id=place.code).order_by("code")
        return tuple(codes.values_list("code", flat=True))
    if place.kind == "epci":
        towns = Commune.objects.filter(epci_id=place.code).order_by("departement_id")
        return tuple(towns.values_list("departement_id", flat=True).distinct())
    if place.kind == "departement":
        return (place.code,)
    return (place.departement,) if place.departement else ()


def _page_number(text: str) -> int:
    return min(max(int(text), 1), _LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1


@require_POST
def alert(request: HttpRequest) -> HttpResponse:
    """Ask for the Monday mail, or stop it."""
    user = account(request)
    pk = row_key(request.POST.get("organisation", ""))
    organisation = policies.get_supplying_organisation_for(user, pk)
    if request.POST.get("voulu") == "oui":
        actions.ask_for_alert(by=user, organisation=organisation)
        messages.success(request, "Vous recevrez un courriel le lundi, quand il y a du nouveau.")
    else:
        for one in OpportunityAlert.objects.filter(user=user, organisation=organisation):
            actions.stop_alert(by=user.as_actor(), alert=one)
        messages.success(request, "Vous ne recevrez plus le courriel du lundi.")
    return redirect(reverse("purchasing:opportunities"))


@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """A supplier asks for a need that its buyer shows to others, then reads it."""
    user = account(request)
    need, supplier = policies.get_shown_need_for(user, pk, row_key(request.POST.get("fournisseur", "")))
    try:
        row = actions.receive_need(by=user, need=need, supplier=supplier)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("purchasing:opportunities")
    return redirect("purchasing:received_need", pk=row.pk)
