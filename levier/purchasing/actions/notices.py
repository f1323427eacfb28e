"""Import public notices: calls and awards, lot by lot; a correction replaces, a cancellation closes, an award closes its call."""

import csv
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from levier.core import audit
from levier.core.audit import Actor
from levier.purchasing.models import Notice, NoticeForm, NoticeLot, NoticeRun, NoticeWinner
from levier.purchasing.notices.files import Found, notices_in
from levier.purchasing.notices.notice import ReadLot, ReadNotice, ReadPlace
from levier.purchasing.notices.said import Said
from levier.reference.places import PlaceFinder
from levier.reference.queries import place_finder

# What the reader gives changed: every notice brought again is read anew.
_READER = "3"
_ANY_DAY = date(2000, 1, 1)
# The rest is in the file of what was rejected.
_MOST_NAMED = 10
# A correction of a correction of a correction…
_LONGEST_CHAIN = 10


@dataclass(frozen=True)
class NoticeReport:
    """Counts of one import: read = created + updated + unchanged + skipped + rejected.

    `reasons`: why notices were skipped or rejected, and how many. `problems`: the first rejected, each named with what it
    lacks. `rejects_file`: all of them, None when none was rejected.
    """

    file_name: str
    is_dry_run: bool
    read: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    rejected: int
    reasons: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    rejects_file: Path | None = None
    seconds: float = 0.0


