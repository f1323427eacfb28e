"""What stands before every page: closed by default, and the pace of anonymous calls on the costly pages and the API."""

import time
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.clickjacking import xframe_options_exempt

View = Callable[[HttpRequest], HttpResponse]


class ClosedByDefaultMiddleware(LoginRequiredMiddleware):
    """Every page asks to sign in unless its view says otherwise; of an open page, who reads is not looked up.

    Django's looks the reader up first: every answer would depend on the session, those of a frame included.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class _Window:
    """Calls of one address during the current minute."""

    __slots__ = ("count", "minute")

    def __init__(self) -> None:
        self.minute = 0
        self.count = 0


class AnonymousPaceMiddleware:
    """Slow an anonymous address that calls too often, per process and in memory: nothing about it is stored."""

    costly_prefixes = (
        "/dossier", "/fournisseurs", "/api/", "/compte/", "/lieux", "/cpv", "/territoires", "/donnees-ouvertes",
        "/sitemaps", "/mon-offre/lien", "/opportunites", "/reponse", "/besoins", "/portails", "/widget",
        "/repondre", "/remporte", "/facilitateurs", "/consultations", "/metiers", "/declarer", "/ma-carte",
    )  # fmt: skip
    # Framed by other sites: who is signed in is not even looked at, so that the answer depends on nobody.
    nobodys_prefixes = ("/widget",)
    most_addresses = 20_000

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.windows: dict[str, _Window] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        limit = settings.ANONYMOUS_CALLS_PER_MINUTE
        is_costly = bool(limit) and request.path.startswith(self.costly_prefixes)
        is_paced = is_costly and (
            request.path.startswith(self.nobodys_prefixes) or not request.user.is_authenticated
        )
        if is_paced and self._is_over(request, limit):
            return self._too_many(request)
        return self.get_response(request)

    def _is_over(self, request: HttpRequest, limit: int) -> bool:
        minute = int(time.monotonic() // 60)
        if len(self.windows) > self.most_addresses:
            self.windows.clear()
        window = self.windows.setdefault(client_address(request), _Window())
        if window.minute != minute:
            window.minute, window.count = minute, 0
        window.count += 1
        return window.count > limit

    def _too_many(self, request: HttpRequest) -> HttpResponse:
        sentence = "Trop de demandes en une minute depuis cette adresse. Réessayez dans une minute."
        response: HttpResponse
        if request.path.startswith("/api/"):
            response = JsonResponse({"detail": sentence}, status=429)
        elif request.path.startswith(self.nobodys_prefixes):
            response = _framed_pause(request, sentence)
        else:
            response = render(
                request, "core/error.html", {"title": "Un instant", "sentence": sentence}, status=429
            )
        response["Retry-After"] = "60"
        return response


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def _framed_pause(request: HttpRequest, sentence: str) -> HttpResponse:
    """The same sentence for the frame of another site, which shows nothing else; rendered without the request."""
    context = {"sentence": sentence, "address": request.get_full_path()}
    response = HttpResponse(render_to_string("site/framed_pause.html", context), status=429)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def client_address(request: HttpRequest) -> str:
    """The caller's address, believing only the declared number of proxies."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return direct
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return chain[-proxies] if len(chain) >= proxies else direct
