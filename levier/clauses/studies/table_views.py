"""The table of values of a structure: its own beside the national ones, what its realised lots teach."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.clauses.errors import StudyRefusedError
from levier.clauses.studies import actions, policies, queries
from levier.clauses.studies.forms import OwnValueForm
from levier.clauses.studies.own_values import LABELS, TableRow, history
from levier.clauses.studies.own_values import table as table_rows
from levier.clauses.studies.realised_file import MOST_BYTES, UnreadableRecordError, read_record
from levier.organisations.models import Organisation
from levier.purchasing.views.common import account
from levier.rulebook.calibration import Trade, all_trades
from levier.rulebook.calibration.learning import LearnedShare

MOST_REFUSED_SHOWN = 50
MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the realised lots of a trade say of its labour share, beside the value in force."""

    trade: Trade
    learned: LearnedShare


@never_cache
@require_GET
def tables(request: HttpRequest) -> HttpResponse:
    """The table of one's structure; a choice when one works for several."""
    own = policies.tables_of(account(request))
    if len(own) == 1:
        return redirect("clauses:table", pk=own[0].pk)
    return render(request, "clauses/tables/choose.html", {"structures": own})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """Every value a structure may keep, national and own; POST keeps one."""
    user = account(request)
    structure = policies.get_table_for(user, pk)
    form = OwnValueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.keep_own_value(by=user, organisation=structure, **form.as_arguments())
        except StudyRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = "revient à la valeur nationale" if made.value is None else "est gardée"
            messages.success(
                request, f"{LABELS[made.name]} : la valeur {said} à partir du {made.valid_from:%d/%m/%Y}."
            )
            at = reverse("clauses:table", kwargs={"pk": pk})
            # Where the value just kept is shown.
            return redirect(f"{at}?departement={made.departement_code}" if made.departement_code else at)
    return _page(request, structure, form)


def _page(request: HttpRequest, structure: Organisation, form: OwnValueForm) -> HttpResponse:
    today = timezone.localdate()
    departement = request.GET.get("departement", "").strip().upper()[:3]
    own = list(queries.own_values_of(structure).select_related("by"))
    rows = table_rows(own, departement_code=departement, on=today)
    by_name: dict[str, list[TableRow]] = {}
    for row in rows:
        by_name.setdefault(LABELS[row.name], []).append(row)
    context = {
        "structure": structure,
        "groups": by_name,
        "departement": departement,
        "departements": sorted({value.departement_code for value in own if value.departement_code}),
        "form": form,
        "edited": (form["quelle"].value() or "").partition("|")[::2],
        "lessons": lessons(structure, today),
        "history": history(own, most=MOST_HISTORY),
    }
    return render(
        request, "clauses/tables/table.html", context, status=422 if form.is_bound and form.errors else 200
    )


def lessons(structure: Organisation, on: date) -> list[Lesson]:
    """The trades whose realised lots are enough to propose a share."""
    found = []
    for trade in all_trades():
        learned = queries.learned_for(structure, trade, on=on)
        if learned is not None:
            found.append(Lesson(trade, learned))
    return found


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """A human accepts what the realised lots teach of one trade: it becomes the structure's own value."""
    user = account(request)
    structure = policies.get_table_for(user, pk)
    wanted = request.POST.get("metier", "")
    lesson = next((one for one in lessons(structure, timezone.localdate()) if one.trade.key == wanted), None)
    if lesson is None:
        messages.error(request, "Plus assez de lots réalisés dans ce métier pour proposer une valeur.")
        return redirect("clauses:table", pk=pk)
    learned = lesson.learned
    actions.keep_own_value(
        by=user, organisation=structure, name="labour_share", key=lesson.trade.labour_share, value=learned.value,
        low=learned.low, high=learned.high,
        reason=f"apprise de {learned.lots} lots réalisés, dont {learned.measured} aux heures travaillées comptées",
    )  # fmt: skip
    messages.success(request, f"{lesson.trade.label} : la part apprise est gardée dans votre table.")
    return redirect("clauses:table", pk=pk)


@require_POST
def realised(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a record of lots that are over; the lines refused are shown with their reason."""
    user = account(request)
    structure = policies.get_table_for(user, pk)
    upload = request.FILES.get("fichier")
    if upload is None:
        messages.error(request, "Choisissez un fichier CSV ou Excel.")
        return redirect("clauses:table", pk=pk)
    try:
        record = read_record(upload.read(MOST_BYTES + 1), upload.name or "fichier")
    except UnreadableRecordError as problem:
        messages.error(request, str(problem))
        return redirect("clauses:table", pk=pk)
    made, replaced = actions.bring_realised_lots(by=user, organisation=structure, rows=record.rows)
    context = {
        "structure": structure,
        "record": record,
        "made": made,
        "replaced": replaced,
        "refused": record.refused[:MOST_REFUSED_SHOWN],
    }
    return render(request, "clauses/tables/realised.html", context)