def import_notices(
    *,
    path: Path,
    by: Actor,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    source: str = "",
    day: date | None = None,
) -> NoticeReport:
    """Import the eForms notices of a file, a folder or an archive, all in one transaction; the same twice changes nothing.

    `dry_run` writes the rejects file only. `day`: the day of publication this file brings. Raises UnreadableFileError (a
    French sentence) when the whole cannot be opened; then nothing is written.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    counts, reasons = Counter[str](), Counter[str]()
    rejects = _Rejects(settings.LEVIER_HOME / "rejects", started)
    problems: list[str] = []
    saver = _Saver(source=source or path.name)
    try:
        with transaction.atomic():
            for found in notices_in(path):
                counts["read"] += 1
                if found.notice is not None and found.notice.follows:
                    saver.followers.append(found.notice)
                elif found.notice is not None:
                    counts[saver.save(found.notice)] += 1
                elif found.skipped:
                    counts["skipped"] += 1
                    reasons[found.skipped] += 1
                else:
                    counts["rejected"] += 1
                    reasons[found.problem] += 1
                    problems.append(f"«\u00a0{found.place}\u00a0» : {found.problem}")
                    rejects.add(found)
                if progress is not None and counts["read"] % 100 == 0:
                    progress(counts["read"])
            saver.finish(counts)
            report = NoticeReport(
                file_name=path.name, is_dry_run=dry_run,
                **{name: counts[name] for name in ("read", "created", "updated", "unchanged", "skipped", "rejected")},
                reasons=dict(reasons.most_common()), problems=tuple(problems[:_MOST_NAMED]), rejects_file=rejects.path,
            )  # fmt: skip
            if dry_run:
                transaction.set_rollback(True)
            else:
                _record_run(report, by, started, day)
    finally:
        rejects.close()
    return replace(report, seconds=time.perf_counter() - clock)


class _Saver:
    """Writes one notice after another; remembers which procedures moved."""

    def __init__(self, *, source: str) -> None:
        self._source = source[:60]
        self._places: PlaceFinder | None = None
        self.folders: set[str] = set()
        self.identifiers: set[str] = set()
        self.followers: list[ReadNotice] = []

    def save(self, read: ReadNotice) -> str:
        """« created », « updated » or « unchanged »: an older version never overwrites a newer one."""
        content = _hash(read)
        known = Notice.objects.select_for_update().filter(notice_id=read.notice_id).first()
        if known is not None and (known.version > read.version or known.content_hash == content):
            _complete(known, read)
            self.identifiers.add(read.publication)
            return "unchanged"
        if known is not None and known.version == read.version and known.is_cancelled:
            # One journal says it is cancelled, the file of another still does not.
            return "unchanged"
        values = {
            name: getattr(read, name)
            for name in (
                "version", "form", "folder", "changes", "is_cancelled", "title", "reference", "buyer_name",
                "buyer_siren", "buyer_siret", "documents_url", "published_on",
            )
        } | {
            "contact_name": read.contact.name, "contact_phone": read.contact.phone, "contact_email": read.contact.email,
            "publication": read.publication or (known.publication if known else ""),
            "url": read.url or (known.url if known else ""),
            "follows": list(read.follows), "source": self._source, "content_hash": content,
        }  # fmt: skip
        notice, is_new = Notice.objects.update_or_create(notice_id=read.notice_id, defaults=values)
        notice.lots.all().delete()
        for lot in read.lots:
            self._save_lot(notice, lot, read)
        self.folders.add(read.folder)
        self.identifiers |= {read.notice_id, read.publication, read.changes}
        return "created" if is_new else "updated"

    def finish(self, counts: Counter[str]) -> None:
        """Once all they may follow is there: the followers, the oldest first, then what all of it changes in others."""
        for one in sorted(self.followers, key=lambda one: (one.published_on, one.notice_id)):
            counts[self.follow(one)] += 1
        self._tie_earlier()
        _settle(self.folders, self.identifiers)

    def follow(self, read: ReadNotice) -> str:
        """As `save`, tied to the notice it follows when we know it; else kept until that one comes (`_tie_earlier`)."""
        followed = self._followed(read.notice_id, read.follows)
        if followed is not None:
            read = replace(read, changes=followed.publication)
        if read.form == NoticeForm.CORRECTION:
            if followed is None and any(one.said.is_social for one in read.lots):
                # Of a call we do not know, it is all there is to show.
                read = replace(read, form=NoticeForm.CALL)
            else:
                read = replace(read, lots=tuple(replace(one, said=Said()) for one in read.lots))
        return self.save(read)

    def _tie_earlier(self) -> None:
        """What was imported before the notice it speaks of: an award, a correction of the deadline (shown as a call until now)."""
        # A call without a number in its lot is such a correction.
        waiting = Notice.objects.exclude(form=NoticeForm.CALL, lots__number__gt="")
        seen: set[str] = {""}
        while fresh := self.identifiers - seen:
            seen |= fresh
            for one in waiting.filter(follows__overlap=sorted(fresh)).order_by("published_on", "notice_id"):
                followed = self._followed(one.notice_id, one.follows)
                if followed is None:
                    continue
                one.changes = followed.publication
                if one.form == NoticeForm.CALL:
                    one.form = NoticeForm.CORRECTION
                    one.lots.update(reasons=[], reservation="", reserved_kinds=[], reserved_to="", hours=None)
                one.save(update_fields=["changes", "form"])
                # What speaks of this one follows in turn.
                self.identifiers |= {one.publication, one.changes}

    def _followed(self, notice_id: str, follows: Sequence[str]) -> Notice | None:
        """The call as it stands now, among what this notice may follow."""
        others = Notice.objects.exclude(notice_id=notice_id).order_by("-published_on", "-pk")
        numbers, found = set(follows), None
        for _ in range(_LONGEST_CHAIN):
            corrected = others.filter(publication__in=numbers, form=NoticeForm.CORRECTION)
            numbers |= set(corrected.exclude(changes="").values_list("changes", flat=True))
            found = others.filter(publication__in=numbers, form=NoticeForm.CALL).first() or found
            later = others.filter(changes__in=numbers, form=NoticeForm.CALL, is_cancelled=False)
            if numbers >= (more := set(later.exclude(publication="").values_list("publication", flat=True))):
                break
            numbers |= more
        return found

    def _save_lot(self, notice: Notice, lot: ReadLot, read: ReadNotice) -> None:
        departements = lot.place.departements or read.buyer_departements
        made = NoticeLot.objects.create(
            notice=notice, number=lot.number, title=lot.title, cpv=lot.cpv, departements=list(departements),
            has_place=bool(lot.place.departements), commune_id=self._commune(lot.place), deadline=lot.deadline,
            reservation=lot.said.reservation, reserved_kinds=list(lot.said.reserved_kinds),
            reserved_to=lot.said.reserved_to, reasons=list(lot.said.reasons), hours=lot.said.hours,
            amount_ht=lot.amount_ht, awarded_on=lot.awarded_on,
        )  # fmt: skip
        NoticeWinner.objects.bulk_create(
            NoticeWinner(lot=made, rank=rank, **asdict(one)) for rank, one in enumerate(lot.winners, start=1)
        )

    def _commune(self, place: ReadPlace) -> str | None:
        """The commune a notice names by town and postal code, when exactly this one is known."""
        if not (place.town and place.postal_code):
            return None
        self._places = self._places or place_finder()
        found = self._places.find(f"{place.postal_code} {place.town}", limit=1)
        if (
            not found
            or found[0].place.kind != "commune"
            or found[0].place.departement not in place.departements
        ):
            return None
        return found[0].place.code


def _hash(read: ReadNotice) -> str:
    """What the notice says; where it was published is no part of it, for one notice comes from several journals."""
    said = replace(read, url="", publication="", published_on=_ANY_DAY)
    return hashlib.blake2b(f"{_READER}{said!r}".encode(), digest_size=16).hexdigest()


def _complete(known: Notice, read: ReadNotice) -> None:
    """Another journal gives the number or the address that was missing."""
    missing = {
        name: value
        for name in ("url", "publication")
        if (value := getattr(read, name)) and not getattr(known, name)
    }
    if missing:
        Notice.objects.filter(pk=known.pk).update(**missing)


_REPLACED = """
    UPDATE purchasing_notice AS former SET is_replaced = TRUE
    FROM purchasing_notice AS later
    WHERE (later.changes = former.notice_id OR (later.changes = former.publication AND former.publication <> ''))
      AND later.changes <> '' AND later.id <> former.id AND later.form = former.form AND NOT former.is_replaced
      AND (later.changes = ANY(%(identifiers)s) OR later.notice_id = ANY(%(identifiers)s))
