"""Addresses of the API, all outside the sign-in pages: open data, or the key of an organisation asked by the endpoint itself."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path

from levier.api.endpoints import api


def _opened(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The house is closed by default; each address of the API is opened here, in plain sight."""
    found = list(patterns)
    for pattern in found:
        if isinstance(pattern, URLPattern):
            pattern.callback = login_not_required(pattern.callback)
    return found


_patterns, _app_name, _namespace = api.urls
urlpatterns = [path("api/", (_opened(_patterns), _app_name, _namespace))]
