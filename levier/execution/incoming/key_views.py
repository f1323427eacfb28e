"""The page of the keys with which programs declare hours."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.execution.errors import RefusedError
from levier.execution.incoming import programs
from levier.execution.incoming.forms import KeyForm
from levier.execution.models import ApiKey
from levier.facilitators.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """My keys; a new one is shown once, in the answer that makes it."""
    user = account(request)
    organisations = programs.organisations_for(user)
    if not organisations:
        raise PermissionDenied(
            "seuls les membres d’une entreprise titulaire, ou les facilitateurs, font des clés d’API"
        )
    form = KeyForm(request.POST or None, organisations=[(one.pk, one.name) for one in organisations])
    secret = ""
    if request.method == "POST" and form.is_valid():
        own = next(one for one in organisations if str(one.pk) == form.cleaned_data["organisation"])
        try:
            _, secret = programs.make_key(by=user, organisation=own, label=form.cleaned_data["label"])
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
    rows = ApiKey.objects.filter(by=user, revoked_at=None).select_related("organisation")
    context = {"form": form, "keys": rows, "secret": secret}
    return render(request, "execution/incoming/keys.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop one of my keys."""
    user = account(request)
    found = ApiKey.objects.filter(pk=pk, by=user).first()
    if found is None:
        raise Http404("Cette clé n’existe pas, ou elle n’est pas à vous.")
    programs.revoke_key(by=user, key=found)
    messages.success(request, "La clé est retirée : le logiciel qui l’emploie est refusé dès maintenant.")
    return redirect("incoming:keys")
