"""The members' pages: list, exports, add one, one member, remove and undo, lines still awaited."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.errors import RefusedError
from levier.core.search import SearchError
from levier.core.typography import NO_BREAK
from levier.directory import index
from levier.directory.models import (
    AwaitedMember,
    NetworkMember,
    ReviewingNetwork,
    SheetCorrection,
    Supplier,
    Vouch,
)
from levier.directory.networks import actions, exports, policies, queries
from levier.directory.networks.forms import CheckForm, CorrectionForm, FindForm, MembersForm
from levier.directory.networks.members import FILTERS, PER_PAGE, member_lines, members_found, tick_of
from levier.directory.networks.vouching import facts_of_members
from levier.directory.ownership.queries import suppliers_by_number
from levier.directory.ownership.views.signed_in import account
from levier.directory.results import key_of, slug_of
from levier.directory.search import SupplierQuery
from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class MemberPages:
    """The pages of a list of members, as the component asks."""

    number: int
    last: int
    address: str

    def url_of(self, number: int) -> str:
        """Address of another page, filters kept."""
        return f"{self.address}page={number}"


@never_cache
@require_safe
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """The members, searched and filtered."""
    network = policies.get_network_for(request.user, pk)
    form = MembersForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = members_found(network, asked.get("q", ""), asked.get("voir", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in asked.items() if value})
    address = f"{reverse('directory:members', args=[pk])}?{kept.urlencode()}{'&' if kept else ''}"
    context = {
        "network": network, "form": form, "count": page.paginator.count, "query": kept.urlencode(),
        "lines": member_lines(network, list(page.object_list)),
        "pages": MemberPages(page.number, page.paginator.num_pages, address),
        "has_asked": bool(kept), "filters": FILTERS,
        "awaited": AwaitedMember.objects.filter(network_id=pk)[:200],
        "last_removed": _last_removed(request, pk),
    }  # fmt: skip
    return render(request, "directory/networks/members.html", context)


def _last_removed(request: HttpRequest, pk: int) -> Supplier | None:
    """The member just removed, so that one click puts it back."""
    if not (removed := request.GET.get("retire", "")):
        return None
    key = key_of(removed)
    left = queries.suppliers_in_state(pk, NetworkMember.State.LEFT)
    return next((supplier for _, supplier in left if supplier.key == key), None)


@never_cache
@require_safe
def members_file(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """The same members as a file."""
    network = policies.get_network_for(request.user, pk)
    asked = MembersForm(request.GET)
    values = asked.cleaned_data if asked.is_valid() else {}
    found = members_found(network, values.get("q", ""), values.get("voir", ""))
    lines = member_lines(network, list(found))
    if form == "xlsx":
        return FileResponse(exports.as_xlsx(lines), as_attachment=True, filename="membres.xlsx")
    if form != "csv":
        raise Http404("Ce format n’existe pas : choisissez CSV ou XLSX.")
    response = HttpResponse(exports.as_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="membres.csv"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Find one structure by number or name (GET), then gather it or keep it as awaited (POST)."""
    user = account(request)
    network = policies.get_network_for(user, pk)
    if request.method == "POST":
        return _add(request, network)
    form = FindForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = _search(text) if text else []
    held = queries.membership_dates(pk, found)
    context = {
        "network": network, "form": form, "text": text, "problem": "" if found else _number_problem(text),
        "found": [(one, one.pk in held) for one in found],
    }  # fmt: skip
    return render(request, "directory/networks/add.html", context, status=422 if form.errors else 200)


def _search(text: str) -> list[Supplier]:
    if numbered := suppliers_by_number(text, MOST_FOUND):
        return numbered
    if len(clean_digits(text)) in {9, 14}:
        return []
    try:
        keys = index.find(SupplierQuery(text=text, name=text, with_ess=True, limit=MOST_FOUND)).keys
    except SearchError:
        # No index yet: the beginning of a name is better than nothing.
        return list(
            Supplier.objects.filter(name__istartswith=text, is_listed=True).order_by("name")[:MOST_FOUND]
        )
    known = Supplier.objects.in_bulk([int(key) for key in keys])
    return [known[int(key)] for key in keys if int(key) in known]


def _number_problem(text: str) -> str:
    """A sentence for a number that is plainly wrong."""
    digits = clean_digits(text)
    if len(digits) not in {9, 14} or is_valid_siret(digits) or is_valid_siren(digits):
        return ""
    return "Ce numéro est faux : un chiffre manque ou n’est pas le bon."


