"""The open lots of public notices that are reserved or carry a clause; and how far the imports have come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone

from levier.core.typography import day
from levier.purchasing.models import NoticeLot, NoticeRun, Reservation
from levier.purchasing.notices import BOAMP, BOAMP_ADDRESS
from levier.purchasing.queries.open_lots import hours_of, is_of_trade, placed_at, sector_slug, why_for
from levier.purchasing.queries.reaching import LotPlace, Reach, Reached, Sheet
from levier.reference.cpv.tables import cpv_labels
from levier.reference.models import Departement

# Read before the trade and the kind are compared.
_MOST_READ = 1_000
# Beyond, a place is told by how many départements it holds.
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One open lot of a public notice. `why`: for a supplier, why it is shown; `distance_km`: from its sheet, None when unknown."""

    lot: NoticeLot
    hours: str
    trade: str
    place: str
    why: str = ""
    distance_km: float | None = None

    @property
    def is_reserved(self) -> bool:
        """By whom may answer, or by how the work is done."""
        return self.lot.reservation != Reservation.NONE

    @property
    def reserved_words(self) -> str:
        """« Réservé aux structures d’insertion », « Exécution réservée… »; empty when open to all, or when `why` says it."""
        if self.lot.reserved_to:
            return "" if self.why else f"Réservé {self.lot.reserved_to}"
        return Reservation(self.lot.reservation).label if self.is_reserved else ""

    @property
    def where(self) -> str:
        """« Roubaix (59), à environ 4 km »."""
        return placed_at(self.place, self.distance_km)


def open_notice_lots(
    *,
    now: datetime,
    departements: Collection[str] = (),
    sectors: Collection[str] = (),
    sheets: Sequence[Sheet] = (),
    seen_after: datetime | None = None,
) -> tuple[NoticeLine, ...]:
    """The open lots there and of these sectors (anywhere, any when empty): reserved first, then the nearest deadline.

    `sheets`: only what one of these suppliers may answer or help with, and why. `seen_after`: only those first
    imported after that moment. A lot told by a consultation published here is left out. Two SQL queries, four for sheets.
    """
    reach = Reach.of(sheets)
    there = reach.departements if sheets else departements
    rows = NoticeLot.objects.open_at(now)
    if there:
        rows = rows.filter(departements__overlap=sorted(there))
    if seen_after is not None:
        rows = rows.filter(notice__first_seen__gt=seen_after)
    rows = rows.select_related("notice", "commune").order_by(
        Case(When(reservation=Reservation.NONE, then=Value(1)), default=Value(0), output_field=IntegerField()),
        F("deadline").asc(nulls_last=True), "notice_id", "number",
    )[:_MOST_READ]  # fmt: skip
    found = []
    for row in rows:
        one = next(filter(None, (_for(row, sheet, reach) for sheet in sheets)), None)
        if (sheets and one is None) or not is_of_trade(row.cpv, sectors):
            continue
        found.append((row, one or Reached("")))
    return _lines(found)


def _for(row: NoticeLot, sheet: Sheet, reach: Reach) -> Reached | None:
    """Why this lot is shown to this supplier; None when it is not for it."""
    if not is_of_trade(row.cpv, sheet.sectors):
        return None
    why = why_for(sheet.kind, row.reserved_kinds, row.reserved_to, hours_of(row.hours, None))
    point = (row.commune.latitude, row.commune.longitude) if row.commune is not None else None
    place = LotPlace(tuple(row.departements), point)
    near = reach.reached(sheet, sector_slug(row.cpv), place) if why else None
    if row.reservation == Reservation.EXECUTION:
        why = "L’avis réserve l’exécution à des programmes d’emploi protégé : vérifiez dans les documents si vous en êtes."
    return near and replace(near, why=f"{why} {near.why}")


def _lines(found: Sequence[tuple[NoticeLot, Reached]]) -> tuple[NoticeLine, ...]:
    named = {code for row, _ in found if len(row.departements) <= _MOST_NAMED for code in row.departements}
    names = dict(Departement.objects.filter(code__in=named).values_list("code", "name")) if named else {}
    return tuple(
        NoticeLine(
            lot=row,
            hours=hours_of(row.hours, None),
            trade=cpv_labels().get(row.cpv, ""),
            place=_place(row, names),
            why=reached.why,
            distance_km=reached.distance_km,
        )
        for row, reached in found
    )


def _place(row: NoticeLot, names: dict[str, str]) -> str:
    if row.commune is not None:
        return f"{row.commune.name} ({row.commune.departement_id})"
    if len(row.departements) > _MOST_NAMED:
        return f"{len(row.departements)} départements"
    said = ", ".join(f"{names.get(code, code)} ({code})" for code in row.departements)
    return said if row.has_place else f"lieu non précisé, acheteur : {said}"


@dataclass(frozen=True)
class NoticeSource:
    """What `levier sources` says of public notices. `state`: never imported, fresh, or late (the mail of Monday lives on it)."""

    name: str
    label: str
    publisher: str
    licence: str
    frequency: str
    url: str
    state: Literal["never", "fresh", "late"]
    last_success: datetime | None
    last_day: str
    notices: int
    open_social_lots: int


LATE_DAYS = 7


def notice_source() -> NoticeSource:
    """Where public notices stand today; fictitious ones are not counted. Three SQL queries."""
    now = timezone.now()
    last = NoticeRun.objects.order_by("-finished_at").first()
    is_late = last is not None and (now - last.finished_at).days > LATE_DAYS
    real = NoticeLot.objects.filter(notice__is_demo=False)
    last_day = NoticeRun.objects.exclude(day=None).order_by("-day").values_list("day", flat=True).first()
    return NoticeSource(
        name=BOAMP,
        label="Avis de marché et d’attribution (BOAMP)",
        publisher="DILA",
        licence="Licence Ouverte 2.0",
        frequency="deux fois par jour",
        url=BOAMP_ADDRESS,
        state="never" if last is None else "late" if is_late else "fresh",
        last_success=last.finished_at if last else None,
        last_day=day(last_day) if last_day else "",
        notices=real.values("notice_id").distinct().count(),
        open_social_lots=real.filter(pk__in=NoticeLot.objects.open_at(now).values("pk")).count(),
    )
