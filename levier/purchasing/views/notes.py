"""Files of purchases: the handover note of one, the list of all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from levier.core.documents import DocumentError
from levier.purchasing import handover as handover_notes
from levier.purchasing import policies, purchase_exports
from levier.purchasing.queries.exchanges import open_exchanges
from levier.purchasing.queries.purchases import listed_purchases, purchase_rows, whole_purchase
from levier.purchasing.views.common import account, refused
from levier.purchasing.views.purchases import asked_of


@never_cache
@require_GET
def handover(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The handover note, at any time, for both sides."""
    user = account(request)
    found = policies.get_purchase_for(user, pk)
    if form not in handover_notes.MEDIA:
        raise Http404("Ce format n’existe pas.")
    try:
        content = handover_notes.handover_note(
            whole_purchase(found, reader=user), form, on=timezone.localdate(), exchanges=open_exchanges(found)
        )
    except DocumentError as problem:
        return refused(request, "La note n’a pas pu être faite", str(problem), status=503)
    return attached(content, handover_notes.MEDIA[form], f"passation-{pk}.{form}")


@never_cache
@require_GET
def export_list(request: HttpRequest, form: str) -> HttpResponse:
    """The rows of the list, as filtered."""
    makers = {
        "csv": (purchase_exports.as_csv, "text/csv; charset=utf-8"),
        "xlsx": (purchase_exports.as_xlsx, XLSX),
    }
    if form not in makers:
        raise Http404("Ce format n’existe pas.")
    asked = asked_of(request)
    rows = purchase_rows(
        listed_purchases(account(request), state=asked["etat"], turn=asked["tour"], words=asked["q"])
    )
    make, media = makers[form]
    return attached(make(rows), media, f"achats.{form}")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(content: bytes, media: str, name: str) -> HttpResponse:
    """A file to keep."""
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
