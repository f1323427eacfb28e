"""What to show or offer beside the list: a little further, neighbouring trades, the silent, the ESS, a wider search."""

from dataclasses import dataclass, replace

from levier.core.typography import figure
from levier.directory import index
from levier.directory.address import Address
from levier.directory.asked import Asked
from levier.directory.coming import sectors_asked
from levier.directory.filters import FILTERS
from levier.directory.forms import RADII
from levier.directory.kinds import kinds_of_family
from levier.directory.loosening import Loosened, kind_wishes
from levier.directory.search import ESS_AT_LARGE, SupplierHit, SupplierQuery
from levier.reference.places.naming import of
from levier.reference.sectors import neighbours_of

# Suppliers whose activities nobody states, shown apart under the last page.
APART = 6
# Below so many answers, the nearest ones beyond the place and the neighbouring trades are shown too.
FEW = 10
FURTHER_KM = 80.0
# The fields of an address that say where.
_NO_PLACE = {"lieu": "", "rayon": "", "dep": ""}

_ESS_KINDS = {kind.code for kind in kinds_of_family("ess")} - {ESS_AT_LARGE}


@dataclass(frozen=True)
class Widening:
    """A wider search that finds somebody: what it is, its address, how many answer (`found`, in words).

    `nearest`: of a search without its place, the closest to it; `is_one`: nobody else answers.
    """

    label: str
    url: str
    found: str
    nearest: SupplierHit | None = None
    is_one: bool = False


def apart_suppliers(query: SupplierQuery, known: set[int]) -> tuple[tuple[SupplierHit, ...], int]:
    """Whoever is near, of the kinds asked for, and says nothing of its trade: it must not be dropped."""
    if query.near is None and not query.departements and not query.kinds:
        # Nothing says where nor who: the whole country would be no help.
        return (), 0
    sort = "distance" if query.near is not None else "name"
    unknown = replace(
        query, text="", wishes=kind_wishes(query), activities=("unknown",), sectors=(), limit=APART + len(known),
        sort=sort,
    )  # fmt: skip
    page = index.find(unknown)
    kept = tuple(each for each in page.hits if each.key not in known)
    return kept[:APART], page.total - (len(page.hits) - len(kept))


def further_suppliers(asked: Asked, known: set[int]) -> tuple[SupplierHit, ...]:
    """The nearest beyond the radius, the EPCI or the département, when few answer inside."""
    query, place = asked.query, asked.place
    if place is None or query.near is None or not (query.text or query.wishes or query.kinds):
        return ()
    if asked.radius_km:
        query = replace(query, radius_km=2.0 * asked.radius_km)
    elif place.kind == "departement":
        query = replace(query, departements=(), radius_km=FURTHER_KM)
    elif place.kind == "epci":
        query = replace(query, epci=(), radius_km=FURTHER_KM)
    else:
        return ()
    found = index.find(replace(query, sort="distance", relax=False, limit=FEW + len(known)))
    return tuple(each for each in found.hits if each.key not in known)[:FEW]


def neighbour_suppliers(asked: Asked, known: set[int]) -> tuple[SupplierHit, ...]:
    """In the place and of the kinds asked for, the suppliers of a neighbouring trade."""
    query = asked.query
    asked_for = sectors_asked(query)
    close = sorted({each for slug in asked_for for each in neighbours_of(slug)} - asked_for)
    if not close:
        return ()
    others = replace(query, text="", wishes=kind_wishes(query), sectors=tuple(close), limit=FEW + len(known))
    found = index.find(replace(others, sort="distance" if query.near is not None else "relevance"))
    return tuple(each for each in found.hits if each.key not in known)[:FEW]


def ess_total(query: SupplierQuery) -> int:
    """How many ESS bodies at large would come in addition."""
    asks_for_the_ess = set(query.kinds) == _ESS_KINDS
    if query.with_ess or query.families or (query.kinds and not asks_for_the_ess):
        return 0
    return index.count(replace(query, kinds=("ESS",), relax=False))


def widenings(asked: Asked, address: Address, offers: tuple[Loosened, ...]) -> tuple[Widening, ...]:
    """Nobody answers: what to give up, one thing at a time, and how many that would find. Only what finds somebody.

    `offers`: what the sentence may give up.
    """
    return (
        *(_loosened(one, asked, address) for one in offers),
        *_wider_radius(asked, address),
        *_word_for_word(asked, address),
        *_less_filters(asked, address),
        *_with_ess(asked, address),
    )


def _loosened(one: Loosened, asked: Asked, address: Address) -> Widening:
    near, nearest = asked.query.near, None
    if "place" in one.roles and near is not None and one.total:
        closest = index.find(replace(one.query, near=near, sort="distance", limit=1))
        nearest = next(iter(closest.hits), None)
    values = {"q": one.text} | ({} if one.is_placed else _NO_PLACE)
    return Widening(one.title, address.replacing(**values), one.found, nearest, is_one=one.total == 1)


def _wider_radius(asked: Asked, address: Address) -> list[Widening]:
    if not asked.radius_km or asked.place is None:
        return []
    for radius in RADII:
        if radius > asked.radius_km:
            total = _count(replace(asked.query, radius_km=float(radius)))
            if total:
                label = f"Chercher à {radius} km autour {of(asked.place)}"
                return [_widening(label, address.replacing(rayon=str(radius)), total)]
    return []


def _word_for_word(asked: Asked, address: Address) -> list[Widening]:
    query, sentence = asked.query, asked.understood.sentence
    if sentence is None or sentence.is_plain or sentence.identifier:
        return []
    words = SupplierQuery(text=sentence.raw, with_ess=query.with_ess, within=query.within)
    label = "Chercher ces mots tels quels, comme un nom"
    return _if_any(label, address.replacing(mot_a_mot="1"), _count(words))


def _less_filters(asked: Asked, address: Address) -> list[Widening]:
    query = asked.query
    # The place is given up elsewhere.
    given_up = [each for each in FILTERS if each.counted != "departement"]
    bare = replace(query, **dict.fromkeys((each.asked for each in given_up), ()))
    if bare == query:
        return []
    url = address.replacing(**dict.fromkeys((each.name for each in given_up), ""))
    return _if_any("Retirer les filtres", url, _count(bare))


def _with_ess(asked: Asked, address: Address) -> list[Widening]:
    return _if_any("Ajouter les structures de l’ESS", address.replacing(ess="1"), ess_total(asked.query))


def _if_any(label: str, url: str, total: int) -> list[Widening]:
    return [_widening(label, url, total)] if total else []


def _widening(label: str, url: str, total: int) -> Widening:
    return Widening(label, url, f"{figure(total)}\u00a0structure{'s' if total > 1 else ''}")


def url_without(asked: Asked, address: Address, *roles: str, **values: str) -> str:
    """The same page with other values, its sentence less these parts; the field « Où ? » goes with the place."""
    sentence = asked.understood.sentence
    if sentence is not None:
        gone = [
            part
            for part in sentence.parts
            if part.role in roles or (part.role == "radius" and "place" in roles)
        ]
        values["q"] = sentence.without(*gone)
    if "place" in roles:
        values = _NO_PLACE | values
    return address.replacing(**values)


def _count(query: SupplierQuery) -> int:
    return index.count(replace(query, sort="relevance", relax=False))
