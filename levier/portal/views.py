"""Home, the statements every public site owes, the gallery of components, health, errors."""

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe

from levier.directory.queries import supplier_sheet
from levier.directory.results import key_of
from levier.portal import gallery, queries
from levier.purchasing.queries import contracts_won_by
from levier.reference.queries import map_ground_path

# Real needs, in the words of those who wrote them.
EXAMPLES = (
    "Rénovation d’une école à Roubaix, 1,5 M€ sur 18 mois",
    "Nettoyage de bureaux à Lille, 120 000 € sur 24 mois, 140 h par mois à reprendre",
    "Traiteur pour les vœux, 600 personnes, 18 000 €, Nantes",
)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One large field, three examples, the doors, the live figures."""
    return render(request, "portal/home.html", {"examples": EXAMPLES, "figures": queries.live_figures()})


@login_not_required
@require_safe
def won_contracts(request: HttpRequest, slug: str) -> HttpResponse:
    """The public contracts a supplier has won, from the open data loaded here."""
    found = supplier_sheet(key_of(slug))
    if found is None or not found.card.is_listed:
        raise Http404("Ce fournisseur n’est pas, ou n’est plus, dans l’annuaire.")
    contracts = contracts_won_by(found.card.siren) if found.card.siren else []
    return render(request, "portal/won_contracts.html", {"card": found.card, "contracts": contracts})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "portal/accessibility.html")


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """« Mentions légales »."""
    return render(request, "portal/legal.html", {"publisher_notice": settings.PUBLISHER_NOTICE})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, how long."""
    return render(request, "portal/privacy.html")


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component, as a page uses it."""
    return render(request, "portal/components.html", gallery.examples(request))


@login_not_required
@require_GET
@cache_control(no_store=True)
def health(request: HttpRequest) -> JsonResponse:
    """{"status": "ok"|"degraded"|"down", "database": bool, "index": bool, "suppliers": int|null}.

    503 when the database is silent; without its index the site still serves every other page: 200, degraded.
    """
    state = queries.health()
    status = "down" if not state.is_database_up else ("ok" if state.is_index_ready else "degraded")
    body = {
        "status": status,
        "database": state.is_database_up,
        "index": state.is_index_ready,
        "suppliers": state.suppliers,
    }
    return JsonResponse(body, status=503 if status == "down" else 200)


@login_not_required
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Needs and accounts are nobody's business; supplier sheets and territories may be found, and where."""
    lines = [
        "User-agent: *",
        "Disallow: /dossier",
        "Disallow: /compte/",
        "Disallow: /mon-offre/",
        "Disallow: /besoins",
        "Disallow: /reponse/",
        "Disallow: /metiers/",
        "Disallow: /consultations/suivre/",
        "Disallow: /remporte/",
        "Disallow: /ne-plus-me-solliciter/",
        "Disallow: /api/",
        "Disallow: /fournisseurs?",
        "Disallow: /fournisseurs/export.",
        "Disallow: /portails/*/fournisseurs?",
        "Disallow: /portails/*/fournisseurs/export.",
        "Disallow: /mes-portails",
        "Disallow: /donnees-ouvertes/fournisseurs.",
        "Disallow: /donnees-ouvertes/structures-",
        f"Sitemap: {request.build_absolute_uri(reverse('portal:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@cache
def _outlines() -> bytes:
    return map_ground_path().read_bytes()


@login_not_required
@require_GET
@cache_control(public=True, max_age=7 * 24 * 3600)
def outlines(request: HttpRequest) -> HttpResponse:
    """The ground of every map: our département outlines."""
    return HttpResponse(_outlines(), content_type="application/geo+json")
