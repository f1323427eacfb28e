"""« Mes listes » and « Mes recherches »: closed to anonymous readers by the middleware."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.accounts.models import User
from levier.accounts.policies import get_organisation_for
from levier.accounts.queries import organisations_of
from levier.core.posted import row_key
from levier.directory import exports
from levier.directory.results import key_of
from levier.directory.selections import actions, policies, queries
from levier.directory.selections.actions import SelectionRefusedError


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """The lists of one's organisations, and the form that opens one."""
    user = _user(request)
    problem, name = "", request.POST.get("name", "")
    if request.method == "POST":
        organisation = get_organisation_for(user, row_key(request.POST.get("organisation", "")), to="see")
        try:
            made = actions.create_list(by=user, organisation=organisation, name=name)
        except SelectionRefusedError as refusal:
            problem = str(refusal)
        else:
            return redirect("directory:list", pk=made.pk)
    context = {
        "lists": queries.lists_of(user), "organisations": organisations_of(user), "problem": problem, "name": name,
    }  # fmt: skip
    return render(request, "directory/lists.html", context, status=422 if problem else 200)


@never_cache
@require_safe
def one_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The suppliers of one list."""
    user = _user(request)
    found = policies.get_list_for(user, pk, to="complete")
    context = {
        "list": found, "entries": queries.entries_of(found), "may_delete": policies.can_delete_list(user, found),
    }  # fmt: skip
    return render(request, "directory/list_page.html", context)


@never_cache
@require_safe
def list_file(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """A list as a file, `csv` or `xlsx`, with the contacts."""
    found = policies.get_list_for(_user(request), pk, to="complete")
    lines, columns = queries.export_rows(found), exports.columns(with_contacts=True) + queries.LIST_COLUMNS
    if form == "xlsx":
        return FileResponse(exports.as_xlsx(lines, columns), as_attachment=True, filename=f"liste-{pk}.xlsx")
    if form != "csv":
        raise Http404("Ce format n’existe pas : choisissez CSV ou XLSX.")
    response = StreamingHttpResponse(exports.as_csv(lines, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="liste-{pk}.csv"'
    return response


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add the suppliers named (``f``) to a list, or to a new one."""
    user = _user(request)
    keys = [key_of(slug) for slug in request.POST.getlist("f")]
    try:
        if name := request.POST.get("name", "").strip():
            organisation = get_organisation_for(user, row_key(request.POST.get("organisation", "")), to="see")
            target = actions.create_list(by=user, organisation=organisation, name=name)
        else:
            target = policies.get_list_for(user, row_key(request.POST.get("list", "")), to="complete")
        count = actions.add_to_list(
            by=user, supplier_list=target, keys=keys, note=request.POST.get("note", "")
        )
    except SelectionRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("directory:lists")
    if count:
        messages.success(request, f"Ajouté à la liste « {target.name} ».")
    else:
        messages.info(request, f"Déjà dans la liste « {target.name} ».")
    return redirect("directory:list", pk=target.pk)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one supplier out of a list."""
    user = _user(request)
    found = policies.get_list_for(user, pk, to="complete")
    actions.remove_from_list(by=user, supplier_list=found, entry_id=row_key(request.POST.get("entry", "")))
    messages.success(request, "Fournisseur retiré de la liste.")
    return redirect("directory:list", pk=pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a list."""
    user = _user(request)
    found = policies.get_list_for(user, pk, to="delete")
    actions.delete_list(by=user, supplier_list=found)
    messages.success(request, f"La liste « {found.name} » est supprimée.")
    return redirect("directory:lists")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def searches(request: HttpRequest) -> HttpResponse:
    """The searches one keeps; POST keeps the one of the results page."""
    user = _user(request)
    if request.method == "POST":
        try:
            kept = actions.save_search(
                by=user, query=request.POST.get("query", ""), name=request.POST.get("name", "")
            )
        except SelectionRefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            if kept.has_alert:
                said = "un courriel vous dira qui est nouveau."
            else:
                said = f"sans alerte. {actions.TOO_WIDE}"
            messages.success(request, f"Recherche « {kept.name} » enregistrée : {said}")
        return redirect("directory:searches")
    return render(request, "directory/searches.html", {"searches": queries.searches_of(user)})


# RFC 8058: a mail reader sends this POST by itself, without cookie nor token. The signed address is the proof.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_search(request: HttpRequest, signed: str) -> HttpResponse:
    """The last link of an alert: reading changes nothing, the button stops its mails."""
    search = actions.search_of_link(signed)
    if search is None:
        raise Http404(
            "Ce lien n’est pas entier, ou cette recherche n’est plus gardée : aucun courriel n’en part."
        )
    if request.method == "POST" and search.has_alert:
        actions.set_alert(by=search.user, search=search, has_alert=False)
    return render(request, "directory/search_stop.html", {"search": search})


@require_POST
def change_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn the alert on or off, or forget the search."""
    user = _user(request)
    search = policies.get_search_for(user, pk)
    match request.POST.get("do"):
        case "forget":
            actions.delete_search(by=user, search=search)
            messages.success(request, "Recherche oubliée.")
        case "alert" | "silence" as wish:
            try:
                actions.set_alert(by=user, search=search, has_alert=wish == "alert")
            except SelectionRefusedError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, "Alerte activée." if wish == "alert" else "Alerte arrêtée.")
    return redirect("directory:searches")
