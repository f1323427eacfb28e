"""Mails that ask whether a sheet and its free teams are still right, and what their links do."""

import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from levier.accounts.actions import hash_token
from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.core.typography import day
from levier.directory.models import (
    Capacity,
    ConfirmationLink,
    SolicitationRefusal,
    SourceRecord,
    Supplier,
)
from levier.directory.owner import OWNER
from levier.directory.ownership.actions.capacities import renew_capacities
from levier.directory.ownership.actions.statements import confirm_sheet
from levier.directory.ownership.queries import keepers_of, last_said
from levier.directory.ownership.wording import renewed_words, teams_in_lines
from levier.directory.results import slug_of
from levier.directory.solicitations.queries import refuses
from levier.directory.solicitations.sending import solicit

_TOPICS = {
    ConfirmationLink.Purpose.SHEET: SolicitationRefusal.Topic.CONFIRMATION,
    ConfirmationLink.Purpose.CAPACITY: SolicitationRefusal.Topic.CAPACITY,
}
SHEET_EVERY = timedelta(days=182)
# Who has said nothing of its teams for so long is not asked any more.
CAPACITY_GIVEN_UP = timedelta(days=150)
LINK_LIFETIME = timedelta(days=45)

_SHEET_BODY = """Bonjour,

Votre fiche « {supplier} » a été confirmée pour la dernière fois le {when}. Les acheteurs voient depuis quand.

Tout est toujours exact ? Un seul geste suffit, sans mot de passe :
{link}

Quelque chose a changé ? Corrigez-le ici :
{page}

Ce lien vaut jusqu’au {until}. Ouvrir la page ne change rien : c’est le bouton qui confirme.
"""
_CAPACITY_BODY = """Bonjour,

Voici ce que la fiche « {supplier} » disait de vos disponibilités :
{lines}

Toujours vrai ? Un seul geste le redit pour {months}, sans mot de passe :
{link}

Cela a changé ? Dites-le ici :
{page}

Ce lien vaut jusqu’au {until}. Sans réponse, une disponibilité cesse de compter 45 jours après avoir été dite.
"""
_FIRST_CAPACITY_BODY = """Bonjour,

Votre fiche « {supplier} » ne dit rien de vos équipes libres. Acheteurs et entreprises qui ont des heures d’insertion à faire cherchent par mois.

Une équipe, une personne, quelques mois : dites-le ici, en une minute :
{page}

Nous ne reposerons la question que si vous le dites une fois, ou quand un besoin vous intéresse.
"""


def remind_of_sheets(*, today: date) -> int:
    """Ask the managers of sheets unconfirmed for six months, once in six months. Returns how many sheets."""
    stale = SourceRecord.objects.filter(
        source_id=OWNER.slug, last_seen__lte=today - SHEET_EVERY, supplier__is_listed=True
    )
    asked = 0
    for supplier_id in stale.order_by("supplier_id").values_list("supplier_id", flat=True):
        asked += _ask(supplier_id, ConfirmationLink.Purpose.SHEET, today)
    return asked


def ask_for_capacities(*, today: date) -> int:
    """Ask the managers whose last word on their teams is a month old, or of a month that is over, once a month.

    Who keeps a sheet for a month and never said any is asked once. Returns how many sheets.
    """
    listed = Capacity.objects.filter(supplier__is_listed=True)
    last = listed.order_by("supplier_id").values_list("supplier_id").annotate(Max("stated_on"), Max("month"))
    asked = 0
    for supplier_id, stated_on, month in last:
        age = today - stated_on
        is_due = age >= Capacity.ASKED_EVERY or month < today.replace(day=1)
        if is_due and age <= CAPACITY_GIVEN_UP:
            asked += _ask(supplier_id, ConfirmationLink.Purpose.CAPACITY, today)
    for supplier_id in _silent_on_teams(today):
        asked += _ask(supplier_id, ConfirmationLink.Purpose.CAPACITY, today)
    return asked


