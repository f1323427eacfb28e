"""« Mon organisation »: open it, see its members, invite, change a role, leave."""

import contextlib
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.accounts import actions, policies, queries
from levier.accounts.errors import RefusedError
from levier.accounts.forms import InvitationForm, MemberForm, NameForm, OrganisationForm
from levier.accounts.models import Invitation, User
from levier.core import mail_returns


def _user(request: HttpRequest) -> User:
    """The signed-in account: every view of this room is closed to anonymous readers by the middleware."""
    assert isinstance(request.user, User)
    return request.user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_organisation(request: HttpRequest) -> HttpResponse:
    """The only organisation of the account, the list when there are several, else how to have one."""
    user = _user(request)
    own = list(queries.organisations_of(user))
    asked = {name: request.GET.get(name, "")[:255] for name in ("siren", "name", "role")}
    form = OrganisationForm(request.POST if request.method == "POST" else None, initial=asked)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            membership = actions.create_organisation(
                by=user, siren=values["siren"], name=values["name"], role=values["role"]
            )
        except RefusedError as refusal:
            form.add_error("siren", str(refusal))
        else:
            messages.success(request, f"L’espace de « {membership.organisation.name} » est ouvert.")
            return redirect("accounts:team", pk=membership.organisation_id)
    if len(own) == 1 and request.method != "POST" and "autre" not in request.GET:
        return redirect("accounts:team", pk=own[0].pk)
    status = 422 if form.errors else 200
    return render(request, "accounts/organisation.html", {"form": form, "organisations": own}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Members and open invitations of an organisation one belongs to."""
    user = _user(request)
    organisation = policies.get_organisation_for(user, pk, to="see")
    return _team_page(request, organisation.pk, InvitationForm())


def _team_page(request: HttpRequest, pk: int, form: InvitationForm, status: int = 200) -> HttpResponse:
    user = _user(request)
    organisation = policies.get_organisation_for(user, pk, to="see")
    page = queries.team_of(organisation, reader=user)
    # Most colleagues do the same work as who invites them.
    form.initial["role"] = next((one.role for one in page.members if one.user_id == user.pk), None)
    others = queries.organisations_of(user).exclude(pk=pk)
    shown = [one.user.email for one in page.members if page.may_manage or one.user_id == user.pk]
    context = {"team": page, "others": others, "form": form, "returned": mail_returns.given_up(shown)}
    return render(request, "accounts/team.html", context, status=status)


@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation."""
    user = _user(request)
    organisation = policies.get_organisation_for(user, pk, to="manage")
    form = InvitationForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            actions.invite_member(
                by=user,
                organisation=organisation,
                email=values["email"],
                role=values["role"],
                is_admin=values["is_admin"],
            )
        except RefusedError as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"Invitation envoyée à {values['email']}.")
            return redirect("accounts:team", pk=pk)
    return _team_page(request, pk, form, status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a member's role."""
    user = _user(request)
    membership = policies.get_membership_for(user, pk, to="manage")
    initial = {"role": membership.role, "is_admin": membership.is_admin}
    form = MemberForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.change_role(
                by=user, membership=membership, role=values["role"], is_admin=values["is_admin"]
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Rôle enregistré.")
            return redirect("accounts:team", pk=membership.organisation_id)
    status = 422 if form.errors else 200
    return render(request, "accounts/member.html", {"membership": membership, "form": form}, status=status)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a member, or leave: an account may always end its own membership."""
    user = _user(request)
    membership = policies.get_membership_for(user, pk, to="see")
    is_own = membership.user_id == user.pk
    if not is_own:
        membership = policies.get_membership_for(user, pk, to="manage")
    try:
        actions.remove_member(by=user, membership=membership)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:team", pk=membership.organisation_id)
    messages.success(request, "Vous avez quitté l’organisation." if is_own else "Membre retiré.")
    if is_own:
        return redirect("accounts:organisation")
    return redirect("accounts:team", pk=membership.organisation_id)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    user = _user(request)
    waiting = policies.get_invitation_for(user, pk, to="manage")
    actions.revoke_invitation(by=user, invitation=waiting)
    messages.success(request, "Invitation retirée.")
    return redirect("accounts:team", pk=waiting.organisation_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_name(request: HttpRequest) -> HttpResponse:
    """The name colleagues and partners read; an account opened by mail may have none yet."""
    user = _user(request)
    said = {"first_name": user.first_name, "last_name": user.last_name}
    form = NameForm(request.POST if request.method == "POST" else None, initial=said)
    if request.method == "POST" and form.is_valid():
        actions.change_name(by=user, **form.cleaned_data)
        messages.success(request, "Votre nom est enregistré.")
        return redirect("accounts:organisation")
    return render(request, "accounts/name.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link of an invitation opens: a GET shows, the buttons accept or refuse.

    Whoever has no session yet, and often no account, learns what waits and how to reach it before any password.
    """
    reader = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and request.POST.get("reponse") == "non":
        with contextlib.suppress(RefusedError):
            actions.decline_invitation(by=reader, token=token)
    elif reader and request.method == "POST":
        # A refusal needs no sentence of its own: the page below says what the link is worth to this reader.
        with contextlib.suppress(RefusedError):
            membership = actions.accept_invitation(by=reader, token=token)
            messages.success(request, f"Vous avez rejoint « {membership.organisation.name} ».")
            return redirect("accounts:team", pk=membership.organisation_id)
    waiting = (
        Invitation.objects.waiting().select_related("organisation", "created_by")
        .filter(token_hash=actions.hash_token(token)).first()
    )  # fmt: skip
    # The name of the organisation is for the invited address only.
    is_for_reader = waiting is not None and reader is not None and waiting.email == reader.email.lower()
    declined = queries.declined_invitations().filter(token_hash=actions.hash_token(token)).first()
    context = {
        "waiting": waiting, "is_for_reader": is_for_reader, "declined": declined,
        "way_back": urlencode({"next": request.path}),
    }  # fmt: skip
    is_shown = declined is not None or is_for_reader or (waiting is not None and reader is None)
    return render(request, "accounts/invitation.html", context, status=200 if is_shown else 404)
