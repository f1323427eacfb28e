"""One page of supplier results: what was asked, who answers, what else one may filter by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.urls import reverse

from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.directory import index
from levier.directory.address import Address
from levier.directory.forms import DEFAULT_RADIUS, SearchForm
from levier.directory.index import FoundSupplier
from levier.directory.kinds import SHELF_LABELS, kind_of
from levier.directory.labels import LABELS
from levier.directory.models import Supplier
from levier.directory.ownership.wording import month_words
from levier.directory.search import Near, SupplierPage, SupplierQuery
from levier.directory.territory import TERRITORIES
from levier.reference.places import Place
from levier.reference.queries import place_by_code, place_finder
from levier.reference.sectors import sector

PER_PAGE = 20
# Suppliers whose activities nobody states, shown apart under the first page.
APART = 6
# A facet lists its most frequent values; those in force always stay.
MOST_OPTIONS = 25
# The follower builds a missing index by itself; the command that does it is no reader's business.
REBUILDING = "La recherche se prépare : réessayez dans une minute."
_SORTS = {"pertinence": "relevance", "distance": "distance", "nom": "name"}
_KNOWN_ACTIVITIES = ("stated", "inferred")


@dataclass(frozen=True)
class Facet:
    """One group of check boxes."""

    title: str
    name: str
    options: tuple[dict[str, Any], ...]
    is_open: bool


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    name: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class Asked:
    """What the address means: the query, the place understood, and why it cannot be answered."""

    query: SupplierQuery
    place: Place | None = None
    others: tuple[Place, ...] = ()
    radius_km: int | None = None
    problem: str = ""


@dataclass(frozen=True)
class Results:
    """Everything the page shows. `apart`: near, of the kinds asked for, but nobody states what they do."""

    asked: Asked
    address: Address
    found: tuple[FoundSupplier, ...] = ()
    total: int = 0
    apart: tuple[FoundSupplier, ...] = ()
    apart_total: int = 0
    facets: tuple[Facet, ...] = ()
    chips: tuple[Chip, ...] = ()
    corrected: str | None = None
    is_relaxed: bool = False
    problem: str = ""
    is_down: bool = False
    number: int = 1
    last: int = 1
    map_points: Mapping[str, Any] = field(default_factory=lambda: {"points": []})

    def url_of(self, number: int) -> str:
        """The address of another page of the same search."""
        return self.address.replacing(page=str(number)) if number > 1 else self.address.replacing()

    @property
    def apart_url(self) -> str:
        """Every supplier whose activities are unknown, in the same place and of the same kinds."""
        return self.address.replacing(q="", secteur="", activite="unknown")


def results_page(form: SearchForm, address: Address) -> Results:
    """Search, read the cards, count. Never raises for what a person typed: `problem` is a sentence."""
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return Results(Asked(SupplierQuery(), problem=sentence), address, problem=sentence)
    asked = understand(form.cleaned_data)
    if asked.problem:
        return Results(asked, address, problem=asked.problem, chips=_chips(form.cleaned_data, asked, address))
    try:
        return _answer(form.cleaned_data, asked, address)
    except (IndexMissingError, IndexOutdatedError):
        return Results(asked, address, problem=REBUILDING, is_down=True)
    except SearchError as error:
        return Results(asked, address, problem=str(error))


def understand(values: Mapping[str, Any]) -> Asked:
    """From the fields to a query. A commune is a centre with a radius; a territory is a filter."""
    query = SupplierQuery(
        text=values["q"],
        kinds=tuple(values["type"]),
        sectors=tuple(values["secteur"]),
        shelves=tuple(values["role"]),
        activities=tuple(values["activite"]),
        departements=tuple(values["dep"]),
        labels=tuple(values["label"]),
        territories=tuple(values["territoire"]),
        available=tuple(values["dispo"]),
        with_ess=values["ess"],
    )
    place: Place | None = None
    others: tuple[Place, ...] = ()
    if values["lieu"]:
        matches = place_finder().find(values["lieu"], limit=5)
        if not matches:
            return Asked(
                query,
                problem=f"Le lieu « {values['lieu']} » est introuvable : écrivez une commune, un code postal "
                "ou un département.",
            )
        place = matches[0].place
        # Others are offered when the same word names several places, not for every lookalike.
        others = tuple(match.place for match in matches[1:4] if match.score > matches[0].score * 0.9)
    radius = None
    if place is not None:
        query, radius = _around(query, place, values["rayon"])
    sort = values["tri"] or ("distance" if place is not None and not query.text else "pertinence")
    if sort == "distance" and place is None:
        sort = "pertinence"
    return Asked(replace(query, sort=_SORTS[sort]), place, others, radius)  # type: ignore[arg-type]


def _around(query: SupplierQuery, place: Place, radius: int | None) -> tuple[SupplierQuery, int | None]:
    if place.kind == "pays":
        return query, None
    near = Near(place.latitude, place.longitude, place.landmass or None)
    query = replace(query, near=near)
    if place.kind in {"commune", "arrondissement"} or radius:
        used = radius or DEFAULT_RADIUS
        return replace(query, radius_km=float(used)), used
    if place.kind == "epci":
        return replace(query, epci=(place.code,)), None
    if place.kind == "region":
        return replace(query, regions=(place.code,)), None
    return replace(query, departements=tuple({*query.departements, place.code})), None


def _answer(values: Mapping[str, Any], asked: Asked, address: Address) -> Results:
    query = asked.query
    # A trade was asked for: whoever does it is ranked, whoever may do it is shown apart.
    is_trade = bool(query.text or query.sectors) and not query.activities
    main = replace(query, activities=_KNOWN_ACTIVITIES) if is_trade else query
    number = values["page"] or 1
    page, found = _page(main, number)
    last = max(1, -(-page.total // PER_PAGE))
    if number > last:
        number = last
        page, found = _page(main, number)
    apart, apart_total = _apart(query) if is_trade and number == last else ((), 0)
    return Results(
        asked=asked,
        address=address,
        found=found,
        total=page.total,
        apart=apart,
        apart_total=apart_total,
        facets=_facets(page, values, is_trade),
        chips=_chips(values, asked, address),
        corrected=page.corrected,
        is_relaxed=page.relaxed,
        number=number,
        last=last,
        map_points=_points(asked, (*found, *apart)),
    )


def _page(query: SupplierQuery, number: int) -> tuple[SupplierPage, tuple[FoundSupplier, ...]]:
    facets = ("kind", "sector", "departement", "shelf", "activity", "label", "territory", "available")
    return index.search(replace(query, offset=(number - 1) * PER_PAGE, limit=PER_PAGE, facets=facets))


def _apart(query: SupplierQuery) -> tuple[tuple[FoundSupplier, ...], int]:
    """By name first; else whoever is near: a supplier without activities must not be dropped."""
    unknown = replace(query, activities=("unknown",), limit=APART, sectors=(), relax=False)
    if query.text:
        page, found = index.search(unknown)
        if page.total:
            return found, page.total
    if query.near is None and not query.departements:
        # Nothing says where: the whole country would be no help.
        return (), 0
    sort = "distance" if query.near is not None else "name"
    page, found = index.search(replace(unknown, text="", sort=sort))  # type: ignore[arg-type]
    return found, page.total


def _facets(page: SupplierPage, values: Mapping[str, Any], is_trade: bool) -> tuple[Facet, ...]:
    facets = [
        _facet(page, values, "Type de structure", "type", "kind", _kind_label, is_open=True),
        _facet(page, values, "Ce que la structure peut faire", "role", "shelf", SHELF_LABELS.get),
        _facet(page, values, "Secteur d’achat", "secteur", "sector", lambda slug: sector(slug).label),
        _facet(page, values, "Département", "dep", "departement", _departement_label),
        _facet(page, values, "Label ou agrément", "label", "label", _label_name),
        _facet(page, values, "Territoire", "territoire", "territory", TERRITORIES.get),
        _facet(page, values, "Disponible", "dispo", "available", _month_label),
    ]
    if not is_trade:
        facets.append(_facet(page, values, "Activités", "activite", "activity", _activity_label))
    return tuple(facet for facet in facets if facet.options)


def _facet(
    page: SupplierPage, values: Mapping[str, Any], title: str, name: str, counted: str, label_of: Any,
    is_open: bool = False,
) -> Facet:  # fmt: skip
    counts = page.facets.get(counted, {})
    on = list(values[name])
    shown = list(dict.fromkeys([*on, *list(counts)[:MOST_OPTIONS]]))
    options = [
        {
            "value": value,
            "label": label_of(value) or value,
            "count": counts.get(value, 0),
            "is_on": value in on,
        }
        for value in shown
    ]
    options.sort(key=lambda option: (-option["count"], option["label"]))
    return Facet(title, name, tuple(options), is_open or bool(on))


def _kind_label(code: str) -> str:
    return kind_of(code).name


def _activity_label(code: str) -> str:
    return str(Supplier.ActivityStatus(code).label).capitalize()


def _label_name(slug: str) -> str:
    return LABELS[slug].name if slug in LABELS else slug


def _month_label(month: str) -> str:
    return f"disponible en {month_words(date.fromisoformat(f'{month}-01'))}"


def _departement_label(code: str) -> str:
    place = place_by_code("departement", code)
    return place.label if place else code


def _chips(values: Mapping[str, Any], asked: Asked, address: Address) -> tuple[Chip, ...]:
    chips = []
    if values["q"]:
        chips.append(Chip("Quoi", values["q"], address.without("q")))
    if asked.place is not None:
        around = f" et {asked.radius_km} km autour" if asked.radius_km else ""
        chips.append(Chip("Où", f"{asked.place.label}{around}", address.without("lieu")))
    names: dict[str, Any] = {
        "type": _kind_label, "role": SHELF_LABELS.__getitem__, "secteur": lambda slug: sector(slug).label,
        "dep": _departement_label, "dispo": _month_label, "activite": _activity_label, "label": _label_name,
        "territoire": TERRITORIES.__getitem__,
    }  # fmt: skip
    for name, label_of in names.items():
        chips += [Chip("", label_of(value), address.without(name, value)) for value in values[name]]
    if values["ess"]:
        chips.append(Chip("", "Toute l’économie sociale et solidaire", address.without("ess")))
    return tuple(chips)


def points_of(found: Iterable[FoundSupplier]) -> list[dict[str, Any]]:
    """The points of a map for these suppliers."""
    return [
        {
            "lat": each.card.latitude,
            "lon": each.card.longitude,
            "name": each.card.display_name,
            "note": each.card.kind.name + (", lieu approximatif" if each.card.is_place_approximate else ""),
            "url": reverse("directory:sheet", args=[slug_of(each.card.key)]),
        }
        for each in found
        if each.card.latitude is not None
    ]


def _points(asked: Asked, found: tuple[FoundSupplier, ...]) -> dict[str, Any]:
    points: dict[str, Any] = {"points": points_of(found)}
    if asked.place is not None and asked.place.kind != "pays":
        points["centre"] = {
            "lat": asked.place.latitude,
            "lon": asked.place.longitude,
            "name": asked.place.label,
        }
        points["radius_km"] = asked.radius_km
    return points


def slug_of(key: str) -> str:
    """The end of a sheet's address: « 12345678900012:EI » → « 12345678900012-ei »."""
    return key.replace(":", "-").lower()


def key_of(slug: str) -> str:
    """Back from an address to the key; codes of kinds hold no dash."""
    identity, _, kind = slug.rpartition("-")
    return f"{identity.lower()}:{kind.upper()}"
