"""Corrections a network proposes to the keeper of a member's sheet, who alone may follow them."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from levier.accounts.errors import RefusedError
from levier.accounts.models import User
from levier.accounts.queries import supplier_managers
from levier.core import audit
from levier.directory.models import ReviewingNetwork, SheetCorrection, SolicitationRefusal, Supplier
from levier.directory.networks.facts import FACTS
from levier.directory.results import slug_of
from levier.directory.solicitations.sending import solicit

_LONGEST = 500
_BODY = """Bonjour,

{network} propose une correction à la fiche de « {supplier} » ({fact}) :

{text}

Rien n’est changé sans vous. Pour la suivre ou l’écarter :
{link}
"""


@transaction.atomic
def propose_correction(
    *, by: User, network: ReviewingNetwork, supplier: Supplier, fact: str, text: str
) -> SheetCorrection:
    """Write to who keeps the sheet; a newer proposal on the same fact replaces the former. Raises RefusedError."""
    words = text.strip()
    if fact not in FACTS:
        raise RefusedError("Choisissez ce qui est à corriger.")
    if not words:
        raise RefusedError("Écrivez la correction que vous proposez.")
    if len(words) > _LONGEST:
        raise RefusedError(f"Une correction compte au plus {_LONGEST} caractères.")
    managers = list(supplier_managers(supplier.organisation_id)) if supplier.organisation_id else []
    if not managers:
        raise RefusedError("Personne ne tient encore cette fiche : invitez d’abord la structure à la tenir.")
    Supplier.objects.select_for_update().get(pk=supplier.pk)
    open_now = SheetCorrection.objects.filter(
        network_id=network.organisation_id, supplier=supplier, group=fact, state=SheetCorrection.State.OPEN
    )
    open_now.update(state=SheetCorrection.State.WITHDRAWN, decided_at=timezone.now(), decided_by=by)
    made = SheetCorrection.objects.create(
        network_id=network.organisation_id, supplier=supplier, group=fact, text=words, by=by
    )
    for manager in managers:
        solicit(
            to=manager.email,
            topic=SolicitationRefusal.Topic.NETWORK,
            subject=f"{network} propose une correction à votre fiche",
            body=_BODY.format(
                network=network, supplier=supplier.brand or supplier.name, fact=FACTS[fact].label.lower(),
                text=words, link=settings.SITE_URL + reverse("directory:own_sheet", args=[slug_of(supplier.key)]),
            ),
            key=f"correction-{made.pk}-{manager.pk}",
            network_id=network.organisation_id,
        )  # fmt: skip
    audit.record(by=by.as_actor(), verb="directory.propose_correction", **_about(made))
    return made


@transaction.atomic
def answer_correction(*, by: User, correction: SheetCorrection, is_accepted: bool) -> SheetCorrection:
    """The keeper follows it (and then edits its sheet itself) or sets it aside. Raises RefusedError."""
    return _close(
        by, correction, SheetCorrection.State.ACCEPTED if is_accepted else SheetCorrection.State.IGNORED
    )


@transaction.atomic
def withdraw_correction(*, by: User, correction: SheetCorrection) -> SheetCorrection:
    """The network takes it back. Raises RefusedError when the keeper has answered."""
    return _close(by, correction, SheetCorrection.State.WITHDRAWN)


def _close(by: User, correction: SheetCorrection, state: SheetCorrection.State) -> SheetCorrection:
    correction = SheetCorrection.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    if correction.state != SheetCorrection.State.OPEN:
        raise RefusedError("Cette proposition a déjà reçu une réponse.")
    correction.state, correction.decided_at, correction.decided_by = state, timezone.now(), by
    correction.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(by=by.as_actor(), verb="directory.close_correction", **_about(correction))
    return correction


def _about(correction: SheetCorrection) -> dict[str, Any]:
    """What an audit event says of one proposal."""
    details = {"network": correction.network_id, "fact": correction.group, "state": correction.state}
    return {"object_type": "correction", "object_key": str(correction.pk), "details": details}
