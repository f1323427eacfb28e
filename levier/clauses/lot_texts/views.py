"""The texts of a lot on one page: read, fill, check, take away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from levier.clauses.errors import StudyRefusedError
from levier.clauses.exporting import FORMATS, export
from levier.clauses.lot_texts import publishing
from levier.clauses.lot_texts.actions import keep_values
from levier.clauses.lot_texts.drafting import opening, texts_of
from levier.clauses.lot_texts.fields import fields_of, is_share
from levier.clauses.lot_texts.siblings import as_in_other_lots
from levier.clauses.lot_texts.whole import FORMATS as WHOLE_FORMATS
from levier.clauses.lot_texts.whole import ZIP, LotPart, as_file, as_zip, whole_texts
from levier.clauses.result import ClauseError
from levier.clauses.showing import as_html
from levier.clauses.studies.presenting import lots_of
from levier.clauses.typed import value_names
from levier.core.documents import DocumentError
from levier.purchasing.policies import get_lot_for, get_purchase_for, sides_for
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
        try:
            keep_values(by=user, lot=lot, values=_typed(request))
        except ClauseError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Les textes sont remplis avec ces valeurs.")
            return redirect("clauses:lot_texts", lot_pk=lot.pk)
    found = texts_of(lot)
    posted = _typed(request)
    fields = as_in_other_lots(lot, fields_of(lot, found, posted=posted), posted=posted)
    context = {
        "lot": lot,
        "purchase": lot.purchase,
        "found": found,
        "drafts": [
            (made, [(one, as_html(one.markdown)) for one in made.documents if not one.is_extract])
            for made in found.drafts
        ],
        "general": [one for one in fields if one.group == "general"],
        "penalties": [one for one in fields if one.group == "penalties"],
        "lots": lots_of(lot),
        "problem": problem,
        "formats": FORMATS,
    }
    return render(request, "clauses/lot_texts/page.html", context, status=422 if problem else 200)


def _typed(request: HttpRequest) -> dict[str, str]:
    posted = {name: request.POST[name][:5000] for name in value_names() if name in request.POST}
    return {name: _as_share(value) if is_share(name) else value for name, value in posted.items()}


def _as_share(typed: str) -> str:
    """« 20 » in a field in per cent is 20 %; « 0,2 » stays what it was, a share."""
    digits = typed.strip().replace(",", ".")
    try:
        return f"{typed.strip()} %" if float(digits) > 1 else typed
    except ValueError:
        return typed


@never_cache
@require_GET
def publication(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """What is to publish of the lot, as JSON: DECP, eForms, OCDS."""
    lot = get_lot_for(account(request), lot_pk)
    found = texts_of(lot).publication
    if found is None:
        raise Http404("Rien n’est encore choisi pour ce lot.")
    response = JsonResponse(found.as_dict(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="lot-{lot.number}-publication.json"'
    return response


@never_cache
@require_GET
def publication_xml(request: HttpRequest, lot_pk: int) -> HttpResponse:
    """The eForms codes of the lot in their places, as XML to put in a notice."""
    lot = get_lot_for(account(request), lot_pk)
    part = LotPart(lot, texts_of(lot))
    if part.texts.publication is None or not part.texts.publication.eforms:
        raise Http404("Rien n’est à publier pour ce lot.")
    return _attached(publishing.as_xml([part]), "xml", f"lot-{lot.number}-publication")


@never_cache
@require_GET
def whole_publication(request: HttpRequest, pk: int, target: str) -> HttpResponse:
    """What is to publish of every lot: JSON (DECP, eForms, OCDS), or the XML of the lots of a notice."""
    purchase = get_purchase_for(account(request), pk)
    found = whole_texts(purchase)
    if target not in publishing.FORMATS or not publishing.has_anything(found):
        raise Http404("Rien n’est encore à publier pour cet achat.")
    content = publishing.as_json(found) if target == "json" else publishing.as_xml(found.parts)
    return _attached(content, target, f"achat-{purchase.pk}-publication")


def _attached(content: bytes, target: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=publishing.FORMATS[target])
    response["Content-Disposition"] = f'attachment; filename="{name}.{target}"'
    return response


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
    whole = lot.purchase.title if found.is_unsplit else f"Lot {lot.number} : {lot.title}"
    title = documents[0].title if len(documents) == 1 else whole
    try:
        first_page = "" if wanted else opening(lot, found)
        content, media_type = export(documents, target, title=title, opening=first_page)
    except DocumentError as problem:
        return refused(request, "Document impossible", str(problem), status=500)
    response = HttpResponse(content, content_type=media_type)
    name = f"lot-{lot.number}-{wanted}" if wanted else f"lot-{lot.number}-textes"
    response["Content-Disposition"] = f'attachment; filename="{name}.{target}"'
    return response


@never_cache
@require_GET
def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts of every lot of a purchase: where each stands, its checks, and one file for all."""
    purchase = get_purchase_for(account(request), pk)
    found = whole_texts(purchase)
    context = {"purchase": purchase, "whole": found, "is_published": publishing.has_anything(found)}
    return render(request, "clauses/lot_texts/whole.html", context)


@never_cache
@require_GET
def whole_file(request: HttpRequest, pk: int, target: str) -> HttpResponse:
    """The same as one file (Word, OpenDocument, PDF, HTML, plain text), or as a ZIP with a folder a lot."""
    purchase = get_purchase_for(account(request), pk)
    if target not in {*WHOLE_FORMATS, ZIP}:
        raise Http404("Ce format n’existe pas.")
    found = whole_texts(purchase)
    try:
        content, media_type = (as_zip(found), "application/zip") if target == ZIP else as_file(found, target)
    except StudyRefusedError as refusal:
        return refused(request, "Pas encore de texte", str(refusal), status=404)
    except DocumentError as problem:
        return refused(request, "Document impossible", str(problem), status=500)
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="achat-{purchase.pk}-textes.{target}"'
    return response