def _silent_on_teams(today: date) -> list[int]:
    # Not the week another question was put to them.
    lately = Q(created_at__date__gt=today - timedelta(days=7))
    asked = ConfirmationLink.objects.filter(Q(purpose=ConfirmationLink.Purpose.CAPACITY) | lately)
    kept = SourceRecord.objects.filter(
        source_id=OWNER.slug, first_seen__lte=today - Capacity.ASKED_EVERY, supplier__is_listed=True
    )
    silent = kept.filter(supplier__capacities=None).exclude(supplier_id__in=asked.values("supplier_id"))
    return list(silent.order_by("supplier_id").values_list("supplier_id", flat=True).distinct())


@transaction.atomic
def use_link(*, link: ConfirmationLink) -> None:
    """What the button of a mailed link does, as the manager it was sent to. Raises RefusedError.

    Pressed twice, it says the same thing twice: no harm.
    """
    by = link.user.as_actor()
    if link.purpose == ConfirmationLink.Purpose.SHEET:
        confirm_sheet(by=by, supplier=link.supplier)
    else:
        renew_capacities(by=by, supplier=link.supplier)
    ConfirmationLink.objects.filter(pk=link.pk).update(used_at=timezone.now())


def forget_old_links() -> int:
    """Links expired for a year: until then they say when somebody was asked. Returns how many went."""
    limit = timezone.now() - timedelta(days=365)
    return ConfirmationLink.objects.filter(expires_at__lt=limit).delete()[0]


@transaction.atomic
def _ask(supplier_id: int, purpose: ConfirmationLink.Purpose, today: date) -> bool:
    """Mail each manager its own link, unless they were asked already: a second run finds the links of the first."""
    supplier = Supplier.objects.select_for_update().get(pk=supplier_id)
    every = SHEET_EVERY if purpose == ConfirmationLink.Purpose.SHEET else Capacity.ASKED_EVERY
    recent = ConfirmationLink.objects.filter(supplier=supplier, purpose=purpose)
    if supplier.organisation_id is None or recent.filter(created_at__date__gt=today - every).exists():
        return False
    managers = [person for person in keepers_of(supplier) if not refuses(person.email, _TOPICS[purpose])]
    for manager in managers:
        _send(supplier, manager, purpose)
    if managers:
        audit.record(
            by=Actor.machine("entretien"), verb="directory.ask_for_confirmation", object_type="supplier",
            object_key=supplier.key, details={"purpose": purpose.value, "mails": len(managers)},
        )  # fmt: skip
    return bool(managers)


def _send(supplier: Supplier, manager: User, purpose: ConfirmationLink.Purpose) -> None:
    token = secrets.token_urlsafe(16)
    link = ConfirmationLink.objects.create(
        supplier=supplier, user=manager, purpose=purpose, token_hash=hash_token(token),
        expires_at=timezone.now() + LINK_LIFETIME,
    )  # fmt: skip
    words = {
        "supplier": supplier.brand or supplier.name,
        "link": settings.SITE_URL + reverse("directory:confirmation", args=[token]),
        "page": settings.SITE_URL + reverse("directory:own_sheets"),
        "until": day(timezone.localtime(link.expires_at)),
    }
    if purpose == ConfirmationLink.Purpose.SHEET:
        record = SourceRecord.objects.filter(supplier=supplier, source_id=OWNER.slug).latest("last_seen")
        subject = f"La fiche de {words['supplier']} est-elle toujours exacte ?"
        body = _SHEET_BODY.format(when=day(record.last_seen), **words)
    elif not (said := last_said(supplier, today=timezone.localdate())):
        subject = f"{words['supplier']} : avez-vous des équipes libres ?"
        address = reverse("directory:own_sheet", args=[slug_of(supplier.key)])
        words["page"] = f"{settings.SITE_URL}{address}?partie=disponibilites#disponibilites"
        body = _FIRST_CAPACITY_BODY.format(**words)
    else:
        today = timezone.localdate()
        lines = "\n".join(f"- {line}" for line in teams_in_lines(said))
        subject = f"{words['supplier']} : vos équipes sont-elles toujours disponibles ?"
        months = renewed_words(today)
        body = _CAPACITY_BODY.format(lines=lines, months=months, **words)
    solicit(
        to=manager.email, topic=_TOPICS[purpose], subject=subject, body=body, key=f"sheet-link-{link.pk}",
        supplier_id=supplier.pk,
    )  # fmt: skip
