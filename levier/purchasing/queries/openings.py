"""Every open lot for who sells, from consultations published here and from public notices: reserved first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from levier.purchasing.queries.notices import NoticeLine, open_notice_lots
from levier.purchasing.queries.open_lots import OpenLotLine, open_lots
from levier.purchasing.queries.reaching import Sheet

# A page stays light: beyond, one asks for a trade or a place.
MOST_SHOWN = 20
_MOST_READ = 300


@dataclass(frozen=True, slots=True)
class Opening:
    """An open lot: of a consultation published here (`here`), or of a public notice (`notice`); one of the two."""

    here: OpenLotLine | None = None
    notice: NoticeLine | None = None

    @property
    def is_reserved(self) -> bool:
        """Whether it comes first."""
        if self.notice is not None:
            return self.notice.is_reserved
        return self.here is not None and bool(self.here.reserved_to)

    @property
    def until(self) -> date:
        """The last day to answer; the end of time when nobody says it."""
        if self.notice is not None:
            deadline = self.notice.lot.deadline
            return timezone.localdate(deadline) if deadline else date.max
        return (self.here.desk.offers_until if self.here else None) or date.max


@dataclass(frozen=True, slots=True)
class Openings:
    """The first of them, and how many there are."""

    lines: tuple[Opening, ...]
    count: int


def openings(
    *,
    today: date,
    departements: Collection[str] = (),
    sectors: Collection[str] = (),
    sheets: Sequence[Sheet] = (),
    opened_after: datetime | None = None,
    limit: int = MOST_SHOWN,
) -> Openings:
    """As `open_lots`, with the lots of public notices: reserved first, then the nearest deadline. Four SQL queries, nine for sheets."""
    here = open_lots(
        today=today, departements=departements, sectors=sectors, sheets=sheets,
        opened_after=opened_after, limit=_MOST_READ,
    )  # fmt: skip
    notices = open_notice_lots(
        now=timezone.now(), departements=departements, sectors=sectors, sheets=sheets, seen_after=opened_after
    )
    found = [Opening(here=one) for one in here] + [Opening(notice=one) for one in notices]
    found.sort(key=lambda one: (not one.is_reserved, one.until))
    return Openings(tuple(found[:limit]), len(found))
