"""Writes of the resolution: a run over the directory, a person's decision, its undoing."""

import time
from collections import Counter
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.directory.models import DuplicatePair, Supplier
from levier.directory.resolution.finding import FoundPair, find_pairs
from levier.directory.resolution.groups import Groups, decided_groups, may_join, regroup
from levier.directory.resolution.reading import load_facts
from levier.directory.resolution.scoring import Facts
from levier.directory.resolution.weights import MATERIAL_CHANGE, SAME
from levier.directory.sources.publishing import PUBLICATION_LOCK

State = DuplicatePair.State
RULE = "règle"
# What a merge brings may show one more; real lists settle in two rounds.
MOST_ROUNDS = 5


class DecisionRefusedError(ValueError):
    """The decision cannot be taken as asked; the message is one French sentence."""


@dataclass(frozen=True)
class ResolutionReport:
    """Outcome of a run. ``merged``: pairs merged by rule; ``proposed``: new questions; ``reopened``: decided pairs
    asked again; ``withdrawn``: questions that no longer stand; ``waiting``: all the questions that stand."""

    is_dry_run: bool
    suppliers: int
    compared: int
    merged: int
    proposed: int
    reopened: int
    withdrawn: int
    waiting: int
    seconds: float


@transaction.atomic
def resolve_duplicates(*, by: Actor, dry_run: bool = False) -> ResolutionReport:
    """Compare the listed suppliers, merge the sure pairs, propose the doubtful ones; what a person said stays.

    A second run changes nothing. With ``dry_run`` all is done and rolled back.
    """
    start = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
    counts: Counter[str] = Counter()
    suppliers = compared = 0
    for _ in range(MOST_ROUNDS):
        ids, facts = load_facts()
        found, compared = find_pairs(facts)
        suppliers = suppliers or len(ids)
        plan = _Plan(ids, facts)
        for pair in found:
            plan.take(pair)
        plan.write()
        counts.update(plan.counts)
        if not plan.merged:
            break
        regroup(plan.merged, timezone.localdate())
    report = ResolutionReport(
        is_dry_run=dry_run, suppliers=suppliers, compared=compared, merged=counts["merged"],
        proposed=counts["proposed"], reopened=counts["reopened"], withdrawn=counts["withdrawn"],
        waiting=DuplicatePair.objects.filter(state=State.PROPOSED).count(),
        seconds=round(time.monotonic() - start, 2),
    )  # fmt: skip
    if dry_run:
        transaction.set_rollback(True)
    else:
        audit.record(
            by=by, verb="directory.resolve_duplicates", object_type="directory",
            details={name: getattr(report, name) for name in (
                "suppliers", "compared", "merged", "proposed", "reopened", "withdrawn", "waiting", "seconds")},
        )  # fmt: skip
    return report


class _Plan:
    """What a round will write, from the pairs found and what is already known of them."""

    def __init__(self, ids: list[int], facts: list[Facts]) -> None:
        self._ids = ids
        self._known = {(one.left_id, one.right_id): one for one in DuplicatePair.objects.all()}
        self._apart = {pair for pair, one in self._known.items() if one.state == State.DIFFERENT}
        self._groups: Groups = decided_groups()
        self._sources = {one: facts[position].sources for position, one in enumerate(ids)}
        self._written: list[DuplicatePair] = []
        self._standing: set[tuple[int, int]] = set()
        self._now = timezone.now()
        self.merged: set[int] = set()
        self.counts: Counter[str] = Counter()

    def take(self, found: FoundPair) -> None:
        """Decide what becomes of one pair; the surest come first."""
        left, right = self._ids[found.left], self._ids[found.right]
        if right in self._groups.of(left):
            return
        self._standing.add((left, right))
        known = self._known.get((left, right)) or DuplicatePair(left_id=left, right_id=right)
        if known.state == State.DIFFERENT:
            if sum(found.evidence.values()) < sum(known.evidence.values()) + MATERIAL_CHANGE:
                return
            self.counts["reopened"] += 1
            known.state, known.decided_at = State.PROPOSED, None
        elif found.score >= SAME and not known.decided_by and self._may_join((left, right)):
            known.state, known.decided_by, known.decided_at = State.SAME, RULE, self._now
            self._groups.join(left, right)
            self.merged |= {left, right}
            self.counts["merged"] += 1
        elif known.pk is None:
            self.counts["proposed"] += 1
        elif (known.score, known.evidence) == (found.score, found.evidence):
            return
        known.score, known.evidence = found.score, found.evidence
        self._written.append(known)

    def _may_join(self, pair: tuple[int, int]) -> bool:
        return may_join(self._groups, pair, self._sources, self._apart)

    def write(self) -> None:
        """Store the plan. A question that no pair supports any more goes, unless somebody had answered it."""
        fields = ["score", "evidence", "state", "decided_by", "decided_at"]
        DuplicatePair.objects.bulk_create([one for one in self._written if one.pk is None], batch_size=2_000)
        DuplicatePair.objects.bulk_update(
            [one for one in self._written if one.pk is not None], fields, batch_size=2_000
        )
        stale = [
            one.pk
            for pair, one in self._known.items()
            if one.state == State.PROPOSED and not one.decided_by and pair not in self._standing
        ]
        self.counts["withdrawn"], _ = DuplicatePair.objects.filter(pk__in=stale).delete()


@transaction.atomic
def decide_duplicate(*, by: Actor, pair: DuplicatePair, state: str, seen: str) -> DuplicatePair:
    """Say that a pair is one supplier (« same »), two (« different »), or ask again (« proposed »).

    ``seen``: the state its reader saw. The directory follows at once, both ways. Raises DecisionRefusedError.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
        if not cursor.fetchone()[0]:
            raise DecisionRefusedError("Un import est en cours : réessayez dans une minute.")
    pair = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    if pair.state != seen:
        raise DecisionRefusedError(
            f"Entre-temps, cette paire a été décidée : {pair.get_state_display()}. Rechargez la page."
        )
    before, pair.state = pair.state, State(state)
    if before == pair.state:
        return pair
    if pair.state == State.SAME:
        _refuse_impossible(pair)
    pair.decided_by = by.label[:120]
    pair.decided_at = None if pair.state == State.PROPOSED else timezone.now()
    pair.postponed_at = None
    pair.save()
    if State.SAME in {before, pair.state}:
        regroup([pair.left_id, pair.right_id], timezone.localdate())
    audit.record(
        by=by, verb="directory.decide_duplicate", object_type="duplicate_pair", object_key=str(pair.pk),
        details={"from": before, "to": pair.state, "score": pair.score},
    )  # fmt: skip
    return pair


def _refuse_impossible(pair: DuplicatePair) -> None:
    kinds = set(Supplier.objects.filter(id__in=(pair.left_id, pair.right_id)).values_list("kind", flat=True))
    if len(kinds) > 1:
        raise DecisionRefusedError(
            "Deux types de structure font deux fiches, même à une seule adresse : elles ne se réunissent pas."
        )
    if pair.right_id in decided_groups().of(pair.left_id):
        raise DecisionRefusedError("Ces deux fiches sont déjà réunies, par une autre paire.")


@transaction.atomic
def postpone_duplicate(*, by: Actor, pair: DuplicatePair) -> None:
    """Put a question at the end of the list."""
    DuplicatePair.objects.filter(pk=pair.pk, state=State.PROPOSED).update(postponed_at=timezone.now())
    audit.record(
        by=by, verb="directory.postpone_duplicate", object_type="duplicate_pair", object_key=str(pair.pk)
    )
