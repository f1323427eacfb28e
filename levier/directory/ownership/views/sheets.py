"""The owner's page: its parts, each saved and published at once; confirming; pictures."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.errors import RefusedError
from levier.directory.models import Supplier
from levier.directory.networks.own import networks_beside
from levier.directory.ownership import actions, images, policies, queries
from levier.directory.ownership.forms.parts import month_to_say
from levier.directory.ownership.freshness import freshness_of
from levier.directory.ownership.parts import PARTS, Part, Sheet
from levier.directory.ownership.scoring import score_sheet
from levier.directory.ownership.views.signed_in import account
from levier.directory.ownership.wording import renewed_words, sector_label
from levier.directory.results import key_of, slug_of
from levier.directory.sector_field import SectorField

YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part with its form, as the page folds or unfolds it."""

    part: Part
    form: Any
    state: str
    is_open: bool
    note: str = ""

    @property
    def has_sectors(self) -> bool:
        """Whether its lines ask for a trade: the page then holds the list of trades."""
        row = getattr(self.form, "form", None)
        return row is not None and any(isinstance(one, SectorField) for one in row.base_fields.values())


@never_cache
@require_safe
def own_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything one may say of one's structure."""
    supplier = policies.get_own_supplier_for(request.user, key_of(slug))
    return _page(request, supplier, opened=request.GET.get("partie", ""))


@require_POST
def save_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """Save one part: published before the answer leaves."""
    user = account(request)
    supplier = policies.get_own_supplier_for(user, key_of(slug))
    known = PARTS.get(part)
    if known is None:
        raise Http404("Cette partie de la fiche n’existe pas.")
    form = known.make(_sheet(supplier), request.POST)
    form.files = request.FILES
    if not form.is_valid():
        return _page(request, supplier, opened=part, refused=form)
    try:
        _SAVED.get(part, _save_groups)(request, supplier, known, form)
    except RefusedError as refusal:
        return _page(request, supplier, opened=part, refused=form, sentence=str(refusal))
    messages.success(request, f"{known.title} : enregistré et publié.")
    return _back(supplier, part)


def _save_groups(request: HttpRequest, supplier: Supplier, part: Part, form: Any) -> None:
    assert part.groups is not None
    actions.state_groups(
        by=account(request).as_actor(), supplier=supplier, groups=part.groups(form),
        without_labels=part.slug == "labels",
    )  # fmt: skip


def _save_contacts(request: HttpRequest, supplier: Supplier, part: Part, form: Any) -> None:
    names = ("name", "position", "phone", "email", "is_public")
    contacts = [actions.ContactLine(**{name: row[name] for name in names}) for row in form.kept()]
    actions.state_contacts(by=account(request).as_actor(), supplier=supplier, contacts=contacts)


def _save_capacities(request: HttpRequest, supplier: Supplier, part: Part, form: Any) -> None:
    names = ("quantity", "unit", "sector", "area")
    lines = [
        actions.CapacityLine(month, **{name: row[name] for name in names})
        for row in form.kept()
        for month in row["months"]
    ]
    actions.state_capacities(by=account(request).as_actor(), supplier=supplier, lines=lines)


def _save_image(request: HttpRequest, supplier: Supplier, part: Part, form: Any) -> None:
    shown = list(supplier.profile.get("images") or [])
    if len(shown) >= images.MOST_IMAGES:
        raise RefusedError(f"La fiche a déjà {images.MOST_IMAGES} images : retirez-en une d’abord.")
    kept = images.keep(form.cleaned_data["image"])
    if any(one.get("name") == kept.name for one in shown):
        raise RefusedError("Cette image est déjà sur la fiche.")
    added = {
        "name": kept.name, "caption": form.cleaned_data["caption"], "width": kept.width, "height": kept.height,
    }  # fmt: skip
    actions.state_groups(
        by=account(request).as_actor(), supplier=supplier, groups={"images": [*shown, added]}
    )


_IMAGE_CHANGED = {"retirer": "Image retirée.", "avancer": "Image avancée d’une place."}
_SAVED = {"contacts": _save_contacts, "disponibilites": _save_capacities, "images": _save_image}


@require_POST
def change_image(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Say again what a picture shows, bring it one place sooner, or take it off the sheet."""
    user = account(request)
    supplier = policies.get_own_supplier_for(user, key_of(slug))
    act = request.POST.get("acte", "")
    try:
        pictures = images.changed(
            supplier.profile.get("images") or [], name, act, request.POST.get("caption", "")
        )
        actions.state_groups(by=user.as_actor(), supplier=supplier, groups={"images": pictures})
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _IMAGE_CHANGED.get(act, "Texte de l’image enregistré."))
    return _back(supplier, "images")


@require_POST
def refuse_activities(request: HttpRequest, slug: str) -> HttpResponse:
    """« Ce n’est pas notre activité »: what was deduced is no longer shown."""
    user = account(request)
    supplier = policies.get_own_supplier_for(user, key_of(slug))
    groups = {
        "lines": [],
        "activity": {"sectors": [], "status": "unknown", "origin": "retirées par la structure"},
    }
    try:
        actions.state_groups(by=user.as_actor(), supplier=supplier, groups=groups)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Ces activités ne sont plus affichées. Dites les vôtres ci-dessous.")
    return _back(supplier, "activites")


@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """« Tout est toujours exact », from the owner's page."""
    user = account(request)
    supplier = policies.get_own_supplier_for(user, key_of(slug))
    try:
        actions.confirm_sheet(by=user.as_actor(), supplier=supplier)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Merci : la fiche dit que tout a été confirmé aujourd’hui.")
    return redirect("directory:own_sheet", slug=slug_of(supplier.key))


@require_POST
def confirm_number(request: HttpRequest, slug: str) -> HttpResponse:
    """« C’est notre SIREN », said of the number a list gave after the sheet was proven."""
    user = account(request)
    supplier = policies.get_sheet_to_number_for(user, key_of(slug))
    try:
        asked = actions.confirm_number(by=user, supplier=supplier)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            "Merci. D’autres fiches de ce SIREN sont déjà tenues : nous demandons à qui les gère. D’ici là, rien ne change pour vous."
            if asked
            else "Merci : votre fiche porte ce SIREN, et vous la tenez comme avant.",
        )
    return redirect("directory:own_sheet", slug=slug_of(supplier.key))


