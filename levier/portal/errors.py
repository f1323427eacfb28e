"""Error pages: a title, a sentence, a way out. Named by the root addresses as handlers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "core/error.html", {"title": title, "sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(
        request, 400, "Demande illisible",
        "Le site n’a pas pu lire ce qui a été envoyé. Revenez en arrière, vérifiez la saisie et renvoyez-la.",
    )  # fmt: skip


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(
        request, 403, "Page réservée",
        "Votre compte ne permet pas d’ouvrir cette page. "
        "La personne qui gère votre organisation peut changer votre rôle.",
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose token is missing or too old."""
    return _page(
        request, 403, "Formulaire périmé",
        "Ce formulaire a attendu trop longtemps, ou les cookies sont refusés. "
        "Rechargez la page, puis envoyez-le de nouveau.",
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; a view may give its own French sentence with Http404("…")."""
    given = exception.args[0] if exception.args else ""
    sentence = given if isinstance(given, str) and given.endswith(".") and " " in given else ""
    return _page(
        request, 404, "Page introuvable",
        sentence or "Cette adresse ne mène à rien. Le lien est peut-être ancien ou mal recopié.",
    )  # fmt: skip


def server_error(request: HttpRequest) -> HttpResponse:
    """500, rendered without the request: what broke may be the session or the database."""
    text = render_to_string(
        "core/error.html",
        {
            "title": "Une erreur de notre côté",
            "sentence": "Le site n’a pas pu répondre. Rien de ce que vous avez saisi n’est en cause : "
            "réessayez dans un instant.",
        },
    )
    return HttpResponse(text, status=500)
