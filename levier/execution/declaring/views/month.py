"""The month of a company: one page for its account and for the link of its contact, sent once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from levier.core import photo_reading
from levier.execution.declaring import actions, policies, showing
from levier.execution.declaring.actions import CellsRefusedError, Declarant
from levier.execution.declaring.book import Book, Key, load
from levier.execution.declaring.forms import AroundForm
from levier.execution.declaring.policies import Desk
from levier.execution.declaring.reading import read_cells
from levier.execution.declaring.sending import SentMonth, company_of, send_month
from levier.execution.errors import RefusedError
from levier.execution.models import (
    ChangeKind,
    ChangeState,
    Commitment,
    Declaration,
    DeclarationSending,
    DeclarationState,
    StaffChange,
)
from levier.execution.reporting import pace
from levier.facilitators.views.common import account
from levier.rulebook.months import add_months, first_of


@dataclass(frozen=True, slots=True)
class Page:
    """Whose month, which one; `first`, `last`: the months one may turn to."""

    desk: Desk
    by: Declarant
    commitment: Commitment
    choices: tuple[Commitment, ...]
    month: date
    first: date
    last: date

    @property
    def draft_key(self) -> str:
        """Where the browser keeps its draft; says no name."""
        return f"{self.commitment.pk}-{self.month:%Y-%m}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: HttpRequest, pk: int) -> HttpResponse:
    """The month of a company, by its account."""
    desk = policies.company_desk(request.user, pk)
    commitment, choices = policies.commitment_of(desk, request.GET.get("engagement", ""))
    first, last = months_open(desk)
    today = first_of(timezone.localdate())
    month = asked_month(request, default=add_months(today, -1), first=first, last=last)
    return month_page(request, Page(desk, account(request), commitment, choices, month, first, last))


def months_open(desk: Desk) -> tuple[date, date]:
    """The first and the last month one may declare."""
    first = first_of(desk.contract.starts_on)
    return first, max(first, min(first_of(timezone.localdate()), first_of(desk.contract.ends_on)))


def asked_month(request: HttpRequest, *, default: date, first: date, last: date) -> date:
    """The month asked for, within those that are open."""
    return max(first, min(read_month(request.GET.get("mois", "")) or default, last))


def read_month(text: str) -> date | None:
    """« 2026-03 » as its first day; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def month_page(request: HttpRequest, page: Page) -> HttpResponse:
    """Shows the month, keeps it or sends it."""
    problems: Mapping[Key, str] = {}
    refusal = ""
    around = AroundForm(request.POST if "envoyer" in request.POST else None)
    if request.method == "POST":
        with page.desk.scope():
            book = load(page.desk, page.commitment)
        problems, refusal = _act(request, page, book, around)
        if not problems and not refusal and not around.errors:
            return redirect(request.get_full_path())
    is_wrong = bool(problems or refusal or around.errors)
    return render(
        request, "execution/declaring/company.html", _context(request, page, problems, refusal, around),
        status=422 if is_wrong else 200,
    )  # fmt: skip


def _act(request: HttpRequest, page: Page, book: Book, around: AroundForm) -> tuple[Mapping[Key, str], str]:
    """Keeps or sends what was typed; gives what is wrong, by cell and of the whole."""
    cells, problems = read_cells(request.POST, [(entry, page.month) for entry in book.entries])
    departures, bad_day = _departures(request, book)
    is_sent = "envoyer" in request.POST
    # Where nothing reads photographs, whoever sends them looks once more.
    must_look = is_sent and not photo_reading.reader() and request.FILES.getlist("releves")
    if must_look and "sans_bulletin" not in request.POST:
        bad_day = (
            bad_day or "Regardez que ce que vous joignez n’est pas un bulletin de paie, et cochez la case."
        )
    if problems or bad_day or (is_sent and not around.is_valid()):
        return problems, bad_day
    try:
        if is_sent:
            made = _send(request, page, cells, departures, around)
            told = "Votre mois est envoyé, le reçu part par courriel."
            left = f" {made.left_blank} sans nombre : complétez quand vous saurez." if made.left_blank else ""
            messages.success(request, told + left)
        else:
            actions.save_hours(by=page.by, desk=page.desk, commitment=page.commitment, cells=cells)
            is_gone = _is_sent(page)
            messages.success(
                request,
                "C’est enregistré : ce mois est déjà envoyé, le facilitateur voit la correction."
                if is_gone
                else "C’est gardé, rien n’est envoyé.",
            )
    except CellsRefusedError as refused:
        return refused.problems, ""
    except RefusedError as refused:
        return {}, str(refused)
    return {}, ""


