"""The lots open today that are reserved or carry a clause: of a trade and a place, or for the sheets of one supplier."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from levier.core.typography import figure, kilometres
from levier.core.typography import hours as hours_in_words
from levier.directory.kinds import kind_of
from levier.facilitators.models import Structure
from levier.purchasing.models import Lot, OpenLot, PlaceKind, Purchase, QuestionDesk
from levier.purchasing.queries.reaching import LotPlace, Point, Reach, Reached, Sheet
from levier.reference.cpv.tables import cpv_labels
from levier.reference.models import Commune, Departement
from levier.reference.sectors import sector_for_cpv

MOST_OPEN = 30
# Read before the trade and the kind are compared.
_MOST_READ = 500


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
    distance_km: float | None = None

    @property
    def where(self) -> str:
        """« Roubaix (59), à environ 4 km »."""
        return placed_at(self.place, self.distance_km)

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
    """The open lots there and of these sectors (anywhere, any when empty), the nearest deadline first. Two SQL queries, five for sheets.

    `sheets`: only what one of these suppliers may answer or help with, and why. `opened_after`: only those whose
    public page opened after that moment.
    """
    reach = Reach.of(sheets)
    rows = _rows(today, reach.departements if sheets else departements, opened_after)
    points = _points(rows) if sheets else {}
    found = []
    for row in rows:
        one = next(filter(None, (_for(row, sheet, reach, points) for sheet in sheets)), None)
        if (sheets and one is None) or not is_of_trade(row.lot.cpv, sectors):
            continue
        found.append((row, one or Reached("")))
    return _lines(found[:limit])


def _rows(
    today: date, departements: Collection[str] | None, opened_after: datetime | None
) -> QuerySet[OpenLot]:
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


def sector_slug(cpv: str) -> str:
    """The trade of a lot; empty without a known one."""
    trade = sector_for_cpv(cpv) if cpv else None
    return trade.slug if trade is not None else ""


def placed_at(place: str, distance_km: float | None) -> str:
    """« Roubaix (59), à environ 4 km »."""
    if distance_km is None:
        return place
    about = "" if distance_km < 1 else "environ "
    return f"{place}, à {about}{kilometres(distance_km)}"


def _for(row: OpenLot, sheet: Sheet, reach: Reach, points: Mapping[str, Point]) -> Reached | None:
    """Why this lot is shown to this supplier; None when it is not for it: out of reach, another trade, another kind."""
    if not is_of_trade(row.lot.cpv, sheet.sectors):
        return None
    why = why_for(sheet.kind, row.reserved_kinds, row.reserved_to, hours_of(row.hours, row.hours_per_100k))
    near = reach.reached(sheet, sector_slug(row.lot.cpv), _place(row, reach, points)) if why else None
    return near and replace(near, why=f"{why} {near.why}")


def _place(row: OpenLot, reach: Reach, points: Mapping[str, Point]) -> LotPlace:
    place = _placed(row)
    if place.place_kind == PlaceKind.REGION:
        return LotPlace(reach.of_region(place.place_code))
    here = (place.departement_code,) if place.departement_code else ()
    return LotPlace(here, points.get(place.place_code), is_country=place.place_kind == PlaceKind.COUNTRY)


def _placed(row: OpenLot) -> Lot | Purchase:
    """The place of a lot is its own, else its purchase's."""
    return row.lot if row.lot.place_code else row.lot.purchase


def _points(rows: Iterable[OpenLot]) -> dict[str, Point]:
    """Where the communes of these lots are. One SQL query."""
    codes = {place.place_code for row in rows if (place := _placed(row)).place_kind == PlaceKind.COMMUNE}
    known = Commune.objects.filter(code__in=codes).values_list("code", "latitude", "longitude")
    return {code: (latitude, longitude) for code, latitude, longitude in known if latitude is not None}


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


def _lines(found: Sequence[tuple[OpenLot, Reached]]) -> tuple[OpenLotLine, ...]:
    contacts = _contacts({row.lot.purchase.facilitator_id for row, _ in found} - {None})
    return tuple(
        OpenLotLine(
            lot=row.lot,
            desk=row.lot.purchase.question_desk,
            reserved_to=row.reserved_to,
            hours=hours_of(row.hours, row.hours_per_100k),
            trade=cpv_labels().get(row.lot.cpv, ""),
            place=_placed(row).place_label,
            contact=contacts.get(row.lot.purchase.facilitator_id or 0),
            why=reached.why,
            distance_km=reached.distance_km,
        )
        for row, reached in found
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
