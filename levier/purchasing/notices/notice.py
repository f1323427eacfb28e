"""A notice as it is read: plain values, nothing stored."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from levier.purchasing.models.notices import NoticeForm
from levier.purchasing.notices.said import Said


class SkippedNoticeError(Exception):
    """A good notice that is not for us; the message says why, in French."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the notice says to call: a service (never a person's name), a telephone, a mail; each may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """Where a lot is done: départements (empty: not said), and a town when the notice gives one."""

    departements: tuple[str, ...] = ()
    town: str = ""
    postal_code: str = ""


@dataclass(frozen=True, slots=True)
class ReadWinner:
    """Who won: numbers empty unless valid; everything is empty of a natural person."""

    siren: str = ""
    siret: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLot:
    """One lot. Of an award notice: `amount_ht` in euros without tax, `awarded_on`, `winners` (empty: nobody won it)."""

    number: str
    title: str
    cpv: str = ""
    place: ReadPlace = field(default_factory=ReadPlace)
    deadline: datetime | None = None
    said: Said = field(default_factory=Said)
    amount_ht: Decimal | None = None
    awarded_on: date | None = None
    winners: tuple[ReadWinner, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotice:
    """One notice. `changes`: the notice it corrects, cancels or awards; `published_on`: else the day it was sent.

    `follows`: of a national form, the notices it may speak of, by their number; the one we know becomes `changes`.
    """

    notice_id: str
    version: int
    form: NoticeForm
    folder: str
    publication: str
    changes: str
    is_cancelled: bool
    title: str
    reference: str
    buyer_name: str
    buyer_siren: str
    buyer_siret: str
    buyer_departements: tuple[str, ...]
    contact: Contact
    url: str
    documents_url: str
    published_on: date
    lots: tuple[ReadLot, ...]
    follows: tuple[str, ...] = ()
