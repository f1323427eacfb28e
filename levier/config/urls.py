"""Root addresses: each room brings its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("levier.portal.urls")),
    path("", include("levier.directory.urls")),
    path("", include("levier.facilitators.urls")),
    path("", include("levier.purchasing.urls")),
    path("", include("levier.clauses.urls")),
    path("", include("levier.execution.urls")),
    path("", include("levier.community.urls")),
    path("", include("levier.dossier.urls")),
    path("suivi/", include("levier.execution.people.urls")),
    path("", include("levier.execution.candidates.urls")),
    path("ma-carte/", include("levier.execution.cards.urls")),
    path("", include("levier.execution.declaring.urls")),
    path("", include("levier.execution.incoming.urls")),
    path("", include("levier.execution.control.urls")),
    path("", include("levier.execution.closing.urls")),
    path("", include("levier.api.urls")),
    path("compte/", include("levier.accounts.sign_in_urls")),
    path("compte/", include("levier.accounts.urls")),
]

handler400 = "levier.portal.errors.bad_request"
handler403 = "levier.portal.errors.permission_denied"
handler404 = "levier.portal.errors.not_found"
handler500 = "levier.portal.errors.server_error"
