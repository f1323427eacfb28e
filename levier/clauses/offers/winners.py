"""The link of the company that won a lot: sent by either side, read by that company alone, closed at will."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import ChoiceKind, InsertionOffer, WinnerLink
from levier.clauses.recipes import is_only_reserved, is_promised_by_offers
from levier.clauses.studies.queries import last_choices
from levier.core import audit, mail
from levier.core.audit import Actor
from levier.core.signed_rows import key_signed, sign_key
from levier.core.typography import day
from levier.purchasing import lot_lines
from levier.purchasing.models import (
    ContactSide,
    Lot,
    Purchase,
    PurchaseContact,
    PurchaseSide,
    PurchaseState,
)

_SALT = "levier.clauses.winner"
LASTS = timedelta(days=365)
WON = (PurchaseState.AWARDED, PurchaseState.CLOSED)
CLOSED = "Ce lien n’existe pas, ou n’est plus ouvert."
MOST_PUBLIC = 50


@dataclass(frozen=True, slots=True)
class WinnerFile:
    """What the winner reads. `hours`: those the buyer signed; `offer`: None until it is ready.

    `may_owe_more`: an offer may promise more; `is_reserved`: no hours are asked.
    """

    link: WinnerLink
    lot: Lot
    purchase: Purchase
    hours: Decimal | None
    may_owe_more: bool
    is_reserved: bool
    contacts: tuple[PurchaseContact, ...]
    offer: InsertionOffer | None


def holds_of(lots: Sequence[Lot]) -> Iterable[str]:
    """A company that was written to as the winner, or was handed the offer: both can be seen by the buyer."""
    for link in WinnerLink.objects.filter(lot__in=lots, revoked_at=None).select_related("lot").order_by("pk"):
        yield f"{link.company} a reçu le lien du titulaire (lot {link.lot.number} : fermez-le d’abord)"
    for offer in InsertionOffer.objects.filter(lot__in=lots, state=InsertionOffer.State.HANDED).order_by(
        "pk"
    ):
        yield f"l’offre d’insertion a été remise à {offer.handed_to}"


def address_of(link: WinnerLink) -> str:
    """The address sent to the company."""
    signed = sign_key(link.pk, salt=_SALT)
    return settings.SITE_URL + reverse("dossier:winner", args=[signed])


def link_of(token: str) -> WinnerLink:
    """The link behind an address. Raises Http404: not ours, closed or expired, without saying which."""
    pk = key_signed(token, salt=_SALT, refusal=CLOSED)
    found = (
        WinnerLink.objects.open(timezone.now())
        .select_related("lot__purchase__organisation", "lot__purchase__facilitator")
        .filter(pk=pk, lot__removed_at=None)
        .first()
    )
    if found is None or found.lot.purchase.state not in WON:
        raise Http404(CLOSED)
    return found


def open_link_of(lot: Lot) -> WinnerLink | None:
    """The link now open for a lot."""
    return WinnerLink.objects.open(timezone.now()).filter(lot=lot).select_related("sent_by").first()


def file_of(link: WinnerLink) -> WinnerFile:
    """Everything the winner may read of its lot, and nothing of the other lots."""
    lot = link.lot
    estimate = lot_lines.estimates_of([lot]).get(lot.pk)
    contacts = list(lot.purchase.contacts.all())
    own = [one for one in contacts if one.side == ContactSide.FACILITATOR]
    offer = InsertionOffer.objects.filter(lot=lot).exclude(state=InsertionOffer.State.DRAFT).first()
    if offer is not None:
        offer.lot = lot
    levers = _signed_levers(lot)
    return WinnerFile(
        link=link,
        lot=lot,
        purchase=lot.purchase,
        hours=estimate.hours if estimate and estimate.is_signed else None,
        may_owe_more=is_promised_by_offers(levers),
        is_reserved=is_only_reserved(levers),
        contacts=tuple(own or contacts),
        offer=offer,
    )


def _signed_levers(lot: Lot) -> list[str]:
    decided = last_choices([lot]).get(lot.pk, {}).get(ChoiceKind.DECISION)
    return decided.levers if decided else []


def public_lots_of_buyer(siren: str) -> list[Lot]:
    """The lots a public buyer declared awarded here: what its award notice says, nothing of the clause or the people."""
    if not siren:
        return []
    return list(
        Lot.objects.present()
        .filter(
            purchase__organisation__siren=siren,
            purchase__state=PurchaseState.AWARDED,
            purchase__side=PurchaseSide.PUBLIC,
            purchase__is_defence=False,
        )
        .select_related("purchase__organisation")
        .order_by("-purchase__state_since", "number")[:MOST_PUBLIC]
    )


@transaction.atomic
def send_winner_link(*, by: User, lot: Lot, company: str, email: str) -> WinnerLink:
    """Open a link and send it; the last one is closed. Raises StudyRefusedError before the award."""
    locked = (
        Lot.objects.select_for_update(of=("self",)).select_related("purchase__organisation").get(pk=lot.pk)
    )
    if locked.purchase.state not in WON:
        raise StudyRefusedError("Déclarez d’abord l’attribution : le lien est celui de l’entreprise retenue.")
    name, address = " ".join(company.split())[:200], email.strip().lower()
    if not name:
        raise StudyRefusedError("Dites quelle entreprise est retenue.")
    try:
        validate_email(address)
    except ValidationError:
        raise StudyRefusedError(
            f"« {address[:80]} » n’est pas une adresse électronique : écrivez-la comme nom@exemple.fr."
        ) from None
    is_reserved = is_only_reserved(_signed_levers(locked))
    now = timezone.now()
    locked.winner_links.filter(revoked_at=None).update(revoked_at=now)
    made = WinnerLink.objects.create(
        lot=locked, company=name, email=address, sent_by=by, expires_at=now + LASTS
    )
    mail.send(
        to=address,
        subject=f"Votre marché {'réservé' if is_reserved else 'et sa clause d’insertion'} : {locked.purchase.title}",
        body=_letter(made, is_reserved=is_reserved),
        key=f"winner-link-{made.pk}",
    )
    _record(by.as_actor(), "send", locked)
    return made


def _letter(link: WinnerLink, *, is_reserved: bool) -> str:
    purchase = link.lot.purchase
    won = "un lot réservé" if is_reserved else "un marché"
    clause, found, followed, done = (
        ("", "Qui appeler, le démarrage", "le contrat", "le travail")
        if is_reserved
        else (
            " qui porte une clause d’insertion",
            "Les heures, la première embauche à prévoir, qui appeler",
            "la clause",
            "les heures",
        )
    )
    return f"""Bonjour,

