"""The facilitator's grid: hours typed or pasted, then decided line by line, or all those without a remark at once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from levier.accounts.models import User
from levier.core.typography import figure
from levier.execution.declaring import actions, policies, showing
from levier.execution.declaring.book import Book, Key, load
from levier.execution.declaring.contacts import contacts_of
from levier.execution.declaring.lacking import missing_of
from levier.execution.declaring.policies import Desk
from levier.execution.declaring.reading import read_cells, read_hours
from levier.execution.declaring.views.month import read_month
from levier.execution.errors import RefusedError
from levier.execution.incoming import mailing
from levier.execution.models import (
    AccessPurpose,
    ChangeState,
    Commitment,
    DeclarationLine,
    HoursStatement,
    LineReason,
    StaffChange,
)
from levier.execution.people.actions import note_table
from levier.facilitators.views.common import account
from levier.rulebook.months import add_months, first_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """People by months: hours typed or pasted, then what waits for a decision."""
    desk = policies.facilitator_desk(request.user, pk)
    commitment, choices = policies.commitment_of(desk, request.GET.get("engagement", ""))
    last = read_month(request.GET.get("jusqu", ""))
    problems: Mapping[Key, str] = {}
    with desk.scope():
        book = load(desk, commitment)
        people = [one.participant_id for one in book.entries.values()]
        note_table(by=account(request), people=people, purpose=AccessPurpose.HOURS)
        months = showing.shown_months(book, last)
        if request.method == "POST":
            keys = [(entry, month) for entry in book.entries for month in months]
            problems = _save(request, account(request), book, keys)
            if not problems:
                return redirect(request.get_full_path())
        lines = showing.to_decide(book)
        green = [one for one in lines if one.is_green]
        context = {
            "contract": desk.contract, "commitment": commitment, "choices": choices, "months": months,
            "rows": showing.rows(book, months, typed=request.POST.dict(), problems=problems),
            "green": green, "are_statements_seen": all(one.is_statement_seen for one in green),
            "remarked": [one for one in lines if not one.is_green], "waiting": len(lines),
            "reasons": LineReason.choices, "has_problems": bool(problems),
            **_received(desk), "mails": mailing.to_read(desk), "mail_address": mailing.address_of(desk.contract),
            "earlier": _around(months, desk, -1), "later": _around(months, desk, 1), "address": request.get_full_path(),
        }  # fmt: skip
        return render(request, "execution/declaring/grid.html", context, status=422 if problems else 200)


@require_POST
def accept_green(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept every line shown without a remark, as it was read."""
    desk = policies.facilitator_desk(request.user, pk)
    commitment, _ = policies.commitment_of(desk, request.POST.get("engagement", ""))
    seen = {}
    for one in request.POST.getlist("ligne"):
        key, _, hours = one.partition(":")
        if key.isdecimal() and (read := _number(hours)) is not None:
            seen[int(key)] = read
    try:
        done = actions.accept_green(
            by=account(request), desk=desk, commitment=commitment, seen=seen,
            is_statement_seen="releve" in request.POST,
        )  # fmt: skip
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        plural = "s" if done > 1 else ""
        left = len(seen) - done
        kept = f" {left} n’ont pas été prises : elles ont changé ou une remarque est apparue." if left else ""
        messages.success(request, f"{done} ligne{plural} acceptée{plural}.{kept}")
    return redirect(_back(desk, commitment))


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, question or reject one line."""
    desk, line = policies.line_desk(request.user, pk)
    try:
        told = _decided(request, account(request), desk, line)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect(_back(desk, line.declaration.commitment))


def _save(request: HttpRequest, user: User, book: Book, keys: list[Key]) -> Mapping[Key, str]:
    """Keeps the cells that were typed over; what each wrong one is told."""
    cells, problems = read_cells(request.POST, keys)
    if problems:
        return problems
    try:
        done = actions.save_hours(by=user, desk=book.desk, commitment=book.commitment, cells=cells)
    except actions.CellsRefusedError as refusal:
        return refusal.problems
    except RefusedError as refusal:
        return dict.fromkeys(cells, str(refusal))
    if done:
        plural = "s" if done > 1 else ""
        messages.success(request, f"{done} case{plural} enregistrée{plural}.")
    else:
        messages.info(request, "Rien n’a changé.")
    return {}


def _decided(request: HttpRequest, user: User, desk: Desk, line: DeclarationLine) -> str:
    """Takes the decision of the form; gives the sentence that says it. Raises RefusedError."""
    asked, reason = request.POST.get("decision", ""), request.POST.get("motif", "")
    seen = _number(request.POST.get("heures", ""))
    if seen is None:
        raise RefusedError("Cette ligne a changé ou vient d’être décidée : relisez-la avant de décider.")
    if asked == "question":
        actions.question(by=user, desk=desk, line=line, seen=seen, reason=reason)
        return "La question est posée : l’entreprise la lit sur sa page du mois."
    if asked == "refuser":
        actions.reject(by=user, desk=desk, line=line, seen=seen, reason=reason)
        return "La ligne est refusée, avec son motif."
    if asked not in ("accepter", "partie"):
        raise RefusedError("Choisissez d’accepter, de poser une question ou de refuser.")
    done = actions.accept(
        by=user, desk=desk, line=line, seen=seen, reason=reason, is_statement_seen="releve" in request.POST,
        counted=_number(request.POST.get("comptees", "")) if asked == "partie" else None,
        worked=read_hours(request.POST.get("travaillees", "")),
    )  # fmt: skip
    return f"{figure(done.counted, 2)} h comptées."


def _number(text: str) -> Decimal | None:
    """A figure of a hidden field; None when it was tampered with."""
    try:
        return read_hours(text)
    except RefusedError:
        return None


def _around(months: tuple[date, ...], desk: Desk, way: int) -> date | None:
    """The last month of the pages before or after; None past the ends of the contract or of time."""
    if not months:
        return None
    last = min(first_of(timezone.localdate()), first_of(desk.contract.ends_on))
    if way < 0:
        before = add_months(months[0], -1)
        return before if before >= first_of(desk.contract.starts_on) else None
    return min(add_months(months[-1], showing.SHOWN_MONTHS), last) if months[-1] < last else None


def _received(desk: Desk) -> dict[str, object]:
    """What the company sent beside its hours, and how to reach it."""
    contract, contacts = desk.contract, contacts_of(desk.contract)
    missing = missing_of([contract], timezone.localdate())
    late, named = {one.company.pk for one in missing}, {one.company.pk for one in contacts}
    return {
        "statements": list(
            HoursStatement.objects.filter(declaration__commitment__contract=contract)
            .exclude(file="")
            .select_related("declaration__company")
        ),
        "changes": list(
            StaffChange.objects.filter(contract=contract, state=ChangeState.WAITING).select_related(
                "entry__participant", "company"
            )
        ),
        "contacts": contacts,
        "missing": missing,
        # Nobody reminds these: their month is late, and they have no address.
        "unnamed": [one for one in contract.parties.all() if one.organisation_id in late - named],
    }


def _back(desk: Desk, commitment: Commitment) -> str:
    return f"{reverse('declaring:grid', args=[desk.contract.pk])}?engagement={commitment.pk}#a-decider"
