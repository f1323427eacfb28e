"""Suppliers joined by pairs « same » make one; which of them is kept follows from the pairs, never from their order."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from levier.core.changes import record_changes
from levier.directory.models import DuplicatePair
from levier.directory.owner import OWNER
from levier.directory.sources.publishing import TOPIC, merge_again

_MEMBERS = """
SELECT s.id, s.key, s.merged_into_id,
       count(r.id) FILTER (WHERE r.source_id = %(owner)s) > 0 AS is_owned,
       count(r.id) FILTER (WHERE r.gone_since IS NULL) > 0 AS is_live
FROM directory_supplier s
LEFT JOIN directory_sourcerecord r ON r.stated_key = s.key
WHERE s.id = ANY(%(ids)s)
GROUP BY s.id
"""
# A record written without its key belongs to the supplier it stands on.
_NAME_RECORDS = """
UPDATE directory_sourcerecord r SET stated_key = s.key FROM directory_supplier s
WHERE s.id = r.supplier_id AND r.stated_key = '' AND s.id = ANY(%(ids)s)
"""
_POINT = """
UPDATE directory_supplier s
SET merged_into_id = wanted.kept, is_listed = is_listed AND wanted.kept IS NULL, updated_at = statement_timestamp()
FROM (SELECT unnest(%(moved)s::bigint[]) AS id, unnest(%(kept)s::bigint[]) AS kept) wanted
WHERE s.id = wanted.id
"""
_MOVE_RECORDS = """
UPDATE directory_sourcerecord r SET supplier_id = coalesce(s.merged_into_id, s.id) FROM directory_supplier s
WHERE s.key = r.stated_key AND s.id = ANY(%(ids)s) AND r.supplier_id IS DISTINCT FROM coalesce(s.merged_into_id, s.id)
"""
_LIST_AGAIN = """
UPDATE directory_supplier s SET is_listed = true
WHERE s.id = ANY(%(freed)s) AND EXISTS (SELECT 1 FROM directory_sourcerecord r WHERE r.supplier_id = s.id)
"""


@dataclass
class Groups:
    """Sets of ids joined so far; ``of`` gives the set of one, which may be itself alone."""

    _group: dict[int, frozenset[int]] = field(default_factory=dict)

    def of(self, member: int) -> frozenset[int]:
        """Everybody joined with this one, itself included."""
        return self._group.get(member, frozenset({member}))

    def join(self, one: int, other: int) -> None:
        """The two sets are one from now on."""
        together = self.of(one) | self.of(other)
        for member in together:
            self._group[member] = together


def may_join(
    groups: Groups, pair: tuple[int, int], sources: Mapping[int, frozenset[str]], apart: Set[tuple[int, int]]
) -> bool:
    """A rule must not bring together, through a third one, what a source lists or a person holds apart."""
    ours, theirs = groups.of(pair[0]), groups.of(pair[1])
    if any((min(one, other), max(one, other)) in apart for one in ours for other in theirs):
        return False
    listing = [frozenset().union(*(sources.get(one, ()) for one in group)) for group in (ours, theirs)]
    return listing[0].isdisjoint(listing[1])


def decided_groups() -> Groups:
    """The groups that the pairs decided « same » make. One SQL query."""
    groups = Groups()
    same = DuplicatePair.objects.filter(state=DuplicatePair.State.SAME)
    for left, right in same.values_list("left_id", "right_id"):
        groups.join(left, right)
    return groups


def regroup(ids: Iterable[int], today: date) -> int:
    """Make the directory follow the pairs, for the groups of these suppliers. Returns how many are concerned.

    In the caller's transaction: pointers, records, listing and values, then the change log.
    """
    groups = decided_groups()
    wanted = {group for one in ids for group in [groups.of(one)]}
    members = sorted(set().union(*wanted)) if wanted else []
    if not members:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_NAME_RECORDS, {"ids": members})
        cursor.execute(_MEMBERS, {"ids": members, "owner": OWNER.slug})
        known = {row[0]: row[1:] for row in cursor.fetchall()}
        pointers: dict[int, int | None] = {}
        for group in wanted:
            kept = max(group, key=lambda one: _worth(one, *known[one]))
            pointers |= {one: None if one == kept else kept for one in group}
        moved = sorted(one for one, kept in pointers.items() if known[one][1] != kept)
        freed = [one for one in moved if pointers[one] is None]
        cursor.execute(_POINT, {"moved": moved, "kept": [pointers[one] for one in moved]})
        cursor.execute(_MOVE_RECORDS, {"ids": members})
        cursor.execute(_LIST_AGAIN, {"freed": freed})
    merge_again(members, today)
    record_changes(TOPIC, members)
    return len(members)


def _worth(
    supplier_id: int, key: str, merged_into: int | None, is_owned: bool, is_live: bool
) -> tuple[bool, bool, bool, str, bool, int]:
    """Which one is kept: its owner's, then one with a SIRET, still listed, the newest number; then the oldest sheet."""
    number = key.partition(":")[0]
    has_siret = len(number) == 14 and number.isdigit()
    # INSEE numbers the establishments of a legal unit in the order they open.
    return (
        is_owned,
        has_siret,
        is_live,
        number[9:] if has_siret else "",
        key.startswith("siren-"),
        -supplier_id,
    )