"""
# Calls and their awards: of one procedure, or tied by the number the award gives.
_PAIRS = """
    WITH pair AS (
        SELECT award.id AS award_id, call.id AS call_id
        FROM purchasing_notice AS award JOIN purchasing_notice AS call ON call.folder = award.folder
        WHERE award.folder = ANY(%(folders)s) AND award.folder <> '' AND award.form = 'award' AND call.form = 'call'
        UNION
        SELECT award.id, call.id
        FROM purchasing_notice AS award JOIN purchasing_notice AS call ON call.publication = award.changes
        WHERE award.changes = ANY(%(identifiers)s) AND award.changes <> '' AND award.form = 'award' AND call.form = 'call'
    )
"""
# The same lot by its number; the only lot of a call is the same, whatever the award calls it.
_SAME_LOT = """
    (called.number = won.number
     OR NOT EXISTS (SELECT 1 FROM purchasing_noticelot AS other WHERE other.notice_id = call.id AND other.id <> called.id))
"""
# An award without the codes of its call carries the same clause: the call said it of the same lot (a correction shown as a
# call has no number: nothing is taken from it, its call may still come).
_INHERITED = f"""{_PAIRS}
    UPDATE purchasing_noticelot AS won
    SET reasons = called.reasons, reservation = called.reservation, reserved_kinds = called.reserved_kinds,
        reserved_to = called.reserved_to, hours = called.hours, cpv = coalesce(nullif(won.cpv, ''), called.cpv),
        title = CASE WHEN award.folder = '' THEN called.title ELSE won.title END,
        commune_id = coalesce(won.commune_id, called.commune_id)
    FROM pair, purchasing_notice AS award, purchasing_noticelot AS called, purchasing_notice AS call
    WHERE award.id = pair.award_id AND call.id = pair.call_id AND won.notice_id = award.id
      AND won.reservation = '' AND won.reasons = '{{}}' AND NOT call.is_replaced
      AND called.notice_id = call.id AND called.number <> '' AND {_SAME_LOT}
      AND (called.reservation <> '' OR called.reasons <> '{{}}')