{link.company} a remporté {won} de {purchase.organisation.name}{clause} :
{purchase.title}, lot {link.lot.number} : {link.lot.title}.

{found} et l’aide préparée pour vous :
{address_of(link)}

Ce lien est celui de votre entreprise, sans compte, jusqu’au {day(link.expires_at)} : ne le donnez qu’à ceux qui suivront
{followed}. L’aide préparée n’impose rien : vous choisissez librement comment faire {done}.
"""


@transaction.atomic
def close_winner_link(*, by: User, lot: Lot) -> int:
    """Close the open link of a lot. Raises StudyRefusedError when there is none."""
    closed = WinnerLink.objects.filter(lot=lot, revoked_at=None).update(revoked_at=timezone.now())
    if not closed:
        raise StudyRefusedError("Aucun lien n’est ouvert pour ce lot.")
    _record(by.as_actor(), "close", lot)
    return closed


@transaction.atomic
def confirm_winner_link(*, by: Actor, link: WinnerLink) -> None:
    """The company says that it has read its file. Twice changes nothing."""
    updated = WinnerLink.objects.filter(pk=link.pk, confirmed_at=None).update(confirmed_at=timezone.now())
    if updated:
        _record(by, "confirm", link.lot)


def _record(by: Actor, what: str, lot: Lot) -> None:
    audit.record(
        by=by,
        verb="clauses.write_winner_link",
        object_type="lot",
        object_key=str(lot.pk),
        details={"what": what},
    )
