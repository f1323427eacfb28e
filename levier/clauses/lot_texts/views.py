"""The texts of a lot on one page: read, fill, check, take away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from levier.clauses.exporting import FORMATS, export
from levier.clauses.lot_texts.actions import keep_values
from levier.clauses.lot_texts.drafting import field_of, label_of, texts_of
from levier.clauses.result import ClauseError
from levier.clauses.showing import as_html
from levier.clauses.typed import value_names
from levier.core.documents import DocumentError
from levier.purchasing.policies import get_lot_for, sides_for
from levier.purchasing.views.common import account, refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """The texts of a lot. POST keeps the values typed: the buyer's and the facilitator's alike."""
    user = account(request)
    lot = get_lot_for(user, lot_pk)
    problem = ""
    if request.method == "POST":
        if not sides_for(user, lot.purchase):
            raise PermissionDenied
        typed = {name: request.POST[name][:5000] for name in value_names() if name in request.POST}
        try:
            keep_values(by=user, lot=lot, values=typed)
        except ClauseError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Les textes sont remplis avec ces valeurs.")
            return redirect("clauses:lot_texts", lot_pk=lot.pk)
    found = texts_of(lot)
    names = dict.fromkeys([*(field_of(gap.name) for gap in found.gaps), *found.typed])
    context = {
        "lot": lot,
        "purchase": lot.purchase,
        "found": found,
        "drafts": [
            (made, [(one, as_html(one.markdown)) for one in made.documents if not one.is_extract])
            for made in found.drafts
        ],
        "fields": [
            (name, label_of(name), request.POST.get(name, found.typed.get(name, ""))) for name in names
        ],
        "problem": problem,
        "formats": FORMATS,
    }
    return render(request, "clauses/lot_texts/page.html", context, status=422 if problem else 200)


@never_cache
@require_GET
def file(request: HttpRequest, lot_pk: int, target: str) -> HttpResponse:
    """Every document of the lot as one file; ?document= for one of them."""
    lot = get_lot_for(account(request), lot_pk)
    found = texts_of(lot)
    wanted = request.GET.get("document", "")
    documents = [one for one in found.documents if not wanted or one.code == wanted]
    if not documents or target not in FORMATS:
        raise Http404("Ce document n’existe pas pour ce lot.")
    title = documents[0].title if len(documents) == 1 else f"Lot {lot.number} : {lot.title}"
    try:
        content, media_type = export(documents, target, title=title)
    except DocumentError as problem:
        return refused(request, "Document impossible", str(problem), status=500)
    response = HttpResponse(content, content_type=media_type)
    name = f"lot-{lot.number}-{wanted}" if wanted else f"lot-{lot.number}-textes"
    response["Content-Disposition"] = f'attachment; filename="{name}.{target}"'
    return response