def _add(request: HttpRequest, network: ReviewingNetwork) -> HttpResponse:
    user, pk = account(request), network.organisation_id
    if text := request.POST.get("attendre", "").strip():
        digits = clean_digits(text)
        is_number = is_valid_siret(digits) or is_valid_siren(digits)
        actions.await_member(
            by=user, network=network, number=digits if is_number else "", label="" if is_number else text
        )
        messages.success(request, "Noté : la ligne attend que sa fiche arrive dans l’annuaire.")
        return redirect("directory:members", pk=pk)
    supplier = Supplier.objects.filter(key=key_of(request.POST.get("f", "")), is_listed=True).first()
    if supplier is None:
        raise Http404("Cette structure n’est pas, ou n’est plus, dans l’annuaire.")
    try:
        actions.add_member(by=user, network=network, supplier=supplier)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"« {supplier.brand or supplier.name} » est membre de votre réseau.")
    return redirect("directory:members", pk=pk)


@never_cache
@require_safe
def member(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One member: its facts, what the network vouches for, corrections, invitation."""
    network, supplier = policies.get_member_for(request.user, pk, key_of(slug))
    return member_page(request, network, supplier)


def member_page(
    request: HttpRequest,
    network: ReviewingNetwork,
    supplier: Supplier,
    *,
    check: CheckForm | None = None,
    correction: CorrectionForm | None = None,
    refused: str = "",
) -> HttpResponse:
    """The page of one member; with a refused form, as it was sent."""
    shown = queries.gathered_suppliers(network.organisation_id).get(pk=supplier.pk)
    facts = facts_of_members(network.organisation_id, [shown])[shown.pk]
    is_refused = bool(refused or (check and check.errors) or (correction and correction.errors))
    context = {
        "ticked": set(request.POST.getlist("fait")),
        "network": network, "line": member_lines(network, [shown])[0], "slug": slug_of(supplier.key),
        "facts": [(fact, tick_of(shown, fact.fact.slug, fact.value_hash)) for fact in facts],
        "check": check or CheckForm(), "correction": correction or CorrectionForm(), "refused": refused,
        "corrections": SheetCorrection.objects.filter(network_id=network.organisation_id, supplier=shown)[:20],
        "withdrawn": _withdrawn(request, network, shown),
    }  # fmt: skip
    return render(request, "directory/networks/member.html", context, status=422 if is_refused else 200)


def _withdrawn(request: HttpRequest, network: ReviewingNetwork, supplier: Supplier) -> Vouch | None:
    """The vouch just taken back, so that one click restores it."""
    text = request.GET.get("retiree", "")
    if not text.isdecimal() or len(text) > 18:
        return None
    return Vouch.objects.filter(
        pk=int(text), network_id=network.organisation_id, supplier=supplier, withdrawn_at__isnull=False
    ).first()


@require_POST
def remove(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """The network gathers it no more; the next page undoes it."""
    user = account(request)
    network, supplier = policies.get_member_for(user, pk, key_of(slug))
    actions.remove_member(by=user, network=network, supplier=supplier)
    return redirect(f"{reverse('directory:members', args=[pk])}?retire={slug_of(supplier.key)}")


@require_POST
def restore(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Undo a removal."""
    user = account(request)
    network, supplier = policies.get_member_for(user, pk, key_of(slug), state=NetworkMember.State.LEFT)
    try:
        actions.restore_member(by=user, network=network, supplier=supplier)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"« {supplier.brand or supplier.name} » est de nouveau membre.")
    return redirect("directory:members", pk=pk)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again for the lines that waited, or drop one of them (``oublier``)."""
    user = account(request)
    network = policies.get_network_for(user, pk)
    dropped = request.POST.get("oublier", "")
    if dropped.isdecimal() and len(dropped) < 18:
        actions.forget_awaited(by=user, network=network, awaited_id=int(dropped))
        messages.success(request, "Ligne oubliée.")
    else:
        count = actions.settle_awaited(by=user.as_actor(), network=network)
        plural = "s" if count > 1 else ""
        messages.success(
            request,
            f"{count}{NO_BREAK}membre{plural} rattaché{plural}."
            if count
            else "Aucune fiche n’est encore arrivée.",
        )
    return redirect("directory:members", pk=pk)
