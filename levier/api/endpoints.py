"""The public HTTP API, version 1: typed, documented by its OpenAPI file, no rule of its own."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.http import conditional_page
from ninja import NinjaAPI, Query, Router
from ninja.decorators import decorate_view

from levier.api import cursors, declaring, drafting
from levier.api.refusals import UnknownPlaceError, UnknownSupplierError, say_refusals
from levier.api.schemas import CalibrationIn, DossierOut, NeedIn, RefusalOut, SupplierOut, SupplierPageOut
from levier.core.plain import plain
from levier.directory import index, queries
from levier.directory.coming import areas_said, coming_page
from levier.directory.filters import kinds_asked
from levier.directory.loosening import in_fields, loosened
from levier.directory.search import FACETS, SupplierPage, SupplierQuery
from levier.directory.understanding import literal, understand_text
from levier.directory.understood import around
from levier.dossier.composing import compose
from levier.dossier.serialising import as_json
from levier.facilitators.queries import facilitator_for
from levier.reference.places import Place
from levier.reference.queries import cpv_ranker, place_finder
from levier.reference.sectors import all_sectors
from levier.rulebook.calibration import calibrate

api = NinjaAPI(
    title="Levier",
    version="1.0.0",
    description="Trouver, calibrer, suivre, rendre compte : l’API publique de Levier.",
    # The interactive page of the library loads its scripts from another site: the OpenAPI file is enough.
    docs_url=None,
    urls_namespace="api",
)
router = Router()
LONGEST_QUERY = 500
say_refusals(api)


@router.post("/dossiers", response={200: DossierOut, 422: RefusalOut}, summary="Un besoin, tout le dossier")
def create_dossier(request: HttpRequest, need: NeedIn) -> dict[str, Any]:
    """Understand a need and answer it. Nothing is stored; the body is never logged."""
    return as_json(compose(need.as_input(), today=timezone.localdate()))


@router.post(
    "/calibrations", response={200: dict[str, Any], 422: RefusalOut}, summary="Les heures d’une méthode"
)
def create_calibration(request: HttpRequest, body: CalibrationIn) -> dict[str, Any]:
    """Run one method of the rule book."""
    return calibrate(body.method, **body.inputs).as_dict()


@router.get(
    "/suppliers", response={200: SupplierPageOut, 422: RefusalOut}, summary="Chercher des fournisseurs"
)
@decorate_view(conditional_page)
def list_suppliers(
    request: HttpRequest,
    q: str = Query("", max_length=LONGEST_QUERY),
    near: str = Query("", max_length=200),
    radius_km: float | None = Query(None, ge=1, le=500),
    kind: list[str] = Query([]),
    sector: list[str] = Query([]),
    cpv: list[str] = Query([]),
    departement: list[str] = Query([]),
    region: list[str] = Query([]),
    family: list[str] = Query([]),
    size: list[str] = Query([]),
    way: list[str] = Query([]),
    label: list[str] = Query([]),
    territory: list[str] = Query([]),
    available: list[str] = Query([]),
    with_ess: bool = False,
    word_for_word: bool = False,
    sort: str = Query("relevance", pattern="^(relevance|distance|name)$"),
    limit: int = Query(20, ge=1, le=100),
    cursor: str = Query("", max_length=64),
) -> dict[str, Any]:
    """One sentence (trade, kind, place, name, SIRET), or each in its field; counts by facet."""
    offset = cursors.decode(cursor)
    place = _place(near)
    base = SupplierQuery(
        kinds=kinds_asked(family, kind, with_ess=with_ess),
        sectors=tuple(sector), cpv=tuple(cpv), departements=tuple(departement), regions=tuple(region), with_ess=with_ess,
        sizes=tuple(size), ways=tuple(way), labels=tuple(label), territories=tuple(territory), available=tuple(available),
        sort=sort,  # type: ignore[arg-type]
        facets=FACETS, offset=offset, limit=limit,
    )  # fmt: skip
    # As the page and the command line: thirty kilometres of a commune, or the territory named.
    base = around(base, place, radius_km)[0] if place else base
    # A place in its own field is where; the sentence is then read without any.
    understood = (
        literal(q, base) if word_for_word
        else understand_text(q, base, radius_km=radius_km, with_place=place is None)
    )  # fmt: skip
    asked = understood.query
    if radius_km and asked.near is None:
        # Refused by the index with its sentence, never ignored.
        asked = replace(asked, radius_km=radius_km)
    page = index.find(asked)
    return {
        "corrected": understood.mended or page.corrected,
        "understood": understood.as_dict(),
        **_found(asked, page, place or understood.place),
        **in_fields(() if page.total else loosened(understood, asked, near.strip()), near.strip()),
    }


def _found(asked: SupplierQuery, page: SupplierPage, place: Place | None) -> dict[str, Any]:
    """Who is found and, with the first page, who comes from elsewhere."""
    there = coming_page(asked, place, limit=0 if asked.offset else asked.limit)
    found, coming = index.carded(page.hits, there.hits)
    return {
        "total": page.total,
        "next_cursor": cursors.after(asked.offset + asked.limit, page.total),
        "facets": page.facets,
        "results": [_supplier(one.card) | {"distance_km": one.hit.distance_km} for one in found],
        "coming_total": there.total,
        "coming": [
            _supplier(one.card) | {"distance_km": one.hit.distance_km, "areas": areas_said(one.card, asked)}
            for one in coming
        ],
    }


@router.get("/suppliers/{key}", response={200: SupplierOut, 404: RefusalOut}, summary="Un fournisseur")
@decorate_view(conditional_page)
def read_supplier(request: HttpRequest, key: str) -> Any:
    """One supplier by its key (« <siret>:<type> »)."""
    sheet = queries.supplier_sheet(key) if key.isprintable() else None
    if sheet is None or not sheet.card.is_listed:
        raise UnknownSupplierError(f"Aucun fournisseur n’a la clé « {key[:80]} ».")
    return _supplier(sheet.card)


@router.get("/places", response=list[dict[str, Any]], summary="Trouver un lieu")
@decorate_view(conditional_page)
def list_places(
    request: HttpRequest, q: str = Query(..., max_length=200), limit: int = Query(10, ge=1, le=50)
) -> Any:
    """Communes, EPCI, départements, régions, ranked."""
    return [
        plain(match.place) | {"label": match.place.label, "score": round(match.score, 3), "why": match.why}
        for match in place_finder().find(q, limit=limit)
    ]


@router.get("/cpv", response=list[dict[str, Any]], summary="Trouver un code CPV")
@decorate_view(conditional_page)
def list_cpv(
    request: HttpRequest, q: str = Query(..., max_length=LONGEST_QUERY), limit: int = Query(10, ge=1, le=50)
) -> Any:
    """CPV codes for a French text, ranked."""
    return [plain(match) for match in cpv_ranker().rank(q, limit=limit)]


@router.get(
    "/facilitators", response={200: dict[str, Any], 422: RefusalOut}, summary="Le facilitateur d’un lieu"
)
@decorate_view(conditional_page)
def read_facilitator(
    request: HttpRequest,
    place: str = Query(..., max_length=200),
    buyer_side: str = Query("public", pattern="^(public|private)$"),
    buyer_siren: str = Query("", max_length=9),
    programme: str = Query("", max_length=20),
) -> Any:
    """Never empty: a known structure, or a reasoned fallback."""
    found = place_finder().find(place, limit=1)
    if not found:
        raise UnknownPlaceError(f"Le lieu « {place[:60]} » est inconnu.")
    answer = facilitator_for(
        place=found[0].place,
        buyer_siren=buyer_siren or None,
        programme=programme or None,
        buyer_side=buyer_side,
    )
    return plain(answer)


@router.get("/sectors", response=list[dict[str, Any]], summary="Les secteurs d’achat")
@decorate_view(conditional_page)
def list_sectors(request: HttpRequest) -> Any:
    """Our two-level list of purchase sectors."""
    return [plain(sector) for sector in all_sectors()]


def _place(text: str) -> Place | None:
    if not text.strip():
        return None
    found = place_finder().find(text, limit=1)
    if not found:
        raise UnknownPlaceError(f"Le lieu « {text[:60]} » est inconnu.")
    return found[0].place


def _supplier(card: queries.SupplierCard) -> dict[str, Any]:
    return {
        "key": card.key, "siret": card.siret, "siren": card.siren, "name": card.display_name,
        "kind": card.kind.code, "kind_label": card.kind.name, "counts_for_clause": card.kind.counts_for_clause,
        "address": card.address, "postal_code": card.postal_code, "city": card.commune_name or card.city,
        "departement": card.departement_code, "region": card.region_code, "latitude": card.latitude,
        "longitude": card.longitude, "precision": card.precision, "sectors": [tag.slug for tag in card.sectors],
        "activity": card.activity_status, "ways": list(card.ways.codes), "ways_stated": card.ways.is_stated,
        "size": card.size, "people": card.people_words, "naf": card.naf, "website": card.website, "sources": list(card.sources),
        "seen_on": card.seen_on, "is_demo": card.is_demo,
    }  # fmt: skip


api.add_router("/v1", router)
api.add_router("/v1", drafting.router)
api.add_router("/v1", declaring.router)