def _is_sent(page: Page) -> bool:
    """Whether the facilitator has this month already: what is kept then reaches it."""
    found = Declaration.objects.filter(
        commitment=page.commitment, company__in=page.desk.organisations, month=page.month
    )
    return found.exclude(state=DeclarationState.DRAFT).exists()


def _send(
    request: HttpRequest, page: Page, cells: dict[Key, Decimal | None], departures: dict[int, date],
    around: AroundForm,
) -> DeclarationSending:  # fmt: skip
    try:
        key = UUID(request.POST.get("cle", ""))
    except ValueError:
        key = uuid4()
    sent = SentMonth(
        month=page.month, cells=cells, departures=departures, arrival=around.arrival(),
        difficulty=around.difficulty(), statements=request.FILES.getlist("releves"),
    )  # fmt: skip
    return send_month(by=page.by, desk=page.desk, commitment=page.commitment, key=key, sent=sent)


def _departures(request: HttpRequest, book: Book) -> tuple[dict[int, date], str]:
    """The days typed beside the people who left, and what is wrong with one."""
    found = {}
    for entry in book.entries:
        typed = request.POST.get(f"depart-{entry}", "").strip()
        try:
            if typed:
                found[entry] = date.fromisoformat(typed)
        except ValueError:
            return {}, f"« {typed[:20]} » n’est pas une date de départ : écrivez-la comme 2027-03-12."
    return found, ""


def _context(
    request: HttpRequest, page: Page, problems: Mapping[Key, str], refusal: str, around: AroundForm
) -> dict[str, object]:
    contract, month = page.desk.contract, page.month
    with page.desk.scope():
        book = load(page.desk, page.commitment)
        changes = list(
            StaffChange.objects.filter(
                contract=contract, company__in=page.desk.organisations, state=ChangeState.WAITING
            )
        )
        leaving = {one.entry_id: one.on for one in changes if one.entry_id}
        rows = showing.company_rows(
            book, month, typed=request.POST.dict(), problems=problems, leaving=leaving
        )
    left = pace(book.left, starts_on=contract.starts_on, ends_on=contract.ends_on, today=book.today)
    company_id = company_of(page.desk, page.commitment)
    sendings = DeclarationSending.objects.filter(
        declaration__commitment=page.commitment, declaration__company=company_id, declaration__month=month
    )
    last = sendings.first()
    earlier, later = add_months(month, -1), add_months(month, 1)
    return {
        "must_look": not photo_reading.reader(),
        "page": page, "contract": contract, "commitment": page.commitment, "choices": page.choices, "month": month,
        "pace": left, "rows": rows, "told": sum(1 for one in rows if one.squares[0].value), "has_problems": bool(problems),
        "refusal": refusal, "around": around, "address": request.get_full_path(), "last": last,
        "statements": list(last.declaration.statements.all()) if last else [],
        # A draft typed before this sending is of no use any more.
        "version": last.pk if last else 0, "key": uuid4(),
        "arrivals": [one for one in changes if one.kind == ChangeKind.ARRIVAL],
        "by_link": page.by != request.user, "may_keep": page.by == request.user and not _is_sent(page),
        "is_whole": month < first_of(book.today),
        "is_to_come": month > first_of(book.today),
        "earlier": earlier if earlier >= page.first else None, "later": later if later <= page.last else None,
    }  # fmt: skip
