"""The lots open today that are reserved or carry a clause: of a trade and a place, or for the sheets of one supplier."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from levier.core.typography import figure
from levier.core.typography import hours as hours_in_words
from levier.directory.kinds import kind_of
from levier.facilitators.models import Structure
from levier.purchasing.models import Lot, OpenLot, QuestionDesk
from levier.reference.cpv.tables import cpv_labels
from levier.reference.models import Departement
from levier.reference.sectors import sector_for_cpv

MOST_OPEN = 30
# Read before the trade and the kind are compared.
_MOST_READ = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """One listed supplier: where it is, what it does (empty: not known), what it is (a key of `directory.kinds`).

    `point`: its latitude and longitude in degrees, None when nothing says them.
    """

    departement: str
    sectors: tuple[str, ...]
    kind: str
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class OpenLotLine:
    """One open lot. `contact`: the structure that helps with its clause, None when the buyer does it alone.

    `hours`: in words, empty without any. `why`: for a supplier, why it is shown; empty for the public.
    """

    lot: Lot
    desk: QuestionDesk
    reserved_to: str
    hours: str
    trade: str
    place: str
    contact: Structure | None
    why: str = ""

    @property
    def facts(self) -> str:
        """« Réservé aux structures d’insertion, 480 h d’insertion »: what `why` does not say already; perhaps empty."""
        if self.why:
            return self.hours if self.reserved_to else ""
        return ", ".join(
            filter(None, [f"Réservé {self.reserved_to}" if self.reserved_to else "", self.hours])
        )


def open_lots(
    *,
    today: date,
    departements: Collection[str] = (),
    sectors: Collection[str] = (),
    sheets: Sequence[Sheet] = (),
    opened_after: datetime | None = None,
    limit: int = MOST_OPEN,
) -> tuple[OpenLotLine, ...]:
    """The open lots there and of these sectors (anywhere, any when empty), the nearest deadline first. Two SQL queries.

    `sheets`: only what one of these suppliers may answer or help with, and why. `opened_after`: only those whose
    public page opened after that moment.
    """
    there = {sheet.departement for sheet in sheets if sheet.departement} or set(departements)
    found = []
    for row in _rows(today, there, opened_after):
        why = next(filter(None, (_why(row, sheet) for sheet in sheets)), "")
        if (sheets and not why) or not is_of_trade(row.lot.cpv, sectors):
            continue
        found.append((row, why))
    return _lines(found[:limit])


def _rows(today: date, departements: Collection[str], opened_after: datetime | None) -> QuerySet[OpenLot]:
    rows = OpenLot.objects.published().filter(
        Q(lot__purchase__question_desk__offers_until=None)
        | Q(lot__purchase__question_desk__offers_until__gte=today)
    )
    if departements:
        rows = rows.filter(_performed_in(departements))
    if opened_after is not None:
        rows = rows.filter(lot__purchase__question_desk__opened_at__gt=opened_after)
    return rows.select_related(
        "lot__purchase__organisation", "lot__purchase__question_desk", "lot__purchase__facilitator"
    ).order_by(
        F("lot__purchase__question_desk__offers_until").asc(nulls_last=True), "lot__purchase_id", "lot__number"
    )[:_MOST_READ]  # fmt: skip


def _performed_in(departements: Collection[str]) -> Q:
    """The place of a lot is its own, else its purchase's; a whole région, or France, holds its départements."""
    regions = Departement.objects.filter(code__in=departements).values("region_id")
    wanted = Q()
    for own, path in ((~Q(lot__place_code=""), "lot"), (Q(lot__place_code=""), "lot__purchase")):
        wanted |= own & (
            Q(**{f"{path}__departement_code__in": departements})
            | Q(**{f"{path}__place_kind": "region", f"{path}__place_code__in": regions})
            | Q(**{f"{path}__place_kind": "pays"})
        )
    return wanted


def is_of_trade(cpv: str, sectors: Collection[str]) -> bool:
    """Any lot when no sector is asked; one without a CPV code is of no known trade."""
    if not sectors:
        return True
    trade = sector_for_cpv(cpv) if cpv else None
    return trade is not None and trade.slug in sectors


def _why(row: OpenLot, sheet: Sheet) -> str:
    """Why this lot is shown to this supplier; empty when it is not for it: elsewhere, another trade, another kind."""
    place = row.lot if row.lot.place_code else row.lot.purchase
    if place.departement_code and place.departement_code != sheet.departement:
        return ""
    if not is_of_trade(row.lot.cpv, sheet.sectors):
        return ""
    return why_for(sheet.kind, row.reserved_kinds, row.reserved_to, hours_of(row.hours, row.hours_per_100k))


def why_for(code: str, reserved_kinds: Collection[str], reserved_to: str, hours: str) -> str:
    """What a supplier of this kind may do with a lot of its trade and place; empty when it is reserved to others.

    `hours`: in words, empty when the lot says none.
    """
    kind = kind_of(code)
    if reserved_kinds:
        if code not in reserved_kinds:
            return ""
        return f"Réservé {reserved_to} : votre structure en est une ({kind.short})."
    if kind.counts_for_clause is False:
        return f"Un lot de votre métier, ouvert à tous, avec {hours or 'une clause d’insertion'}."
    hours = hours or "des heures d’insertion"
    if kind.shelf == "people":
        said = (
            f"L’entreprise retenue devra fournir {hours} : proposez-lui des personnes à mettre à disposition."
        )
    else:
        said = (
            f"L’entreprise retenue devra fournir {hours} : répondez, seul ou en groupement, "
            "ou proposez-lui une sous-traitance."
        )
    return said if kind.counts_for_clause else f"{said} Le facilitateur confirme que vos heures comptent."


def hours_of(hours: Decimal | None, per_100k: Decimal | None) -> str:
    """« 480 h d’insertion », « 35 h d’insertion par 100 000 € commandés »; empty without hours."""
    if hours:
        return f"{hours_in_words(hours)} d’insertion"
    if per_100k:
        return f"{figure(per_100k)}\u00a0h d’insertion par 100\u202f000\u00a0€ commandés"
    return ""


def _lines(found: Sequence[tuple[OpenLot, str]]) -> tuple[OpenLotLine, ...]:
    contacts = _contacts({row.lot.purchase.facilitator_id for row, _ in found} - {None})
    return tuple(
        OpenLotLine(
            lot=row.lot,
            desk=row.lot.purchase.question_desk,
            reserved_to=row.reserved_to,
            hours=hours_of(row.hours, row.hours_per_100k),
            trade=cpv_labels().get(row.lot.cpv, ""),
            place=row.lot.place_label if row.lot.place_code else row.lot.purchase.place_label,
            contact=contacts.get(row.lot.purchase.facilitator_id or 0),
            why=why,
        )
        for row, why in found
    )


def _contacts(organisations: Collection[int | None]) -> dict[int, Structure]:
    """The structure each organisation has proven to be, a desk first: its public contact, never a person's."""
    if not organisations:
        return {}
    rows = Structure.objects.filter(organisation__in=organisations, is_active=True).order_by(
        "-has_desk", "pk"
    )
    found: dict[int, Structure] = {}
    for one in rows:
        if one.organisation_id is not None:
            found.setdefault(one.organisation_id, one)
    return found
