"""A structure: claimed by an organisation, proven, kept by its people, checked by an animator, written to."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core import audit, mail, mail_returns
from levier.core.audit import Actor
from levier.core.models import AuditEvent
from levier.facilitators import wording
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    ClaimState,
    Facilitator,
    Mission,
    Structure,
    StructureClaim,
    StructureVerification,
)
from levier.organisations.models import Organisation

# What one structure receives from the public form in a day: beyond, somebody is making noise.
MOST_MESSAGES_A_DAY = 20
LONGEST_MESSAGE = 3000


@dataclass(frozen=True, kw_only=True)
class StructureValues:
    """What a structure says of itself; its remit is not among it, an animator or an import sets that."""

    description: str
    missions: tuple[str, ...]
    email: str
    phone: str
    website: str
    private_clients: bool
    shows_answer_time: bool


def may_mail(structure: Structure) -> bool:
    """A fictitious structure is written to only where mails stay in a folder."""
    return not (structure.is_demo and settings.MAIL_URL)


@transaction.atomic
def claim_structure(
    *, by: User, structure: Structure, organisation: Organisation, words: str = ""
) -> StructureClaim:
    """Say that an organisation runs a structure. The structure's own address is told. Raises RefusedError."""
    locked = Structure.objects.select_for_update().get(pk=structure.pk)
    if locked.organisation_id == organisation.pk:
        raise RefusedError("Votre organisation est déjà rattachée à cette structure.")
    if not organisation.memberships.filter(user=by, role=Role.FACILITATOR).exists():
        raise RefusedError("Choisissez une organisation où vous êtes facilitateur.")
    waiting = StructureClaim.objects.filter(organisation=organisation, state=ClaimState.WAITING)
    if waiting.filter(structure=locked).exists():
        raise RefusedError("Cette demande attend déjà une réponse.")
    if waiting.count() >= 10:
        raise RefusedError("Dix demandes de votre organisation attendent déjà : laissez-les aboutir.")
    claim = StructureClaim.objects.create(
        structure=locked, organisation=organisation, asked_by=by, words=words.strip()[:1000]
    )
    if locked.email and may_mail(locked):
        _send(locked.email, wording.claimed(claim), f"facilitators-claim-{claim.pk}")
    audit.record(
        by=by.as_actor(), verb="facilitators.claim_structure", object_type="structure", object_key=str(locked.pk)
    )  # fmt: skip
    return claim


@transaction.atomic
def decide_claim(*, by: User, claim: StructureClaim, is_accepted: bool, reason: str = "") -> StructureClaim:
    """An animator or the staff has checked the claim. Accepting replaces the former link. Raises RefusedError."""
    locked = (
        StructureClaim.objects.select_for_update(of=("self",))
        .select_related("structure", "organisation", "asked_by")
        .get(pk=claim.pk)
    )
    if locked.state != ClaimState.WAITING:
        raise RefusedError("Cette demande a déjà reçu une réponse.")
    if not is_accepted and not reason.strip():
        raise RefusedError("Dites pourquoi : le demandeur doit pouvoir corriger.")
    locked.state = ClaimState.ACCEPTED if is_accepted else ClaimState.REFUSED
    locked.decided_at, locked.decided_by, locked.reason = timezone.now(), by, reason.strip()[:1000]
    locked.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    if is_accepted:
        structure = Structure.objects.select_for_update().get(pk=locked.structure_id)
        structure.organisation = locked.organisation
        structure.proven_at, structure.proven_by = timezone.now(), by
        structure.save(update_fields=["organisation", "proven_at", "proven_by", "updated_at"])
    if locked.asked_by is not None:
        _send(locked.asked_by.email, wording.claim_decided(locked), f"facilitators-claim-{locked.pk}-decided")
    audit.record(
        by=by.as_actor(),
        verb="facilitators.decide_claim",
        object_type="structure",
        object_key=str(locked.structure_id),
        details={"accepted": is_accepted},
    )
    return locked


@transaction.atomic
def detach_structure(*, by: User, structure: Structure) -> None:
    """End the link of an organisation with a structure: its members see nothing of it any more."""
    Structure.objects.filter(pk=structure.pk).update(
        organisation=None, proven_at=None, proven_by=None, updated_at=timezone.now()
    )
    audit.record(
        by=by.as_actor(), verb="facilitators.detach_structure", object_type="structure",
        object_key=str(structure.pk),
    )  # fmt: skip


