"""Reads of the directory: cards, sheets with the origin of each value, list of sources."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.utils import timezone

from levier.directory.kinds import FAMILY_LABELS, Kind, kind_of
from levier.directory.labels import HeldLabel, held_labels
from levier.directory.models import Supplier
from levier.directory.named_addresses import is_of_a_person
from levier.directory.owner import OWNER
from levier.directory.ownership.teams import FreeTeams, free_teams
from levier.directory.profile import profile_rows
from levier.directory.provenance import ProvenanceRow, provenance_of
from levier.directory.sizes import SIZES, people_words, size_in
from levier.directory.territory import TERRITORIES, territories_of
from levier.directory.ways import Ways, ways_of
from levier.reference.queries import district_names
from levier.reference.sectors import find_sector

EXACT = ("address", "commune")  # a distance from these is not « environ »


@dataclass(frozen=True, slots=True)
class SectorTag:
    """A purchase sector as a card shows it."""

    slug: str
    label: str
    group_label: str


@dataclass(frozen=True, slots=True)
class SupplierCard:
    """Everything a result card or the head of a sheet shows of one supplier."""

    id: int
    key: str
    kind: Kind
    name: str
    brand: str
    legal_form: str
    description: str
    siret: str | None
    siren: str | None
    organisation_id: int | None
    address: str
    postal_code: str
    city: str
    commune_code: str | None
    commune_name: str
    departement_code: str
    departement_name: str
    region_code: str
    region_name: str
    epci_code: str
    epci_name: str
    latitude: float | None
    longitude: float | None
    precision: str
    naf: str
    naf_nomenclature: str
    website: str
    phone: str
    email: str
    email_source: str
    sectors: tuple[SectorTag, ...]
    activity_status: str
    activity_origin: str
    activity_confidence: float | None
    convention_status: str
    convention_until: date | None
    places: int | None
    profile: dict[str, Any]
    qpv_code: str | None
    is_frr: bool | None
    sources: tuple[str, ...]
    seen_on: date | None
    is_gone: bool
    confirmed_on: date | None
    capacities: tuple[FreeTeams, ...]
    is_demo: bool
    is_listed: bool

    @property
    def display_name(self) -> str:
        """The brand when there is one, else the legal name."""
        return self.brand or self.name

    @property
    def place_label(self) -> str:
        """« Roubaix (59) », or what the source wrote."""
        place = self.commune_name or self.city
        return f"{place} ({self.departement_code})" if place and self.departement_code else place

    @property
    def is_place_approximate(self) -> bool:
        """True when the distance must be shown as « environ »."""
        return self.precision not in EXACT

    @property
    def labels(self) -> tuple[HeldLabel, ...]:
        """The labels it holds or held, with their dates and scope."""
        return held_labels(self.profile, timezone.localdate())

    @property
    def standing_labels(self) -> tuple[HeldLabel, ...]:
        """Those that are not over."""
        return tuple(one for one in self.labels if not one.is_over)

    @property
    def territory_labels(self) -> tuple[str, ...]:
        """« Quartier prioritaire (QPV) », « France ruralités revitalisation (FRR) »."""
        return tuple(TERRITORIES[code] for code in territories_of(self.qpv_code, self.is_frr))

    @property
    def to_confirm(self) -> str:
        """What its register itself leaves open, in French; empty when nothing."""
        return str(self.profile.get("to_confirm", ""))

    @property
    def is_closed(self) -> bool:
        """True when the register of companies says that the establishment is closed."""
        return bool(self.profile.get("closed"))

    @property
    def activity_label(self) -> str:
        return str(Supplier.ActivityStatus(self.activity_status).label)

    @property
    def people_words(self) -> str:
        """How many people, by its own word, its places or SIRENE; empty when nothing says it."""
        return people_words(self.profile, self.places)

    @property
    def size(self) -> str:
        """Its band, a key of SIZES; empty when nothing says it."""
        return size_in(self.profile, self.places)

    @property
    def size_label(self) -> str:
        return SIZES.get(self.size, "")

    @property
    def open_email(self) -> str:
        """The address that everybody reads: a person's own only when the supplier wrote it there."""
        return "" if self.email_source != OWNER.slug and is_of_a_person(self.email) else self.email

    @property
    def people(self) -> tuple[dict[str, str], ...]:
        """Who may be called: the people whom the supplier itself shows."""
        return profile_rows(self.profile, "contacts", "name", "position", "phone", "email")

    @property
    def ways(self) -> Ways:
        """How it may serve, as it says or as its kind and trades suggest."""
        return ways_of(self.profile.get("lines"), self.kind.code, [tag.slug for tag in self.sectors])

    @property
    def convention_label(self) -> str:
        return str(Supplier.ConventionStatus(self.convention_status).label)


