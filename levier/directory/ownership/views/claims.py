"""« C’est ma structure »: find it, prove it, wait; read documents; accept a colleague."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.errors import RefusedError
from levier.directory.models import Claim, ReviewingNetwork
from levier.directory.ownership import actions, papers, policies, queries, reach
from levier.directory.ownership.forms.claims import (
    CodeForm,
    DecisionForm,
    DocumentForm,
    NumberForm,
    ProofForm,
    SheetsForm,
)
from levier.directory.ownership.proofs import Proofs
from levier.directory.ownership.views.signed_in import account
from levier.directory.results import key_of, slug_of
from levier.organisations.identifiers import is_valid_siren, is_valid_siret, siren_of


@never_cache
@require_safe
def own_sheets(request: HttpRequest) -> HttpResponse:
    """« Ma fiche »: the sheets one keeps, what waits, and how to ask for one's own."""
    user = account(request)
    own = list(queries.own_suppliers(user)[:200])
    waiting = list(queries.own_claims(user))
    to_accept = [
        {"claim": one, "has_many": reach.sheets_of_unit(one.supplier).count() > 1}
        for one in queries.claims_to_accept(user)
    ]
    if len(own) == 1 and not waiting and not to_accept and not request.GET:
        return redirect("directory:own_sheet", slug=slug_of(own[0].key))
    form = NumberForm(request.GET if "numero" in request.GET else None)
    number = form.cleaned_data["numero"] if form.is_valid() else ""
    found = queries.suppliers_by_number(number)
    # A structure that moved has another SIRET than the lists: its sheet has the same SIREN.
    moved = [] if found else queries.suppliers_by_number(siren_of(number))
    context = {
        "form": form, "found": found or moved, "has_moved": bool(moved), "number": number,
        "is_number_right": is_valid_siret(number) or is_valid_siren(number),
 "own": own, "claims": waiting, "to_accept": to_accept,
        "has_searched": form.is_bound and form.is_valid(), "may_review": queries.may_review(user),
        "colleagues": len(own) > 1 and queries.restrictable_members(user).exists(),
    }  # fmt: skip
    return render(request, "directory/ownership/own_sheets.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a proof for one sheet."""
    user = account(request)
    supplier = policies.get_claimable_supplier_for(user, key_of(slug))
    is_widening = queries.keeps(user, supplier)
    if is_widening and not queries.may_widen(user, supplier):
        return redirect("directory:own_sheet", slug=slug_of(supplier.key))
    is_managed = queries.is_managed(supplier)
    form = ProofForm(
        request.POST if request.method == "POST" else None,
        # A code opened what it could.
        proofs=Proofs((), ()) if is_widening else queries.proofs_of(supplier),
        is_numberless=supplier.organisation_id is None,
    )
    refused = ""
    if request.method == "POST" and (is_managed or form.is_valid()):
        try:
            address, number = ("", "") if is_managed else (form.address, form.number)
            claim = actions.ask_for_sheet(by=user, supplier=supplier, address=address, number=number)
        except RefusedError as refusal:
            refused = str(refusal)
        else:
            return redirect("directory:claim", pk=claim.pk)
    context = {
        "supplier": supplier, "is_managed": is_managed, "form": form, "refused": refused,
        "has_many": reach.has_many_places(supplier), "is_widening": is_widening,
    }  # fmt: skip
    status = 422 if refused or (form.errors and not is_managed) else 200
    return render(request, "directory/ownership/ask.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own request: type the code, send the document, or give it up."""
    user = account(request)
    asked = policies.get_claim_for(user, pk, to="answer")
    is_code = asked.proof == Claim.Proof.CODE
    form_class = CodeForm if is_code else DocumentForm
    form = (
        form_class(request.POST or None, request.FILES or None) if request.method == "POST" else form_class()
    )
    if request.method == "POST" and form.is_valid():
        try:
            if not is_code:
                actions.send_document(by=user, claim=asked, upload=form.cleaned_data["justificatif"])
                messages.success(request, "Justificatif reçu : vous aurez la réponse par courriel.")
                return redirect("directory:claim", pk=pk)
            if actions.prove_by_code(by=user, claim=asked, code=form.cleaned_data["code"]):
                messages.success(request, "C’est prouvé : cette fiche est la vôtre. Complétez-la ci-dessous.")
                return redirect("directory:own_sheet", slug=slug_of(asked.supplier.key))
            messages.warning(
                request, "Quelqu’un tient cette fiche depuis peu : votre demande lui a été envoyée."
            )
            return redirect("directory:claim", pk=pk)
        except RefusedError as refusal:
            form.add_error("code" if is_code else "justificatif", str(refusal))
    status = 422 if form.errors else 200
    return render(request, "directory/ownership/claim.html", {"claim": asked, "form": form}, status=status)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a request."""
    user = account(request)
    asked = policies.get_claim_for(user, pk, to="answer")
    actions.withdraw_claim(by=user, claim=asked)
    messages.success(request, "Demande retirée.")
    return redirect("directory:own_sheets")


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager accepts or refuses somebody who asks for the same sheet."""
    user = account(request)
    asked = policies.get_claim_for(user, pk, to="accept")
    is_accepted = request.POST.get("reponse") in {"oui", "fiche"}
    is_whole = request.POST.get("reponse") == "oui"
    try:
        actions.decide_on_rival(by=user, claim=asked, is_accepted=is_accepted, is_whole=is_whole)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Demande acceptée." if is_accepted else "Demande refusée.")
    return redirect("directory:own_sheets")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """Documents that wait; for the staff, the networks that may read them."""
    user = policies.check_reviewer(request.user)
    refused = ""
    if request.method == "POST":
        if not user.is_staff:
            raise Http404("Cette page n’existe pas.")
        try:
            if request.POST.get("retirer", "").isdigit():
                actions.remove_reviewing_network(by=user, network_id=int(request.POST["retirer"]))
            else:
                actions.name_reviewing_network(by=user, siren=request.POST.get("siren", "")[:20])
            return redirect("directory:reviews")
        except RefusedError as refusal:
            refused = str(refusal)
    networks = ReviewingNetwork.objects.select_related("organisation") if user.is_staff else ()
    context = {"claims": queries.claims_read_by(user), "networks": networks, "refused": refused}
    return render(request, "directory/ownership/reviews.html", context, status=422 if refused else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one document, accept or refuse."""
    user = account(request)
    asked = policies.get_claim_for(user, pk, to="review")
    has_many = bool(asked.given_number) or reach.has_many_places(asked.supplier)
    form = DecisionForm(request.POST if request.method == "POST" else None, has_many=has_many)
    if request.method == "POST" and form.is_valid():
        is_accepted = request.POST.get("reponse") == "oui"
        try:
            decided = actions.decide_on_document(
                by=user, claim=asked, is_accepted=is_accepted, reason=form.cleaned_data["motif"],
                is_whole=form.is_whole,
            )  # fmt: skip
        except RefusedError as refusal:
            form.add_error("motif", str(refusal))
        else:
            is_waiting = decided.state == Claim.State.ASKED
            messages.success(
                request, "La fiche a trouvé qui la tient : c’est à cette personne de répondre."
                if is_waiting else "Décision enregistrée, justificatif supprimé.",
            )  # fmt: skip
            return redirect("directory:reviews")
    context = {"claim": asked, "form": form, "website": asked.supplier.website, "has_many": has_many}
    return render(request, "directory/ownership/review.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document itself, for its reviewer only; a file to save, never a page of the site."""
    asked = policies.get_claim_for(request.user, pk, to="review")
    path = papers.path_of(asked.document)
    if path is None:
        raise Http404("Ce justificatif a été supprimé : quelqu’un a déjà décidé.")
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"justificatif-{asked.pk}{path.suffix}",
        content_type=papers.content_type(asked.document),
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Who keeps which sheets, for those who manage the members."""
    members = queries.restrictable_members(account(request))
    return render(request, "directory/ownership/team.html", {"members": members})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def colleague(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the sheets of one colleague."""
    user = account(request)
    membership = policies.get_colleague_for(user, pk)
    form = SheetsForm(request.POST if request.method == "POST" else None, membership=membership)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_sheets(by=user, membership=membership, sheets=form.sheets)
        except RefusedError as refusal:
            form.add_error("portee", str(refusal))
        else:
            messages.success(request, f"Les fiches de {membership.user} sont enregistrées.")
            return redirect("directory:sheet_team")
    context = {"membership": membership, "form": form}
    return render(request, "directory/ownership/colleague.html", context, status=422 if form.errors else 200)
