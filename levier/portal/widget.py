"""The search in a frame of another site: a field and a few results, and the code to copy for it."""

from dataclasses import dataclass, replace
from html import escape

from django.http import QueryDict
from django.urls import reverse

from levier.community.models import RegionalPortal
from levier.community.queries import area_of, scope_of
from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.directory import index
from levier.directory.address import Address
from levier.directory.coming import coming_page
from levier.directory.forms import SearchForm
from levier.directory.index import FoundSupplier
from levier.directory.results import REBUILDING, understand
from levier.directory.search import SupplierQuery
from levier.portal.regional import search_path
from levier.reference.places import Place

SHOWN = 10
# Each is a class of widget.css, whose contrasts a test computes.
ACCENTS = {"vert": "Vert", "bleu": "Bleu", "violet": "Violet", "brique": "Brique", "gris": "Gris"}
FIRST_ACCENT = "vert"
HEIGHTS = (400, 520, 640, 800)
FIRST_HEIGHT = 520
LONGEST_PLACE = 100


@dataclass(frozen=True)
class Widget:
    """What the frame shows. `is_asked`: there is a list, or a sentence in its place.

    `coming`: established elsewhere, they say they work in the place asked for.
    """

    path: str
    more_url: str
    title: str
    accent: str
    text: str
    place_text: str
    total: int = 0
    found: tuple[FoundSupplier, ...] = ()
    coming: tuple[FoundSupplier, ...] = ()
    place: Place | None = None
    problem: str = ""
    is_asked: bool = False
    is_down: bool = False


def accent_of(parameters: QueryDict) -> str:
    """One of ACCENTS, whatever the address holds."""
    asked = parameters.get("couleur", "")
    return asked if asked in ACCENTS else FIRST_ACCENT


def widget(portal: RegionalPortal | None, parameters: QueryDict) -> Widget:
    """The frame of a portal, or of the whole directory. Never raises for what a person typed."""
    path = reverse("portal:widget_of", args=[portal.slug]) if portal else reverse("portal:widget")
    full = search_path(portal) if portal else reverse("directory:search")
    text, place_text = (parameters.get(name, "").strip()[:300] for name in ("q", "lieu"))
    asked_for = QueryDict(mutable=True)
    asked_for["q"], asked_for["lieu"] = text, place_text
    shown = Widget(
        path=path, more_url=str(Address(full, asked_for)), accent=accent_of(parameters),
        title=portal.title if portal else "Fournisseurs inclusifs",
        text=text, place_text=place_text,
    )  # fmt: skip
    form = SearchForm(asked_for)
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _with(shown, problem=sentence)
    scope = scope_of(portal, area_of(portal)) if portal else None
    asked = understand(form.cleaned_data, scope)
    if asked.problem:
        return _with(shown, problem=asked.problem)
    # Of the whole country the first by name would tell nothing; a portal shows whom it gathers.
    is_asked = bool(portal or shown.text or shown.place_text)
    try:
        return _answered(shown, asked.query, asked.place, is_asked)
    except (IndexMissingError, IndexOutdatedError):
        return _with(shown, problem=REBUILDING, is_down=True)
    except SearchError as error:
        return _with(shown, problem=str(error))


def _answered(shown: Widget, query: SupplierQuery, place: Place | None, is_asked: bool) -> Widget:
    if not is_asked:
        return _with(shown, total=index.count(query), is_asked=False)
    is_plain = not (shown.text or shown.place_text)
    page = index.find(replace(query, limit=SHOWN, sort="name" if is_plain else query.sort))
    # A frame shows few: who comes from elsewhere takes the room that is left.
    there = coming_page(query, place, limit=SHOWN).hits[: SHOWN - len(page.hits)]
    found, coming = index.carded(page.hits, there)
    return _with(shown, total=page.total, found=found, coming=coming, place=place)


def _with(shown: Widget, *, is_asked: bool = True, **values: object) -> Widget:
    return replace(shown, is_asked=is_asked, **values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Snippets:
    """What an editor copies: a frame, or a plain form that opens the search on this site."""

    frame_url: str
    frame: str
    form: str


def snippets(*, portal: RegionalPortal | None, place: str, accent: str, height: int, site: str) -> Snippets:
    """The code for another site, every value escaped; `site`: the beginning of this site's addresses."""
    path = reverse("portal:widget_of", args=[portal.slug]) if portal else reverse("portal:widget")
    asked = QueryDict(mutable=True)
    if place:
        asked["lieu"] = place
    if accent != FIRST_ACCENT:
        asked["couleur"] = accent
    address = f"{path}?{asked.urlencode()}" if asked else path
    label = f"Rechercher un fournisseur : {portal.title}" if portal else "Rechercher un fournisseur inclusif"
    full = search_path(portal) if portal else reverse("directory:search")
    hidden = f'  <input type="hidden" name="lieu" value="{escape(place)}">\n' if place else ""
    return Snippets(
        frame_url=address,
        frame=(
            f'<iframe src="{escape(site + address)}" title="{escape(label)}" width="100%" height="{height}" '
            'loading="lazy"></iframe>'
        ),
        form=(
            f'<form action="{escape(site + full)}" method="get">\n'
            f'  <label for="levier-q">{escape(label)}</label>\n'
            '  <input type="search" id="levier-q" name="q" maxlength="300">\n'
            f'{hidden}  <button type="submit">Chercher</button>\n</form>'
        ),
    )
