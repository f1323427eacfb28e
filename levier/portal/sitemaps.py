"""The map of the site for search engines: an index, and parts of 50,000 addresses at most, each with its date."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from xml.sax.saxutils import escape

from django.contrib.auth.decorators import login_not_required
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from levier.community.queries import indexed_portals
from levier.directory.models import Source, Supplier
from levier.directory.results import slug_of
from levier.portal.regional import event_address
from levier.portal.territories import address_of
from levier.reference.models import Commune, Departement, Epci, ReferenceTable, Region

# The protocol's limit: https://www.sitemaps.org/protocol.html
MOST = 50_000
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PAGES = (
    "facilitators:index", "facilitators:coverage",
    "portal:home", "directory:search", "dossier:page", "clauses:texts", "portal:territories", "directory:open_data",
    "portal:regionals", "portal:embed", "portal:accessibility", "portal:legal", "portal:privacy",
)  # fmt: skip

Address = tuple[str, date | None]


def _listed() -> QuerySet[Supplier]:
    """What a search engine may know: no fictitious supplier."""
    return Supplier.objects.filter(is_listed=True, is_demo=False)


def _suppliers(number: int) -> Iterator[Address]:
    base = reverse("directory:sheet", args=["x"]).removesuffix("x")
    rows = _listed().order_by("id").values_list("key", "updated_at")[(number - 1) * MOST : number * MOST]
    for key, updated in rows.iterator(chunk_size=5_000):
        yield base + slug_of(key), timezone.localdate(updated)


def _directory_date() -> date | None:
    """When the counts of the territories last changed: the last import, else the load of the territories."""
    last = Source.objects.aggregate(at=Max("last_success"))["at"]
    last = last or ReferenceTable.objects.aggregate(at=Max("loaded_at"))["at"]
    return timezone.localdate(last) if isinstance(last, datetime) else None


def _communes(number: int) -> Iterator[Address]:
    changed = _directory_date()
    rows = Commune.objects.order_by("code").values_list("code", "name")[(number - 1) * MOST : number * MOST]
    for code, name in rows.iterator(chunk_size=5_000):
        yield address_of("commune", code, name), changed


def _territories(number: int) -> Iterator[Address]:
    changed = _directory_date()
    for kind, model in (("region", Region), ("departement", Departement), ("epci", Epci)):
        for code, name in model.objects.order_by("code").values_list("code", "name"):
            yield address_of(kind, code, name), changed


def _pages(number: int) -> Iterator[Address]:
    changed = _directory_date()
    for name in _PAGES:
        yield reverse(name), changed


def _regionals(number: int) -> Iterator[Address]:
    for one in indexed_portals():
        yield reverse("portal:regional", args=[one.portal.slug]), one.changed_on
        for event in one.events:
            yield event_address(event), timezone.localdate(event.updated_at)


# Family → (its addresses, how many there are).
FAMILIES: dict[str, tuple[Callable[[int], Iterator[Address]], Callable[[], int]]] = {
    "pages": (_pages, lambda: len(_PAGES)),
    "territoires": (_territories, lambda: 1),
    # A part without an address is not valid: where there is no portal, there is no part.
    "portails": (_regionals, lambda: int(bool(indexed_portals()))),
    "communes": (_communes, lambda: Commune.objects.count()),
    "fournisseurs": (_suppliers, lambda: _listed().count()),
}


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of the parts."""
    changed = _directory_date()
    parts = [
        (reverse("portal:sitemap_part", args=[family, number]), changed)
        for family, (_, count) in FAMILIES.items()
        for number in range(1, -(-count() // MOST) + 1)
    ]
    return HttpResponse(_document("sitemapindex", "sitemap", parts, request), content_type="application/xml")


@login_not_required
@require_safe
def part(request: HttpRequest, family: str, number: int) -> StreamingHttpResponse:
    """One part of the map."""
    if family not in FAMILIES or not 1 <= number <= -(-FAMILIES[family][1]() // MOST):
        raise Http404("Cette partie du plan du site n’existe pas.")
    addresses = FAMILIES[family][0](number)
    return StreamingHttpResponse(
        _document("urlset", "url", addresses, request), content_type="application/xml"
    )


def _document(root: str, item: str, addresses: Iterable[Address], request: HttpRequest) -> Iterator[str]:
    site = request.build_absolute_uri("/").rstrip("/")
    yield f"{_HEAD}<{root} {_NAMESPACE}>\n"
    for address, changed in addresses:
        date_text = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        yield f"<{item}><loc>{escape(site + address)}</loc>{date_text}</{item}>\n"
    yield f"</{root}>\n"