_CARD_SQL = """
SELECT s.id, s.key, s.kind, s.name, s.brand, s.legal_form, s.description, s.siret, s.siren, s.organisation_id,
       s.address, s.postal_code, s.city, s.commune_id AS commune_code, coalesce(c.name, '') AS commune_name,
       s.departement_code, coalesce(d.name, '') AS departement_name,
       s.region_code, coalesce(r.name, '') AS region_name, s.epci_code, coalesce(e.name, '') AS epci_name,
       s.latitude, s.longitude, s.precision, s.naf, s.naf_nomenclature, s.website, s.phone, s.email,
       coalesce(s.origins #>> '{email,source}', s.origins #>> '{*,source}', '') AS email_source,
       s.sectors,
       s.activity_status, s.activity_origin, s.activity_confidence, s.convention_status, s.convention_until,
       s.places, s.profile, s.qpv_code, s.is_frr, seen.sources, seen.seen_on,
       coalesce(seen.is_gone, false) AS is_gone, seen.confirmed_on, free.capacities, s.is_demo, s.is_listed
FROM directory_supplier s
LEFT JOIN reference_commune c ON c.code = s.commune_id
LEFT JOIN reference_departement d ON d.code = s.departement_code
LEFT JOIN reference_region r ON r.code = s.region_code
LEFT JOIN reference_epci e ON e.code = s.epci_code
LEFT JOIN LATERAL (
    SELECT array_agg(source.label ORDER BY source.rank, source.slug) AS sources,
           max(greatest(record.last_seen, CASE WHEN record.gone_since IS NULL THEN source.complete_on END)) AS seen_on,
           max(record.last_seen) FILTER (WHERE source.slug = 'owner') AS confirmed_on,
           -- Its own word keeps no supplier in the lists it left.
           bool_and(record.gone_since IS NOT NULL) FILTER (WHERE source.slug <> 'owner') AS is_gone
    FROM directory_sourcerecord record JOIN directory_source source ON source.slug = record.source_id
    WHERE record.supplier_id = s.id
) seen ON true
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(sector, area, month, quantity, unit, stated_on) ORDER BY month, sector, area)
           AS capacities
    FROM directory_capacity WHERE supplier_id = s.id AND quantity > 0
        AND expires_on >= CURRENT_DATE AND month >= date_trunc('month', CURRENT_DATE)
) free ON true
"""


def supplier_cards(ids: Sequence[int]) -> list[SupplierCard]:
    """The cards of these suppliers, in the order asked; an unknown id is left out. One SQL query."""
    if not ids:
        return []
    found = {card.id: card for card in _cards("WHERE s.id = ANY(%s)", [list(ids)])}
    return [found[supplier_id] for supplier_id in ids if supplier_id in found]


def cards_by_key(keys: Sequence[str]) -> list[SupplierCard]:
    """The listed suppliers of these keys, in the order asked; an unknown key is left out. One SQL query."""
    found = {card.key: card for card in _cards("WHERE s.key = ANY(%s) AND s.is_listed", [list(keys)])}
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True, slots=True)
class SupplierSheet:
    """A supplier's card, what each source says of it, and what else stands at the same SIRET or SIREN."""

    card: SupplierCard
    provenance: tuple[ProvenanceRow, ...]
    same_establishment: tuple[SupplierCard, ...]
    same_legal_unit: tuple[SupplierCard, ...]
    qpv_name: str = ""


def supplier_sheet(key: str) -> SupplierSheet | None:
    """The sheet of the supplier of this key, or None; of the one that took its records when it was merged."""
    kept = "SELECT coalesce(merged_into_id, id) FROM directory_supplier WHERE key = %s"
    cards = _cards(f"WHERE s.id = ({kept})", [key])
    if not cards:
        return None
    card = cards[0]
    kin: list[SupplierCard] = []
    if card.siren:
        condition = "WHERE s.siren = %s AND s.id <> %s AND s.is_listed ORDER BY s.name, s.key LIMIT 30"
        kin = _cards(condition, [card.siren, card.id])
    return SupplierSheet(
        card=card,
        provenance=provenance_of(card.id),
        same_establishment=tuple(other for other in kin if card.siret and other.siret == card.siret),
        same_legal_unit=tuple(other for other in kin if not card.siret or other.siret != card.siret),
        qpv_name=district_names([card.qpv_code]).get(card.qpv_code, "") if card.qpv_code else "",
    )


def supplier_sheets_at(siret: str) -> list[SupplierSheet]:
    """The sheet of every supplier at this SIRET, whatever its kind, listed or not; empty when unknown."""
    keys = Supplier.objects.filter(siret=siret).order_by("key").values_list("key", flat=True)
    return [sheet for key in keys if (sheet := supplier_sheet(key))]


def sirets_of(siren: str) -> list[str]:
    """The SIRET at which the directory knows this legal unit."""
    found = Supplier.objects.filter(siren=siren, is_listed=True).order_by("siret")
    return [siret for siret in found.values_list("siret", flat=True).distinct() if siret]