@require_POST
def renew(request: HttpRequest, slug: str) -> HttpResponse:
    """« Toujours disponibles », from the owner's page."""
    user = account(request)
    supplier = policies.get_own_supplier_for(user, key_of(slug))
    asked = month_to_say(request.POST.get("mois", ""), timezone.localdate())
    count = actions.renew_capacities(by=user.as_actor(), supplier=supplier, asked=asked)
    messages.success(request, "Disponibilités renouvelées." if count else "Rien à renouveler.")
    return _back(supplier, "disponibilites")


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """What a mailed link opens: reading changes nothing, the button confirms."""
    link = policies.get_link_for(token)
    supplier = link.supplier
    refused, is_done = "", False
    if request.method == "POST":
        try:
            actions.use_link(link=link)
            is_done = True
        except RefusedError as refusal:
            refused = str(refusal)
    is_capacity = link.purpose == link.Purpose.CAPACITY
    context = {
        "supplier": supplier, "is_capacity": is_capacity, "is_done": is_done, "refused": refused,
        "capacities": queries.last_said(supplier, today=timezone.localdate()) if is_capacity else (),
        "statement": queries.statement_of(supplier), "slug": slug_of(supplier.key),
        "sectors": [sector_label(slug) for slug in supplier.sectors],
        "renewed_months": renewed_words(timezone.localdate()),
    }  # fmt: skip
    return render(request, "directory/ownership/confirmation.html", context, status=422 if refused else 200)


@login_not_required
@require_safe
@cache_control(public=True, max_age=YEAR_SECONDS, immutable=True)
def picture(request: HttpRequest, name: str, size: str) -> HttpResponseBase:
    """A picture of a sheet; its name is its content, so it never changes."""
    path = images.path_of(name, size)
    if path is None:
        raise Http404("Cette image n’existe pas, ou n’est plus sur une fiche.")
    return FileResponse(path.open("rb"), content_type="image/jpeg")


def _sheet(supplier: Supplier) -> Sheet:
    return Sheet(supplier, queries.statement_of(supplier))


def _back(supplier: Supplier, part: str) -> HttpResponse:
    address = reverse("directory:own_sheet", args=[slug_of(supplier.key)])
    return redirect(f"{address}?partie={part}#{part}")


def _page(
    request: HttpRequest, supplier: Supplier, *, opened: str = "", refused: Any = None, sentence: str = ""
) -> HttpResponse:
    sheet = _sheet(supplier)
    today = timezone.localdate()
    networks = networks_beside(supplier)
    shown = []
    for part in PARTS.values():
        is_open = part.slug == opened
        # Only the open part carries its form: nine lists of sectors would weigh more than the page.
        form = (refused if refused is not None else part.make(sheet, None)) if is_open else None
        shown.append(ShownPart(part, form, part.state(sheet), is_open, sentence if is_open else ""))
    context = {
        "supplier": supplier, "slug": slug_of(supplier.key), "parts": shown,
        "freshness": freshness_of(sheet.statement.confirmed_on, today),
        "confirmed_on": sheet.statement.confirmed_on,
        "score": score_sheet(
            sheet.published, sheet.statement.confirmed_on, today, vouched=len(networks.vouches)
        ),
        "own_memberships": networks.memberships, "networks_to_ask": networks.to_ask,
        "vouches": networks.vouches, "corrections": networks.corrections,
        "proposed": [sector_label(slug) for slug in sheet.proposed_sectors],
        "unsaid": [
            f"{sector_label(one.sector)} ({one.contracts}, dernier en {one.last_on.year})" for one in sheet.unsaid_trades
        ],
        "images": supplier.profile.get("images") or [],
        "others": queries.own_suppliers(account(request)).exclude(pk=supplier.pk)[:50],
        "ask_address": request.build_absolute_uri(reverse("directory:ask", args=[slug_of(supplier.key)])),
        "is_unmanaged": queries.may_widen(account(request), supplier),
        "awaits_number": queries.awaits_word_on_number(supplier),
        "may_confirm_number": queries.awaits_word_on_number(supplier)
        and policies.may_confirm_number(account(request), supplier),
        "has_capacities": any(one.state for one in shown if one.part.slug == "disponibilites"), "renewed_months": renewed_words(today),
    }  # fmt: skip
    return render(
        request, "directory/ownership/own_sheet.html", context, status=422 if refused is not None else 200
    )
