"""One page of supplier results: what was asked, who answers, what else one may filter by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse

from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.core.typography import NO_BREAK
from levier.directory import index
from levier.directory.address import Address
from levier.directory.asked import Asked
from levier.directory.coming import coming_page
from levier.directory.filters import COUNTED, Facet, chips_of, facets_of, query_of
from levier.directory.forms import SearchForm
from levier.directory.index import FoundSupplier
from levier.directory.loosening import loosened, why_nobody
from levier.directory.scopes import SearchScope
from levier.directory.search import SupplierPage, SupplierQuery
from levier.directory.sentence import Part
from levier.directory.understanding import literal, understand_text
from levier.directory.understood import around
from levier.directory.widening import (
    FEW,
    Widening,
    apart_suppliers,
    ess_total,
    further_suppliers,
    neighbour_suppliers,
    url_without,
    widenings,
)
from levier.reference.places import Place
from levier.reference.places.naming import inside, of
from levier.reference.queries import place_finder

PER_PAGE = 20
# The follower builds a missing index by itself; the command that does it is no reader's business.
REBUILDING = "La recherche se prépare : réessayez dans une minute."
_PART_NAMES = {
    "kind": "Type",
    "size": "Taille",
    "place": "Où",
    "trade": "Quoi",
    "words": "Quoi",
    "identifier": "Numéro",
}
_SORTS = {"pertinence": "relevance", "distance": "distance", "nom": "name"}


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address without it."""

    name: str
    value: str
    remove_url: str


@dataclass(frozen=True)
class Results:
    """Everything the page shows.

    `apart`: near, of the kinds asked for, but nobody states what they do. `coming`: from elsewhere, they say
    they work there, the nearest of `coming_total`. `further`: the nearest beyond the place, when few
    answer inside. `neighbours`: in the place, those of a neighbouring trade. `ess_total`: ESS bodies at large, left out, one click away.
    Of an empty list, `why_nobody`: which word empties it, `nearest`: the closest that answers all but the place.
    """

    asked: Asked
    address: Address
    found: tuple[FoundSupplier, ...] = ()
    total: int = 0
    apart: tuple[FoundSupplier, ...] = ()
    apart_total: int = 0
    coming: tuple[FoundSupplier, ...] = ()
    coming_total: int = 0
    further: tuple[FoundSupplier, ...] = ()
    neighbours: tuple[FoundSupplier, ...] = ()
    ess_total: int = 0
    widenings: tuple[Widening, ...] = ()
    nearest: FoundSupplier | None = None
    why_nobody: str = ""
    facets: tuple[Facet, ...] = ()
    chips: tuple[Chip, ...] = ()
    corrected: str | None = None
    is_relaxed: bool = False
    problem: str = ""
    is_down: bool = False
    number: int = 1
    last: int = 1
    map_points: Mapping[str, Any] = field(default_factory=lambda: {"points": []})
    scope: SearchScope | None = None

    def url_of(self, number: int) -> str:
        """The address of another page of the same search."""
        return self.address.replacing(page=str(number)) if number > 1 else self.address.replacing()

    @property
    def apart_url(self) -> str:
        """Every supplier whose activities are unknown, in the same place and of the same kinds."""
        emptied = {} if self.asked.understood.sentence else {"q": ""}
        return url_without(
            self.asked, self.address, "trade", "words", secteur="", activite="unknown", **emptied
        )

    @property
    def line_count(self) -> int:
        """How many suppliers an export of this search holds."""
        return self.total + self.coming_total

    @property
    def may_compare_beside(self) -> bool:
        """Whether cards stand beside the list, and two at least can be ticked."""
        beside = sum(map(len, (self.coming, self.further, self.neighbours, self.apart)))
        return beside > 0 and beside + len(self.found) > 1

    @property
    def other_places(self) -> list[tuple[str, str]]:
        """Label and address of the same search in each other place of the same name."""
        return [
            (place.label, url_without(self.asked, self.address, "place", lieu=place.label))
            for place in self.asked.others
        ]

    @property
    def nobody_title(self) -> str:
        """Of an empty list: who comes from elsewhere stands above it."""
        return "Aucun fournisseur " + ("n’est établi sur place" if self.coming else "ne répond à tout cela")

    @property
    def wrong_number(self) -> str:
        """What is wrong with a number typed alone that is neither a SIRET nor a SIREN; empty otherwise."""
        sentence = self.asked.understood.sentence
        digits = re.sub(r"[\s.]", "", sentence.raw) if sentence else ""
        if not digits.isdigit() or not 6 <= len(digits) <= 17 or len(digits) in {9, 14}:
            return ""
        return f"Ce numéro a {len(digits)} chiffres : un SIRET en compte 14, un SIREN 9."

    @property
    def where(self) -> str:
        """« à moins de 30 km d’Arras (Pas-de-Calais) », « dans le département du Nord »; empty for the whole country."""
        place, radius = self.asked.place, self.asked.radius_km
        if place is None or not radius:
            return inside(place) if place else ""
        return f"à moins de {radius}{NO_BREAK}km {of(place)}{place.label.removeprefix(place.name)}"

    @property
    def literal_url(self) -> str:
        """The same words searched as they are, when something else was understood; empty otherwise."""
        sentence = self.asked.understood.sentence
        if sentence is None or (sentence.is_plain and not sentence.is_trade):
            return ""
        return self.address.replacing(mot_a_mot="1")

    @property
    def is_by_standing(self) -> bool:
        """Whether nothing ranks the list but the sheets themselves (`standing.py`): no word, no place to measure from."""
        query = self.asked.query
        return query.sort == "relevance" and not (query.text or query.wishes) and query.near is None

    @property
    def everywhere_url(self) -> str:
        """The same search over the whole directory."""
        return self.address.on(reverse("directory:search"))

    @property
    def ess_url(self) -> str:
        """The same search with the ESS bodies at large."""
        return self.address.replacing(ess="1")


