"""What the facilitator does around the grid: statements seen, people who came or left, contacts called, links sent or closed."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from levier.core import received_files
from levier.core.typography import day
from levier.execution.declaring import links, policies, team
from levier.execution.declaring.contacts import contacts_of, note_contact
from levier.execution.declaring.forms import WelcomeForm
from levier.execution.declaring.policies import Desk
from levier.execution.declaring.reminding import send_month_link
from levier.execution.declaring.sending import ROOM
from levier.execution.errors import RefusedError
from levier.facilitators.views.common import account


@require_safe
def statement(request: HttpRequest, pk: int) -> FileResponse:
    """A statement, always as a download: nothing that somebody sent is shown as a page of the site."""
    _, found = policies.statement_desk(request.user, pk)
    path = received_files.path_of(found.file, room=ROOM)
    if path is None or found.gone_on:
        raise Http404("Ce relevé n’est plus gardé : il a été vu, ou ne l’a pas été à temps.")
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"releve-{found.pk}.{path.suffix[1:]}",
        content_type=received_files.media_type(found.file),
    )  # fmt: skip
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def see(request: HttpRequest, pk: int) -> HttpResponse:
    """« Vu » : the document goes."""
    desk, found = policies.statement_desk(request.user, pk)
    try:
        is_payslip = "bulletin" in request.POST
        team.see_statement(by=account(request), statement=found, is_payslip=is_payslip)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        told = (
            "Bulletin de paie effacé : un courriel le dit à qui l’a envoyé."
            if is_payslip
            else "Relevé vu : le document est effacé, la mention reste."
        )
        messages.success(request, told)
    return _back(desk, "recus")


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who came or left: taken up, or set aside."""
    desk, found = policies.change_desk(request.user, pk)
    user, asked = account(request), request.POST.get("decision", "")
    try:
        if asked == "depart":
            team.note_departure(by=user, desk=desk, change=found)
            messages.success(request, f"La sortie du {day(found.on)} est notée.")
        elif asked == "fiche":
            form = WelcomeForm(request.POST)
            if not form.is_valid():
                raise RefusedError("Donnez la date de naissance de la personne : demandez-la-lui.")
            person = team.welcome(by=user, desk=desk, change=found, birth_on=form.cleaned_data["birth_on"])
            messages.success(request, "La fiche est ouverte : remettez la note, puis écrivez son entrée.")
            return redirect("people:sheet", key=person.pk)
        else:
            team.set_aside(by=user, desk=desk, change=found)
            messages.success(request, "L’annonce est classée sans suite.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return _back(desk, "recus")


@require_POST
def reach(request: HttpRequest, pk: int) -> HttpResponse:
    """A call noted, a link sent or closed."""
    desk = policies.facilitator_desk(request.user, pk)
    user, contract, address = account(request), desk.contract, request.POST.get("contact", "")
    asked = request.POST.get("geste", "")
    try:
        contact = next((one for one in contacts_of(contract) if one.reach == address), None)
        if asked == "fermer":
            # Of a former contact as well.
            closed = links.close_links(by=user, contract=contract, email=address)
            messages.success(
                request, f"{closed} lien{'s' if closed > 1 else ''} fermé{'s' if closed > 1 else ''}."
            )
            return _back(desk, "joindre")
        if contact is None:
            raise RefusedError("Ce contact n’est plus celui du contrat : rouvrez la page.")
        if asked == "lien":
            month = send_month_link(by=user, contract=contract, contact=contact, today=timezone.localdate())
            messages.success(request, f"Le lien ({month}) est parti à {contact.email}.")
        else:
            note_contact(by=user, contract=contract, reach=address, word=asked)
            messages.success(request, "C’est noté.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return _back(desk, "joindre")


def _back(desk: Desk, part: str) -> HttpResponse:
    return redirect(f"{reverse('declaring:grid', args=[desk.contract.pk])}#{part}")