def count_listed() -> int:
    """How many suppliers the search must hold."""
    return Supplier.objects.filter(is_listed=True).count()


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last import of a source: when, and what became of the rows of its file."""

    started_at: datetime
    finished_at: datetime | None
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    gone: int


@dataclass(frozen=True, slots=True)
class SourceOverview:
    """One source as `levier sources` and the sources page show it. ``records``: rows still in the source."""

    slug: str
    label: str
    publisher: str
    licence: str
    url: str
    frequency: str
    kinds: tuple[str, ...]
    families: tuple[str, ...]
    states: str
    is_demo: bool
    records: int
    last_success: datetime | None
    last_state: str
    last_state_label: str
    last_rejected: int
    last_problem: str
    last_run: LastRun | None


_RUN_COLUMNS = ("started_at", "finished_at", "read", "created", "updated", "unchanged", "rejected", "gone")


def sources_overview() -> list[SourceOverview]:
    """Every source the product can read, loaded or not, the lists people brought and what suppliers say of themselves.

    In the order of their rank. One SQL query.
    """
    from levier.directory.sources import SOURCES

    with connection.cursor() as cursor:
        cursor.execute(_STORED_SOURCES, {"ours": list(SOURCES)})
        stored = {row["slug"]: row for row in _dicts(cursor)}
    ours = [
        _overview(stored.get(one.slug, {}), one, one.kinds, one.states, one.rank) for one in SOURCES.values()
    ]
    brought = [
        _overview(
            row, SimpleNamespace(**row), tuple(row["kinds"] or ()), "ce que la liste contient", row["rank"]
        )
        for slug, row in stored.items()
        if slug not in SOURCES
    ]
    return [one for _, one in sorted([*ours, *brought], key=lambda found: (found[0], found[1].slug))]


# One that has no code of its own (a list, the suppliers themselves) is what its row says, of the kinds it names; what
# fictitious suppliers say of themselves is no source.
_STORED_SOURCES = """
SELECT s.slug, s.label, s.publisher, s.licence, s.url, s.frequency, s.is_demo, s.rank, s.last_success, run.*,
       CASE WHEN s.slug <> ALL(%(ours)s) THEN brought.records
            ELSE (SELECT count(*) FROM directory_sourcerecord r WHERE r.source_id = s.slug AND r.gone_since IS NULL)
            END AS records, brought.kinds
FROM directory_source s
LEFT JOIN LATERAL (SELECT count(*) AS records, array_agg(DISTINCT r.kind ORDER BY r.kind) AS kinds
                   FROM directory_sourcerecord r JOIN directory_supplier p ON p.id = r.supplier_id AND NOT p.is_demo
                   -- Asked first, once a source: the millions of another one are not counted twice.
                   WHERE s.slug <> ALL(%(ours)s) AND r.source_id = s.slug AND r.gone_since IS NULL) brought ON true
LEFT JOIN LATERAL (SELECT state, problem, started_at, finished_at, read, created, updated, unchanged, rejected, gone
                   FROM directory_sourcerun
                   WHERE source_id = s.slug ORDER BY started_at DESC, id DESC LIMIT 1) run ON true
"""


def _overview(
    row: dict[str, Any], said: Any, kinds: tuple[str, ...], states: str, rank: int
) -> tuple[int, SourceOverview]:
    state = row.get("state") or ""
    families = dict.fromkeys(FAMILY_LABELS[kind_of(code).family] for code in kinds)
    return rank, SourceOverview(
        slug=said.slug, label=said.label, publisher=said.publisher, licence=said.licence, url=said.url,
        frequency=said.frequency, kinds=kinds, families=tuple(families), states=states, is_demo=said.is_demo,
        records=row.get("records", 0), last_success=row.get("last_success"), last_state=state,
        last_state_label=_STATES.get(state, "jamais importée"), last_rejected=row.get("rejected") or 0,
        last_problem=row.get("problem") or "",
        last_run=LastRun(**{name: row[name] for name in _RUN_COLUMNS}) if state else None,
    )  # fmt: skip


_STATES = {"running": "en cours", "done": "terminé", "failed": "échoué"}


def _cards(condition: str, parameters: list[Any]) -> list[SupplierCard]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_CARD_SQL} {condition}", parameters)
        return [_card(row) for row in _dicts(cursor)]


def _card(row: dict[str, Any]) -> SupplierCard:
    # A convention that ended since the last import is shown as ended.
    if row["convention_status"] == "active" and (row["convention_until"] or date.max) < timezone.localdate():
        row["convention_status"] = "ended"
    row["kind"] = kind_of(row["kind"])
    # A slug that a later list of sectors dropped is left out: the card must still open.
    named = filter(None, map(find_sector, row["sectors"]))
    row["sectors"] = tuple(SectorTag(one.slug, one.label, one.group.label) for one in named)
    row["sources"] = tuple(row["sources"] or ())
    row["profile"] = json.loads(row["profile"])
    row["capacities"] = free_teams(row["capacities"])
    return SupplierCard(**row)


def _dicts(cursor: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