def results_page(form: SearchForm, address: Address, scope: SearchScope | None = None) -> Results:
    """Search, read the cards, count. Never raises for what a person typed: `problem` is a sentence.

    With a `scope`, only what it holds is searched; its chip leads to the same search of the whole directory.
    """
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return Results(Asked(SupplierQuery(), problem=sentence), address, problem=sentence, scope=scope)
    asked = understand(form.cleaned_data, scope)
    chips = (*_scope_chip(scope, address), *_chips(form.cleaned_data, asked, address))
    if asked.problem:
        return Results(asked, address, problem=asked.problem, chips=chips, scope=scope)
    try:
        return replace(_answer(form.cleaned_data, asked, address), chips=chips, scope=scope)
    except (IndexMissingError, IndexOutdatedError):
        return Results(asked, address, problem=REBUILDING, is_down=True, scope=scope)
    except SearchError as error:
        return Results(asked, address, problem=str(error), scope=scope)


def _scope_chip(scope: SearchScope | None, address: Address) -> tuple[Chip, ...]:
    if scope is None:
        return ()
    return (Chip("Dans", scope.label, address.on(reverse("directory:search"))),)


def understand(values: Mapping[str, Any], scope: SearchScope | None = None) -> Asked:
    """From the fields to a query. The sentence may say everything; « Où ? », when filled, says where."""
    base = query_of(values)
    if scope is not None:
        base = replace(base, within=scope.within, with_ess=base.with_ess or scope.with_ess)
    place: Place | None = None
    others: tuple[Place, ...] = ()
    radius = None
    if values["lieu"]:
        matches = place_finder().find(values["lieu"], limit=5)
        if not matches:
            return Asked(
                base,
                problem=f"Le lieu « {values['lieu']} » est introuvable : écrivez une commune, un code postal "
                "ou un département.",
            )
        place = matches[0].place
        # Others are offered when the same word names several places, not for every lookalike.
        others = tuple(match.place for match in matches[1:4] if match.score > matches[0].score * 0.9)
        base, radius = around(base, place, values["rayon"])
    if values["mot_a_mot"]:
        understood = literal(values["q"], base)
    else:
        understood = understand_text(values["q"], base, radius_km=values["rayon"], with_place=place is None)
    if place is None:
        place, others, radius = understood.place, understood.rivals, understood.radius_km
    query = understood.query
    has_words = bool(query.text or query.wishes)
    sort = values["tri"] or ("distance" if query.near is not None and not has_words else "pertinence")
    if sort == "distance" and query.near is None:
        sort = "pertinence"
    query = replace(query, sort=_SORTS[sort])
    return Asked(query, place, others, radius, understood=understood)


