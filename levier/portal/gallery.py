"""Values shown by the gallery of components; every one of them is made up and says so."""

from dataclasses import dataclass

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


@dataclass(frozen=True)
class GalleryPages:
    """A long list, in its middle."""

    number: int = 5
    last: int = 12

    def url_of(self, number: int) -> str:
        """The gallery has one page: every link leads to it."""
        return f"?page={number}"


def examples(request: HttpRequest) -> dict[str, object]:
    """The context of the gallery."""
    return {
        "pages": GalleryPages(),
        "message": Message(constants.SUCCESS, "Invitation envoyée."),
        "facet_options": [
            {"value": "ei", "label": "Entreprise d’insertion", "count": 1250, "is_on": True},
            {"value": "esat", "label": "ESAT", "count": 48, "is_on": False},
        ],
        "points": {
            "points": [
                {"lat": 50.69, "lon": 3.17, "name": "Exemple à Roubaix", "note": "moins d’1 km"},
                {"lat": 50.63, "lon": 3.06, "name": "Exemple à Lille", "note": "11 km"},
            ],
            "centre": {"lat": 50.69, "lon": 3.18, "name": "Roubaix"},
            "radius_km": 30,
        },
    }
