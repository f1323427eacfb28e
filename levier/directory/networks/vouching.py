"""Reads on vouches: those that stand beside the values of a sheet, those to check again, what is worth vouching for."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from levier.directory.models import Capacity, NetworkMember, Supplier, Vouch
from levier.directory.networks.facts import (
    FACTS,
    REASONS,
    Fact,
    Published,
    Said,
    hash_of,
    reason_to_vouch,
    words_of,
)
from levier.directory.networks.queries import sheets_of

_SAID = """
SELECT r.supplier_id, r.source_id, value.key, value.value
FROM directory_sourcerecord r CROSS JOIN LATERAL jsonb_each(r.values) value
WHERE r.supplier_id = ANY(%s) AND r.gone_since IS NULL AND value.key = ANY(%s)
"""
_GROUPS = sorted({group for fact in FACTS.values() for group in fact.groups})


@dataclass(frozen=True, slots=True)
class StandingVouch:
    """A vouch that everybody sees: who, when, how; its value is still the one that was read."""

    fact: str
    network: str
    at: datetime
    how: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class VouchToCheck:
    """A vouch of one network that no longer shows: why, what it had read, what the sheet says now."""

    vouch: Vouch
    supplier: Supplier
    label: str
    has_changed: bool
    now: str

    @property
    def why(self) -> str:
        """« la valeur a changé », « échue », in French."""
        if not self.has_changed:
            return "échue"
        return "la valeur a changé" if self.now else "la fiche n’en dit plus rien"


@dataclass(frozen=True, slots=True)
class MemberFact:
    """One fact of a member as its network sees it. ``reason``: why its word would add something, in French.

    ``vouch``: the network's own one, if any; ``stands``: it still shows.
    """

    fact: Fact
    words: str
    value_hash: str
    reason: str
    vouch: Vouch | None
    stands: bool

    @property
    def is_worth(self) -> bool:
        """Whether to propose it: a useful word, not said yet or to be said again."""
        return not self.stands and (bool(self.reason) or self.vouch is not None)


def published_of(suppliers: Sequence[Supplier]) -> dict[int, Published]:
    """What readers see of these suppliers, by id. One SQL query."""
    teams: dict[int, list[Capacity]] = defaultdict(list)
    counted = Capacity.objects.counted(timezone.localdate()).filter(supplier__in=suppliers, quantity__gt=0)
    for one in counted.order_by("month", "sector", "area", "unit"):
        teams[one.supplier_id].append(one)
    return {one.pk: Published(one, tuple(teams[one.pk])) for one in suppliers}


def _shown(vouch: Vouch) -> Supplier:
    return vouch.supplier.merged_into or vouch.supplier


def live_vouches() -> QuerySet[Vouch]:
    """Vouches not taken back, of networks still named and of suppliers they still gather."""
    member = NetworkMember.objects.filter(
        Q(supplier_id=OuterRef("supplier_id"))
        | Q(supplier__merged_into_id=OuterRef("supplier__merged_into_id"))
        | Q(supplier_id=OuterRef("supplier__merged_into_id"))
        | Q(supplier__merged_into_id=OuterRef("supplier_id")),
        network_id=OuterRef("network_id"),
        state=NetworkMember.State.ACTIVE,
    )
    return Vouch.objects.filter(Exists(member), withdrawn_at=None, network__reviewing__isnull=False)


def standing_vouches(suppliers: Sequence[Supplier]) -> dict[int, tuple[StandingVouch, ...]]:
    """Supplier id → the vouches everybody sees, the newest first. Two SQL queries, one when there is none."""
    ids = [one.pk for one in suppliers]
    found = list(
        live_vouches()
        .filter(Q(supplier_id__in=ids) | Q(supplier__merged_into_id__in=ids))
        .filter(expires_on__gte=timezone.localdate())
        .select_related("supplier", "network__reviewing")
    )
    if not found:
        return {}
    published = published_of(suppliers)
    hashes = _Hashes(published)
    standing: dict[int, list[StandingVouch]] = defaultdict(list)
    for vouch in found:
        shown = vouch.supplier_id if vouch.supplier_id in published else vouch.supplier.merged_into_id
        if shown is not None and vouch.value_hash == hashes.of(shown, vouch.group):
            standing[shown].append(
                StandingVouch(
                    vouch.group, vouch.network.reviewing.short_name or vouch.network.name, vouch.at,
                    str(vouch.get_how_display()), vouch.expires_on,
                )
            )  # fmt: skip
    return {shown: tuple(rows) for shown, rows in standing.items()}


def vouches_shown_on(supplier_id: int) -> tuple[StandingVouch, ...]:
    """The vouches everybody sees on one sheet. One SQL query when there is none, four otherwise."""
    given = Vouch.objects.filter(supplier__in=sheets_of(supplier_id).values("pk"), withdrawn_at=None)
    if not given.exists():
        return ()
    return standing_vouches(list(Supplier.objects.filter(pk=supplier_id))).get(supplier_id, ())


class _Hashes:
    """The hash of each fact of each supplier, reckoned once."""

    def __init__(self, published: Mapping[int, Published]) -> None:
        self._published = published
        self._known: dict[tuple[int, str], str] = {}

    def of(self, supplier_id: int, slug: str) -> str:
        """Empty when the sheet says nothing of it, or when the fact is no longer one."""
        key = supplier_id, slug
        if key not in self._known:
            fact = FACTS.get(slug)
            self._known[key] = hash_of(fact, self._published[supplier_id]) if fact else ""
        return self._known[key]


def vouches_to_check(network_organisation_id: int) -> list[VouchToCheck]:
    """What a network vouched for and no longer shows: changed or expired, the oldest first. Two SQL queries."""
    found = list(
        live_vouches()
        .filter(network_id=network_organisation_id)
        .select_related("supplier__merged_into")
        .order_by("at", "id")
    )
    published = published_of(list({_shown(one).pk: _shown(one) for one in found}.values())) if found else {}
    today, rows = timezone.localdate(), []
    for vouch in found:
        fact, supplier = FACTS.get(vouch.group), _shown(vouch)
        if fact is None:
            continue
        has_changed = vouch.value_hash != hash_of(fact, published[supplier.pk])
        if has_changed or vouch.expires_on < today:
            now = words_of(fact, published[supplier.pk])
            rows.append(VouchToCheck(vouch, supplier, fact.label, has_changed, now))
    return rows


def facts_of_members(
    network_organisation_id: int, suppliers: Sequence[Supplier]
) -> dict[int, tuple[MemberFact, ...]]:
    """Supplier id → the facts its sheet states, with this network's vouches. Three SQL queries."""
    ids = [one.pk for one in suppliers]
    own = live_vouches().filter(
        Q(supplier_id__in=ids) | Q(supplier__merged_into_id__in=ids), network_id=network_organisation_id
    )
    vouches: dict[tuple[int, str], Vouch] = {}
    for vouch in own.select_related("supplier", "by").order_by("at", "id"):
        shown = vouch.supplier_id if vouch.supplier_id in set(ids) else vouch.supplier.merged_into_id
        if shown is not None:
            vouches[shown, vouch.group] = vouch
    published, said = published_of(suppliers), _said_of(ids)
    today = timezone.localdate()
    return {
        supplier_id: tuple(_member_facts(published[supplier_id], said[supplier_id], vouches, today))
        for supplier_id in ids
    }


def _member_facts(
    published: Published, said: Said, vouches: Mapping[tuple[int, str], Vouch], today: date
) -> Iterable[MemberFact]:
    for fact in FACTS.values():
        value_hash = hash_of(fact, published)
        if not value_hash:
            continue
        vouch = vouches.get((published.supplier.pk, fact.slug))
        stands = vouch is not None and vouch.value_hash == value_hash and vouch.expires_on >= today
        reason = REASONS.get(reason_to_vouch(fact, published, said), "")
        yield MemberFact(fact, words_of(fact, published), value_hash, reason, vouch, stands)


def _said_of(ids: Sequence[int]) -> dict[int, Said]:
    said: dict[int, Said] = defaultdict(Said)
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [list(ids), _GROUPS])
        for supplier_id, source, group, value in cursor.fetchall():
            said[supplier_id].add(group, source, json.loads(value))
    return said
