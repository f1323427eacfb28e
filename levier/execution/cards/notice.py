"""The privacy notice of a structure: its text, its versions, its handing over.

The wording is ours (`notice.md`, with its version); the structure fills in whom to ask. What is handed over is kept as it was.
"""

from datetime import date
from functools import cache
from importlib import resources

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, mail_returns
from levier.execution.cards.links import address_of
from levier.execution.errors import RefusedError
from levier.execution.models import LegalBasis, Notice, NoticeDelivery, Participant, PersonCard
from levier.facilitators.models import Structure
from levier.organisations.addresses import postal_address
from levier.organisations.models import Organisation
from levier.rulebook import parameters

# The version of notice.md: it moves with the wording.
TEXT_VERSION = "2026-11-26"


def text_of(*, follower: Organisation, contact: str, officer: str, basis: str, on: date) -> str:
    """The notice of a structure, filled in with the parameters of that day."""
    place = postal_address(follower)
    return _wording().format(
        structure=follower.name,
        address=f", {place.text}" if place else "",
        contact=contact,
        officer=f"\nDélégué à la protection des données : {officer}." if officer else "",
        basis=LegalBasis(basis).label,
        initials=int(parameters.get("people_pseudonym_months", "", on).value),
        retention=int(parameters.get("people_retention_months", "", on).value),
        proof_days=int(parameters.get("person_proof_days", "", on).value),
        answer=_in_words(int(parameters.get("person_answer_months", "", on).value)),
    )


def current_notice(*, follower: Organisation, by: User) -> Notice:
    """The version in force; the first one is written when there is none, with the public contact of the structure or the account's."""
    found = Notice.objects.filter(follower=follower).first()
    if found is not None and found.text_version == TEXT_VERSION:
        return found
    if found is not None:
        return publish(
            by=by, follower=follower, contact=found.contact, officer=found.officer, basis=found.basis
        )
    public = Structure.objects.filter(organisation=follower).exclude(email="").order_by("pk").first()
    contact = " ou ".join(part for part in (public.email, public.phone) if part) if public else by.email
    return publish(by=by, follower=follower, contact=contact, officer="", basis=LegalBasis.PUBLIC)


@transaction.atomic
def publish(*, by: User, follower: Organisation, contact: str, officer: str, basis: str) -> Notice:
    """A new version of the notice; the same values give the version in force. Raises RefusedError."""
    contact, officer = " ".join(contact.split()), " ".join(officer.split())
    if not contact:
        raise RefusedError("Dites à qui la personne peut s’adresser : un nom, un téléphone, un courriel.")
    if basis not in LegalBasis.values:
        raise RefusedError("Choisissez ce qui vous permet de garder ces données.")
    # One writer at a time: versions follow each other.
    Organisation.objects.select_for_update().get(pk=follower.pk)
    body = text_of(follower=follower, contact=contact, officer=officer, basis=basis, on=timezone.localdate())
    last = Notice.objects.filter(follower=follower).first()
    if last is not None and (last.body, last.text_version) == (body, TEXT_VERSION):
        return last
    made = Notice.objects.create(
        follower=follower, number=last.number + 1 if last else 1, text_version=TEXT_VERSION, contact=contact,
        officer=officer, basis=basis, body=body, made_by=by,
    )  # fmt: skip
    audit.record(
        by=by.as_actor(),
        verb="execution.publish_notice",
        object_type="execution.notice",
        object_key=str(made.pk),
    )
    return made


def keep_delivery(*, by: User, participant: Participant, on: date, way: str) -> NoticeDelivery:
    """Which version the person got; called by `people.actions.give_notice`, in its transaction."""
    return NoticeDelivery.objects.create(
        participant=participant,
        notice=current_notice(follower=participant.follower, by=by),
        on=on,
        way=way,
        by=by,
    )


def send_notice(*, participant: Participant, notice: Notice, card: PersonCard) -> None:
    """Mail the notice with the link of the card, once a version and card. Raises RefusedError without an address."""
    if not participant.email:
        raise RefusedError(
            "Cette personne n’a pas donné de courriel : imprimez la note, ou notez son adresse."
        )
    if mail_returns.is_given_up(participant.email):
        raise RefusedError(
            "Les courriels envoyés à cette personne reviennent : imprimez la note, puis demandez-lui une autre adresse."
        )
    body = (
        f"Bonjour,\n\n{notice.body.replace('## ', '').strip()}\n\nVotre carte, à garder pour vous seul : {address_of(card, by_mail=True)}\n\n"
        f"{notice.follower.name}\n"
    )
    mail.send(
        to=participant.email, subject=f"Vos données et la clause d’insertion : note de {notice.follower.name}",
        body=body, key=f"notice-{notice.pk}-{card.pk}-{timezone.localdate()}",
    )  # fmt: skip


def send_card_link(*, participant: Participant, card: PersonCard) -> None:
    """Mail the link that no structure reads, once a quarter of an hour. Raises RefusedError without an address."""
    if not participant.email:
        raise RefusedError(
            "Nous n’avons pas votre courriel : donnez-le par « Corriger mon nom, mon courriel »."
        )
    if mail_returns.is_given_up(participant.email):
        raise RefusedError(
            "Les courriels envoyés à l’adresse que nous avons reviennent : donnez-en une autre par « Corriger mon nom, mon courriel »."
        )
    mail.send(
        to=participant.email, subject="Votre lien pour confirmer vos heures",
        body=f"Bonjour,\n\nVotre carte, à ouvrir pour confirmer vos heures : {address_of(card, by_mail=True)}\n\n"
        f"Vous n’avez rien demandé ? Prévenez {participant.follower.name} : quelqu’un d’autre a ouvert votre carte.\n",
        key=f"card-link-{card.pk}-{int(timezone.now().timestamp()) // 900}",
    )  # fmt: skip


def paragraphs(notice: Notice) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The text as (title, lines) for a page; the opening has no title."""
    parts = notice.body.strip().split("## ")
    opening = ("", tuple(line for line in parts[0].splitlines() if line))
    rest = (part.partition("\n") for part in parts[1:])
    return (opening, *((title, tuple(line for line in text.splitlines() if line)) for title, _, text in rest))


@cache
def _wording() -> str:
    return (resources.files("levier.execution.cards") / "notice.md").read_text(encoding="utf-8")


def _in_words(months: int) -> str:
    return "un" if months == 1 else str(months)
