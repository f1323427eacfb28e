"""The filters of the results page: for each, its name in the address, what it counts in the index, how its values are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from levier.directory.kinds import FAMILY_LABELS, KINDS, SHELF_LABELS, kind_of, kinds_of_family
from levier.directory.labels import LABELS
from levier.directory.models import Supplier
from levier.directory.ownership.wording import month_words
from levier.directory.search import ESS_AT_LARGE, SupplierPage, SupplierQuery
from levier.directory.sizes import SIZES
from levier.directory.territory import TERRITORIES
from levier.directory.ways import WAYS
from levier.reference.queries import place_by_code
from levier.reference.sectors import sector

# A facet lists its most frequent values; those in force always stay.
MOST_OPTIONS = 25


@dataclass(frozen=True, slots=True)
class Filter:
    """``name``: field of the address. ``counted``: field of the index. ``asked``: field of `SupplierQuery`.

    ``hint``: what the counts do not say. ``order``: the values in their own order, when the most frequent first would confuse.
    """

    name: str
    counted: str
    asked: str
    title: str
    label_of: Callable[[str], str | None]
    hint: str = ""
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """One group of check boxes. An option is a mapping: name, value, label, count, is_on, and ``options`` under it."""

    title: str
    name: str
    options: tuple[dict[str, Any], ...]
    is_open: bool
    hint: str = ""


def _kind_name(code: str) -> str:
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


def _way_label(code: str) -> str:
    return WAYS[code].capitalize()


KIND = Filter("type", "kind", "kinds", "Type de structure", _kind_name)
# In the order of the page. The kinds stand apart: they are listed under their families.
FILTERS = (
    Filter("role", "shelf", "shelves", "Ce que la structure peut faire", SHELF_LABELS.get),
    Filter("secteur", "sector", "sectors", "Secteur d’achat", lambda slug: sector(slug).label),
    Filter("dep", "departement", "departements", "Département", _departement_label),
    Filter("forme", "way", "ways", "Forme de la prestation", _way_label,
           "Déduite du type et du métier quand la structure ne l’a pas dite."),
    Filter("taille", "size", "sizes", "Taille", SIZES.get,
           "Connue pour une partie des structures : les autres ne sont pas comptées.", tuple(SIZES)),
    Filter("label", "label", "labels", "Label ou agrément", _label_name),
    Filter("territoire", "territory", "territories", "Territoire", TERRITORIES.get),
    Filter("dispo", "available", "available", "Disponible", _month_label),
    Filter("activite", "activity", "activities", "Activités", _activity_label),
)  # fmt: skip
COUNTED = (KIND.counted, *(each.counted for each in FILTERS))


def query_of(values: Mapping[str, Any]) -> SupplierQuery:
    """The query these fields of the page make, before the sentence and the place are read."""
    asked = {each.asked: tuple(values[each.name]) for each in FILTERS}
    kinds = kinds_asked(values["famille"], values[KIND.name], with_ess=values["ess"])
    return SupplierQuery(kinds=kinds, with_ess=values["ess"], **asked)


def kinds_asked(families: Sequence[str], kinds: Sequence[str], *, with_ess: bool) -> tuple[str, ...]:
    """A family stands for its kinds, unless some of them are ticked under it: then those alone.

    The ESS at large is of its family only when it is asked for: its list is ten times all the others together.
    """
    found = list(kinds)
    for family in families:
        own = [kind.code for kind in kinds_of_family(family)]
        if not set(own) & set(kinds):
            found += [code for code in own if with_ess or code != ESS_AT_LARGE]
    return tuple(dict.fromkeys(found))


def facets_of(page: SupplierPage, values: Mapping[str, Any], is_trade: bool) -> tuple[Facet, ...]:
    """The facets to offer with their counts; of a trade, all activities are known and need no filter."""
    shown = [each for each in FILTERS if not (is_trade and each.counted == "activity")]
    facets = (_kinds_facet(page, values), *(_facet(page, values, each) for each in shown))
    return tuple(facet for facet in facets if facet.options)


def chips_of(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(field, value, label) of every filter in force, in the order of the page."""
    chips = [("famille", family, FAMILY_LABELS[family]) for family in values["famille"]]
    for each in (KIND, *FILTERS):
        chips += [(each.name, value, each.label_of(value) or value) for value in values[each.name]]
    return chips


def _facet(page: SupplierPage, values: Mapping[str, Any], one: Filter) -> Facet:
    counts = page.facets.get(one.counted, {})
    on = list(values[one.name])
    shown = list(dict.fromkeys([*on, *list(counts)[:MOST_OPTIONS]]))
    options = [_option(one.name, value, one.label_of(value) or value, counts, on) for value in shown]
    if one.order:
        options.sort(key=lambda option: one.order.index(option["value"]))
    else:
        options.sort(key=lambda option: (-option["count"], option["label"]))
    return Facet(one.title, one.name, tuple(options), bool(on), one.hint)


def _kinds_facet(page: SupplierPage, values: Mapping[str, Any]) -> Facet:
    """The kinds under their families; a family of one kind is that kind."""
    counts = page.facets.get(KIND.counted, {})
    families, kinds = list(values["famille"]), list(values[KIND.name])
    options = []
    for family, label in FAMILY_LABELS.items():
        own = [kind.code for kind in KINDS if kind.family == family]
        under = [
            _option(KIND.name, code, _kind_name(code), counts, kinds)
            for code in own
            if counts.get(code) or code in kinds
        ]
        if not under and family not in families:
            continue
        under.sort(key=lambda option: (-option["count"], option["label"]))
        if len(own) == 1 and family not in families:
            options += under
            continue
        total = {family: sum(counts.get(code, 0) for code in own)}
        options.append(_option("famille", family, label, total, families) | {"options": under})
    options.sort(key=lambda option: -option["count"])
    return Facet(KIND.title, KIND.name, tuple(options), is_open=True)


def _option(name: str, value: str, label: str, counts: Mapping[str, int], on: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "label": label,
        "count": counts.get(value, 0),
        "is_on": value in on,
        "options": [],
    }
