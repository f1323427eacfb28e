"""Nobody fulfils all a sentence says: which of its words empties the list, and who answers once one is given up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from levier.core.search import Wish
from levier.core.typography import figure
from levier.directory import index
from levier.directory.search import SupplierQuery
from levier.directory.understood import Understood

# The kind is given up first: the purchase and its place matter more to whoever buys.
_GIVEN_UP_FIRST = ("kind", "size", "place", "trade")
# « SCOP, imprimerie, Bretagne », as one says it.
_SAID_FIRST = ("kind", "size", "trade", "place")
_ROLES = {"words": "trade"}


@dataclass(frozen=True)
class Loosened:
    """The same search less some of what it says. `roles`: of the parts given up (`Part.role`; `trade` for any words).

    `said`: all of it, in the order one says it; `text`: the sentence that remains; `is_placed`: whether the place is kept.
    """

    roles: tuple[str, ...]
    said: tuple[str, ...]
    given_up: tuple[str, ...]
    kept: tuple[str, ...]
    text: str
    is_placed: bool
    query: SupplierQuery
    total: int

    @property
    def title(self) -> str:
        """« Sans « SCOP » », or what alone is kept when that is shorter to say."""
        if len(self.given_up) > 1:
            return f"«\u00a0{self.kept[0]}\u00a0» seul"
        return f"Sans «\u00a0{self.given_up[0]}\u00a0»"

    @property
    def found(self) -> str:
        """« 12 structures (imprimerie, Bretagne) »: how many answer, and to what."""
        kept = f" ({', '.join(self.kept)})" if len(self.given_up) == 1 else ""
        return f"{figure(self.total)}\u00a0structure{'s' if self.total > 1 else ''}{kept}"


def kind_wishes(query: SupplierQuery) -> tuple[Wish, ...]:
    """The kinds asked for by a word that names may hold too (« SCOP »), without the trade."""
    return tuple(wish for wish in query.wishes if "kind" in wish.values)


def loosened(understood: Understood, query: SupplierQuery, place: str = "") -> tuple[Loosened, ...]:
    """One thing given up at a time, only what finds somebody; when nothing does, one thing kept at a time.

    `query`: what was asked for good; `place`: its place when that was said apart from the sentence. Empty when it says one thing.
    """
    said = _said(understood, place)
    if len(said) < 2:
        return ()
    one_less = [_less(understood, query, said, (role,)) for role in said]
    found = [each for each in one_less if each.total]
    if not found and len(said) > 2:
        found = [_less(understood, query, said, [each for each in said if each != role]) for role in said]
    return tuple(each for each in found if each.total)


def why_nobody(offers: tuple[Loosened, ...]) -> str:
    """The sentence that tells a reader which word empties the list. Empty without offers."""
    if not offers:
        return ""
    first = offers[0]
    if len(first.given_up) > 1:
        return "Aucune fiche n’en réunit même deux."
    if len(offers) > 1:
        quoted = [f"«\u00a0{one}\u00a0»" for one in first.said]
        return f"Aucune fiche ne réunit {', '.join(quoted[:-1])} et {quoted[-1]}."
    return f"C’est «\u00a0{first.given_up[0]}\u00a0» qui vide la liste."


def in_fields(offers: tuple[Loosened, ...], place: str) -> dict[str, Any]:
    """The same for a program: why nobody answers, what to ask next (`q`, `near`) and how many that finds. `place`: as for `loosened`."""
    looser = [
        {
            "given_up": list(one.given_up),
            "kept": list(one.kept),
            "q": one.text,
            "near": place if one.is_placed else "",
            "total": one.total,
        }
        for one in offers
    ]
    return {"why_nobody": why_nobody(offers), "looser": looser}


def _said(understood: Understood, place: str) -> dict[str, str]:
    """What is said, by role, in the order one gives it up."""
    words: dict[str, list[str]] = {}
    for part in understood.parts:
        words.setdefault(_ROLES.get(part.role, part.role), []).append(part.label)
    if "identifier" in words:
        return {}
    if place and "place" not in words:
        words["place"] = [place]
    if understood.sentence is None and understood.query.text:
        words["trade"] = [understood.query.text]
    return {role: ", ".join(words[role]) for role in _GIVEN_UP_FIRST if role in words}


def _less(
    understood: Understood, query: SupplierQuery, said: dict[str, str], roles: Iterable[str]
) -> Loosened:
    gone = tuple(roles)
    for role in gone:
        query = _without(understood, query, role)
    query = replace(query, relax=False)
    return Loosened(
        roles=gone,
        said=tuple(said[role] for role in _SAID_FIRST if role in said),
        given_up=tuple(said[role] for role in gone),
        kept=tuple(said[role] for role in _SAID_FIRST if role in said and role not in gone),
        text=_text_without(understood, gone),
        is_placed="place" in said and "place" not in gone,
        query=query,
        total=index.count(query),
    )


def _without(understood: Understood, query: SupplierQuery, role: str) -> SupplierQuery:
    if role == "place":
        return replace(
            query, near=None, radius_km=None, departements=(), regions=(), epci=(), sort="relevance"
        )
    if role == "kind":
        # Those of a filter stay: they have their own chip.
        said = understood.sentence.kinds if understood.sentence else ()
        named = kind_wishes(query)
        return replace(
            query,
            kinds=tuple(kind for kind in query.kinds if kind not in said),
            wishes=tuple(wish for wish in query.wishes if wish not in named),
        )
    if role == "size":
        return replace(query, sizes=())
    return replace(query, text="", wishes=kind_wishes(query), sort="name")


def _text_without(understood: Understood, roles: tuple[str, ...]) -> str:
    sentence = understood.sentence
    if sentence is None:
        return "" if "trade" in roles else understood.query.text
    gone = [
        part
        for part in sentence.parts
        if _ROLES.get(part.role, part.role) in roles or (part.role == "radius" and "place" in roles)
    ]
    return sentence.without(*gone)
