"""Pages of the following structure: its notice, the card of a person, answers to what the person says, asks and sends."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levier.core import received_files
from levier.core.qr import qr_code
from levier.execution.cards import answering, everything, notice, policies
from levier.execution.cards.forms import AddressForm, DisputeAnswerForm, NoticeTextForm, RequestAnswerForm
from levier.execution.cards.links import address_of
from levier.execution.errors import RefusedError
from levier.execution.models import AccessPurpose, LegalBasis
from levier.execution.people import policies as people
from levier.execution.people.retention import PROOFS_ROOM
from levier.facilitators.views.common import account


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notice_text(request: HttpRequest, pk: int) -> HttpResponse:
    """What a structure says of itself in its notice, and the text as people get it."""
    follower = policies.structure_of_notice(request.user, pk)
    last = policies.last_notice(follower)
    initial = (
        {"contact": last.contact, "officer": last.officer, "basis": last.basis}
        if last
        else {"basis": LegalBasis.PUBLIC}
    )
    form = NoticeTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = notice.publish(by=account(request), follower=follower, **form.cleaned_data)
        messages.success(
            request, f"La note est enregistrée, version {made.number}. Les prochaines remises la donnent."
        )
        return redirect("people:notice_text", pk=pk)
    context = {
        "form": form, "follower": follower, "last": last, "paragraphs": notice.paragraphs(last) if last else (),
    }  # fmt: skip
    return render(request, "execution/cards/notice_text.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """The notice and the card, to print on A4 and hand over."""
    person = people.open_sheet(request.user, key, purpose=AccessPurpose.PRINT).participant
    card, version = answering.card_of(person), policies.last_notice(person.follower)
    if card is None or version is None:
        messages.error(request, "Préparez d’abord la note et la carte.")
        return redirect("people:sheet", key=key)
    address = address_of(card)
    context = {
        "person": person, "card": card, "notice": version, "paragraphs": notice.paragraphs(version),
        "address": address, "qr": qr_code(address),
    }  # fmt: skip
    response = render(request, "execution/cards/notice_sheet.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@require_safe
def copy(request: HttpRequest, key: UUID) -> HttpResponse:
    """All that is kept about somebody who asks for it without a phone, to print; the person reads that it was made."""
    person = people.open_sheet(request.user, key, purpose=AccessPurpose.EXPORT).participant
    context = {"person": person, "parts": everything.parts(person), "today": timezone.localdate()}
    return render(request, "execution/cards/copy.html", context)


@never_cache
@require_safe
def copy_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same, as a file another tool reads."""
    person = people.open_sheet(request.user, key, purpose=AccessPurpose.EXPORT).participant
    response = JsonResponse(
        everything.as_json(person), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = 'attachment; filename="donnees.json"'
    return response


@require_POST
def make_card(request: HttpRequest, key: UUID) -> HttpResponse:
    """A card, with the notice to print; a former card opens nothing any more."""
    person = people.open_sheet(request.user, key).participant

    def act() -> None:
        notice.current_notice(follower=person.follower, by=account(request))
        answering.make_card(by=account(request), participant=person)

    return _then(
        request, act, "La carte est prête : imprimez la note et remettez-la.", "people:notice_sheet", key
    )


@require_POST
def revoke_card(request: HttpRequest, key: UUID) -> HttpResponse:
    """A lost card opens nothing any more."""
    person = people.open_sheet(request.user, key).participant
    act = lambda: answering.revoke_card(by=account(request), participant=person)  # noqa: E731
    return _then(request, act, "La carte est annulée : elle n’ouvre plus rien.", "people:sheet", key)


@require_POST
def mail_notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """The notice and the card by mail."""
    person = people.open_sheet(request.user, key).participant
    act = lambda: answering.mail_notice(by=account(request), participant=person)  # noqa: E731
    return _then(
        request,
        act,
        "La note part par courriel, avec la carte. La remise est enregistrée.",
        "people:sheet",
        key,
    )


@require_POST
def address(request: HttpRequest, key: UUID) -> HttpResponse:
    """The address of the person, typed or checked with her."""
    person = people.open_sheet(request.user, key).participant
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, key)
    act = lambda: answering.set_address(by=account(request), participant=person, **form.cleaned_data)  # noqa: E731
    return _then(request, act, "L’adresse est enregistrée.", "people:sheet", key)


@require_POST
def answer_dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer to a month that the person disputes."""
    found = policies.month_answer_for(request.user, pk)
    people.open_sheet(request.user, found.participant_id, purpose=AccessPurpose.PERSON)
    form = DisputeAnswerForm(request.POST)
    if not form.is_valid():
        return _refused(request, form, found.participant_id)
    act = lambda: answering.answer_dispute(by=account(request), answer=found, **form.cleaned_data)  # noqa: E731
    return _then(
        request,
        act,
        "La réponse est enregistrée : la personne la lit sur sa carte.",
        "people:sheet",
        found.participant_id,
    )


@require_POST
def answer_request(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer to a correction or an erasure."""
    found = policies.request_for(request.user, pk)
    people.open_sheet(request.user, found.participant_id, purpose=AccessPurpose.PERSON)
    form = RequestAnswerForm(request.POST, kind=found.kind)
    if not form.is_valid():
        return _refused(request, form, found.participant_id)
    act = lambda: answering.answer_request(by=account(request), request=found, **form.cleaned_data)  # noqa: E731
    return _then(request, act, "La réponse est enregistrée.", "people:sheet", found.participant_id)


@never_cache
@require_safe
def proof_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file a person sent, as a download."""
    found = policies.proof_for(request.user, pk)
    path = received_files.path_of(found.file, room=PROOFS_ROOM)
    if path is None:
        raise Http404("Ce document a été vu et supprimé.")
    people.open_sheet(request.user, found.participant_id, purpose=AccessPurpose.PERSON)
    name = f"{found.kind}-{found.sent_at:%Y-%m-%d}.{path.suffix.lstrip('.')}"
    response = HttpResponse(path.read_bytes(), content_type=received_files.media_type(found.file))
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
def see_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """« Vu le…, par… »."""
    found = policies.proof_for(request.user, pk)
    is_payslip = "bulletin" in request.POST
    act = lambda: answering.see_proof(by=account(request), proof=found, is_payslip=is_payslip)  # noqa: E731
    told = (
        "Le bulletin de paie est supprimé : la personne le lit sur sa carte."
        if is_payslip
        else "Vu : le fichier est supprimé, la mention reste."
    )
    return _then(request, act, told, "people:sheet", found.participant_id)


def _then(request: HttpRequest, act: Callable[[], Any], told: str, view: str, key: UUID) -> HttpResponse:
    try:
        act()
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("people:sheet", key=key)
    messages.success(request, told)
    return redirect(view, key=key)


def _refused(request: HttpRequest, form: Any, key: UUID) -> HttpResponse:
    for errors in form.errors.values():
        messages.error(request, " ".join(errors))
    return redirect("people:sheet", key=key)
