"""Reads of the resolution: the questions that stand side by side, what was merged, counts, judged labels."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from levier.accounts.models import User
from levier.core.models import AuditEvent
from levier.core.typography import day
from levier.directory.models import DuplicatePair, Supplier
from levier.directory.queries import SupplierCard, supplier_cards
from levier.directory.resolution.finding import find_pairs
from levier.directory.resolution.reading import load_facts
from levier.directory.resolution.weights import SAME

# What each piece of evidence is called on the review page; what only corrects the others has no name.
EVIDENCE_LABELS = {
    "name": "nom", "siren": "SIREN", "siret": "SIRET", "numbers": "numéros dans le nom",
    "branch": "antenne ou annexe d’un côté", "place": "commune", "street": "rue", "distance": "distance",
    "phone": "téléphone", "email": "courriel", "website": "site",
    "listed_apart": "une source en fait deux lignes",
}  # fmt: skip
_FIELDS = (
    ("name", "Raison sociale"), ("brand", "Enseigne"), ("siret", "SIRET"), ("siren", "SIREN"),
    ("address", "Adresse"), ("place_label", "Commune"), ("phone", "Téléphone"), ("email", "Courriel"),
    ("website", "Site"), ("naf", "Code NAF"), ("sectors", "Activités"), ("sources", "Sources"),
    ("confirmed_on", "Confirmée par la structure le"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One line of the comparison. ``state``: same, differs, or missing on one side."""

    label: str
    left: str
    right: str
    state: str


@dataclass(frozen=True, slots=True)
class WaitingPair:
    """A question with its two cards and the evidence, the heaviest first."""

    id: int
    score: float
    evidence: dict[str, float]
    left: SupplierCard
    right: SupplierCard

    @property
    def reasons_for(self) -> list[str]:
        """French names of the evidence for « the same », the heaviest first."""
        return self._reasons(sign=1)

    @property
    def reasons_against(self) -> list[str]:
        """The same, against."""
        return self._reasons(sign=-1)

    def _reasons(self, *, sign: int) -> list[str]:
        ranked = sorted(self.evidence.items(), key=lambda item: -abs(item[1]))
        return [
            EVIDENCE_LABELS[name] for name, points in ranked if points * sign > 0 and name in EVIDENCE_LABELS
        ]

    @property
    def fields(self) -> list[ComparedField]:
        """The lines where at least one side says something."""
        lines = [(label, _text(self.left, name), _text(self.right, name)) for name, label in _FIELDS]
        return [ComparedField(*line, _state(line[1], line[2])) for line in lines if line[1] or line[2]]


