"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Address of the site and of the optional map tiles."""
    return {"site_url": settings.SITE_URL, "map_tiles_url": settings.MAP_TILES_URL}