"""  # noqa: S608 - only the two constants above
_CLOSED = f"""{_PAIRS}
    UPDATE purchasing_noticelot AS called SET is_closed = TRUE
    FROM pair, purchasing_notice AS call, purchasing_noticelot AS won, purchasing_notice AS award
    WHERE call.id = pair.call_id AND award.id = pair.award_id AND called.notice_id = call.id AND NOT called.is_closed
      AND NOT award.is_replaced AND NOT award.is_cancelled AND won.notice_id = award.id AND {_SAME_LOT}
"""  # noqa: S608 - only the two constants above
# The last correction of the deadline holds; one that has passed when it appears was misread.
_POSTPONED = """
    UPDATE purchasing_noticelot AS called SET deadline = said.deadline
    FROM purchasing_notice AS call, (
        SELECT DISTINCT ON (correction.changes) correction.changes, correction.published_on, lot.deadline
        FROM purchasing_notice AS correction JOIN purchasing_noticelot AS lot ON lot.notice_id = correction.id
        WHERE correction.form = 'date' AND NOT correction.is_cancelled AND correction.changes = ANY(%(identifiers)s)
          AND lot.deadline >= correction.published_on
        ORDER BY correction.changes, correction.published_on DESC, correction.id DESC
    ) AS said
    WHERE call.publication = said.changes AND call.form = 'call' AND call.published_on <= said.published_on
      AND called.notice_id = call.id AND called.deadline IS DISTINCT FROM said.deadline
"""


def _settle(folders: Collection[str], identifiers: Collection[str]) -> None:
    """What these notices change in others, in whatever order they came: replaced, postponed, told by the call, closed by the award."""
    asked = {"folders": sorted(folders), "identifiers": sorted(identifiers)}
    with connection.cursor() as cursor:
        for statement in (_REPLACED, _POSTPONED, _INHERITED, _CLOSED):
            cursor.execute(statement, asked)


@transaction.atomic
def forget_notice_contacts(*, by: Actor, calls_before: datetime, awards_before: date) -> int:
    """Erase whom to call of calls closed before that moment, and of awards published before that day. Returns how many."""
    still_open = NoticeLot.objects.filter(notice=OuterRef("pk"), is_closed=False, deadline__gte=calls_before)
    calls = Notice.objects.filter(published_on__lt=calls_before.date()).exclude(
        contact_name="", contact_phone="", contact_email=""
    )
    count = calls.filter(~Exists(still_open)).update(contact_name="", contact_phone="", contact_email="")
    winners = NoticeWinner.objects.filter(lot__notice__published_on__lt=awards_before)
    count += winners.exclude(phone="", email="").update(phone="", email="")
    if count:
        audit.record(by=by, verb="purchasing.forget_notice_contacts", details={"count": count})
    return count


def _record_run(report: NoticeReport, by: Actor, started: datetime, day: date | None) -> None:
    counts = {
        name: getattr(report, name)
        for name in ("read", "created", "updated", "unchanged", "skipped", "rejected")
    }
    run = NoticeRun.objects.create(
        file_name=report.file_name[:255], actor_label=by.label[:120], started_at=started, day=day, **counts
    )
    audit.record(
        by=by,
        verb="purchasing.import_notices",
        object_type="NoticeRun",
        object_key=str(run.pk),
        details=counts,
    )


class _Rejects:
    """Names the notices that could not be read, and why; opened at the first one only."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder, self._now = folder, now
        self._stream: TextIO | None = None
        self.path: Path | None = None

    def add(self, found: Found) -> None:
        if self._stream is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path = self._folder / f"avis-{self._now:%Y%m%d-%H%M%S-%f}.csv"
            self._stream = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._stream, delimiter=";").writerow(("place", "motif"))
        csv.writer(self._stream, delimiter=";").writerow((found.place, found.problem))

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