def _text(card: SupplierCard, name: str) -> str:
    value = getattr(card, name)
    if name == "sectors":
        return ", ".join(tag.label for tag in card.sectors)
    if isinstance(value, date):
        return day(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _state(left: str, right: str) -> str:
    if not left or not right:
        return "missing"
    return "same" if left.casefold() == right.casefold() else "differs"


def waiting() -> QuerySet[DuplicatePair]:
    """The questions that stand: not put off first, then the most probable. Both suppliers are still listed."""
    return DuplicatePair.objects.filter(
        state=DuplicatePair.State.PROPOSED, left__is_listed=True, right__is_listed=True
    ).order_by(F("postponed_at").asc(nulls_first=True), "-score", "id")


def waiting_pairs(*, limit: int, first: int = 0) -> list[WaitingPair]:
    """The first questions, with their cards; the one of id ``first`` before all. Two SQL queries."""
    asked = waiting().annotate(is_asked=Q(pk=first)).order_by("-is_asked", *waiting().query.order_by)
    pairs = list(asked[:limit])
    cards = {
        card.id: card for card in supplier_cards([one for p in pairs for one in (p.left_id, p.right_id)])
    }
    return [
        WaitingPair(pair.pk, pair.score, pair.evidence, cards[pair.left_id], cards[pair.right_id])
        for pair in pairs
    ]


def decided(text: str = "", *, limit: int = 50) -> QuerySet[DuplicatePair]:
    """The last decisions; with ``text``, those of suppliers whose name or key holds it."""
    pairs = DuplicatePair.objects.exclude(state=DuplicatePair.State.PROPOSED).select_related("left", "right")
    if text:
        pairs = pairs.filter(
            Q(left__name__icontains=text) | Q(right__name__icontains=text)
            | Q(left__key__startswith=text) | Q(right__key__startswith=text)
        )  # fmt: skip
    return pairs.order_by("-decided_at", "-id")[:limit]


def with_deciders(pairs: Iterable[DuplicatePair]) -> list[tuple[DuplicatePair, str]]:
    """Each decision with who took it: an account by its name, else its address; the rule as it is written."""
    decided_ones = list(pairs)
    numbers = {one.decided_by.removeprefix("compte ") for one in decided_ones}
    people = User.objects.filter(pk__in=[number for number in numbers if number.isdecimal()])
    names = {person.as_actor().label: person.get_full_name() or person.email for person in people}
    return [(one, names.get(one.decided_by, one.decided_by)) for one in decided_ones]


def last_decision(by: str) -> DuplicatePair | None:
    """The last decision of this actor, while it stands."""
    pairs = DuplicatePair.objects.exclude(state=DuplicatePair.State.PROPOSED).filter(decided_by=by)
    return pairs.select_related("left", "right").order_by("-decided_at", "-id").first()


def waiting_by_sources(*, in_words: bool = False) -> dict[str, int]:
    """« geiq / siae » (or their labels) → number of questions, most first. One SQL query."""
    name = "source.label" if in_words else "source.slug"
    listing = (
        f"(SELECT string_agg(DISTINCT {name}, ' + ' ORDER BY {name}) FROM directory_sourcerecord r"  # noqa: S608
        " JOIN directory_source source ON source.slug = r.source_id"
        " WHERE r.supplier_id = {} AND r.gone_since IS NULL)"
    )
    with connection.cursor() as cursor:
        # Both texts are constants; no value travels here.
        cursor.execute(
            f"SELECT {listing.format('p.left_id')}, {listing.format('p.right_id')}"  # noqa: S608
            " FROM directory_duplicatepair p JOIN directory_supplier l ON l.id = p.left_id AND l.is_listed"
            " JOIN directory_supplier r ON r.id = p.right_id AND r.is_listed WHERE p.state = 'proposed'"
        )
        counts = Counter(" / ".join(sorted(one or "?" for one in row)) for row in cursor.fetchall())
    return dict(counts.most_common())


@dataclass(frozen=True, slots=True)
class Statistics:
    """Pairs by state (French), those merged by rule, questions by pair of sources, the last run."""

    states: dict[str, int]
    by_rule: int
    sources: dict[str, int]
    last_run: dict[str, Any] | None


def statistics() -> Statistics:
    """What `levier merge stats` shows."""
    counts = Counter(DuplicatePair.objects.values_list("state", flat=True))
    last = AuditEvent.objects.filter(verb="directory.resolve_duplicates").order_by("-id").first()
    return Statistics(
        states={str(state.label): counts[state] for state in DuplicatePair.State},
        by_rule=DuplicatePair.objects.filter(state=DuplicatePair.State.SAME, decided_by="règle").count(),
        sources=waiting_by_sources(),
        last_run={"at": last.happened_at, **last.details} if last else None,
    )


@dataclass(frozen=True, slots=True)
class JudgedLabels:
    """Precision and recall (0 to 1, None without a case) of « same » on pairs judged by people."""

    pairs: int
    unknown: int
    precision: float | None
    recall: float | None


def judged_labels(rows: Sequence[Mapping[str, str | None]]) -> JudgedLabels:
    """Judge pairs of keys (columns left, right, label: match or distinct) on the facts of the directory.

    Pairs that were merged count as found. Raises ValueError with a French sentence.
    """
    if rows and not {"left", "right", "label"} <= set(rows[0]):
        raise ValueError("Les colonnes left, right et label sont attendues.")
    kept = dict(Supplier.objects.filter(merged_into=None).values_list("key", "id"))
    kept |= dict(Supplier.objects.exclude(merged_into=None).values_list("key", "merged_into_id"))
    ids, facts = load_facts()
    found = {
        frozenset((ids[pair.left], ids[pair.right])) for pair in find_pairs(facts)[0] if pair.score >= SAME
    }
    counts: Counter[tuple[bool, bool]] = Counter()
    unknown = 0
    for row in rows:
        left, right = kept.get(row["left"] or ""), kept.get(row["right"] or "")
        if left is None or right is None or row["label"] not in {"match", "distinct"}:
            unknown += 1
            continue
        counts[row["label"] == "match", left == right or frozenset((left, right)) in found] += 1
    said_same = counts[True, True] + counts[False, True]
    matches = counts[True, True] + counts[True, False]
    return JudgedLabels(
        pairs=sum(counts.values()),
        unknown=unknown,
        precision=counts[True, True] / said_same if said_same else None,
        recall=counts[True, True] / matches if matches else None,
    )
