"""What a sentence was understood to say, and the query it makes; knows neither the database nor the index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from levier.core.search import Wish
from levier.directory.search import Near, SupplierQuery, trade_wish
from levier.directory.sentence import Part, Sentence
from levier.reference.places import Place

# Kilometres around a commune when nobody says how far.
DEFAULT_RADIUS = 30


@dataclass(frozen=True)
class Understood:
    """A query, and how the sentence became it.

    `sentence` is None when the words are searched as they are. `mended`: the sentence once its mistakes are corrected.
    `is_name`: somebody bears the sentence as a name, which was not read otherwise.
    """

    query: SupplierQuery
    sentence: Sentence | None = None
    mended: str = ""
    is_name: bool = False
    place: Place | None = None
    rivals: tuple[Place, ...] = ()
    radius_km: float | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.sentence.parts if self.sentence else ()

    @property
    def words(self) -> str:
        """What is looked for, without the place, the kinds and the numbers that were understood."""
        return self.sentence.rest if self.sentence else self.query.text

    @property
    def wished_sectors(self) -> tuple[str, ...]:
        """Sectors the words mean."""
        return tuple(slug for wish in self.query.wishes for slug in wish.values.get("sector", ()))

    def as_dict(self) -> dict[str, Any]:
        """What was understood, for a program: codes and numbers, null or empty for what was not said."""
        sentence = self.sentence
        return {
            "kinds": [*sentence.kinds, *(code for _, codes in sentence.named_kinds for code in codes)]
            if sentence
            else [],
            "sizes": list(sentence.sizes) if sentence else [],
            "place": self.place.label if self.place else None,
            "radius_km": self.radius_km,
            "departements": list(self.query.departements),
            "sectors": list(self.wished_sectors),
            "words": self.words,
            "identifier": sentence.identifier if sentence else "",
        }

    @property
    def is_trade(self) -> bool:
        """Whether a known trade is asked for, so that who says nothing of its trade stands apart."""
        return bool(self.sentence and self.sentence.is_trade) or bool(self.query.sectors)


def around(query: SupplierQuery, place: Place, radius_km: float | None) -> tuple[SupplierQuery, float | None]:
    """A query limited to a place, and the radius used: a commune is a centre with a radius, a territory is a filter."""
    if place.kind == "pays":
        return query, None
    query = replace(query, near=Near(place.latitude, place.longitude, place.landmass or None))
    if place.kind in {"commune", "arrondissement"} or radius_km:
        used = radius_km or DEFAULT_RADIUS
        return replace(query, radius_km=float(used)), used
    if place.kind == "epci":
        return replace(query, epci=(place.code,)), None
    if place.kind == "region":
        return replace(query, regions=(place.code,)), None
    return replace(query, departements=tuple(dict.fromkeys((*query.departements, place.code)))), None


def as_read(sentence: Sentence, base: SupplierQuery, radius_km: float | None = None) -> Understood:
    """`base` completed by what a sentence says, before the index settles the doubts."""
    if sentence.identifier:
        # Who types a number wants that very one, ESS bodies included.
        return Understood(replace(base, text=sentence.identifier, with_ess=True), sentence)
    wishes = [Wish(words, (), {"kind": codes}) for words, codes in sentence.named_kinds]
    text = ""
    trade = trade_wish(sentence.rest) if sentence.is_trade else None
    if trade is not None:
        wishes.insert(0, trade)
    else:
        text = sentence.rest
    query = replace(
        base,
        text=text,
        wishes=tuple(wishes),
        name=sentence.raw,
        # A trade that nobody does here is widened by places and trades, not by giving words up.
        relax=base.relax and trade is None,
        kinds=tuple(dict.fromkeys((*base.kinds, *sentence.kinds))),
        departements=tuple(dict.fromkeys((*base.departements, *sentence.departements))),
        sizes=tuple(dict.fromkeys((*base.sizes, *sentence.sizes))),
    )
    used = None
    if sentence.place is not None:
        query, used = around(query, sentence.place, radius_km or sentence.radius_km)
    return Understood(query, sentence, place=sentence.place, rivals=sentence.rivals, radius_km=used)
