"""Conventions: listed, written, proposed, signed by their parties, followed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.models import User
from levier.core import kept_files
from levier.core.documents import DocumentError
from levier.facilitators import actions, convention_text, policies, signed_copies
from levier.facilitators.actions.conventions import current_version
from levier.facilitators.errors import RefusedError
from levier.facilitators.forms.conventions import EndForm, SignForm, WholeConventionForm
from levier.facilitators.forms.facts import ConfirmForm, TypedFactForm
from levier.facilitators.models import Convention, ConventionKind, ConventionState, DataRole, Structure
from levier.facilitators.policies.conventions import ConventionAccess
from levier.facilitators.presenting import as_html
from levier.facilitators.queries.conventions import (
    conventions_of,
    differ,
    first_end,
    following_for,
    is_left_alone,
    may_be_renewed,
    parties_of,
)
from levier.facilitators.queries.drafts import to_check
from levier.facilitators.queries.measures import fact_lines, progress_of
from levier.facilitators.queries.versions import before, changes, versions_seen
from levier.facilitators.views.common import account
from levier.rulebook.months import add_months, first_of


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The conventions of my structures, and those my organisation is asked to sign."""
    user = account(request)
    today = timezone.localdate()
    context = {
        "rows": [
            (one, one.is_to_renew(today) and not one.is_followed)  # type: ignore[attr-defined]
            for one in conventions_of(user)[:200]
        ],
        "structures": policies.structures_of(user),
        "kinds": ConventionKind.choices,
    }
    return render(request, "facilitators/conventions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, structure_pk: int, kind: str) -> HttpResponse:
    """A new draft of one of my structures."""
    user = account(request)
    structure = policies.get_structure_for(user, structure_pk)
    if kind not in ConventionKind.values:
        raise Http404("Cette nature de convention n’existe pas.")
    label = ConventionKind(kind).label
    initial: dict[str, Any] = {
        "title": "Charte locale de la clause sociale"
        if kind == ConventionKind.CHARTER
        else f"Convention de coopération : {str(label).lower()}",
        # A charter says what each will do: no data of people goes with it, unless its authors want so.
        "has_data_annex": kind != ConventionKind.CHARTER,
        "data_role": DataRole.PROCESSOR.value,
        "is_public": True,
        # Time to read and sign: nobody agrees for days already gone.
        "valid_from": first_of(add_months(timezone.localdate(), 1)),
        "services": [one.key for one in convention_text.services()],
    }
    form = WholeConventionForm(kind, request.POST or None, **initial)
    return _write(request, user, structure, form, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    user = account(request)
    found = policies.get_convention_for(user, pk, to="edit").convention
    if not found.is_draft:
        messages.error(request, "Cette convention n’est plus un brouillon : reprenez-la d’abord.")
        return redirect("facilitators:convention", pk=pk)
    form = WholeConventionForm(found.kind, request.POST or None, found)
    return _write(request, user, found.structure, form, found)


def _write(
    request: HttpRequest,
    user: User,
    structure: Structure,
    form: WholeConventionForm,
    found: Convention | None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        siren = structure.siret[:9] or (structure.organisation.siren if structure.organisation else "") or ""
        try:
            saved = actions.save_convention(
                by=user, structure=structure, values=form.as_values(structure.name, siren), convention=found
            )
        except RefusedError as refusal:
            form.main.add_error(None, str(refusal))
        else:
            return redirect("facilitators:convention", pk=saved.pk)
    context = {
        "structure": structure,
        "form": form,
        "convention": found,
        "kind_label": ConventionKind(form.kind).label,
    }
    return render(
        request, "facilitators/convention_write.html", context, status=422 if form.has_errors else 200
    )


@never_cache
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A convention: where it stands, its text, who signed, how its commitments are kept."""
    return convention_page(request, policies.get_convention_for(account(request), pk, to="see"))


def convention_page(
    request: HttpRequest,
    access: ConventionAccess,
    *,
    sign: SignForm | None = None,
    typed: TypedFactForm | None = None,
    confirm: ConfirmForm | None = None,
    end: EndForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    found = access.convention
    parties = parties_of(found)
    version = current_version(found)
    own = next((state for state in parties if access.party and state.party.pk == access.party.pk), None)
    seen = versions_seen(found, sees_drafts=access.may_edit)
    started = {
        "signer_name": access.party.signatory_name if access.party else "",
        "signer_title": access.party.signatory_title if access.party else "",
    }
    context = {
        "one": found,
        "access": access,
        "parties": parties,
        "silent": [state.party for state in parties if state.is_silent],
        "own": own,
        "differ": differ(parties),
        "version": version,
        "versions": seen,
        "older": before(version, seen),
        "copies": version.copies.select_related("party"),
        "text": as_html(version.text),
        "progress": progress_of(found, on=timezone.localdate()),
        "facts": fact_lines(found, on=timezone.localdate()),
        "typed": typed or TypedFactForm(),
        "confirm": confirm or ConfirmForm(initial={"done_on": timezone.localdate()}),
        "may_confirm": access.party is not None and found.state == ConventionState.SIGNED,
        "may_type": access.may_edit and found.state == ConventionState.SIGNED,
        "refusal": refusal,
        "refused_words": request.POST.get("mots", ""),
        "to_check": to_check(found, parties) if found.is_draft else (),
        "end": end or EndForm(initial={"on": first_end(found, timezone.localdate())}),
        "first_end": first_end(found, timezone.localdate()),
        "leaves_alone": access.party is not None and is_left_alone(found, access.party),
        "is_to_renew": found.is_to_renew(timezone.localdate()),
        "following": following_for(found, sees_drafts=access.may_edit),
        "may_renew": access.may_edit and may_be_renewed(found, timezone.localdate()),
        "sign": sign or SignForm(initial=started),
    }
    return render(request, "facilitators/convention.html", context, status=status)


@never_cache
@require_safe
def document(request: HttpRequest, pk: int, target: str) -> HttpResponse:
    """The current text as a file, with its hash; ?version= for an older one."""
    access = policies.get_convention_for(account(request), pk, to="see")
    found = access.convention
    if target not in convention_text.FORMATS:
        raise Http404(f"Le format « {target[:10]} » n’existe pas.")
    asked = request.GET.get("version", "")
    version = (
        policies.get_version_of(access, int(asked))
        if asked.isdecimal() and len(asked) < 5
        else current_version(found)
    )
    try:
        content, kind = convention_text.document(
            version.text, target, title=found.title, footer=convention_text.footer(version)
        )
    except DocumentError as problem:
        context = {"title": "Document impossible", "sentence": str(problem)}
        return render(request, "core/error.html", context, status=500)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = (
        f'attachment; filename="convention-{found.pk}-v{version.number}.{target}"'
    )
    return response


@never_cache
@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version: what changed since the one before, who signed it, its text."""
    access = policies.get_convention_for(account(request), pk, to="see")
    found = policies.get_version_of(access, number)
    older = before(found, versions_seen(access.convention, sees_drafts=access.may_edit))
    context = {
        "one": access.convention,
        "version": found,
        "older": older,
        "changes": changes(older, found) if older else (),
        "signatures": found.signatures.select_related("party"),
        "is_last": not access.convention.versions.filter(number__gt=number).exists(),
        "text": as_html(found.text),
    }
    return render(request, "facilitators/convention_version.html", context)


@never_cache
@require_safe
def copy(request: HttpRequest, pk: int, copy_pk: int) -> HttpResponseBase:
    """A signed copy, always as a download: nothing that somebody sent is shown as a page of the site."""
    found = policies.get_convention_for(account(request), pk, to="see").convention
    kept = policies.get_copy_of(found, copy_pk)
    name = kept.name if kept.name.lower().endswith(".pdf") else f"{kept.name}.pdf"
    handle = kept_files.path_of(kept.sha256, room=signed_copies.ROOM).open("rb")
    response = FileResponse(handle, as_attachment=True, filename=name, content_type="application/pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_POST
def move(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The structure proposes, takes back, deletes or renews."""
    user = account(request)
    moves: dict[str, tuple[Any, str]] = {
        "proposer": (actions.propose_convention, "La convention est proposée ; les parties sont prévenues."),
        "reprendre": (actions.rework_convention, "La convention est de nouveau un brouillon."),
        "supprimer": (actions.delete_convention, "Le brouillon est supprimé."),
        "renouveler": (
            actions.renew_convention,
            "La suivante est écrite d’après celle-ci : relisez les dates, les engagements et les montants.",
        ),
    }
    if act not in moves:
        raise Http404("Cette page n’existe pas.")
    action, said = moves[act]
    access = policies.get_convention_for(user, pk, to="edit")
    try:
        made = action(by=user, convention=access.convention)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("facilitators:convention", pk=pk)
    messages.success(request, said)
    if act == "renouveler":
        return redirect(
            "facilitators:edit_convention" if made.is_draft else "facilitators:convention", pk=made.pk
        )
    return (
        redirect("facilitators:conventions")
        if act == "supprimer"
        else redirect("facilitators:convention", pk=pk)
    )


@require_POST
def type_fact(request: HttpRequest, pk: int) -> HttpResponse:
    """The structure writes what nothing here can see; the other parties read that it was typed."""
    user = account(request)
    access = policies.get_convention_for(user, pk, to="edit")
    form = TypedFactForm(request.POST)
    if form.is_valid():
        try:
            actions.type_measure_fact(by=user, convention=access.convention, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est noté, comme saisi à la main.")
            return redirect("facilitators:convention", pk=pk)
    return convention_page(request, access, typed=form, status=422)


@require_POST
def confirm(request: HttpRequest, pk: int, commitment_pk: int) -> HttpResponse:
    """A party says that a promise seen by hand was done: all read who said it, and when it was."""
    user = account(request)
    access = policies.get_convention_for(user, pk, to="confirm")
    commitment = policies.get_commitment_of(access.convention, commitment_pk)
    form = ConfirmForm(request.POST)
    if form.is_valid() and access.party is not None:
        try:
            actions.confirm_commitment(
                by=user, party=access.party, commitment=commitment, **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est constaté : les autres parties le lisent, avec votre nom.")
            return redirect("facilitators:convention", pk=pk)
    return convention_page(request, access, confirm=form, status=422)