def _answer(values: Mapping[str, Any], asked: Asked, address: Address) -> Results:
    query = asked.query
    number = values["page"] or 1
    page = _page(query, number)
    last = max(1, -(-page.total // PER_PAGE))
    if number > last:
        number = last
        page = _page(query, number)
    is_trade = asked.is_trade and not query.activities
    known = set(page.keys)
    is_few = number == last and page.total < FEW
    coming = coming_page(query, asked.place, limit=FEW) if number == last else SupplierPage((), 0)
    known |= set(coming.keys)
    further = further_suppliers(asked, known) if is_few else ()
    neighbours = neighbour_suppliers(asked, known | {each.key for each in further}) if is_few else ()
    offers = loosened(asked.understood, query, _said_apart(values, asked)) if not page.total else ()
    wider = widenings(asked, address, offers) if not page.total else ()
    known |= {each.key for each in (*further, *neighbours)}
    apart, apart_total = apart_suppliers(query, known) if is_trade and number == last else ((), 0)
    nearest = [each.nearest for each in wider if each.nearest is not None]
    shown = index.carded(page.hits, further, neighbours, apart, nearest, coming.hits)
    return Results(
        asked=asked,
        address=address,
        found=shown[0],
        total=page.total,
        apart=shown[3],
        apart_total=apart_total,
        coming=shown[5],
        coming_total=coming.total,
        further=shown[1],
        neighbours=shown[2],
        widenings=wider,
        nearest=next(iter(shown[4]), None),
        why_nobody=why_nobody(offers),
        ess_total=ess_total(query),
        facets=facets_of(page, values, is_trade),
        corrected=asked.understood.mended or (page.corrected if not asked.is_trade else None),
        is_relaxed=page.relaxed,
        number=number,
        last=last,
        map_points=_points(asked, address, [each for part in shown[1:4] for each in part]),
    )


def _said_apart(values: Mapping[str, Any], asked: Asked) -> str:
    """The place of the field « Où ? », or of the filter by département."""
    if values["lieu"] and asked.place is not None:
        return asked.place.label
    return next((label for name, _, label in chips_of(values) if name == "dep"), "")


def _page(query: SupplierQuery, number: int) -> SupplierPage:
    offset = (number - 1) * PER_PAGE
    return index.find(replace(query, offset=offset, limit=PER_PAGE, facets=COUNTED))


def _chips(values: Mapping[str, Any], asked: Asked, address: Address) -> tuple[Chip, ...]:
    chips = []
    understood = asked.understood
    if values["q"] and not understood.parts:
        chips.append(Chip("Nom" if understood.is_name else "Mots", values["q"], address.without("q")))
    for part in understood.parts:
        if part.role == "radius":
            continue
        label = f"{part.label}{_radius_label(asked)}" if part.role == "place" else part.label
        chips.append(Chip(_PART_NAMES[part.role], label, _url_without(part, asked, address)))
    if values["lieu"] and asked.place is not None:
        chips.append(Chip("Où", f"{asked.place.label}{_radius_label(asked)}", address.without("lieu")))
    chips += [Chip("", label, address.without(name, value)) for name, value, label in chips_of(values)]
    if values["mot_a_mot"] and values["q"]:
        chips.append(Chip("", "Mots tels quels", address.without("mot_a_mot")))
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


def _radius_label(asked: Asked) -> str:
    return f" et {asked.radius_km} km autour" if asked.radius_km else ""


def _url_without(part: Part, asked: Asked, address: Address) -> str:
    """The same page, the sentence less these words; a radius goes with its place."""
    sentence = asked.understood.sentence
    assert sentence is not None
    gone = [part, *(other for other in sentence.parts if part.role == "place" and other.role == "radius")]
    return address.replacing(q=sentence.without(*gone))


def _points(asked: Asked, address: Address, beside: list[FoundSupplier]) -> dict[str, Any]:
    """The map: every supplier found, asked for as it moves; of those beside the list, their points."""
    points: dict[str, Any] = {
        "source": f"{address.path}/carte.geojson?{address.query}",
        "points": [point | {"is_soft": True} for point in points_of(beside)],
    }
    if points["points"]:
        points["legend"] = "Marques creuses : structures proches, ou à contacter, données après la liste."
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
