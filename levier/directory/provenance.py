"""Where each value of a supplier comes from, and where its sources differ."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

from django.db import connection

from levier.directory.labels import LABEL_GROUP, label_name, label_sentence
from levier.directory.models import Supplier
from levier.directory.named_addresses import hidden
from levier.directory.owner import OWNER
from levier.directory.ownership.wording import group_label, group_text, sector_label
from levier.directory.profile import GROUP_LABELS, profile_text
from levier.reference.cpv.text import fold


@dataclass(frozen=True, slots=True)
class ProvenanceRow:
    """One group of values, as one source states it. ``is_published``: the supplier shows this one.

    ``first_seen``: the day since when the source says this value. ``confidence``: 0 to 1, under 1 for what was deduced.
    """

    group: str
    label: str
    value: str
    source: str
    source_label: str
    first_seen: date
    seen_on: date
    gone_since: date | None
    confidence: float
    is_published: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A group on which the sources of today differ: what the supplier shows, and what the others say."""

    group: str
    label: str
    shown: tuple[ProvenanceRow, ...]
    others: tuple[ProvenanceRow, ...]


def conflicts_of(rows: Sequence[ProvenanceRow]) -> tuple[Conflict, ...]:
    """Where two sources that still list a supplier state different values, in the order of the rows.

    One that only says less contradicts nobody: « 23000 GUERET » and « 3 avenue Pasteur, 23000 Guéret ». Nor does
    what we deduced from a source: its owner, saying what it does, would be told it differs from our guess.
    """
    by_group: dict[str, list[ProvenanceRow]] = defaultdict(list)
    for row in rows:
        if row.gone_since is None and row.confidence >= 1:
            by_group[row.group].append(row)
    return tuple(
        Conflict(
            group=group,
            label=said[0].label,
            shown=tuple(row for row in said if row.is_published),
            others=tuple(row for row in said if not row.is_published),
        )
        for group, said in by_group.items()
        if _contradict([row.value for row in said]) and not all(row.is_published for row in said)
    )


def for_everybody(rows: Sequence[ProvenanceRow]) -> tuple[ProvenanceRow, ...]:
    """The same rows without the address of a person, but those that the supplier itself wrote."""
    return tuple(
        replace(row, value=hidden(row.value)) if row.group == "email" and row.source != OWNER.slug else row
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Departure:
    """The source that named a supplier last, and the day since when it no longer does."""

    source_label: str
    since: date


def departure_of(rows: Sequence[ProvenanceRow]) -> Departure | None:
    """Who named it last, of a supplier that every list has left; what it says of itself is no list."""
    lists = [row for row in rows if row.source != "owner"]
    left = [(row.gone_since, row.seen_on, row.source_label) for row in lists if row.gone_since]
    if not left or len(left) < len(lists):
        return None
    since, _, label = max(left)
    return Departure(label, since)


def _contradict(values: Sequence[str]) -> bool:
    words = [frozenset(re.findall(r"[a-z0-9]+", fold(value))) for value in values]
    return any(not (one <= other or other <= one) for one, other in combinations(words, 2))


def provenance_of(supplier_id: int) -> tuple[ProvenanceRow, ...]:
    """What each source says of a supplier, in the order of the sources' rank. One SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT value.key AS group, value.value AS value, r.source_id AS source,
                   source.label AS source_label, coalesce((r.since ->> value.key)::date, r.first_seen) AS first_seen,
                   greatest(r.last_seen, CASE WHEN r.gone_since IS NULL THEN source.complete_on END) AS seen_on,
                   r.gone_since, CASE WHEN value.key = 'activity' THEN value.value ->> 'confidence' END AS confidence,
                   coalesce(s.origins -> value.key, s.origins -> '*') ->> 'source' = r.source_id
                       AS is_published,
                   value.value #>> '{}' = to_jsonb(s) ->> value.key AS is_own
            FROM directory_sourcerecord r
            JOIN directory_supplier s ON s.id = r.supplier_id
            JOIN directory_source source ON source.slug = r.source_id
            CROSS JOIN LATERAL jsonb_each(r.values) value
            WHERE r.supplier_id = %s
            ORDER BY source.rank, source.slug, r.source_key, value.key
            """,
            [supplier_id],
        )
        names = [column[0] for column in cursor.description]
        said = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    # Two lines of one list, once merged, may say two things: the sheet shows the one its own column holds.
    held = {(row["group"], row["source"]) for row in said if row["is_published"] and row["is_own"]}
    for row in said:
        row["is_published"] = row["is_published"] and (
            row["is_own"] or (row["group"], row["source"]) not in held
        )
    found = [_row(row) for row in said]
    shown = {(row.group, row.value) for row in found if row.is_published}
    # Two sources that say the same are both what the sheet shows.
    return tuple(replace(row, is_published=(row.group, row.value) in shown) for row in found)


def name_of_group(group: str) -> str:
    """The French name of a group of values."""
    return GROUP_LABELS.get(group) or label_name(group) or group_label(group)


def _row(row: dict[str, Any]) -> ProvenanceRow:
    group = row["group"]
    return ProvenanceRow(
        group=group,
        label=name_of_group(group),
        value=value_text(group, json.loads(row["value"])),
        source=row["source"],
        source_label=row["source_label"],
        first_seen=row["first_seen"],
        seen_on=row["seen_on"],
        gone_since=row["gone_since"],
        confidence=float(row["confidence"] or 1),
        is_published=bool(row["is_published"]),
    )


def value_text(group: str, value: Any) -> str:
    """A group of values in one French line."""
    if group == "place":
        town = " ".join(filter(None, [value.get("postal_code"), value.get("city")]))
        return ", ".join(filter(None, [value.get("address"), town]))
    if group == "naf":
        return f"{value['code']} ({'NAF 2025' if value['nomenclature'] == 'naf_2025' else 'NAF rév. 2'})"
    if group == "activity":
        # A slug that a later list of sectors dropped is left out.
        labels = [label for slug in value["sectors"] if (label := sector_label(slug))]
        return f"{', '.join(labels) or 'aucune'} ({value['origin']})"
    if group == "convention":
        label = str(Supplier.ConventionStatus(value["status"]).label)
        until = value.get("until")
        return f"{label}, jusqu’au {date.fromisoformat(until):%d/%m/%Y}" if until else label
    if group.startswith(LABEL_GROUP):
        return label_sentence(value) or "détenu"
    said = group_text(group, value)
    return (profile_text(group, value) or "retiré par la structure") if said is None else said