@transaction.atomic
def update_structure(*, by: User, structure: Structure, values: StructureValues) -> Structure:
    """Write what a structure says of itself. Raises RefusedError."""
    if not set(values.missions) <= set(Mission.values):
        raise RefusedError("Choisissez les missions dans la liste.")
    locked = Structure.objects.select_for_update().get(pk=structure.pk)
    locked.description = values.description.strip()[:2000]
    locked.missions = list(values.missions)
    locked.email, locked.phone, locked.website = values.email, values.phone, values.website
    locked.private_clients, locked.shows_answer_time = values.private_clients, values.shows_answer_time
    locked.save()
    mail_returns.try_again(locked.email)
    audit.record(
        by=by.as_actor(), verb="facilitators.update_structure", object_type="structure",
        object_key=str(locked.pk),
    )  # fmt: skip
    return locked


@transaction.atomic
def verify_structure(
    *,
    by: User,
    structure: Structure,
    is_right: bool,
    note: str = "",
    checker_name: str,
    on: date | None = None,
) -> StructureVerification:
    """An animator says that a sheet is right, or what to mend. Raises RefusedError without the words.

    `checker_name`: the animation or the staff, as the public page names it.
    """
    if not is_right and not note.strip():
        raise RefusedError("Dites ce qui est à corriger.")
    day = on or timezone.localdate()
    locked = Structure.objects.select_for_update().get(pk=structure.pk)
    made = StructureVerification.objects.create(
        structure=locked, is_right=is_right, note=note.strip()[:1000], checked_on=day, checked_by=by,
        checker_name=checker_name[:255],
    )  # fmt: skip
    locked.verified_on = day if is_right else None
    locked.save(update_fields=["verified_on", "updated_at"])
    if not is_right and locked.email and may_mail(locked):
        _send(locked.email, wording.to_mend(made), f"facilitators-check-{made.pk}")
    audit.record(
        by=by.as_actor(),
        verb="facilitators.verify_structure",
        object_type="structure",
        object_key=str(locked.pk),
        details={"right": is_right},
    )
    return made


@transaction.atomic
def contact_structure(
    *, by: Actor, structure: Structure, name: str, email: str, message: str, about: str = ""
) -> None:
    """Pass a message of the public form on to a structure, whose private addresses stay unknown to its author.

    `about`: the public name of the person asked for, if any. Raises RefusedError when nobody can be reached, or
    past MOST_MESSAGES_A_DAY.
    """
    if not name.strip() or not email.strip() or not message.strip():
        raise RefusedError("Donnez votre nom, votre adresse et votre message.")
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    sent = AuditEvent.objects.filter(
        object_type="structure", object_key=str(structure.pk), verb="facilitators.contact_structure",
        happened_at__gte=today,
    )  # fmt: skip
    if sent.count() >= MOST_MESSAGES_A_DAY:
        raise RefusedError(
            "Cette structure a déjà reçu beaucoup de messages aujourd’hui : réessayez demain, ou appelez-la."
        )
    addresses = addresses_of(structure)
    if not addresses or not may_mail(structure):
        raise RefusedError(
            "Cette structure n’a pas ici d’adresse qui réponde : appelez-la, ou écrivez à son siège."
        )
    event = audit.record(
        by=by, verb="facilitators.contact_structure", object_type="structure", object_key=str(structure.pk)
    )
    letter = wording.contact(
        structure, name=name, email=email, message=message[:LONGEST_MESSAGE], about=about
    )
    for number, address in enumerate(addresses):
        _send(address, letter, f"facilitators-contact-{event.pk}-{number}")


def addresses_of(structure: Structure) -> list[str]:
    """Where to write to a structure: its public address, else those of its people, never shown; only those that answer."""
    public = mail_returns.answering([structure.email])
    people = Facilitator.objects.at_work(timezone.localdate()).filter(structure=structure)
    return public or mail_returns.answering(person.email for person in people)[:5]


def _send(address: str, letter: wording.Letter, key: str) -> None:
    mail.send(to=address, subject=letter.subject, body=letter.body, key=key)
