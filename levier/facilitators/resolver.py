"""Chooses who to call for a purchase: a pure class over the known structures, with a reason for each name.

Order: under convention with the buyer, the programme's desk, the desk of the place of performance (commune,
then EPCI), the département's, the région's, then the ordered fallbacks. Only what covers the place is looked
at: a silent facilitator is escalated inside its structure, never replaced by a neighbour.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from levier.facilitators import advice
from levier.facilitators.answers import FacilitatorAnswer, KnownStructure, Referral, Territory
from levier.facilitators.models import Scope, StructureKind

PUBLIC = "public"
PRIVATE = "private"
_CLUBS = (StructureKind.CREPI, StructureKind.FACE)
# The order of the State's practical guide: « se rapprocher des acteurs locaux ».
_FALLBACKS = (
    (StructureKind.MDE,),
    (StructureKind.PLIE,),
    (StructureKind.MISSION_LOCALE,),
    (StructureKind.SIAE_NETWORK,),
    _CLUBS,
    (StructureKind.CONSULTANCY,),
)
_PRIVATE_FALLBACKS = (_CLUBS, (StructureKind.CONSULTANCY,), *_FALLBACKS[:4])
# They present candidates; they do not calibrate a clause: after everyone else.
_PRESCRIBERS = ((StructureKind.FRANCE_TRAVAIL,), (StructureKind.CAP_EMPLOI,))
# Not everywhere: named where they are known, never to be looked for.
_SCHOOLS = (StructureKind.E2C, StructureKind.EPIDE)


class FacilitatorResolver:
    """Built from the tables, then read by any number of threads.

    Demonstration desks leave as soon as a real desk is known anywhere, demonstration clubs as soon as a real
    club is: a reader who sees one real desk takes them all for real. Prescribers hold no desk and remove none.
    """

    def __init__(
        self,
        structures: Iterable[KnownStructure],
        conventions: Iterable[tuple[int, str, date, date | None, bool]] = (),
        programme_desks: Iterable[tuple[str, int, str, str]] = (),
    ) -> None:
        known = list(structures)
        has_real_desk = any(item.has_desk and not item.is_demo for item in known)
        has_real_club = any(item.kind in _CLUBS and not item.is_demo for item in known)
        self._structures = {
            item.id: item
            for item in known
            if not item.is_demo or not (has_real_desk if item.has_desk else has_real_club)
        }
        self._by_area: dict[tuple[str, str], list[KnownStructure]] = defaultdict(list)
        for item in sorted(self._structures.values(), key=lambda one: (one.is_demo, one.name, one.id)):
            for scope, code in item.coverage:
                self._by_area[scope, code].append(item)
        self._conventions: dict[str, list[tuple[KnownStructure, date, date | None, bool]]] = defaultdict(list)
        for structure_id, siren, start, end, is_lead in conventions:
            if structure_id in self._structures:
                self._conventions[siren].append((self._structures[structure_id], start, end, is_lead))
        self._programmes: dict[tuple[str, str, str], list[KnownStructure]] = defaultdict(list)
        for programme, structure_id, scope, code in programme_desks:
            if structure_id in self._structures:
                self._programmes[programme, scope, code].append(self._structures[structure_id])
        self._generic: dict[tuple[str, str, str], Referral] = {}
        self._answers: dict[tuple[object, ...], FacilitatorAnswer] = {}

    @property
    def shown_ids(self) -> frozenset[int]:
        """The structures that may be named: the fictitious ones leave with the first real desk or club."""
        return frozenset(self._structures)

    @property
    def structures(self) -> tuple[KnownStructure, ...]:
        """Those it refers to: a demonstration one is left out once a real one of its sort is known."""
        return tuple(self._structures.values())

    def resolve(
        self,
        territories: Sequence[Territory],
        *,
        on: date,
        buyer_siren: str | None = None,
        programme: str | None = None,
        buyer_side: str = PUBLIC,
    ) -> FacilitatorAnswer:
        """Who to call for a purchase performed on these territories (the main one first); never nobody."""
        places = tuple(territories) or (Territory(),)
        # Without buyer nor programme, communes of one EPCI have one answer unless a structure names them.
        key = (buyer_side, *(area for area in places[0].areas if self._is_told_apart(area)))
        is_common = len(places) == 1 and not buyer_siren and not programme
        if is_common and key in self._answers:
            return self._answers[key]
        ranked = [self._ranked(place, on, buyer_siren, programme, buyer_side) for place in places]
        if len(places) == 1:
            primary, *others = ranked[0]
            answer = FacilitatorAnswer(
                primary=primary,
                alternatives=tuple(others),
                escalation=self._escalation(places[0], primary),
            )
            if is_common:
                self._answers[key] = answer
            return answer
        lead = self._lead(places, ranked, on, buyer_siren)
        others = list(dict.fromkeys(item for listed in ranked for item in listed))
        return FacilitatorAnswer(
            primary=lead,
            alternatives=tuple(item for item in others if not _is_same(item, lead)),
            escalation=self._escalation(places[0], lead),
            by_territory=tuple(
                (place.label, listed[0]) for place, listed in zip(places, ranked, strict=True)
            ),
        )

    def _is_told_apart(self, area: tuple[str, str]) -> bool:
        return area[0] != Scope.COMMUNE or area in self._by_area

    def _ranked(
        self, place: Territory, on: date, buyer_siren: str | None, programme: str | None, side: str
    ) -> list[Referral]:
        """Every answer for one territory, best first, each structure once."""
        found: dict[object, Referral] = {}
        steps = (
            self._under_convention(place, on, buyer_siren),
            self._of_programme(place, programme),
            self._private(place) if side == PRIVATE else self._public(place),
        )
        for step in steps:
            for referral in step:
                found.setdefault(referral.structure_id or (referral.kind, referral.name), referral)
        return list(found.values())

    def _public(self, place: Territory) -> Iterator[Referral]:
        desks = list(self._desks(place, private=False))
        yield from desks
        for referral in self._fallbacks(place, _FALLBACKS):
            if desks or not referral.is_known:
                yield referral
            else:
                yield referral.with_reason(f"{advice.NO_DESK} {referral.reason}")

    def _private(self, place: Territory) -> Iterator[Referral]:
        """Expert associations first, then the desks that take private clients, then the others."""
        for kind in _CLUBS:
            yield from self._known(place, kind, advice.CLUB_FOR_PRIVATE)
        yield from self._desks(place, private=True)
        yield from self._fallbacks(place, _PRIVATE_FALLBACKS)
        for referral in self._desks(place, private=False):
            yield referral.with_reason(f"{referral.reason} {advice.PUBLIC_FIRST}")

    def _standing(self, on: date, buyer_siren: str | None) -> list[tuple[KnownStructure, bool]]:
        """(structure, whether it is the lead) of the buyer's conventions in force that day."""
        return [
            (item, is_lead)
            for item, start, end, is_lead in self._conventions.get(buyer_siren or "", ())
            if start <= on and (end is None or on <= end)
        ]

    def _under_convention(self, place: Territory, on: date, buyer_siren: str | None) -> Iterator[Referral]:
        standing = self._standing(on, buyer_siren)
        areas = set(place.areas)
        standing.sort(key=lambda pair: (not areas & set(pair[0].coverage), not pair[1], pair[0].name))
        for item, _ in standing:
            reason = advice.CONVENTION if areas & set(item.coverage) else advice.CONVENTION_ELSEWHERE
            yield advice.referral("convention", item, reason.format(place=place.label))

    def _of_programme(self, place: Territory, programme: str | None) -> Iterator[Referral]:
        if not programme:
            return
        for area in place.areas:
            for item in self._programmes.get((programme, *area), ()):
                yield advice.referral(
                    "programme",
                    item,
                    advice.PROGRAMME.format(
                        programme=advice.programme_label(programme), place=place.area_label(area)
                    ),
                )

    def _desks(self, place: Territory, *, private: bool) -> Iterator[Referral]:
        is_first = True
        for area in place.areas:
            for item in self._by_area.get(area, ()):
                if item.has_desk and (item.private_clients or not private):
                    reason = advice.DESK[area[0]].format(place=place.area_label(area))
                    if is_first and area[0] not in {Scope.COMMUNE, Scope.EPCI}:
                        reason = f"{reason} {advice.NOTHING_NEARER}"
                    is_first = False
                    yield advice.referral(f"guichet_{area[0]}", item, reason)

    def _known(self, place: Territory, kind: StructureKind, reason: str = "") -> Iterator[Referral]:
        for area in place.areas:
            for item in self._by_area.get(area, ()):
                if item.kind != kind or item.has_desk:
                    continue
                said = reason or (advice.ASSUMED if item.is_assumed else advice.KNOWN_FALLBACK)[kind]
                yield advice.referral("repli", item, said.format(place=place.area_label(area)))

    def _fallbacks(self, place: Territory, order: Sequence[tuple[StructureKind, ...]]) -> Iterator[Referral]:
        """Known structures in the guide's order, then what to look for, then those who present candidates."""
        named = [kind for kinds in order for kind in kinds]
        known = {kind: list(self._known(place, kind)) for kind in named}
        for kind in named:
            yield from known[kind]
        for kinds in order:
            if not any(known[kind] for kind in kinds):
                yield self._generic_for(kinds[0], place)
        for (kind,) in _PRESCRIBERS:
            found = list(self._known(place, kind))
            yield from found or [self._generic_for(kind, place)]
        for kind in _SCHOOLS:
            yield from self._known(place, kind)

    def _generic_for(self, kind: StructureKind, place: Territory) -> Referral:
        key = (kind, place.epci_code, place.departement_code)
        if key not in self._generic:
            self._generic[key] = advice.generic(kind, place)
        return self._generic[key]

    def _lead(
        self,
        places: Sequence[Territory],
        ranked: Sequence[Sequence[Referral]],
        on: date,
        buyer_siren: str | None,
    ) -> Referral:
        """One lead for an operation over several territories: agreed, else covering all, else the first's."""
        agreed = [item for item, is_lead in self._standing(on, buyer_siren) if is_lead]
        if agreed:
            # A national buyer has a lead in several régions: the one that covers most of these territories.
            reach = [sum(bool(set(place.areas) & set(item.coverage)) for place in places) for item in agreed]
            return advice.referral("chef_de_file", agreed[reach.index(max(reach))], advice.LEAD_AGREED)
        first = ranked[0][0]
        if first.step in {"convention", "programme"}:
            return first.with_reason(f"{first.reason} {advice.LEAD_SAME}")
        common = set(places[0].areas).intersection(*(set(place.areas) for place in places[1:]))
        for area in places[0].areas:
            if area in common:
                for item in self._by_area.get(area, ()):
                    if item.has_desk:
                        reason = advice.LEAD_COVERS_ALL.format(place=places[0].area_label(area))
                        return advice.referral("chef_de_file", item, reason)
        return first.with_reason(f"{first.reason} {advice.LEAD_TO_AGREE}")

    def _escalation(self, place: Territory, primary: Referral) -> str:
        """What to do when nobody answers: inside the structure, then the région's animator."""
        animators = [
            item.name
            for item in self._by_area.get((Scope.REGION.value, place.region_code), ())
            if item.has_desk and item.id != primary.structure_id
        ]
        return advice.escalation(primary, animators[0] if animators else "", place)


def _is_same(one: Referral, other: Referral) -> bool:
    if one.structure_id is not None or other.structure_id is not None:
        return one.structure_id == other.structure_id
    return (one.kind, one.name) == (other.kind, other.name)
