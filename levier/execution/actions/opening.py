"""The total of hours a contract counted before it was followed here: one line of the ledger, whose other leg is the contract."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.execution.actions.posting import about, checked_hours, locked, refuse_closed
from levier.execution.errors import RefusedError
from levier.execution.models import Account, Commitment, Evidence, LedgerHead, LedgerPosting, PostingKind


@transaction.atomic
def post_opening(*, by: User, commitment: Commitment, hours: Decimal, until: date) -> LedgerPosting:
    """The hours a contract counted before it was followed here, in one line: nobody knows whose they are, and they are « declared ».

    `until`: the last day they cover; their detail, counted as well, would be counted twice. Raises RefusedError.
    """
    own = locked(commitment)[commitment.pk]
    refuse_closed(own)
    if checked_hours(hours) < 0:
        raise RefusedError("Donnez un nombre d’heures supérieur à zéro.")
    if until > timezone.localdate():
        raise RefusedError("Ce total est arrêté au plus tard aujourd’hui.")
    if LedgerHead.objects.filter(commitment__contract=own.contract_id, done__gt=0).exists():
        raise RefusedError("Ce contrat compte déjà des heures faites : un total ne s’y ajoute pas.")
    made = LedgerPosting.objects.create(
        commitment=own, kind=PostingKind.DONE, account=Account.DONE, hours=hours, effective_on=until,
        evidence=Evidence.DECLARED, contract_id=own.contract_id, by=by,
    )  # fmt: skip
    audit.record(by=by.as_actor(), verb="execution.post_opening", **about(own, made))
    return made
