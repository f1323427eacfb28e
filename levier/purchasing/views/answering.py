"""The supplier reads a need and answers: by its personal link without account, or signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from levier.accounts.models import User
from levier.core.audit import Actor
from levier.directory.ownership.forms.parts import month_to_say
from levier.directory.ownership.queries import keeps, teams_to_say
from levier.directory.ownership.wording import renewed_words
from levier.directory.results import slug_of
from levier.purchasing import actions, matching, policies
from levier.purchasing.errors import RefusedError
from levier.purchasing.forms import AnswerForm
from levier.purchasing.models import Answer, NeedRecipient
from levier.purchasing.queries.needs import needs_received, supplier_names
from levier.purchasing.views.common import LINK_HOLDER, account, private, served


class Door:
    """How the reader came in: the addresses of this page, and who signs what it does."""

    def __init__(self, name: str, key: str | int, by: Actor, recipient: NeedRecipient) -> None:
        self.name, self.key, self.by, self.recipient = name, key, by, recipient
        self.home = reverse(f"purchasing:{name}", args=[key])
        self.see = reverse(f"purchasing:{name}_see", args=[key])
        self.group = reverse(f"purchasing:{name}_group", args=[key])

    def attachment(self, pk: int) -> str:
        """The address of a document."""
        return reverse(f"purchasing:{self.name}_attachment", args=[self.key, pk])

    @property
    def documents(self) -> list[tuple[str, int, str]]:
        """Name, size and address of each document."""
        return [
            (one.name, one.size, self.attachment(one.pk)) for one in self.recipient.need.attachments.all()
        ]


def link_door(token: str) -> Door:
    """By the personal link."""
    return Door("answer", token, LINK_HOLDER, policies.get_recipient_for_link(token))


def account_door(request: HttpRequest, pk: int) -> Door:
    """Signed in, as a supplier member of the organisation."""
    recipient = policies.get_received_for(request.user, pk)
    return Door("received_need", pk, account(request).as_actor(), recipient)


def _page(request: HttpRequest, door: Door) -> HttpResponse:
    """A GET shows and changes nothing; a POST answers."""
    recipient = door.recipient
    form = AnswerForm(
        request.POST if request.method == "POST" else None, recipient=recipient,
        partners=supplier_names(request.GET.getlist("avec")),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_need(by=door.by, recipient=recipient, given=form.as_answer())
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Votre réponse est enregistrée. Vous pouvez la changer jusqu’à la date limite."
            )
            return private(redirect(door.home))
    context = {
        "door": door,
        "recipient": recipient,
        "need": recipient.need,
        "area": matching.area_label(recipient.need),
        "form": form,
    }
    is_interested = recipient.answer in {Answer.INTERESTED, Answer.GROUP}
    if is_interested and isinstance(request.user, User) and keeps(request.user, recipient.supplier):
        today = timezone.localdate()
        asked = month_to_say(str(recipient.need.starts_on or ""), today)
        context["asked"] = asked
        context["teams"] = teams_to_say(recipient.supplier, today=today, asked=asked)
        context["slug"] = slug_of(recipient.supplier.key)
        context["renewed_months"] = renewed_words(today, asked)
    return private(render(request, "purchasing/answer.html", context, status=422 if form.errors else 200))


def _see(door: Door) -> HttpResponse:
    actions.mark_seen(by=door.by, recipient=door.recipient)
    return private(redirect(door.home))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """What the link of the mail opens."""
    return _page(request, link_door(token))


@login_not_required
@require_POST
def answer_see(request: HttpRequest, token: str) -> HttpResponse:
    """« Voir le besoin »: opening the link noted nothing, this button does."""
    return _see(link_door(token))


@login_not_required
@never_cache
@require_GET
def answer_attachment(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A document, for the holder of the link."""
    recipient = policies.get_recipient_for_link(token)
    return served(policies.get_attachment_of(recipient.need, pk))  # type: ignore[return-value]


@never_cache
@require_GET
def received(request: HttpRequest) -> HttpResponse:
    """« Besoins reçus »: of every supplier of my organisations."""
    user = account(request)
    context = {
        "rows": needs_received(user)[:200],
        "suppliers": policies.own_suppliers(user)[:50],
    }
    return render(request, "purchasing/received.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def received_need(request: HttpRequest, pk: int) -> HttpResponse:
    """One need received, signed in."""
    return _page(request, account_door(request, pk))


@require_POST
def received_need_see(request: HttpRequest, pk: int) -> HttpResponse:
    """« Voir le besoin », signed in."""
    return _see(account_door(request, pk))


@never_cache
@require_GET
def received_need_attachment(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """A document, for a member of the supplier's organisation."""
    recipient = policies.get_received_for(request.user, pk)
    return served(policies.get_attachment_of(recipient.need, attachment_pk))  # type: ignore[return-value]
