"""Imports of structures, prescribers and people; the fictitious desks of the demonstration."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from levier.core import audit
from levier.core.audit import Actor
from levier.facilitators import demo, demo_network, loading, reading, reading_people
from levier.facilitators.loading import Reach, StructureRow
from levier.facilitators.models import Facilitator, Structure
from levier.facilitators.reading import Places, fold_city
from levier.facilitators.reading_people import PersonRow
from levier.facilitators.reading_table import UnreadableFileError

__all__ = [
    "StructureReport",
    "UnreadableFileError",
    "clear_demo",
    "import_structures",
    "load_demo",
    "load_demo_network",
]

_Reader = Callable[[Path, Places], Iterator[tuple[str, StructureRow | str]]]
READERS: Mapping[str, _Reader] = {
    "structures": reading.csv_rows,
    "prescribers": reading.prescriber_rows,
}

ELSEWHERE = "Ce territoire n’est pas de la région que vous animez, ou cette structure est la vôtre."
# People of the structures: a table of its own.
PEOPLE = "facilitators"


@dataclass(frozen=True)
class StructureReport:
    """Counts of one import: read = created + updated + unchanged + rejected; reasons with their counts."""

    source: str
    is_dry_run: bool
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    # (« ligne 3 », why), in the order of the file.
    refused: tuple[tuple[str, str], ...] = ()
    rejects_path: Path | None = None


def import_structures(
    *, source: str, path: Path, by: Actor, dry_run: bool = False, reach: Reach | None = None
) -> StructureReport:
    """Import « structures » or « facilitators » (our CSV), or « prescribers » (les-emplois, JSON).

    Twice changes nothing; a row repeated as it is counts once as unchanged. Raises UnreadableFileError
    (a French sentence) when the file as a whole cannot be read, ValueError for an unknown source. `reach`: what an
    animation may write, everything without it.
    """
    if source == PEOPLE:
        return _import_people(path=Path(path), by=by, dry_run=dry_run, reach=reach)
    if source not in READERS:
        raise ValueError(f"Source « {source} » inconnue ; sources : {', '.join([*READERS, PEOPLE])}.")
    rows: dict[str, StructureRow] = {}
    rejects: list[tuple[str, str]] = []
    read = 0
    known = _Known(source)
    for where, outcome in READERS[source](Path(path), Places()):
        read += 1
        if isinstance(outcome, StructureRow):
            row = known.keyed(outcome)
            if reach is not None and not known.is_reached(row, reach):
                rejects.append((where, ELSEWHERE))
            else:
                rows[row.source_key] = row
        else:
            rejects.append((where, outcome))
    with transaction.atomic():
        created, updated = loading.load(rows.values())
        report = StructureReport(
            source=source,
            is_dry_run=dry_run,
            read=read,
            created=created,
            updated=updated,
            unchanged=read - len(rejects) - created - updated,
            rejected=len(rejects),
            reasons=dict(Counter(reason for _, reason in rejects).most_common()),
            refused=tuple(rejects),
            rejects_path=_write_rejects(source, rejects),
        )
        if dry_run:
            transaction.set_rollback(True)
        else:
            audit.record(
                by=by,
                verb="facilitators.import_structures",
                details={"source": source, "read": read, "created": created, "updated": updated},
            )
    return report


class _Known:
    """The structures of one source that are here already, by key and by nature and name."""

    def __init__(self, source: str) -> None:
        self._by_key: dict[str, int] = {}
        self._by_name: dict[tuple[str, str], list[tuple[str, str]]] = {}
        rows = Structure.objects.filter(source=source).values_list(
            "pk", "kind", "name", "siret", "source_key"
        )
        for pk, kind, name, siret, key in rows:
            self._by_key[key] = pk
            self._by_name.setdefault((kind, fold_city(name)), []).append((siret, key))

    def keyed(self, row: StructureRow) -> StructureRow:
        """The row, under the key of the structure it changes: a SIRET added to a line, or taken out, makes no second one."""
        same = self._by_name.get((row.kind, fold_city(row.name)), [])
        if row.source_key not in self._by_key and len(same) == 1:
            siret, key = same[0]
            if not siret or not row.siret or siret == row.siret:
                return replace(row, source_key=key)
        return row

    def is_reached(self, row: StructureRow, reach: Reach) -> bool:
        """Whether the row stays inside: where it says, and the structure it would change."""
        pk = self._by_key.get(row.source_key)
        return reach.covers(row.coverage) and (pk is None or pk in reach.structures)


def _import_people(*, path: Path, by: Actor, dry_run: bool, reach: Reach | None) -> StructureReport:
    """People found by structure and name; who is not in the file is left alone."""
    rows: dict[tuple[int, str, str], PersonRow] = {}
    rejects: list[tuple[str, str]] = []
    read = 0
    for where, outcome in reading_people.people_rows(path, Places()):
        read += 1
        if isinstance(outcome, PersonRow):
            if reach is not None and outcome.structure_id not in reach.structures:
                rejects.append((where, ELSEWHERE))
            else:
                rows[outcome.key] = outcome
        else:
            rejects.append((where, outcome))
    with transaction.atomic():
        created, updated = _write_people(rows)
        if dry_run:
            transaction.set_rollback(True)
        else:
            audit.record(
                by=by,
                verb="facilitators.import_people",
                details={"read": read, "created": created, "updated": updated},
            )
    return StructureReport(
        source=PEOPLE,
        is_dry_run=dry_run,
        read=read,
        created=created,
        updated=updated,
        unchanged=read - len(rejects) - created - updated,
        rejected=len(rejects),
        reasons=dict(Counter(reason for _, reason in rejects).most_common()),
        refused=tuple(rejects),
        rejects_path=_write_rejects(PEOPLE, rejects),
    )


_SHOWN = ("is_name_public", "is_contact_public")


def _write_people(rows: Mapping[tuple[int, str, str], PersonRow]) -> tuple[int, int]:
    people = Facilitator.objects.filter(structure__in={row.structure_id for row in rows.values()})
    known = {
        (one.structure_id, fold_city(one.first_name), fold_city(one.last_name)): one
        for one in people.select_related("structure")
    }
    created = updated = 0
    for key, row in rows.items():
        person = known.get(key)
        if person is not None and person.content_hash == row.content_hash:
            continue
        created, updated = (created + 1, updated) if person is None else (created, updated + 1)
        # What somebody accepts to show is said on the page of its structure, once its people keep it.
        kept = _SHOWN if person is not None and person.structure.organisation_id is not None else ()
        person = person or Facilitator()
        for name, value in vars(row).items():
            if name in kept:
                continue
            setattr(person, name, list(value) if isinstance(value, tuple) else value)
        person.source, person.content_hash = PEOPLE, row.content_hash
        person.save()
    return created, updated


def _write_rejects(source: str, rejects: list[tuple[str, str]]) -> Path | None:
    if not rejects:
        return None
    folder = Path(settings.LEVIER_HOME) / "rejects"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([("place", "motif"), *rejects])
    return path


@transaction.atomic
def load_demo(*, by: Actor) -> int:
    """Add the fictitious desks and clubs; returns how many were new."""
    created, updated = loading.load(demo.demo_rows())
    if created or updated:
        audit.record(by=by, verb="facilitators.load_demo", details={"created": created, "updated": updated})
    return created


def load_demo_network(*, by: Actor) -> int:
    """People, an animation, a request and a convention, once structures and accounts are there. How many structures."""
    filled = demo_network.load_network(by)
    if filled:
        audit.record(by=by, verb="facilitators.load_demo_network", details={"structures": filled})
    return filled


@transaction.atomic
def clear_demo(*, by: Actor) -> int:
    """Remove every fictitious structure, with what hangs on it; returns how many went."""
    demo_network.clear_network()
    count = Structure.objects.filter(is_demo=True).count()
    Structure.objects.filter(is_demo=True).delete()
    if count:
        audit.record(by=by, verb="facilitators.clear_demo", details={"removed": count})
    return count
